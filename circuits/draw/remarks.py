"""What a document says beside its picture: notes, a legend and titles, kept in the view of a circuit.

    {"notes": [{"text": "Scores of $y$ against $x$", "at": "attention/scores", "side": "above"}],
     "legend": ["m = h k", {"left": "c_i", "cases": [["1", "i = 0"], ["64", "\\mathrm{else}"]]}],
     "titles": {"": "Multi-head attention", "attention": "Core"}}

Notes that were written on a canvas are kept by an id, `{"note1": {"text": "Scores", "node": "n3"}}`, and name a node by
its id or by a `path`; those that speak of none lie on the canvas only.

The view never changes what a circuit means, and has other entries too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..circuit import Circuit
from ..errors import CircuitloomError, Problem, did_you_mean
from .detail import body_of
from .frame import framed
from .letters import unknown_letter
from .plates.boxes import Cases, Note, legend, noted
from .plates.parts import below, titled
from .plates.targets import At
from .scene import Scene, Text
from .theme import Style
from .typeset import lacking

SIDES = ("above", "below", "left", "right")


@dataclass(frozen=True)
class Remark:
    """A note: its text and the path of the node it speaks of, at a side of the picture or at the nearer one."""

    text: str
    at: str
    side: str = ""


@dataclass(frozen=True)
class Remarks:
    """All that a view says, and what is wrong with it."""

    notes: tuple[Remark, ...] = ()
    legend: tuple[str | Cases, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def remarks(circuit: Circuit) -> Remarks:
    """The remarks of a circuit; raises CircuitloomError with all that is wrong with them."""
    found = read(circuit)
    if found.problems:
        raise CircuitloomError("\n".join(map(str, found.problems)))
    return found


def read(circuit: Circuit) -> Remarks:
    """The remarks that can be drawn, and the problems of those that cannot."""
    try:
        view = json.loads(circuit.view)
    except (ValueError, RecursionError):
        view = {}
    reader = _Reader(circuit, [])
    view = view if isinstance(view, dict) else {}
    notes = tuple(reader.notes(view.get("notes", [])))
    lines = tuple(reader.legend(view.get("legend", [])))
    titles = dict(reader.titles(view.get("titles", {})))
    return Remarks(notes, lines, titles, tuple(reader.problems))


@dataclass
class _Reader:
    """Reads the entries of one view, and collects what does not fit."""

    circuit: Circuit
    problems: list[Problem]

    def wrong(self, where: str, expected: str, found: object, fix: str) -> None:
        """Note a problem."""
        text = json.dumps(found) if not isinstance(found, str) else repr(found)
        self.problems.append(Problem(f"{self.circuit.name}/view/{where}", expected, text, fix))

    def items(self, where: str, found: object) -> Iterator[tuple[str, Any]]:
        """Entries of a list with their places."""
        if not isinstance(found, list):
            self.wrong(where, "a list", found, "Write [] for none.")
            return
        yield from ((f"{where}/{number}", entry) for number, entry in enumerate(found))

    def notes(self, found: object) -> Iterator[Remark]:
        """Notes with a text and a node."""
        if isinstance(found, dict):
            found = list(self.by_node(found))
        for where, entry in self.items("notes", found):
            if not isinstance(entry, dict) or not all(isinstance(entry.get(key), str) for key in ("text", "at")):
                self.wrong(where, "an object with a 'text' and the path of a node 'at'", entry, "Give both as texts.")
                continue
            side = entry.get("side", "")
            if side not in ("", *SIDES):
                self.wrong(
                    f"{where}/side",
                    f"one of {', '.join(SIDES)}",
                    side,
                    f"Leave it out.{did_you_mean(str(side), SIDES)}",
                )
            elif self.known(f"{where}/at", entry["at"]):
                self.spelt(f"{where}/text", entry["text"], "sans")
                yield Remark(entry["text"], entry["at"], side)

    def by_node(self, found: Mapping[str, Any]) -> Iterator[Any]:
        """Notes that are kept by an id, as those of a list; without those that speak of no node."""
        for entry in found.values():
            if not isinstance(entry, dict) or "path" in entry:
                yield {**entry, "at": entry["path"]} if isinstance(entry, dict) else entry
            elif (node := self.circuit.by_id.get(str(entry.get("node")))) is not None:
                yield {**entry, "at": node.name}

    def legend(self, found: object) -> Iterator[str | Cases]:
        """Lines: equations, or cases."""
        for where, entry in self.items("legend", found):
            if isinstance(entry, str):
                self.spelt(where, entry)
                yield entry
            elif _is_cases(entry):
                self.spelt(where, " ".join([entry["left"], *(text for case in entry["cases"] for text in case)]))
                yield Cases(entry["left"], tuple((value, condition) for value, condition in entry["cases"]))
            else:
                fix = 'Write "m = h k", or {"left": "c", "cases": [["1", "i = 0"]]}.'
                self.wrong(where, "an equation, or what is defined with its cases", entry, fix)

    def titles(self, found: object) -> Iterator[tuple[str, str]]:
        """Titles by the path of a block; that of the whole picture has none."""
        if not isinstance(found, dict):
            self.wrong("titles", "an object of titles by node", found, "Write {} for none.")
            return
        for path, title in found.items():
            where = f"titles/{path}"
            if not isinstance(title, str):
                self.wrong(where, "a text", title, "Write the title as a text.")
            elif not path or self.known(where, path):
                self.spelt(where, title, "sans")
                yield path, title

    def spelt(self, where: str, text: str, font: str = "math") -> None:
        """Note the letters that are drawn as boxes."""
        for letter in lacking(text, font):
            self.problems.append(unknown_letter(f"{self.circuit.name}/view/{where}", letter))

    def known(self, where: str, path: str) -> bool:
        """Whether there is a node of this path."""
        circuit: Circuit | None = self.circuit
        for name in path.split("/"):
            names = circuit.by_name if circuit is not None else {}
            if name not in names:
                near = did_you_mean(name, names)
                self.wrong(where, "the path of a node", path, f"Name a node of the circuit.{near}")
                return False
            circuit = body_of(names[name].op)
        return True


def _is_cases(entry: object) -> bool:
    if not isinstance(entry, dict) or not isinstance(entry.get("left"), str):
        return False
    cases = entry.get("cases")
    return (
        isinstance(cases, list)
        and bool(cases)
        and all(
            isinstance(case, list) and len(case) == 2 and all(isinstance(text, str) for text in case) for case in cases
        )
    )


def remarked(scene: Scene, circuit: Circuit, style: Style) -> Scene:
    """A picture with the remarks of its circuit; what is inside a closed block is noted at the block."""
    found = read(circuit)
    if not (found.notes or found.legend or found.titles):
        return scene
    drawn = replace(scene, items=tuple(_retitled(scene, found.titles)))
    notes = [(note, _shown(scene, note.at)) for note in found.notes]
    drawn = noted(drawn, *(Note(note.text, at, note.side) for note, at in notes if at is not None), style=style)
    if found.legend:
        drawn = below(drawn, legend(*found.legend, style=style), align="right")
    if found.titles.get(""):
        drawn = titled(drawn, found.titles[""])
    return framed(drawn.items, scene.title, scene.description, scene.background)


def _retitled(scene: Scene, titles: Mapping[str, str]) -> Iterator[Any]:
    """The items with other titles of blocks."""
    for item in scene.items:
        if isinstance(item, Text) and item.tag.part == "title" and item.tag.node in titles:
            yield replace(item, text=titles[item.tag.node])
        else:
            yield item


def _shown(scene: Scene, path: str) -> At | None:
    """A node, or the innermost block around it that is drawn."""
    drawn = {item.tag.node for item in scene.items}
    while path:
        if any(node == path or node.startswith(f"{path}/") for node in drawn):
            return At(node=path)
        path = path.rpartition("/")[0]
    return None
