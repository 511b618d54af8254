"""Plates that teach the notation on small arrays: what flows is on one colour, what is done to it on another."""

from __future__ import annotations

from circuits import Axis, Circuit, Wire, build, host, index
from circuits.draw import Scene, Style
from circuits.draw.plates import (
    At,
    Look,
    Note,
    arc,
    background,
    band,
    banner,
    below,
    beside,
    bounds,
    box,
    dotted,
    drawn,
    grid,
    ground,
    joined,
    lettered,
    noted,
    plate,
    ruler,
    scaled,
    sign,
    strand,
    titled,
    together,
    without,
    words,
)

COLUMNS = Style(columns=True)
FLOW = COLUMNS.theme.object_column
BROADCAST, INDEX, NOTE, GREEN = "#9013fe", "#1346fe", "#fff591", "#accc84"
# Axes called by their sizes, as small arrays are.
NUMBERS = {
    "a": Axis("a", "four rows", label="4"),
    "b": Axis("b", "three columns", label="3"),
    "c": Axis("c", "two results", label="2"),
    "d": Axis("d", "four weights", label="4"),
    "e": Axis("e", "one value", label="1"),
}


def _circuit(name: str, inputs: dict[str, str], function: object, doc: str) -> Circuit:
    return build(name, inputs, function, axes=NUMBERS, doc=doc)  # type: ignore[arg-type]


def _map(letter: str, spec: str, *given: Wire) -> Wire:
    """A map of which only the type is known, called by a letter."""
    made: Wire = host(*given, function=letter, spec=spec, name=letter)
    return made


def _bare(circuit: Circuit) -> Scene:
    """A large picture on columns, without the names of what enters and leaves."""
    return scaled(drawn(circuit, style=COLUMNS, look=Look(named=False)), 1.5)


def broadcasting() -> Scene:
    """An operation on a row, and the same on every row of an array."""
    row = _circuit("row", {"x": "b"}, lambda x: _map("G", "[b] -> [c]", x), "An operation on a row.")
    rows = _circuit(
        "rows",
        {"x": "a b"},
        lambda x: _map("G", "[b] -> [c]", x),
        "The same operation on every row.",
    )
    one = beside(
        ruler(4, ink=BROADCAST, head=True),
        grid(1, 3, across_label="3"),
        lettered(_bare(row), "G", size=38.0),
        grid(1, 2, across_label="2"),
        gap=12.0,
        align="level",
    )
    many = band(lettered(_bare(rows), "G", size=38.0), BROADCAST, At(part="wire", axis="a"), above=24.0, below=9.0)
    left = grid(4, 3, filled=[(2, 0), (2, 1), (2, 2)], down_label="4", across_label="3", down_ink=BROADCAST)
    right = grid(4, 2, filled=[(2, 0), (2, 1)], down_label="4", across_label="2", down_ink=BROADCAST, right=True)
    second = _spanned(left, many, right, "G")
    arrow = banner("× 4  Broadcasting", BROADCAST)
    both = beside(one, arrow, second, gap=10.0)
    text = (
        "What is defined for a row of length $3$ works on $4$ rows side by side: **broadcasting**.\n"
        "So $G : \\mathbb{R}^{3} \\rightarrow \\mathbb{R}^{2}$ becomes a map "
        "$\\mathbb{R}^{4 \\times 3} \\rightarrow \\mathbb{R}^{4 \\times 2}$."
    )
    return plate(below(box(text), both), "Broadcasting")


def _spanned(left: Scene, middle: Scene, right: Scene, letter: str = "") -> Scene:
    """A table, a picture and a table, with an arrow from the coloured cells of one to those of the other."""
    row = beside(left, middle, right, gap=20.0, align="middle")
    cells = [item for item in row.items if item.tag.part == "cell" and getattr(item, "fill", "") == INDEX]
    spots = [item.bounds() for item in cells if hasattr(item, "bounds")]
    split = bounds(left).right - bounds(left).left
    start = max((one for one in spots if one.left < split), key=lambda one: one.right)
    end = min((one for one in spots if one.left >= split), key=lambda one: one.left)
    return arc(row, (start.right + 5.0, start.bottom), (end.left - 7.0, end.bottom), INDEX, letter)


def indexes() -> Scene:
    """An index takes a row out of an array."""
    taken = _circuit("row_two", {"A": "a b"}, lambda A: index(A, axis="a", at=2, name="two"), "The third row.")
    left = grid(4, 3, filled=[(2, 0), (2, 1), (2, 2)], down_label="4", across_label="3")
    right = grid(1, 3, filled=[(0, 0), (0, 1), (0, 2)], across_label="3")
    row = _spanned(left, _bare(taken), right)
    return plate(
        below(box("A part of an array such as $A[2, :]$ is an index at the end of the axis it is taken from."), row),
        "Indexes",
    )


def inner_broadcasting() -> Scene:
    """Broadcasting over one operand only, defined by an index that may be taken before or after."""
    inputs = {"x": "a b", "w": "d"}

    def after(x: Wire, w: Wire) -> Wire:
        return index(_map("H", "[b], [d] -> [c]", x, w), axis="a", at=2, name="two")

    def before(x: Wire, w: Wire) -> Wire:
        return _map("H", "[b], [d] -> [c]", index(x, axis="a", at=2, name="two"), w)

    sides = [
        _bare(_circuit("after", inputs, after, "The index after the operation.")),
        _bare(_circuit("before", inputs, before, "The index before the operation.")),
    ]
    row = joined(*sides, by=sign("=", "def"))
    text = (
        "Inner broadcasting is defined by indexes: both sides below are equal. An index slides over the operation, "
        "and this holds for every index $i_4 \\in \\{0, 1, 2, 3\\}$ in the place of $2$."
    )
    last = box("What is of shape $4$ waits beside the index, unchanged.")
    return plate(below(box(text, 520.0), row, last, align="middle"), "Inner broadcasting")


