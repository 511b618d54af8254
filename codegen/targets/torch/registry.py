"""Lowerings by op name: how one op is printed.

To print an op another way, write a function in the family's file of `lowerings` and mark it `@lowers("name")`:

    @lowers("softmax")
    def print_softmax(op, site, inputs):
        value = inputs[0]
        return [value.of(f"{value.held}.softmax({value.at(op.axis)})")]

`inputs` are values for the op's input ports, then its weights, then its buffers. Their `axes` are named: those the op
consumes by its own names, those that pass over with a mark (`^y`); in front of them stands the anonymous leading
group, so dimensions are counted from the end. Results carry all passing axes of the inputs they depend on and the
axes the op produces, in any order, and the leading group of those inputs. `value.ordered`, `aligned` and
`Site.unified` bring operands into the same order and shape, `Site.let` makes a variable of what is written twice,
`Site.length` and `Site.size` say sizes, `site.writer.helper` uses a helper of `support`. What is right for one number
of leading dimensions only (a convolution, a loss) is called through a helper that flattens them.

A lowering that returns None, and a composite without one, leave it to the expansion; a primitive must have one.
`@declares("name")` gives the constructor of a module for an op's weights (`nn.Linear(m, k)`), which the lowering calls
as `site.member` where `site.calls_member` says that it computes the op.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from .value import Value

if TYPE_CHECKING:
    from .site import Site

Lowering = Callable[[Any, "Site", Sequence[Value]], "list[Value] | None"]
Declaration = Callable[[Any, "Site"], "str | None"]
F = TypeVar("F", bound=Callable[..., Any])

LOWERINGS: dict[str, Lowering] = {}
DECLARATIONS: dict[str, Declaration] = {}


def lowers(*names: str) -> Callable[[F], F]:
    """Register how ops of these names are printed; a lowering that returns None leaves it to the expansion."""
    return _registered(LOWERINGS, names)


def declares(*names: str) -> Callable[[F], F]:
    """Register the module that holds the weights of these ops: code such as `nn.Linear(m, k)`, None for plain arrays.

    Its parameters must have the names, axes and starting values of the op's weights.
    """
    return _registered(DECLARATIONS, names)


def _registered(table: dict[str, Any], names: Sequence[str]) -> Callable[[F], F]:
    def register(function: F) -> F:
        for name in names:
            if name in table:
                raise TypeError(f"lowering of '{name}': expected one, found {table[name]} and {function}. Remove one.")
            table[name] = function
        return function

    return register
