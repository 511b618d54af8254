"""Joining arrays and taking them apart: oracles, inverse pairs, missing axes, slopes, and every message."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits import BindingError, Wire, build, run
from circuits.ops.concat import concat, stack, unconcat, unstack
from tests.circuits.gradients import Array, check_vjp
from tests.circuits.laws import FEWER, Traced, check_literal, numbers, passing, problems

LENGTHS = {"p": 2, "q": 3}
SMALL = st.integers(1, 3)


def _full(array: Array, axes: tuple[str, ...], own: str, over: tuple[str, ...]) -> Array:
    """An array repeated along the passing axes it lacks, its own axis last."""
    present = [axis for axis in over if axis in axes]
    moved = np.transpose(array, [axes.index(axis) for axis in (*present, *own.split())])
    shape = [LENGTHS[axis] if axis in axes else 1 for axis in over]
    tail = moved.shape[len(present) :]
    return np.broadcast_to(moved.reshape(*shape, *tail), (*(LENGTHS[axis] for axis in over), *tail))


@FEWER
@given(data=st.data(), lengths=st.lists(SMALL, min_size=1, max_size=3))
def test_concat_joins_in_order_and_repeats_what_lacks_an_axis(data: st.DataObject, lengths: list[int]) -> None:
    names = [f"c{place}" for place in range(len(lengths))]
    types = [data.draw(passing(name)) for name in names]
    over = tuple(axis for axis in LENGTHS if any(axis in axes for axes in types))
    sizes = {**LENGTHS, **dict(zip(names, lengths, strict=True))}
    circuit = build(
        "joined",
        {name: f"[{' '.join(axes)}]" for name, axes in zip(names, types, strict=True)},
        lambda *wires: concat(*wires, f"{', '.join(names)} -> whole"),
        outputs=[f"[{' '.join(over)} whole]"],
    ).valid()
    arrays = {name: numbers(axes, sizes, place) for place, (name, axes) in enumerate(zip(names, types, strict=True))}
    expected = [_full(arrays[name], axes, name, over) for name, axes in zip(names, types, strict=True)]
    np.testing.assert_array_equal(run(circuit, arrays).only, np.concatenate(expected, axis=-1))
    check_literal(Traced(circuit, arrays))
    check_vjp(circuit, arrays)


@FEWER
@given(data=st.data(), lengths=st.lists(SMALL, min_size=1, max_size=3))
def test_unconcat_takes_consecutive_pieces(data: st.DataObject, lengths: list[int]) -> None:
    axes = data.draw(passing("e"))
    pieces = ", ".join(f"c{place}={length}" for place, length in enumerate(lengths))
    over = " ".join(axis for axis in axes if axis != "e")

    def body(x: Wire) -> dict[str, Wire]:
        return {f"y{place}": wire for place, wire in enumerate(unconcat(x, f"e -> {pieces}"))}

    outputs = [f"[{over} c{place}]" for place in range(len(lengths))]
    circuit = build("pieces", {"x": f"[{' '.join(axes)}]"}, body, outputs=outputs).valid()
    array = numbers(axes, {**LENGTHS, "e": sum(lengths)})
    found = run(circuit, {"x": array})
    parts = np.split(np.moveaxis(array, axes.index("e"), -1), np.cumsum(lengths)[:-1], axis=-1)
    for place, part in enumerate(parts):
        np.testing.assert_array_equal(found[f"y{place}"], part)
    check_literal(Traced(circuit, {"x": array}))
    check_vjp(circuit, {"x": array})


@FEWER
@given(data=st.data(), count=SMALL)
def test_stack_adds_an_axis_and_unstack_takes_it(data: st.DataObject, count: int) -> None:
    types = [data.draw(passing("c")) for _ in range(count)]
    over = tuple(axis for axis in LENGTHS if any(axis in axes for axes in types))
    names = [f"x{place}" for place in range(count)]

    def body(*wires: Wire) -> dict[str, Wire]:
        joined = stack(*wires, axis="s")
        return {"joined": joined, **dict(zip(names, unstack(joined, axis="s", count=count), strict=True))}

    inputs = {name: f"[{' '.join(axes)}]" for name, axes in zip(names, types, strict=True)}
    outputs = [f"[{' '.join(over)} c s]", *[f"[{' '.join(over)} c]"] * count]
    circuit = build("stacked", inputs, body, outputs=outputs).valid()
    sizes = {**LENGTHS, "c": 2}
    arrays = {name: numbers(axes, sizes, place) for place, (name, axes) in enumerate(zip(names, types, strict=True))}
    found = run(circuit, arrays)
    expected = [_full(arrays[name], axes, "c", over) for name, axes in zip(names, types, strict=True)]
    np.testing.assert_array_equal(found["joined"], np.stack(expected, axis=-1))
    for name, array in zip(names, expected, strict=True):
        np.testing.assert_array_equal(found[name], array)
    check_literal(Traced(circuit, arrays))
    check_vjp(circuit, arrays)


@given(data=st.data(), c=SMALL, d=SMALL)
def test_taking_apart_and_joining_gives_the_array_back(data: st.DataObject, c: int, d: int) -> None:
    axes = data.draw(passing("e"))
    text = f"[{' '.join(axes)}]"
    circuit = build(
        "pair", {"x": text}, lambda x: concat(*unconcat(x, f"e -> c={c}, d"), "c, d -> e"), outputs=[text]
    ).valid()
    array = numbers(axes, {**LENGTHS, "e": c + d})
    np.testing.assert_array_equal(run(circuit, {"x": array}).only, array)


def test_the_size_of_the_whole_is_the_sum() -> None:
    circuit = build("sum", {"a": "[b c]", "b": "[d]"}, lambda a, b: concat(a, b, spec="c, d -> e")).valid()
    assert str(circuit.checked.size("e")) == "c+d"
    twice = build("twice", {"a": "[c]", "b": "[c]"}, lambda a, b: concat(a, b, "c, c -> cc")).valid()
    assert str(twice.checked.size("cc")) == "2*c"
    solved = build("solved", {"x": "[e=7]"}, lambda x: unconcat(x, "e -> c=3, d")).valid()
    assert solved.checked.size("d") == 4
    halves = build("halves", {"x": "[e=8]"}, lambda x: unconcat(x, "e -> c, c")).valid()
    assert halves.checked.size("c") == 4
    assert build("one", {"x": "[c]"}, lambda x: stack(x, x, axis="s")).valid().checked.size("s") == 2


def test_an_operand_may_carry_the_axis_another_consumes() -> None:
    circuit = build(
        "outer", {"a": "[c]", "b": "[c d]"}, lambda a, b: concat(a, b, "c, d -> e"), outputs=["[c e]"]
    ).valid()
    a, b = np.array([1.0, 2.0]), np.array([[3.0], [4.0]])
    np.testing.assert_array_equal(run(circuit, {"a": a, "b": b}).only, [[1, 2, 3], [1, 2, 4]])
    check_vjp(circuit, {"a": a, "b": b})


@pytest.mark.parametrize("element", ["Bool", "Natural(7)", "Index(n)", "Complex"])
def test_arrays_of_every_element_are_joined(element: str) -> None:
    def body(a: Wire, b: Wire, n: Wire) -> Wire:
        return concat(unstack(stack(a, a, axis="s"), axis="s", count=2)[0], b, "c, d -> e")

    inputs = {"a": f"{element}[c] in Words", "b": f"{element}[d] in Words", "n": "[n]"}
    circuit = build("kept", inputs, body).valid()
    assert str(circuit.checked.type(circuit.outputs[0].wire)) == f"{element}[e] in Words"


@pytest.mark.parametrize(
    ("function", "inputs", "message"),
    [
        (
            lambda x, y: concat(x, y, "c, d -> e"),
            {"x": "[c]", "y": "Bool[d]"},
            "f/concat (concat): expected arrays of one element, found Real and Bool. Cast some of them.",
        ),
        (
            lambda x, y: concat(x, y, "c, c, c -> e"),
            {"x": "[c]", "y": "[c]"},
            "f/concat (concat): expected 3 inputs (x1, x2, x3), found 2. Connect one wire to each port.",
        ),
        (
            lambda x, y: concat(x, y, "c, d -> e=9"),
            {"x": "[c=3]", "y": "[d=4]"},
            "f/concat (concat): expected e = 9 (axis 'c' is declared as 3 at f; axis 'd' is declared as 4 at f; 'e' is "
            "given as 9 at f/concat (concat)), found 7 ('e' is c + d). Make the sizes equal, or give one axis another "
            "name.",
        ),
        (
            lambda x, y: concat(x, y, "c, c -> c"),
            {"x": "[c]", "y": "[c]"},
            "concat (concat): expected a name of its own for the whole in 'c, c -> c', found 'c' at both ends. Give it "
            "another name.",
        ),
        (
            lambda x, y: concat(x, y, "c, c e -> cc"),
            {"x": "[c]", "y": "[c e]"},
            "concat (concat): expected one axis between commas of 'c, c e -> cc', found 'c e'. Name one axis there.",
        ),
        (
            lambda x, y: concat(x, y, "c, d"),
            {"x": "[c]", "y": "[d]"},
            "concat (concat): expected a spec such as 'c, d -> e', found 'c, d'. Write one '->'.",
        ),
        (
            lambda x: unconcat(x, "e -> c=5, d=3"),
            {"x": "[e=7]"},
            "f/unconcat (unconcat): expected e = 7 ('c' is given as 5 at f/unconcat (unconcat); 'd' is given as 3 at "
            "f/unconcat (unconcat); axis 'e' is declared as 7 at f), found 8 ('e' is c + d). Make the sizes equal, or "
            "give one axis another name.",
        ),
        (
            lambda x: unconcat(x, "e -> c=5, c=4"),
            {"x": "[e]"},
            "unconcat (unconcat): expected one size for 'c' in 'e -> c=5, c=4', found 5 and 4. Write it once.",
        ),
        (
            lambda x, y: stack(x, y, axis="c"),
            {"x": "[c]", "y": "[d]"},
            "f/stack (stack): expected a produced axis 'c' that no input carries, found 'c' passing over 'stack'. The "
            "two would be joined into one axis: rename one of them, or use a twin.",
        ),
        (
            lambda x: unstack(x, axis="c", count=6),
            {"x": "[c=7]"},
            "f/unstack (unstack): expected c = 7 (axis 'c' is declared as 7 at f), found 6 ('c' is unstacked into 6). "
            "Make the sizes equal, or give one axis another name.",
        ),
        (
            lambda x: unstack(x, axis="c", count=0),
            {"x": "[c]"},
            "unstack (unstack): expected a count from 1 to 1000, found 0. Change the count.",
        ),
    ],
)
def test_problems_say_what_is_wrong(function: Any, inputs: dict[str, str], message: str) -> None:
    assert problems(function, **inputs) == [message]


def test_pieces_that_do_not_fit_are_found_when_the_size_is_known() -> None:
    circuit = build("late", {"x": "[e]"}, lambda x: unconcat(x, "e -> c, c")).valid()
    with pytest.raises(BindingError) as error:
        run(circuit, {"x": np.zeros(5)})
    assert str(error.value) == (
        "late/unconcat (unconcat): expected e = 5 (e = 5 is given at late), found 2*c ('e' is c + c). Make the sizes "
        "equal, or give one axis another name."
    )
