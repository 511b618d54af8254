"""The desk: one open document as a browser sees it. Messages in and out are JSON; no Panel here, so it can be tested.

A message with `do` is a command for the session. One with `ask` is a question (`verdict`, `search`, `describe`, `code`,
`copy`), answered by `{"reply": number, ...}`, or a wish that is no command (`undo`, `redo`, `arrange`; `part` for the
library). That a gesture is kept is said at once (`{"taken": number}`); what it changed follows, as one message for all
gestures that came meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import lru_cache
from typing import Any

from circuits import Circuit, CircuitloomError, line_json
from circuits.draw import Detail, Drawn, Wishes, opened_paths, wishes_of

from ..commands import Pin, Together
from ..document import Document
from ..session import Delta, Session
from ..store import Library
from .arrange import arranged
from .facts import facts, marks, placed
from .follow import fresh, renamed
from .grid import Grid, is_large
from .heat import CHOICES, Heat
from .kept import Kept
from .mirror import Mirror
from .news import News
from .questions import QUESTIONS
from .sketch import Figure, Sketch, drawn, sketch

Message = Mapping[str, Any]
Act = Callable[[], None]
Answer = dict[str, Any]


class Desk:
    """One open document in one browser tab; `library` are the parts that it can use."""

    def __init__(
        self,
        session: Session,
        send: Callable[[str], None],
        about: str = "",
        library: Library | None = None,
        later: Callable[[Act], None] | None = None,
    ) -> None:
        """`send` gives the browser a text, `later` does something when what was sent has left; by itself at once."""
        self.send, self.later = send, later or (lambda act: act())
        self.mirror, self.heat, self.kept = Mirror(), Heat(), Kept(library, session.author)
        self.chosen: Callable[[str], None] = lambda wire: None
        self._take(session, about)

    def _take(self, session: Session, about: str) -> None:
        self.session, self.about = session, about
        self.opened = opened_paths(self.circuit, Detail())
        self.drawn: tuple[Any, Sketch] | None = None
        self.grid: Grid | None = None
        self.plan: tuple[Circuit, tuple[Any, ...], Drawn] | None = None
        self.known: tuple[Circuit, dict[str, Any]] | None = None
        self.news = News()

    def open(self, session: Session, about: str = "") -> None:
        """Show another document, from its beginning."""
        self._take(session, about)
        self.send(self.mirror.message(self.state(), fresh=True))

    @property
    def circuit(self) -> Circuit:
        """The main circuit as it is now."""
        return self.session.document.main

    def sketch(self) -> Sketch:
        """The picture of the circuit, made once for each state."""
        state = (self.circuit, self.opened)
        if self.drawn is None or self.drawn[0] != state:
            self.drawn = (state, self.draw(self.wishes().pins))
        return self.drawn[1]

    def draw(self, pins: Mapping[str, float]) -> Sketch:
        """The picture as it is now; what its view does not change is kept while only that changes."""
        if is_large(self.circuit):
            if self.grid is None or not same_meaning(self.grid.circuit, self.circuit):
                self.grid = Grid(self.circuit)
            return self.grid.sketch(pins)
        wishes = self.wishes()
        state = (self.opened, wishes.columns, wishes.pairs)
        if self.plan is None or self.plan[1] != state or not same_meaning(self.plan[0], self.circuit):
            self.plan = (self.circuit, state, drawn(self.circuit, self.opened, wishes))
        return sketch(self.circuit, self.plan[2], self.session.document.keys, pins)

    def wishes(self) -> Wishes:
        """What was asked for by dragging."""
        return wishes_of(self.circuit)

    def state(self) -> dict[str, Any]:
        """All that the page shows, as sections."""
        drawn, wishes = self.sketch(), self.wishes()
        found = drawn.fragments
        return {
            "fragments": {id: [one.layer, one.order, one.markup] for id, one in found.items.items()},
            "outlines": dict(found.outlines),
            "figures": {id: _plain(one) for id, one in drawn.figures.items()},
            "width": found.width,
            "height": found.height,
            "title": self.circuit.name,
            "about": self.about,
            "pins": dict(wishes.pins),
            "columns": dict(wishes.columns),
            "wished": sorted(wishes.of_nodes()),
            "choices": CHOICES,
            "parts": self.kept.listed,
            "history": {"undo": self.session.can_undo, "redo": self.session.can_redo},
            **self.facts(drawn),
            **self.heat.sections(self.circuit, drawn.figures),
            **marks(self.circuit),
        }

    def facts(self, drawn: Sketch) -> dict[str, Any]:
        """Problems, sizes and axes, made once while only the view changes."""
        if self.known is None or not same_meaning(self.known[0], self.circuit):
            self.known = (self.circuit, facts(self.session.document))
        return {**self.known[1], "problems": placed(self.known[1]["problems"], drawn.figures)}

    def start(self) -> str:
        """The first message: everything."""
        return self.mirror.message(self.state())

    def receive(self, text: str) -> None:
        """Answer a message of the browser; where it cannot be followed, or not be saved, the reason is sent."""
        with self.failing():
            self.answer(text, json.loads(text))

    @contextmanager
    def failing(self) -> Iterator[None]:
        """Tell the browser what cannot be done here."""
        try:
            yield
        except CircuitloomError as error:
            self.send(self.mirror.message({}, refusal=str(error)))

    def answer(self, text: str, message: Message) -> None:
        """Do what a message says."""
        if "do" in message:
            return self.do(text, message)
        asked = str(message.get("ask"))
        wish = getattr(self, f"ask_{asked}", lambda message: None)
        found: Answer | None = QUESTIONS[asked](self, message) if asked in QUESTIONS else wish(message)
        if found is not None:
            self.send(json.dumps({"reply": message.get("number"), **found}, separators=(",", ":")))

    def do(self, text: str, message: Message) -> None:
        """Carry out a command and send what it changed."""
        if message["do"] in ("Open", "Collapse"):
            return self.opens(str(message["path"]), message["do"] == "Open")
        before, figures = self.circuit, self.figures()
        filled = self.kept.filled(message)
        delta = self.session.do(text if filled is message else line_json(filled))
        self.tell(delta, renamed(message, before, self.circuit, figures))

    def follow(self, about: str = "") -> bool:
        """Show what others did since, and another line about the document; whether there was anything."""
        changed, kept = self.session.sync().changed, self.kept.refresh()
        if not changed and not kept and about == self.about:
            return False
        self.about = about
        self.show()
        return True

    def opens(self, path: str, opened: bool) -> None:
        """Show what is inside a node, or no longer."""
        self.opened = self.opened | {path} if opened else self.opened - {path}
        self.show(look=path)

    def tell(self, delta: Delta, moves: Mapping[str, str]) -> None:
        """Say that a gesture is kept, and soon what it changed and renamed; what is new is selected."""
        self.opened = frozenset(moves.get(path, path) for path in self.opened)
        self.news.add(moves, fresh(delta.before.main, self.circuit), map(str, delta.refusals))
        self.send(json.dumps({"taken": delta.revision}))
        if not self.news.waiting:
            self.news.waiting = True
            self.later(self.show_news)

    def show_news(self) -> None:
        """Send the picture that gestures wait for, unless it was sent meanwhile."""
        if self.news.waiting:
            with self.failing():
                self.show()

    def show(self, **extra: Any) -> None:
        """Send what the browser does not know yet."""
        news, self.news = self.news, News()
        self.send(self.mirror.message(self.state(), **news.parts(), **extra))

    def figures(self) -> Mapping[str, Figure]:
        """What was drawn last, by the paths that it has now."""
        shown, moves = (self.drawn[1] if self.drawn else self.sketch()).figures, self.news.moves
        found = (replace(one, id=moves[id]) if id in moves else one for id, one in shown.items())
        return {one.id: one for one in found} if moves else shown

    def ask_undo(self, message: Message) -> None:
        """Take back the last gesture."""
        self.step(self.session.undo)

    def ask_redo(self, message: Message) -> None:
        """Do the gesture again that was undone last."""
        self.step(self.session.redo)

    def step(self, take: Callable[[], Delta]) -> None:
        """Go back or on in the history."""
        figures = self.figures()
        delta = take()
        self.tell(delta, renamed({}, delta.before.main, self.circuit, figures))

    def ask_heat(self, message: Message) -> None:
        """Colour nodes by another quantity, "" for none."""
        if message.get("by") in CHOICES:
            self.heat.by = str(message["by"])
            self.show()

    def trained(self, nodes: Mapping[str, Mapping[str, float]]) -> None:
        """Training has told of learned arrays, `{"gradients": {path of a node: root mean square}}`."""
        self.heat.train(nodes)
        if self.heat.by:
            self.show()

    def ask_chosen(self, message: Message) -> None:
        """A wire was selected, or what makes it."""
        self.chosen(str(message.get("wire", "")))

    def ask_part(self, message: Message) -> Answer:
        """Keep nodes as a part of the library, or rename, remove or put back one."""
        found = self.kept.act(message, self.definition(message.get("circuit") or ""))
        self.send(self.mirror.message({"parts": self.kept.listed}))
        return found

    def ask_arrange(self, message: Message) -> Answer:
        """Lay nodes of the main circuit at one height, or evenly one below the other, as one gesture."""
        chosen = {str(id) for id in message["ids"]}
        names = {node.name: node.id for node in self.circuit.nodes if node.id in chosen}
        wishes = self.wishes()
        found = arranged(self.draw, wishes.pins, list(names), str(message.get("how")))
        commands = tuple(
            Pin(node=names[name], dy=dy, column=wishes.columns.get(name)) for name, dy in found.pins.items()
        )
        if commands:
            self.tell(self.session.do(Together(commands=commands)), {})
        return {"say": found.says}

    @property
    def document(self) -> Document:
        """The document as it is now."""
        return self.session.document

    def parts(self) -> Mapping[str, Circuit]:
        """What the library holds, by name."""
        return self.kept.circuits()

    def definition(self, key: str) -> Circuit:
        """The circuit of a key, "" for the main one."""
        return self.session.document.definitions.get(key, self.circuit) if key else self.circuit


def same_meaning(one: Circuit, other: Circuit) -> bool:
    """Whether two circuits are made of the same objects but for their views."""
    parts = ("name", "inputs", "outputs", "nodes", "axes", "sizes", "constraints", "doc")
    return all(getattr(one, part) is getattr(other, part) for part in parts)


@lru_cache(maxsize=16384)
def _plain(figure: Figure) -> dict[str, Any]:
    """A figure as data, made once."""
    return asdict(figure)
