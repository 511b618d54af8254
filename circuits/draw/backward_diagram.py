"""The diagram of a backward pass: weights stay implicit, and what is on the tape is grabbed beside its reader."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from ..circuit import Circuit
from ..derived import Call
from ..ops.sources import Parameter
from ..rewrites.backward import Backward
from .blocks import titled
from .detail import Detail, opened_paths
from .diagram import Array, Cell, Diagram
from .expand import expand
from .glyph import Sign

GRAB = "grab:"


@dataclass(frozen=True)
class Grabbed:
    """The diagram of a backward pass, and what its cells take off the tape.

    `grabs` are cells that grab an array of the diagram above, `boxes` those that read what is kept inside a closed
    block above, with the path of that block and a slash: a closed block shows nothing of what it holds.
    """

    diagram: Diagram
    grabs: Mapping[str, str]
    boxes: tuple[tuple[str, str], ...] = ()


def backward_diagram(found: Backward, circuit: Circuit, upper: Diagram, detail: Detail) -> Grabbed:
    """The diagram of the backward pass of a circuit, opened where the circuit is in the diagram `upper`."""
    wanted = opened_paths(circuit, detail)
    opened = frozenset(path for path in _inside(found, "") if path in wanted)
    bare = replace(detail, budget=0, opened=opened, closed=frozenset())
    diagram = _named(_hidden(expand(_implicit(found), bare)), found)
    return _grabbed(diagram, {name: kept(found, wire, upper) for name, wire in found.tape})


def _inside(found: Backward, prefix: str) -> Iterator[str]:
    """Paths of the calls that are pulled back by the backward passes of what they call."""
    for name, inner in found.inside:
        yield f"{prefix}{name}"
        yield from _inside(inner, f"{prefix}{name}/")


def _implicit(found: Backward) -> Circuit:
    """The backward circuit in which maps own the weights that they are fed: glyphs of learned maps imply them."""
    inside = dict(found.inside)
    sources = {node.outputs()[0] for node in found.backward.nodes if isinstance(node.op, Parameter)}
    nodes = []
    for node in found.backward.nodes:
        if isinstance(node.op, Call) and node.name in inside:
            op = node.op.model_copy(update={"circuit": _implicit(inside[node.name])})
            nodes.append(replace(node, op=Call(**{key: getattr(op, key) for key in Call.model_fields})))
        else:
            nodes.append(replace(node, feeds=tuple(pair for pair in node.feeds if pair[1] not in sources)))
    return found.backward.evolve(nodes=tuple(nodes))


def _hidden(diagram: Diagram) -> Diagram:
    """The diagram without sources of parameters and what only reads them."""
    gone: set[str] = set()
    cells: list[Cell] = []
    for cell in diagram.cells:
        source = cell.op == Parameter.name and not cell.inputs
        if source or (cell.kind in ("wiring", "end") and cell.inputs and gone.issuperset(cell.inputs)):
            gone.update(cell.outputs)
        else:
            cells.append(_without(cell, gone))
    arrays = {id: array for id, array in diagram.arrays.items() if id not in gone}
    return replace(diagram, cells=tuple(cells), arrays=arrays)


def _without(cell: Cell, gone: Collection[str]) -> Cell:
    """A cell without some of its inputs."""
    kept = [number for number, array in enumerate(cell.inputs) if array not in gone]
    if len(kept) == len(cell.inputs):
        return cell
    now = {number: place for place, number in enumerate(kept)}
    return replace(
        cell,
        inputs=tuple(cell.inputs[number] for number in kept),
        touched=tuple(cell.touched[number] for number in kept),
        links=tuple(replace(link, given=now[link.given]) for link in cell.links if link.given in now),
        ports=tuple(port for number, port in enumerate(cell.ports) if number in now),
        joined=tuple(tuple((now[at], place) for at, place in group if at in now) for group in cell.joined),
    )


def _named(diagram: Diagram, found: Backward) -> Diagram:
    """The diagram with cotangents called as the notation does, and blocks after what they pull back."""
    names = {name: f"\\partial {output}" for output, name in found.cotangents}
    inputs = {item.name for item in found.forward.inputs}
    names |= {name: f"\\partial {item if item in inputs else _upright(item)}" for item, name in found.gradients}
    arrays = {id: replace(array, name=names.get(array.name, array.name)) for id, array in diagram.arrays.items()}
    cells = []
    for cell in diagram.cells:
        mark = names.get(cell.sign.mark, "") if cell.kind == "output" else cell.sign.mark
        cells.append(replace(cell, sign=replace(cell.sign, mark=mark, name=_titled(cell.sign.name))))
    fences = tuple(replace(fence, title=_titled(f"R[{fence.title}]")) for fence in diagram.fences)
    return replace(diagram, arrays=arrays, cells=tuple(cells), fences=fences)


def _upright(key: str) -> str:
    """The key of a parameter in TeX, as words."""
    return f"\\mathrm{{{key.replace('_', ' ').replace('.', ' ').replace(' ', chr(92) + ' ')}}}"


def _titled(name: str) -> str:
    """A title, what stands in `R[...]` as one of its own."""
    inner = name.removeprefix("R[").removesuffix("]")
    return f"R[{titled(inner)}]" if name.startswith("R[") else name


def kept(found: Backward, wire: str, upper: Diagram, path: str = "") -> str:
    """The array of the diagram above that holds a wire of the forward circuit, or else `<path>/` of the node inside."""
    name, _, port = wire.rpartition(".")
    node = found.forward.by_id.get(name)
    if node is None:
        return wire
    at, inner = f"{path}{node.name}", dict(found.inside).get(node.name)
    if inner is not None and at in upper.fence_of:
        made = next(item.wire for item in inner.forward.outputs if item.name == port)
        if made not in {item.name for item in inner.forward.inputs}:
            return kept(inner, made, upper, f"{at}/")
    if inner is not None and port in dict(inner.tape):
        return f"{at}/"
    return next((id for id in (f"{at}.{port}", at) if id in upper.arrays), f"{at}/")


def _grabbed(diagram: Diagram, tape: Mapping[str, str]) -> Grabbed:
    """The diagram with a cell beside every reader of the tape, which grabs what it reads."""
    arrays = {id: array for id, array in diagram.arrays.items() if id not in tape}
    cells: list[Cell] = []
    grabs: dict[str, str] = {}
    boxes: dict[tuple[str, str], None] = {}
    for cell in diagram.cells:
        if cell.kind == "input" and cell.outputs[0] in tape:
            continue
        given = dict.fromkeys(array for array in cell.inputs if array in tape)
        hidden = [array for array in given if tape[array].endswith("/") and cell.kind == "glyph"]
        boxes |= dict.fromkeys((cell.id, tape[array]) for array in hidden)
        cell = _without(cell, hidden)
        for array in given:
            if array in hidden:
                continue
            id = f"{GRAB}{array}#{len(grabs)}"
            made = diagram.arrays[array]
            arrays[id] = Array(id, made.strands)
            places = (tuple(range(len(made.strands))),)
            cells.append(Cell(id, "load", Sign("load"), (), (id,), (), places, fence=cell.fence, op=array))
            grabs[id] = tape[array]
            cell = replace(cell, inputs=tuple(id if one == array else one for one in cell.inputs))
        cells.append(cell)
    inputs = tuple(array for array in diagram.inputs if array not in tape)
    return Grabbed(replace(diagram, arrays=arrays, cells=tuple(cells), inputs=inputs), grabs, tuple(boxes))
