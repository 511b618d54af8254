"""The library of parts as the canvas sees it: what it lists, what is kept, renamed, removed and put back.

A search names a part, and its circuit joins the command here: the log then holds it by value, and a browser never does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from circuits import Circuit, CircuitloomError, Problem, to_document

from ..outcome import problems_of
from ..parts import one_line, part_name, part_of
from ..store import Library, StoreError

Message = Mapping[str, Any]
Answer = dict[str, Any]


class Kept:
    """The parts of one tab's workspace; without a library, as in a notebook, there are none and none can be kept."""

    def __init__(self, library: Library | None, author: str = "") -> None:
        self.library, self.author = library, author
        self.listed: list[dict[str, str]] | None = None
        self.gone: dict[str, tuple[Circuit, str]] = {}
        self.refresh()

    def refresh(self) -> bool:
        """Look at the library again; whether it has changed."""
        before = self.listed
        self.listed = None if self.library is None else [asdict(one) for one in self.library.parts()]
        return self.listed != before

    def circuits(self) -> dict[str, Circuit]:
        """The circuits of the library by name."""
        return {} if self.library is None else self.library.circuits()

    def act(self, message: Message, circuit: Circuit) -> Answer:
        """Keep, rename, remove or put back a part; what is wrong is told, and changes nothing."""
        try:
            if self.library is None:
                found = "a circuit that is in none"
                raise StoreError(Problem("part", "a workspace to keep it in", found, "Open it with circuitloom edit."))
            action = self._actions().get(str(message.get("act")))
            return action(self.library, message, circuit) if action is not None else {}
        except CircuitloomError as error:
            return {"fail": "\n".join(problem["text"] for problem in problems_of(error))}
        finally:
            self.refresh()

    def _actions(self) -> Mapping[str, Callable[[Library, Message, Circuit], Answer]]:
        return {"keep": self._keep, "rename": self._rename, "remove": self._remove, "restore": self._restore}

    def _keep(self, library: Library, message: Message, circuit: Circuit) -> Answer:
        ids, words = [str(id) for id in message.get("ids", ())], one_line(str(message.get("words", "")))[:200]
        made = part_of(circuit, ids, str(message.get("name", "")), words)
        there = made.name in [one.name for one in library.parts()]
        if not there or not message.get("replace"):
            try:
                library.keep(made.name, made, words, self.author)
            except StoreError as error:
                return {"fail": str(error), "taken": made.name}
            return {"say": f"'{made.name}' is kept. It stands under My parts, in every document."}
        self._remember(library, made.name)
        library.keep(made.name, made, words, self.author, replace=True)
        return {"say": f"'{made.name}' is replaced.", "undo": {"act": "restore", "name": made.name}}

    def _rename(self, library: Library, message: Message, circuit: Circuit) -> Answer:
        name, to = str(message["name"]), part_name(str(message["to"]))
        if to == name:
            return {}
        library.rename(name, to)
        return {"say": f"'{name}' is now '{to}'.", "undo": {"act": "rename", "name": to, "to": name}}

    def _remove(self, library: Library, message: Message, circuit: Circuit) -> Answer:
        name = str(message["name"])
        self._remember(library, name)
        library.remove(name)
        return {
            "say": f"'{name}' is removed. Documents keep what they use of it.",
            "undo": {"act": "restore", "name": name},
        }

    def _remember(self, library: Library, name: str) -> None:
        """Hold on to what is about to be lost, for as long as the tab is open."""
        words = {one.name: one.words for one in library.parts()}
        circuit = library.circuits().get(name)
        if circuit is not None:
            self.gone[name] = (circuit, words[name])

    def _restore(self, library: Library, message: Message, circuit: Circuit) -> Answer:
        name = str(message["name"])
        if name in self.gone:
            before, words = self.gone.pop(name)
            library.keep(name, before, words, self.author, replace=True)
            return {"say": f"'{name}' is back."}
        return {}

    def filled(self, message: Message) -> Message:
        """A command in which every call of a part holds its circuit; raises StoreError for a part that is gone."""
        if isinstance(message.get("command"), Mapping):
            return {**message, "command": self.filled(message["command"])}
        if isinstance(message.get("commands"), list):
            inside = [self.filled(one) if isinstance(one, Mapping) else one for one in message["commands"]]
            return {**message, "commands": inside}
        if message.get("do") != "AddCall" or "part" not in message or self.library is None:
            return message
        given = to_document(self.library.circuit(str(message["part"])))
        return {**{key: value for key, value in message.items() if key != "part"}, "given": given}
