"""Ops and circuits to add: found by their letters, and where a wire is given only those that it fits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from circuits import REGISTRY, ArrayType, AttributeProblem, Circuit, Input, Node, axis_names, known

from ..document import Document
from .forms import examples

# Ops that hold circuits are drawn around a selection instead.
_HELD = ("call", "scan", "repeat", "fixed_point", "while", "derivative", "mixture", "ode", "reversible", "host")
_TITLES = (
    ("Learned maps", "linear embedding mlp gated_mlp conv depthwise_conv conv_transposed parameter"),
    ("Attention", "attention multi_head_attention linear_attention additive_attention hopfield softmax masked_softmax"),
    ("Wiring", "einsum broadcast rename permute split merge concat unconcat stack unstack slice index diagonal"),
    ("Elementwise", "elementwise identity relu gelu silu sigmoid tanh exp log sqrt square abs sin cos softplus"),
    ("Normalise", "layer_norm rms_norm batch_norm group_norm instance_norm l2_normalize dropout drop_path"),
    ("Reduce and pool", "reduce arg max_pool avg_pool global_avg_pool global_max_pool topk cumsum"),
    ("Sequences", "rnn gru lstm rnn_cell gru_cell lstm_cell ema delta_rule sinusoidal rotary causal_mask"),
    ("Losses", "cross_entropy nll mse mae huber binary_cross_entropy kl_divergence dice_loss info_nce"),
)


@dataclass(frozen=True)
class Offer:
    """Something that can be added: the command that adds it, and the port at which a given wire enters."""

    label: str
    note: str
    says: str
    group: str
    command: dict[str, Any]
    port: int | None = None


def offers(text: str, document: Document, wire_type: ArrayType | None = None) -> list[Offer]:
    """What can be added, best match first; with a type, only what fits a wire of it, fitted to it."""
    found = [*_ops(wire_type), *_circuits(document)]
    if not text:
        return found if wire_type is None else sorted(found, key=lambda one: len(one.note) > 24)
    ranked = [(score(text, one.label, one.says), place, one) for place, one in enumerate(found)]
    return [one for points, _, one in sorted(ranked, key=lambda each: each[:2]) if points < _NEVER]


_NEVER = 1000


def score(text: str, name: str, says: str) -> int:
    """How badly a name matches letters: 0 for the name itself, 1000 for not at all."""
    wanted, name = text.lower().strip(), name.lower()
    if wanted == name:
        return 0
    if name.startswith(wanted):
        return 1 + len(name) - len(wanted)
    if wanted in name:
        return 30 + name.index(wanted)
    initials = "".join(word[0] for word in name.split("_") if word)
    if wanted == initials:
        return 40
    spread = _spread(wanted, name)
    if spread is not None:
        return 60 + spread
    return 200 if wanted in says.lower() else _NEVER


def _spread(wanted: str, name: str) -> int | None:
    """How far letters in their order lie apart in a name; None if they are not there."""
    place, apart = -1, 0
    for letter in wanted.replace(" ", ""):
        found = name.find(letter, place + 1)
        if found < 0:
            return None
        apart, place = apart + found - place - 1, found
    return apart


def _ops(wire_type: ArrayType | None) -> Iterator[Offer]:
    for group, kind, says in catalogue():
        attributes = examples(kind)
        port = None
        if wire_type is not None:
            fitted = _fitted(kind, attributes, wire_type)
            if fitted is None:
                continue
            attributes, port = fitted
        note = " ".join(str(value) for value in attributes.values())
        command: dict[str, Any] = {"do": "AddNode", "op": kind, "attributes": attributes}
        yield Offer(kind, note, says, group, command, port)


@cache
def catalogue() -> tuple[tuple[str, str, str], ...]:
    """Group, name and first line of every op that can be added, the common ones first."""
    listed = [(title, kind) for title, kinds in _TITLES for kind in kinds.split() if kind in REGISTRY]
    known_kinds = {kind for _, kind in listed}
    rest = [("More", kind) for kind in sorted(REGISTRY) if kind not in known_kinds]
    return tuple(
        (title, kind, (REGISTRY[kind].__doc__ or "").strip().split("\n")[0].replace("`", ""))
        for title, kind in (*listed, *rest)
        if kind not in _HELD
    )


def _circuits(document: Document) -> Iterator[Offer]:
    for key, circuit in document.definitions.items():
        if key != document.root:
            says = circuit.doc.split("\n")[0]
            yield Offer(circuit.name, "circuit", says, "This document", {"do": "AddCall", "circuit": key})


def _fitted(kind: str, attributes: dict[str, Any], wire_type: ArrayType) -> tuple[dict[str, Any], int] | None:
    """Attributes with which a wire of a type fits an op, and the port it fits."""
    for candidate in _candidates(kind, attributes, wire_type):
        try:
            op = known(kind, candidate, {})
            ports = op.signature.inputs
        except AttributeProblem:
            continue
        for place in range(len(ports)):
            wires = ("x" if other == place else None for other in range(len(ports)))
            trial = Circuit("trial", (Input("x", wire_type),), (), (Node("n", "n", op, tuple(wires)),))
            if all(one.found == "nothing connected" for one in trial.checked.own_problems):
                return candidate, place
    return None


def _candidates(kind: str, attributes: dict[str, Any], wire_type: ArrayType) -> Iterator[dict[str, Any]]:
    """The attributes with their axes renamed to the last ones of the type, then as they are."""
    texts = {name: value for name, value in attributes.items() if isinstance(value, str)}
    wanted = list(dict.fromkeys(axis for value in texts.values() for axis in _axes(value.partition("->")[0])))
    own = wire_type.axes
    if wanted and len(wanted) <= len(own):
        names = dict(zip(wanted, own[-len(wanted) :], strict=True))
        yield {**attributes, **{name: _renamed(value, names, own) for name, value in texts.items()}}
    yield attributes


def _axes(text: str) -> tuple[str, ...]:
    try:
        return axis_names(" ".join(re.findall(r"[^\W\d]\w*'*", text)))
    except AttributeProblem:
        return ()


def _renamed(text: str, names: dict[str, str], own: tuple[str, ...]) -> str:
    """A text with axes renamed; what it makes and the array has already gets a name of its own."""
    before, arrow, after = text.partition("->")
    made = {axis: f"{axis}_2" for axis in _axes(after) if axis not in names and axis in own}
    replaced = {**made, **names}
    return re.sub(r"[^\W\d]\w*", lambda found: replaced.get(found[0], found[0]), before + arrow + after)
