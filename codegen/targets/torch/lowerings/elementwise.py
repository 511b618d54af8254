"""Elementwise expressions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from circuits import Elementwise, expressions

from ..expression import Writer
from ..registry import lowers
from ..site import Site
from ..value import Value, aligned, leading, merged


@lowers("elementwise")
def print_elementwise(op: Elementwise, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """The expression over operands that torch broadcasts."""
    axes = merged([value.axes for value in inputs])
    uses = _uses(op.tree)
    operands = [site.let(value) if uses[name] > 1 else value for name, value in zip(op.tree.names, inputs, strict=True)]
    views = {name: f"({aligned(value, axes).code})" for name, value in zip(op.tree.names, operands, strict=True)}
    written = Writer(views, lambda size: site.size(size, operands)).write(op.tree)
    code = f"torch.tensor({written.code}{site.device()})" if written.scalar else written.code
    return [Value(code, axes, leading(inputs))]


def _uses(tree: expressions.Expression) -> Counter[str]:
    match tree:
        case expressions.Name(name):
            return Counter([name])
        case expressions.Call(_, args):
            return sum((_uses(arg) for arg in args), Counter())
        case _:
            return Counter()
