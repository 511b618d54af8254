"""From the names of a circuit to Python identifiers, the same each time.

A circuit's names may hold primes, strides and indices (`x'`, `x/2`, `c[l-1]`); Python's may not, nor may a printed
variable hide what the program uses.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Iterable

# What printed code uses by these names, and the letters a linter takes for digits.
TAKEN = frozenset(
    [
        "F",
        "Tensor",
        "nn",
        "torch",
        "math",
        "self",
        "super",
        "range",
        "zip",
        "reversed",
        "len",
        "tuple",
        "list",
        "dict",
        "int",
        "float",
        "bool",
        "str",
        "print",
        "max",
        "min",
        "sum",
        "abs",
        "sorted",
        "enumerate",
        "isinstance",
        "set",
        "l",
        "O",
        "I",
    ]
)
_WORDS = {
    "'": "_twin",
    "//": "_over_",
    "/": "_by_",
    "**": "_to_",
    "*": "_times_",
    "+": "_plus_",
    "-": "_minus_",
    "[": "_",
}
_SIGN = re.compile(r"//|\*\*|['/*+\-\[]")
_OTHER = re.compile(r"\W+")


def identifier(name: str) -> str:
    """A Python identifier that reads like the name: `x'` is `x_twin`, `x/2` is `x_by_2`, `c[l-1]` is `c_l_minus_1`."""
    text = unicodedata.normalize("NFKC", name)
    text = _SIGN.sub(lambda match: _WORDS[match[0]], text.replace("]", ""))
    text = re.sub("__+", "_", _OTHER.sub("_", text)).rstrip("_") or "value"
    if not text.isidentifier():
        text = f"n_{text}" if f"n_{text}".isidentifier() else "value"
    return f"{text}_" if keyword.iskeyword(text) or text in TAKEN else text


def class_name(name: str) -> str:
    """The name in CamelCase: `multi_head_attention` is `MultiHeadAttention`."""
    words = [word for word in identifier(name).split("_") if word]
    text = "".join(word[0].upper() + word[1:] for word in words)
    return text if text.isidentifier() and not keyword.iskeyword(text) else f"Module{text}"


def is_attribute(name: str) -> bool:
    """Whether `self.<name>` is valid Python and keeps the name as it stands."""
    plain = unicodedata.normalize("NFKC", name) == name
    # names with two leading underscores are changed inside a class
    return plain and name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("__")


class Names:
    """Hands out identifiers, each once."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)

    def fresh(self, wanted: str, joint: str = "_") -> str:
        """`wanted`, or the first of `wanted_2`, `wanted_3` ... that is still free."""
        name, number = wanted, 1
        while name in self._taken:
            number += 1
            name = f"{wanted}{joint}{number}"
        self._taken.add(name)
        return name

    def __contains__(self, name: str) -> bool:
        return name in self._taken
