"""The small TeX of labels: read once, so that every printer takes the same labels and no text can harm a document."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import category

LONGEST, DEEPEST = 300, 12

_GREEK = (
    "alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ "
    "lambda λ mu μ nu ν xi ξ pi π rho ρ sigma σ tau τ upsilon υ phi ϕ varphi φ chi χ psi ψ omega ω Gamma Γ "
    "Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω"
)
_SIGNS = (
    "star ⋆ odot ⊙ otimes ⊗ oplus ⊕ ominus ⊖ times × div ÷ cdot ⋅ ast ∗ circ ∘ bullet ∙ pm ± mp ∓ wedge ∧ vee ∨ "
    "cup ∪ cap ∩ setminus ∖ rightarrow → leftarrow ← leftrightarrow ↔ Rightarrow ⇒ mapsto ↦ uparrow ↑ downarrow ↓ "
    "infty ∞ partial ∂ nabla ∇ leq ≤ geq ≥ neq ≠ approx ≈ sim ∼ equiv ≡ propto ∝ in ∈ subset ⊂ subseteq ⊆ forall ∀ "
    "exists ∃ emptyset ∅ neg ¬ top ⊤ bot ⊥ perp ⟂ parallel ∥ mid ∣ ell ℓ dagger † prime ′ ldots … cdots ⋯ langle ⟨ "
    "rangle ⟩ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ Re ℜ Im ℑ hbar ℏ"
)
_BIG = "sum ∑ prod ∏"


def _table(words: str) -> dict[str, str]:
    names = words.split()
    return dict(zip((f"\\{name}" for name in names[::2]), names[1::2], strict=True))


LIMITS = _table(_BIG)
BLANKS = {"\\ ": " ", "\\,": "\N{THIN SPACE}", "\\:": " ", "\\;": " ", "\\quad": "\N{EM SPACE}"}
SYMBOLS = {
    **_table(_GREEK),
    **_table(_SIGNS),
    **LIMITS,
    **{f"\\{sign}": sign for sign in "{}_%#$"},
    **BLANKS,
}
COMMANDS = {letter: command for command, letter in SYMBOLS.items() if ord(letter) > 127}
COMMANDS |= {"ε": "\\varepsilon", "·": "\\cdot", "−": "-"}
_NAMES = "arccos arcsin arctan arg cos cosh cot coth det dim exp ker lim ln log max min sec sin sinh sup tan tanh"
FUNCTIONS = {f"\\{name}": name for name in _NAMES.split()}
ABOVE_AND_BELOW = (*LIMITS, "\\lim", "\\max", "\\min", "\\sup")
_OPERATORS = "star odot otimes oplus ominus times div cdot ast circ bullet pm mp wedge vee cup cap setminus"
BINARY = frozenset(("+", "-", "*", *(f"\\{name}" for name in _OPERATORS.split())))
ACCENTS = {
    "\\grave": "\u0300",
    "\\acute": "\u0301",
    "\\hat": "\u0302",
    "\\tilde": "\u0303",
    "\\bar": "\u0304",
    "\\overline": "\u0305",
    "\\breve": "\u0306",
    "\\dot": "\u0307",
    "\\ddot": "\u0308",
    "\\check": "\u030c",
    "\\vec": "\u20d7",
}
ALPHABETS = ("\\mathrm", "\\mathbf", "\\mathit", "\\mathsf", "\\mathtt")
_BODIES = (*ACCENTS, *ALPHABETS, "\\sqrt")
_ENDS_IN_NAME = re.compile(r"\\[A-Za-z]+$")
_PLAIN = frozenset("+-*/=<>()[]|,.;:!?@")


@dataclass(frozen=True, slots=True)
class Symbol:
    """A letter, or a command that stands for one or for the name of a function."""

    text: str


@dataclass(frozen=True, slots=True)
class Applied:
    """A command with its arguments: an accent, an alphabet, a root, a fraction, or (the empty command) a group."""

    command: str
    bodies: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Scripted:
    """What stands below, what stands above, and how many primes follow."""

    base: Symbol | Applied
    below: Row = ()
    above: Row = ()
    primes: int = 0


Row = tuple[Symbol | Applied | Scripted, ...]
_BLANK = frozenset(Symbol(command) for command in BLANKS)


def cleaned(text: str) -> str:
    """The text without letters that cannot be seen; every kind of space is a blank."""
    shown = (" " if letter.isspace() else "" if category(letter)[0] == "C" else letter for letter in text)
    short = "".join(shown)
    return short if len(short) <= LONGEST else f"{short[: LONGEST - 1]}…"


@lru_cache(maxsize=4096)
def read(text: str) -> Row | None:
    """The label as a row, or None where it is none of the small TeX: it is then shown as plain text."""
    if len(text) > LONGEST:
        return None
    try:
        return _Reader(text).all()
    except _NotTex:
        return None


@dataclass(frozen=True, slots=True)
class Writing:
    """How a reader of TeX wants its text.

    `letter` writes what is no ASCII and `limits` follows signs with scripts above and below. `mathtext` says that the
    reader is matplotlib: operators in its scripts need braces, or blanks stand around them, and its double letters
    are slanted where nothing says otherwise.
    """

    letter: Callable[[str], str]
    limits: str = ""
    mathtext: bool = False

    def row(self, row: Row, script: bool = False) -> str:
        """The row as TeX."""
        found = ""
        for each in row:
            word = self.one(each, script)
            # A blank ends the name of a command where a letter follows.
            found += f" {word}" if _ENDS_IN_NAME.search(found) and word[:1].isalpha() else word
        return found

    def one(self, each: Symbol | Applied | Scripted, script: bool) -> str:
        """A part of a row as TeX."""
        if isinstance(each, Symbol):
            word = each.text if each.text.isascii() else self.letter(each.text)
            return f"{{{word}}}" if script and self.mathtext and word in BINARY else word
        if isinstance(each, Applied):
            found = each.command + "".join(f"{{{self.row(body, script)}}}" for body in each.bodies)
            return f"\\mathrm{{{found}}}" if self.mathtext and each.command == "\\mathbb" else found
        base = self.one(each.base, script)
        tail = self.limits if base in ABOVE_AND_BELOW else ""
        below = f"_{{{self.row(each.below, True)}}}" if each.below else ""
        above = f"^{{{self.row(each.above, True)}}}" if each.above else ""
        # TeX joins primes with what stands above, if it follows at once.
        return f"{base}{tail}{chr(39) * each.primes}{above}{below}"


class _NotTex(Exception):
    """The text is none of the small TeX."""


class _Reader:
    """A text on its way into a row, one token after the other."""

    def __init__(self, text: str) -> None:
        self.tokens, self.place, self.depth = list(_tokens(text)), 0, 0

    def all(self) -> Row:
        """The whole text."""
        row = self.row()
        if self.place < len(self.tokens):
            raise _NotTex
        return row

    def peek(self) -> str:
        """The token that comes next, empty at the end."""
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self) -> str:
        """The token that comes next, passed over."""
        token = self.peek()
        self.place += 1
        return token

    def row(self) -> Row:
        """All that comes before a closing brace or the end."""
        found: list[Symbol | Applied | Scripted] = []
        while self.peek() not in ("", "}"):
            found.append(self.scripted(self.atom()))
        return tuple(found)

    def body(self) -> Row:
        """An argument: a group without its braces, or one atom that is no blank."""
        if self.peek() == "{":
            return self.group()
        if self.peek() in BLANKS:
            raise _NotTex
        return (self.atom(),)

    def group(self) -> Row:
        """What stands in braces: never nothing, and never blanks alone."""
        self.depth += 1
        self.take()
        row = self.row()
        if self.take() != "}" or not set(row) - _BLANK or self.depth > DEEPEST:
            raise _NotTex
        self.depth -= 1
        return row

    def capitals(self) -> Row:
        """An argument of an alphabet that has capitals only."""
        row = self.body()
        if not all(isinstance(each, Symbol) and each.text.isascii() and each.text.isupper() for each in row):
            raise _NotTex
        return row

    def atom(self) -> Symbol | Applied:
        """A letter, a command with its arguments, or a group."""
        if self.peek() == "{":
            return Applied("", (self.group(),))
        token = self.take()
        if token in _BODIES:
            return Applied(token, (self.body(),))
        if token in ("\\mathbb", "\\mathcal"):
            return Applied(token, (self.capitals(),))
        if token == "\\frac":
            return Applied(token, (self.body(), self.body()))
        if token in SYMBOLS or token in FUNCTIONS or token in _PLAIN or token.isalnum():
            return Symbol(COMMANDS.get(token, token))
        raise _NotTex

    def scripted(self, base: Symbol | Applied) -> Symbol | Applied | Scripted:
        """The base with the scripts and primes that follow, each at most once."""
        primes, scripts = 0, dict[str, Row]()
        while self.peek() == "'":
            primes, self.place = primes + 1, self.place + 1
        while self.peek() in ("_", "^"):
            sign = self.take()
            if sign in scripts:
                raise _NotTex
            scripts[sign] = self.body()
        if not primes and not scripts:
            return base
        return Scripted(base, scripts.get("_", ()), scripts.get("^", ()), primes)


def _tokens(text: str) -> Iterable[str]:
    """Commands and letters; blanks mean nothing in mathematics, but end the name of a command."""
    place = 0
    while place < len(text):
        end = place + 1
        if text[place] == "\\":
            while end < len(text) and text[end].isascii() and text[end].isalpha():
                end += 1
            end = end + 1 if end == place + 1 else end
        if not text[place].isspace():
            token = text[place:end]
            yield COMMANDS.get(token, token)
        place = end
