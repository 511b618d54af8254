"""Loops that go on while a condition holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar

from pydantic import Field, InstanceOf

from ..apply import add, make
from ..circuit import Circuit
from ..derived import callee_sizes, interface
from ..errors import AttributeProblem
from ..named import Named
from ..op import Glyph, Port, Signature
from ..region import Region, Runner
from ..trace import Wire
from ..types import BOOL
from .carried import Rounds, require_sound, states


class While(Region):
    """Applies a body as long as a condition holds: `while_loop(body, condition, state, x, limit=100)`.

    The body's outputs are its first inputs in the next round. The condition gives one truth value; it reads inputs of
    the body by their names, and others that come last. Every index that passes over goes on by itself: once its
    condition fails it keeps its state. At most `limit` rounds.
    """

    name: ClassVar[str] = "while"
    glyph: ClassVar[Glyph] = Glyph(outline="brackets", mark="\\mathrm{while}", detail="loop")

    condition: InstanceOf[Circuit]
    limit: Annotated[int, Field(ge=1, le=1_000_000)] = 100

    def bodies(self) -> tuple[Circuit, ...]:
        """The body and the condition."""
        return (self.content, self.condition)

    def prefix(self, body: Circuit) -> str:
        """Parameters of the condition have keys of their own."""
        return "condition." if body == self.condition else ""

    def parts(self, sizes: Mapping[str, int]) -> Iterator[tuple[str, Circuit, dict[str, int]]]:
        """Both circuits own parameters."""
        for body in self.bodies():
            yield self.prefix(body), body, callee_sizes(body, sizes, {})

    def typing(self) -> Signature:
        """The body's interface, and what only the condition reads."""
        require_sound(self.content)
        require_sound(self.condition)
        face, test = interface(self.content, {}), interface(self.condition, {})
        if [(made.axes, made.element) for made in test.outputs] != [((), BOOL)]:
            found = ", ".join(f"{made.element}[{' '.join(made.axes)}]" for made in test.outputs)
            raise AttributeProblem(
                f"one truth value from '{self.condition.name}'", found or "nothing", "Return one Bool without axes."
            )
        return Signature(
            (*face.inputs, *self._more(face, test)),
            states(self.content, face),
            facts=face.facts + test.facts,
            lifted_first=True,
            draws=face.draws or test.draws,
            updates=face.updates or test.updates,
            defaults=face.defaults + test.defaults,
        )

    def _more(self, face: Signature, test: Signature) -> list[Port]:
        """Inputs of the condition that the body does not have; those of one name have to agree."""
        known = {port.name: port for port in face.inputs}
        more = []
        for port in test.inputs:
            same = known.get(port.name)
            if same is None:
                more.append(port)
            elif set(same.axes) != set(port.axes) or same.element != port.element:
                raise AttributeProblem(
                    f"'{port.name}' [{' '.join(same.axes)}] in '{self.condition.name}' too",
                    f"[{' '.join(port.axes)}]",
                    "Give inputs of one name one type.",
                )
        return more

    def run(self, runner: Runner, inputs: Sequence[Named], sizes: Mapping[str, int]) -> list[Named]:
        """Round after round."""
        count, names = len(self.content.outputs), [port.name for port in self.signature.inputs]
        rounds = Rounds.of(runner.xp, self.signature.inputs, inputs, count)
        state = rounds.spread(inputs[:count])
        moving: Any = runner.xp.ones(tuple(rounds.over.values()), dtype=bool)
        for number in range(self.limit):
            known = dict(zip(names, [*state, *inputs[count:]], strict=True))
            asked = [known[item.name] for item in self.condition.inputs]
            (test,) = runner(self.condition, asked, part="condition.", step=f"@{number}.")
            moving = moving & rounds.flag(test)
            if not moving.any():
                break
            given = [known[item.name] for item in self.content.inputs]
            state = rounds.kept(moving, runner(self.content, given, step=f"@{number}."), state)
        return state


def while_loop(body: Circuit, condition: Circuit, *inputs: Wire, limit: int = 100, **words: Any) -> Any:
    """Apply a body while a condition holds; one wire for one output, else a tuple."""
    op = make(While, {"content": body, "condition": condition, "limit": limit})
    words.setdefault("name", body.name)
    outputs = add(op, inputs, **words)
    return outputs[0] if len(outputs) == 1 else outputs
