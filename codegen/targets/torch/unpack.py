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
        names.append(site.writer.variables.fresh(_wanted(site, result.name)) if scope.uses[wire] else "_")
    targets = ", ".join(names)
    site.writer.forward.assign(f"{targets}," if len(names) == 1 else targets, code)
    return names


def _wanted(site: Site, result: str) -> str:
    """The result's own name where it says something and is free, else one with the node's."""
    name = identifier(result)
    if result.startswith("out") or name in site.writer.variables:
        return identifier(f"{site.node.name}_{result}")
    return name
