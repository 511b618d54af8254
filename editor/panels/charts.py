"""The plots of a run as it goes on: loss, metrics of the held-out data, and steps a second."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import panel as pn
from bokeh.models import ColumnDataSource

from .plots import COLOURS, FAINT, plot, tidy_legend
from .progress import Curve

METRICS = ("accuracy", "dice")


class Charts:
    """Curves by name, and the plots that show them: `loss`, `test_loss`, `rate`, and `test_` before each metric."""

    def __init__(self) -> None:
        names = ("loss", "test_loss", "rate", *(f"test_{name}" for name in METRICS))
        self.curves = {name: Curve() for name in names}
        self.sources = {name: ColumnDataSource({"step": [], "value": []}) for name in names}
        self.box = pn.Column(sizing_mode="stretch_width", margin=0, visible=False)

    def reset(self, metrics: Sequence[str]) -> None:
        """Empty curves, and plots for these metrics."""
        for name, source in self.sources.items():
            self.curves[name] = Curve()
            source.data = self.curves[name].columns
        known = [name for name in METRICS if name in metrics]
        panes = [self._loss(), *([self._metrics(known)] if known else []), self._rate()]
        for one in panes[1:]:
            one.x_range = panes[0].x_range
        self.box.objects = [pn.pane.Bokeh(one, sizing_mode="stretch_width", margin=(0, 4)) for one in panes]
        self.box.visible = False

    def hide(self) -> None:
        """Show no plots."""
        self.box.visible = False

    def follow(self, message: Mapping[str, Any]) -> None:
        """Take in a message of the training process."""
        match message["kind"]:
            case "start":
                for name, rows in message["earlier"].items():
                    self._add(name, rows)
            case "steps":
                self._add("loss", message["rows"])
                self._add("rate", [(message["rows"][-1][0], message["rate"])])
            case "evaluation":
                for name, value in message["metrics"].items():
                    self._add(f"test_{name}", [(message["step"], value)])

    def show(self) -> None:
        """Send the curves to the browser, those that have grown."""
        for name, curve in self.curves.items():
            if curve.fresh:
                self.sources[name].data = curve.columns
                curve.fresh = False
                self.box.visible = True

    def _add(self, name: str, rows: Sequence[Sequence[float]]) -> None:
        if name in self.curves and rows:
            self.curves[name].add(rows)

    def _loss(self) -> Any:
        found = plot("Loss", height=190)
        found.line(
            "step", "value", source=self.sources["loss"], line_width=1.5, line_color=COLOURS[0], legend_label="training"
        )
        self._points(found, "test_loss", COLOURS[1], "held out")
        tidy_legend(found)
        return found

    def _metrics(self, names: Sequence[str]) -> Any:
        found = plot("Held-out " + " and ".join(names), height=140)
        for name, colour in zip(names, COLOURS[1:], strict=False):
            self._points(found, f"test_{name}", colour, name)
        tidy_legend(found, "bottom_right")
        found.legend[0].visible = len(names) > 1
        return found

    def _rate(self) -> Any:
        found = plot("Steps a second", height=110, x="step")
        found.y_range.start = 0
        found.line("step", "value", source=self.sources["rate"], line_width=1.5, line_color=FAINT)
        return found

    def _points(self, found: Any, name: str, colour: str, label: str) -> None:
        found.line("step", "value", source=self.sources[name], line_width=1.5, line_color=colour, legend_label=label)
        found.scatter("step", "value", source=self.sources[name], size=5, color=colour, legend_label=label)
