"""How much of a circuit a picture opens: which used circuits and regions are drawn as blocks of their own nodes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..circuit import Circuit, Node
from ..derived import Derived
from ..op import Op
from ..region import Region
from ..regions.fixed_point import FixedPoint
from ..regions.ode import Ode
from ..regions.repeat import Repeat
from ..regions.scan import Scan

# Regions whose rounds can be read off one drawn body.
OPENABLE = (Repeat, Scan, FixedPoint, Ode)


@dataclass(frozen=True)
class Detail:
    """What is opened.

    Circuits and regions are opened, the outermost first, while the picture keeps within `budget` cells and `depth`
    levels. `opened` and `closed` are paths of nodes (`blocks/attention`) or names of circuits and ops, which decide
    before that; a composite op is opened only if it is named. `sizes` writes default sizes at inputs and outputs too,
    `windows` draws convolutions in full: the windows, then a learned map over channels and kernel.
    """

    budget: int = 40
    depth: int | None = None
    opened: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()
    sizes: bool = False
    title: str = ""
    groups: bool = True
    windows: bool = False


def opened_paths(circuit: Circuit, detail: Detail) -> frozenset[str]:
    """Paths of the nodes that are opened."""
    opened: set[str] = set()
    level: list[tuple[str, Circuit]] = [("", circuit)]
    spent, depth = len(circuit.nodes), 0
    while level:
        below: list[tuple[str, Circuit]] = []
        for prefix, around in level:
            for node in around.nodes:
                path = f"{prefix}{node.name}"
                body = body_of(node.op)
                wanted = _asked(node, path, detail.opened)
                if body is None or body.problems or _asked(node, path, detail.closed):
                    continue
                fits = spent + len(body.nodes) <= detail.budget and (detail.depth is None or depth < detail.depth)
                if wanted or (fits and bool(node.op.bodies())):
                    spent += len(body.nodes)
                    opened.add(path)
                    below.append((f"{path}/", body))
        level, depth = below, depth + 1
    return frozenset(opened)


def body_of(op: Op) -> Circuit | None:
    """The circuit that is drawn where a node is opened; None where it is not one."""
    if isinstance(op, Derived):
        return op.body
    if isinstance(op, OPENABLE) and isinstance(op, Region):
        return op.content
    return None


def _asked(node: Node, path: str, words: frozenset[str]) -> bool:
    """Whether a node is named by its path, its op or the circuit it uses."""
    names = {path, node.op.name, *(body.name for body in node.op.bodies())}
    return bool(names & words)


def paths(circuit: Circuit, prefix: str = "") -> Iterator[str]:
    """Paths of everything that can be opened."""
    for node in circuit.nodes:
        body = body_of(node.op)
        if body is not None:
            yield f"{prefix}{node.name}"
            if node.op.bodies():
                yield from paths(body, f"{prefix}{node.name}/")
