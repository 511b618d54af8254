"""Sizes as Python expressions."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import Any

from circuits import Size


def size_code(size: Size, name: Callable[[str], str]) -> str:
    """A size as Python, each of its names written by `name`: `h * k + 1`, `(x - 1) // 2`."""
    return _terms(size.terms, name)


def _terms(terms: Any, name: Callable[[str], str]) -> str:
    # a negative term does not lead where another can
    shown = sorted(terms, key=lambda term: term[1] < 0)
    words: list[str] = []
    for monomial, scale in shown:
        if words or scale < 0:
            words.append("-" if scale < 0 else "+")
        words.append(_product(monomial, abs(scale), name))
    return " ".join(words) or "0"


def _product(monomial: Any, scale: int, name: Callable[[str], str]) -> str:
    factors = [str(scale)] if scale != 1 or not monomial else []
    for atom, run in groupby(monomial):
        count = sum(1 for _ in run)
        if atom.parts:
            dividend, divisor = (_terms(part, name) for part in atom.parts)
            word = f"(({dividend}) // ({divisor}))"
        else:
            word = name(atom.name)
        factors.append(f"({word}) ** {count}" if count > 1 else f"({word})")
    return " * ".join(factors)
