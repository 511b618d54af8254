"""Assigning several results at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...writing.names import identifier

if TYPE_CHECKING:
    from .site import Site


def unpack(site: Site, code: str) -> list[str]:
    """Print `a, b = code` for a node with several outputs, and give the names."""
    node, scope = site.node, site.scope
    names = []
    for wire, result in zip(node.outputs(), site.op.signature.outputs, strict=True):
        wanted = identifier(f"{node.name}_{result.name}")
        names.append(site.writer.variables.fresh(wanted) if scope.uses[wire] else "_")
    targets = ", ".join(names)
    site.writer.forward.assign(f"{targets}," if len(names) == 1 else targets, code)
    return names
