"""The words of elementwise expressions: their limits, names and numbers, and the error of all that read them."""

from __future__ import annotations

import math
import re
from keyword import iskeyword

from .errors import CircuitloomError, did_you_mean
from .scalar_functions import FUNCTIONS
from .size_terms import clipped

MAX_TEXT = 2000
MAX_DEPTH = 64
MAX_PARTS = 500
MAX_DIGITS = 18
CONSTANTS = {"pi": math.pi, "inf": math.inf}
SIZE = "size"

_EXPONENT = re.compile(r"e\+?(-?)0*([1-9])")


class ExpressionError(CircuitloomError, ValueError):
    """What makes no expression or no sense in one: *expression 'TEXT': expected X, found Y. Fix*."""

    def __init__(self, where: str, expected: str, found: str, fix: str) -> None:
        self.where, self.expected, self.found, self.fix = where, expected, found, fix
        super().__init__(where, expected, found, fix)

    def __str__(self) -> str:
        return f"expression '{clipped(self.where)}': expected {self.expected}, found {self.found}. {self.fix}"


def is_function(word: str) -> bool:
    """Whether a word in front of a bracket makes a call; operators are not called by name."""
    return word == SIZE or (word in FUNCTIONS and not FUNCTIONS[word].symbol)


def name_fault(word: str) -> str:
    """What keeps a word from being the name of an operand, or nothing."""
    if is_function(word):
        return f"the function '{word}'"
    if word in CONSTANTS:
        return f"the number '{word}'"
    if iskeyword(word):
        return f"the word '{word}' of Python"
    return "" if word.isidentifier() else f"'{clipped(word)}'"


def known_functions(word: str) -> str:
    """The fix for a function that does not exist: the nearest, else all of them."""
    known = sorted(filter(is_function, FUNCTIONS))
    near = did_you_mean(word, known).strip()
    return near or f"Functions are {', '.join(known)} and {SIZE}."


def write_number(value: float) -> str:
    """The shortest text that is read as the same number of the same kind."""
    for name, constant in CONSTANTS.items():
        if value == constant:
            return name
    return _EXPONENT.sub(r"e\1\2", repr(value)) if isinstance(value, float) else str(value)
