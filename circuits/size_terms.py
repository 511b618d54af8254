"""The data of sizes: terms as plain nested tuples, how they are written, and the error of all size operations.

A term is a monomial and its coefficient; a monomial is a sorted tuple of atoms, repeated for powers, `()` being 1; an
atom is a name or a floor division that stays. Terms are sorted by falling degree, then by name. Plain tuples make
equality, hashing and ordering run at C speed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple, TypeAlias

from .errors import CircuitloomError

MAX_DIGITS = 18
MAX_POWER = 16
MAX_TERMS = 256
OVERFLOW = 10**MAX_DIGITS
_SHOWN = 80

Monomial: TypeAlias = "tuple[Atom, ...]"
Term: TypeAlias = "tuple[Monomial, int]"
Terms: TypeAlias = "tuple[Term, ...]"


class Atom(NamedTuple):
    """A name, or a floor division whose `parts` are numerator and divisor; `weight` counts the terms in them."""

    weight: int
    name: str
    parts: tuple[Terms, ...]


class SizeError(CircuitloomError, ValueError):
    """A text or an operation that makes no size.

    It reads *size 'TEXT': expected X, found Y. Fix.*
    """

    def __init__(self, where: str, expected: str, found: str, fix: str) -> None:
        self.where, self.expected, self.found, self.fix = where, expected, found, fix
        super().__init__(where, expected, found, fix)

    def __str__(self) -> str:
        where, found = clipped(self.where), clipped(self.found)
        return f"size '{where}': expected {self.expected}, found {found}. {self.fix}"

    def within(self, where: str) -> SizeError:
        """The same error, found while reading the text `where`."""
        return SizeError(where, self.expected, self.found, self.fix)


def clipped(words: str) -> str:
    """A text that is safe to print in a message: short and without control characters."""
    if len(words) > _SHOWN:
        words = words[: _SHOWN - 1] + "…"
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in words)


@lru_cache(maxsize=8192)
def name_terms(name: str) -> Terms:
    """The size that is the name itself."""
    return (((Atom(0, name, ()),), 1),)


def weight(terms: Iterable[Term]) -> int:
    """How many terms there are, those inside divisions included."""
    count = 0
    for monomial, _ in terms:
        count += 1
        for atom in monomial:
            count += atom.weight
    return count


def names_in(terms: Terms) -> frozenset[str]:
    """All names, those inside divisions included."""
    atoms = {atom for monomial, _ in terms for atom in monomial}
    names = frozenset(atom.name for atom in atoms if not atom.parts)
    return names.union(*(names_in(part) for atom in atoms for part in atom.parts))


def rank(monomial: Monomial) -> tuple[int, Monomial]:
    """Sort key of monomials: falling degree, then names."""
    return -len(monomial), monomial


def order(term: Term) -> tuple[int, Monomial]:
    """Sort key of terms: that of their monomials."""
    return -len(term[0]), term[0]


def joined(one: Monomial, other: Monomial) -> Monomial:
    """The product of two monomials."""
    return tuple(sorted(one + other)) if one and other else one or other


def write(terms: Terms, name: Callable[[str], str] = str) -> str:
    """Terms as text, with names written by `name`: `h*k+1`, `(x-1)//2`."""
    shown = list(_gathered(terms))
    if shown and shown[0][1] < 0:
        first = next((term for term in shown if term[1] > 0), shown[0])
        shown.remove(first)
        shown.insert(0, first)
    words: list[str] = []
    for monomial, scale in shown:
        bare = abs(scale) == 1 if words else scale == 1
        if words or scale < 0:
            words.append("-" if scale < 0 else "+")
        if bare and len(monomial) == 1 and monomial[0].parts:
            words.append(_write_division(monomial[0], name))
        else:
            words.append(_write_product(monomial, abs(scale), name))
    return "".join(words) or "0"


def _gathered(terms: Terms) -> Terms:
    """A division takes back the terms it shares with the sum: `(x+1)//2-1` reads `(x-1)//2`."""
    held = [term for term in terms if term[1] == 1 and len(term[0]) == 1 and term[0][0].parts]
    if len(held) != 1 or len(held[0][0][0].parts[1]) != 1:
        return terms
    numerator, divisor = held[0][0][0].parts
    lead, unit = divisor[0]
    inside, outside = dict(numerator), dict(terms)
    for monomial, scale in terms:
        multiple = joined(monomial, lead)
        if multiple in inside and abs(inside[multiple] + scale * unit) < OVERFLOW:
            inside[multiple] += scale * unit
            del outside[monomial]
    del outside[held[0][0]]
    division = Atom(held[0][0][0].weight, "", (tuple(sorted(inside.items(), key=order)), divisor))
    return tuple(sorted([*outside.items(), ((division,), 1)], key=order))


def _write_product(monomial: Monomial, scale: int, name: Callable[[str], str]) -> str:
    factors = [str(scale)] if scale != 1 or not monomial else []
    alone = scale == 1 and len(monomial) == 1
    for atom, run in groupby(monomial):
        count = sum(1 for _ in run)
        word = _write_division(atom, name) if atom.parts else name(atom.name)
        if atom.parts or ("/" in atom.name and not alone):
            word = f"({word})"
        factors.append(f"{word}**{count}" if count > 1 else word)
    return "*".join(factors)


def _write_division(atom: Atom, name: Callable[[str], str]) -> str:
    numerator, divisor = (write(part, name) for part in atom.parts)
    if len(atom.parts[0]) > 1 or atom.parts[0][0][1] < 0 or _is_derived(atom.parts[0]):
        numerator = f"({numerator})"
    monomial, scale = atom.parts[1][0]
    is_name = scale == 1 and len(set(monomial)) == 1 and not monomial[0].parts
    if len(atom.parts[1]) > 1 or (monomial and not is_name) or _is_derived(atom.parts[1]):
        divisor = f"({divisor})"
    return f"{numerator}//{divisor}"


def _is_derived(terms: Terms) -> bool:
    """Whether it is nothing but the name of a derived axis, `x/2`, which stands in brackets beside an operator."""
    return len(terms) == 1 and terms[0][1] == 1 and len(terms[0][0]) == 1 and "/" in terms[0][0][0].name
