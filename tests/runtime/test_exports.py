import inspect

import runtime


def test_the_door_names_what_it_exports() -> None:
    assert runtime.__all__ == sorted(runtime.__all__, key=lambda name: (not name.isupper(), name))
    assert all(name in vars(runtime) for name in runtime.__all__)


def test_everything_public_says_what_it_is() -> None:
    for name in runtime.__all__:
        value = vars(runtime)[name]
        if inspect.isclass(value) or inspect.isfunction(value):
            doc = inspect.getdoc(value) or ""
            assert doc.splitlines()[0].endswith("."), name
