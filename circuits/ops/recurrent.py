"""Recurrent layers: a cell's state carried along an axis.

Weights are those of the cell, shared by all steps; a layer in both directions has a second set, called `..._reverse`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import ClassVar, Literal, final

from ..apply import add, applied_many, make
from ..circuit import Circuit
from ..derived import Composite
from ..errors import AttributeProblem
from ..op import Glyph, Init
from ..regions.scan import scan
from ..trace import Wire, build
from ..types import axis_name
from .cells import Axes, Cell, GRUCell, LSTMCell, RNNCell, starts, weight_types
from .concat import stack
from .slices import index
from .sources import constant
from .specs import read_ends

REVERSE = "_reverse"


class Layer(Composite):
    """A cell run along an axis."""

    cell: ClassVar[type[Cell]]

    spec: str
    bias: bool = True
    reverse: bool = False
    bidirectional: bool = False
    direction: str = "both"
    initial: bool = False

    @cached_property
    def axes(self) -> tuple[str, Axes]:
        """The axis it runs along, and the axes of its cell."""
        left, right = read_ends(self.spec, "t i -> o")
        if not left:
            raise AttributeProblem(f"an axis to run along on the left of {self.spec!r}", "none", "Write 't i -> o'.")
        along, *read = left
        if along in right:
            fix = "The axis it runs along stays; leave it out on the right."
            raise AttributeProblem(f"axes of the state on the right of {self.spec!r}", f"'{along}'", fix)
        return along, Axes({axis: left[axis] for axis in read}, right, self.spec)

    @property
    def suffixes(self) -> tuple[str, ...]:
        """What tells the weights of the directions apart."""
        if self.bidirectional and self.reverse:
            raise AttributeProblem("reverse or bidirectional", "both", "Leave out reverse.")
        return ("", REVERSE) if self.bidirectional else ("",)

    def step(self) -> Cell:
        """The cell of one step."""
        axes = self.axes[1]
        return make(self.cell, {"spec": f"{axes.read} -> {axes.state}", "bias": self.bias})

    @final
    def weights(self) -> Mapping[str, Init]:
        """Those of the cell, once a direction."""
        return {
            name: init for suffix in self.suffixes for name, init in starts(self.axes[1], self.bias, suffix).items()
        }

    @final
    def expand(self) -> Circuit:
        """A scan a direction."""
        along, axes = self.axes
        states, size = self.cell.states, 4 if self.bias else 2
        both = f"{axis_name(self.direction)} " if self.bidirectional else ""
        begin = [f"{name}0" for name in states] if self.initial else []
        inputs = {"x": f"[{along} {axes.read_sized}]", **dict.fromkeys(begin, f"[{both}{axes.state_sized}]")}
        for suffix in self.suffixes:
            inputs |= weight_types(axes, self.cell.gate, self.cell.count, self.bias, suffix)

        def body(x: Wire, *rest: Wire) -> dict[str, Wire]:
            given, weights = rest[: len(begin)], rest[len(begin) :]
            start = given or tuple(constant(0.0, axes=axes.state) for _ in states)
            if not both:
                return dict(zip(("sequence", *states), self._run(x, start, weights, self.reverse), strict=True))
            runs = []
            for place, backwards in enumerate((False, True)):
                own = [index(wire, axis=self.direction, at=place) for wire in start] if given else start
                runs.append(self._run(x, own, weights[place * size :][:size], backwards))
            made = [stack(*wires, axis=self.direction) for wires in zip(*runs, strict=True)]
            return dict(zip(("sequence", *states), made, strict=True))

        outputs = [f"[{along} {both}{axes.state}]", *[f"[{both}{axes.state}]"] * len(states)]
        return build(self.name, inputs, body, outputs=outputs)

    def _run(self, x: Wire, start: Sequence[Wire], weights: Sequence[Wire], backwards: bool) -> list[Wire]:
        """All states in order of the axis, then what is left at the end."""
        count, name = len(start), "backward" if backwards else "forward"
        *last, sequence = scan(
            self._step, *start, *weights, x, axis=self.axes[0], along="x", carried=count, reverse=backwards, name=name
        )
        return [sequence, *last]

    @cached_property
    def _step(self) -> Circuit:
        """One step: the cell, whose first state is shown."""
        axes, cell = self.axes[1], self.step()
        types = weight_types(axes, self.cell.gate, self.cell.count, self.bias)
        states = self.cell.states

        def body(*wires: Wire) -> dict[str, Wire]:
            held, fed, x = wires[: len(states)], wires[len(states) : -1], wires[-1]
            made = add(cell, (x, *held), dict(zip(types, fed, strict=True)), name="cell")
            return {**dict(zip(states, made, strict=True)), "shown": made[0]}

        inputs = {**dict.fromkeys(states, f"[{axes.state}]"), **types, "x": f"[{axes.read}]"}
        return build(f"{self.name}_step", inputs, body)


class RNN(Layer):
    """Recurrent layer along an axis: `sequence, h = rnn(x, "t i -> o")`, h[t] = tanh(W_ih x[t] + W_hh h[t-1] + b).

    Gives the states of all steps [t o] and the last one [o]; the first is 0, or an input `h0` with `initial`. `reverse`
    runs from the end; `bidirectional` runs both ways with weights of their own, and outputs have the axis `direction`
    of size 2. Source: Elman (1990); Schuster & Paliwal (1997).
    """

    name: ClassVar[str] = "rnn"
    glyph: ClassVar[Glyph] = Glyph(outline="brackets", mark="\\mathrm{RNN}", learned=True, detail="loop")
    cell: ClassVar[type[Cell]] = RNNCell

    nonlinearity: Literal["tanh", "relu"] = "tanh"

    def step(self) -> Cell:
        """The cell of one step."""
        return super().step().model_copy(update={"nonlinearity": self.nonlinearity})


class GRU(Layer):
    """Layer of gated recurrent units along an axis: `sequence, h = gru(x, "t i -> o")`.

    The cell is `gru_cell`; outputs, directions and the first state are as in `rnn`. Source: Cho et al. (2014).
    """

    name: ClassVar[str] = "gru"
    glyph: ClassVar[Glyph] = Glyph(outline="brackets", mark="\\mathrm{GRU}", learned=True, detail="loop")
    cell: ClassVar[type[Cell]] = GRUCell


class LSTM(Layer):
    """Layer of long short-term memory along an axis: `sequence, h, c = lstm(x, "t i -> o")`.

    The cell is `lstm_cell`; gives what all steps show [t o], and the last output and memory [o]; directions and first
    states (`h0`, `c0`) are as in `rnn`. Source: Hochreiter & Schmidhuber (1997).
    """

    name: ClassVar[str] = "lstm"
    glyph: ClassVar[Glyph] = Glyph(outline="brackets", mark="\\mathrm{LSTM}", learned=True, detail="loop")
    cell: ClassVar[type[Cell]] = LSTMCell


rnn = applied_many(RNN)
gru = applied_many(GRU)
lstm = applied_many(LSTM)
