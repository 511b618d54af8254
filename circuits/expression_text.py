"""Reading expressions from text, with a parser of our own: nothing in a text is ever run.

    comparison:  choice [('<' | '<=' | '>' | '>=' | '==' | '!=') choice]
    choice:      both ('|' both)*
    both:        sum ('&' sum)*
    sum:         product (('+' | '-') product)*
    product:     signed (('*' | '/' | '//' | '%') signed)*
    signed:      ('-' | '~') signed | power
    power:       atom ['**' signed]
    atom:        number | name | 'pi' | 'inf' | '(' comparison ')'
                 | 'size' '(' size ')' | function '(' comparison (',' comparison)* ')'

A `-` right before a number that is no base of a power belongs to the number.
"""

from __future__ import annotations

import math
import re

from .expression_tree import Call, Expression, Name, Number, SizeOf, check_arity
from .expression_words import (
    CONSTANTS,
    MAX_DEPTH,
    MAX_DIGITS,
    MAX_TEXT,
    SIZE,
    ExpressionError,
    is_function,
    known_functions,
    name_fault,
)
from .scalar_functions import COMPARE, FUNCTIONS, POWER, SIGN, Function
from .size_terms import clipped
from .sizes import Size, SizeError

# brackets and operators may take turns in standing inside each other
_MAX_NESTED = 2 * MAX_DEPTH
_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[^\W\d]\w*)|(?P<symbol>\*\*|//|[<>=!]=|\S|\Z))"
)
_BRACKET = re.compile(r"[()]")
_BINARY = {found.symbol: found for found in FUNCTIONS.values() if found.symbol and len(found.parameters) == 2}
_SIGNS = {found.symbol: found for found in FUNCTIONS.values() if found.symbol and len(found.parameters) == 1}
_FIXES = {
    "": "Complete it.",
    "=": "Write == to compare.",
    "!": "Write != to compare and ~ to negate.",
    "^": "Write ** for a power.",
    "and": "Write &, with comparisons in brackets.",
    "or": "Write |, with comparisons in brackets.",
    "not": "Write ~, with a comparison in brackets.",
    "if": "Write where(condition, then, otherwise).",
    "×": "Write * for a product.",
    "·": "Write * for a product.",
    "÷": "Write / for a quotient.",
    "−": "Write - with the ASCII sign.",
    "√": "Write sqrt(...).",
    "π": "Write pi.",
    "∞": "Write inf.",
    ")": "Check the brackets.",
    ",": "Check the brackets.",
    ".": "Use names of letters, digits and _.",
    "'": "Use names of letters, digits and _.",
    "[": "Use names of letters, digits and _.",
}
_OPERAND = "a number, an operand, a function or '('"


def read(text: str) -> Expression:
    """The expression that a text says; raises ExpressionError, which quotes the text."""
    if len(text) > MAX_TEXT:
        raise _too_long(text, len(text))
    try:
        expression = _Reader(text).whole()
    except ExpressionError as error:
        raise ExpressionError(text, error.expected, error.found, error.fix) from None
    length = len(str(expression))
    if length > MAX_TEXT:
        raise _too_long(text, length)
    return expression


def _too_long(text: str, length: int) -> ExpressionError:
    return ExpressionError(text, f"at most {MAX_TEXT} characters", str(length), "Spread it over several nodes.")


