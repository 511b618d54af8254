"""Colours and habits of drawing: what may change without the layout changing."""

from __future__ import annotations

from collections.abc import Mapping
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
    named: Mapping[str, str] = field(default_factory=dict)
    axes: tuple[str, ...] = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00", "#56b4e9", "#5b4a9c", "#a23b3b")
    levels: tuple[str, ...] = ("#000000", "#e07b00", "#0a7d54", "#7a3fb0")
    heat: tuple[str, str] = ("#fff7e6", "#d7301f")
    shadow: float = 0.14


DIALECTS = ("d24", "d26")


@dataclass(frozen=True, slots=True)
class Style:
    """How a picture is drawn: its theme and the habits of its dialect.

    `dialect` is "d24" (the hand-drawn figures of 2024: names above, stars for convolutions, round brackets) or "d26"
    (the formal ones of 2026: names below, hexagons, square brackets). `rows` is the distance between rows, more where
    grounds are to be put under them.
    """

    theme: Theme = field(default_factory=Theme)
    dialect: str = "d24"
    axis_colours: bool = False
    fences: bool = True
    notes: bool = True
    columns: bool = False
    shadows: bool = True
    rows: float = 26.0


DARK = Theme(
    ink="#e6e9ee",
    paper="#14181d",
    learned="#37474a",
    glyph="#1f262d",
    window="#1d6f93",
    convolution="#27414f",
    index="#5b7cff",
    box="#4c3d66",
    nested_box="#3f6224",
    legend="#2a3136",
    note="#5b5420",
    mask=("#0d1014", "#8b3d4e"),
    object_column="#6a3d72",
    morphism_column="#2f5580",
    fences=("#1c2127", "#3b3020", "#2f2a42", "#1f3742", "#34361f", "#3d2a2c", "#22382a"),
    axes=("#56b4e9", "#e69f00", "#3ec99a", "#e59bc4", "#d8c24a", "#8fd0ff", "#a59be0", "#e08a8a"),
    levels=("#e6e9ee", "#ff9f2e", "#35c491", "#b98bea"),
    heat=("#2b2016", "#ff6b4a"),
    shadow=0.0,
)
# Grounds differ in lightness alone, so a copier in black and white keeps them apart.
GREY = Theme(
    learned="#e4e4e4",
    window="#cfcfcf",
    convolution="#ededed",
    index="#333333",
    box="#dcdcdc",
    nested_box="#c8c8c8",
    legend="#ededed",
    note="#f0f0f0",
    mask=("#5a5a5a", "#d4d4d4"),
    object_column="#d0d0d0",
    morphism_column="#e6e6e6",
    fences=("#f5f5f5", "#e6e6e6", "#d8d8d8", "#efefef", "#e0e0e0", "#f0f0f0", "#dadada"),
    axes=("#000000", "#555555", "#888888", "#333333", "#777777", "#222222", "#666666", "#999999"),
    levels=("#000000", "#707070", "#9a9a9a", "#404040"),
    heat=("#ffffff", "#4d4d4d"),
)
# Grounds after Okabe & Ito (2008), "Color Universal Design", made pale: told apart with every kind of colour vision.
COLOUR_BLIND = Theme(
    learned="#e8eef2",
    window="#a6d8f5",
    convolution="#dff0fb",
    index="#0072b2",
    box="#e9d3e2",
    nested_box="#f6e3a8",
    legend="#eef1f2",
    note="#f9f0a3",
    mask=("#5a5a5a", "#f3c9a8"),
    object_column="#e3b3d1",
    morphism_column="#a6d8f5",
    fences=("#f3f3f4", "#fbe3c0", "#cfe6f6", "#d3efe6", "#f8f3bf", "#f0dae7", "#dfe3ea"),
    heat=("#fff7e6", "#d55e00"),
)
THEMES = {"light": Theme(), "dark": DARK, "grey": GREY, "colour-blind": COLOUR_BLIND}
