"""Splitting, merging, renaming and ordering axes: what is read, inverse pairs, slopes, and every message."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits import BindingError, Wire, broadcast, build, run
from circuits.ops.diagonals import diagonal, embed_diagonal
from circuits.ops.slices import flip, index, pad, roll, slice
from circuits.ops.views import Split, merge, permute, rename, split
from circuits.ops.windows import window
from circuits.sizes import Size
from tests.circuits.laws import FEWER, Reading, check_reading, numbers, passing, problems

LENGTHS = {"p": 2, "q": 3}
SMALL = st.integers(1, 3)


def _split(k: int, h: int) -> Reading:
    return Reading("kh", {"kh": k * h}, lambda x: split(x, f"kh -> k={k} h"), lambda at: {"kh": at["k"] * h + at["h"]})


def _merge(k: int, h: int) -> Reading:
    return Reading(
        "k h", {"k": k, "h": h}, lambda x: merge(x, "k h -> kh"), lambda at: {"k": at["kh"] // h, "h": at["kh"] % h}
    )


def _rename(k: int, h: int) -> Reading:
    return Reading(
        "k h", {"k": k, "h": h}, lambda x: rename(x, "k h -> k' c"), lambda at: {"k": at["k'"], "h": at["c"]}
    )


def _permute(k: int, h: int) -> Reading:
    return Reading("k h", {"k": k, "h": h}, lambda x: permute(x, "h k"), lambda at: at)


def _index(t: int, s: int) -> Reading:
    at = s % t
    return Reading("t", {"t": t}, lambda x: index(x, axis="t", at=at), lambda _: {"t": at})


def _index_from_end(t: int, s: int) -> Reading:
    at = s % t
    return Reading("t", {"t": t}, lambda x: index(x, axis="t", at=at - t), lambda _: {"t": at})


def _last(t: int, s: int) -> Reading:
    return Reading("t", {"t": t}, lambda x: index(x, axis="t", at="t-1"), lambda _: {"t": t - 1})


def _slice(t: int, step: int) -> Reading:
    return Reading(
        "t",
        {"t": t + 1},
        lambda x: slice(x, "t -> s", start=1, step=step),
        lambda at: {"t": 1 + step * at["s"]},
    )


def _slice_from_end(t: int, step: int) -> Reading:
    return Reading(
        "t",
        {"t": t + 3},
        lambda x: slice(x, "t -> s", start="t-3", stop=-1, step=step),
        lambda at: {"t": t + step * at["s"]},
    )


def _flip(t: int, s: int) -> Reading:
    return Reading("t", {"t": t}, lambda x: flip(x, axis="t"), lambda at: {"t": t - 1 - at["t"]})


def _roll(t: int, shift: int) -> Reading:
    return Reading("t", {"t": t}, lambda x: roll(x, axis="t", shift=-shift), lambda at: {"t": (at["t"] + shift) % t})


def _roll_by_name(t: int, shift: int) -> Reading:
    return Reading(
        "t",
        {"t": t},
        lambda x: roll(x, axis="t", shift="by"),
        lambda at: {"t": (at["t"] - shift) % t},
        produced={"by": shift},
    )


def _pad(t: int, step: int) -> Reading:
    def source(at: Any) -> Any:
        place, rest = divmod(at["s"] - 2, step)
        return {"t": place} if rest == 0 and 0 <= place < t else None

    return Reading("t", {"t": t}, lambda x: pad(x, "t -> s", before=2, after=1, value=0.5, step=step), source, fill=0.5)


def _place(before: int, after: int) -> Reading:
    return Reading(
        "",
        {},
        lambda x: pad(x, "-> s", before=before, after=after),
        lambda at: {} if at["s"] == before else None,
    )


READINGS = (
    _split, _merge, _rename, _permute, _index, _index_from_end, _last, _slice, _slice_from_end, _flip, _roll,
    _roll_by_name, _pad, _place,
)  # fmt: skip


@pytest.mark.parametrize("make", READINGS, ids=lambda make: make.__name__.strip("_"))
@FEWER
@given(data=st.data())
def test_every_element_is_read_where_the_view_says(make: Any, data: st.DataObject) -> None:
    reading = make(data.draw(SMALL), data.draw(SMALL))
    check_reading(reading, data.draw(passing(reading.axes)), LENGTHS)


@pytest.mark.parametrize(
    ("axes", "view", "shape"),
    [
        ("t", lambda x: slice(x, "t -> s", step=2), (2, 0)),
        ("t", lambda x: flip(x, axis="t"), (2, 0)),
        ("t", lambda x: roll(x, axis="t", shift=1), (2, 0)),
        ("t", lambda x: pad(x, "t -> s", before=1, after=2), (2, 3)),
        ("t", lambda x: split(x, "t -> a=2 b"), (2, 2, 0)),
        ("t", lambda x: merge(broadcast(x, axes="a=2"), "a t -> c"), (2, 0)),
        ("t", lambda x: window(x, "t -> t k=3", padding="same"), (2, 0, 3)),
        ("t", lambda x: diagonal(embed_diagonal(x, "t -> t t'"), "t t' -> t"), (2, 0)),
    ],
)
def test_axes_may_be_empty(axes: str, view: Any, shape: tuple[int, ...]) -> None:
    circuit = build("empty", {"x": f"[p {axes}]"}, view).valid()
    out = run(circuit, {"x": np.zeros((2, 0))}).only
    assert out.shape == shape
    assert not out.any()


INVERSES = {
    "split, merge": ("kh", {"kh": 6}, lambda x: merge(split(x, "kh -> k=2 h"), "k h -> kh")),
    "merge, split": ("k h", {"k": 2, "h": 3}, lambda x: split(merge(x, "k h -> kh"), "kh -> k h")),
    "rename, rename": ("k", {"k": 2}, lambda x: rename(rename(x, "k -> c"), "c -> k")),
    "flip, flip": ("k", {"k": 3}, lambda x: flip(flip(x, axis="k"), axis="k")),
    "roll, roll": ("k", {"k": 5}, lambda x: roll(roll(x, axis="k", shift=3), axis="k", shift=2)),
    "pad, slice": ("k", {"k": 3}, lambda x: slice(pad(x, "k -> s", before=2, after=1), "s -> k", start=2, stop=-1)),
    "spread, slice": ("k", {"k": 3}, lambda x: slice(pad(x, "k -> s", before=1, step=2), "s -> k", start=1, step=2)),
    "place, index": ("", {}, lambda x: index(pad(x, "-> s", before=2, after=1), axis="s", at=2)),
}


@pytest.mark.parametrize("name", INVERSES)
@given(data=st.data())
def test_inverse_pairs_give_the_array_back(name: str, data: st.DataObject) -> None:
    own, sizes, function = INVERSES[name]
    axes = data.draw(passing(own))
    circuit = build("pair", {"x": f"[{' '.join(axes)}]"}, function, outputs=[f"[{' '.join(axes)}]"]).valid()
    array = numbers(axes, {**LENGTHS, **sizes})
    np.testing.assert_array_equal(run(circuit, {"x": array}).only, array)


@pytest.mark.parametrize("element", ["Bool", "Complex", "Natural(7)", "Index(n)", "Int(8)"])
def test_views_take_every_element_and_keep_tags(element: str) -> None:
    def body(x: Wire) -> Wire:
        x = split(pad(flip(x, axis="t"), "t -> s", before=1), "s -> a=2 b")
        return index(roll(permute(merge(x, "b a -> c"), "c"), axis="c", shift=1), axis="c", at=-1)

    circuit = build("kept", {"x": f"{element}[t] in PoincareBall(1)", "n": "[n]"}, lambda x, n: body(x)).valid()
    found = circuit.checked.type(circuit.outputs[0].wire)
    assert str(found) == f"{element}[] in PoincareBall(1)"
    given_type = {"Bool": bool, "Complex": complex}.get(element, int)
    array = np.array([1, 0, 1], given_type)
    assert run(circuit, {"x": array, "n": np.zeros(9)}).only.dtype == array.dtype


def test_types_and_sizes_of_views() -> None:
    def body(x: Wire) -> dict[str, Wire]:
        heads = split(x, "kh -> k=8 h", name="heads")
        back, first = merge(heads, "h k -> hk", name="back"), permute(x, "t b", name="first")
        return {"heads": heads, "back": back, "first": first}

    circuit = build("sizes", {"x": "[b t kh]"}, body).valid()
    assert str(circuit) == (
        "sizes(x [b t kh])\n"
        "  heads [b t k=8 h] = split(x, spec='kh -> k=8 h')\n"
        "  back [b t hk=8*h] = merge(heads, spec='h k -> hk')\n"
        "  first [kh t b] = permute(x, axes='t b')\n"
        "  return heads = heads [b t k=8 h]\n"
        "  return back = back [b t hk=8*h]\n"
        "  return first = first [kh t b]"
    )
    assert run(circuit, {"x": np.zeros((1, 2, 24))})["heads"].shape == (1, 2, 8, 3)


def test_split_solves_the_one_unknown_size() -> None:
    circuit = build("solved", {"x": "[kh=512]"}, lambda x: split(x, "kh -> k=8 h")).valid()
    assert circuit.checked.size("h") == 64
    symbolic = build("solved", {"x": "[kh=8*d]"}, lambda x: split(x, "kh -> k=8 h")).valid()
    assert symbolic.checked.size("k") == 8
    assert run(symbolic, {"x": np.zeros(24)}).only.shape == (8, 3)


def test_slice_tells_its_size_and_learns_that_of_the_axis() -> None:
    circuit = build("learned", {"x": "[t]"}, lambda x: slice(x, "t -> s=7", stop=-1)).valid()
    assert circuit.checked.size("t") == 8
    strided = build("strided", {"x": "[t]"}, lambda x: slice(x, "t -> t/2", step=2)).valid()
    assert strided.checked.size("t/2") == Size.of("(t+1)//2")


def test_attributes_are_read_from_texts() -> None:
    assert Split(spec="a -> b c") == Split(spec="a -> b c")
    circuit = build("texts", {"x": "[t]"}, lambda x: slice(x, "t -> s", start="t//2", stop="t-1")).valid()
    np.testing.assert_array_equal(run(circuit, {"x": np.arange(7)}).only, [3, 4, 5])


@pytest.mark.parametrize(
    ("function", "inputs", "message"),
    [
        (
            lambda x: split(x, "kh -> k=8 h"),
            {"x": "[kh=500]"},
            "f/split (split): expected kh = 500 ('k' is given as 8 at f/split (split); axis 'kh' is declared as 500 "
            "at f), found 8*h ('kh' is split into k*h). Make the sizes equal, or give one axis another name.",
        ),
        (
            lambda x: split(x, "kh -> k=8 h"),
            {"x": "[kh h]"},
            "f/split (split): expected a produced axis 'h' that no input carries, found 'h' passing over 'split'. "
            "The two would be joined into one axis: rename one of them, or use a twin.",
        ),
        (
            lambda x: split(x, "hk -> k=8 h"),
            {"x": "[kh]"},
            "f/split (split): expected an axis 'hk' at 'x', found [kh]. Rename an axis or add 'hk'. Did you mean 'kh'?",
        ),
        (
            lambda x: merge(x, "k h -> kh=9"),
            {"x": "[k=2 h=4]"},
            "f/merge (merge): expected kh = 9 (axis 'h' is declared as 4 at f; axis 'k' is declared as 2 at f; 'kh' "
            "is given as 9 at f/merge (merge)), found 8 (k*h is merged into 'kh'). Make the sizes equal, or give one "
            "axis another name.",
        ),
        (
            lambda x, y: rename(x, "k -> h"),
            {"x": "[k]", "y": "[h]"},
            "f/rename (rename): expected h and k to stay two sizes, found h = k ('k' is renamed 'h'). Declare the "
            "constraint 'h = k' if it is meant, or rename an axis.",
        ),
        (
            lambda x: slice(x, "t -> t", start=1),
            {"x": "[t]"},
            "f/slice (slice): expected t, found t-1 ('t' is 1:t of 't'). Make the sizes equal, or give one axis "
            "another name.",
        ),
        (
            lambda x: slice(x, "t -> s", stop=9),
            {"x": "[t=8]"},
            "f/slice (slice): expected at most 8, found 9 (elements 't' needs for the slice 0:9). Enlarge the axis, "
            "or lower the bound.",
        ),
        (
            lambda x: slice(x, "t -> s", start=-9),
            {"x": "[t=8]"},
            "f/slice (slice): expected at most 8, found 9 (elements 't' needs for the slice t-9:t to start). Enlarge "
            "the axis, or lower the bound.",
        ),
        (
            lambda x: index(x, axis="t", at=8),
            {"x": "[t=8]"},
            "f/index (index): expected at most 8, found 9 (elements 't' needs for position 8). Enlarge the axis, or "
            "lower the bound.",
        ),
        (
            lambda x: pad(x, "t -> t", before=1),
            {"x": "[t=8]"},
            "f/pad (pad): expected t = 8 (axis 't' is declared as 8 at f), found 9 ('t' is 't' padded by 1 and 0). "
            "Make the sizes equal, or give one axis another name.",
        ),
        (
            lambda x: pad(x, "t -> s", value=0.5),
            {"x": "Natural(4)[t]"},
            "f/pad (pad): expected a fill that is Natural(4), found 0.5. Use 0, or cast the array first.",
        ),
    ],
)
def test_problems_say_what_is_wrong(function: Any, inputs: dict[str, str], message: str) -> None:
    assert problems(function, **inputs) == [message]


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (
            lambda x: split(x, "kh k"),
            "split (split): expected a spec such as 'kh -> k=8 h', found 'kh k'. Write one '->'.",
        ),
        (
            lambda x: split(x, "kh a -> k"),
            "split (split): expected one axis on the left of 'kh a -> k', found 'kh a'. Name one axis there.",
        ),
        (
            lambda x: split(x, "kh -> "),
            "split (split): expected axes on the right of 'kh -> ', found none. Name the parts.",
        ),
        (
            lambda x: split(x, "kh -> k kh'"),
            "split (split): expected new names on the right of \"kh -> k kh'\", found 'kh''. Its size changes: give it "
            "another name.",
        ),
        (
            lambda x: merge(x, "k h -> a b"),
            "merge (merge): expected one axis on the right of 'k h -> a b', found 'a b'. Name one axis there.",
        ),
        (
            lambda x: merge(x, "-> kh"),
            "merge (merge): expected axes on the left of '-> kh', found none. Name the axes to merge.",
        ),
        (
            lambda x: rename(x, "k -> k h"),
            "rename (rename): expected as many axes on both sides of 'k -> k h', found 1 and 2. Give every axis "
            "one new name.",
        ),
        (
            lambda x: permute(x, ""),
            "permute (permute): expected at least one axis to put in order, found none. Name them with axes=.",
        ),
        (
            lambda x: slice(x, "t -> s", start=5, stop=2),
            "slice (slice): expected a stop of at least 5, found 2. Use flip to read backwards.",
        ),
        (
            lambda x: slice(x, "t -> s", step=0),
            "slice (slice): expected a step of at least 1, found 0. Use a positive size.",
        ),
        (
            lambda x: pad(x, "t -> s", before=-1),
            "pad (pad): expected before of at least 0, found -1. Use slice to make an axis shorter.",
        ),
    ],
)
def test_attributes_that_make_no_op(function: Any, message: str) -> None:
    assert problems(function, x="[kh t]") == [message]


def test_sizes_that_do_not_fit_are_found_when_they_are_known() -> None:
    circuit = build("late", {"x": "[kh]"}, lambda x: split(x, "kh -> k=8 h")).valid()
    with pytest.raises(BindingError) as error:
        run(circuit, {"x": np.zeros(12)})
    assert str(error.value) == (
        "late/split (split): expected kh = 12 (k = 8 at late; kh = 12 is given at late), found 8*h ('kh' is split "
        "into k*h). Make the sizes equal, or give one axis another name."
    )
    last = build("late", {"x": "[t]"}, lambda x: index(x, axis="t", at="q")).valid()
    with pytest.raises(BindingError) as error:
        run(last, {"x": np.zeros(3)}, sizes={"q": 3})
    assert str(error.value) == (
        "late/index (index): expected at most 3, found 4 (elements 't' needs for position q). Enlarge the axis, or "
        "lower the bound."
    )
    with pytest.raises(BindingError) as error:
        run(last, {"x": np.zeros(3)})
    assert str(error.value) == (
        "late: expected a size for every axis, found none for q. Give sizes (q=...), or defaults in the circuit."
    )
