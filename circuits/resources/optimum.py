"""The sizes of parts that transfer least in a given memory: a formula in leading order, and numbers.

Both costs are sums of products with positive factors (posynomials). In leading order, chunks are small beside tiles;
where what is left is one product in the constraint and as many terms in the objective as there are unknowns, the dual
of the geometric program has one solution (Duffin, Peterson & Zener 1967), which gives the least transfer as a formula
with `M**-beta`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy.optimize import minimize

from ..errors import BindingError
from .costs import AreaCost
from .formula import Formula
from .formula_text import Powers

MEMORY = "M"


@dataclass(frozen=True, slots=True)
class Leading:
    """The least transfer in leading order: a formula in `M`, whose power there is -`exponent`, and where it is taken.

    `tiles` are the sizes of the parts that matter, as far as they are products; the others are as small as may be.
    """

    transfer: Formula
    exponent: Fraction
    tiles: tuple[tuple[str, Formula], ...]


@dataclass(frozen=True, slots=True)
class Tiling:
    """Whole sizes of parts, and what an area transfers and holds with them; `bound` is the least of any real sizes."""

    sizes: tuple[tuple[str, int], ...]
    transfer: float
    memory: float
    bound: float


def leading(cost: AreaCost) -> Leading | None:
    """The least transfer in leading order; None where it is no formula of this kind."""
    unknown = _unknown(cost)
    terms = {key: factor for key, factor in cost.transfer.by(unknown).items() if key}
    limits = {_constraint(cost, unknown, one) for one in cost.memory}
    if len(limits) != 1 or len(terms) != len(unknown) or not unknown:
        return None
    limit = limits.pop()
    weights = _dual(unknown, list(terms), limit[0]) if limit is not None else None
    if limit is None or weights is None:
        return None
    share, own = weights[-1], Formula.product([MEMORY]).power(-1)
    assert own is not None
    found = _least(list(terms.values()), weights, limit[1] * own)
    if found is None:
        return None
    rest = cost.transfer.by(unknown).get((), Formula())
    return Leading(found + rest, share, _tiles(unknown, terms, weights, found))


def _unknown(cost: AreaCost) -> tuple[str, ...]:
    """Sizes of parts that the transfer depends on."""
    return tuple(part.size for part in cost.area.parts if part.size in cost.transfer.names)


def _constraint(cost: AreaCost, unknown: Sequence[str], memory: Formula) -> tuple[Powers, Formula] | None:
    """A column in leading order as one product of unknown sizes, and its factor; None for any other sum."""
    chunks = {part.size for part in cost.area.streams}
    ones = {part.size: Formula.product() for part in cost.area.groups if part.size not in unknown}
    parts = memory.without(chunks - set(unknown)).at(ones).by(unknown)
    return next(iter(parts.items())) if len(parts) == 1 and () not in parts else None


def _dual(unknown: Sequence[str], terms: Sequence[Powers], limit: Powers) -> tuple[Fraction, ...] | None:
    """Weights of the terms, then that of the constraint: they sum to one, and no unknown is left in the product."""
    columns = [dict(powers) for powers in (*terms, limit)]
    rows = [[column.get(name, Fraction(0)) for column in columns] for name in unknown]
    rows.append([Fraction(1)] * len(terms) + [Fraction(0)])
    found = _solved(rows, [Fraction(0)] * len(unknown) + [Fraction(1)])
    return tuple(found) if found is not None and all(weight > 0 for weight in found) else None


def _solved(rows: Sequence[Sequence[Fraction]], right: Sequence[Fraction]) -> list[Fraction] | None:
    """The solution of a square system, or None where there is not exactly one."""
    system = [[*row, value] for row, value in zip(rows, right, strict=True)]
    for place in range(len(system)):
        pivot = next((row for row in range(place, len(system)) if system[row][place]), None)
        if pivot is None:
            return None
        system[place], system[pivot] = system[pivot], system[place]
        lead = system[place][place]
        system[place] = [value / lead for value in system[place]]
        for other, row in enumerate(system):
            if other != place:
                by = row[place]
                system[other] = [value - by * own for value, own in zip(row, system[place], strict=True)]
    return [row[-1] for row in system]


def _least(factors: Sequence[Formula], weights: Sequence[Fraction], limit: Formula) -> Formula | None:
    """The product of (factor / weight) ** weight and limit ** weight: powers first, one root last."""
    degree = math.lcm(*(weight.denominator for weight in weights))
    product = Formula.product()
    for factor, weight in zip((*factors, limit), weights, strict=True):
        scaled = factor if factor is limit else factor * Formula.product((), 1 / weight)
        power = scaled.power(weight * degree)
        if power is None:
            return None
        product = product * power
    return product.power(Fraction(1, degree))


def _tiles(
    unknown: Sequence[str], terms: Mapping[Powers, Formula], weights: Sequence[Fraction], least: Formula
) -> tuple[tuple[str, Formula], ...]:
    """The sizes at which each term is its weight's share of the least: products of powers of (share / factor)."""
    rows = [[dict(powers).get(name, Fraction(0)) for name in unknown] for powers in terms]
    found = []
    for name in unknown:
        # the row of the inverse that belongs to this size
        wanted = [Fraction(int(name == other)) for other in unknown]
        exponents = _solved([list(column) for column in zip(*rows, strict=True)], wanted)
        product: Formula | None = Formula.product()
        for factor, weight, power in zip(terms.values(), weights, exponents or (), strict=False):
            inverse = factor.power(-1)
            ratio = (least * Formula.product((), weight) * inverse).power(power) if inverse is not None else None
            product = product * ratio if product is not None and ratio is not None else None
        if product is not None and exponents is not None:
            found.append((name, product))
    return tuple(found)


