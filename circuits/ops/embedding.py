"""Learned tables: a vector for each of a finite number of things."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, ClassVar

from pydantic import Field

from ..apply import applied
from ..circuit import Circuit
from ..derived import Composite
from ..op import Glyph, Init
from ..trace import Wire, build
from .gather import gather
from .spatial import sized
from .specs import Sizes, read_ends
from .views import apart, one_axis


class Embedding(Composite):
    """A learned vector for every token: `embedding(tokens, "v -> m")`.

    y = table[token] for whole numbers below the size of `v`, with a table of axes [v m] that starts normally with the
    standard deviation `scale`, as torch's. Source: Bengio et al. (2003).
    """

    name: ClassVar[str] = "embedding"
    glyph: ClassVar[Glyph] = Glyph(outline="chip", mark="E", learned=True)

    spec: str
    scale: Annotated[float, Field(ge=0)] = 1.0

    @cached_property
    def ends(self) -> tuple[Sizes, Sizes]:
        """What is told apart, and the axes of a vector, with written sizes."""
        return read_ends(self.spec, "v -> m")

    def weights(self) -> Mapping[str, Init]:
        """The table, with the tokens first."""
        return {"weight": Init("normal", self.scale)}

    def expand(self) -> Circuit:
        """Read rows of the table."""
        left, right = self.ends
        token = one_axis(left, "on the left", self.spec)
        apart(left, right, self.spec)

        def body(tokens: Wire, weight: Wire) -> Wire:
            return gather(weight, tokens, axis=token)

        inputs = {"tokens": f"Natural({token})[]", "weight": f"[{sized(left)} {sized(right)}]"}
        return build("embedding", inputs, body, outputs=[f"[{' '.join(right)}]"])


embedding = applied(Embedding)
