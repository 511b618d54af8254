"""Schedules in documents: under the key `resources` of a circuit's view."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from ..circuit import Circuit
from ..errors import AttributeProblem, DocumentError, Problem, did_you_mean
from ..size_terms import clipped
from ..store_json import placed, shown
from ..types import axis_name
from .schedule import LEVELS, Area, Level, Part, Schedule

KEY = "resources"
Path = tuple[str | int, ...]


def with_schedule(circuit: Circuit, schedule: Schedule) -> Circuit:
    """The circuit with a schedule in its view; one without areas leaves nothing there. Nothing is checked."""
    view = json.loads(circuit.view)
    view.pop(KEY, None)
    if schedule != Schedule():
        view[KEY] = to_data(schedule)
    return circuit.with_view(view)


def schedule_of(circuit: Circuit) -> Schedule:
    """The schedule in a circuit's view, without areas where there is none.

    Raises DocumentError with every problem of its form; whether it is legal is asked with `schedule_problems`.
    """
    view = json.loads(circuit.view)
    return from_data(view[KEY], circuit.name) if KEY in view else Schedule()


def to_data(schedule: Schedule) -> dict[str, Any]:
    """A schedule as plain data; nothing that is as usual is written."""
    levels = [{key: value for key, value in asdict(level).items() if value is not None} for level in schedule.levels]
    return {"areas": [_area_data(area) for area in schedule.areas], "levels": levels}


def _area_data(area: Area) -> dict[str, Any]:
    def parts(found: tuple[Part, ...]) -> list[dict[str, Any]]:
        return [
            {key: value for key, value in asdict(part).items() if (key, value) != ("multiple", 1)} for part in found
        ]

    data = {"name": area.name, "nodes": list(area.nodes), "level": area.level}
    return {**data, "groups": parts(area.groups), "streams": parts(area.streams)}


def from_data(data: Any, where: str = "") -> Schedule:
    """A schedule of plain data; raises DocumentError with every problem, each with its place."""
    reader = _Reader(where)
    top = reader.table(data, (KEY,), ("areas", "levels"), ()) or {}
    areas = reader.rows(top.get("areas", []), (KEY, "areas"), reader.area)
    levels = reader.rows(top.get("levels", _usual()), (KEY, "levels"), reader.level)
    if reader.problems:
        raise DocumentError(reader.problems)
    return Schedule(areas, levels)


def _usual() -> list[dict[str, Any]]:
    return [{"name": level.name} for level in LEVELS]


class _Reader:
    """Reads data and collects what is wrong with it."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.problems: list[Problem] = []

    def report(self, path: Path, expected: str, found: object, fix: str) -> None:
        text = found if isinstance(found, str) else json.dumps(found, default=str, ensure_ascii=False)
        self.problems.append(Problem(placed(self.where, shown(path)), expected, clipped(text), fix))

    def area(self, data: Any, path: Path) -> Area:
        table = self.table(data, path, ("name", "nodes", "level", "groups", "streams"), ("nodes",))
        if table is None:
            return Area("?", ())
        name = self.text(table.get("name", "area"), (*path, "name"))
        nodes = self.rows(table.get("nodes", []), (*path, "nodes"), self.text)
        level = self.whole(table.get("level", 1), (*path, "level"))
        groups = self.rows(table.get("groups", []), (*path, "groups"), self.part)
        return Area(name, nodes, level, groups, self.rows(table.get("streams", []), (*path, "streams"), self.part))

    def part(self, data: Any, path: Path) -> Part:
        table = self.table(data, path, ("axis", "size", "multiple"), ("axis", "size"))
        if table is None or not {"axis", "size"} <= table.keys():
            return Part("?", "?")
        axis, size = (self.text(table[key], (*path, key)) for key in ("axis", "size"))
        try:
            axis = axis_name(axis) if axis != "?" else axis
        except AttributeProblem as error:
            self.report((*path, "axis"), error.expected, error.found, error.fix)
        return Part(axis, size, self.whole(table.get("multiple", 1), (*path, "multiple")))

    def level(self, data: Any, path: Path) -> Level:
        table = self.table(data, path, ("name", "capacity", "bandwidth"), ("name",))
        if table is None:
            return Level("?")
        capacity, bandwidth = table.get("capacity"), table.get("bandwidth")
        if capacity is not None:
            capacity = self.whole(capacity, (*path, "capacity"))
        number = isinstance(bandwidth, int | float) and not isinstance(bandwidth, bool) and bandwidth > 0
        if bandwidth is not None and not number:
            self.report((*path, "bandwidth"), "a number above 0", bandwidth, "Give values a second, or leave it out.")
        return Level(self.text(table.get("name", "?"), (*path, "name")), capacity, bandwidth if number else None)

    def table(self, data: Any, path: Path, known: tuple[str, ...], needed: tuple[str, ...]) -> Mapping[str, Any] | None:
        if not isinstance(data, dict):
            self.report(path, f"an object with {', '.join(known)}", data, "Write an object.")
            return None
        for key in data:
            if key not in known:
                self.report(path, f"keys among {', '.join(known)}", f"'{key}'", "Remove it." + did_you_mean(key, known))
        for key in needed:
            if key not in data:
                self.report(path, f"a key '{key}'", "none", "Add it.")
        return data

    def rows(self, data: Any, path: Path, read: Callable[[Any, Path], Any]) -> tuple[Any, ...]:
        if not isinstance(data, list):
            self.report(path, "a list", data, "Write a list.")
            return ()
        return tuple(read(item, (*path, number)) for number, item in enumerate(data))

    def text(self, data: Any, path: Path) -> str:
        if isinstance(data, str) and data:
            return data
        self.report(path, "a text", data if data != "" else "an empty one", "Write a name.")
        return "?"

    def whole(self, data: Any, path: Path) -> int:
        if isinstance(data, int) and not isinstance(data, bool) and data >= 1:
            return data
        self.report(path, "a whole number of at least 1", data, "Write a number.")
        return 1
