"""Elementwise expressions."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence

from circuits import Elementwise, expressions

from ..expression import Part, Writer
from ..registry import lowers
from ..site import Site
from ..value import Value, aligned, leading, merged

Kind = expressions.Kind
_WORTH_A_NAME = 4
_KINDS = {"Real": Kind.REAL, "Complex": Kind.COMPLEX, "Bool": Kind.BOOL}


@lowers("elementwise")
def print_elementwise(op: Elementwise, site: Site, inputs: Sequence[Value]) -> list[Value]:
    """The expression over operands that torch broadcasts."""
    biased = _with_bias(op, inputs)
    if biased is not None:
        return [biased]
    axes = merged([value.axes for value in inputs])
    uses = _uses(op.tree)
    operands = [site.let(value) if uses[name] > 1 else value for name, value in zip(op.tree.names, inputs, strict=True)]
    views = {name: f"({aligned(value, axes).code})" for name, value in zip(op.tree.names, operands, strict=True)}
    kinds = {
        name: _KINDS.get(value.element.kind, Kind.WHOLE) for name, value in zip(op.tree.names, inputs, strict=True)
    }
    like = site.like(operands)
    name = like.code if like is not None else ""
    writer = Writer(views, kinds, lambda size: site.size(size, operands), name)
    for part in _repeated(op.tree):
        made = writer.write(part)
        writer.known[part] = Part(
            site.let(Value(f"({made.code})", axes, leading(inputs))).code, made.scalar, made.whole
        )
    written = writer.write(op.tree)
    code = written.code
    if written.scalar:
        code = f"{name}.new_tensor({code})" if name else f"torch.tensor({code}{site.device()})"
    return [Value(code, axes, leading(inputs))]


def _with_bias(op: Elementwise, inputs: Sequence[Value]) -> Value | None:
    """The sum of a matrix product and a vector along what it makes, as one call."""
    if op.expression != "a + b":
        return None
    product, bias = inputs
    alone = product.code.startswith("F.linear(") and product.code.endswith(")")
    if not alone or bias.leading or bias.axes != product.axes[-1:]:
        return None
    call = ast.parse(product.code, mode="eval").body
    if not isinstance(call, ast.Call) or len(call.args) != 2:
        return None
    return product.of(f"{product.code[:-1]}, {bias.code})")


def _uses(tree: expressions.Expression) -> Counter[str]:
    match tree:
        case expressions.Name(name):
            return Counter([name])
        case expressions.Call(_, args):
            return sum((_uses(arg) for arg in args), Counter())
        case _:
            return Counter()


def _repeated(tree: expressions.Expression) -> list[expressions.Expression]:
    """The largest parts that are written more than once, and are worth a name."""
    counts: Counter[expressions.Expression] = Counter()

    def count(part: expressions.Expression) -> None:
        counts[part] += 1
        if isinstance(part, expressions.Call) and counts[part] == 1:
            for arg in part.args:
                count(arg)

    count(tree)
    found = [part for part, times in counts.items() if times > 1 and part.parts >= _WORTH_A_NAME and part.names]
    # smaller ones first, as greater ones are written with them
    return sorted(found, key=lambda part: part.parts)
