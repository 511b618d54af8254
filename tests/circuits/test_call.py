"""Circuits used as nodes: maps, twins, inner sizes, passing axes, per, tied and fed weights, shared draws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits import (
    AttributeProblem,
    BindingError,
    Circuit,
    Wire,
    build,
    call,
    dropout,
    einsum,
    elementwise,
    embedding,
    initial,
    linear,
    parameters,
    rename,
    run,
    running,
    scan,
    softmax,
)
from tests.circuits.gradients import Array
from tests.circuits.laws import numbers, passing
from tests.strategies import AXES, arrays, circuits

SIZES = {"t": 3, "m": 2, "k": 4, "p": 2, "q": 3}


def _heads() -> Circuit:
    """Attention of queries along y to keys along x."""

    def body(q: Wire, k: Wire) -> Wire:
        scores = einsum("y m, x m -> y x", q, k)
        return einsum("y x, x m -> y m", softmax(scores, axis="x"), k)

    return build("heads", {"q": "[y m]", "k": "[x m]"}, body).valid()


def test_a_map_that_joins_two_formal_axes_is_self_attention() -> None:
    circuit = build("f", {"n": "[t m]"}, lambda n: call(_heads(), n, n, axes="y=t x=t'")).valid()
    assert circuit.checked.type(circuit.outputs[0].wire).axes == ("t", "m")
    n = numbers(("t", "m"), SIZES, 1)
    scores = n @ n.T
    weights = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    np.testing.assert_allclose(run(circuit, {"n": n}).only, weights @ n, rtol=1e-12)


def test_an_output_may_not_carry_one_axis_twice() -> None:
    outer = build("outer", {"a": "[y]", "b": "[x]"}, lambda a, b: einsum("y, x -> y x", a, b))
    with pytest.raises(AttributeProblem) as caught:
        build("f", {"n": "[t]"}, lambda n: call(outer, n, n, axes="y=t x=t"))
    assert str(caught.value) == (
        "outer (call): expected every axis once in output 'out', found 't' 2 times. Map one of them to the twin t'."
    )


def test_twins_follow_their_base_through_a_map() -> None:
    gram = build("gram", {"n": "[x m]"}, lambda n: einsum("x m, x' m -> x x'", n, n))
    circuit = build("f", {"n": "[t m]"}, lambda n: call(gram, n, axes="x=t")).valid()
    assert str(circuit.checked.type(circuit.outputs[0].wire)) == "[t t']"
    n = numbers(("t", "m"), SIZES, 1)
    np.testing.assert_allclose(run(circuit, {"n": n}).only, n @ n.T, rtol=1e-12)


def test_inner_sizes_become_the_callers_unless_they_are_mapped() -> None:
    inner = build("inner", {"x": "[m]"}, lambda x: linear("k -> m", linear("m -> k", x, bias=False), bias=False))
    kept = build("f", {"x": "[m]"}, lambda x: call(inner, x))
    mapped = build("f", {"x": "[m]"}, lambda x: call(inner, x, sizes="k=2*m+1"))
    renamed = build("f", {"x": "[m]"}, lambda x: call(inner, x, axes="k=h"))
    for circuit, sizes in ((kept, {"m": 3, "k": 7}), (mapped, {"m": 3}), (renamed, {"m": 3, "h": 7})):
        assert parameters(circuit, sizes)["inner.linear.weight"].shape == (7, 3)
    for circuit, name in ((kept, "k"), (renamed, "h")):
        with pytest.raises(BindingError, match=f"expected a size for every axis, found none for {name}"):
            run(circuit, {"x": np.ones(3)})


def test_sizes_that_only_attributes_name_are_asked_for_at_the_top() -> None:
    inner = build("inner", {"x": "[t]"}, lambda x: elementwise("x * size(q) + size(q*r)", x))
    circuit = build("f", {"x": "[t]"}, lambda x: call(build("mid", {"x": "[t]"}, lambda x: call(inner, x)), x))
    with pytest.raises(BindingError) as caught:
        run(circuit, {"x": np.ones(2)})
    assert str(caught.value) == (
        "f: expected a size for every axis, found none for q, r. Give sizes (q=..., r=...), or defaults in the circuit."
    )
    np.testing.assert_array_equal(run(circuit, {"x": np.ones(2)}, sizes={"q": 2, "r": 3}).only, [8.0, 8.0])
    mapped = build("g", {"x": "[t]"}, lambda x: call(inner, x, sizes="q=t r=5"))
    np.testing.assert_array_equal(run(mapped, {"x": np.ones(2)}).only, [12.0, 12.0])


def test_the_bound_of_an_index_is_mapped_like_an_axis() -> None:
    look = build("look", {"i": "Natural(v)[t]"}, lambda i: embedding(i, "v -> m"))
    circuit = build("f", {"i": "Natural(w)[s]"}, lambda i: call(look, i, axes="v=w t=s")).valid()
    state = initial(circuit, {"w": 5, "m": 2})
    assert {key: array.shape for key, array in state.items()} == {"look.embedding.weight": (5, 2)}
    found = run(circuit, {"i": np.array([4, 0])}, state, sizes={"w": 5, "m": 2}).only
    np.testing.assert_array_equal(found, state["look.embedding.weight"][[4, 0]])


def test_a_constraint_of_the_callee_holds_in_the_caller() -> None:
    inner = build("inner", {"x": "[m]"}, lambda x: x * 1.0, constraints=["m = h*k"], sizes={"h": 2})
    circuit = build("f", {"x": "[d=7]"}, lambda x: call(inner, x, axes="m=d"), sizes={"h": 2})
    with pytest.raises(BindingError, match="7"):
        run(circuit, {"x": np.ones(7)})


@given(passing("m"), st.booleans())
def test_axes_a_callee_does_not_know_pass_over_all_of_it(axes: tuple[str, ...], literal: bool) -> None:
    inner = build("inner", {"x": "[m]"}, lambda x: softmax(linear("m -> k", x), axis="k"))
    circuit = build("f", {"x": f"[{' '.join(axes)}]"}, lambda x: call(inner, x)).valid()
    state = initial(circuit, SIZES)
    x = numbers(axes, SIZES, 1)
    found = run(circuit, {"x": x}, state, sizes=SIZES, literal=literal).only
    over = tuple(axis for axis in axes if axis != "m")
    assert circuit.checked.type(circuit.outputs[0].wire).axes == (*over, "k")
    moved = x.transpose([axes.index(axis) for axis in (*over, "m")])
    alone = {key.removeprefix("inner."): array for key, array in state.items()}
    for index in np.ndindex(*moved.shape[:-1]):
        np.testing.assert_allclose(found[index], run(inner, {"x": moved[index]}, alone, sizes=SIZES).only, rtol=1e-12)


@given(circuits(max_nodes=5), st.permutations(["n1", "n2", "n3", "n4", "n5"]), st.integers(0, 9))
def test_mapping_every_axis_to_another_name_changes_nothing(circuit: Circuit, names: list[str], seed: int) -> None:
    pairs = dict(zip(AXES, names, strict=True))
    face = {axis.rstrip("'") for item in circuit.inputs for axis in item.type.axes}
    ends = [circuit.checked.type(output.wire) for output in circuit.outputs]
    face |= {axis.rstrip("'") for found in ends for axis in found.axes} & set(AXES)
    written = " ".join(f"{axis}={pairs[axis]}" for axis in sorted(face))
    types = {item.name: f"[{' '.join(pairs[axis] for axis in item.type.axes)}]" for item in circuit.inputs}
    around = build("f", types, lambda *wires: _first(call(circuit, *wires, axes=written, name="inner"))).valid()
    state = initial(circuit)
    sizes = circuit.checked.known({})
    lifted = {f"inner.{key}": array for key, array in state.items()}
    given_sizes = {**sizes, **{pairs[axis]: sizes[axis] for axis in face}}
    inputs = arrays(circuit, seed)
    found = run(around, inputs, lifted, sizes=given_sizes).only
    np.testing.assert_allclose(found, run(circuit, inputs, state)[circuit.outputs[0].name], rtol=1e-10, atol=1e-12)


def _first(made: Wire | tuple[Wire, ...]) -> Wire:
    return made[0] if isinstance(made, tuple) else made


@given(circuits(max_nodes=4), st.integers(0, 9))
def test_per_is_a_run_for_every_slice(inner: Circuit, seed: int) -> None:
    types = {item.name: f"[{' '.join(item.type.axes)}]" for item in inner.inputs}
    first = inner.inputs[0].name
    types[first] = f"[slot {' '.join(inner.inputs[0].type.axes)}]"
    circuit = build("f", types, lambda *wires: _first(call(inner, *wires, per="slot", name="inner"))).valid()
    sizes = {**inner.checked.known({}), "slot": 2}
    state = initial(circuit, sizes, seed)
    assert all(array.shape[0] == 2 for array in state.values())
    inputs = arrays(inner, seed)
    inputs[first] = np.stack([inputs[first], inputs[first] + 1.0])
    found = run(circuit, inputs, state, sizes=sizes).only
    axes = circuit.checked.type(circuit.outputs[0].wire).axes
    assert axes[0] == "slot" or "slot" in axes
    for slice in range(2):
        alone = {key.removeprefix("inner."): array[slice] for key, array in state.items()}
        expected = run(inner, {**inputs, first: inputs[first][slice]}, alone, sizes=sizes)[inner.outputs[0].name]
        np.testing.assert_allclose(found.take(slice, axes.index("slot")), expected, rtol=1e-9, atol=1e-11)


def test_per_without_an_array_that_carries_the_axis_gives_it_to_the_result() -> None:
    circuit = build("f", {"x": "[m]"}, lambda x: linear("m -> k", x, per="e")).valid()
    assert str(circuit.checked.type(circuit.outputs[0].wire)) == "[k e]"
    state = initial(circuit, {"e": 3, "m": 2, "k": 4})
    assert {key: array.shape for key, array in state.items()} == {
        "linear.weight": (3, 4, 2),
        "linear.bias": (3, 4),
    }
    out = run(circuit, {"x": np.array([1.0, 2.0])}, state, sizes={"e": 3, "k": 4}).only
    expected = state["linear.weight"] @ [1.0, 2.0] + state["linear.bias"]
    np.testing.assert_allclose(out, expected.T, rtol=1e-12)
    plain = build("g", {"x": "[m]"}, lambda x: call(build("double", {"x": "[m]"}, lambda x: x * 2.0), x, per="e"))
    assert run(plain, {"x": np.ones(2)}, sizes={"e": 3}).only.shape == (3, 2)


def test_tied_calls_own_one_set_of_parameters() -> None:
    inner = build("inner", {"x": "[m]"}, lambda x: linear("m -> k", x))

    def body(x: Wire) -> Wire:
        return call(inner, x, name="one") + call(inner, x * 2.0, name="two", weights="one")

    circuit = build("f", {"x": "[m=2]"}, body, sizes={"k": 3}).valid()
    state = initial(circuit)
    assert set(state) == {"one.linear.weight", "one.linear.bias"}
    x = np.array([1.0, -2.0])
    expected = 3.0 * state["one.linear.weight"] @ x + 2.0 * state["one.linear.bias"]
    np.testing.assert_allclose(run(circuit, {"x": x}, state).only, expected, rtol=1e-12)


def _averages(other: str = "one", **words: str) -> Circuit:
    def body(x: Wire) -> Wire:
        first = running(x, x, axes="m", name="one", momentum=0.5)
        return first + running(x * 3.0, x * 3.0, axes="m", name="two", weights=other, momentum=0.5, **words)

    return build("f", {"x": "[m=2]"}, body)


def test_nodes_that_own_only_buffers_may_be_tied() -> None:
    circuit = _averages().valid()
    assert set(parameters(circuit)) == {"one"}
    after = run(circuit, {"x": np.ones(2)}, {"one": np.zeros(2)}, training=True).state
    np.testing.assert_array_equal(after["one"], np.full(2, 0.5 * 0.5 + 0.5 * 3.0))


def test_what_ties_cannot_share_is_a_problem() -> None:
    def chain(x: Wire) -> Wire:
        linear("m -> k", x, name="a")
        linear("m -> k", x, name="b", weights="a")
        return linear("m -> k", x, name="c", weights="b")

    def fed(x: Wire) -> Wire:
        linear("m -> k", x, name="a", weight=linear("m -> k m'", x), bias=False)
        return linear("m -> k", x, name="b", weights="a", bias=False)

    def apart(x: Wire) -> Wire:
        linear("m -> k", x, name="a")
        return linear("m -> h", x, name="b", weights="a")

    found = [[str(problem) for problem in build("f", {"x": "[m]"}, one).problems] for one in (chain, fed, apart)]
    assert found[0] == [
        "f/c (linear): expected a node that owns its weights, not 'b', found those of 'a'. Share with 'a'."
    ]
    assert found[1][-1] == (
        "f/b (linear): expected weights that 'a' owns, found 'weight', which a wire feeds there. "
        "Feed 'weight' here as well."
    )
    assert found[2] == [
        "f/b (linear): expected the weights of 'a' (weight[k m], bias[k]), found weight[h m], bias[h]. "
        "Share weights between nodes whose weights have the same axes."
    ]


def test_a_fed_weight_is_no_parameter_and_lets_its_axes_pass() -> None:
    circuit = build("f", {"x": "[m]", "w": "[s k m]"}, lambda x, w: linear("m -> k", x, weight=w, bias=False)).valid()
    assert parameters(circuit) == {}
    assert str(circuit.checked.type(circuit.outputs[0].wire)) == "[k s]"
    x, w = np.array([1.0, 2.0]), numbers(("s", "k", "m"), {"s": 2, "k": 3, "m": 2}, 1)
    np.testing.assert_allclose(run(circuit, {"x": x, "w": w}).only, (w @ x).T, rtol=1e-12)


def _noise(shared: str = "") -> Array:
    inner = build("inner", {"x": "[m]"}, lambda x: dropout(x, rate=0.5))
    circuit = build("f", {"x": "[p q m]"}, lambda x: call(inner, x, shared=shared)).valid()
    return run(circuit, {"x": np.ones((4, 5, 64))}, training=True).only


def test_every_passing_index_draws_afresh_unless_it_is_shared() -> None:
    rows = _noise().reshape(20, 64)
    assert len({row.tobytes() for row in rows}) == 20
    shared = _noise("p")
    assert all((shared[0] == one).all() for one in shared)
    assert len({row.tobytes() for row in shared[0]}) == 5
    assert len({row.tobytes() for row in _noise("p q").reshape(20, 64)}) == 1


def test_ties_of_nodes_whose_circuits_own_the_weights_tell_what_differs() -> None:
    def named(name: str, word: str) -> Circuit:
        def body(h: Wire, x: Wire) -> Wire:
            return elementwise(word, linear("h' -> h", rename(h, "h -> h'"), name="held"), x)

        return build(name, {"h": "[h]", "x": "[h]"}, body)

    cell, other = named("cell", "a + b"), named("other", "a * b")

    def tied(body: Circuit, **words: bool) -> list[str]:
        def both(h: Wire, x: Wire) -> Wire:
            first = scan(cell, h, x, axis="t", along="x", name="a")
            return first + scan(body, h, x, axis="t", along="x", name="b", weights="a", **words)

        return [str(problem) for problem in build("f", {"h": "[h]", "x": "[t h]"}, both).problems]

    assert tied(cell) == []
    assert tied(cell, reverse=True) == [
        "f/b (scan): expected the same as in 'a', whose circuits own the weights (reverse=False), found reverse=True. "
        "Keep these equal, or let the node own weights of its own."
    ]
    assert tied(other, reverse=True) == [
        "f/b (scan): expected the same as in 'a', whose circuits own the weights (content='cell', reverse=False), "
        "found content='other', reverse=True. Keep these equal, or let the node own weights of its own."
    ]
