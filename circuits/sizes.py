"""Sizes: symbolic whole numbers such as `h*k` and `(x+2*p-d*(k-1)-1)//s+1`, in a normal form of our own.

Sizes are compared, hashed and solved many times for each edit, and their text may come from strangers. A general
algebra system missed true identities, ran code from a text, hung on `9**9**8` and was hundreds of times slower; hence
integer polynomials over names and floor divisions (`size_algebra`), a parser with limits (`size_text`), and no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import final

from .size_algebra import add, divide, evaluate, floor_divide, multiply, power, settle, substitute
from .size_equation import Solved, Verdict, solve_zero
from .size_terms import OVERFLOW, Monomial, SizeError, Terms, name_terms, names_in, write
from .size_text import MAX_TEXT, read

__all__ = ["Size", "SizeError", "Solved", "Verdict", "exact_div", "solve"]

_assign = object.__setattr__


@final
class Size:
    """A symbolic whole number; frozen, hashable, and equal to another exactly if their normal forms are.

    Made by `Size.of` and `Size.name`, and by `+ - * // **` with sizes and whole numbers, which raise SizeError above
    the limits of 18 digits, powers of 16 and 256 terms, and for division by zero. A size that is a number equals it.
    """

    __slots__ = ("_hash", "_names", "terms")
    terms: Terms
    _hash: int | None
    _names: frozenset[str] | None

    def __init__(self, terms: Terms) -> None:
        _assign(self, "terms", terms)
        _assign(self, "_hash", None)
        _assign(self, "_names", None)

    @staticmethod
    def of(value: int | str | Size) -> Size:
        """The size that a number or a text says; raises SizeError.

        A text has at most 500 characters and 32 brackets in each other. `x'` reads as `x`; `x/2` is an axis of its own.
        """
        if isinstance(value, Size):
            return value
        if isinstance(value, str):
            return _read(value)
        return _number(_whole(value))

    @staticmethod
    def name(text: str) -> Size:
        """The size of an axis of any name; a twin `x'` has the size of `x`."""
        return _name(text)

    @property
    def names(self) -> frozenset[str]:
        """All names in it, those inside divisions included."""
        if self._names is None:
            _assign(self, "_names", names_in(self.terms))
        return self._names or frozenset()

    @property
    def number(self) -> int | None:
        """The value, if it is a constant."""
        if not self.terms:
            return 0
        return self.terms[0][1] if not self.terms[0][0] else None

    @property
    def sole_name(self) -> str | None:
        """The name, if it is nothing but a name."""
        if len(self.terms) == 1:
            monomial, scale = self.terms[0]
            if scale == 1 and len(monomial) == 1 and not monomial[0].parts:
                return monomial[0].name
        return None

    def at(self, values: Mapping[str, int | Size]) -> Size:
        """The size with numbers or sizes in place of some names, all at once."""
        known = {name: Size.of(values[name]).terms for name in self.names if name in values}
        return Size(substitute(self.terms, known)) if known else self

    def evaluate(self, values: Mapping[str, int]) -> int:
        """The number it is; raises SizeError naming every name without a value."""
        missing = sorted(self.names - values.keys())
        if missing:
            raise SizeError(
                str(self),
                "a value for every name",
                f"none for {', '.join(missing)}",
                "Give the missing values.",
            )
        try:
            number = evaluate(self.terms, values)
        except ZeroDivisionError:
            raise SizeError(str(self), "a divisor other than 0", "0", "Divide by a positive size.") from None
        return number if -OVERFLOW < number < OVERFLOW else settle({(): number})[0][1]

    def linear_in(self, name: str) -> tuple[Size, Size] | None:
        """`a, b` without `name` such that the size is `a*name + b`, or None."""
        atom = name_terms(name)[0][0][0]
        slope: dict[Monomial, int] = {}
        rest: dict[Monomial, int] = {}
        for monomial, scale in self.terms:
            others = tuple(other for other in monomial if other != atom)
            if len(monomial) - len(others) > 1 or any(name in names_in(part) for one in others for part in one.parts):
                return None
            (rest if len(others) == len(monomial) else slope)[others] = scale
        return Size(settle(slope)), Size(settle(rest))

    def divides(self, other: int | str | Size) -> bool:
        """Whether the other is this size times a size."""
        return bool(self.terms) and exact_div(Size.of(other), self) is not None

    def __add__(self, other: int | Size) -> Size:
        terms = _operand(other)
        return NotImplemented if terms is None else Size(add((self.terms, 1), (terms, 1)))

    def __sub__(self, other: int | Size) -> Size:
        terms = _operand(other)
        return NotImplemented if terms is None else Size(add((self.terms, 1), (terms, -1)))

    def __rsub__(self, other: int) -> Size:
        terms = _operand(other)
        return NotImplemented if terms is None else Size(add((terms, 1), (self.terms, -1)))

    def __mul__(self, other: int | Size) -> Size:
        terms = _operand(other)
        return NotImplemented if terms is None else Size(multiply(self.terms, terms))

    def __floordiv__(self, other: int | Size) -> Size:
        terms = _operand(other)
        return NotImplemented if terms is None else Size(floor_divide(self.terms, terms))

    def __rfloordiv__(self, other: int) -> Size:
        terms = _operand(other)
        return NotImplemented if terms is None else Size(floor_divide(terms, self.terms))

    def __pow__(self, exponent: int | Size) -> Size:
        number = exponent.number if isinstance(exponent, Size) else _whole(exponent)
        if number is None:
            raise SizeError(str(self), "a number as power", str(exponent), "Use a whole number.")
        return Size(power(self.terms, number))

    def __neg__(self) -> Size:
        return Size(add((self.terms, -1)))

    __radd__ = __add__
    __rmul__ = __mul__

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Size):
            return self is other or self.terms == other.terms
        return self.number == other if isinstance(other, int) else NotImplemented

    def __hash__(self) -> int:
        if self._hash is None:
            number = self.number
            _assign(self, "_hash", hash(self.terms) if number is None else hash(number))
        return self._hash or 0

    def __str__(self) -> str:
        return write(self.terms)

    def __repr__(self) -> str:
        text = write(self.terms)
        if self.number is not None:
            return f"Size.of({text})"
        if len(text) <= MAX_TEXT and all(_readable(name) for name in self.names):
            return f"Size.of({text!r})"
        return write(self.terms, lambda name: f"Size.name({name!r})")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a size is frozen: '{name}' cannot be set")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a size is frozen: '{name}' cannot be deleted")

    def __reduce__(self) -> tuple[type[Size], tuple[Terms]]:
        return Size, (self.terms,)


def exact_div(dividend: Size, divisor: Size) -> Size | None:
    """The size that times `divisor` is `dividend`, or None; raises SizeError for a divisor of 0."""
    if not divisor.terms:
        raise SizeError(f"({dividend})//0", "a divisor other than 0", "0", "Divide by a positive size.")
    quotient, rest = divide(dividend.terms, divisor.terms)
    return None if rest else Size(quotient)


def solve(left: Size, right: Size) -> Solved:
    """What `left = right` says of its names, which are whole numbers of at least 0.

    Raises SizeError where their difference passes the limits.
    """
    return solve_zero(add((left.terms, 1), (right.terms, -1)))


@lru_cache(maxsize=4096)
def _read(text: str) -> Size:
    return Size(read(text))


@lru_cache(maxsize=4096)
def _number(value: int) -> Size:
    return Size(settle({(): value}))


@lru_cache(maxsize=8192)
def _name(text: str) -> Size:
    name = text.rstrip("'")
    if not name:
        raise SizeError(text, "a name", "none" if not text else "only primes", "Name the axis.")
    return Size(name_terms(name))


@lru_cache(maxsize=4096)
def _readable(name: str) -> bool:
    """Whether the parser reads a name as that name."""
    try:
        return read(name) == name_terms(name)
    except SizeError:
        return False


def _whole(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise SizeError(str(value), "a whole number", type(value).__name__, "Use a whole number, a text or a size.")


def _operand(value: object) -> Terms | None:
    """Terms of what may stand beside an operator; None for what may not."""
    if isinstance(value, Size):
        return value.terms
    return _number(value).terms if isinstance(value, int) else None
