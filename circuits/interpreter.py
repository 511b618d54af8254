"""Running the nodes of a circuit: binding axes and weights, lifting primitives, following calls and regions."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from .circuit import Circuit, Node
from .derived import Derived, callee_sizes, scope_map
from .draws import Draws
from .errors import BindingError
from .frame import Frame
from .named import Named, merged
from .op import Buffer, Primitive, Weight
from .parameters import state_key
from .region import Region
from .sizes import Size
from .type_nodes import Record

Fixed = tuple[tuple[str, int], ...]
OUTER, CONSUMED = "^", "="


@dataclass(frozen=True)
class Place:
    """Where execution is: paths of keys and draws, axes of enclosing `per`, axes over which draws are shared.

    `around` is the place of the node that is being run, `names` what the axes at its ends are called there, `nodes` the
    names of the nodes around, `a/b`.
    """

    path: str = ""
    draw: str = ""
    per: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    around: Place | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    nodes: str = ""

    def inside(self, node: Node, body: Circuit, names: Mapping[str, str], part: str = "", step: str = "") -> Place:
        """The place inside a node: names of this scope get a mark, as its axes pass over."""
        formal = {axis for item in body.inputs for axis in item.type.axes}
        return Place(
            f"{self.path}{node.weights or node.name}.{part}",
            f"{self.draw}{node.name}.{part}{step}",
            tuple(OUTER + axis for axis in (*self.per, *node.per)),
            tuple(OUTER + axis for axis in (*self.shared, *node.shared)),
            self,
            {axis: names.get(axis, axis) for axis in formal},
            f"{self.nodes}/{node.name}" if self.nodes else node.name,
        )

    def label(self, axis: str) -> str:
        """What an axis is called in the outermost circuit it comes from."""
        if self.around is not None and axis.startswith(OUTER):
            return self.around.label(axis[len(OUTER) :])
        return self.around.label(self.names[axis]) if self.around is not None and axis in self.names else axis


Watch = Callable[[Place, str, Named], None]


@dataclass
class Interpreter:
    """One execution: the array namespace, the state by key, how draws begin, and how literally it is done.

    `watch` is shown every wire: the place of its circuit, its id there, and its array.
    """

    xp: Any
    state: Mapping[str, Any]
    seed: int
    training: bool
    literal: bool
    fixed: Fixed = ()
    updates: dict[str, Any] = field(default_factory=dict)
    watch: Watch | None = None

    def circuit(self, circuit: Circuit, inputs: Sequence[Named], sizes: Mapping[str, int], place: Place) -> list[Named]:
        """Run all nodes, producers first, and collect the outputs."""
        wires = {item.name: array for item, array in zip(circuit.inputs, inputs, strict=True)}
        for record in circuit.checked.records.values():
            node = record.node
            made = self.node(
                circuit,
                record,
                [wires[wire] for wire in node.wires if wire is not None],
                sizes,
                place,
            )
            wires.update(zip(node.outputs(), made, strict=True))
        if self.watch is not None:
            for wire, array in wires.items():
                self.watch(place, wire, array)
        return [wires[output.wire] for output in circuit.outputs]

    def node(
        self,
        circuit: Circuit,
        record: Record,
        arrays: Sequence[Named],
        sizes: Mapping[str, int],
        place: Place,
    ) -> list[Named]:
        """Bind consumed axes to the op's names, collect its weights, and run it."""
        node, op = record.node, record.node.op
        ports = record.type.ports
        bound = [
            array.rename(dict(zip(taken, port.axes, strict=True)))
            for array, taken, port in zip(arrays, record.type.consumed, ports, strict=True)
        ]
        inputs, fed = (
            bound[: len(op.signature.inputs)],
            dict(zip(node.fed, bound[len(op.signature.inputs) :], strict=True)),
        )
        owner = circuit.by_name[node.weights] if node.weights else node
        owned: list[Weight | Buffer] = [*op.signature.weights, *op.signature.buffers]
        for item in owned:
            if item.name in fed:
                inputs.append(fed[item.name])
                continue
            key = state_key(place.path, owner, item.name)
            array = self.updates.get(key, self.state[key])
            inputs.append(Named(array, (*place.per, *node.per, *item.axes)))
        if isinstance(op, Primitive):
            made = self.primitive(node, op, inputs, sizes, place)
        elif isinstance(op, Region):
            made = self.region(node, op, inputs, sizes, place)
        else:
            assert isinstance(op, Derived)
            made = self.derived(node, op, inputs, sizes, place)
        counts = {axis: Size.name(axis).evaluate(sizes) for axis in node.per}
        return [array.spread(counts, self.xp) for array in made]

    def primitive(
        self,
        node: Node,
        op: Primitive,
        inputs: Sequence[Named],
        sizes: Mapping[str, int],
        place: Place,
    ) -> list[Named]:
        """Lift the reference over all axes the op does not consume."""
        signature = op.signature
        taken = [port.axes for port in signature.inputs] + [w.axes for w in signature.weights]
        taken += [b.axes for b in signature.buffers]
        lengths = merged(inputs, taken)
        key = f"{self.seed}/{place.draw}{node.name}"
        labels = {axis: place.label(axis) for axis in lengths} if signature.draws else {}
        draws = Draws(key, tuple(lengths.items()), self.fixed, frozenset((*place.shared, *node.shared)), labels)
        aligned = [self._aligned(named, tuple(lengths), axes) for named, axes in zip(inputs, taken, strict=True)]
        frame = Frame(self.xp, sizes, tuple(lengths.values()), draws, self.training)
        if self.literal and lengths:
            results = self._literally(op, frame, aligned, lengths)
        else:
            results = list(op.reference(frame, aligned))
        made = []
        for number, result in enumerate(signature.outputs):
            kept = (
                lengths
                if result.of is None
                else merged(
                    [inputs[i] for i in self._sources(op, result.of, inputs)],
                    [taken[i] for i in self._sources(op, result.of, inputs)],
                )
            )
            made.append(self._settled(results[number], lengths, kept, result.axes))
        self._update(node, op, results[len(signature.outputs) :], lengths, place)
        return made

    def _aligned(self, named: Named, passing: tuple[str, ...], consumed: tuple[str, ...]) -> Any:
        """An input with passing axes first; one that it consumes may pass over from another input."""
        own = {axis: CONSUMED + axis for axis in consumed}
        return named.rename(own).ordered((*passing, *own.values()), self.xp)

    @staticmethod
    def _sources(op: Primitive, of: tuple[int, ...], inputs: Sequence[Named]) -> tuple[int, ...]:
        return (*of, *range(len(op.signature.inputs), len(inputs)))

    def _settled(self, array: Any, lengths: Mapping[str, int], kept: Mapping[str, int], axes: tuple[str, ...]) -> Named:
        """Drop passing axes the output does not depend on, and give the others their full length."""
        drop = tuple(place for place, axis in enumerate(lengths) if axis not in kept)
        array = self.xp.squeeze(array, axis=drop) if drop else array
        over = tuple(axis for axis in lengths if axis in kept)
        shape = tuple(lengths[axis] for axis in over) + tuple(array.shape[len(over) :])
        return Named(self.xp.broadcast_to(array, shape), (*over, *axes))

    def _literally(self, op: Primitive, frame: Frame, aligned: Sequence[Any], lengths: Mapping[str, int]) -> list[Any]:
        """The literal law: one call an index of the passing axes, results put back in place."""
        names, counts = tuple(lengths), tuple(lengths.values())
        collected: list[list[Any]] = []
        for index in itertools.product(*(range(count) for count in counts)):
            at = [array[tuple(i if array.shape[k] > 1 else 0 for k, i in enumerate(index))] for array in aligned]
            draws = replace(frame.draws, passing=(), fixed=(*frame.draws.fixed, *zip(names, index, strict=True)))
            collected.append([np.asarray(r) for r in op.reference(replace(frame, passing=(), draws=draws), at)])
        if not collected:
            return list(op.reference(frame, aligned))
        columns = zip(*collected, strict=True)
        return [np.stack(column).reshape(*counts, *column[0].shape) for column in columns]

    def _update(
        self, node: Node, op: Primitive, values: Sequence[Any], lengths: Mapping[str, int], place: Place
    ) -> None:
        """Keep the next buffers, with their axes in the order the state has them."""
        if not self.training:
            return
        owner = replace(node, name=node.weights) if node.weights else node
        for buffer, value in zip(op.signature.buffers, values, strict=False):
            key, held = state_key(place.path, owner, buffer.name), (*place.per, *node.per, *buffer.axes)
            loose = sum(axis not in held for axis in lengths)
            if loose:
                raise BindingError(
                    f"{key}: expected no axes passing over a buffer in training, found {loose}. "
                    "Give arrays of the declared axes only."
                )
            shape = (*lengths.values(), *value.shape[len(lengths) :])
            named = Named(self.xp.broadcast_to(value, shape), (*lengths, *buffer.axes))
            self.updates[key] = named.ordered(held, self.xp)

    def derived(
        self,
        node: Node,
        op: Derived,
        inputs: Sequence[Named],
        sizes: Mapping[str, int],
        place: Place,
    ) -> list[Named]:
        """Run the circuit an op stands for; axes it does not know pass over all of it."""
        body, renamed = op.body, op.axis_map()
        inner = [
            named.rename(self._inwards(named, item.type.axes, tuple(renamed.get(a, a) for a in item.type.axes)))
            for named, item in zip(inputs, body.inputs, strict=True)
        ]
        scope = callee_sizes(body, sizes, scope_map(renamed, op.size_map()))
        outputs = self.circuit(body, inner, scope, place.inside(node, body, renamed))
        back = {formal: renamed.get(formal, formal) for made in outputs for formal in made.axes}
        return [self._outwards(made, back) for made in outputs]

    @staticmethod
    def _inwards(named: Named, formal: Sequence[str], actual: Sequence[str]) -> dict[str, str]:
        known = dict(zip(actual, formal, strict=True))
        return {axis: known.get(axis, OUTER + axis) for axis in named.axes}

    @staticmethod
    def _outwards(made: Named, back: Mapping[str, str]) -> Named:
        return made.rename({axis: axis[1:] if axis.startswith(OUTER) else back[axis] for axis in made.axes})

    def region(
        self,
        node: Node,
        op: Region,
        inputs: Sequence[Named],
        sizes: Mapping[str, int],
        place: Place,
    ) -> list[Named]:
        """Run a region: its rule decides how often the body runs and on what."""
        ports = op.signature.inputs
        inner = [
            named.rename(self._inwards(named, port.axes, port.axes)) for named, port in zip(inputs, ports, strict=True)
        ]
        outputs = op.run(_Body(self, node, place, sizes), inner, sizes)
        # a state may come to depend on every input, even where no round has made it so
        own = [port.axes for port in ports]
        found = []
        for made, result in zip(outputs, op.signature.outputs, strict=True):
            of = range(len(inner)) if result.of is None else result.of
            over = merged([inner[i] for i in of], [own[i] for i in of])
            found.append(self._outwards(made.spread(over, self.xp), {axis: axis for axis in made.axes}))
        return found


@dataclass(frozen=True)
class _Body:
    """Runs the body of a region once."""

    machine: Interpreter
    node: Node
    place: Place
    sizes: Mapping[str, int]

    @property
    def xp(self) -> Any:
        """The array namespace."""
        return self.machine.xp

    def __call__(self, body: Circuit, inputs: Sequence[Named], *, part: str = "", step: str = "") -> list[Named]:
        """Outputs of the body for these inputs."""
        scope = callee_sizes(body, self.sizes, {})
        return self.machine.circuit(body, inputs, scope, self.place.inside(self.node, body, {}, part, step))
