"""Functions with the slope of another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from circuits import expressions

from ..expression import Writer
from ..registry import lowers
from ..site import Site
from ..value import Value


@lowers("surrogate")
def print_surrogate(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """Value and slope by their expressions, joined by a function of autograd's kind."""
    value = site.let(inputs[0])
    (name,) = op.value.names
    writer = Writer({name: value.code}, {name: expressions.Kind.REAL}, site.size, value.code)
    parts = [writer.write(tree) for tree in (op.value, expressions.parse_expression(op.backward))]
    codes = [f"torch.full_like({value.code}, {part.code})" if part.scalar else part.code for part in parts]
    return [value.of(f"{site.writer.helper('Surrogate')}.apply({value.code}, {', '.join(codes)})")]
