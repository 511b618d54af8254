"""Cells of single nodes: which strands a node touches, which pass, which meet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..circuit import Circuit, Node
from ..elementwise import Elementwise
from ..node_type import NodeType, type_node
from ..op import Op
from ..ops.einsum import Broadcast, Einsum
from ..ops.views import Permute, Rename
from ..types import ArrayType
from .diagram import ELEMENT, Cell, Link
from .glyph import Sign
from .scope import Held
from .signs import sign

WIRING = (Einsum, Broadcast, Rename, Permute)


def typed(node: Node, types: Sequence[ArrayType | None]) -> NodeType:
    """The typing of a node for arrays that may carry more axes than its circuit says: they pass over."""
    found = type_node(node.op, node.per, node.fed, tuple(types))
    if found.problems and isinstance(node.op, Elementwise) and not node.op.outer:
        pairs = Elementwise(expression=node.op.expression, outer=True)
        return type_node(pairs, node.per, node.fed, tuple(types))
    return found


def cell(
    node: Node, circuit: Circuit, path: str, fence: str, given: Sequence[Held], found: NodeType, made: Sequence[Held]
) -> Cell:
    """The cell of a node that is drawn as one."""
    links, met = _links(node.op, found, given, made)
    linked = {(link.given, link.source) for link in links}
    grown = {(link.made, link.target) for link in links}
    touched = [
        tuple(place for place in range(len(held.names)) if (number, place) not in linked)
        for number, held in enumerate(given)
    ]
    produced = tuple(
        tuple(place for place in range(len(held.names)) if (number, place) not in grown)
        for number, held in enumerate(made)
    )
    joined = _joined(node.op, found, given) if isinstance(node.op, Einsum) else ()
    marked = sign(node, circuit)
    kind = _kind(node.op, marked, touched, produced, len(given))
    if kind == "float" and marked.outline == "box":
        marked = Sign("arrows", marked.mark, marked.name, marked.bias, marked.learned)
    return Cell(
        id=path,
        kind=kind,
        sign=marked,
        inputs=tuple(held.array for held in given),
        outputs=tuple(held.array for held in made),
        touched=tuple(touched),
        made=produced,
        links=links,
        joined=joined,
        ordered=kind == "glyph" and not met,
        op=node.op.name,
        fence=fence,
        ports=(*(port.name for port in found.ports),),
    )


def _kind(
    op: Op, marked: Sign, touched: Sequence[tuple[int, ...]], made: Sequence[tuple[int, ...]], inputs: int
) -> str:
    if isinstance(op, WIRING):
        return "wiring"
    if inputs > 1 and (isinstance(op, Elementwise) or marked.outline == "plus" or not any((*touched, *made))):
        return "merge"
    if inputs == 1 and not any((*touched, *made)):
        return "float"
    return "glyph"


def _links(op: Op, found: NodeType, given: Sequence[Held], made: Sequence[Held]) -> tuple[tuple[Link, ...], bool]:
    """Strands that pass from inputs to outputs, and whether the op is wiring whose operands may change places."""
    links: list[Link] = []
    results = op.signature.outputs
    for number, (result, target) in enumerate(zip(results, made, strict=True)):
        sources = range(len(given)) if result.of is None else (*result.of, *range(len(op.signature.inputs), len(given)))
        for place in sources:
            held = given[place]
            kept = _kept(op, found, place)
            for strand, name in enumerate(held.names):
                wanted = kept.get(name, "" if name in found.consumed[place] else name)
                if name == ELEMENT and not _element_passes(op, held, target, result.element, place):
                    continue
                if wanted and wanted in target.names:
                    links.append(Link(place, strand, number, target.names.index(wanted)))
    return tuple(links), isinstance(op, Einsum)


def _kept(op: Op, found: NodeType, place: int) -> Mapping[str, str]:
    """Consumed axes of one input that wiring gives on, by the names they then have."""
    consumed = found.consumed[place]
    if isinstance(op, Einsum):
        pairs = zip(consumed, op.operands[place], strict=True)
        return {actual: formal for actual, formal in pairs if formal in op.result}
    if isinstance(op, Rename):
        return dict(zip(consumed, op.ends[1], strict=True))
    if isinstance(op, Permute):
        return {axis: axis for axis in consumed}
    return {}


def _element_passes(op: Op, held: Held, target: Held, element: object, place: int) -> bool:
    """Whether the strand of an element goes on: that of a scalar over what touches nothing, another where it stays."""
    if held.type is None or target.type is None or held.type.element != target.type.element:
        return False
    if held.type.element.kind == "Real":
        return isinstance(op, (*WIRING, Elementwise)) or not any(port.axes for port in op.signature.inputs)
    return element == place or isinstance(op, WIRING)


def _joined(op: Einsum, found: NodeType, given: Sequence[Held]) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Strands that an einsum sums over, those of one axis together."""
    groups: dict[str, list[tuple[int, int]]] = {}
    for place, (formal, actual) in enumerate(zip(op.operands, found.consumed, strict=True)):
        for axis, name in zip(formal, actual, strict=True):
            # an input that is missing or does not fit has none of its axes
            if axis not in op.result and name in given[place].names:
                groups.setdefault(axis, []).append((place, given[place].names.index(name)))
    return tuple(tuple(group) for group in groups.values())
