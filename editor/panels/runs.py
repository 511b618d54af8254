"""The panel of runs: what was trained, several of them in one plot, and the settings in which they differ."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from html import escape

import panel as pn
from bokeh.models import ColumnDataSource
from bokeh.models.widgets.tables import DataTable, StringFormatter, TableColumn

from circuits import CircuitloomError
from runtime import RunRecord

from ..run_folder import RunFolder, differing
from ..views import STYLE, failure
from .plots import COLOURS, plot, tidy_legend
from .progress import Curve

MOST = len(COLOURS)
COLUMNS = {"circuit": 150, "data": 60, "status": 80, "steps": 100, "result": 130, "begun": 120}
HINT = "Mark runs to compare them."


class RunsPanel:
    """A table of all runs; those that are marked are compared."""

    def __init__(self, runs: RunFolder) -> None:
        self.runs = runs
        self.shown: tuple[RunRecord, ...] = ()
        self.source = ColumnDataSource({name: [] for name in COLUMNS})
        self.metric = pn.widgets.Select(label="Compare", options=["loss"], width=160)
        self.about = pn.pane.HTML(sizing_mode="stretch_width", stylesheets=[STYLE, _ABOUT], margin=(0, 10))
        self.box = pn.Column(sizing_mode="stretch_width", margin=0, visible=False)
        self.source.selected.on_change("indices", lambda attr, old, new: self.compare())
        self.metric.param.watch(lambda _: self.compare(), "value")
        self.refresh()

    def refresh(self) -> None:
        """Read the records anew; what is marked stays marked."""
        marked = [record.id for record in self.marked()]
        try:
            self.shown = self.runs.runs()
            self.source.data = columns(self.shown, self.runs.status)
        except CircuitloomError as error:
            self.about.object = failure(error)
            return
        self.source.selected.indices = [place for place, one in enumerate(self.shown) if one.id in marked]
        self.compare()

    def marked(self) -> list[RunRecord]:
        """The runs that are marked, in the order of the table."""
        return [self.shown[place] for place in sorted(self.source.selected.indices) if place < len(self.shown)][:MOST]

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
        text = StringFormatter(text_color="#1d2430")
        table = DataTable(
            source=self.source,
            columns=[
                TableColumn(field=name, title=name, width=width, formatter=text) for name, width in COLUMNS.items()
            ],
            selectable="checkbox",
            index_position=None,
            height=220,
            row_height=26,
            sizing_mode="stretch_width",
            stylesheets=[_TABLE],
        )
        return pn.Column(
            pn.pane.Bokeh(table, sizing_mode="stretch_width", margin=(8, 8)),
            self.box,
            self.about,
            sizing_mode="stretch_width",
            margin=0,
        )


def columns(records: Sequence[RunRecord], status: Callable[[RunRecord], str]) -> Mapping[str, list[str]]:
    """The table of runs, a list a column."""
    rows = [
        (
            circuit_of(record),
            record.identity.get("data", "").partition(" ")[0],
            status(record),
            f"{record.step:,} of {record.total:,}",
            result(record.results),
            record.created[:16].replace("T", " "),
        )
        for record in records
    ]
    return {name: [row[place] for row in rows] for place, name in enumerate(COLUMNS)}


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
    head = "".join(
        f"<th><span class='key' style='background: {colour}'></span>{number + 1}</th>"
        for number, (_, colour) in enumerate(zip(marked, COLOURS, strict=False))
    )
    rows = {**differing(marked), "result": tuple(result(record.results) for record in marked)}
    body = "".join(
        f"<tr><td>{escape(name)}</td>{''.join(f'<td>{escape(value)}</td>' for value in values)}</tr>"
        for name, values in rows.items()
    )
    same = "<p class='note'>The settings are the same.</p>" if len(marked) > 1 and len(rows) == 1 else ""
    return f"<table><tr><th></th>{head}</tr>{body}</table>{same}"


_ABOUT = """
.about { font: 13px/1.5 system-ui, sans-serif; color: #667085; }
table { margin: 8px 4px; } td:nth-child(2), th:nth-child(2) { text-align: right; }
.key { display: inline-block; width: 10px; height: 3px; margin-right: 6px; vertical-align: middle; }
"""
_TABLE = """
:host { font: 12.5px/1.5 system-ui, sans-serif; border: 1px solid #e4e7ec; border-radius: 6px; overflow: hidden; }
.slick-header-column { background: #ffffff !important; color: #667085; font-weight: 600; border-right: 0 !important; }
.slick-row, .slick-cell { background: #ffffff; border-color: #f0f2f6 !important; }
.slick-cell { border-right: 0 !important; }
.slick-cell.selected { background: #e8f0fe !important; }
"""
