"""Reading the axis texts that ops share: `"m -> k h=8"`, `"x=28 y"`."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import AttributeProblem
from ..op import DEFINE, Fact
from ..sizes import Size
from ..types import axis_name, unique

Sizes = Mapping[str, Size | None]


def read_sizes(text: str) -> dict[str, Size | None]:
    """Axes in order, with their sizes where the text gives them: `"k h=8"`."""
    names: list[str] = []
    sizes: dict[str, Size | None] = {}
    for word in text.split():
        name, equals, size = word.partition("=")
        names.append(axis_name(name))
        sizes[name] = Size.of(size) if equals else None
    unique(names, repr(text))
    return sizes


def read_ends(text: str, example: str = "m -> k h") -> tuple[dict[str, Size | None], dict[str, Size | None]]:
    """Both sides of an arrow, with written sizes; raises AttributeProblem without one arrow."""
    left, arrow, right = text.partition("->")
    if not arrow or "->" in right:
        raise AttributeProblem(f"a spec such as '{example}'", repr(text), "Write one '->'.")
    return read_sizes(left), read_sizes(right)


def read_arrow(text: str) -> tuple[tuple[str, ...], dict[str, Size | None]]:
    """Consumed axes and produced axes with sizes of `"m -> k h=8"`; raises AttributeProblem without one arrow."""
    left, right = read_ends(text)
    return tuple(left), right


def size_facts(sizes: Sizes) -> tuple[Fact, ...]:
    """The facts that written sizes state."""
    return tuple(
        Fact(Size.name(axis), size, f"'{axis}' is given as {size}", DEFINE)
        for axis, size in sizes.items()
        if size is not None
    )
