"""Files: the documents of a workspace, their versions, what differs between them, links, and files in and out.

Nothing here saves: every gesture is in the store's log before it is seen, so a document is always as it was left.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from circuits import Circuit, CircuitloomError, Problem, dumps, loads
from gallery import entries

from ..opened import Opened, added, free_name, listed_names, start_document
from ..outcome import problems_of
from ..share import link
from ..store import StoreError
from .comparison import compared

Message = Mapping[str, Any]
Reply = dict[str, Any]
NOW = "now"


class Files:
    """The files of a tab: answers messages such as `{"do": "rename", "name": ..., "to": ...}`.

    A reply may hold `say` or `fail` with a text, `undo` with the message that takes it back, `save` with a name and
    text, `link`, or `comparison`.
    """

    def __init__(self, opened: Opened) -> None:
        self.opened = opened
        self.workspace = opened.workspace

    def state(self) -> dict[str, Any]:
        """All that the panel lists."""
        return {
            "current": self.opened.name,
            "user": self.opened.author,
            "documents": [asdict(one) for one in self.workspace.documents()],
            "versions": [
                {"name": one.name, "revision": one.revision, "made": one.made}
                for one in self.workspace.versions(self.opened.name)
            ],
            "gallery": [{"name": one.name, "title": one.title} for one in entries()],
        }

    def act(self, message: Message) -> Reply:
        """Do what a message says; what is wrong is told, and changes nothing."""
        action = self._actions().get(str(message.get("do")))
        if action is None:
            return {}
        try:
            return action(message)
        except CircuitloomError as error:
            return {"fail": "\n".join(problem["text"] for problem in problems_of(error))}

    def _actions(self) -> Mapping[str, Callable[[Message], Reply]]:
        return {
            "open": self._open,
            "new": self._new,
            "rename": self._rename,
            "duplicate": self._duplicate,
            "remove": self._remove,
            "restore": self._restore,
            "import": self._import,
            "keep": self._keep,
            "recall": self._recall,
            "compare": self._compare,
            "share": self._share,
            "save": self._save,
        }

    def _open(self, message: Message) -> Reply:
        self.opened.open(str(message["name"]))
        return {}

    def _new(self, message: Message) -> Reply:
        """A new document: empty, or a circuit of the gallery."""
        wanted = str(message.get("gallery") or "")
        circuit = next((one.circuit for one in entries() if one.name == wanted), None) or Circuit("circuit")
        return self._begin(circuit, wanted)

    def _begin(self, circuit: Circuit, wanted: str = "") -> Reply:
        self.opened.open(added(self.workspace, circuit, wanted, self.opened.author))
        return {}

    def _rename(self, message: Message) -> Reply:
        name, to = str(message["name"]), " ".join(str(message["to"]).split())[:180]
        if not to:
            raise StoreError(Problem(f"workspace {self.workspace.name}", "a name", "none", "Write one."))
        if to != name:
            self.workspace.rename(name, to)
            if name == self.opened.name:
                self.opened.name = to
        return (
            {"undo": {"do": "rename", "name": to, "to": name}, "say": f"'{name}' is now '{to}'."} if to != name else {}
        )

    def _duplicate(self, message: Message) -> Reply:
        name = str(message["name"])
        return self._begin(self._circuit(f"document:{name}"), name)

    def _remove(self, message: Message) -> Reply:
        name = str(message["name"])
        self.workspace.remove(name)
        listed = self.workspace.removed()[0]
        if name == self.opened.name:
            self.opened.open(start_document(self.workspace, author=self.opened.author))
        return {"undo": {"do": "restore", "listed": listed, "open": name}, "say": f"'{name}' was deleted."}

    def _restore(self, message: Message) -> Reply:
        listed = str(message["listed"])
        self.workspace.restore(listed)
        name = free_name(
            re.sub(r" \(\d+\)$", "", listed), [one for one in listed_names(self.workspace) if one != listed]
        )
        self.workspace.rename(listed, name)
        self.opened.open(name)
        return {"say": f"'{name}' is back."}

    def _import(self, message: Message) -> Reply:
        name = re.sub(r"(\.circuit)?\.json$", "", str(message.get("name", "")))
        return self._begin(loads(str(message["text"]).encode(), str(message.get("name", "file"))), name)

    def _keep(self, message: Message) -> Reply:
        """Name the version that is open."""
        known = [one.name for one in self.workspace.versions(self.opened.name)]
        name = " ".join(str(message.get("name", "")).split())[:180] or free_name("version 1", known)
        self.workspace.keep_version(self.opened.name, self.opened.session, name)
        return {"say": f"Kept as '{name}'."}

    def _recall(self, message: Message) -> Reply:
        """Open a version as a document of its own."""
        version = str(message["name"])
        return self._begin(self._circuit(f"version:{version}"), f"{self.opened.name}, {version}")

    def _compare(self, message: Message) -> Reply:
        """What became of one circuit in another: `now`, `version:NAME` or `document:NAME`."""
        before, after = str(message["before"]), str(message.get("after", NOW))
        found = compared(self._circuit(before), self._circuit(after))
        return {
            "comparison": {
                **asdict(found),
                "names": [self._called(before), self._called(after)],
                "which": [before, after],
            }
        }

    def _share(self, message: Message) -> Reply:
        text = link(self.opened.circuit)
        if text is None:
            found = "a circuit too large for one"
            raise StoreError(Problem("link", "a circuit that fits into an address", found, "Download it as a file."))
        return {"link": text}

    def _save(self, message: Message) -> Reply:
        return {"save": {"name": f"{self.opened.name}.circuit.json", "text": dumps(self.opened.circuit)}}

    def _circuit(self, which: str) -> Circuit:
        kind, _, name = which.partition(":")
        if kind == "version":
            for one in self.workspace.versions(self.opened.name):
                if one.name == name:
                    return one.document.main
            where = f"workspace {self.workspace.name}"
            raise StoreError(Problem(where, f"a version '{name}'", "none", "Choose one that is there."))
        if kind == "document":
            return self.workspace.open(name).document.main
        return self.opened.circuit

    def _called(self, which: str) -> str:
        return which.partition(":")[2] or self.opened.name
