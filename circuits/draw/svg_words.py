"""Labels of an SVG file as words that can be searched: set by the reader's fonts, in the room that layout gave them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from unicodedata import lookup

from .scene import Text
from .svg_numbers import content, number, value
from .tex import ACCENTS, FUNCTIONS, SYMBOLS, Applied, Row, Scripted, Symbol, Writing, cleaned, read
from .typeset import measure

_SERIF = "Latin Modern Math,CMU Serif,STIX Two Math,Cambria Math,serif"
_SANS = "Latin Modern Sans,CMU Sans Serif,Helvetica,Arial,sans-serif"
_MONO = "Latin Modern Mono,CMU Typewriter Text,DejaVu Sans Mono,monospace"
_ANCHORS = {"start": "", "middle": ' text-anchor="middle"', "end": ' text-anchor="end"'}
_FACES = {
    "\\mathrm": "font-style:normal",
    "\\mathit": "font-style:italic",
    "\\mathbf": "font-style:normal;font-weight:bold",
    "\\mathsf": f"font-style:normal;font-family:{_SANS}",
    "\\mathtt": f"font-style:normal;font-family:{_MONO}",
}
_CAPITALS = {"\\mathbb": "DOUBLE-STRUCK", "\\mathcal": "SCRIPT"}
_TEX = Writing(str)
_SMALLER, _BELOW, _ABOVE = 0.7, 0.2, -0.4


@dataclass(frozen=True, slots=True)
class _Run:
    """Letters of one kind: their face, their size, and how far they are moved down from the baseline, and back."""

    text: str
    face: str
    size: float
    y: float = 0.0
    back: float = 0.0


class Words:
    """The labels met so far, with the class that each kind of them has."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.kinds: dict[tuple[str, str, float], str] = {}

    def element(self, item: Text) -> str:
        """One label; its width is that which layout knew, whatever the font."""
        kind = self.kinds.setdefault((item.fill, item.font, item.size), f"{self.prefix}_{len(self.kinds)}")
        width = measure(item.text, item.size, item.font).width
        wide = f' textLength="{number(width)}" lengthAdjust="spacingAndGlyphs"' if width else ""
        place = f'x="{number(item.x)}" y="{number(item.y)}"'
        return f'<text class="{kind}" {place}{_ANCHORS[item.anchor]}{wide}>{"".join(_spans(item))}</text>'

    def rules(self) -> Iterator[str]:
        """The kinds as a style sheet."""
        for (fill, font, size), name in self.kinds.items():
            bold = ";font-weight:bold" if font == "sans bold" else ""
            family = {"math": _SERIF, "mono": _MONO}.get(font, _SANS)
            yield f".{name}{{fill:{value(fill)};font-family:{family};font-size:{number(size)}px{bold}}}"

    def definitions(self) -> Iterator[str]:
        """Nothing: words refer to nothing."""
        return iter(())


def _spans(item: Text) -> Iterator[str]:
    """The words of a label, in parts where size or face differ."""
    row = read(item.text) if item.font == "math" else None
    if row is None:
        yield content(cleaned(item.text))
        return
    height = 0.0
    for run in _joined(_runs(row, _Run("", "", item.size))):
        style = f' style="{run.face}"' if run.face else ""
        size = f' font-size="{number(run.size)}"' if run.size != item.size else ""
        step = f' dy="{number(run.y - height)}"' if run.y != height else ""
        step += f' dx="{number(-run.back)}"' if run.back else ""
        height = run.y
        inner = content(run.text)
        yield f"<tspan{style}{size}{step}>{inner}</tspan>" if style or size or step else inner


def _joined(runs: Iterator[_Run]) -> Iterator[_Run]:
    """Runs of which no two neighbours could be one."""
    last: _Run | None = None
    for run in runs:
        if last is not None and not run.back and replace(last, text="", back=0) == replace(run, text=""):
            last = replace(last, text=last.text + run.text)
            continue
        if last is not None:
            yield last
        last = run
    if last is not None:
        yield last


def _runs(row: Row, like: _Run) -> Iterator[_Run]:
    """The letters of a row, in order; `like` says how those look that nothing else is said of."""
    for each in row:
        if isinstance(each, Symbol):
            text = SYMBOLS.get(each.text) or FUNCTIONS.get(each.text, each.text)
            slanted = not like.face and len(text) == 1 and text.isalpha()
            shown = {"-": "\N{MINUS SIGN}", "*": "\N{ASTERISK OPERATOR}"}.get(text, text)
            yield replace(like, text=shown, face=_FACES["\\mathit"] if slanted else like.face)
        elif isinstance(each, Applied):
            yield from _applied(each, like)
        else:
            yield from _scripted(each, like)


def _applied(each: Applied, like: _Run) -> Iterator[_Run]:
    """What a command makes of its arguments."""
    first, *others = each.bodies
    if each.command in _CAPITALS:
        yield from (replace(run, text=_capital(run.text, _CAPITALS[each.command])) for run in _runs(first, like))
        return
    if each.command == "\\frac":
        yield from _runs(first, like)
        yield replace(like, text="/")
        yield from _runs(others[0], like)
    elif each.command in ACCENTS:
        yield from (replace(run, text=run.text + ACCENTS[each.command]) for run in _runs(first, like))
    else:
        if each.command == "\\sqrt":
            yield replace(like, text="√")
        yield from _runs(first, replace(like, face=_FACES.get(each.command, like.face)))


def _capital(letter: str, kind: str) -> str:
    """A letter of an alphabet that has capitals only; Unicode had some of them before it had all."""
    try:
        return lookup(f"{kind} CAPITAL {letter}")
    except KeyError:
        return lookup(f"MATHEMATICAL {kind} CAPITAL {letter}")


def _scripted(each: Scripted, like: _Run) -> Iterator[_Run]:
    """A base and its scripts."""
    yield from _runs((each.base,), like)
    if each.primes:
        yield replace(like, text="′" * each.primes)
    small = replace(like, size=like.size * _SMALLER)
    yield from _runs(each.below, replace(small, y=like.y + _BELOW * like.size))
    above = list(_runs(each.above, replace(small, y=like.y + _ABOVE * like.size)))
    if each.below and above:
        # Both scripts begin at the same place.
        above[0] = replace(above[0], back=measure(_TEX.row(each.below), small.size).width)
    yield from above
