"""What a browser knows of a document, so that it is sent only what has changed, as one text a gesture."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

State = Mapping[str, Any]


class Mirror:
    """The state a browser was sent last.

    A state is a mapping of sections. Sections that are dictionaries are sent entry by entry, others whole.
    """

    def __init__(self) -> None:
        self.rev = 0
        self.known: dict[str, Any] = {}

    def message(self, state: State, **extra: Any) -> str:
        """The change from what the browser knows to a state, as JSON; the browser then knows it.

        `{"rev": 3, "patch": {section: {"set": {...}, "drop": [...]}}, "whole": {section: ...}}`, and what is extra.
        """
        self.rev += 1
        patch, whole = {}, {}
        for section, value in state.items():
            before = self.known.get(section)
            if isinstance(value, dict):
                change = _change(before or {}, value)
                if change:
                    patch[section] = change
            elif before != value or section not in self.known:
                whole[section] = value
            self.known[section] = value
        return json.dumps({"rev": self.rev, "patch": patch, "whole": whole, **extra}, separators=(",", ":"))


def _change(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Entries to set, and those to drop."""
    put = {key: value for key, value in after.items() if key not in before or before[key] != value}
    drop = [key for key in before if key not in after]
    return {name: found for name, found in (("set", put), ("drop", drop)) if found}
