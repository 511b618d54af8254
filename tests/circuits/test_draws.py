"""Random draws: a function of the seed, the place and named indices, in whatever order axes stand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits import Circuit, Wire, build, call, random, repeat, run, scan
from circuits.draws import Draws
from tests.circuits.gradients import Array

LENGTHS = {"a": 2, "b": 3, "c": 4}


@given(st.permutations(list(LENGTHS)), st.sampled_from([(), (5,), (2, 2)]))
def test_the_order_of_axes_does_not_matter(order: list[str], produced: tuple[int, ...]) -> None:
    first = Draws("key", tuple(LENGTHS.items())).uniform(produced)
    other = Draws("key", tuple((name, LENGTHS[name]) for name in order)).uniform(produced)
    rest = range(len(order), len(order) + len(produced))
    np.testing.assert_array_equal(other.transpose(*(order.index(name) for name in LENGTHS), *rest), first)


@given(st.integers(0, 1), st.integers(0, 2))
def test_an_index_that_is_fixed_draws_what_the_whole_array_has_there(a: int, b: int) -> None:
    whole = Draws("key", tuple(LENGTHS.items())).normal((5,))
    part = Draws("key", (("c", 4),), (("b", b), ("a", a))).normal((5,))
    np.testing.assert_array_equal(part, whole[a, b])


def test_keys_and_streams_tell_draws_apart_and_shared_axes_do_not() -> None:
    def drawn(key: str, shared: str = "", stream: int = 0) -> Array:
        return Draws(key, tuple(LENGTHS.items()), shared=frozenset(shared.split())).uniform((6,), stream)

    one = drawn("one")
    assert len(np.unique(one)) == one.size
    assert not np.intersect1d(one, drawn("two")).size
    assert not np.intersect1d(one, drawn("one", stream=1)).size
    shared = drawn("one", "a c")
    assert shared.shape == one.shape
    assert len(np.unique(shared)) == 3 * 6
    np.testing.assert_array_equal(shared, np.broadcast_to(shared[:1, :, :1], shared.shape))


def test_numbers_are_spread_as_they_should_be() -> None:
    uniform, normal_numbers = Draws("key").uniform((100_000,)), Draws("key").normal((100_000,))
    assert uniform.min() >= 0.0
    assert uniform.max() < 1.0
    histogram, _ = np.histogram(uniform, 10)
    assert abs(histogram - 10_000).max() < 500
    assert abs(normal_numbers.mean()) < 0.02
    assert abs(normal_numbers.std() - 1.0) < 0.02
    assert abs((np.abs(normal_numbers) < 1.0).mean() - 0.6827) < 0.01
    assert abs(np.corrcoef(uniform[:-1], uniform[1:])[0, 1]) < 0.02


def _noisy() -> Circuit:
    return build("noisy", {"x": "[k]"}, lambda x: x + random(x, kind="normal"))


def _under(order: str, name: str = "noisy") -> Circuit:
    return build("f", {"x": f"[{order}]"}, lambda x: call(_noisy(), x, name=name))


@given(st.permutations(["p", "q", "k"]), st.integers(0, 3))
def test_circuits_draw_the_same_under_any_axis_order_and_literally(order: list[str], seed: int) -> None:
    sizes = {"p": 2, "q": 3, "k": 4}
    zeros = np.zeros([sizes[axis] for axis in order])
    circuit = _under(" ".join(order)).valid()
    found = run(circuit, {"x": zeros}, seed=seed).only
    np.testing.assert_array_equal(found, run(circuit, {"x": zeros}, seed=seed, literal=True).only)
    axes = circuit.checked.type(circuit.outputs[0].wire).axes
    reference = run(_under("p q k"), {"x": np.zeros((2, 3, 4))}, seed=seed).only
    np.testing.assert_array_equal(found.transpose([axes.index(axis) for axis in ("p", "q", "k")]), reference)


def test_seeds_nodes_and_rounds_draw_apart() -> None:
    x = {"x": np.zeros(50)}
    drawn = [run(_under("k"), x, seed=seed).only for seed in (0, 1)]
    drawn.append(run(_under("k", "other"), x).only)

    def rounds(tied: bool) -> Circuit:
        return build("g", {"x": "[k]"}, lambda x: repeat(_noisy(), x, times=2, tied=tied))

    drawn += [run(rounds(tied), x).only for tied in (False, True)]
    values = np.concatenate(drawn)
    assert len(np.unique(values)) == values.size


@pytest.mark.parametrize("literal", [False, True])
def test_every_step_of_a_scan_draws_afresh(literal: bool) -> None:
    def step(h: Wire, x: Wire) -> dict[str, Wire]:
        noise = random(kind="normal", axes="k")
        return {"h": h, "y": noise + x}

    body = build("step", {"h": "[]", "x": "[]"}, step)
    circuit = build(
        "f", {"h": "[]", "x": "[t]"}, lambda h, x: scan(body, h, x, axis="t", along="x")[1], sizes={"k": 6}
    ).valid()
    found = run(circuit, {"h": np.zeros(()), "x": np.zeros(8)}, literal=literal).only
    assert len(np.unique(found)) == found.size == 48
