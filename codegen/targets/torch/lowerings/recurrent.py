"""Recurrent layers by torch's fused routines, through a helper that flattens what leads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..registry import lowers
from ..site import Site
from ..unpack import unpack
from ..value import Value, aligned, leading, merged
from .norms import plain_weights


@lowers("rnn", "gru", "lstm")
def print_recurrent(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value] | None:
    """`torch.lstm` and its relatives; the scan of the expansion where axes are several."""
    along, axes = op.axes
    read, state = axes.read.split(), axes.state.split()
    count = len(op.cell.states) if op.initial else 0
    x, begin, weights = inputs[0], inputs[1 : 1 + count], inputs[1 + count :]
    if len(read) != 1 or len(state) != 1 or not plain_weights(weights):
        return None
    both = (op.direction,) if op.bidirectional else ()
    own = [(along, *read), *[(*both, *state)] * count]
    given = [x, *begin]
    over = merged([value.passing for value in given])
    laid = [aligned(value, (*over, *axes)) for value, axes in zip(given, own, strict=True)]
    routine = f"torch.rnn_{op.nonlinearity}" if op.name == "rnn" else f"torch.{op.name}"
    words = [routine, laid[0].code, f"[{', '.join(weight.code for weight in _flat(weights, op))}]"]
    if begin:
        words.append(f"[{', '.join(value.code for value in laid[1:])}]")
    words += ["reverse=True"] if op.reverse else []
    words += ["bidirectional=True"] if op.bidirectional else []
    names = unpack(site, f"{site.writer.helper('recur')}({', '.join(words)})")
    produced = [(along, *both, *state), *[(*both, *state)] * len(op.cell.states)]
    return [Value(name, (*over, *made), leading(given)) for name, made in zip(names, produced, strict=True)]


def _flat(weights: Sequence[Value], op: Any) -> list[Value]:
    """Weights with their gates merged into the state, as torch has them."""
    gate = op.cell.gate
    return [weight.of(f"{weight.held}.flatten(0, 1)") if gate else weight for weight in weights]
