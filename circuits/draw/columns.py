"""Ranking cells into columns: every cell right of what it reads, like beside like, sources next to their readers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from .diagram import Cell, Diagram


def columns(diagram: Diagram, held: Mapping[str, int] | None = None) -> list[list[Cell]]:
    """Cells by column, in the order of the diagram; the last column holds the outputs.

    `held` says by path of a node before which column, counted from 0, none of its cells should stand. Else a cell
    stands as far left as it can. One with room to its right joins the column that holds most of its kind, and
    what depends on no input, or is loaded from elsewhere, stands right before its reader.
    """
    cells = [cell for cell in diagram.cells if cell.kind not in ("input", "output")]
    before = _predecessors(diagram, cells)
    after: dict[str, list[str]] = defaultdict(list)
    for reader, sources in before.items():
        for source in sources:
            after[source].append(reader)
    ordered = _topological(cells, before)
    early: dict[str, int] = {}
    fed: dict[str, bool] = {}
    saved = {cell.op for cell in cells if cell.kind == "save"}
    grabs = {cell.id for cell in cells if cell.kind == "load" and cell.op not in saved}
    for cell in ordered:
        early[cell.id] = 1 + max((early[source] for source in before[cell.id]), default=0)
        if held:
            early[cell.id] = max(early[cell.id], 1 + _held(cell.id, held))
        # what only waits for a gate depends on no input, so it may stand where it is read
        made = [diagram.producers[array] for array in cell.inputs]
        entered = any(source.kind == "input" or fed.get(source.id, False) for source in made)
        fed[cell.id] = cell.id not in grabs and (entered or cell.kind in ("gate", "load"))
    last = max(early.values(), default=0)
    ranks = _settled(ordered, early, after, fed, last)
    found: list[list[Cell]] = [[] for _ in range(last)]
    for cell in cells:
        found[ranks[cell.id] - 1].append(cell)
    outputs = [cell for cell in diagram.cells if cell.kind == "output"]
    return [*(column for column in found if column), outputs]


def _held(id: str, held: Mapping[str, int]) -> int:
    """The column in which a cell is held, by the node it is drawn for or one around that."""
    node, *inside = id.split("/")
    found = held.get(node, 0)
    for word in inside:
        node = f"{node}/{word}"
        found = max(found, held.get(node, 0))
    return found


def _entering(diagram: Diagram) -> dict[str, list[str]]:
    """The cells outside each block that make what is read in it."""
    found: dict[str, list[str]] = {fence.id: [] for fence in diagram.fences}
    for cell in diagram.cells:
        makers = [diagram.producers[array] for array in cell.inputs]
        for fence in diagram.enclosing(cell.fence):
            found[fence.id] += [one.id for one in makers if fence not in diagram.enclosing(one.fence)]
    return found


def _predecessors(diagram: Diagram, cells: Sequence[Cell]) -> dict[str, list[str]]:
    """Cells that have to stand left of each: producers, gates of the block around, and savers of what is loaded.

    All gates of one end of a block stand in one column, so each has to wait for what any of them waits for.
    """
    held = {cell.id for cell in cells}
    gates: dict[tuple[str, str], list[str]] = defaultdict(list)
    for cell in cells:
        if cell.kind == "gate":
            gates[cell.fence, cell.sign.mark].append(cell.id)
    savers = {cell.op: cell.id for cell in cells if cell.kind == "save"}
    before: dict[str, dict[str, None]] = {}
    entering = _entering(diagram)
    for cell in cells:
        sources = [diagram.producers[array].id for array in cell.inputs]
        if cell.kind == "load" and cell.op in savers:
            sources.append(savers[cell.op])
        elif cell.kind == "load":
            # else the block of the reader would begin before what it reads is made
            sources += [source for fence in diagram.enclosing(cell.fence) for source in entering[fence.id]]
        entered = [fence.id for fence in diagram.enclosing(cell.fence)]
        if cell.kind == "gate" and cell.sign.mark == "enter":
            entered = entered[1:]
        if not cell.inputs or cell.kind == "gate":
            sources += [gate for fence in entered for gate in gates[fence, "enter"]]
        before[cell.id] = dict.fromkeys(source for source in sources if source in held and source != cell.id)
    for cell in cells:
        if cell.kind in ("save", "end") and diagram.producers[cell.inputs[0]].fence == cell.fence:
            for fence in diagram.enclosing(cell.fence):
                if diagram.producers[cell.inputs[0]].id not in gates[fence.id, "leave"]:
                    for gate in gates[fence.id, "leave"]:
                        before[gate][cell.id] = None
    for ends in gates.values():
        together = {source: None for gate in ends for source in before[gate]}
        before.update((gate, dict(together)) for gate in ends)
    return {cell: list(sources) for cell, sources in before.items()}


def _topological(cells: Sequence[Cell], before: Mapping[str, Sequence[str]]) -> list[Cell]:
    """Cells, those that stand left of others first; the order of the diagram decides between others."""
    by_id = {cell.id: cell for cell in cells}
    done: set[str] = set()
    ordered: list[Cell] = []
    for start in cells:
        stack = [start.id]
        while stack:
            top = stack[-1]
            waiting = [source for source in before[top] if source not in done]
            if top in done:
                stack.pop()
            elif waiting and not set(waiting) & set(stack):
                stack += reversed(waiting)
            else:
                done.add(top)
                ordered.append(by_id[top])
                stack.pop()
    return ordered


def _settled(
    ordered: Sequence[Cell],
    early: Mapping[str, int],
    after: Mapping[str, Sequence[str]],
    fed: Mapping[str, bool],
    last: int,
) -> dict[str, int]:
    """The column of each cell."""
    kinds = Counter((early[cell.id], cell.op, cell.fence) for cell in ordered)
    ranks: dict[str, int] = {}
    for cell in reversed(ordered):
        late = min((ranks[reader] for reader in after[cell.id]), default=last + 1) - 1
        first = early[cell.id]
        if not fed[cell.id] and cell.kind not in ("end", "save"):
            ranks[cell.id] = late if after[cell.id] else first
        elif cell.kind in ("end", "save", "float", "gate", "merge") or late <= first:
            ranks[cell.id] = first
        else:
            ranks[cell.id] = max(range(first, late + 1), key=lambda rank: (kinds[rank, cell.op, cell.fence], -rank))
    return ranks
