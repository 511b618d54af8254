"""Attributes for an op that fit a wire: tried, not guessed, so that what is added from the palette is sound at once."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal, get_args, get_origin

from circuits import REGISTRY, ArrayType, AttributeProblem, Op, known, type_node

FRESH = ("k", "m", "h", "d", "e", "n", "g", "z")
MOST = 60
# What a palette shows where no wire says better: queries or steps, and features.
USUAL = ArrayType(axes=("x", "m"))


@lru_cache(maxsize=4096)
def suggested(kind: str, type: ArrayType | None = None) -> tuple[tuple[tuple[str, Any], ...], int] | None:
    """Attributes with which a wire of a type fits an op, and the number of the port it fits; None if there are none.

    Without a type, attributes that make an op at all. Nothing is said of ops that hold circuits.
    """
    given = type or USUAL
    bound = () if given.element.bound is None else tuple(sorted(given.element.bound.names))
    for attributes in itertools.islice(_candidates(kind, given.axes, bound), MOST):
        try:
            op = known(kind, attributes, {})
            count = len(op.signature.inputs)
        except AttributeProblem:
            continue
        places = [place for place in range(count) if _fits(op, type, place, count)] if type is not None else [0]
        if places:
            return tuple(attributes.items()), places[0]
    return None


def _fits(op: Op, type: ArrayType | None, place: int, count: int) -> bool:
    return not type_node(op, (), (), (None,) * place + (type,) + (None,) * (count - place - 1)).problems


def _candidates(kind: str, axes: Sequence[str], bound: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Attributes to try: nothing but what has to be said, and then what names axes by default as well."""
    fields = REGISTRY[kind].model_fields
    required = {name: field.annotation for name, field in fields.items() if field.is_required()}
    naming = [name for name, field in fields.items() if name in _AXIS_WORDS and isinstance(field.default, str)]
    choices = {name: list(_values(name, annotation, axes, bound)) for name, annotation in required.items()}
    yield from _products(choices)
    for name in naming:
        choices[name] = list(dict.fromkeys(reversed(axes)))
    if naming:
        yield from _products(choices)


_AXIS_WORDS = ("axis", "axes", "channel", "query", "key", "over", "into", "nodes", "edges", "columns", "rows")


def _products(choices: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    for values in itertools.product(*choices.values()):
        yield dict(zip(choices, values, strict=True))


def _values(name: str, annotation: Any, axes: Sequence[str], bound: Sequence[str]) -> Iterator[Any]:
    """Values for one attribute, the likeliest first."""
    fresh = [word for word in FRESH if word not in axes]
    last = axes[-1] if axes else fresh[-1]
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
    elif name == "spec":
        # a whole number chooses among what bounds it
        yield from (f"{name} -> {fresh[0]}" for name in bound)
        yield from _specs(axes, last, fresh)
    elif name in ("axis", "channel", "query", "key", "keep"):
        yield from reversed(axes) if axes else (last,)
    elif name in ("axes", "over", "pairs"):
        yield from (last, *reversed(axes[:-1]), " ".join(axes), " ".join(axes[:-1]), " ".join(axes[-2:]))
    elif name in ("into", "out"):
        yield fresh[0]
    elif name == "expression":
        yield from ("tanh(x)", "x + y", "x * y")
    elif name in ("forward", "backward"):
        yield "tanh(x)"
    else:
        yield from (2, 1, last, 0.0)


def _specs(axes: Sequence[str], last: str, fresh: Sequence[str]) -> Iterator[str]:
    one, two = fresh[0], fresh[1]
    every = " ".join(axes)
    before = axes[-2] if len(axes) > 1 else one
    if not axes:
        yield f" -> {one}"
    yield from (f"{last} -> {one}", f"{every} -> {' '.join(axes[:-1])}", f"{last} -> {last}", f" -> {one}")
    yield from (f"{last}, {last} -> {one}", f"{before} {last} -> {one}", f"{last} -> {one}=2 {two}")
    yield from (f"{last} -> {one}, {two}", f"{last}, {one} -> {two}", f"{last} -> {one} -> {two}", f"{before} -> {one}")
    yield from (f"{every} -> {every}", f"{last} -> {last} {one}", f"{last} -> {last} {last}'", f"{every}")
