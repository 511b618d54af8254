"""Which inputs of a region its states and emitted values come to depend on, and what that means for their shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..instance import Body, Layout
from ..site import Site
from ..value import Value, leading

Carry = frozenset[int]


@dataclass(frozen=True)
class Flow:
    """Dependencies step after step: `states[s]` of the states before step s, `emitted[s]` of what step s emits.

    Where the number of steps is known these are all steps, else as many as show whether they settle.
    """

    states: tuple[tuple[Carry, ...], ...]
    emitted: tuple[tuple[Carry, ...], ...]
    counted: bool

    def last(self, place: int) -> Carry:
        """What a state depends on at the end: after the last step, or after any."""
        if self.counted:
            return self.states[-1][place]
        return frozenset().union(*(states[place] for states in self.states[1:]))

    def settled(self, place: int) -> bool:
        """Whether a state depends on the same however many steps there are."""
        return self.counted or len({states[place] for states in self.states[1:]}) == 1

    @property
    def even(self) -> bool:
        """Whether every step emits values of the same dependencies."""
        return len(set(self.emitted)) == 1


def flow(body: Body, carried: int, count: int | None) -> Flow:
    """Follow dependencies through the body."""
    total, outputs = len(body.circuit.inputs), len(body.circuit.outputs)
    states = [tuple(frozenset({place}) for place in range(carried))]
    emitted: list[tuple[Carry, ...]] = []
    while len(emitted) < (2 * carried + 2 if count is None else count):
        before = [*states[-1], *(frozenset({place}) for place in range(carried, total))]
        made = [frozenset().union(*(before[source] for source in body.sources(place))) for place in range(outputs)]
        states.append(tuple(made[:carried]))
        emitted.append(tuple(made[carried:]))
        if states[-1] == states[-2]:
            break
    return Flow(tuple(states), tuple(emitted), count is not None or states[-1] == states[-2] == states[1])


def spread(site: Site, layout: Layout, value: Value, sources: Carry) -> Value:
    """The value at full length along all that its sources carry, for one that has it only after some steps."""
    group = [layout.inputs[place] for place in sorted(sources)]
    present = {axis for one in group for axis in one.axes}
    over = tuple(axis for axis in layout.passing if axis in present)
    prefix = [site.group(group)] if leading(group) else []
    own = tuple(axis for axis in value.axes if axis not in layout.passing)
    lengths = [site.length(axis, [one for one in group if axis in one.axes]) for axis in over]
    sizes = ", ".join([*prefix, *lengths, *["-1"] * len(own)])
    shape = f"({sizes},)" if sizes.startswith("*") and "," not in sizes else sizes
    return Value(f"{value.held}.expand({shape})", (*over, *own), leading(group), value.element)


def with_fronts(site: Site, inputs: Sequence[Value], carried: int) -> list[Value]:
    """The inputs of a region, its states carrying all axes that the weights of its body carry besides their own."""
    if not site.fronts:
        return list(inputs)
    found = []
    for place, value in enumerate(inputs):
        lacking = tuple(axis for axis in site.fronts if axis not in value.axes)
        grow = place < carried and lacking
        found.append(site.grown(value, (*lacking, *value.axes), inputs) if grow else value)
    return found
