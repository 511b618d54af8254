"""Reading sizes from text, with a parser of our own: nothing in a text is ever run.

    sum:     product (('+' | '-') product)*
    product: factor (('*' | '//') factor)*
    factor:  ['-'] atom ['**' number]
    atom:    number | name | '(' sum ')'
    name:    letters, digits and _, then an optional '[' sum ']', an optional stride, then primes, which are dropped
    stride:  '/' number

A twin `x'` has the size of `x`. The index of `c[l-1]` is part of the name, in normal form, and so is the stride of a
derived axis: `x/2` is its name, while `x//2` is half of `x`.
"""

from __future__ import annotations

import re
from unicodedata import normalize

from .size_algebra import add, floor_divide, multiply, power
from .size_terms import MAX_DIGITS, MAX_POWER, SizeError, Terms, name_terms, write

MAX_TEXT = 500
MAX_DEPTH = 32
_NAME = r"[^\W\d][\w\u0300-\u036f]*"
_TOKEN = re.compile(rf"\s*([0-9]+|{_NAME}(?:/[0-9]+)?'*|\*\*|//|\S)")
_STARTS_NAME = re.compile(_NAME).match
_FIXES = {
    "": "Complete it.",
    "**": "Use one power with a number.",
    "/": "Write // for whole division.",
    "÷": "Write // for whole division.",
    "^": "Write ** for a power.",
    "×": "Write * for a product.",
    "·": "Write * for a product.",
    "−": "Write - with the ASCII sign.",
    ".": "Sizes are whole numbers.",
    "=": "Give one side of the equation.",
    ")": "Check the brackets.",
    "]": "Check the brackets.",
}


def read(text: str) -> Terms:
    """The size that a text says; raises SizeError, which quotes the text."""
    if len(text) > MAX_TEXT:
        raise SizeError(text, f"at most {MAX_TEXT} characters", str(len(text)), "Name a part of it.")
    try:
        return _Reader(text if text.isascii() else normalize("NFC", text)).whole()
    except SizeError as error:
        raise error.within(text) from None


class _Reader:
    """A recursive descent over the tokens of one text."""

    __slots__ = ("at", "depth", "text", "tokens")

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = [*_TOKEN.findall(text), ""]
        self.at = 0
        self.depth = 0

    def whole(self) -> Terms:
        size = self.sum()
        if self.tokens[self.at]:
            raise self.unexpected("an operator or the end")
        return size

    def sum(self) -> Terms:
        first = self.product()
        sign = self.tokens[self.at]
        if sign != "+" and sign != "-":
            return first
        scaled = [(first, 1)]
        while sign == "+" or sign == "-":
            self.at += 1
            scaled.append((self.product(), 1 if sign == "+" else -1))
            sign = self.tokens[self.at]
        return add(*scaled)

    def product(self) -> Terms:
        size = self.factor()
        operator = self.tokens[self.at]
        while operator == "*" or operator == "//":
            self.at += 1
            other = self.factor()
            size = multiply(size, other) if operator == "*" else floor_divide(size, other)
            operator = self.tokens[self.at]
        return size

    def factor(self) -> Terms:
        negative = self.tokens[self.at] == "-"
        self.at += negative
        size = self.atom()
        if self.tokens[self.at] == "**":
            self.at += 1
            if not "0" <= self.tokens[self.at][:1] <= "9":
                raise self.unexpected(f"a whole power from 0 to {MAX_POWER}", "Write a number.")
            size = power(size, self.number())
            if self.tokens[self.at] == "**":
                raise self.unexpected("one power")
        return add((size, -1)) if negative else size

    def atom(self) -> Terms:
        token = self.tokens[self.at]
        if token.isidentifier() or _STARTS_NAME(token):
            self.at += 1
            return name_terms(self.indexed(token) if self.tokens[self.at] == "[" else token.rstrip("'"))
        if "0" <= token[:1] <= "9":
            number = self.number()
            return (((), number),) if number else ()
        if token != "(":
            raise self.unexpected("a number, a name or '('")
        return self.bracket(")")

    def indexed(self, name: str) -> str:
        """A name with its index; the position is at the bracket."""
        if name.endswith("'"):
            raise self.unexpected("an operator or the end", "Write primes after the index.")
        if "/" in name:
            raise self.unexpected("an operator or the end", "Write the stride after the index.")
        name = f"{name}[{write(self.bracket(']'))}]"
        if self.tokens[self.at] == "/" and "0" <= self.tokens[self.at + 1][:1] <= "9":
            name += "/" + self.tokens[self.at + 1]
            self.at += 2
        while self.tokens[self.at] == "'":
            self.at += 1
        return name

    def number(self) -> int:
        token = self.tokens[self.at]
        if len(token) > MAX_DIGITS:
            raise SizeError(
                "",
                f"numbers of at most {MAX_DIGITS} digits",
                f"one of {len(token)}",
                "Use smaller numbers.",
            )
        self.at += 1
        return int(token)

    def bracket(self, closing: str) -> Terms:
        """What stands between brackets; the position is at the opening one."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise SizeError("", f"at most {MAX_DEPTH} brackets in each other", "more", "Name a part of it.")
        self.at += 1
        size = self.sum()
        if self.tokens[self.at] != closing:
            raise self.unexpected(f"an operator or '{closing}'")
        self.at += 1
        self.depth -= 1
        return size

    def unexpected(self, expected: str, fix: str | None = None) -> SizeError:
        """The error that something else than the next token was expected."""
        token = self.tokens[self.at]
        found = "the end"
        if token:
            place = [match.start(1) for match in _TOKEN.finditer(self.text)][self.at] + 1
            found = f"'{token}' at character {place}"
        fix = fix or _FIXES.get(token)
        if fix is None and expected.startswith("an operator") and (token == "(" or token[:1].isalnum()):
            fix = "Write * between factors."
        return SizeError("", expected, found, fix or "Use names, whole numbers, + - * // ** and brackets.")
