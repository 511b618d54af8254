"""A scene set by hand in which every kind of item occurs: multi-head attention with blocks, shadows and a note."""

from collections.abc import Iterator
from dataclasses import replace

from circuits.draw.scene import Command, Item, Path, Scene, Tag, Text, circle, line, polygon, rectangle

INK = "#000000"
ATTENTION = "blocks/attention"


def scene() -> Scene:
    """Multi-head attention; the size and the order of items are those of a picture in a paper."""
    return Scene(
        560,
        300,
        (*blocks(), *wires(), *separators(), *glyphs(), *labels(), *note()),
        title="Multi-head attention",
        description="Queries, keys and values, their scores over heads, and what the heads say together.",
        background="#ffffff",
    )


def shadow(commands: tuple[Command, ...]) -> Iterator[Path]:
    """A soft shadow: the outline stroked wider and wider, each stroke nearly clear."""
    for width in (6.0, 4.5, 3.0, 1.5):
        yield Path(commands, stroke=INK, width=width, opacity=0.07, tag=Tag("fence"))


def block(points: tuple[tuple[float, float], ...], fill: str, node: str) -> Iterator[Path]:
    """A block with its shadow."""
    commands = polygon(*points)
    yield from (replace(each, tag=Tag("fence", node)) for each in shadow(commands))
    yield Path(commands, fill=fill, tag=Tag("fence", node))


def blocks() -> Iterator[Item]:
    """The grounds, from the back to the front; some have a chipped corner."""
    yield from block(((70, 20), (440, 20), (440, 262), (120, 262), (70, 220)), "#ffe2bb", ATTENTION)
    yield from block(((270, 52), (402, 52), (402, 212), (384, 234), (270, 234)), "#c5bedf", f"{ATTENTION}/scaled")
    for letter, top in (("q", 70), ("k", 132), ("v", 194)):
        chipped = ((160, top), (208, top), (208, top + 54), (170, top + 54), (160, top + 44))
        yield from block(chipped, "#e8eeeb", f"{ATTENTION}/{letter}")
    yield Text(255, 38, "Multi-Head Attention", 15, "middle", font="sans", tag=Tag("title", ATTENTION))
    yield Text(336, 68, "Scaled Dot-Product", 12, "middle", font="sans", tag=Tag("title", f"{ATTENTION}/scaled"))
    yield Text(184, 64, "Linear", 12, "middle", font="sans bold", tag=Tag("title", f"{ATTENTION}/q"))


def wire(*commands: Command, array: str, axis: str, stroke: str = INK) -> Path:
    """The wire of an axis."""
    return Path(commands, stroke=stroke, tag=Tag("wire", "", array, (axis,)))


def bend(x: float, y: float, right: float, down: float) -> tuple[Command, ...]:
    """A wire that leaves and arrives level."""
    middle = (x + right) / 2
    return (("M", x, y), ("C", middle, y, middle, down, right, down))


def wires() -> Iterator[Item]:
    """Straight wires, bent ones, double ones, and caps."""
    for y in (81.5, 84.5):
        yield wire(*line((20, y), (160, y)), array="q", axis="y")
        yield wire(*line((208, y), (290, y)), *bend(290, y, 470, y + 110)[1:], ("L", 540, y + 110), array="y", axis="y")
    for y, axis, array in ((103, "m", "q"), (145, "x", "k"), (165, "m", "k")):
        yield wire(*line((20, y), (160, y)), array=array, axis=axis)
    yield wire(*bend(100, 145, 150, 207), ("L", 160, 207), array="v", axis="x", stroke="#0072b2")
    yield wire(*bend(100, 165, 150, 227), ("L", 160, 227), array="v", axis="m", stroke="#d55e00")
    for y in (103, 145, 165, 207, 227):
        yield wire(*line((208, y), (280, y)), array="heads", axis="k")
    cap = (("M", 280, 103), ("C", 300, 103, 300, 145, 280, 145))
    yield wire(*cap, array="scores", axis="k")
    yield wire(*line((280, 165), (330, 165)), array="scores", axis="x")
    yield wire(
        *line((352, 165), (370, 165)), ("C", 395, 165, 395, 207, 370, 207), ("L", 280, 207), array="out", axis="x"
    )
    yield wire(*line((280, 227), (540, 227)), array="out", axis="k")


