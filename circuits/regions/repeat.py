"""Repetition: a body applied again and again, its outputs feeding its inputs."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, ClassVar

from ..apply import add, make
from ..circuit import Circuit
from ..derived import callee_sizes, interface
from ..errors import AttributeProblem
from ..named import Named
from ..op import Glyph, Port, Result, Signature, SizeField
from ..region import Region, Round, Runner
from ..sizes import Size
from ..trace import Wire
from .indexed import at_index, holds_index, indexed_names, name_at_index

# Each of these nodes is one to type; whoever needs more rounds needs no index.
MAX_WRITTEN_OUT = 1000


class Repeat(Region):
    """Applies a body `times` times, each output feeding the input of the same place: `repeat(layer, x, times=6)`.

    Inputs beyond the outputs are given unchanged to every round. Rounds own fresh parameters unless `tied`. Where the
    body's names hold the index, `c[l]` or `skip[l]`, it means the rounds written out: a port `skip[l]` becomes one
    port a round.
    """

    name: ClassVar[str] = "repeat"
    glyph: ClassVar[Glyph] = Glyph(outline="brackets", mark="{times}", detail="repeat")
    texts: ClassVar[Mapping[str, str]] = {"index": "plain"}

    times: SizeField
    tied: bool = False
    index: str = "l"
    start: int = 0

    @cached_property
    def carried(self) -> int:
        """How many inputs are carried: those the body gives back."""
        return sum(1 for output in self.content.outputs if not self.several_in(output.name))

    def several_in(self, name: str) -> bool:
        """Whether there is one of this input or output of the body for every round."""
        return name in indexed_names(self.content, self.index)

    @cached_property
    def several(self) -> tuple[bool, ...]:
        """Whether there is one of an output for every round."""
        return tuple(self.several_in(output.name) for output in self.content.outputs)

    @cached_property
    def indexed(self) -> bool:
        """Whether names of the body hold the index, so that its rounds differ."""
        return bool(indexed_names(self.content, self.index))

    def scopes(self) -> tuple[Circuit, ...]:
        """The bodies of all rounds, where they differ."""
        if not self.indexed:
            return self.bodies()
        return tuple(self.round(self.start + number) for number in range(self._count()))

    def round(self, number: int) -> Circuit:
        """The body of one round."""
        return at_index(self.content, self.index, number) if self.indexed else self.content

    def name_in(self, name: str, number: int) -> str:
        """What a name of the body is in one round."""
        return name_at_index(name, self.index, number)

    def _count(self) -> int:
        number = self.times.number
        if number is None:
            raise AttributeProblem("a number of rounds for a body with an index", str(self.times), "Give a number.")
        if self.written_out > MAX_WRITTEN_OUT:
            expected = f"at most {MAX_WRITTEN_OUT:,} nodes in all rounds of a body with an index"
            raise AttributeProblem(
                expected, f"{self.written_out:,}", "Change times, or keep the index out of the body."
            )
        return number

    @cached_property
    def written_out(self) -> int:
        """How many nodes there are when the rounds are written out; 0 where no text holds the index."""
        if self.times.number is None or not holds_index(self.content, self.index):
            return 0
        nodes = sum(len(used.nodes) for used in self.content.definitions())
        return self.times.number * nodes * _nested_rounds(self.content)

    def typing(self) -> Signature:
        """The body's interface, with what is carried equal at both ends."""
        if self.content.checked.own_problems:
            raise AttributeProblem(
                "a body without problems",
                f"{len(self.content.checked.own_problems)} in '{self.content.name}'",
                "Mend it first.",
            )
        if self.times.number is not None and not 1 <= self.times.number <= 10_000:
            raise AttributeProblem("1 to 10000 rounds", str(self.times), "Change times.")
        if self.carried > len(self.content.inputs):
            raise AttributeProblem(
                "an input for every output of the body",
                f"{len(self.content.inputs)} inputs",
                "Return only what the next round takes.",
            )
        if self.indexed:
            return self._typed_rounds()
        found = interface(self.content, {})
        self._check_carried(self.content, self.content)
        # after some rounds every output may depend on every input
        outputs = tuple(Result(result.name, result.axes, result.element, result.space) for result in found.outputs)
        return Signature(
            found.inputs,
            outputs,
            facts=found.facts,
            lifted_first=True,
            draws=found.draws,
            updates=found.updates,
            defaults=found.defaults,
        )

    def _check_carried(self, before: Circuit, after: Circuit) -> None:
        outs = [output for output in before.outputs if not self.several_in(_root(output.name, self.index))]
        for item, output in zip(after.inputs, outs[: self.carried], strict=False):
            made = before.checked.type(output.wire)
            if (set(made.axes), made.element, made.space) != (
                set(item.type.axes),
                item.type.element,
                item.type.space,
            ):
                raise AttributeProblem(
                    f"output '{output.name}' of '{before.name}' to be the next round's '{item.name}' {item.type}",
                    str(made),
                    "Make what is carried keep its type.",
                )
            for axis in made.axes:
                left, right = before.checked.size(axis), after.checked.size(axis)
                if left.number is not None and right.number is not None and left != right:
                    raise AttributeProblem(
                        f"'{axis}' to keep its size {right} over the rounds",
                        str(left),
                        "Make what is carried keep its sizes, or index them.",
                    )

    def _typed_rounds(self) -> Signature:
        count = self._count()
        bodies = [self.round(self.start + number) for number in range(count)]
        for one, other in itertools.pairwise(bodies):
            self._check_carried(one, other)
            if self.tied:
                _check_tied(one, other)
        faces = [interface(body, {}) for body in bodies]
        ports: list[Port] = list(faces[0].inputs[: self.carried])
        for place, item in enumerate(self.content.inputs[self.carried :], self.carried):
            several = self.several_in(item.name)
            ports += [face.inputs[place] for face in faces] if several else [faces[0].inputs[place]]
        results: list[Result] = []
        for place, output in enumerate(self.content.outputs):
            several = self.several_in(output.name)
            made = [face.outputs[place] for face in faces] if several else [faces[-1].outputs[place]]
            results += [Result(one.name, one.axes, one.element, one.space) for one in made]
        facts = tuple(fact for face in faces for fact in face.facts)
        defaults = tuple(pair for face in faces for pair in face.defaults)
        return Signature(
            tuple(ports),
            tuple(results),
            facts=facts,
            lifted_first=True,
            draws=any(face.draws for face in faces),
            updates=any(face.updates for face in faces),
            defaults=defaults,
        )

    def rounds(self, sizes: Mapping[str, int]) -> int:
        """How many rounds there are, given the sizes of the scope."""
        return self.times.evaluate(sizes)

    def part(self, number: int) -> str:
        """The prefix of the parameters of a round."""
        return "" if self.tied else f"{number}."

    def parts(self, sizes: Mapping[str, int]) -> Iterator[tuple[str, Circuit, dict[str, int]]]:
        """One body a round, or the one that all rounds share."""
        for number in range(1 if self.tied else self.rounds(sizes)):
            body = self.round(self.start + number)
            yield self.part(number), body, callee_sizes(body, sizes, {})

    def tally(self, sizes: Mapping[str, int]) -> Iterator[Round]:
        """All rounds at once, or one after the other where they differ."""
        count = self.rounds(sizes)
        if not self.indexed:
            inner = callee_sizes(self.content, sizes, {})
            yield Round(self.content, inner, times=count, copies=1 if self.tied else count)
            return
        for number in range(count):
            body = self.round(self.start + number)
            yield Round(body, callee_sizes(body, sizes, {}), f"{number}.", copies=0 if self.tied and number else 1)

    def sources(self, number: int, count: int) -> list[int | None]:
        """For every input of the body in round `number`: the outer input it reads, None where it is carried on."""
        found: list[int | None] = [place if number == 0 else None for place in range(self.carried)]
        place = self.carried
        for item in self.content.inputs[self.carried :]:
            several = self.several_in(item.name)
            found.append(place + number if several else place)
            place += count if several else 1
        return found

    def run(self, runner: Runner, inputs: Sequence[Named], sizes: Mapping[str, int]) -> list[Named]:
        """Round after round."""
        count = self.rounds(sizes)
        state = list(inputs[: self.carried])
        collected: list[list[Named]] = [[] for _ in self.content.outputs]
        for number in range(count):
            sources = self.sources(number, count)
            step = f"@{number}." if self.tied else ""
            given = [state[place] if source is None else inputs[source] for place, source in enumerate(sources)]
            made = runner(self.round(self.start + number), given, part=self.part(number), step=step)
            for column, array in zip(collected, made, strict=True):
                column.append(array)
            state = [
                array
                for array, output in zip(made, self.content.outputs, strict=True)
                if not self.several_in(output.name)
            ]
        outputs: list[Named] = []
        for output, column in zip(self.content.outputs, collected, strict=True):
            outputs += column if self.several_in(output.name) else column[-1:]
        return outputs


