"""Nodes coloured by what they cost, or by what training made of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from circuits import Circuit, CircuitloomError
from circuits.draw import QUANTITIES, amount_label, heat_share, heat_values

from .sketch import Figure

# Root mean squares of the learned arrays of every node and of their gradients, at the last evaluation of a training.
TRAINED = {"parameters": "learned values (RMS)", "gradients": "gradients (RMS)"}
_PREFIX = "trained "
CHOICES = {
    "": "nothing",
    **{name: about[0] for name, about in QUANTITIES.items()},
    **{_PREFIX + name: about for name, about in TRAINED.items()},
}
Values = Mapping[str, float]


@dataclass
class Heat:
    """What the nodes of one page are coloured by, one of CHOICES."""

    by: str = ""
    trained: dict[str, Values] = field(default_factory=dict)
    known: tuple[Circuit, str, Values | str] | None = None

    def train(self, nodes: Mapping[str, Values]) -> None:
        """Root mean squares of `parameters` and `gradients` by the path of a node, in which numbers are rounds."""
        self.trained = {kind: _rounds(values) for kind, values in nodes.items()}

    def sections(self, circuit: Circuit, figures: Mapping[str, Figure]) -> dict[str, Any]:
        """How hot every figure is (0 to 1) with its value in words, and what the colours say."""
        if not self.by:
            return {"heat": {}, "legend": {"by": ""}}
        found = self.values(circuit)
        if isinstance(found, str):
            return {"heat": {}, "legend": {"by": self.by, "title": CHOICES[self.by], "problem": found}}
        shown = {id: value for id, figure in figures.items() if (value := _value(found, figure)) > 0}
        low, high = min(shown.values(), default=0.0), max(shown.values(), default=0.0)
        heat = {id: [round(heat_share(value, (low, high), "log"), 3), self.said(value)] for id, value in shown.items()}
        legend = {"by": self.by, "title": CHOICES[self.by], "problem": self.lacking(shown)}
        ends = {"low": self.said(low), "high": self.said(high)} if shown else {}
        return {"heat": heat, "legend": {**legend, **ends}}

    def values(self, circuit: Circuit) -> Values | str:
        """The quantity of every node by its path, or why there is none."""
        if self.by.startswith(_PREFIX):
            return self.trained.get(self.by.removeprefix(_PREFIX), {})
        if self.known is None or self.known[:2] != (circuit, self.by):
            self.known = (circuit, self.by, _costs(circuit, self.by))
        return self.known[2]

    def lacking(self, shown: Values) -> str:
        """What to do where nothing has a colour."""
        if shown or not self.by:
            return ""
        return "Train the circuit, and see this." if self.by.startswith(_PREFIX) else "No node has any."

    def said(self, value: float) -> str:
        """A value in words."""
        if self.by in QUANTITIES:
            _, unit, factor = QUANTITIES[self.by]
            return amount_label(value, unit, factor)
        return f"{value:.2g}"


def _costs(circuit: Circuit, quantity: str) -> Values | str:
    try:
        return heat_values(circuit, quantity)
    except CircuitloomError as error:
        return str(error).partition("\n")[0]


def _value(values: Values, figure: Figure) -> float:
    """The value of a figure: its own, else that of what lies inside; 0 for none."""
    if figure.kind != "node":
        return 0.0
    if figure.id in values or not figure.opens:
        return values.get(figure.id, 0.0)
    return _mean(value for path, value in values.items() if path.startswith(f"{figure.id}/"))


def _rounds(values: Values) -> dict[str, float]:
    """Values by path, the rounds of a repeated block put together."""
    found: dict[str, list[float]] = {}
    for path, value in values.items():
        found.setdefault("/".join(word for word in path.split("/") if not word.isdigit()), []).append(value)
    return {path: _mean(each) for path, each in found.items()}


def _mean(values: Iterable[float]) -> float:
    """The root mean square of those that are finite; 0 for none."""
    squares = [value * value for value in values if math.isfinite(value)]
    return math.sqrt(sum(squares) / len(squares)) if squares else 0.0
