"""The panel that looks into a wire: what it carries in the running or last trained state, drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

import numpy as np
import panel as pn
from bokeh.models import ColumnDataSource, LinearColorMapper
from bokeh.palettes import Blues256, Greys256
from numpy.typing import NDArray

from circuits import Circuit
from runtime import wire_names

from ..views import STYLE
from ..worker import Message
from .plots import COLOURS, plot

HINT = "Choose a wire, and train: what it carries is shown at every evaluation, and while the trained state is kept."
ACROSS, ROOM, ALONE = 4, 400, 220
ABOVE, BESIDE = 52, 26  # pixels of a plot around its picture
SAMPLES = 8


class LookingPanel:
    """Shows what a wire carries; `ask` sends a question to the training process."""

    def __init__(self, circuit: Callable[[], Circuit], ask: Callable[[Message], None]) -> None:
        self.circuit, self.ask = circuit, ask
        self.seen: Mapping[str, Any] | None = None
        self.pictures: Pictures | None = None
        self.wire = pn.widgets.Select(label="Wire", options=[""], width=260)
        self.sample = pn.widgets.Select(label="Sample", options=list(range(SAMPLES)), width=80)
        self.round = pn.widgets.Select(label="Round", options={"last": -1}, width=80, visible=False)
        self.about = pn.pane.HTML(
            sizing_mode="stretch_width", stylesheets=[STYLE, _ABOUT], margin=(0, 10), min_height=20
        )
        self.box = pn.Column(sizing_mode="stretch_width", margin=0)
        for widget in (self.wire, self.sample, self.round):
            widget.param.watch(lambda _: self.wish(), "value")
        self.reset()

    def reset(self) -> None:
        """Offer the wires of the circuit as it is now, and forget what was seen."""
        circuit = self.circuit()
        names = [] if circuit.problems else list(wire_names(circuit))
        kept = self.wire.value if self.wire.value in names else ""
        self.wire.param.update(options=["", *names], value=kept)
        self.seen = None
        self.clear(HINT)

    def select(self, wire: str) -> None:
        """Look at another wire, by the name it has on the canvas."""
        if wire not in self.wire.options:
            self.wire.options = [*self.wire.options, wire]
        self.wire.value = wire

    def wish(self) -> None:
        """Ask for what is chosen."""
        wire = str(self.wire.value or "")
        if not wire:
            self.clear(HINT)
        self.ask({"ask": "look", "wire": wire, "sample": self.sample.value, "round": self.round.value})

    def follow(self, message: Message) -> None:
        """Take in a message of the training process."""
        match message["kind"]:
            case "start":
                self.wish()
            case "unseen":
                self.clear(message["text"], "problem")
            case "look" if message["look"]["wire"] == self.wire.value:
                self.show(message["look"])

    def show(self, look: Mapping[str, Any]) -> None:
        """Draw what a wire carried."""
        again = self.seen is not None and _same_form(self.seen, look)
        self.seen = look
        rounds = {"last": -1, **{f"{number + 1}": number for number in range(look["rounds"])}}
        if len(rounds) != len(self.round.options):
            self.round.options = rounds
        self.round.visible = look["rounds"] > 1
        self.about.object = f"<div class='about' role='status'>{escape(said(look))}</div>"
        if again and self.pictures is not None:
            self.pictures.update(look)
        else:
            self.pictures = Pictures(look)
            self.box.objects = self.pictures.view()

    def clear(self, text: str, kind: str = "about") -> None:
        """Show a text and no picture."""
        self.seen, self.box.objects = None, []
        self.about.object = f"<div class='{kind}'>{escape(text)}</div>"

    def view(self) -> pn.viewable.Viewable:
        """This panel as Panel draws it."""
        return pn.Column(
            pn.Row(self.wire, self.sample, self.round, margin=0),
            self.about,
            self.box,
            sizing_mode="stretch_width",
            margin=0,
        )


class Pictures:
    """The plots of a look, and the numbers in them, which the next look of the same form replaces."""

    def __init__(self, look: Mapping[str, Any]) -> None:
        self.bars = ColumnDataSource(bars(look))
        self.maps = [ColumnDataSource({"image": [one]}) for one in slices(look)]
        self.colours = LinearColorMapper()
        found = look["map"]
        if found:
            self.colours.palette = Blues256[::-1] if found["kind"] == "attention" else Greys256
        self.plots = [self._map(found, number) for number in range(len(self.maps))]
        self.update(look)

    def update(self, look: Mapping[str, Any]) -> None:
        """Show the numbers of another look; all its slices share one scale of colours."""
        self.bars.data = bars(look)
        found = slices(look)
        for source, one in zip(self.maps, found, strict=True):
            source.data = {"image": [one]}
        if found:
            least, most = min(one.min() for one in found), max(one.max() for one in found)
            low = min(0.0, least) if look["map"]["kind"] == "attention" else least
            self.colours.update(low=float(low), high=float(max(most, low + 1e-12)))

    def view(self) -> list[pn.viewable.Viewable]:
        """The plots as Panel draws them: pictures in rows, the histogram below."""
        maps = [
            pn.pane.Bokeh(
                one, width=one.width, height=one.height, sizing_mode="fixed", margin=(0, 4), stylesheets=[_PICTURE]
            )
            for one in self.plots
        ]
        histogram = pn.pane.Bokeh(self._histogram(), sizing_mode="stretch_width", margin=(0, 4))
        rows = [pn.Row(*maps[place : place + ACROSS], margin=0) for place in range(0, len(maps), ACROSS)]
        return [*rows, histogram]

    def _histogram(self) -> Any:
        found = plot("Values", height=170, x="value")
        ends = {"left": "left", "right": "right", "top": "count", "bottom": 0}
        found.quad(**ends, source=self.bars, color=COLOURS[0], line_color="white", line_width=0.5)
        found.y_range.start = 0
        return found

    def _map(self, map: Mapping[str, Any], number: int) -> Any:
        rows, columns = len(map["values"][number]), len(map["values"][number][0])
        side = ROOM / min(ACROSS, len(self.maps)) if len(self.maps) > 1 else ALONE
        scale = side / max(rows, columns)
        title = map["titles"][number] or {"attention": "Attention", "image": "Picture"}[map["kind"]]
        found = plot(title, height=round(rows * scale) + ABOVE, x_range=(0, columns), y_range=(rows, 0))
        found.sizing_mode, found.width = "fixed", round(columns * scale) + BESIDE
        found.xaxis.axis_label, found.yaxis.axis_label = map["columns"], map["rows"]
        found.grid.grid_line_color, found.axis.major_tick_line_color = None, None
        found.axis.ticker = []
        found.min_border_left = found.min_border_right = 4
        found.min_border_top = found.min_border_bottom = 4
        found.image("image", x=0, y=0, dw=columns, dh=rows, source=self.maps[number], color_mapper=self.colours)
        return found


def said(look: Mapping[str, Any]) -> str:
    """What a look is of, in words."""
    axes = " ".join(f"{axis}={length}" for axis, length in zip(look["axes"], look["shape"], strict=True))
    missing = f", {look['missing']:,} not finite" if look["missing"] else ""
    return f"{look['wire']} [{axes}]: mean {look['mean']:.3g}, deviation {look['deviation']:.3g}{missing}."


def bars(look: Mapping[str, Any]) -> dict[str, list[float]]:
    """The bars of a histogram."""
    return {"left": look["edges"][:-1], "right": look["edges"][1:], "count": look["counts"]}


def slices(look: Mapping[str, Any]) -> list[NDArray[np.float64]]:
    """The pictures of a look, [row, column] each."""
    return [np.asarray(one, np.float64) for one in look["map"]["values"]] if look["map"] else []


def _same_form(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether the plots of one look can show the other."""
    return all(one[key] == other[key] for key in ("wire", "axes", "shape")) and bool(one["map"]) == bool(other["map"])


# The page is dark by turning its colours round; those of a picture mean something.
_PICTURE = ':host-context(html[data-theme="dark"]) { filter: invert(1) hue-rotate(180deg); }'
_ABOUT = """
.about { font: 13px/1.5 system-ui, sans-serif; color: #667085; }
.problem { margin: 0; }
"""
