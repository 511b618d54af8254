"""Recurrent cells: the next state, of an input and the state before.

Weights are torch's with the gates as an axis of their own in front: weight_ih [gate out in], weight_hh [gate out out'],
whose first two axes merge into torch's.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import ClassVar, Literal, final

from ..apply import applied, applied_many, elementwise
from ..circuit import Circuit
from ..derived import Composite
from ..errors import AttributeProblem
from ..op import Glyph, Init
from ..trace import Wire, build
from .concat import unstack
from .einsum import einsum
from .spatial import sized
from .specs import Sizes, read_ends
from .views import rename

WEIGHTS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
States = Sequence[Wire]


class Axes:
    """The axes of a cell: what it reads, its state, and the state's twin that weights read."""

    def __init__(self, read: Sizes, state: Sizes, spec: str) -> None:
        if not state:
            raise AttributeProblem(f"axes of the state on the right of {spec!r}", "none", "Write 'i -> o'.")
        taken = {*read, *state}
        for axis in state:
            if axis in read:
                raise AttributeProblem(
                    f"different axes on both sides of {spec!r}", f"'{axis}' twice", f"Use a twin: {axis}'."
                )
        before = []
        for axis in state:
            twin = axis + "'"
            while twin in taken:
                twin += "'"
            taken.add(twin)
            before.append(twin)
        self.read, self.state, self.before = " ".join(read), " ".join(state), " ".join(before)
        self.read_sized, self.state_sized = sized(read), sized(state)


class Cell(Composite):
    """A recurrent cell: the input and the state, both mapped by learned weights, make the next state."""

    gate: ClassVar[str] = ""
    count: ClassVar[int] = 1
    states: ClassVar[tuple[str, ...]] = ("h",)

    spec: str
    bias: bool = True

    @cached_property
    def axes(self) -> Axes:
        """Axes of the spec `"i -> o"`."""
        return Axes(*read_ends(self.spec, "i -> o"), self.spec)

    @final
    def weights(self) -> Mapping[str, Init]:
        """Uniform within 1/sqrt(size of the state), as torch starts them."""
        return starts(self.axes, self.bias)

    @final
    def expand(self) -> Circuit:
        """Map, then combine."""

        def body(x: Wire, *rest: Wire) -> dict[str, Wire]:
            count = len(self.states)
            mapped = self._mapped(x, rest[0], rest[count:])
            made = self.combine(mapped, rest[:count])
            return dict(zip(self.states, made, strict=True))

        axes = self.axes
        inputs = {"x": f"[{axes.read_sized}]", **dict.fromkeys(self.states, f"[{axes.state_sized}]")}
        inputs |= weight_types(axes, self.gate, self.count, self.bias)
        return build(self.name, inputs, body, outputs=[f"[{axes.state}]"] * len(self.states))

    def _mapped(self, x: Wire, h: Wire, weights: Sequence[Wire]) -> tuple[Wire, Wire]:
        """What the input and the state are mapped to, [gate state] each."""
        axes = self.axes
        made = f"{self.gate} {axes.state}".strip()
        before = rename(h, f"{axes.state} -> {axes.before}")
        read = einsum(f"{made} {axes.read}, {axes.read} -> {made}", weights[0], x)
        held = einsum(f"{made} {axes.before}, {axes.before} -> {made}", weights[1], before)
        return (read + weights[2], held + weights[3]) if self.bias else (read, held)

    @abstractmethod
    def combine(self, mapped: tuple[Wire, Wire], state: States) -> tuple[Wire, ...]:
        """The next state, of what input and state are mapped to and the state itself."""


def starts(axes: Axes, bias: bool, suffix: str = "") -> dict[str, Init]:
    """How the weights of a cell start."""
    start = Init("uniform", 1.0, tuple(axes.state.split()))
    return {f"{name}{suffix}": start for name in (WEIGHTS if bias else WEIGHTS[:2])}


