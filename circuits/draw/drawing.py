"""Drawing into files: one picture, printed as its ending says."""

from __future__ import annotations

from pathlib import Path

from ..circuit import Circuit
from ..errors import CircuitloomError, Problem, did_you_mean
from ..resources import schedule_of
from .backward import backward_picture
from .detail import Detail
from .dot import to_dot
from .figure import to_pdf, to_png
from .heat import heat as costs_of
from .overlays import heated, scheduled
from .picture import picture
from .presets import INCH, LABEL, PAGE, PAPERS, SCREEN, Paper
from .scene import Scene
from .svg import to_svg
from .theme import DIALECTS, THEMES, Style
from .tikz import to_tikz
from .wishes import wishes_of

FORMATS = ("svg", "pdf", "png", "tikz", "tex", "dot")


def draw(
    circuit: Circuit,
    path: str | Path,
    format: str = "",
    *,
    detail: Detail | None = None,
    style: Style | None = None,
    paper: Paper | str = SCREEN,
    heat: str = "",
    backward: bool = False,
) -> Path:
    """Draw a circuit into a file whose ending, or `format`, says how: svg, pdf, png, tikz, tex or dot.

    `tikz` is a picture for a paper's source, `tex` a document of its own; `dot` is the graph for graphviz. On a
    `paper` narrower than the picture it goes over several rows. With `heat`, a quantity such as operations, nodes have
    grounds by what they cost; with `backward` the backward pass is drawn below. A schedule in the circuit's view
    colours wires by memory level; its pins and orders move nodes. Raises CircuitloomError for another format or paper;
    OSError where the file cannot be written.
    """
    path = Path(path)
    chosen = format or path.suffix.lstrip(".").lower()
    if chosen not in FORMATS:
        fix = f"Name the file {path.stem or 'circuit'}.svg.{did_you_mean(chosen, FORMATS)}"
        raise CircuitloomError(str(Problem("draw", f"a file ending in .{', .'.join(FORMATS)}", f"'{path.name}'", fix)))
    if chosen == "dot":
        path.write_bytes(to_dot(circuit).source.encode())
        return path
    chosen_paper = paper_named(paper) if isinstance(paper, str) else paper
    scene = _scene(circuit, detail, style or Style(), row_width(chosen_paper), heat, backward)
    path.write_bytes(printed(scene, chosen, chosen_paper))
    return path


def _scene(circuit: Circuit, detail: Detail | None, style: Style, width: float, quantity: str, backward: bool) -> Scene:
    """The picture with what is asked for over or below it."""
    if backward:
        return backward_picture(circuit, detail, style)
    scene = picture(circuit, detail, style, width=width, wishes=wishes_of(circuit))
    schedule = schedule_of(circuit)
    if schedule.areas:
        scene = scheduled(scene, circuit, schedule, style)
    return heated(scene, costs_of(circuit, quantity, theme=style.theme), style) if quantity else scene


def printed(scene: Scene, format: str, paper: Paper = SCREEN) -> bytes:
    """A scene in one of the formats, except dot."""
    match format:
        case "svg":
            return to_svg(scene, paper).encode()
        case "pdf":
            return to_pdf(scene, paper)
        case "png":
            return to_png(scene, paper)
        case _:
            return to_tikz(scene, PAGE if paper is SCREEN else paper, standalone=format == "tex").encode()


def row_width(paper: Paper) -> float:
    """The width of a row in units of the scene, at the full size of its letters; 0 on a screen, which scrolls."""
    return 0.0 if paper is SCREEN else paper.width * INCH / (paper.points / LABEL)


def paper_named(name: str) -> Paper:
    """A paper by its name; raises CircuitloomError with the nearest one."""
    if name not in PAPERS:
        fix = f"Name one of them.{did_you_mean(name, PAPERS)}"
        raise CircuitloomError(str(Problem("draw", f"a paper ({', '.join(PAPERS)})", f"'{name}'", fix)))
    return PAPERS[name]


def draw_style(
    theme: str = "light", dialect: str = "d24", *, fences: bool = True, notes: bool = True, axis_colours: bool = False
) -> Style:
    """A style by names; raises CircuitloomError with every name that there is not."""
    problems = [
        Problem("draw", f"{what} ({', '.join(known)})", f"'{found}'", f"Name one of them.{did_you_mean(found, known)}")
        for what, found, known in (("a theme", theme, tuple(THEMES)), ("a dialect", dialect, DIALECTS))
        if found not in known
    ]
    if problems:
        raise CircuitloomError("\n".join(map(str, problems)))
    return Style(THEMES[theme], dialect, fences=fences, notes=notes, axis_colours=axis_colours)