def subtensors() -> Scene:
    """Two indexes at once, or one after the other in either order."""
    axes = {"a": Axis("a"), "b": Axis("b")}

    def both(x: Wire, y: Wire) -> dict[str, Wire]:
        return {"i": index(x, axis="a", at="i_a", name="i"), "j": index(y, axis="b", at="j_b", name="j")}

    def one(x: Wire) -> Wire:
        return index(index(x, axis="a", at="i_a", name="i"), axis="b", at="j_b", name="j")

    def other(x: Wire) -> Wire:
        return index(index(x, axis="b", at="j_b", name="j"), axis="a", at="i_a", name="i")

    # what is done to two axes at once is drawn as what is done to two arrays, without the line between them
    apart = _bare(build("both", {"x": "a", "y": "b"}, both, axes=axes))
    sides = [without(apart, At(part="separator"))]
    sides += [_bare(build(f"order_{n}", {"x": "a b"}, f, axes=axes)) for n, f in enumerate((one, other))]
    text = (
        "Let $i_a$ run over $\\{0 \\ldots a-1\\}$ and $j_b$ over $\\{0 \\ldots b-1\\}$: the picture stands for "
        "all pairs of indexes, and their order does not matter."
    )
    row = joined(*(without(side, At(axis="#", part="wire")) for side in sides))
    return plate(below(box(text, 430.0), row), "Indexes on several axes")


def elementwise() -> Scene:
    """A function of one value, applied to every value of an array."""
    value = _circuit("value", {"x": "e"}, lambda x: _map("f", "[e] -> [e]", x), "A function of a value.")
    every = _circuit(
        "every",
        {"x": "a b"},
        lambda x: _map("f", "[] -> []", x),
        "The same function of every value.",
    )
    small = titled(
        lettered(_bare(value), "f", size=38.0),
        "An operation on one value\n$f : \\mathbb{R} \\rightarrow \\mathbb{R}$",
        14.0,
    )
    large = band(_bare(every), BROADCAST, At(part="wire"), above=24.0, below=8.0)
    large = ground(large, NOTE, At(node="f"), grow=(14.0, 6.0, 14.0, -5.0))
    large = dotted(large, At(node="f", part="mark"), grow=(5.0, 5.0, 5.0, 2.0))
    text = "An axis of length $1$ changes no type, so arrows bring it in and take it away where one likes."
    large = titled(large, "Element-wise $f$", 16.0, gap=34.0)
    said = words("A function of a value is applied to every value of an array by **broadcasting**.", 210.0, 14.0)
    left = below(background(small, "#c1dfa0"), banner("× 4 × 3  Broadcasting", BROADCAST, length=212.0), said, gap=16.0)
    both = background(beside(left, background(large, GREEN), gap=24.0, align="top"), "#f3f3f4")
    told = Note(text, At(node="f", part="ground"), "above", shift=-190.0, width=330.0)
    return plate(noted(both, told), "Element-wise operations")


def axes_as_wires() -> Scene:
    """A wire for a whole array, and a wire for each of its axes."""
    labels = {
        "p": Axis("p", label="\\mathbb{R}^{3}"),
        "q": Axis("q", label="\\mathbb{R}^{4 \\times 2}"),
        "r": Axis("r", label="\\mathbb{R}^{6}"),
        "s": Axis("s", label="\\mathbb{R}^{3 \\times 3}"),
        "t": Axis("t", label="\\mathbb{R}^{1 \\times 2}"),
    }

    def coarse(x: Wire, y: Wire, z: Wire) -> Wire:
        return _map("g", "[p], [s] -> [t]", x, _map("f", "[q], [r] -> [s]", y, z))

    fine_labels = {name: Axis(name, label=label) for name, label in zip("abcdefgh", "34263312", strict=True)}

    def fine(x: Wire, y: Wire, z: Wire) -> Wire:
        made = _map("f", "[b c], [d] -> [e f]", y, z)
        return _map("g", "[a], [e f] -> [g h]", x, made)

    left = build("arrays", {"x": "p", "y": "q", "z": "r"}, coarse, axes=labels)
    right = build("axes", {"x": "a", "y": "b c", "z": "d"}, fine, axes=fine_labels)
    text = "An array is drawn as a wire for each of its axes, so a picture shows what happens to every axis."
    whole = ground(strand(0, 92, 0, "\\mathbb{R}^{4 \\times 2}"), FLOW, At(part="label"), grow=(9.0, 4.0, 9.0, 12.0))
    axes = together(strand(0, 60, 0, "4"), strand(0, 60, 1, "2"))
    axes = ground(axes, FLOW, At(part="label"), grow=(14.0, 4.0, 14.0, 12.0))
    said = beside(box(text, 300.0), background(joined(whole, axes), NOTE), gap=12.0, align="middle")
    return plate(below(said, joined(_bare(left), _bare(right))), "Arrays as wires of axes")


FIGURES = {
    "broadcasting": broadcasting,
    "inner_broadcasting": inner_broadcasting,
    "indexes": indexes,
    "subtensors": subtensors,
    "elementwise": elementwise,
    "axes_as_wires": axes_as_wires,
}
