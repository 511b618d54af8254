"""What gestures did since the browser was sent a picture last: what they renamed, made, and were refused for.

A gesture is answered as soon as it is kept; the picture, which takes longer, follows when nothing else is waiting. So
gestures that come faster than pictures are made are all kept, and drawn together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class News:
    """What there is to tell; `waiting` says whether a picture is on its way."""

    moves: dict[str, str] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    waiting: bool = False

    def add(self, moves: Mapping[str, str], made: Iterable[str], refusals: Iterable[str]) -> None:
        """One more gesture: new paths by old ones, the figures it made, and why it was refused."""
        passing = set(self.moves.values())
        known = {old: moves.get(new, new) for old, new in self.moves.items()}
        self.moves = known | {old: new for old, new in moves.items() if old not in passing}
        new = list(made)
        self.made = new or [moves.get(one, one) for one in self.made]
        self.refusals += refusals

    def parts(self) -> dict[str, Any]:
        """What goes with the picture."""
        found = {"renamed": self.moves, "selection": self.made, "refusal": "\n".join(self.refusals)}
        return {key: value for key, value in found.items() if value}
