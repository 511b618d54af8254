"""Labels as LaTeX: what is mathematics stays so, and every other letter is escaped or replaced by a box."""

from __future__ import annotations

from unicodedata import normalize

from .tex import COMMANDS, Writing, cleaned, read

MISSING = "\\square"
_ESCAPES = {
    "\\": "\\textbackslash{}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
    "<": "\\textless{}",
    ">": "\\textgreater{}",
    "|": "\\textbar{}",
    '"': "''",
    **{sign: f"\\{sign}" for sign in "{}_#$%&"},
}
_NAMED = {
    "ß": "\\ss{}",
    "æ": "\\ae{}",
    "Æ": "\\AE{}",
    "ø": "\\o{}",
    "Ø": "\\O{}",
    "œ": "\\oe{}",
    "ł": "\\l{}",
    "–": "\\textendash{}",
    "—": "\\textemdash{}",
    "‘": "`",
    "’": "'",
    "“": "``",
    "”": "''",
    "…": "\\ldots{}",
}
_HIGH = {"¹": "1", "²": "2", "³": "3"}
# How a combining mark is written over words, and over mathematics where that has it.
_MARKS = {
    "\u0300": ("\\`", "\\grave"),
    "\u0301": ("\\'", "\\acute"),
    "\u0302": ("\\^", "\\hat"),
    "\u0303": ("\\~", "\\tilde"),
    "\u0304": ("\\=", "\\bar"),
    "\u0306": ("\\u", "\\breve"),
    "\u0307": ("\\.", "\\dot"),
    "\u0308": ('\\"', "\\ddot"),
    "\u030a": ("\\r", ""),
    "\u030b": ("\\H", ""),
    "\u030c": ("\\v", "\\check"),
    "\u0327": ("\\c", ""),
    "\u0328": ("\\k", ""),
}
_FACES = {
    "math": "\\rmfamily",
    "sans": "\\sffamily",
    "sans bold": "\\sffamily\\bfseries",
    "mono": "\\ttfamily",
}
# Two of these would become another letter.
_JOINED = frozenset("-'`!?,<>")


def latex(text: str, font: str) -> str:
    """A label as it stands in a document, in the font that it names; it needs amssymb."""
    row = read(text) if font == "math" else None
    if row is not None:
        return f"${_MATH.row(row)}$" if row else ""
    said = words(text)
    face = _FACES[font]
    return f"{face} {said}" if said else ""


def words(text: str) -> str:
    """Plain words, escaped."""
    found, last = "", ""
    for letter in normalize("NFC", cleaned(text)):
        # Empty braces keep apart what TeX would join.
        found += ("{}" if letter in _JOINED and last in _JOINED else "") + _in_words(letter)
        last = letter
    return found.strip()


def _in_words(letter: str) -> str:
    if letter.isascii():
        return _ESCAPES.get(letter, letter)
    if letter in _NAMED:
        return _NAMED[letter]
    base, mark = _parts(letter)
    if mark:
        return f"{_MARKS[mark][0]}{{{base}}}"
    return f"${_in_math(letter)}$"


def _in_math(letter: str) -> str:
    if letter in COMMANDS:
        return COMMANDS[letter]
    if letter in _HIGH:
        return f"{{{{}}^{{{_HIGH[letter]}}}}}"
    base, mark = _parts(letter)
    return f"{_MARKS[mark][1]}{{{base}}}" if mark and _MARKS[mark][1] else MISSING


def _parts(letter: str) -> tuple[str, str]:
    """A letter and its mark, or two empty texts where it is none of TeX's accented ones."""
    base, *marks = list(normalize("NFD", letter))
    known = len(marks) == 1 and marks[0] in _MARKS and base.isascii() and base.isalpha()
    return (base, marks[0]) if known else ("", "")


_MATH = Writing(_in_math, limits="\\limits")
