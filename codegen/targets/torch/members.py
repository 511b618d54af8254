"""Weights and buffers in the constructor, under the keys the circuit gives them."""

from __future__ import annotations

from circuits import Buffer, Composite, Init, Size, Weight, state_key

from ...writing.names import is_attribute
from .registry import DECLARATIONS
from .site import Site


def declare(site: Site) -> None:
    """Print the arrays that the site's node owns, and those its expansion owns in its name."""
    arrays = owned(site)
    inner = tracked(site)
    if not arrays and not inner:
        return
    name, declaration = site.node.name, DECLARATIONS.get(site.op.name)
    code = declaration(site.op, site) if declaration is not None and site.owns else None
    if code is not None:
        site.writer.hold(name, code)
        return
    for item in (item for item in arrays if not item.name):
        site.writer.hold_array(name, starting(site, item), _kind(item))
    named = [item for item in arrays if item.name]
    words = ", ".join(_keyword(site, item) for item in named if not isinstance(item, Buffer))
    if named or inner:
        site.writer.hold(name, f"{site.writer.helper('Weights')}({words})")
    for item in named:
        if isinstance(item, Buffer):
            site.writer.hold_in(name, item.name, starting(site, item), "buffer")
    for path, item in inner:
        site.writer.hold_in(name, path, starting(site, item), "buffer")


def tracked(site: Site) -> list[tuple[str, Buffer]]:
    """Buffers of the nodes a composite stands for, by the names they have in it."""
    op = site.op
    if not isinstance(op, Composite) or not op.signature.updates:
        return []
    return [(state_key("", node, item.name), item) for node in op.body.nodes for item in node.op.signature.buffers]


def _keyword(site: Site, item: Weight) -> str:
    code = starting(site, item)
    value = code if item.trainable else f"nn.Parameter({code}, requires_grad=False)"
    return f"{item.name}={value}" if is_attribute(item.name) else f"**{{{item.name!r}: {value}}}"


def owned(site: Site) -> list[Weight | Buffer]:
    """The arrays of a node that are neither fed nor another node's."""
    if site.node.weights:
        return []
    signature = site.op.signature
    return [*(item for item in signature.weights if item.name not in site.node.fed), *signature.buffers]


def _kind(item: Weight | Buffer) -> str:
    if isinstance(item, Buffer):
        return "buffer"
    return "parameter" if item.trainable else "fixed"


def starting(site: Site, item: Weight | Buffer) -> str:
    """Code for an array's starting value."""
    shape = ", ".join(site.static_axis(axis) for axis in (*site.per, *item.axes))
    init = item.init
    sized = shape or "()"
    match init.kind:
        case "zeros" | "ones":
            return f"torch.{init.kind}({sized})"
        case "constant":
            return f"torch.full(({shape}{',' if shape and ',' not in shape else ''}), {init.scale!r})"
        case "eye":
            return _eye(site, item)
        case "uniform":
            words = [*([shape] if shape else []), f"bound={_scaled(site, init)}"]
            return f"{site.writer.helper('uniform')}({', '.join(words)})"
        case _:
            scale = _scaled(site, init)
            return f"torch.randn({sized})" if scale == "1.0" else f"torch.randn({sized}) * {scale}"


def _scaled(site: Site, init: Init) -> str:
    """The scale of an initialiser, divided by the square root of what a unit reads."""
    if not init.fan:
        return repr(float(init.scale))
    product = Size.of(1)
    for axis in init.fan:
        product = product * Size.name(axis)
    root = f"({site.static(product)}) ** -0.5"
    return root if init.scale == 1.0 else f"{float(init.scale)!r} * {root}"


def _eye(site: Site, item: Weight | Buffer) -> str:
    rows, columns = (site.static_axis(axis) for axis in item.axes[-2:])
    eye = f"torch.eye({rows}, {columns})" + (f" * {item.init.scale!r}" if item.init.scale != 1.0 else "")
    front = [site.static_axis(axis) for axis in (*site.per, *item.axes[:-2])]
    return f"({eye}).repeat({', '.join(front)}, 1, 1)" if front else eye
