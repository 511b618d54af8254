"""Typing one node: which axes of its inputs it consumes, which pass over, and what its outputs carry.

Pure and memoised by (op, `per`, fed weights, input types): a circuit of ten thousand nodes has few different ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from .errors import AttributeProblem, Problem, did_you_mean
from .op import AT_MOST, Fact, Op, Port, Result, Signature
from .size_terms import clipped
from .sizes import Size
from .types import MAX_AXES, ArrayType, Element, axis_name, base, unique

Axes = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NodeType:
    """What checking one node gives.

    `consumed[i]` are the axes taken of input i, by the names its array gives them (a twin may stand for its base);
    `passing[j]` the axes passing into output j. `outputs[j]` is None where it cannot be known.
    """

    ports: tuple[Port, ...]
    consumed: tuple[Axes, ...]
    passing: tuple[Axes, ...]
    outputs: tuple[ArrayType | None, ...]
    facts: tuple[Fact, ...] = ()
    problems: tuple[Problem, ...] = ()


@lru_cache(maxsize=65536)
def type_node(op: Op, per: Axes, fed: tuple[str, ...], inputs: tuple[ArrayType | None, ...]) -> NodeType:
    """Type a node: `inputs` are the types at its ports, then those feeding the weights named in `fed`."""
    try:
        signature = op.signature
    except AttributeProblem as error:
        return NodeType((), ((),) * len(inputs), (), (), (), (error.problem(),))
    weights = {weight.name: weight.port for weight in signature.weights}
    unknown = [name for name in fed if name not in weights]
    if unknown:
        return NodeType((), (), (), (None,) * len(signature.outputs), (), _no_such_weight(unknown, weights))
    ports = signature.inputs + tuple(weights[name] for name in fed)
    problems: list[Problem] = []
    facts = list(signature.facts)
    consumed = tuple(
        _consume(port, found, problems, facts, signature.mapped) for port, found in zip(ports, inputs, strict=True)
    )
    per = _checked_per(per, problems)
    outputs, passing = _outputs(op, signature, per, inputs, consumed, problems)
    if problems:
        # what a node with problems makes is not known: one fault is reported once, not at every consumer
        outputs = (None,) * len(outputs)
    return NodeType(ports, consumed, passing, outputs, tuple(facts), tuple(problems))


def _checked_per(per: Axes, problems: list[Problem]) -> Axes:
    """The `per` axes that can be; appends what is wrong with the others."""
    try:
        unique(per, "per")
        return tuple(axis_name(axis) for axis in per)
    except AttributeProblem as error:
        problems.append(error.problem())
        return ()


def _no_such_weight(unknown: list[str], weights: dict[str, Port]) -> tuple[Problem, ...]:
    known = ", ".join(f"'{name}'" for name in weights) or "none"
    return tuple(
        Problem(
            "",
            f"one of its weights ({known})",
            f"'{name}'",
            "Feed a weight it has." + did_you_mean(name, weights),
            port=name,
        )
        for name in unknown
    )


def _consume(port: Port, found: ArrayType | None, problems: list[Problem], facts: list[Fact], mapped: bool) -> Axes:
    """The axes the port takes, as the array names them; appends what does not fit."""
    if found is None:
        return port.axes
    taken: list[str] = []
    for axis in port.axes:
        actual = _lookup(axis, found.axes)
        if actual is None:
            fix = _missing_fix(axis, port, found, mapped)
            expected = f"an axis '{axis}' at '{port.name}'"
            problems.append(Problem("", expected, str(found), fix, port=port.name, axis=axis))
        elif actual in taken:
            problems.append(
                Problem(
                    "",
                    f"two axes '{taken[taken.index(actual)]}' and '{axis}' at '{port.name}'",
                    f"one axis '{actual}' in {found}",
                    f"Give the array a twin: {actual}'.",
                    port=port.name,
                    axis=axis,
                )
            )
        taken.append(actual or axis)
    _check_element(port, found, problems, facts)
    if port.space is not None and port.space != found.space:
        problems.append(
            Problem(
                "",
                f"an array in {port.space or 'plain space'} at '{port.name}'",
                found.space or "a plain array",
                "Map it there first (see the space's ops), or retag it.",
                port=port.name,
            )
        )
    return tuple(taken)


def _missing_fix(axis: str, port: Port, found: ArrayType, mapped: bool) -> str:
    free = [name for name in found.axes if name not in port.axes]
    if mapped and free:
        return f'Map it: axes="{axis}={free[0]}".'
    return f"Rename an axis or add '{axis}'.{did_you_mean(axis, found.axes)}"


def _lookup(axis: str, axes: Axes) -> str | None:
    """The name under which an array carries `axis`: a twin `x'` may also be read off its base `x`."""
    if axis in axes:
        return axis
    return base(axis) if axis != base(axis) and base(axis) in axes else None


def _check_element(port: Port, found: ArrayType, problems: list[Problem], facts: list[Fact]) -> None:
    wanted, given = port.element, found.element
    if wanted is None or wanted == given:
        return
    if (wanted.kind == "Index" and given.kind == "Index") or not (wanted.whole and given.whole):
        problems.append(_wrong_element(port, given))
        return
    limit, bound = _bound(wanted), _bound(given)
    if limit is None:
        return
    if bound is None:
        problems.append(_wrong_element(port, given))
        return
    facts.append(Fact(bound, limit, f"{given} at '{port.name}' must stay below {limit}", AT_MOST))


def _wrong_element(port: Port, given: Element) -> Problem:
    return Problem(
        "",
        f"{port.element} at '{port.name}'",
        str(given),
        "Cast it, or change its type.",
        port=port.name,
    )


def _bound(element: Element) -> Size | None:
    if element.kind == "Index":
        return Size.name(element.axis)
    return element.bound


def _outputs(
    op: Op,
    signature: Signature,
    per: Axes,
    inputs: tuple[ArrayType | None, ...],
    consumed: tuple[Axes, ...],
    problems: list[Problem],
) -> tuple[tuple[ArrayType | None, ...], tuple[Axes, ...]]:
    """Types of the outputs and the axes passing into each."""
    elements = _elements(op, signature, inputs, problems)
    outputs: list[ArrayType | None] = []
    passing: list[Axes] = []
    for number, result in enumerate(signature.outputs):
        chosen = range(len(inputs)) if result.of is None else (*result.of, *range(len(signature.inputs), len(inputs)))
        known = [(found, consumed[i]) for i in chosen if (found := inputs[i]) is not None]
        over = _merge([tuple(a for a in found.axes if a not in taken) for found, taken in known], per)
        passing.append(over)
        _check_joined(op, result, over, problems)
        if len(over) + len(result.axes) > MAX_AXES:
            problems.append(_too_many_axes(len(over) + len(result.axes)))
        if signature.covering and len(known) == len(chosen):
            _check_covering(op, known, over, problems)
        if signature.updates and (extra := [axis for axis in over if axis not in per]):
            problems.append(_updates_over(extra))
        complete = elements is not None and len(known) == len(chosen)
        if not complete or elements is None:
            outputs.append(None)
            continue
        axes = _place(signature, result, over, known)
        outputs.append(ArrayType(elements[number], axes, _space(result, inputs)))
    return tuple(outputs), tuple(passing)


def _elements(
    op: Op, signature: Signature, inputs: tuple[ArrayType | None, ...], problems: list[Problem]
) -> tuple[Element, ...] | None:
    given = [found.element for found in inputs[: len(signature.inputs)] if found is not None]
    if len(given) < len(signature.inputs):
        return None
    try:
        return op.elements(given)
    except AttributeProblem as error:
        problems.append(error.problem())
    except ValueError as error:
        problems.append(Problem("", f"elements that '{op.name}' takes", clipped(str(error)), "Cast an input."))
    return None


def _merge(lists: Sequence[Axes], per: Axes) -> Axes:
    """One stable merge: the longest list gives the order, what it lacks follows; `per` axes nobody carries lead."""
    ordered = sorted(lists, key=len, reverse=True)
    merged = dict.fromkeys(axis for axes in ordered for axis in axes)
    return (*[axis for axis in per if axis not in merged], *merged)


def _place(signature: Signature, result: Result, over: Axes, known: Sequence[tuple[ArrayType, Axes]]) -> Axes:
    """Produced axes stand where the first consumed axis stood; behind all for calls, regions and sources."""
    if not signature.lifted_first:
        for found, taken in known:
            if taken and set(taken) == set(result.axes) <= set(found.axes):
                return _kept(found.axes, taken, over)
            if taken:
                at = (
                    min(found.axes.index(axis) for axis in taken if axis in found.axes)
                    if any(axis in found.axes for axis in taken)
                    else len(found.axes)
                )
                before = [axis for axis in found.axes[:at] if axis in over]
                position = over.index(before[-1]) + 1 if before else 0
                return (*over[:position], *result.axes, *over[position:])
    return (*over, *result.axes)


def _kept(axes: Axes, taken: Axes, over: Axes) -> Axes:
    """Where all axes consumed are produced again, each stays in its own place."""
    placed = list(over)
    for number, axis in enumerate(axes):
        if axis in taken:
            placed.insert(placed.index(axes[number - 1]) + 1 if number else 0, axis)
    return tuple(placed)


def _space(result: Result, inputs: tuple[ArrayType | None, ...]) -> str:
    if isinstance(result.space, str):
        return result.space
    found = inputs[result.space]
    return found.space if found is not None else ""


def _check_joined(op: Op, result: Result, over: Axes, problems: list[Problem]) -> None:
    for axis in result.axes:
        if axis in over:
            problems.append(
                Problem(
                    "",
                    f"a produced axis '{axis}' that no input carries",
                    f"'{axis}' passing over '{op.name}'",
                    "The two would be joined into one axis: rename one of them, or use a twin.",
                    axis=axis,
                )
            )


def _check_covering(op: Op, known: Sequence[tuple[ArrayType, Axes]], over: Axes, problems: list[Problem]) -> None:
    if any(set(over) <= set(found.axes) for found, _ in known):
        return
    listed = " and ".join(str(found) for found, _ in known)
    pairs = "say outer=True" if "outer" in type(op).model_fields else "broadcast one operand"
    fix = f"Rename an axis, or {pairs} if every pair is meant."
    problems.append(Problem("", f"one operand with all axes [{' '.join(over)}]", listed, fix))


def _too_many_axes(count: int) -> Problem:
    return Problem("", f"at most {MAX_AXES} axes", str(count), "Merge axes, or pass fewer of them over.")


def _updates_over(extra: list[str]) -> Problem:
    names = " ".join(extra)
    return Problem(
        "",
        "no axis passing over an op that updates buffers",
        f"[{names}]",
        f"Consume it, or give it per='{names}'.",
        axis=extra[0],
    )
