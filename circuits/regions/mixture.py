"""Mixtures: several bodies of one type, weighted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Annotated, Any, ClassVar

from pydantic import Field, InstanceOf

from ..apply import add, call, make
from ..circuit import Circuit
from ..errors import AttributeProblem
from ..op import Glyph
from ..ops.slices import index
from ..rewrites.rename_axes import face_sizes
from ..trace import Wire, build
from ..types import ArrayType, axis_name
from .unfolded import Unfolded, as_tuple


class Mixture(Unfolded):
    """Sums what several bodies give, each times its weight: `mixture((a, b), weights, x, axis="e")`.

    out = sum over slots of weights[e] * slot(x). All slots have the same inputs and outputs; the weights lie along
    `axis`, one element a slot. With weights from a softmax it is the relaxed choice of Liu, Simonyan & Yang (2019).
    """

    name: ClassVar[str] = "mixture"
    glyph: ClassVar[Glyph] = Glyph(outline="brackets", mark="\\Sigma_{{axis}}")

    slots: Annotated[tuple[InstanceOf[Circuit], ...], Field(min_length=1)]
    axis: str

    def unfold(self) -> Circuit:
        """A call a slot, and weighted sums."""
        first = self.slots[0]
        for slot in self.slots[1:]:
            if _ends(slot) != _ends(first):
                raise AttributeProblem(
                    f"slots with the inputs and outputs of '{first.name}' ({_listed(first)})",
                    f"'{slot.name}' ({_listed(slot)})",
                    "Give all slots one type.",
                )
        weights = next(name for number in range(99) if (name := "weights" + "_" * number) not in _ends(first)[0])
        types: dict[str, str | ArrayType] = {weights: f"[{axis_name(self.axis)}={len(self.slots)}]"}
        types.update((item.name, item.type) for item in first.inputs)

        def body(chosen: Wire, *inputs: Wire) -> Mapping[str, Wire]:
            parts = []
            for number, slot in enumerate(self.slots):
                share = index(chosen, axis=self.axis, at=number)
                parts.append([made * share for made in as_tuple(call(slot, *inputs, name=str(number)))])
            totals = [reduce(lambda left, right: left + right, column) for column in zip(*parts, strict=True)]
            return {output.name: total for output, total in zip(first.outputs, totals, strict=True)}

        defaults: dict[str, int] = {}
        for slot in self.slots:
            defaults |= slot.checked.defaults
        return build("mixture", types, body, sizes=defaults, constraints=face_sizes(*self.slots))


def _ends(circuit: Circuit) -> tuple[dict[str, ArrayType], list[tuple[frozenset[str], str]]]:
    made = [circuit.checked.type(output.wire) for output in circuit.outputs]
    return {item.name: item.type for item in circuit.inputs}, [(frozenset(one.axes), str(one.element)) for one in made]


def _listed(circuit: Circuit) -> str:
    ends = [f"{item.name} {item.type}" for item in circuit.inputs]
    return ", ".join(ends) + " -> " + ", ".join(str(circuit.checked.type(output.wire)) for output in circuit.outputs)


def mixture(slots: Sequence[Circuit], weights: Wire, *inputs: Wire, axis: str, **words: Any) -> Any:
    """The weighted sum of what the slots give; one wire for one output, else a tuple."""
    outputs = add(make(Mixture, {"slots": tuple(slots), "axis": axis}), (weights, *inputs), **words)
    return outputs[0] if len(outputs) == 1 else outputs
