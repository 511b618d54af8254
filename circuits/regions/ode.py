"""Differential equations, solved by steps of one size."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Literal

from pydantic import InstanceOf

from ..apply import add, call, elementwise, make
from ..circuit import Circuit
from ..errors import AttributeProblem
from ..op import Glyph, SizeField
from ..ops.sources import constant
from ..rewrites.lift_parameters import Lifted
from ..rewrites.rename_axes import face_sizes
from ..sizes import Size
from ..trace import Wire, build
from ..types import REAL, ArrayType
from .repeat import repeat
from .scan import scan
from .unfolded import Unfolded, as_tuple, lifted, sources

Slopes = list[Wire]
Field = Callable[[Sequence[Wire], float], Slopes]
COUNTER = "step"

# Runge-Kutta tableaus: for every stage its time and the weights of the stages before, then the weights of the sum.
Tableau = tuple[tuple[tuple[float, tuple[float, ...]], ...], tuple[float, ...]]
TABLEAUS: Mapping[str, Tableau] = {
    "euler": (((0.0, ()),), (1.0,)),
    "midpoint": (((0.0, ()), (0.5, (0.5,))), (0.0, 1.0)),
    "heun": (((0.0, ()), (1.0, (1.0,))), (0.5, 0.5)),
    "rk4": (
        ((0.0, ()), (0.5, (0.5,)), (0.5, (0.0, 0.5)), (1.0, (0.0, 0.0, 1.0))),
        (1 / 6, 1 / 3, 1 / 3, 1 / 6),
    ),
}


class Ode(Unfolded):
    """Solves dy/dt = f(y, t, ...) from `start` to `stop`: `ode(field, y0, x, method="rk4", steps=10)`.

    The body gives the slopes of its first inputs, one output for each. An input called as in `time` gets the time; all
    others stay the same. Steps have one size; methods are euler, midpoint, heun and rk4. With `path`, an axis of as
    many elements as steps, the states after every step follow the last one. Source: Runge (1895), Kutta (1901);
    as a layer, Chen et al. (2018).
    """

    name: ClassVar[str] = "ode"
    glyph: ClassVar[Glyph] = Glyph(outline="brackets", mark="\\dot{z}=f(z)")
    texts: ClassVar[Mapping[str, str]] = {"time": "plain"}

    content: InstanceOf[Circuit]
    method: Literal["euler", "midpoint", "heun", "rk4"] = "rk4"
    steps: SizeField = Size.of(10)
    start: float = 0.0
    stop: float = 1.0
    time: str = "t"
    path: str = ""

    def unfold(self) -> Circuit:
        """A loop over steps that carry the state and their number."""
        field, found = self.content, lifted(self.content)
        count = len(field.outputs)
        self._check(field, count)
        rest = [item for item in field.inputs[count:] if item.name != self.time]
        step = self._step(field, found, count)

        def body(*inputs: Wire) -> Mapping[str, Wire]:
            state, others = inputs[:count], inputs[count:]
            first = constant(0.0)
            given = (*state, first, *others, *sources(found))
            names = [item.name for item in field.inputs[:count]]
            if not self.path:
                made = as_tuple(repeat(step, *given, times=self.steps, tied=True, name="steps"))
                return dict(zip(names, made[:count], strict=True))
            made = as_tuple(scan(step, *given, axis=self.path, carried=count + 1, name="steps"))
            paths = dict(zip((f"{name}_path" for name in names), made[count + 1 :], strict=True))
            return {**dict(zip(names, made[:count], strict=True)), **paths}

        types = {item.name: item.type for item in (*field.inputs[:count], *rest)}
        limits = (*face_sizes(field), *((f"{self.path} = {self.steps}",) if self.path else ()))
        return build(field.name, types, body, sizes=dict(field.checked.defaults), constraints=limits)

    def _check(self, field: Circuit, count: int) -> None:
        if not count or count > len(field.inputs):
            raise AttributeProblem(
                f"a slope for each of the first inputs of '{field.name}'",
                f"{len(field.inputs)} inputs and {count} outputs",
                "Return one slope a state.",
            )
        for item, output in zip(field.inputs, field.outputs, strict=False):
            slope = field.checked.type(output.wire)
            if set(slope.axes) != set(item.type.axes) or item.type.element != slope.element:
                raise AttributeProblem(f"the slope of '{item.name}' {item.type}", str(slope), "Give it that type.")
        timed = [item for item in field.inputs[count:] if item.name == self.time]
        if timed and timed[0].type != ArrayType(REAL, ()):
            raise AttributeProblem(f"the time '{self.time}' as []", str(timed[0].type), "Call the input otherwise.")

    def _step(self, field: Circuit, found: Lifted, count: int) -> Circuit:
        """One step: inputs are the state, its number, what stays, and the parameters."""
        inner = found.circuit
        states, others = inner.inputs[:count], [item for item in inner.inputs[count:] if item.name != self.time]
        taken = {item.name for item in inner.inputs}
        counter = next(name for number in range(99) if (name := COUNTER + "_" * number) not in taken)
        types = {item.name: item.type for item in states} | {counter: ArrayType(REAL, ())}
        types |= {item.name: item.type for item in others}
        width = (self.stop - self.start, f"size({self.steps})")

        def body(*inputs: Wire) -> Mapping[str, Wire]:
            wires = dict(zip(types, inputs, strict=True))
            state = [wires[item.name] for item in states]

            def slopes(at: Sequence[Wire], fraction: float) -> Slopes:
                known = {**wires, **dict(zip((item.name for item in states), at, strict=True))}
                if any(item.name == self.time for item in inner.inputs[count:]):
                    text = f"{self.start!r} + (i + {fraction!r}) * {width[0]!r} / {width[1]}"
                    known[self.time] = elementwise(text, wires[counter])
                return list(as_tuple(call(inner, *(known[item.name] for item in inner.inputs))))

            moved = _advance(state, slopes, TABLEAUS[self.method], f"{width[0]!r} / {width[1]}")
            names = [item.name for item in states]
            made = dict(zip(names, moved, strict=True)) | {counter: wires[counter] + 1.0}
            return made | (dict(zip((f"{name}_path" for name in names), moved, strict=True)) if self.path else {})

        defaults = dict(inner.checked.defaults)
        return build(f"{field.name}_step", types, body, sizes=defaults, constraints=face_sizes(inner))


def _advance(state: Sequence[Wire], slopes: Field, tableau: Tableau, width: str) -> list[Wire]:
    """The state after one step of a Runge-Kutta method."""
    stages: list[Slopes] = []
    for fraction, weights in tableau[0]:
        stages.append(slopes(_moved(state, stages, weights, width), fraction))
    return _moved(state, stages, tableau[1], width)


def _moved(state: Sequence[Wire], stages: Sequence[Slopes], weights: Sequence[float], width: str) -> list[Wire]:
    """The state moved along a weighted sum of slopes."""
    used = [place for place, weight in enumerate(weights) if weight]
    if not used:
        return list(state)
    total = " + ".join(f"{weights[place]!r} * k{place}" for place in used)
    text = f"y + {width} * ({total})"
    return [elementwise(text, y, *(stages[place][number] for place in used)) for number, y in enumerate(state)]


def ode(
    field: Circuit,
    *inputs: Wire,
    method: str = "rk4",
    steps: int | str | Size = 10,
    start: float = 0.0,
    stop: float = 1.0,
    time: str = "t",
    path: str = "",
    **words: Any,
) -> Any:
    """Solve dy/dt = field(y, t, ...); states come first. One wire for one output, else a tuple."""
    attributes = {"content": field, "method": method, "steps": steps, "start": start, "stop": stop}
    op = make(Ode, {**attributes, "time": time, "path": path})
    words.setdefault("name", field.name)
    outputs = add(op, inputs, **words)
    return outputs[0] if len(outputs) == 1 else outputs
