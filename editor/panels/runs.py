"""The panel of runs: what was trained, several of them in one plot, and the settings in which they differ."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape

import panel as pn
from bokeh.models import ColumnDataSource

from circuits import CircuitloomError
from runtime import RunRecord

from ..run_folder import RunFolder, differing
from ..views import STYLE, failure
from .plots import COLOURS, plot, tidy_legend
from .progress import Curve

MOST = len(COLOURS)
NEWEST = 50
NAME = 150
HEAD = ("data", "status", "steps", "result", "begun, UTC")
HINT = "Mark runs to compare them."


class RunsPanel:
    """A list of the newest runs; those that are marked are compared."""

    def __init__(self, runs: RunFolder) -> None:
        self.runs = runs
        self.shown: tuple[RunRecord, ...] = ()
        self.boxes: dict[str, pn.widgets.Checkbox] = {}
        self.list = pn.Column(sizing_mode="stretch_width", margin=(8, 0), scroll=True, max_height=260)
        self.metric = pn.widgets.Select(label="Compare", options=["loss"], width=160)
        self.about = pn.pane.HTML(sizing_mode="stretch_width", stylesheets=[STYLE, _ABOUT], margin=(0, 10))
        self.box = pn.Column(sizing_mode="stretch_width", margin=0, visible=False)
        self.metric.param.watch(lambda _: self.compare(), "value")
        self.refresh()

    def refresh(self) -> None:
        """Read the records anew; what is marked stays marked."""
        marked = [record.id for record in self.marked()]
        try:
            self.shown = self.runs.runs()[:NEWEST]
            rows = [self.row(record, record.id in marked) for record in self.shown]
        except CircuitloomError as error:
            self.about.object = failure(error)
            return
        head = pn.Row(pn.Spacer(width=NAME), _line(HEAD, "head"), margin=0, sizing_mode="stretch_width")
        self.list.objects = [head, *rows] if rows else []
        self.compare()

    def row(self, record: RunRecord, marked: bool) -> pn.viewable.Viewable:
        """A run in the list, with the box that marks it."""
        box = pn.widgets.Checkbox(label=circuit_of(record), value=marked, width=NAME - 10, margin=(2, 0, 2, 10))
        box.param.watch(lambda _: self.compare(), "value")
        self.boxes[record.id] = box
        return pn.Row(box, _line(cells(record, self.runs.status(record))), margin=0, sizing_mode="stretch_width")

    def marked(self) -> list[RunRecord]:
        """The runs that are marked, in the order of the list."""
        return [record for record in self.shown if self.boxes[record.id].value][:MOST]

    def compare(self) -> None:
        """Plot the marked runs together, and list what they differ in."""
        marked = self.marked()
        self.box.visible = bool(marked)
        if not marked:
            self.about.object = f"<div class='about'>{HINT if self.shown else 'No runs yet.'}</div>"
            return
        names = ["loss", *sorted({f"test_{name}" for record in marked for name in record.results})]
        if self.metric.options != names:
            self.metric.options = names
        try:
            self.box.objects = [self.metric, self.comparison(marked, str(self.metric.value))]
        except CircuitloomError as error:
            self.about.object = failure(error)
            return
        self.about.object = differences(marked)

    def comparison(self, marked: Sequence[RunRecord], name: str) -> pn.viewable.Viewable:
        """One number of several runs over their steps; raises RecordError."""
        found = plot(spoken(name), height=240, x="step")
        for number, record in enumerate(marked):
            curve = Curve()
            curve.add([(row.step, row.value) for row in self.runs.series(record.id, name)])
            label = f"{number + 1}  {circuit_of(record)}"
            found.line(
                "step",
                "value",
                source=ColumnDataSource(curve.columns),
                color=COLOURS[number],
                line_width=1.5,
                legend_label=label,
            )
        tidy_legend(found, "top_right" if "loss" in name else "bottom_right")
        return pn.pane.Bokeh(found, sizing_mode="stretch_width", margin=(0, 4))

    def view(self) -> pn.viewable.Viewable:
        """This panel as Panel draws it."""
        return pn.Column(self.list, self.about, self.box, sizing_mode="stretch_width", margin=0)


def cells(record: RunRecord, status: str) -> tuple[str, ...]:
    """A run in words, one for each of HEAD."""
    data = record.identity.get("data", "").partition(" ")[0]
    done = f"{record.step:,} of " if record.step else ""  # noted when a run ends
    begun = record.created[5:16].replace("T", " ")
    return data, status, f"{done}{record.total:,}", result(record.results), begun


def _line(texts: Sequence[str], kind: str = "") -> pn.pane.HTML:
    inside = "".join(f"<span>{escape(text)}</span>" for text in texts)
    html = f"<div class='run {kind}'>{inside}</div>"
    return pn.pane.HTML(html, sizing_mode="stretch_width", stylesheets=[_RUN], margin=(2, 10, 2, 0))


def result(results: Mapping[str, float]) -> str:
    """The number that says most about a run."""
    for name in ("accuracy", "dice", "perplexity", "loss"):
        if name in results:
            return f"{name} {results[name]:.4g}"
    return ""


def spoken(name: str) -> str:
    """The name of a logged number as a title."""
    return f"Held-out {name.removeprefix('test_')}" if name.startswith("test_") else "Training " + name


def circuit_of(record: RunRecord) -> str:
    """The name of the circuit that was trained."""
    return _name(record.documents.get("circuit", ""))


@lru_cache(maxsize=256)
def _name(document: str) -> str:
    try:
        return str(json.loads(document)["root"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return "a program"


def differences(marked: Sequence[RunRecord]) -> str:
    """The settings in which runs differ, as a table; and what they reached."""
    if len(marked) < 2:
        return ""
    head = "".join(
        f"<th><span class='key' style='background: {colour}'></span>{number + 1}</th>"
        for number, (_, colour) in enumerate(zip(marked, COLOURS, strict=False))
    )
    rows = {**differing(marked), "result": tuple(result(record.results) for record in marked)}
    body = "".join(
        f"<tr><td>{escape(name)}</td>{''.join(f'<td>{escape(value)}</td>' for value in values)}</tr>"
        for name, values in rows.items()
    )
    same = "<p class='note'>The settings are the same.</p>" if len(rows) == 1 else ""
    return f"<table><tr><th></th>{head}</tr>{body}</table>{same}"


_ABOUT = """
.about { font: 13px/1.5 system-ui, sans-serif; color: #667085; }
table { margin: 8px 4px; } td:nth-child(2), th:nth-child(2) { text-align: right; }
.key { display: inline-block; width: 10px; height: 3px; margin-right: 6px; vertical-align: middle; }
"""
_RUN = """
.run { display: grid; grid-template-columns: 48px 76px 1fr 1.2fr 84px; gap: 8px; white-space: nowrap;
  font: 12.5px/20px system-ui, sans-serif; color: #1d2430; font-variant-numeric: tabular-nums; }
.run span { overflow: hidden; text-overflow: ellipsis; } .head { color: #667085; font-weight: 600; }
"""
