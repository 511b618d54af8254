"""What SVG is written in: numbers and paths in few letters, and texts that no letter can break."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

from .glyph_outlines import Step


def number(value: float, digits: int = 2) -> str:
    """A number without what SVG can do without: `.5`, `-3`, `12.25`."""
    return _short(round(value * 10**digits), digits)


def path_data(commands: Iterable[Step], digits: int = 2) -> str:
    """The commands as the value of `d`: each step is written from where the last one ended if that is shorter."""
    writer = _Writer(digits)
    for name, *numbers in commands:
        writer.add(str(name), [round(float(each) * 10**digits) for each in numbers])
    return "".join(writer.words)


_NUMBER = re.compile(r"-?\d*\.?\d+")


class _Writer:
    """Counts in units of the last digit, so that steps add up exactly."""

    def __init__(self, digits: int) -> None:
        self.digits, self.words, self.last, self.tail = digits, list[str](), "", ""
        self.here, self.first = (0, 0), (0, 0)

    def add(self, name: str, numbers: Sequence[int]) -> None:
        """One command."""
        if name == "Z":
            self.words.append("z")
            self.last, self.here = "z", self.first
            return
        end = (numbers[-2], numbers[-1])
        if name == "L" and (end[0] == self.here[0] or end[1] == self.here[1]):
            across = end[1] == self.here[1]
            name, numbers, base = ("H", [end[0]], [self.here[0]]) if across else ("V", [end[1]], [self.here[1]])
        else:
            base = [*self.here] * (len(numbers) // 2)
        steps = [value - start for value, start in zip(numbers, base, strict=True)]
        self.words.append(min(self.word(name, numbers), self.word(name.lower(), steps), key=len))
        self.last = self.words[-1][0] if self.words[-1][0].isalpha() else self.last
        self.tail = _NUMBER.findall(self.words[-1])[-1]
        self.first = end if name == "M" else self.first
        self.here = end

    def word(self, name: str, numbers: Sequence[int]) -> str:
        """The command's letter, unless it is that of the command before, and its numbers."""
        follows = {"M": "L", "m": "l"}.get(self.last, self.last)
        shown = "" if name == follows and name not in "Mm" else name
        return shown + _joined([_short(each, self.digits) for each in numbers], "" if shown else self.tail)


def _joined(words: Iterable[str], last: str) -> str:
    """Numbers side by side, after the number `last`: a blank only where two of them would be read as one."""
    found = ""
    for word in words:
        needs_blank = last and word[0] != "-" and not (word[0] == "." and "." in last)
        found += f" {word}" if needs_blank else word
        last = word
    return found


def _short(value: int, digits: int) -> str:
    if not digits:
        return str(value)
    whole, rest = divmod(abs(value), 10**digits)
    tail = f".{rest:0{digits}d}".rstrip("0") if rest else ""
    sign = "-" if value < 0 else ""
    return f"{sign}{whole if whole or not tail else ''}{tail}"


def content(text: str) -> str:
    """Text between tags; what XML cannot hold is left out."""
    return escape("".join(letter for letter in text if _in_xml(letter)))


def value(text: str) -> str:
    """Text between the quotes of an attribute."""
    return content(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;").replace("\r", "&#13;")


def _in_xml(letter: str) -> bool:
    code = ord(letter)
    return letter in "\t\n\r" or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000