def separators() -> Iterator[Item]:
    """Dashed lines between arrays; one bends."""
    dash = (5.0, 4.0)
    yield Path(
        line((20, 124), (140, 124), (150, 128), (285, 128)), stroke=INK, dash=dash, width=1.2, tag=Tag("separator")
    )
    yield Path(line((112, 186), (150, 190), (368, 190)), stroke=INK, dash=dash, width=1.2, tag=Tag("separator"))


def glyphs() -> Iterator[Item]:
    """Dots of copies, the triangle of a softmax, an arrowhead, brackets and an index."""
    for y in (145, 165):
        yield Path(circle(100, y, 3.2), fill=INK, tag=Tag("dot", f"{ATTENTION}/copy"))
    triangle = polygon((330, 165), (352, 152), (352, 178))
    yield Path(triangle, stroke=INK, fill="#ffffff", tag=Tag("glyph", f"{ATTENTION}/softmax"))
    yield Path(line((295, 124), (318, 124)), stroke=INK, tag=Tag("glyph", f"{ATTENTION}/scores"))
    yield Path(
        polygon((322, 124), (312, 120), (315, 124), (312, 128)), fill=INK, tag=Tag("glyph", f"{ATTENTION}/scores")
    )
    bracket = (("M", 60, 66), ("C", 50, 110, 50, 200, 60, 250))
    yield Path(bracket, stroke=INK, width=3, tag=Tag("bracket", ATTENTION))
    outline = polygon((450, 217), (474, 217), (484, 227), (474, 237), (450, 237))
    yield Path(outline, stroke=INK, fill="#1346fe", tag=Tag("glyph", f"{ATTENTION}/index"))
    yield Path(
        rectangle(412, 100, 436, 140),
        stroke="#c0392b",
        dash=(1.0, 3.0),
        fill="#d7301f",
        opacity=0.3,
        tag=Tag("overlay"),
    )


def labels() -> Iterator[Item]:
    """Names of arrays, axes, instances and marks."""
    for letter, y in (("Q", 100), ("K", 162)):
        yield Text(16, y, letter, 22, "end", tag=Tag("label", "", letter.lower()))
    rows = ((78, r"\bar{\mathbf{y}}"), (100, "m"), (142, r"\bar{x}"), (162, "m"))
    for y, text in rows:
        yield Text(30, y, text, tag=Tag("label", "", "q"))
        yield Text(150, y, text, 14, "end", tag=Tag("label", "", "q"))
    for letter, y in (("Q", 100), ("K", 162), ("V", 224)):
        yield Text(
            184, y, rf"\mathbf{{L}}^{{{letter}}}_{{+}}", 18, "middle", tag=Tag("mark", f"{ATTENTION}/{letter.lower()}")
        )
    yield Text(326, 118, r"\ast k^{-1/2}", tag=Tag("mark", f"{ATTENTION}/scores"))
    yield Text(341, 202, r"\mathrm{Max}", 10, "middle", tag=Tag("mark", f"{ATTENTION}/softmax"))
    yield Text(466, 231, "i_a", 12, "middle", fill="#ffffff", tag=Tag("mark", f"{ATTENTION}/index"))
    for x, text in ((500, r"c_{\lambda-1}"), (530, r"\mathbb{E}")):
        yield Text(x, 220, text, 14, "middle", tag=Tag("label", "", "out"))
    yield Text(500, 188, r"\sigma\odot\tanh\star", 12, "middle", tag=Tag("label", "", "out"))


def note() -> Iterator[Item]:
    """A call-out with two lines of words."""
    yield from block(
        ((300, 252), (550, 252), (550, 292), (300, 292), (300, 276), (262, 228), (300, 262)), "#fff591", ""
    )
    for y, words in ((268, "Every head looks at the whole of x,"), (284, "50 % of the cost & most of the memory.")):
        yield Text(308, y, words, 12, font="sans", tag=Tag("note"))
