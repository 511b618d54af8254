"""Expressions as frozen trees of numbers, operands, sizes and calls, and how they are written.

A tree has limits on its size that hold whenever one is made, so what walks it needs none of its own.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, final

from .expression_words import (
    MAX_DEPTH,
    MAX_DIGITS,
    MAX_PARTS,
    ExpressionError,
    known_functions,
    name_fault,
    write_number,
)
from .scalar_functions import ATOM, COMPARE, FUNCTIONS, POWER, SIGN
from .size_terms import clipped
from .sizes import Size, SizeError


class Facts(NamedTuple):
    """What is known of an expression as a whole."""

    names: tuple[str, ...] = ()
    sizes: tuple[Size, ...] = ()
    depth: int = 1
    parts: int = 1


def _infix(function: str, *, swapped: bool = False) -> Callable[[Expression, Expression | float], Expression]:
    """The method of an operator; for operands it does not know, Python asks theirs."""

    def method(self: Expression, other: Expression | float) -> Expression:
        if isinstance(other, int | float):
            other = Number(other)
        if not isinstance(other, Expression):
            return NotImplemented
        return Call(function, (other, self) if swapped else (self, other))

    return method


class Expression(ABC):
    """A scalar computed from scalars.

    Python's operators build greater ones of expressions and numbers, except `==` and `!=`, which
    compare trees. Its text is canonical: it is read as an equal tree.
    """

    __slots__ = ()

    @property
    @abstractmethod
    def facts(self) -> Facts:
        """What is known of it as a whole."""

    @final
    @property
    def names(self) -> tuple[str, ...]:
        """Its operands, in the order of their first use."""
        return self.facts.names

    @final
    @property
    def sizes(self) -> tuple[Size, ...]:
        """The sizes whose numbers it uses, in the order of their first use."""
        return self.facts.sizes

    @final
    @property
    def depth(self) -> int:
        """How many parts stand inside each other at most."""
        return self.facts.depth

    @final
    @property
    def parts(self) -> int:
        """How many numbers, operands, sizes, operators and functions it is written with."""
        return self.facts.parts

    @abstractmethod
    def written(self) -> tuple[str, int]:
        """Its text, and how tightly that binds."""

    @final
    def __str__(self) -> str:
        return self.written()[0]

    __add__ = _infix("add")
    __sub__ = _infix("sub")
    __mul__ = _infix("mul")
    __truediv__ = _infix("div")
    __floordiv__ = _infix("floordiv")
    __mod__ = _infix("mod")
    __pow__ = _infix("pow")
    __radd__ = _infix("add", swapped=True)
    __rsub__ = _infix("sub", swapped=True)
    __rmul__ = _infix("mul", swapped=True)
    __rtruediv__ = _infix("div", swapped=True)
    __rfloordiv__ = _infix("floordiv", swapped=True)
    __rmod__ = _infix("mod", swapped=True)
    __rpow__ = _infix("pow", swapped=True)
    __lt__ = _infix("lt")
    __le__ = _infix("le")
    __gt__ = _infix("gt")
    __ge__ = _infix("ge")
    __and__ = _infix("and")
    __or__ = _infix("or")

    def __neg__(self) -> Expression:
        return Call("neg", (self,))

    def __invert__(self) -> Expression:
        return Call("not", (self,))

    def __bool__(self) -> bool:
        raise TypeError("expression: expected a scalar to be computed later, found a Python condition. Use where(...).")


@final
@dataclass(frozen=True, slots=True)
class Number(Expression):
    """A whole or real number; `2` and `2.0` are two different ones, and no zero is negative."""

    value: int | float
    whole: bool = field(init=False, repr=False)

    def __post_init__(self) -> None:
        whole = isinstance(self.value, int)
        if isinstance(self.value, bool) or math.isnan(self.value):
            raise ExpressionError(str(self.value), "a number", str(self.value), "Use 1.0 or 0.0.")
        if whole and abs(self.value) >= 10**MAX_DIGITS:
            raise ExpressionError(
                str(self.value), f"a whole number of at most {MAX_DIGITS} digits", "more", "Write 1e18 or so."
            )
        object.__setattr__(self, "whole", whole)
        object.__setattr__(self, "value", self.value if whole else float(self.value) + 0.0)

    @property
    def facts(self) -> Facts:
        return Facts()

    def written(self) -> tuple[str, int]:
        text = write_number(abs(self.value))
        return (f"-{text}", SIGN) if self.value < 0 else (text, ATOM)


@final
@dataclass(frozen=True, slots=True)
class Name(Expression):
    """An operand."""

    name: str

    def __post_init__(self) -> None:
        fault = name_fault(self.name)
        if fault:
            raise ExpressionError(self.name, "the name of an operand", fault, "Rename it.")

    @property
    def facts(self) -> Facts:
        return Facts(names=(self.name,))

    def written(self) -> tuple[str, int]:
        return self.name, ATOM


@final
@dataclass(frozen=True, slots=True)
class SizeOf(Expression):
    """The number that a size is."""

    size: Size

    def __post_init__(self) -> None:
        text = str(self.size)
        try:
            readable = Size.of(text) == self.size
        except SizeError:
            readable = False
        if not readable:
            fix = "Use a shorter size of plain names."
            raise ExpressionError(f"size({text})", "a size that is read back from its text", f"'{clipped(text)}'", fix)

    @property
    def facts(self) -> Facts:
        return Facts(sizes=(self.size,))

    def written(self) -> tuple[str, int]:
        return f"size({self.size})", ATOM


@final
@dataclass(frozen=True, slots=True)
class Call(Expression):
    """A function of the table `FUNCTIONS`, operators included, of expressions.

    Raises ExpressionError for a function or a number of arguments that do not exist, and above the
    limits of size.
    """

    function: str
    args: tuple[Expression, ...]
    facts: Facts = field(init=False, compare=False, repr=False)
    _hash: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        check_arity(self.function, len(self.args))
        facts = Facts(
            tuple(dict.fromkeys(name for arg in self.args for name in arg.names)),
            tuple(dict.fromkeys(size for arg in self.args for size in arg.sizes)),
            1 + max(arg.depth for arg in self.args),
            1 + sum(arg.parts for arg in self.args),
        )
        for what, limit, count in (("inside each other", MAX_DEPTH, facts.depth), ("", MAX_PARTS, facts.parts)):
            if count > limit:
                expected = f"at most {limit} parts {what}".rstrip()
                raise ExpressionError(self.function, expected, str(count), "Spread it over several nodes.")
        object.__setattr__(self, "facts", facts)
        object.__setattr__(self, "_hash", hash((self.function, self.args)))

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[type[Call], tuple[str, tuple[Expression, ...]]]:
        # texts hash differently in another process
        return Call, (self.function, self.args)

    def written(self) -> tuple[str, int]:
        function = FUNCTIONS[self.function]
        symbol, level = function.symbol, function.level
        if not symbol:
            return f"{self.function}({', '.join(map(str, self.args))})", ATOM
        if len(self.args) == 1:
            held = self.args[0]
            # -(2) is no number but the negative of one
            positive = isinstance(held, Number) and held.value > 0
            bound = ATOM + 1 if positive and self.function == "neg" else level
            return f"{symbol}{_bracketed(held, bound)}", level
        left, right = level, level + 1
        if level in (COMPARE, POWER):
            left, right = (level + 1, SIGN) if level == POWER else (level + 1, level + 1)
        return f"{_bracketed(self.args[0], left)} {symbol} {_bracketed(self.args[1], right)}", level


def check_arity(function: str, count: int) -> None:
    """Raise ExpressionError for an unknown function or a number of arguments it does not take."""
    found = FUNCTIONS.get(function)
    if found is None:
        raise ExpressionError(function, "a function", f"'{clipped(function)}'", known_functions(function))
    least, greatest = found.arity
    if count < least or (greatest is not None and count > greatest):
        number = f"{least} or more arguments" if greatest is None else f"{least} argument{'s' * (least > 1)}"
        listed = ", ".join(found.parameters) + ", ..." * found.variadic
        raise ExpressionError(function, f"{number} of '{function}'", str(count), f"Write {function}({listed}).")


def substitute(expression: Expression, values: Mapping[str, Expression]) -> Expression:
    """The expression with expressions in place of some operands, all at once."""
    if isinstance(expression, Name):
        return values.get(expression.name, expression)
    if not isinstance(expression, Call) or values.keys().isdisjoint(expression.names):
        return expression
    return Call(expression.function, tuple(substitute(arg, values) for arg in expression.args))


def _bracketed(expression: Expression, bound: int) -> str:
    """Its text, in brackets if it binds less tightly than asked."""
    text, level = expression.written()
    return f"({text})" if level < bound else text
