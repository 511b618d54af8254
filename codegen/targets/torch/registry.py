"""Lowerings by op name: how one op is printed.

A lowering is a function `(op, site, inputs) -> values`. `inputs` are the op's input ports, then its weights, then its
buffers; consumed axes bear the op's own names, passing axes a mark (`^y`). Results carry all passing axes of the
inputs they depend on, and the axes the op produces, in any order. What is right for one number of leading dimensions
only (a convolution, a loss) is called through a helper of `support` that flattens what leads.

A composite without a lowering is printed from its expansion; a primitive must have one.
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