def best_tiling(cost: AreaCost, sizes: Mapping[str, int], memory: float) -> Tiling:
    """Whole sizes of parts that transfer little in `memory` values: the best real ones, rounded down, then grown.

    Raises BindingError if sizes lack a name, or if not even the smallest parts fit.
    """
    lengths = {part.size: _length(sizes, part.axis) for part in cost.area.parts}
    least = {part.size: min(part.multiple, lengths[part.size]) for part in cost.area.parts}
    needed = held(cost, {**sizes, **least})
    if needed > memory:
        raise BindingError(
            f"area '{cost.area.name}': expected a memory that holds the smallest parts ({needed:,.0f} values), found "
            f"{memory:,.0f}. Take more axes in parts, or give it more memory."
        )
    unknown = _unknown(cost)
    real = _real(cost, sizes, least, {name: lengths[name] for name in unknown}, memory)
    chosen = dict(least)
    for part in cost.area.parts:
        if part.size in unknown:
            chosen[part.size] = max(least[part.size], int(real[part.size]) // part.multiple * part.multiple)
    while held(cost, {**sizes, **chosen}) > memory:
        chosen = {name: max(least[name], size - _multiple(cost, name)) for name, size in chosen.items()}
    for name in unknown:
        chosen[name] = _grown(cost, sizes, chosen, name, lengths[name], memory)
    values = {**sizes, **chosen}
    bound = cost.transfer.evaluate({**sizes, **least, **real})
    return Tiling(tuple(chosen.items()), cost.transfer.evaluate(values), held(cost, values), bound)


def held(cost: AreaCost, values: Mapping[str, float]) -> float:
    """The values an area holds: its largest column, and the state it carries besides."""
    missing = cost.transfer.names.union(cost.carried.names, *(one.names for one in cost.memory)) - values.keys()
    if missing:
        listed = ", ".join(sorted(missing))
        raise BindingError(
            f"area '{cost.area.name}': expected a size for every axis, found none for {listed}. Give it."
        )
    return max(one.evaluate(values) for one in cost.memory) + cost.carried.evaluate(values)


def _length(sizes: Mapping[str, int], axis: str) -> int:
    name = axis.rstrip("'")
    if name not in sizes:
        raise BindingError(f"axis '{axis}': expected a size, found none. Give {name}=....")
    return sizes[name]


def _multiple(cost: AreaCost, name: str) -> int:
    return next(part.multiple for part in cost.area.parts if part.size == name)


def _real(
    cost: AreaCost, sizes: Mapping[str, int], least: Mapping[str, int], most: Mapping[str, int], memory: float
) -> dict[str, float]:
    """The best real sizes: in logarithms the problem is convex."""
    names = tuple(most)
    if not names:
        return {}

    def values(logs: Iterable[float]) -> dict[str, float]:
        return {**sizes, **least, **dict(zip(names, np.exp(np.asarray(logs)).tolist(), strict=True))}

    found = minimize(
        lambda logs: math.log(cost.transfer.evaluate(values(logs))),
        [math.log(least[name]) for name in names],
        method="SLSQP",
        bounds=[(math.log(least[name]), math.log(most[name])) for name in names],
        constraints={"type": "ineq", "fun": lambda logs: math.log(memory / held(cost, values(logs)))},
        options={"ftol": 1e-12, "maxiter": 500},
    )
    return dict(zip(names, np.exp(found.x).tolist(), strict=True))


def _grown(
    cost: AreaCost, sizes: Mapping[str, int], chosen: Mapping[str, int], name: str, most: int, memory: float
) -> int:
    """The largest size of one part that still fits, by halving: more of it never holds less."""
    step = _multiple(cost, name)
    low, high = chosen[name] // step, most // step
    while low < high:
        middle = (low + high + 1) // 2
        if held(cost, {**sizes, **chosen, name: middle * step}) <= memory:
            low = middle
        else:
            high = middle - 1
    return max(chosen[name], low * step)