def weight_types(axes: Axes, gate: str, count: int, bias: bool, suffix: str = "") -> dict[str, str]:
    """Types of the weights of a cell."""
    made = f"{gate}={count} {axes.state_sized}" if gate else axes.state_sized
    types = (f"[{made} {axes.read_sized}]", f"[{made} {axes.before}]", f"[{made}]", f"[{made}]")
    return {f"{name}{suffix}": type for name, type in zip(WEIGHTS, types, strict=True) if bias or "weight" in name}


class RNNCell(Cell):
    """The simplest recurrent cell: `rnn_cell(x, h, "i -> o")`, h' = tanh(W_ih x + b_ih + W_hh h + b_hh).

    `nonlinearity="relu"` takes a rectifier instead. Source: Elman (1990).
    """

    name: ClassVar[str] = "rnn_cell"
    glyph: ClassVar[Glyph] = Glyph(outline="chip", mark="h", learned=True)

    nonlinearity: Literal["tanh", "relu"] = "tanh"

    def combine(self, mapped: tuple[Wire, Wire], state: States) -> tuple[Wire, ...]:
        """A function of the sum."""
        function = "tanh(a + b)" if self.nonlinearity == "tanh" else "max(a + b, 0.0)"
        return (elementwise(function, *mapped),)


class GRUCell(Cell):
    """Gated recurrent unit: `gru_cell(x, h, "i -> o")`, h' = (1 - z) n + z h.

    Reset r = sigmoid(x_r + h_r), update z = sigmoid(x_z + h_z), new n = tanh(x_n + r h_n), where x_g = W_ih[g] x +
    b_ih[g] and h_g = W_hh[g] h + b_hh[g]; gates r, z, n along `g3`. Source: Cho et al. (2014), in torch's form.
    """

    name: ClassVar[str] = "gru_cell"
    glyph: ClassVar[Glyph] = Glyph(outline="chip", mark="\\mathrm{GRU}", learned=True)
    gate: ClassVar[str] = "g3"
    count: ClassVar[int] = 3

    def combine(self, mapped: tuple[Wire, Wire], state: States) -> tuple[Wire, ...]:
        """Reset, update, new."""
        (read_reset, read_update, read_new), (held_reset, held_update, held_new) = (
            unstack(wire, axis=self.gate, count=self.count) for wire in mapped
        )
        reset = elementwise("sigmoid(a + b)", read_reset, held_reset)
        update = elementwise("sigmoid(a + b)", read_update, held_update)
        new = elementwise("tanh(n + r * m)", read_new, reset, held_new)
        return (elementwise("(1.0 - z) * n + z * h", update, new, state[0]),)


class LSTMCell(Cell):
    """Long short-term memory: `h, c = lstm_cell(x, h, c, "i -> o")`, c' = f c + i g, h' = o tanh(c').

    Input i, forget f and output o are sigmoids, the candidate g a tanh, of W_ih x + b_ih + W_hh h + b_hh; gates i, f,
    g, o along `g4`. Source: Hochreiter & Schmidhuber (1997); Gers et al. (2000).
    """

    name: ClassVar[str] = "lstm_cell"
    glyph: ClassVar[Glyph] = Glyph(outline="chip", mark="\\mathrm{LSTM}", learned=True)
    gate: ClassVar[str] = "g4"
    count: ClassVar[int] = 4
    states: ClassVar[tuple[str, ...]] = ("h", "c")

    def combine(self, mapped: tuple[Wire, Wire], state: States) -> tuple[Wire, ...]:
        """Forget, add, show."""
        written, forgotten, candidate, shown = unstack(mapped[0] + mapped[1], axis=self.gate, count=self.count)
        memory = elementwise("sigmoid(f) * c + sigmoid(i) * tanh(g)", forgotten, state[1], written, candidate)
        return (elementwise("sigmoid(o) * tanh(c)", shown, memory), memory)


rnn_cell = applied(RNNCell)
gru_cell = applied(GRUCell)
lstm_cell = applied_many(LSTMCell)
