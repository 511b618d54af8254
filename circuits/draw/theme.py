"""Colours and habits of drawing: what may change without the layout changing."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours by what they paint.

    `fences` are the grounds of blocks, taken in turn by the depth at which they lie; `named` those of blocks of known
    names. `axes` colour wires by the axis they carry where `Style.axis_colours` asks for it; `levels` are the wires of
    memory levels, `heat` the ends of the scale of an overlay.
    """

    ink: str = "#000000"
    paper: str = "#ffffff"
    learned: str = "#e8eeeb"
    glyph: str = "#ffffff"
    window: str = "#a9e3ff"
    convolution: str = "#e5f2f9"
    index: str = "#1346fe"
    index_ink: str = "#ffffff"
    box: str = "#e3cefa"
    nested_box: str = "#b8e986"
    legend: str = "#e8eeeb"
    note: str = "#fff591"
    mask: tuple[str, str] = ("#5a5a5a", "#f4a6b4")
    object_column: str = "#e28ff1"
    morphism_column: str = "#9dc7ff"
    fences: tuple[str, ...] = ("#f3f3f4", "#ffe2bb", "#c5bedf", "#c1e8f7", "#f1f4c1", "#fce0e1", "#cce7cf")
    named: dict[str, str] = field(default_factory=dict)
    axes: tuple[str, ...] = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00", "#56b4e9", "#5b4a9c", "#a23b3b")
    levels: tuple[str, ...] = ("#000000", "#e07b00", "#0a7d54", "#7a3fb0")
    heat: tuple[str, str] = ("#fff7e6", "#d7301f")
    shadow: float = 0.14


@dataclass(frozen=True, slots=True)
class Style:
    """How a picture is drawn: its theme and the habits of its dialect.

    `dialect` is "d24" (the hand-drawn figures of 2024: names above, stars for convolutions, round brackets) or "d26"
    (the formal ones of 2026: names below, hexagons, square brackets). `convolution` is "short" or "full".
    """

    theme: Theme = field(default_factory=Theme)
    dialect: str = "d24"
    convolution: str = "short"
    axis_colours: bool = False
    fences: bool = True
    notes: bool = True
    columns: bool = False
    shadows: bool = True
