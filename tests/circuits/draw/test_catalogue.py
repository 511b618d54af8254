from circuits import REGISTRY
from circuits.draw.catalogue import catalogue, row, typing

ROWS = {one.name: one for one in catalogue()}


def test_every_op_has_a_row() -> None:
    assert list(ROWS) == sorted(REGISTRY)
    for name, one in ROWS.items():
        assert one.node.op.name == name
        assert one.circuit.problems == ()
        assert one.meaning == (REGISTRY[name].__doc__ or "").partition("\n")[0]
        assert one.scene.width > 20
        assert one.scene.paths


def test_rows_are_always_the_same() -> None:
    assert row("linear").scene == ROWS["linear"].scene


def test_typing_says_what_is_consumed_made_and_learned() -> None:
    assert typing(ROWS["linear"].node.op) == "x [m] → [h k]; learns weight [h k m], bias [h k]"
    assert typing(ROWS["embedding"].node.op) == "tokens Natural(v)[] → [m]; learns weight [v m]"
    assert typing(ROWS["constant"].node.op) == "nothing → [m]"
