"""Repetitions: the unrolled calls they mean, whose parameters rounds own, and names that hold the index."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits import (
    AttributeProblem,
    Circuit,
    Wire,
    build,
    call,
    elementwise,
    initial,
    linear,
    parameters,
    repeat,
    run,
)
from tests.circuits.gradients import Array
from tests.circuits.laws import Traced, check_literal, numbers, passing
from tests.strategies import circuits

SIZES = {"m": 3, "k": 2, "p": 2, "q": 4}


def _layer() -> Circuit:
    return build(
        "layer", {"x": "[m]", "c": "[]"}, lambda x, c: x + linear("k -> m", linear("m -> k=2", x * c, name="a"))
    )


def _repeated(types: dict[str, str], times: int, tied: bool) -> Circuit:
    return build("f", types, lambda x, c: repeat(_layer(), x, c, times=times, tied=tied)).valid()


def _unrolled(types: dict[str, str], times: int, tied: bool) -> Circuit:
    def body(x: Wire, c: Wire) -> Wire:
        for number in range(times):
            x = call(_layer(), x, c, name=f"layer{number}", weights="layer0" if tied and number else "")
        return x

    return build("g", types, body).valid()


@given(passing("m"), passing(), st.integers(1, 3), st.booleans())
def test_a_repetition_is_its_unrolled_calls(x: tuple[str, ...], c: tuple[str, ...], times: int, tied: bool) -> None:
    types = {"x": f"[{' '.join(x)}]", "c": f"[{' '.join(c)}]"}
    rounds, calls = _repeated(types, times, tied), _unrolled(types, times, tied)
    arrays = {"x": numbers(x, SIZES, 1), "c": numbers(c, SIZES, 2)}
    state = initial(rounds, SIZES)
    renamed = {_unrolled_key(key, tied): array for key, array in state.items()}
    assert renamed.keys() == parameters(calls, SIZES).keys()
    one, other = run(rounds, arrays, state).only, run(calls, arrays, renamed).only
    here, there = (circuit.checked.type(circuit.outputs[0].wire).axes for circuit in (rounds, calls))
    assert one.shape == tuple(SIZES[axis] for axis in here)
    np.testing.assert_allclose(one.transpose([here.index(axis) for axis in there]), other, rtol=1e-12)
    check_literal(Traced(rounds, arrays))


def _unrolled_key(key: str, tied: bool) -> str:
    """`layer.1.a.weight` as `layer1.a.weight`; tied rounds share those of the first call."""
    return key.replace("layer.", "layer0." if tied else "layer", 1)


@given(circuits(max_nodes=4, depth=1), st.integers(2, 3), st.integers(0, 9))
def test_random_bodies_repeat_as_their_calls(inner: Circuit, times: int, seed: int) -> None:
    def step(x: Wire, *more: Wire) -> Wire:
        made = call(inner, *more, name="inner")
        return elementwise("x + sin(y)", x, made[0] if isinstance(made, tuple) else made, outer=True)

    types = {item.name: str(item.type) for item in inner.inputs}
    axes = inner.checked.type(inner.outputs[0].wire).axes
    body = build("step", {"x": f"[{' '.join(axes)}]", **types}, step)

    def calls(x: Wire, *more: Wire) -> Wire:
        for number in range(times):
            x = call(body, x, *more, name=f"step{number}")
        return x

    given_types = {"x": f"[{' '.join(axes)}]", **types}
    rounds = build("f", given_types, lambda x, *more: repeat(body, x, *more, times=times)).valid()
    unrolled = build("g", given_types, calls).valid()
    state = initial(rounds, inner.checked.known({}))
    generator, sizes = np.random.default_rng(seed), inner.checked.known({})
    arrays = {
        item.name: generator.normal(size=[sizes[axis.rstrip("'")] for axis in item.type.axes]) for item in rounds.inputs
    }
    one = run(rounds, arrays, state, sizes=sizes)
    other = run(unrolled, arrays, {key.replace("step.", "step", 1): array for key, array in state.items()}, sizes=sizes)
    np.testing.assert_allclose(one.only, other.only, rtol=1e-10, atol=1e-10)


def test_constants_pass_their_axes_to_what_is_carried() -> None:
    body = build("half", {"x": "[]", "c": "[]"}, lambda x, c: x * 0.5)
    circuit = build("f", {"x": "[p]", "c": "[q]"}, lambda x, c: repeat(body, x, c, times=2)).valid()
    assert str(circuit.checked.type(circuit.outputs[0].wire)) == "[p q]"
    out = run(circuit, {"x": np.array([4.0, 8.0]), "c": np.zeros(3)}).only
    np.testing.assert_array_equal(out, [[1.0] * 3, [2.0] * 3])


def test_rounds_own_parameters_unless_they_are_tied() -> None:
    types = {"x": "[m=3]", "c": "[]"}
    fresh, tied = (parameters(_repeated(types, 2, one)) for one in (False, True))
    names = ("a.weight", "a.bias", "linear.weight", "linear.bias")
    assert set(fresh) == {f"layer.{number}.{name}" for number in (0, 1) for name in names}
    assert set(tied) == {f"layer.{name}" for name in names}
    starts = initial(_repeated(types, 2, False))
    assert (starts["layer.0.a.weight"] != starts["layer.1.a.weight"]).all()


def test_times_may_be_a_size() -> None:
    body = build("double", {"x": "[]"}, lambda x: x * 2.0)
    circuit = build("f", {"x": "[n]"}, lambda x: repeat(body, x, times="n+1")).valid()
    for n in (1, 2, 5):
        np.testing.assert_array_equal(run(circuit, {"x": np.ones(n)}).only, np.full(n, 2.0 ** (n + 1)))


def _narrowing() -> Circuit:
    def layer(x: Wire, skip: Wire) -> Wire:
        return elementwise("tanh(a + b)", linear("c[l] -> c[l+1]", x), skip)

    return build("layer", {"x": "[c[l]]", "skip[l]": "[c[l+1]]"}, layer)


def test_names_with_the_index_mean_one_of_them_a_round() -> None:
    widths = {"c[0]": 2, "c[1]": 3, "c[2]": 4}
    types = {"x": "[c[0]=2]", "one": "[b c[1]=3]", "two": "[c[2]=4]"}
    circuit = build("f", types, lambda x, one, two: repeat(_narrowing(), x, one, two, times=2)).valid()
    assert {key: item.shape for key, item in parameters(circuit).items()} == {
        "layer.0.linear.weight": (3, 2),
        "layer.0.linear.bias": (3,),
        "layer.1.linear.weight": (4, 3),
        "layer.1.linear.bias": (4,),
    }
    state = initial(circuit)
    arrays: dict[str, Array] = {"x": np.ones(2), "one": numbers(("b", "c[1]"), {**widths, "b": 2}), "two": np.ones(4)}
    x = arrays["x"]
    for number, skip in enumerate(("one", "two")):
        weight, bias = (state[f"layer.{number}.linear.{name}"] for name in ("weight", "bias"))
        x = np.tanh(x @ weight.T + bias + arrays[skip])
    np.testing.assert_allclose(run(circuit, arrays, state).only, x, rtol=1e-12)


@pytest.mark.parametrize(
    ("times", "message"),
    [
        (0, "f (repeat): expected 1 to 10000 rounds, found 0. Change times."),
        (10_001, "f (repeat): expected 1 to 10000 rounds, found 10001. Change times."),
    ],
)
def test_rounds_are_counted(times: int, message: str) -> None:
    body = build("f", {"x": "[]"}, lambda x: x * 2.0)
    with pytest.raises(AttributeProblem) as caught:
        build("g", {"x": "[]"}, lambda x: repeat(body, x, times=times))
    assert str(caught.value) == message


def test_what_is_carried_keeps_its_type() -> None:
    body = build("f", {"x": "[m]"}, lambda x: linear("m -> k", x))
    with pytest.raises(AttributeProblem) as caught:
        build("g", {"x": "[m]"}, lambda x: repeat(body, x, times=2))
    assert str(caught.value) == (
        "f (repeat): expected output 'out' of 'f' to be the next round's 'x' [m], found [k]. "
        "Make what is carried keep its type."
    )
