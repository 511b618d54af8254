"""Regions: nodes that hold a body circuit and say how often, over what and until when it runs."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import InstanceOf

from .circuit import Circuit
from .derived import callee_sizes
from .named import Named
from .op import Op


class Runner(Protocol):
    """Runs a body once: `part` prefixes its parameters' keys, `step` tells draws of different rounds apart."""

    @property
    def xp(self) -> Any:
        """The array namespace."""

    def __call__(self, body: Circuit, inputs: Sequence[Named], *, part: str = "", step: str = "") -> list[Named]:
        """Outputs of the body for these inputs, in order."""


@dataclass(frozen=True)
class Round:
    """A body a region runs: `times` how often, `copies` how many sets of parameters those runs own."""

    body: Circuit
    sizes: Mapping[str, int]
    part: str = ""
    times: int = 1
    copies: int = 1


class Region(Op):
    """An op that runs a body circuit by a rule of its own."""

    content: InstanceOf[Circuit]

    def bodies(self) -> tuple[Circuit, ...]:
        """The body."""
        return (self.content,)

    @abstractmethod
    def run(self, runner: Runner, inputs: Sequence[Named], sizes: Mapping[str, int]) -> list[Named]:
        """The outputs, given the inputs with consumed axes by formal names; the meaning of the region."""

    def prefix(self, body: Circuit) -> str:
        """What the keys of a body's parameters begin with, behind the name of the node."""
        return ""

    def parts(self, sizes: Mapping[str, int]) -> Iterator[tuple[str, Circuit, dict[str, int]]]:
        """Copies of the body that own parameters: key prefix, body, sizes of its scope."""
        yield "", self.content, callee_sizes(self.content, sizes, {})

    def tally(self, sizes: Mapping[str, int]) -> Iterator[Round]:
        """How often the bodies run; a region that stops by itself counts one round."""
        for body in self.bodies():
            yield Round(body, callee_sizes(body, sizes, {}))
