"""Fixed points: the state a body maps to itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar

from pydantic import Field

from ..apply import add, make
from ..circuit import Circuit
from ..derived import interface
from ..named import Named
from ..op import Glyph, Signature
from ..region import Region, Runner
from ..trace import Wire
from .carried import Rounds, require_sound, states


class FixedPoint(Region):
    """Applies a body until its state stays: `fixed_point(body, z0, x, tolerance=1e-6, limit=100)`.

    z = f(z, x): the body's outputs are its first inputs in the next round, all other inputs stay. Every index that
    passes over stops by itself, once no element of its state moves by more than `tolerance`, or after `limit` rounds.
    Draws are the same in every round. The gradient is that of the solution, by the implicit function theorem.
    Source: Bai, Kolter & Koltun (2019), deep equilibrium models.
    """

    name: ClassVar[str] = "fixed_point"
    glyph: ClassVar[Glyph] = Glyph(outline="brackets", mark="z=f(z)", detail="loop")

    tolerance: Annotated[float, Field(ge=0)] = 1e-6
    limit: Annotated[int, Field(ge=1, le=1_000_000)] = 100

    def typing(self) -> Signature:
        """The body's interface; what comes out may depend on everything."""
        require_sound(self.content)
        face = interface(self.content, {})
        return Signature(
            face.inputs,
            states(self.content, face),
            facts=face.facts,
            lifted_first=True,
            draws=face.draws,
            updates=face.updates,
            defaults=face.defaults,
        )

    def run(self, runner: Runner, inputs: Sequence[Named], sizes: Mapping[str, int]) -> list[Named]:
        """Round after round."""
        count = len(self.content.outputs)
        rounds = Rounds.of(runner.xp, self.signature.inputs, inputs, count)
        state = rounds.spread(inputs[:count])
        moving: Any = runner.xp.ones(tuple(rounds.over.values()), dtype=bool)
        for _ in range(self.limit):
            made = runner(self.content, [*state, *inputs[count:]])
            # not "farther than": a distance that is no number does not count as arrived
            far = ~(rounds.distance(made, state) <= self.tolerance)
            state = rounds.kept(moving, made, state)
            moving = moving & far
            if not moving.any():
                break
        return state


def fixed_point(body: Circuit, *inputs: Wire, tolerance: float = 1e-6, limit: int = 100, **words: Any) -> Any:
    """Solve z = body(z, ...); the starting state comes first. One wire for one output, else a tuple."""
    op = make(FixedPoint, {"content": body, "tolerance": tolerance, "limit": limit})
    words.setdefault("name", body.name)
    outputs = add(op, inputs, **words)
    return outputs[0] if len(outputs) == 1 else outputs
