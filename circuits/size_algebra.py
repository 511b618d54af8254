"""Arithmetic on sizes in normal form.

Sizes that are equal by the laws of rings have the same normal form, and so have `(a + b*d)//d` and `a//d + b`: a
numerator keeps only the remainders of its coefficients. Names in a divisor are taken to be positive. Limits on digits,
powers and terms hold in every step, so that no operation hangs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import gcd

from .size_terms import (
    MAX_DIGITS,
    MAX_POWER,
    MAX_TERMS,
    OVERFLOW,
    Atom,
    Monomial,
    SizeError,
    Term,
    Terms,
    joined,
    order,
    rank,
    weight,
    write,
)

_MAX_PAIRS = 8 * MAX_TERMS


def settle(merged: Mapping[Monomial, int]) -> Terms:
    """Terms in normal order without zeros; raises SizeError above the limits."""
    terms = [term for term in merged.items() if term[1]]
    if len(terms) > 1:
        terms.sort(key=order)
    count = len(terms)
    for term in terms:
        if not -OVERFLOW < term[1] < OVERFLOW:
            raise _too_long(term)
        if len(term[0]) > MAX_POWER:
            _check_powers(term[0])
        for atom in term[0]:
            count += atom[0]
    if count > MAX_TERMS:
        raise _too_many(terms)
    return tuple(terms)


def _check_powers(monomial: Monomial) -> None:
    for atom, later in zip(monomial, monomial[MAX_POWER:], strict=False):
        if atom == later:
            raise _no_power((((atom,), 1),), monomial.count(atom))


def add(*scaled: tuple[Terms, int]) -> Terms:
    """The sum of sizes, each times a number."""
    merged: dict[Monomial, int] = {}
    for terms, factor in scaled:
        for monomial, scale in terms:
            merged[monomial] = merged.get(monomial, 0) + factor * scale
    return settle(merged)


def multiply(left: Terms, right: Terms) -> Terms:
    """The product of two sizes, multiplied out."""
    if not left or not right:
        return ()
    if len(left) * len(right) > _MAX_PAIRS:
        raise _too_many((*left, *right))
    merged: dict[Monomial, int] = {}
    for one, scale in left:
        for other, factor in right:
            monomial = joined(one, other)
            merged[monomial] = merged.get(monomial, 0) + scale * factor
    return settle(merged)


def power(base: Terms, exponent: int) -> Terms:
    """A size to a whole power."""
    if not 0 <= exponent <= MAX_POWER:
        raise _no_power(base, exponent)
    result: Terms = (((), 1),)
    for _ in range(exponent):
        result = multiply(result, base)
    return result


def floor_divide(dividend: Terms, divisor: Terms) -> Terms:
    """Floor division: multiples of the divisor outside, and a division of what remains."""
    if not divisor:
        raise SizeError(f"({write(dividend)})//0", "a divisor other than 0", "0", "Divide by a positive size.")
    if divisor[0][1] < 0:
        dividend, divisor = add((dividend, -1)), add((divisor, -1))
    whole: Terms = ()
    while True:
        multiples, rest = divide(dividend, divisor)
        if multiples:
            whole = add((whole, 1), (multiples, 1)) if whole else multiples
        if not rest:
            return whole
        dividend, simpler = _cancelled(*_flattened(rest, divisor))
        if dividend is rest and simpler is divisor:
            division = _division(rest, divisor)
            return add((whole, 1), (division, 1)) if whole else division
        divisor = simpler


def _division(dividend: Terms, divisor: Terms) -> Terms:
    inside = weight(dividend) + weight(divisor)
    if inside >= MAX_TERMS:
        raise _too_many(dividend)
    return (((Atom(inside, "", (dividend, divisor)),), 1),)


def divide(dividend: Terms, divisor: Terms) -> tuple[Terms, Terms]:
    """Quotient and rest, `dividend = quotient * divisor + rest`, led by the first term of `divisor`.

    In the rest, multiples of the leading monomial have coefficients from 0 to below the leading one.
    """
    if len(divisor) > 1:
        return _divide_long(dividend, divisor)
    ((lead, unit),) = divisor
    quotient: list[Term] = []
    rest: list[Term] = []
    for monomial, scale in dividend:
        factor = _without(monomial, lead)
        if factor is None:
            rest.append((monomial, scale))
            continue
        count, left = divmod(scale, unit)
        if count:
            quotient.append((factor, count))
        if left:
            rest.append((monomial, left))
    return tuple(quotient), tuple(rest)


def _divide_long(dividend: Terms, divisor: Terms) -> tuple[Terms, Terms]:
    """Long division by two terms or more, from the highest monomial down."""
    (lead, unit), *tail = divisor
    waiting = dict(dividend)
    quotient: dict[Monomial, int] = {}
    rest: dict[Monomial, int] = {}
    while waiting:
        monomial = min(waiting, key=rank)
        scale = waiting.pop(monomial)
        factor = _without(monomial, lead)
        count = 0 if factor is None else scale // unit
        rest[monomial] = scale - count * unit
        if factor is None or not count:
            continue
        quotient[factor] = count
        for other, each in tail:
            lower = joined(factor, other)
            waiting[lower] = waiting.get(lower, 0) - count * each
        if len(quotient) + len(waiting) > 2 * MAX_TERMS:
            raise _too_many(dividend)
    return settle(quotient), settle(rest)


def substitute(terms: Terms, values: Mapping[str, Terms]) -> Terms:
    """Terms with sizes in place of names, all at once."""
    products: list[tuple[Terms, int]] = []
    for monomial, scale in terms:
        kept: list[Atom] = []
        factors: list[Terms] = []
        for atom in monomial:
            value = _substituted(atom, values)
            if value is None:
                kept.append(atom)
            elif value and value[0][0]:
                factors.append(value)
            else:
                scale *= value[0][1] if value else 0
        product: Terms = ((tuple(kept), 1),)
        for factor in factors:
            product = multiply(product, factor)
        products.append((product, scale))
    return add(*products)


def _substituted(atom: Atom, values: Mapping[str, Terms]) -> Terms | None:
    if not atom.parts:
        return values.get(atom.name)
    dividend, divisor = atom.parts
    return floor_divide(substitute(dividend, values), substitute(divisor, values))


def evaluate(terms: Terms, values: Mapping[str, int]) -> int:
    """The number a size is at numbers for all its names; raises KeyError and ZeroDivisionError."""
    total = 0
    for monomial, scale in terms:
        for atom in monomial:
            if atom.parts:
                scale *= evaluate(atom.parts[0], values) // evaluate(atom.parts[1], values)
            else:
                scale *= values[atom.name]
        total += scale
    return total


def _flattened(rest: Terms, divisor: Terms) -> tuple[Terms, Terms]:
    """`(n//m + r)//d` as `n + m*r` over `m*d`: for `d > 0` and the only division in the numerator."""
    held = [term for term in rest for atom in term[0] if atom.parts]
    if len(held) != 1 or held[0][1] != 1 or len(held[0][0]) != 1 or not _positive(divisor):
        return rest, divisor
    inner, by = held[0][0][0].parts
    others = tuple(term for term in rest if term is not held[0])
    return add((inner, 1), (multiply(by, others), 1)), multiply(by, divisor)


def _cancelled(rest: Terms, divisor: Terms) -> tuple[Terms, Terms]:
    """Both without their common number and monomial; the offset of a numerator is rounded down."""
    number = gcd(*[term[1] for term in divisor], *[term[1] for term in rest if term[0]])
    common = divisor[0][0]
    if not rest[-1][0]:
        common = ()
        if rest[-1][1] % number and not _positive(divisor):
            number = gcd(number, rest[-1][1])
    if common:
        for monomial, _ in (*divisor[1:], *rest):
            common = _shared(common, monomial)
    if number == 1 and not common:
        return rest, divisor
    return _reduced(rest, number, common), _reduced(divisor, number, common)


def _reduced(terms: Terms, number: int, common: Monomial) -> Terms:
    return settle({_without(monomial, common) or (): scale // number for monomial, scale in terms})


def _positive(terms: Terms) -> bool:
    """Whether a divisor is positive wherever it may be used: positive coefficients, names only."""
    return all(scale > 0 and not any(atom.parts for atom in monomial) for monomial, scale in terms)


def _without(monomial: Monomial, part: Monomial) -> Monomial | None:
    """The monomial divided by another, or None."""
    if not part:
        return monomial
    left = list(monomial)
    for atom in part:
        if atom not in left:
            return None
        left.remove(atom)
    return tuple(left)


def _shared(one: Monomial, other: Monomial) -> Monomial:
    """The greatest monomial that divides both."""
    return tuple(atom for atom in dict.fromkeys(one) for _ in range(min(one.count(atom), other.count(atom))))


def _too_long(term: Term) -> SizeError:
    expected, found = f"numbers of at most {MAX_DIGITS} digits", f"one of {len(str(abs(term[1])))}"
    return SizeError(write((term,)), expected, found, "Use smaller numbers.")


def _too_many(terms: Sequence[Term]) -> SizeError:
    expected = f"at most {MAX_TERMS} terms, those inside divisions included"
    return SizeError(f"{write(tuple(terms[:3]))}+…", expected, "more", "Use fewer names or smaller powers.")


def _no_power(base: Terms, exponent: int) -> SizeError:
    expected = f"a whole power from 0 to {MAX_POWER}"
    return SizeError(write(base), expected, str(exponent), "Use a smaller power.")
