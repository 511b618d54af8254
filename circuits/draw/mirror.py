"""Scenes read from right to left: lines are mirrored, words keep their reading direction."""

from __future__ import annotations

from dataclasses import replace

from .scene import Command, Item, Text

_ANCHORS = {"start": "end", "middle": "middle", "end": "start"}


def mirrored(item: Item, around: float) -> Item:
    """An item mirrored at the upright line x = around / 2; a label stays where it was beside what it labels."""
    if isinstance(item, Text):
        return replace(item, x=around - item.x, anchor=_ANCHORS[item.anchor])
    return replace(item, commands=tuple(_turned(command, around) for command in item.commands))


def _turned(command: Command, around: float) -> Command:
    numbers = [around - float(value) if place % 2 == 0 else float(value) for place, value in enumerate(command[1:])]
    return (command[0], *numbers)  # type: ignore[return-value]
