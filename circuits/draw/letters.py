"""Letters that no font here has: which labels of a picture hold them, and what to do about it."""

from __future__ import annotations

from ..errors import Problem
from .scene import Scene
from .typeset import lacking


def unknown_letters(scene: Scene, name: str) -> tuple[Problem, ...]:
    """A problem for every letter in the labels of a picture that is drawn as a box, each once."""
    found: dict[str, str] = {}
    for text in scene.texts:
        for letter in lacking(text.text, text.font):
            found.setdefault(letter, text.tag.node or text.tag.wire or text.tag.part)
    return tuple(unknown_letter(f"{name}/{where}", letter) for letter, where in found.items())


def unknown_letter(where: str, letter: str) -> Problem:
    """The problem that no font here has a letter."""
    found = f"'{letter}' (U+{ord(letter):04X}), which is drawn as a box"
    return Problem(where, "letters of Computer Modern or STIX", found, "Write it with other letters.")
