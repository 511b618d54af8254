"""Scans: a body run along an axis, its state carried from step to step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from ..apply import add, make
from ..circuit import Circuit
from ..derived import callee_sizes, interface, output_axes
from ..errors import AttributeProblem, did_you_mean
from ..named import Named, stacked
from ..op import Glyph, Port, Result, Signature
from ..region import Region, Round, Runner
from ..sizes import Size
from ..trace import Wire
from ..types import axis_name


class Scan(Region):
    """Runs a body along an axis, carrying state: `scan(cell, h0, x, axis="t", along="x")`.

    The body's first `carried` inputs are the state and its first outputs the next state; inputs named in `along` are
    read step by step along the axis; the others stay the same at every step. Outputs: the last state, then what each
    step emits, along the axis. `reverse` runs from the end.
    """

    name: ClassVar[str] = "scan"
    glyph: ClassVar[Glyph] = Glyph(outline="brackets", mark="{axis}", detail="loop")
    laws: ClassVar[frozenset[str]] = frozenset({"causal", "streamable"})
    texts: ClassVar[Mapping[str, str]] = {"along": "plain"}

    axis: str
    along: str = ""
    carried: int = 1
    reverse: bool = False

    @property
    def sequences(self) -> tuple[str, ...]:
        """Inputs of the body that are read along the axis."""
        return tuple(self.along.split())

    def typing(self) -> Signature:
        """The body's interface with the axis on sequences and emitted outputs, the state unchanged."""
        axis_name(self.axis)
        body = self.content
        if body.checked.own_problems:
            raise AttributeProblem(
                "a body without problems",
                f"{len(body.checked.own_problems)} in '{body.name}'",
                "Mend it first.",
            )
        names = [item.name for item in body.inputs]
        for name in self.sequences:
            if name not in names:
                raise AttributeProblem(
                    f"inputs of '{body.name}' in along",
                    f"'{name}'",
                    "Name an input of the body." + did_you_mean(name, names),
                )
        if not self.carried <= min(len(body.inputs), len(body.outputs)):
            raise AttributeProblem(
                f"{self.carried} states at both ends of '{body.name}'",
                f"{len(body.inputs)} inputs and {len(body.outputs)} outputs",
                "Change carried.",
            )
        face = interface(body, {})
        ports = tuple(
            Port(port.name, (self.axis, *port.axes), port.element, port.space) if port.name in self.sequences else port
            for port in face.inputs
        )
        results = [self._state(place, face) for place in range(self.carried)]
        for emitted in face.outputs[self.carried :]:
            results.append(Result(emitted.name, (self.axis, *emitted.axes), emitted.element, emitted.space))
        if not self.sequences and len(results) == self.carried:
            raise AttributeProblem(f"something read or emitted along '{self.axis}'", "only state", "Use repeat.")
        return Signature(
            ports,
            tuple(results),
            facts=face.facts,
            lifted_first=True,
            draws=face.draws,
            updates=face.updates,
            defaults=face.defaults,
        )

    def _state(self, place: int, face: Signature) -> Result:
        before, after = face.inputs[place], face.outputs[place]
        if self.content.inputs[place].name in self.sequences:
            raise AttributeProblem("a state that is not read along the axis", f"'{before.name}'", "Change carried.")
        if (set(before.axes), before.element, before.space) != (set(after.axes), after.element, after.space):
            wanted = f"'{before.name}' [{' '.join(before.axes)}]"
            raise AttributeProblem(
                f"the next state of {wanted}",
                f"'{after.name}' [{' '.join(after.axes)}]",
                "Make what is carried keep its type.",
            )
        return Result(after.name, after.axes, after.element, after.space)

    def streamed(self) -> tuple[str, ...]:
        """The axis it runs along, unless it starts at the end."""
        return () if self.reverse else (self.axis,)

    def tally(self, sizes: Mapping[str, int]) -> Iterator[Round]:
        """A round a step."""
        yield Round(self.content, callee_sizes(self.content, sizes, {}), times=Size.name(self.axis).evaluate(sizes))

    def run(self, runner: Runner, inputs: Sequence[Named], sizes: Mapping[str, int]) -> list[Named]:
        """Step after step."""
        length = Size.name(self.axis).evaluate(sizes)
        state = list(inputs[: self.carried])
        emitted: list[list[Named]] = [[] for _ in self.content.outputs[self.carried :]]
        order = range(length - 1, -1, -1) if self.reverse else range(length)
        for step in order:
            given = [
                array.select(self.axis, step, runner.xp) if item.name in self.sequences else array
                for array, item in zip(inputs[self.carried :], self.content.inputs[self.carried :], strict=True)
            ]
            made = runner(self.content, [*state, *given], step=f"@{step}.")
            state = made[: self.carried]
            for column, array in zip(emitted, made[self.carried :], strict=True):
                column.append(array)
        if not length:
            return [*state, *self._nothing(runner.xp, sizes)]
        rows = [column[::-1] if self.reverse else column for column in emitted]
        return [*state, *(stacked(column, self.axis, runner.xp) for column in rows)]

    def _nothing(self, xp: Any, sizes: Mapping[str, int]) -> Iterator[Named]:
        """What a scan without steps emits: arrays of length 0 along the axis."""
        for output in self.content.outputs[self.carried :]:
            axes = output_axes(self.content, output.name)
            shape = (0, *(Size.name(axis).evaluate(sizes) for axis in axes))
            element = self.content.checked.type(output.wire).element
            dtype = {"Complex": xp.complex128, "Bool": xp.bool, "Real": xp.float64}.get(element.kind, xp.int64)
            yield Named(xp.zeros(shape, dtype=dtype), (self.axis, *axes))


def scan(
    body: Circuit,
    *inputs: Wire,
    axis: str,
    along: str = "",
    carried: int = 1,
    reverse: bool = False,
    **words: Any,
) -> Any:
    """Scan a body along an axis; one wire for one output, else a tuple."""
    op = make(
        Scan,
        {"content": body, "axis": axis, "along": along, "carried": carried, "reverse": reverse},
    )
    words.setdefault("name", body.name)
    outputs = add(op, inputs, **words)
    return outputs[0] if len(outputs) == 1 else outputs
