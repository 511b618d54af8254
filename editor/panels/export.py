"""Export: what is on the canvas, printed by the printers of `circuitloom draw` into the same bytes."""

from __future__ import annotations

import shlex
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from circuits import Circuit, CircuitloomError
from circuits.draw import DIALECTS, FORMATS, PAPERS, QUANTITIES, THEMES, Detail, draw, draw_style

from ..outcome import problems_of

SWITCHES = {
    "fences": "Grounds of blocks",
    "notes": "Notes and legends",
    "sizes": "Default sizes at inputs",
    "axis_colours": "Wires coloured by axis",
    "windows": "Convolutions in full",
    "backward": "Backward pass below",
}


class Choice(BaseModel):
    """How a circuit is to be printed: the options of `circuitloom draw`, by their names there.

    `opened` are the paths of what is open on the canvas; the rest is closed.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: Literal["svg", "pdf", "png", "tikz", "tex", "dot"] = "svg"
    paper: str = "screen"
    theme: str = "light"
    dialect: str = "d24"
    heat: str = ""
    fences: bool = True
    notes: bool = True
    sizes: bool = False
    axis_colours: bool = False
    windows: bool = False
    backward: bool = False
    opened: tuple[str, ...] = Field(default=(), max_length=10_000)

    def detail(self) -> Detail:
        """What is opened."""
        return Detail(0, None, frozenset(self.opened), frozenset(), self.sizes, windows=self.windows)


def exported(circuit: Circuit, choice: Choice, format: str = "") -> bytes:
    """The file that is downloaded; raises CircuitloomError for what cannot be drawn so."""
    style = draw_style(
        choice.theme, choice.dialect, fences=choice.fences, notes=choice.notes, axis_colours=choice.axis_colours
    )
    with TemporaryDirectory() as folder:
        path = draw(
            circuit,
            Path(folder) / "picture",
            format or choice.format,
            detail=choice.detail(),
            style=style,
            paper=choice.paper,
            heat=choice.heat,
            backward=choice.backward,
        )
        return path.read_bytes()


def preview(circuit: Circuit, choice: Choice) -> dict[str, str]:
    """The picture as the page shows it while one chooses: `svg`, or `fail` with what is wrong."""
    try:
        return {"svg": exported(circuit, choice, "svg").decode(), "fail": ""}
    except CircuitloomError as error:
        return {"svg": "", "fail": "\n".join(problem["text"] for problem in problems_of(error))}


def file_name(circuit: Circuit, choice: Choice) -> str:
    """What the file is called."""
    return f"{circuit.name or 'circuit'}.{choice.format}"


def command_line(circuit: Circuit, choice: Choice) -> str:
    """The command that prints the same file."""
    words = ["circuitloom", "draw", f"{circuit.name}.circuit.json", "-o", file_name(circuit, choice)]
    for name in ("paper", "theme", "dialect", "heat"):
        if getattr(choice, name) != Choice.model_fields[name].default:
            words += [f"--{name}", getattr(choice, name)]
    for name in SWITCHES:
        if getattr(choice, name) != Choice.model_fields[name].default:
            words.append(f"--{'' if getattr(choice, name) else 'no-'}{name.replace('_', '-')}")
    words += ["--budget", "0"]
    for path in sorted(choice.opened):
        words += ["--open", path]
    return shlex.join(words)


def options() -> dict[str, Any]:
    """What there is to choose from."""
    return {
        "format": list(FORMATS),
        "paper": list(PAPERS),
        "theme": list(THEMES),
        "dialect": list(DIALECTS),
        "heat": ["", *QUANTITIES],
        "switches": SWITCHES,
    }
