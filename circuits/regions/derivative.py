"""Derivatives of circuits as circuits: what physics-informed networks and scores are made of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from pydantic import InstanceOf

from ..apply import add, call, elementwise, make
from ..circuit import Circuit
from ..derived import output_type
from ..errors import AttributeProblem, did_you_mean
from ..op import Glyph
from ..ops.einsum import einsum
from ..ops.sources import iota
from ..ops.views import rename
from ..rewrites.fitting import CONTINUOUS, Pass, as_tuple, unused, widen
from ..rewrites.flatten import owning, stripped
from ..rewrites.inline import inline
from ..rewrites.prune import pruned
from ..rewrites.rename_axes import axis_names, face_sizes
from ..rewrites.reverse import backward_pass
from ..trace import Wire, build
from ..types import REAL
from .unfolded import Unfolded, lifted

INNER = "body"


class Derivative(Unfolded):
    """Derivatives of an output of a body by its inputs: `derivative(u, x, t, of="u", wrt="x x")`.

    `wrt` lists inputs; several in a row differentiate again, commas separate several derivatives: `"t, x x"` gives
    du/dt and d2u/dx2, as `u_t` and `u_x_x`. With `value` the output itself comes first. The body sees no axis that
    passes over it, so every point is differentiated by itself. A derivative has the axes of the output, then those of
    the inputs; an axis that stands there twice gets a twin. Source: reverse mode, Linnainmaa (1970); in residuals of
    differential equations, Raissi, Perdikaris & Karniadakis (2019).
    """

    name: ClassVar[str] = "derivative"
    glyph: ClassVar[Glyph] = Glyph(outline="brackets", mark="\\partial")
    texts: ClassVar[Mapping[str, str]] = {"of": "plain", "wrt": "plain"}

    content: InstanceOf[Circuit]
    of: str = ""
    wrt: str
    value: bool = False

    def growth(self) -> int:
        """Every order about doubles the nodes, and all of them are differentiated one by one."""
        return sum(6 << min(len(part.split()), 64) for part in self.wrt.split(","))

    def unfold(self) -> Circuit:
        """Backward passes over the flat body, one behind the other."""
        found = lifted(self.content)
        circuit = inline(found.circuit)
        source = self._source()
        wanted = [part.split() for part in self.wrt.split(",")]
        self._check(wanted)
        known: dict[tuple[str, ...], str] = {(): source}
        for names in wanted:
            for length in range(1, len(names) + 1):
                path = tuple(names[:length])
                if path not in known:
                    known[path] = unused("_".join((source, *path)), {item.name for item in circuit.outputs})
                    circuit = _differentiated(circuit, known[path[:-1]], path[-1], known[path])
        order = [source] * self.value + [known[tuple(names)] for names in wanted]
        outputs = {item.name: item for item in circuit.outputs}
        kept = replace(circuit, outputs=tuple(outputs[name] for name in dict.fromkeys(order)))
        return owning(pruned(kept), found)

    def _source(self) -> str:
        """The output that is differentiated."""
        names = [output.name for output in self.content.outputs]
        if not self.of and len(names) == 1:
            return names[0]
        if self.of not in names:
            raise AttributeProblem(
                f"an output of '{self.content.name}' ({', '.join(names)}) in of",
                f"'{self.of}'",
                "Name one." + did_you_mean(self.of, names),
            )
        return self.of

    def _check(self, wanted: list[list[str]]) -> None:
        """Only real and complex inputs can be differentiated by."""
        names = [item.name for item in self.content.inputs if item.type.element in CONTINUOUS]
        for part in wanted:
            if not part:
                raise AttributeProblem("inputs in every part of wrt", repr(self.wrt), "Write wrt='t, x x'.")
            for name in part:
                if name not in names:
                    expected = f"real inputs of '{self.content.name}' ({', '.join(names)}) in wrt"
                    raise AttributeProblem(expected, f"'{name}'", "Name one." + did_you_mean(name, names))


def _differentiated(circuit: Circuit, of: str, wrt: str, name: str) -> Circuit:
    """A flat circuit with one more output: the derivative of an output by an input."""
    end = output_type(circuit, of)
    if end.element != REAL:
        raise AttributeProblem(f"a real output '{of}'", str(end), "Take real(x), imag(x) or abs(x) of it.")
    kept = tuple(output.name for output in circuit.outputs)
    if not end.axes:
        return backward_pass(circuit, Pass(((of, ""),), ((wrt, name),), kept))
    seed = unused(f"d_{of}", (item.name for item in circuit.inputs))
    return _jacobian(backward_pass(circuit, Pass(((of, seed),), ((wrt, name),), kept)), end.axes, seed, name)


def _jacobian(back: Circuit, axes: tuple[str, ...], seed: str, name: str) -> Circuit:
    """A backward pass for every element of an output: its cotangent is 1 there, along copies of its axes.

    The copies pass over. `axes` are those of the output, `seed` is the input for its cotangent, `name` the output for
    the derivative.
    """
    types = {item.name: item.type for item in back.inputs if item.name != seed}
    names = axis_names(back)
    below = output_type(back, name).axes
    copies = _twins(axes, names)
    again = [axis for axis in below if axis in axes]
    twins = dict(zip(again, _twins(again, {*axes, *below}), strict=True))
    spec = f"{' '.join((*copies, *twins))} -> {' '.join((*axes, *twins.values()))}"

    def trace(*inputs: Wire) -> Mapping[str, Wire]:
        given = dict(zip(types, inputs, strict=True)) | {seed: _unit(axes, copies)}
        made = as_tuple(call(back, *(given[item.name] for item in back.inputs), name=INNER))
        found = dict(zip((output.name for output in back.outputs), made, strict=True))
        return found | {name: rename(widen(found[name], copies), spec)}

    declared = {output.name: output_type(back, output.name) for output in back.outputs}
    declared[name] = replace(declared[name], axes=(*axes, *(twins.get(axis, axis) for axis in below)))
    found = build(back.name, types, trace, sizes=dict(back.checked.defaults), constraints=face_sizes(back))
    outputs = tuple(replace(item, type=declared[item.name]) for item in found.outputs)
    return stripped(inline(replace(found, outputs=outputs)), INNER)


def _twins(axes: Sequence[str], taken: Collection[str]) -> list[str]:
    """A twin of every axis that is not taken, each another one."""
    known, found = set(taken), []
    for axis in axes:
        while axis in known:
            axis += "'"
        known.add(axis)
        found.append(axis)
    return found


def _unit(axes: Sequence[str], copies: Sequence[str]) -> Wire:
    """1 where all copies stand at the same places as their axes, else 0."""
    rows = []
    for axis, copy in zip(axes, copies, strict=True):
        rows.append(elementwise("where(i == j, 1.0, 0.0)", iota(axes=axis), iota(axes=copy), outer=True))
    pairs = ", ".join(f"{axis} {copy}" for axis, copy in zip(axes, copies, strict=True))
    return einsum(f"{pairs} -> {' '.join((*axes, *copies))}", *rows)


def derivative(body: Circuit, *inputs: Wire, of: str = "", wrt: str, value: bool = False, **words: Any) -> Any:
    """Derivatives of an output of a body by its inputs; one wire for one output, else a tuple."""
    op = make(Derivative, {"content": body, "of": of, "wrt": wrt, "value": value})
    words.setdefault("name", f"d_{body.name}")
    outputs = add(op, inputs, **words)
    return outputs[0] if len(outputs) == 1 else outputs