class _Reader:
    """A precedence climb over one text; the next token is known."""

    __slots__ = ("end", "kind", "nested", "start", "text", "token")

    def __init__(self, text: str) -> None:
        self.text = text
        self.nested = 0
        self.end = 0
        self.move()

    def move(self) -> None:
        """Go to the next token; the empty one is the end."""
        match = _TOKEN.match(self.text, self.end)
        assert match is not None
        self.kind = match.lastgroup or ""
        self.token = match[self.kind]
        self.start, self.end = match.span(self.kind)

    def whole(self) -> Expression:
        expression = self.binary(COMPARE)
        if self.token:
            raise self.unexpected("an operator or the end")
        return expression

    def binary(self, level: int) -> Expression:
        """An operand, and the operators behind it that bind at least so tightly."""
        self.nested += 1
        if self.nested > _MAX_NESTED:
            raise ExpressionError(
                "", f"at most {MAX_DEPTH} parts inside each other", "more", "Spread it over several nodes."
            )
        left = self.operand()
        operator = _BINARY.get(self.token)
        while operator is not None and operator.level >= level:
            self.move()
            right = self.binary(SIGN if operator.level == POWER else operator.level + 1)
            left = Call(operator.name, (left, right))
            following = _BINARY.get(self.token)
            if operator.level == COMPARE and following is not None and following.level == COMPARE:
                raise self.unexpected("one comparison", "Put comparisons in brackets and join them with &.")
            operator = following
        self.nested -= 1
        return left

    def operand(self) -> Expression:
        """What stands between binary operators."""
        token, start = self.token, self.start
        if token in _SIGNS:
            self.move()
            return self.signed(_SIGNS[token])
        if self.kind == "number":
            self.move()
            return self.number(token, start)
        if self.kind == "name":
            self.move()
            return self.call(token, start) if self.token == "(" else self.name(token, start)
        if token != "(":
            raise self.unexpected(_OPERAND)
        self.move()
        inner = self.binary(COMPARE)
        self.close("an operator or ')'")
        return inner

    def signed(self, sign: Function) -> Expression:
        """What a sign stands before."""
        literal = self.kind == "number" or self.token in CONSTANTS
        held = self.binary(SIGN)
        if sign.name == "neg" and literal and isinstance(held, Number) and held.value:
            return Number(-held.value)
        return Call(sign.name, (held,))

    def number(self, token: str, start: int) -> Expression:
        if token.isdigit():
            if len(token.lstrip("0")) > MAX_DIGITS:
                raise self.wrong(f"a whole number of at most {MAX_DIGITS} digits", token, start, "Write 1e18 or so.")
            return Number(int(token))
        value = float(token)
        if math.isinf(value):
            raise self.wrong("a number below 1.8e308", token, start, "Write inf for infinity.")
        return Number(value)

    def name(self, token: str, start: int) -> Expression:
        if token in CONSTANTS:
            return Number(CONSTANTS[token])
        if is_function(token):
            raise self.unexpected(f"'(' behind the function '{token}'", f"Write {token}(...), or rename the operand.")
        if name_fault(token):
            raise self.wrong("an operand", token, start, _FIXES.get(token, "Rename it."))
        return Name(token)

    def call(self, token: str, start: int) -> Expression:
        """A function of what stands in brackets; the next token is the opening one."""
        if token == SIZE:
            return self.size()
        if not is_function(token):
            fix = f"Write it with {FUNCTIONS[token].symbol}." if token in FUNCTIONS else known_functions(token)
            raise self.wrong("a function", token, start, _FIXES.get(token, fix))
        self.move()
        args = []
        while self.token != ")":
            args.append(self.binary(COMPARE))
            if self.token != ",":
                break
            self.move()
        self.close("an operator, ',' or ')'")
        try:
            check_arity(token, len(args))
        except ExpressionError as error:
            found = f"{error.found} at position {start + 1}"
            raise ExpressionError("", error.expected, found, error.fix) from None
        return Call(token, tuple(args))

    def size(self) -> Expression:
        """A size, which is read by its own rules up to the bracket that closes it."""
        depth = 1
        for bracket in _BRACKET.finditer(self.text, self.end):
            depth += 1 if bracket[0] == "(" else -1
            if depth == 0:
                start, self.end = self.end, bracket.end()
                try:
                    size = Size.of(self.text[start : bracket.start()])
                except SizeError as error:
                    found = f"{error.found} in the size at position {start + 1}"
                    raise ExpressionError("", error.expected, found, error.fix) from None
                self.move()
                return SizeOf(size)
        self.end = len(self.text)
        self.move()
        raise self.unexpected("')' behind the size")

    def close(self, expected: str) -> None:
        if self.token != ")":
            raise self.unexpected(expected)
        self.move()

    def unexpected(self, expected: str, fix: str = "") -> ExpressionError:
        """The error that something else than the next token was expected."""
        fix = fix or _FIXES.get(self.token, "")
        if not fix and expected.startswith("an operator") and (self.token == "(" or self.kind != "symbol"):
            fix = "Write * between factors."
        return self.wrong(expected, self.token, self.start, fix or "Use operands, numbers, operators and brackets.")

    def wrong(self, expected: str, token: str, start: int, fix: str) -> ExpressionError:
        """The error that something else than the token at `start` was expected."""
        found = f"'{clipped(token)}' at position {start + 1}" if token else "the end"
        return ExpressionError("", expected, found, fix)
