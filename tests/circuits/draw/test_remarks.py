"""Remarks of a document: drawn with its picture, checked with whole messages, and never part of its meaning."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits import CircuitloomError, Problem, Wire, call, circuit, linear, run
from circuits.draw import Detail, Style, draw, picture
from circuits.draw.plates import Cases
from circuits.draw.remarks import Remark, read, remarks

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["text", "at", "left", "cases", "side"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@circuit
def inner(x: Wire["m"]) -> Wire["n"]:
    """One learned map."""
    return linear("m -> n", x, name="map")


@circuit(sizes={"m": 2, "n": 3})
def outer(x: Wire["m"]) -> Wire["n"]:
    """A circuit that uses another."""
    return call(inner, x, name="inner")


VIEW = {
    "notes": [{"text": "Learned from $x$.", "at": "inner/map", "side": "below"}],
    "legend": ["m = 2", {"left": "n", "cases": [["3", "m = 2"], ["4", "\\mathrm{else}"]]}],
    "titles": {"": "All of it", "inner": "The heart"},
    "pins": {"inner": [0, 1]},
}


@given(st.fixed_dictionaries({}, optional={"notes": values, "legend": values, "titles": values}))
def test_any_view_is_read_and_drawn(view: dict[str, object]) -> None:
    noted = outer.with_view(view)
    assert picture(noted).items
    assert all(str(problem).startswith("outer/view/") for problem in read(noted).problems)


def test_remarks_are_read() -> None:
    found = remarks(outer.with_view(VIEW))
    assert found.notes == (Remark("Learned from $x$.", "inner/map", "below"),)
    assert found.legend == ("m = 2", Cases("n", (("3", "m = 2"), ("4", "\\mathrm{else}"))))
    assert found.titles == {"": "All of it", "inner": "The heart"}


def test_remarks_are_drawn_where_the_style_has_notes() -> None:
    noted = outer.with_view(VIEW)
    words = [item.text for item in picture(noted).texts]
    assert {"Learned from", "Legend", "m", "The heart", "All of it"} <= set(words)
    assert picture(noted, style=Style(notes=False)) == picture(outer, style=Style(notes=False))
    assert picture(outer) == picture(outer, style=replace(Style(), notes=False))


def test_what_is_inside_a_closed_block_is_noted_at_the_block() -> None:
    closed = picture(outer.with_view(VIEW), Detail(depth=0))
    wedges = [item for item in closed.items if item.tag.part == "wedge"]
    assert len(wedges) == 1 and not any(item.tag.node == "inner/map" for item in closed.items)


def test_remarks_change_no_meaning() -> None:
    arrays = {"x": [[1.0, 2.0]]}
    assert (run(outer.with_view(VIEW), arrays, seed=1).only == run(outer, arrays, seed=1).only).all()


def test_all_that_is_wrong_is_said_at_once() -> None:
    view = {
        "notes": [{"text": "a"}, {"text": "b", "at": "inner/mapp"}, {"text": "c", "at": "inner", "side": "abov"}],
        "legend": [3],
        "titles": {"inne": "x", "inner": 4},
    }
    with pytest.raises(CircuitloomError) as error:
        remarks(outer.with_view(view))
    assert str(error.value).splitlines() == [
        "outer/view/notes/0: expected an object with a 'text' and the path of a node 'at', found {\"text\": \"a\"}. Give both as texts.",
        "outer/view/notes/1/at: expected the path of a node, found 'inner/mapp'. Name a node of the circuit. Did you mean 'map'?",
        "outer/view/notes/2/side: expected one of above, below, left, right, found 'abov'. Leave it out. Did you mean 'above'?",
        'outer/view/legend/0: expected an equation, or what is defined with its cases, found 3. Write "m = h k", or {"left": "c", "cases": [["1", "i = 0"]]}.',
        "outer/view/titles/inne: expected the path of a node, found 'inne'. Name a node of the circuit. Did you mean 'inner'?",
        "outer/view/titles/inner: expected a text, found 4. Write the title as a text.",
    ]


def test_letters_without_a_font_are_named() -> None:
    noted = outer.with_view({"legend": ["好 = 1"], "titles": {"": "α あ"}})
    with pytest.raises(CircuitloomError) as error:
        remarks(noted)
    assert str(error.value).splitlines() == [
        "outer/view/legend/0: expected letters of Computer Modern or STIX, found '好' (U+597D), which is drawn as a box. Write it with other letters.",
        "outer/view/titles/: expected letters of Computer Modern or STIX, found 'あ' (U+3042), which is drawn as a box. Write it with other letters.",
    ]
    assert "α あ" in [item.text for item in picture(noted).texts]


def test_a_file_is_drawn_with_a_remark_on_each_letter(tmp_path: Path) -> None:
    noted, told = outer.with_view({"titles": {"": "ああ"}}), list[Problem]()
    draw(noted, tmp_path / "noted.svg", remark=told.append)
    draw(noted, tmp_path / "noted.tikz", remark=told.append)
    assert [problem.found for problem in told] == ["'あ' (U+3042), which is drawn as a box"]
