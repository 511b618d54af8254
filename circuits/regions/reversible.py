"""Reversible blocks: additive coupling of two halves, whose inputs can be computed back from their outputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import InstanceOf

from ..apply import add, call, make
from ..circuit import Circuit
from ..errors import AttributeProblem
from ..op import Glyph
from ..rewrites.rename_axes import face_sizes
from ..trace import Wire, build
from ..types import ArrayType
from .unfolded import Unfolded


class Reversible(Unfolded):
    """Couples two halves additively: `reversible(f, g, x1, x2)`.

    y1 = x1 + f(x2), y2 = x2 + g(y1); with `inverse` it computes x1, x2 from y1, y2. Inputs of f and g beyond the first
    come last, once for each name. Source: Dinh, Krueger & Bengio (2015); Gomez et al. (2017).
    """

    name: ClassVar[str] = "reversible"
    glyph: ClassVar[Glyph] = Glyph(outline="brackets", mark="\\leftrightarrow")

    f: InstanceOf[Circuit]
    g: InstanceOf[Circuit]
    inverse: bool = False

    def unfold(self) -> Circuit:
        """Two calls and two sums."""
        first, second = self._half(self.f, self.g), self._half(self.g, self.f)
        halves = ("y1", "y2") if self.inverse else ("x1", "x2")
        types = dict(zip(halves, (first, second), strict=True))
        for item in (*self.f.inputs[1:], *self.g.inputs[1:]):
            if types.setdefault(item.name, item.type) != item.type:
                raise AttributeProblem(f"'{item.name}' {types[item.name]}", str(item.type), "Rename one of the two.")

        def body(*inputs: Wire) -> Mapping[str, Wire]:
            known = dict(zip(types, inputs, strict=True))

            def side(circuit: Circuit, half: Wire, name: str) -> Wire:
                made: Wire = call(circuit, half, *(known[item.name] for item in circuit.inputs[1:]), name=name)
                return made

            if self.inverse:
                x2 = known["y2"] - side(self.g, known["y1"], "g")
                return {"x1": known["y1"] - side(self.f, x2, "f"), "x2": x2}
            y1 = known["x1"] + side(self.f, known["x2"], "f")
            return {"y1": y1, "y2": known["x2"] + side(self.g, y1, "g")}

        defaults = {**self.f.checked.defaults, **self.g.checked.defaults}
        return build("reversible", types, body, sizes=defaults, constraints=face_sizes(self.f, self.g))

    @staticmethod
    def _half(one: Circuit, other: Circuit) -> ArrayType:
        """What one circuit gives and the other reads first."""
        for circuit in (one, other):
            if len(circuit.outputs) != 1 or not circuit.inputs:
                raise AttributeProblem(
                    f"one output and an input of '{circuit.name}'",
                    f"{len(circuit.outputs)} and {len(circuit.inputs)}",
                    "Couple circuits of one half each.",
                )
        made, read = one.checked.type(one.outputs[0].wire), other.inputs[0].type
        if (set(made.axes), made.element) != (set(read.axes), read.element):
            raise AttributeProblem(
                f"'{one.name}' to give what '{other.name}' reads {read}", str(made), "Make the halves agree."
            )
        return read


def reversible(f: Circuit, g: Circuit, *inputs: Wire, inverse: bool = False, **words: Any) -> tuple[Wire, Wire]:
    """Both halves after coupling; see `Reversible`."""
    first, second = add(make(Reversible, {"f": f, "g": g, "inverse": inverse}), inputs, **words)
    return first, second