@lru_cache(maxsize=4096)
def _nested_rounds(circuit: Circuit) -> int:
    """How often, at most, a circuit inside is written out for nested repetitions."""
    most = 1
    for node in circuit.nodes:
        own = node.op.times.number or 1 if isinstance(node.op, Repeat) and node.op.written_out else 1
        most = max([most, *(own * _nested_rounds(body) for body in node.op.bodies())])
    return most


def _check_tied(one: Circuit, other: Circuit) -> None:
    """Raise AttributeProblem where two rounds that share weights would need arrays of other axes."""
    pairs = zip(one.checked.order, other.checked.order, strict=True)
    for before, after in pairs:
        for mine, theirs in zip(before.op.signature.weights, after.op.signature.weights, strict=True):
            if mine.axes != theirs.axes:
                raise AttributeProblem(
                    f"the weights of a tied repeat to be the same in every round ('{before.name}.{mine.name}' "
                    f"[{' '.join(mine.axes)}])",
                    f"[{' '.join(theirs.axes)}] in the next round",
                    "Keep the sizes equal, or drop tied=True.",
                )


def _root(name: str, index: str) -> str:
    head, bracket, _ = name.partition("[")
    return f"{head}[{index}]" if bracket else name


def repeat(
    body: Circuit,
    *inputs: Wire,
    times: int | str | Size,
    tied: bool = False,
    index: str = "l",
    start: int = 0,
    **words: Any,
) -> Any:
    """Repeat a body; one wire for one output, else a tuple."""
    op = make(Repeat, {"content": body, "times": times, "tied": tied, "index": index, "start": start})
    words.setdefault("name", body.name)
    outputs = add(op, inputs, **words)
    return outputs[0] if len(outputs) == 1 else outputs
