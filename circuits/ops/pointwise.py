"""What functions of one number share: each is an elementwise expression with a name and a mark."""

from __future__ import annotations

from typing import ClassVar, final

from ..apply import elementwise
from ..circuit import Circuit
from ..derived import Composite
from ..op import Glyph
from ..trace import build


def arrows(mark: str) -> Glyph:
    """The glyph of elementwise ops, with a mark."""
    return Glyph(outline="arrows", mark=mark)


class Pointwise(Composite):
    """A function of one number, as an expression of `x` in which `{slope}` stands for the attribute `slope`.

    `plain` is its shorter form where no attribute differs from its default.
    """

    laws: ClassVar[frozenset[str]] = frozenset({"elementwise", "streamable", "causal"})
    formula: ClassVar[str]
    plain: ClassVar[str] = ""

    @final
    def expand(self) -> Circuit:
        """One elementwise expression."""
        numbers = {name: repr(getattr(self, name)) for name in type(self).model_fields}
        text = self.plain if self.plain and not self.attributes() else self.formula.format(**numbers)
        return build(self.name, {"x": "[]"}, lambda x: elementwise(text, x), outputs=["[]"])
