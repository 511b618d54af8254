"""How long a gesture takes without drawing: applied, checked, and logged in a SQLite file, as a table with ratios.

    python -m benchmarks.commands

Goal: on a document of 500 nodes every gesture takes at most 15 ms (median), flat or nested. What is not the processor's
time is mostly the disk: a gesture counts when it lies there.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.check import flat, nested
from circuits import Circuit, Node
from editor.commands import (
    AddNode,
    Command,
    Connect,
    Disconnect,
    Duplicate,
    EditDefinition,
    MakeSubcircuit,
    Pin,
    RemoveNodes,
    RenameNode,
    SetAttribute,
    SetSize,
)
from editor.session import Session
from editor.store import Database, Workspace

NODES = 500
ROUNDS = 40
GOAL = 15.0


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    median: float
    processor: float
    worst: float


def linear_of(circuit: Circuit) -> Node:
    """A linear map in the middle of a circuit: what follows from its change is half of all there is."""
    middle = len(circuit.nodes) // 2
    return next(node for node in circuit.nodes[middle:] if node.op.name == "linear")


def gestures(circuit: Circuit) -> dict[str, Callable[[int], Command]]:
    """A gesture of every kind on a circuit, by the number of the round."""
    node = linear_of(circuit)
    other = next(one for one in circuit.nodes if one.op.name == "softmax")
    run = circuit.nodes[4:8]
    return {
        "add a node": lambda n: AddNode(op="relu", inputs=(node.inputs[0],)),
        "connect": lambda n: Connect(wire=circuit.inputs[0].name, node=node.id),
        "disconnect": lambda n: Disconnect(node=node.id),
        "set an attribute": lambda n: SetAttribute(node=node.id, attribute="bias", value=False),
        "break a type": lambda n: SetAttribute(node=node.id, attribute="spec", value="m -> q" if n % 2 else "m -> r"),
        "rename": lambda n: RenameNode(node=node.id, name=f"renamed_{n}"),
        "remove": lambda n: RemoveNodes(ids=(other.id,)),
        "duplicate": lambda n: Duplicate(ids=tuple(one.id for one in run)),
        "pin": lambda n: Pin(node=node.id, dy=float(n + 1)),
        "set a size": lambda n: SetSize(name="m", value=n + 1),
        "make a subcircuit": lambda n: MakeSubcircuit(ids=tuple(one.id for one in run), name=f"part{n}"),
    }


def timed(run: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds that something takes once, and those of them that this process computed."""
    start, computed = time.perf_counter(), time.process_time()
    run()
    return (time.perf_counter() - start) * 1e3, (time.process_time() - computed) * 1e3


def row(what: str, times: list[tuple[float, float]]) -> Row:
    """The line for some times."""
    walls, computed = zip(*times, strict=True)
    return Row(what, statistics.median(walls), statistics.median(computed), max(walls))


def gesture(session: Session, command: Command) -> None:
    """One gesture: to the log, and checked."""
    delta = session.do(command)
    assert not delta.refusals, delta.refusals
    session.document.problems  # noqa: B018


def measured(session: Session, what: str, make: Callable[[int], Command]) -> Iterator[Row]:
    """A gesture again and again, each from the same state, and then taking it back."""
    session.document.problems  # noqa: B018
    times, undone = [], []
    for number in range(1, ROUNDS + 1):
        times.append(timed(lambda n=number: gesture(session, make(n))))  # type: ignore[misc]
        undone.append(timed(session.undo))
    yield row(what, times)
    if what == "set an attribute":
        yield row("undo", undone)


def rows(folder: Path) -> Iterator[Row]:
    """Measure everything."""
    workspace = Workspace(Database(folder / "store.db"))
    circuit = flat(NODES)
    for what, make in gestures(circuit).items():
        yield from measured(workspace.create(what, circuit), what, make)
    whole = nested(NODES, 50)
    session = workspace.create("nested", whole)
    key = next(key for key in session.document.definitions if key.startswith("block"))
    node = linear_of(session.document.definitions[key])

    def change(number: int) -> Command:
        inner = SetAttribute(node=node.id, attribute="bias", value=False)
        return EditDefinition(name=key, command=inner)

    yield from measured(session, "edit a definition", change)
    opened = [timed(lambda: workspace.open("pin")) for _ in range(5)]
    yield row("open, 80 gestures to replay", opened)


def main() -> None:
    """Print the table; exit status 1 if a goal is missed."""
    print(
        f"{'on ' + str(NODES) + ' nodes':<28}{'median ms':>10}{'of CPU':>8}{'worst ms':>10}{'goal ms':>9}{'ratio':>8}"
    )
    missed = False
    with tempfile.TemporaryDirectory() as folder:
        for one in rows(Path(folder)):
            goal = None if one.what.startswith("open") else GOAL
            said = f"{goal:>9.0f}{one.median / goal:>8.2f}" if goal else ""
            print(f"{one.what:<28}{one.median:>10.2f}{one.processor:>8.2f}{one.worst:>10.2f}{said}")
            missed = missed or (goal is not None and one.median > goal)
    raise SystemExit(missed)


if __name__ == "__main__":
    main()
