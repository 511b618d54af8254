"""Reading and folding by position: loops as oracles, alignment by name, slopes, and every message."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits import BindingError, build, einsum, run
from circuits.ops.gather import gather, one_hot, scatter
from tests.circuits.gradients import Array, backward, check_vjp
from tests.circuits.laws import FEWER, Traced, check_literal, numbers, passing, problems

LENGTHS = {"p": 2, "q": 3}
KINDS = {"sum": np.sum, "mean": np.mean, "max": np.max, "min": np.min}


def _places(data: st.DataObject, axes: tuple[str, ...], sizes: dict[str, int], length: int) -> Array:
    shape = tuple(sizes[axis] for axis in axes)
    count = int(np.prod(shape))
    return np.array(data.draw(st.lists(st.integers(0, length - 1), min_size=count, max_size=count)), int).reshape(shape)


def _at(array: Array, axes: tuple[str, ...], index: dict[str, int]) -> Any:
    return array[tuple(index[axis] for axis in axes)]


@FEWER
@given(data=st.data(), n=st.integers(1, 4), e=st.integers(1, 3))
def test_gather_reads_data_at_the_index(data: st.DataObject, n: int, e: int) -> None:
    sizes = {**LENGTHS, "n": n, "e": e}
    data_axes, index_axes = data.draw(passing("n")), data.draw(passing("", "p q e"))
    over = tuple(axis for axis in "pqe" if axis in (*data_axes, *index_axes))
    circuit = build(
        "read",
        {"data": f"[{' '.join(data_axes)}]", "index": f"Index(n)[{' '.join(index_axes)}]"},
        lambda x, i: gather(x, i, axis="n"),
        outputs=[f"[{' '.join(over)}]"],
    ).valid()
    arrays = {"data": numbers(data_axes, sizes), "index": _places(data, index_axes, sizes, n)}
    out = run(circuit, arrays).only
    assert out.shape == tuple(sizes[axis] for axis in over)
    for at in np.ndindex(*out.shape):
        index = dict(zip(over, at, strict=True))
        place = _at(arrays["index"], index_axes, index)
        assert out[at] == _at(arrays["data"], data_axes, {**index, "n": place})
    check_literal(Traced(circuit, arrays))
    check_vjp(circuit, arrays)


@pytest.mark.parametrize("kind", KINDS)
@FEWER
@given(data=st.data(), n=st.integers(1, 4), e=st.integers(1, 4))
def test_scatter_folds_what_has_the_same_index(kind: Any, data: st.DataObject, n: int, e: int) -> None:
    sizes = {**LENGTHS, "e": e, "f": 2, "n": n}
    own = data.draw(st.sampled_from(["e", "e f", ""]))
    value_axes, index_axes = data.draw(passing(own)), data.draw(passing(own, "p"))
    over = tuple(axis for axis in "pq" if axis in (*value_axes, *index_axes))
    circuit = build(
        "fold",
        {"values": f"[{' '.join(value_axes)}]", "index": f"Natural({n})[{' '.join(index_axes)}]"},
        lambda v, i: scatter(v, i, axis=own, into=f"n={n}", kind=kind),
        outputs=[f"[{' '.join(over)} n]"],
    ).valid()
    arrays = {"values": numbers(value_axes, sizes), "index": _places(data, index_axes, sizes, n)}
    expected = np.zeros([sizes[axis] for axis in (*over, "n")])
    for at in np.ndindex(*expected.shape):
        fixed = dict(zip((*over, "n"), at, strict=True))
        members = []
        for inner in np.ndindex(*(sizes[axis] for axis in own.split())):
            index = {**fixed, **dict(zip(own.split(), inner, strict=True))}
            if _at(arrays["index"], index_axes, index) == fixed["n"]:
                members.append(_at(arrays["values"], value_axes, index))
        expected[at] = KINDS[kind](members) if members else 0.0
    np.testing.assert_allclose(run(circuit, arrays).only, expected, rtol=1e-12)
    check_literal(Traced(circuit, arrays))
    check_vjp(circuit, arrays)


@FEWER
@given(data=st.data(), n=st.integers(1, 4))
def test_one_hot_marks_the_position(data: st.DataObject, n: int) -> None:
    axes = data.draw(passing())
    circuit = build(
        "marks",
        {"i": f"Index(n)[{' '.join(axes)}]"},
        lambda i: one_hot(i, into=f"n={n}"),
        outputs=[f"[{' '.join(axes)} n]"],
    ).valid()
    places = _places(data, axes, LENGTHS, n)
    np.testing.assert_array_equal(run(circuit, {"i": places}).only, np.eye(n)[places])
    check_literal(Traced(circuit, {"i": places}))


def test_neighbours_of_nodes_are_gathered_along_the_nodes_themselves() -> None:
    circuit = build(
        "graph", {"x": "[n c]", "near": "Index(n)[n k]"}, lambda x, near: gather(x, near, axis="n"), outputs=["[n k c]"]
    ).valid()
    x, near = np.random.default_rng(0).normal(size=(4, 3)), np.array([[1, 2], [0, 0], [3, 1], [2, 3]])
    np.testing.assert_array_equal(run(circuit, {"x": x, "near": near}).only, x[near])
    check_literal(Traced(circuit, {"x": x, "near": near}))
    check_vjp(circuit, {"x": x, "near": near})


def test_gather_from_marks_is_a_product_with_them() -> None:
    def body(table: Any, tokens: Any) -> dict[str, Any]:
        marks = one_hot(tokens, into="v")
        return {"read": gather(table, tokens, axis="v"), "product": einsum("v m, t v -> t m", table, marks)}

    outputs = ["[t m]", "[t m]"]
    circuit = build("embed", {"table": "[v m]", "tokens": "Natural(v)[t]"}, body, outputs=outputs).valid()
    table, tokens = np.random.default_rng(0).normal(size=(5, 2)), np.array([4, 0, 4])
    found = run(circuit, {"table": table, "tokens": tokens})
    np.testing.assert_allclose(found["read"], found["product"], rtol=1e-12)


def test_nothing_to_fold_gives_zeros() -> None:
    circuit = build(
        "none", {"v": "[e c]", "i": "Natural(3)[e]"}, lambda v, i: scatter(v, i, axis="e", into="n=3", kind="mean")
    ).valid()
    np.testing.assert_array_equal(run(circuit, {"v": np.zeros((0, 2)), "i": np.zeros(0, int)}).only, np.zeros((3, 2)))


def test_ties_of_an_extremum_share_the_slope() -> None:
    circuit = build(
        "ties", {"v": "[e]", "i": "Natural(3)[e]"}, lambda v, i: scatter(v, i, axis="e", into="n=3", kind="max")
    ).valid()
    tied = np.array([1.0, 1.0, 0.5, -2.0])
    places = np.array([0, 0, 0, 2])
    np.testing.assert_array_equal(run(circuit, {"v": tied, "i": places}).only, [1.0, 0.0, -2.0])
    slopes = run(backward(circuit), {"v": tied, "i": places})["d_v"]
    np.testing.assert_array_equal(slopes, [1.0, 1.0, 0.0, 5.0])


def test_elements_and_tags_follow_the_data() -> None:
    def body(x: Any, i: Any) -> dict[str, Any]:
        return {
            "read": gather(x, i, axis="n"),
            "sum": scatter(x, x, axis="n", into="m=9", name="sum"),
            "most": scatter(x, x, axis="n", into="m=9", kind="max", name="most"),
        }

    circuit = build("kept", {"x": "Natural(4)[n] in Words", "i": "Index(n)[e]"}, body)
    found = [str(problem) for problem in circuit.problems]
    assert found == [
        f"kept/{name} (scatter): expected an array in plain space at 'index', found Words. Map it there first (see the "
        "space's ops), or retag it."
        for name in ("sum", "most")
    ]
    plain = build("kept", {"x": "Natural(4)[n]", "i": "Index(n)[e]"}, body).valid()
    types = {item.name: str(plain.checked.type(item.wire)) for item in plain.outputs}
    assert types == {"read": "Natural(4)[e]", "sum": "Int(64)[m]", "most": "Natural(4)[m]"}
    tagged = build("kept", {"x": "Bool[n] in Words", "i": "Index(n)[e]"}, lambda x, i: gather(x, i, axis="n")).valid()
    assert str(tagged.checked.type(tagged.outputs[0].wire)) == "Bool[e] in Words"


@pytest.mark.parametrize(
    ("function", "inputs", "message"),
    [
        (
            lambda x, i: gather(x, i, axis="n"),
            {"x": "[n=7 c]", "i": "Natural(8)[e]"},
            "f/gather (gather): expected at most 7, found 8 (Natural(8) at 'index' must stay below n). Enlarge the "
            "axis, or lower the bound.",
        ),
        (
            lambda x, i: gather(x, i, axis="n"),
            {"x": "[n c]", "i": "[e]"},
            "f/gather (gather): expected Index(n) at 'index', found Real. Cast it, or change its type.",
        ),
        (
            lambda x, i: gather(x, i, axis="n"),
            {"x": "[n c]", "i": "Index(m)[e m]"},
            "f/gather (gather): expected Index(n) at 'index', found Index(m). Cast it, or change its type.",
        ),
        (
            lambda x, i: gather(x, i, axis="m"),
            {"x": "[n c]", "i": "Index(m)[e]"},
            "f/gather (gather): expected an axis 'm' at 'data', found [n c]. Rename an axis or add 'm'.",
        ),
        (
            lambda x, i: scatter(x, i, axis="e", into="c"),
            {"x": "[e c]", "i": "Index(c)[e]"},
            "f/scatter (scatter): expected a produced axis 'c' that no input carries, found 'c' passing over "
            "'scatter'. The two would be joined into one axis: rename one of them, or use a twin.",
        ),
        (
            lambda x, i: scatter(x, i, axis="e", into="n"),
            {"x": "Bool[e]", "i": "Index(n)[e]"},
            "f/scatter (scatter): expected numbers a sum is defined for, found Bool. Cast it to Real.",
        ),
        (
            lambda x, i: scatter(x, i, axis="e", into="n m"),
            {"x": "[e]", "i": "Index(n)[e]"},
            "scatter (scatter): expected one axis in all of 'n m', found 'n m'. Name one axis there.",
        ),
        (
            lambda i: one_hot(i, into="v=4"),
            {"i": "Natural(5)[t]"},
            "f/one_hot (one_hot): expected at most 4, found 5 (Natural(5) at 'index' must stay below v). Enlarge the "
            "axis, or lower the bound.",
        ),
    ],
)
def test_problems_say_what_is_wrong(function: Any, inputs: dict[str, str], message: str) -> None:
    assert problems(function, **inputs) == [message]


@pytest.mark.parametrize("wrong", [5, -1])
def test_positions_outside_of_the_axis_are_refused(wrong: int) -> None:
    cases = {
        "gather": ({"x": "[n=5]", "i": "Index(n)[e]"}, lambda x, i: gather(x, i, axis="n")),
        "scatter": ({"x": "[e]", "i": "Index(n)[e]"}, lambda x, i: scatter(x, i, axis="e", into="n=5")),
        "one_hot": ({"i": "Index(n)[e]"}, lambda i: one_hot(i, into="n=5")),
    }
    for op, (inputs, function) in cases.items():
        circuit = build("f", inputs, function).valid()
        arrays = {"x": np.zeros(5 if op == "gather" else 2), "i": np.array([0, wrong])}
        with pytest.raises(BindingError) as error:
            run(circuit, {name: arrays[name] for name in inputs})
        assert str(error.value) == (
            f"{op}: expected positions from 0 to 4 along 'n', found {wrong}. Give positions on the axis."
        )
