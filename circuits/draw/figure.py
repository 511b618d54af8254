"""The scene as PDF and PNG, through matplotlib's own renderers and without any of its global state."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from logging import LogRecord, getLogger
from math import ceil
from typing import Any

from matplotlib import rc_context
from matplotlib.artist import Artist
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.figure import Figure
from matplotlib.path import Path as Curve
from matplotlib.transforms import Affine2D

from .presets import INCH, SCREEN, Paper
from .scene import Command, Path, Scene, Text, rectangle
from .typeset import Letters, outlines, properties, shift, source, start, typeset

# Less of a pixel than this is rounding.
_SLACK = 1e-3
_CODES = {"M": (Curve.MOVETO,), "L": (Curve.LINETO,), "C": (Curve.CURVE4,) * 3, "Z": (Curve.CLOSEPOLY,)}
# Type 42 embeds TrueType as it is, so that text can be searched; dates would change the bytes.
_SETTINGS: dict[Any, Any] = {
    "pdf.fonttype": 42,
    "pdf.compression": 9,
    "pdf.inheritcolor": False,
    "mathtext.default": "normal",
}


def to_pdf(scene: Scene, paper: Paper = SCREEN, *, text: Letters = "text") -> bytes:
    """The scene as a PDF file without images; `text` "outlines" draws letters as shapes and embeds no fonts."""
    figure = _figure(scene, paper, outlined=text == "outlines")
    about = {"Title": scene.title or None, "Creator": None, "Producer": None, "CreationDate": None}
    file = BytesIO()
    with rc_context(_SETTINGS), _quiet():
        FigureCanvasPdf(figure).print_pdf(file, metadata=about)  # type: ignore[no-untyped-call]
    return file.getvalue()


def to_png(scene: Scene, paper: Paper = SCREEN, *, dpi: float = 192.0) -> bytes:
    """The scene as a PNG file of so many pixels an inch; it is clear where the scene has no background."""
    figure = _figure(scene, paper, outlined=True)
    # Whole pixels: matplotlib would cut off what is left of one.
    width, height = ((ceil(each / INCH * dpi - _SLACK) + _SLACK) / dpi for each in paper.size(scene))
    figure.set_size_inches(width, height)
    figure.set_dpi(dpi)
    file = BytesIO()
    with rc_context(_SETTINGS):
        FigureCanvasAgg(figure).print_png(file, metadata={"Software": None})  # type: ignore[no-untyped-call]
    return file.getvalue()


def _figure(scene: Scene, paper: Paper, *, outlined: bool) -> Figure:
    width, height = paper.size(scene)
    figure = Figure(figsize=(width / INCH, height / INCH), frameon=False)
    figure.add_artist(_Picture(scene, paper.scale(scene), outlined))
    return figure


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what fontTools says of the dates in matplotlib's fonts, which no user can mend."""
    log = getLogger("fontTools.ttLib.tables._h_e_a_d")
    log.addFilter(_nothing)
    try:
        yield
    finally:
        log.removeFilter(_nothing)


def _nothing(record: LogRecord) -> bool:
    return False


class _Picture(Artist):
    """A scene as the only thing on a figure."""

    def __init__(self, scene: Scene, scale: float, outlined: bool) -> None:
        super().__init__()
        self.scene, self.scale, self.outlined = scene, scale, outlined

    def draw(self, renderer: RendererBase) -> None:
        _, height = renderer.get_canvas_width_height()
        # A point is one unit of a PDF file, and several pixels of an image.
        zoom = float(renderer.points_to_pixels(1.0))  # type: ignore[arg-type]
        _Brush(renderer, self.scale, self.scale * zoom, float(height), self.outlined).paint(self.scene)


class _Brush:
    """Paints items with one of matplotlib's renderers, whose y grows upwards from the foot of the page."""

    def __init__(self, renderer: RendererBase, points: float, pixels: float, height: float, outlined: bool) -> None:
        self.renderer, self.points, self.outlined = renderer, points, outlined
        self.pixels, self.height = pixels, height
        self.place = Affine2D().scale(pixels, -pixels).translate(0, height)

    def paint(self, scene: Scene) -> None:
        """The background, then all items."""
        if scene.background:
            # One unit more, for the part of a pixel that the scene does not fill.
            self.path(Path(rectangle(0, 0, scene.width + 1, scene.height + 1), fill=scene.background))
        for item in scene.items:
            if isinstance(item, Path):
                self.path(item)
            elif self.outlined:
                self.shapes(item)
            else:
                self.words(item)

    def path(self, item: Path) -> None:
        """One path: its ground first and its line on it, so that translucent ones look alike everywhere."""
        curve = _curve(item.commands)
        if item.fill:
            context = self.context(item.fill, item.opacity, 0.0)
            self.renderer.draw_path(context, curve, self.place, _rgb(item.fill))
            context.restore()
        if item.stroke:
            context = self.context(item.stroke, item.opacity, item.width * self.points)
            if item.dash:
                context.set_dashes(0, [each * self.points for each in item.dash])
            self.renderer.draw_path(context, curve, self.place, None)
            context.restore()

    def shapes(self, item: Text) -> None:
        """One label as outlines."""
        for each in outlines(item):
            self.path(each)

    def words(self, item: Text) -> None:
        """One label as text, with a line around bold letters."""
        words, line, size = source(item.text, item.font), typeset(item.text, item.font), item.size * self.points
        if not line.glyphs:
            return
        face = properties(item.font, size)
        # Mathtext rounds the height of a label to whole points, and moves its baseline by what that adds.
        rounded = shift(words, face) + line.glyphs[0].y * size
        x, y = start(item) * self.pixels, self.height - item.y * self.pixels
        context = self.context(item.fill, 1.0, 0.0)
        self.renderer.draw_text(context, x, y - rounded, words, face, 0, ismath=True)
        context.restore()
        if line.bold:
            for each in outlines(item):
                self.path(replace(each, fill=""))

    def context(self, colour: str, opacity: float, width: float) -> GraphicsContextBase:
        """What matplotlib is told of a path besides its points."""
        context = self.renderer.new_gc()
        context.set_foreground(colour)
        context.set_alpha(opacity)
        context.set_linewidth(width)
        context.set_joinstyle("round")
        context.set_capstyle("butt")
        context.set_snap(False)
        return context


def _curve(commands: tuple[Command, ...]) -> Curve:
    """The commands as matplotlib's path."""
    points: list[tuple[float, float]] = []
    codes: list[Any] = []
    for name, *numbers in commands:
        codes += _CODES[str(name)]
        points += [*zip(numbers[::2], numbers[1::2], strict=True)] or [(0.0, 0.0)]
    return Curve(points, codes)


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue
