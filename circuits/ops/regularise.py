"""Noise that regularises: it acts in training and is the identity in evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Annotated, Any, ClassVar

from pydantic import Field

from ..apply import applied, elementwise
from ..circuit import Circuit
from ..derived import Composite
from ..errors import AttributeProblem
from ..frame import Frame
from ..op import Glyph, Port, Primitive, Result, Signature
from ..trace import Wire, build
from ..types import axis_names
from .running import training
from .sources import random

Rate = Annotated[float, Field(ge=0, lt=1)]
STOCHASTIC = frozenset({"stochastic"})


class Keep(Primitive):
    """What dropout multiplies x by: `keep(x, rate=0.1)`, 0 with probability `rate`, else 1 / (1 - rate).

    One draw for all of the consumed `axes`, a fresh one for every index that passes over. In evaluation it is 1.
    """

    name: ClassVar[str] = "keep"
    glyph: ClassVar[Glyph] = Glyph(outline="lightning")
    laws: ClassVar[frozenset[str]] = STOCHASTIC

    rate: Rate = 0.1
    axes: str = ""

    @cached_property
    def together(self) -> tuple[str, ...]:
        """Axes that are kept or dropped as a whole."""
        return axis_names(self.axes)

    def typing(self) -> Signature:
        """Consume the axes that share a draw, produce none."""
        return Signature((Port("x", self.together, None, None),), (Result("out"),), draws=True)

    def reference(self, frame: Frame, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Draw in training."""
        xp = frame.xp
        if not frame.training:
            return (xp.broadcast_to(xp.asarray(1.0), frame.passing),)
        drawn = xp.asarray(frame.draws.uniform(()))
        return (xp.where(drawn < self.rate, 0.0, 1.0 / (1.0 - self.rate)),)

    def vjp(self, x: Sequence[Wire], y: Sequence[Wire], dy: Sequence[Wire]) -> tuple[Wire | None, ...]:
        """What is kept does not depend on the values."""
        return (None,)


class Dropout(Composite):
    """Sets elements to 0 at random in training: `dropout(x, rate=0.1)`.

    The others are divided by 1 - rate, so the mean stays. `axes="y x"` drops whole planes: one draw for all of these
    axes. Source: Srivastava et al. (2014); whole channels, Tompson et al. (2015).
    """

    name: ClassVar[str] = "dropout"
    glyph: ClassVar[Glyph] = Glyph(outline="lightning", mark="{rate}")
    laws: ClassVar[frozenset[str]] = STOCHASTIC

    rate: Rate = 0.1
    axes: str = ""

    def expand(self) -> Circuit:
        """A product with what is kept."""
        return _dropping(self.name, self.rate, self.axes)


class DropPath(Composite):
    """Drops a whole residual branch at random in training: `x + drop_path(branch, rate=0.1, axes="t m")`.

    One draw for all of the axes named, a fresh one for each example that passes over; branches that stay are divided
    by 1 - rate. Source: Huang et al. (2016), Larsson et al. (2017).
    """

    name: ClassVar[str] = "drop_path"
    glyph: ClassVar[Glyph] = Glyph(outline="lightning")
    laws: ClassVar[frozenset[str]] = STOCHASTIC

    rate: Rate = 0.1
    axes: str

    def expand(self) -> Circuit:
        """A product with what is kept."""
        if not self.axes.split():
            raise AttributeProblem("the axes of one branch", "none", "Name them with axes=, or use dropout.")
        return _dropping(self.name, self.rate, self.axes)


class GaussianNoise(Composite):
    """Adds normal noise in training: `gaussian_noise(x, scale=0.1)`, of standard deviation `scale`.

    Source: Bishop (1995).
    """

    name: ClassVar[str] = "gaussian_noise"
    glyph: ClassVar[Glyph] = Glyph(outline="lightning", mark="\\mathcal{N}")
    laws: ClassVar[frozenset[str]] = STOCHASTIC

    scale: Annotated[float, Field(ge=0)] = 0.1

    def expand(self) -> Circuit:
        """A fresh draw for every element."""

        def body(x: Wire) -> Wire:
            noise = random(x, kind="normal")
            return elementwise(f"where(t, x + {self.scale!r} * n, x)", training(), x, noise)

        return build("gaussian_noise", {"x": "[]"}, body, outputs=["[]"])


def _dropping(name: str, rate: float, axes: str) -> Circuit:
    def body(x: Wire) -> Wire:
        return x * keep(x, rate=rate, axes=axes)

    return build(name, {"x": f"[{axes}]"}, body, outputs=[f"[{axes}]"])


keep = applied(Keep)
dropout = applied(Dropout)
drop_path = applied(DropPath)
gaussian_noise = applied(GaussianNoise)
