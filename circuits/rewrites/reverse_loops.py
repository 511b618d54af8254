"""Loops run backwards: forward a scan that stores its states, backward a scan over what it stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from ..apply import call
from ..circuit import Circuit, Input, Output
from ..errors import AttributeProblem
from ..op import Primitive
from ..regions.scan import scan
from ..trace import Wire, build
from ..types import ArrayType
from .fitting import CONTINUOUS, Backward, Pass, as_tuple, unused, widen, zeros
from .flatten import stripped
from .inline import inline
from .rename_axes import face_sizes

Pull = Callable[[Sequence[Wire | None]], Sequence[Wire | None]]
INNER = "body"


@dataclass(frozen=True)
class Loop:
    """A flat body run along an axis: inputs named in `along` are read along it, the first `carried` are the state."""

    body: Circuit
    axis: str
    along: tuple[str, ...]
    carried: int
    reverse: bool = False


def pulled_loop(
    loop: Loop, wires: Sequence[Wire], needed: Sequence[bool], name: str, backward: Backward
) -> tuple[tuple[Wire, ...], Pull]:
    """Run a loop forward and store its states; gives its outputs and how cotangents are pulled back."""
    given, types = _spread(loop, wires)
    body = explicit(loop.body, types, loop.carried)
    storing, replayed, stored = _storing(body, loop.carried)
    words = {"axis": loop.axis, "along": " ".join(loop.along)}
    made = as_tuple(scan(storing, *given, **words, carried=loop.carried, reverse=loop.reverse, name=name))
    count = len(body.outputs)
    back = _Back(loop, replayed, given, needed, made, stored, backward)
    return made[:count], back.pull


def _spread(loop: Loop, wires: Sequence[Wire]) -> tuple[list[Wire], list[ArrayType]]:
    """Wires of a loop whose states carry all passing axes, and the types its body sees."""
    own = [(*item.type.axes, loop.axis) if item.name in loop.along else item.type.axes for item in loop.body.inputs]
    over = dict.fromkeys(axis for wire, axes in zip(wires, own, strict=True) for axis in wire.axes if axis not in axes)
    given = [
        widen(wire, (*over, *axes)) if place < loop.carried else wire
        for place, (wire, axes) in enumerate(zip(wires, own, strict=True))
    ]
    types = []
    for item, wire in zip(loop.body.inputs, given, strict=True):
        dropped = loop.axis if item.name in loop.along else None
        types.append(replace(item.type, axes=tuple(axis for axis in wire.axes if axis != dropped)))
    return given, types


def explicit(body: Circuit, types: Sequence[ArrayType], carried: int) -> Circuit:
    """A flat body whose inputs have these types: axes that passed over it are spelled out."""

    def trace(*wires: Wire) -> Mapping[str, Wire]:
        made = as_tuple(call(body, *wires, name=INNER))
        wide = [widen(wire, type.axes) for wire, type in zip(made[:carried], types, strict=False)]
        return dict(zip(ends, (*wide, *made[carried:]), strict=True))

    ends, names = [output.name for output in body.outputs], [item.name for item in body.inputs]
    defaults = dict(body.checked.defaults)
    found = build(body.name, dict(zip(names, types, strict=True)), trace, sizes=defaults, constraints=face_sizes(body))
    return stripped(inline(found), INNER)


def _storing(body: Circuit, carried: int) -> tuple[Circuit, Circuit, list[str]]:
    """The body that also gives its states and draws, the body that takes the draws, and the inputs that are stored.

    Draws of the backward pass have to be those of the forward pass, so they are stored.
    """
    taken = {item.name for item in body.inputs} | {output.name for output in body.outputs}
    stored = [item.name for item in body.inputs[:carried]]
    outputs = [Output(unused(f"before_{name}", taken), name) for name in stored]
    drawn: list[Input] = []
    nodes = []
    for node in body.nodes:
        if not node.op.signature.draws:
            nodes.append(node)
            continue
        if not isinstance(node.op, Primitive):
            found = f"some in '{node.name}'"
            raise AttributeProblem("draws outside of inner regions", found, "Draw before the region.")
        for wire in node.outputs():
            drawn.append(Input(unused(f"drawn_{len(drawn)}", taken), body.checked.type(wire)))
            outputs.append(Output(drawn[-1].name, wire))
    places = {output.wire: output.name for output in outputs[carried:]}
    held = tuple(
        replace(node, inputs=tuple(places.get(wire, wire) if wire is not None else None for wire in node.inputs))
        for node in nodes
    )
    ends = tuple(replace(item, wire=places.get(item.wire, item.wire)) for item in body.outputs)
    replayed = replace(body, inputs=(*body.inputs, *drawn), nodes=held, outputs=ends) if drawn else body
    return replace(body, outputs=(*body.outputs, *outputs)), replayed, [*stored, *(item.name for item in drawn)]


@dataclass(frozen=True)
class _Back:
    """The backward pass of a loop that has run forward."""

    loop: Loop
    body: Circuit
    given: Sequence[Wire]
    needed: Sequence[bool]
    made: Sequence[Wire]
    stored: Sequence[str]
    backward: Backward

    def pull(self, cotangents: Sequence[Wire | None]) -> Sequence[Wire | None]:
        """A scan over stored states, in the other direction; what stays the same over the loop is summed."""
        body, loop, states = self.body, self.loop, self._states()
        taken = {item.name for item in body.inputs}
        seeds = {
            output.name: unused(f"d_{output.name}", taken)
            for place, output in enumerate(body.outputs)
            if body.checked.type(output.wire).element in CONTINUOUS
            and (place < loop.carried or cotangents[place] is not None)
        }
        wanted = self._wanted()
        fixed = [name for name in wanted[len(states) :] if name not in loop.along]
        sums = {name: unused(f"sum_{name}", taken) for name in fixed}
        asked = Pass(tuple(seeds.items()), tuple((name, f"d_{name}") for name in wanted))
        step = self._step(self.backward(body, asked), seeds, sums)
        starts = [self._cotangent(place, cotangents) for place in states]
        starts += [zeros(body.checked.type(name)) for name in sums]
        scanned = self._scanned(step, starts, seeds, cotangents)
        return self._gradients(dict(zip((item.name for item in step.outputs), scanned, strict=True)), seeds, sums)

    def _scanned(
        self, step: Circuit, starts: Sequence[Wire], seeds: Mapping[str, str], cotangents: Sequence[Wire | None]
    ) -> tuple[Wire, ...]:
        """The scan of one step back; read along the axis are sequences, what was stored, and cotangents."""
        body, loop = self.body, self.loop
        names = [item.name for item in body.inputs]
        kept = dict(zip(self.stored, self.made[len(body.outputs) :], strict=True))
        read = dict(zip(names, self.given, strict=False)) | kept
        ends = {seeds[output.name]: wire for output, wire in self._emitted(cotangents) if output.name in seeds}
        along = [name for name in names if name in loop.along or name in kept]
        return as_tuple(
            scan(
                step,
                *starts,
                *(read[name] for name in names),
                *ends.values(),
                axis=loop.axis,
                along=" ".join((*along, *ends)),
                carried=len(starts),
                reverse=not loop.reverse,
            )
        )

    def _emitted(self, cotangents: Sequence[Wire | None]) -> list[tuple[Output, Wire]]:
        """Outputs along the axis that have a cotangent, with it."""
        pairs = list(zip(self.body.outputs, cotangents, strict=True))[self.loop.carried :]
        return [(output, wire) for output, wire in pairs if wire is not None]

    def _states(self) -> list[int]:
        """Places of the states that have gradients."""
        inputs = self.body.inputs[: self.loop.carried]
        return [place for place, item in enumerate(inputs) if item.type.element in CONTINUOUS]

    def _wanted(self) -> list[str]:
        """Inputs of the body to differentiate by: the states, then what needs a gradient."""
        inputs, states = self.body.inputs, self._states()
        rest = range(self.loop.carried, len(self.given))
        more = [place for place in rest if self.needed[place] and inputs[place].type.element in CONTINUOUS]
        return [inputs[place].name for place in (*states, *more)]

    def _cotangent(self, place: int, cotangents: Sequence[Wire | None]) -> Wire:
        found, made = cotangents[place], self.made[place].type
        return found if found is not None else zeros(made or ArrayType())

    def _step(self, back: Circuit, seeds: Mapping[str, str], sums: Mapping[str, str]) -> Circuit:
        """One step back: cotangents of the state and sums are carried, all else is read."""
        body, carried = self.body, self.loop.carried
        known = {item.name: item.type for item in back.inputs}
        states = [seeds[body.outputs[place].name] for place in self._states()]
        types = {name: known[name] for name in states}
        types |= {total: known[name] for name, total in sums.items()}
        types |= {item.name: item.type for item in body.inputs}
        ends = [seeds[output.name] for output in body.outputs[carried:] if output.name in seeds]
        types |= {name: known[name] for name in ends}

        def trace(*wires: Wire) -> Mapping[str, Wire]:
            given = dict(zip(types, wires, strict=True))
            made = as_tuple(call(back, *(given[item.name] for item in back.inputs), name=INNER))
            found = dict(zip((output.name for output in back.outputs), made, strict=True))
            names = [body.inputs[place].name for place in self._states()]
            result = {seed: found.pop(f"d_{name}") for seed, name in zip(states, names, strict=True)}
            result |= {total: given[total] + found.pop(f"d_{name}") for name, total in sums.items()}
            return result | found

        defaults = dict(back.checked.defaults)
        return inline(build(f"{body.name}_back", types, trace, sizes=defaults, constraints=face_sizes(back)))

    def _gradients(
        self, found: Mapping[str, Wire], seeds: Mapping[str, str], sums: Mapping[str, str]
    ) -> list[Wire | None]:
        """What the scan gave, for everything the loop reads."""
        gradients: list[Wire | None] = []
        for place in range(len(self.given)):
            name = self.body.inputs[place].name
            if place in self._states():
                gradients.append(found[seeds[self.body.outputs[place].name]])
            else:
                gradients.append(found.get(sums.get(name, f"d_{name}")))
        return gradients
