"""Writing sums of products, in plain text and in TeX."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

# Names with their exponents, sorted; a term is a product with its coefficient.
Powers = tuple[tuple[str, Fraction], ...]
Term = tuple[Powers, Fraction]


@dataclass(frozen=True, slots=True)
class Writer:
    """How powers, products, quotients and brackets are written."""

    power: Callable[[str, Fraction], str]
    times: str
    quotient: Callable[[str, Sequence[str]], str]
    bracket: Callable[[str], str]

    def sum(self, terms: Sequence[Term]) -> str:
        """A sum; terms that differ by what they divide by stand in one bracket: `a*b*c*(1/g_a + 1/g_c) + a*c`."""
        found: dict[tuple[Powers, int, bool], list[Term]] = {}
        for term in terms:
            above, below = _halves(term)
            key = (above, abs(term[1].numerator), bool(below or term[1].denominator > 1))
            found.setdefault(key if term[1] > 0 else (term[0], term[1].numerator, False), []).append(term)
        words = ""
        for (above, scale, _), group in found.items():
            if len(group) == 1:
                word = self.term(group[0])
            else:
                inside = " + ".join(self.term(_divisor(term)) for term in group)
                word = self.times.join([self.term((above, Fraction(scale))), self.bracket(inside)])
                word = self.bracket(inside) if not above and scale == 1 else word
            sign = "-" if group[0][1] < 0 else "+"
            words += (f" {sign} " if words else sign.strip("+")) + word
        return words or "0"

    def term(self, term: Term) -> str:
        """One product without its sign."""
        above, below = _halves(term)
        number = abs(term[1])
        top = [str(number.numerator)] if number.numerator != 1 or not above else []
        bottom = [str(number.denominator)] if number.denominator != 1 else []
        top += [self.power(*item) for item in above]
        bottom += [self.power(*item) for item in below]
        return self.quotient(self.times.join(top), bottom) if bottom else self.times.join(top)


def _halves(term: Term) -> tuple[Powers, Powers]:
    """Factors above and below the line."""
    above = tuple(item for item in term[0] if item[1] > 0)
    return above, tuple((name, -by) for name, by in term[0] if by < 0)


def _divisor(term: Term) -> Term:
    """One over what a term divides by."""
    return tuple(item for item in term[0] if item[1] < 0), Fraction(1, term[1].denominator)


def _plain_power(name: str, by: Fraction) -> str:
    name = f"({name})" if "/" in name else name
    if by == 1:
        return name
    return f"{name}**{by}" if by.denominator == 1 else f"{name}**({by})"


def _plain_quotient(top: str, bottom: Sequence[str]) -> str:
    return f"{top}/{bottom[0]}" if len(bottom) == 1 else f"{top}/({'*'.join(bottom)})"


PLAIN = Writer(_plain_power, "*", _plain_quotient, lambda words: f"({words})")


def tex_writer(names: Mapping[str, str]) -> Writer:
    """A writer of TeX that knows the labels of some names."""

    def power(name: str, by: Fraction) -> str:
        shown = names.get(name, tex_name(name))
        return shown if by == 1 else f"{shown}^{{{by}}}"

    return Writer(
        power,
        " ",
        lambda top, bottom: rf"\frac{{{top}}}{{{' '.join(bottom)}}}",
        lambda words: rf"\left({words}\right)",
    )


def tex_name(name: str) -> str:
    """A name in TeX: what follows the first `_` is an index, several letters are one upright word."""
    root, _, index = name.partition("_")
    shown = root if len(root) == 1 else rf"\mathrm{{{root}}}"
    return f"{shown}_{{{index}}}" if index else shown
