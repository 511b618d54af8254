"""Learned linear maps over any number of axes, and tables."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import ClassVar

from ..apply import applied
from ..circuit import Circuit
from ..derived import Composite
from ..errors import AttributeProblem
from ..op import Glyph, Init
from ..sizes import Size
from ..trace import Wire, build
from .einsum import einsum
from .specs import read_arrow
from .views import rename


class Linear(Composite):
    """A learned linear map, with a bias unless `bias=False`: `linear("m -> k h=8", x)`.

    Contracts the axes on the left wherever they stand and puts those on the right in their place:
    y = W x + b with W of axes [right left]. The bias has the axes of the right side. Starts uniformly within
    1/sqrt(number of inputs), as torch does.
    """

    name: ClassVar[str] = "linear"
    glyph: ClassVar[Glyph] = Glyph(outline="chip", mark="L", learned=True)
    laws: ClassVar[frozenset[str]] = frozenset({"linear"})

    spec: str
    bias: bool = True

    @cached_property
    def ends(self) -> tuple[tuple[str, ...], dict[str, Size | None]]:
        """Contracted axes, and produced axes with the sizes written into the spec."""
        return read_arrow(self.spec)

    def weights(self) -> Mapping[str, Init]:
        """Weight [right left] and bias [right]."""
        fan = self.ends[0]
        start = Init("uniform", 1.0, fan)
        return {"weight": start, "bias": start} if self.bias else {"weight": start}

    def expand(self) -> Circuit:
        """An einsum, and an addition for the bias; an axis on both sides is produced as its twin, then renamed."""
        left, right = self.ends[0], tuple(self.ends[1])
        made = {axis: f"{axis}'" if axis in left else axis for axis in right}
        for twin in made.values():
            if twin in left:
                raise AttributeProblem(
                    f"different axes on both sides of {self.spec!r}", f"'{twin}' twice", "Give one another name."
                )
        source, target = " ".join(left), " ".join(made.values())
        sized = " ".join(
            f"{made[axis]}={size}" if size is not None else made[axis] for axis, size in self.ends[1].items()
        )
        inputs = {"x": f"[{source}]", "weight": f"[{sized} {source}]", "bias": f"[{target}]"}
        if not self.bias:
            del inputs["bias"]
        turned = {twin: axis for axis, twin in made.items() if twin != axis}

        def body(x: Wire, weight: Wire, bias: Wire | None = None) -> Wire:
            y = einsum(f"{source}, {target} {source} -> {target}", x, weight)
            shifted = y + bias if bias is not None else y
            return rename(shifted, f"{' '.join(turned)} -> {' '.join(turned.values())}") if turned else shifted

        return build("linear", inputs, body, outputs=[f"[{' '.join(right)}]"])


linear = applied(Linear)
