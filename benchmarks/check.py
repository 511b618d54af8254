"""How long checking takes: full checks, one edit, load and save, as a table with ratios.

    python -m benchmarks.check

Goals: a full check takes at most 100 us a node and grows no worse than linearly; one edit is checked again in at most
5 ms in nested circuits of 10,000 nodes and in at most 20 ms in one flat circuit of 2,000 nodes. Times are of this
process alone, whatever else the machine does.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from circuits import Circuit, build, call, dumps, elementwise, linear, loads, softmax
from circuits import Wire as W


def body(wire: W, count: int, offset: int = 0) -> W:
    """`count` nodes in a row: a linear map, a softmax, an addition, ..., each with attributes of its own kind."""
    for number in range(count):
        match number % 4:
            case 0:
                branch = linear("m -> k" if number % 8 else "m -> d", wire, name=f"map{offset + number}")
            case 1:
                branch = softmax(branch, axis=branch.axes[-1])
            case 2:
                branch = linear(f"{branch.axes[-1]} -> m", branch)
            case _:
                wire = elementwise("a + b * 0.5", wire, branch)
    return wire


def flat(count: int) -> Circuit:
    """One circuit of `count` nodes."""
    return build("flat", {"x": "[b m]"}, lambda x: body(x, count), sizes={"m": 64, "k": 32, "d": 48})


def nested(count: int, inside: int = 50) -> Circuit:
    """Circuits of `inside` nodes, every one different, called from circuits of 50 calls: `count` nodes in all."""
    blocks = [
        build(f"block{number}", {"x": "[b m]"}, lambda x, number=number: body(x, inside, number), sizes={"m": 64})
        for number in range(count // inside)
    ]
    stages = []
    for first in range(0, len(blocks), 20):
        chosen = blocks[first : first + 20]

        def stage(x: W, chosen: Sequence[Circuit] = chosen) -> W:
            for block in chosen:
                x = call(block, x)
            return x

        stages.append(build(f"stage{first}", {"x": "[b m]"}, stage, sizes={"m": 64}))

    def whole(x: W) -> W:
        for one in stages:
            x = call(one, x)
        return x

    return build("nested", {"x": "[b m]"}, whole, sizes={"m": 64, "k": 32, "d": 48})


def fresh(circuit: Circuit) -> Circuit:
    """The same circuit without anything remembered, nested ones included."""
    return loads(dumps(circuit))


def edited(circuit: Circuit, **attributes: object) -> Circuit:
    """The circuit with the linear map nearest its middle changed; in nested ones deep inside, every caller follows."""
    middle = len(circuit.nodes) // 2
    node = next(node for node in circuit.nodes[middle:] if node.op.name in ("linear", "call"))
    bodies = node.op.bodies()
    changes = {"circuit": edited(bodies[0], **attributes)} if bodies else attributes
    return circuit.with_node(replace(node, op=type(node.op)(**{**node.op.attributes(), **changes})))


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    nodes: int
    milliseconds: float
    goal: float


def timed(run: Callable[[], object], rounds: int = 5) -> float:
    """Best time of a few rounds, in milliseconds."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        run()
        best = min(best, time.process_time() - start)
    return best * 1e3


def full(circuit: Circuit, rounds: int = 3) -> float:
    """Time of a full check with nothing remembered of this circuit."""
    copies = [fresh(circuit) for _ in range(rounds)]
    return min(timed(lambda copy=copy: copy.problems, 1) for copy in copies)


def again(circuit: Circuit, rounds: int = 5, **attributes: object) -> float:
    """Time to make one edit and check it."""
    assert not circuit.problems
    return timed(lambda: edited(circuit, **attributes).problems, rounds)


def rows() -> list[Row]:
    """Measure everything."""
    found = []
    for count in (1_000, 10_000):
        for make in (flat, nested):
            circuit = make(count)
            text = dumps(circuit)
            found.append(Row(f"full check, {make.__name__}", count, full(circuit), count * 0.1))
            found.append(Row(f"save, {make.__name__}", count, timed(lambda c=circuit: dumps(c), 3), count * 0.1))
            found.append(Row(f"load, {make.__name__}", count, timed(lambda t=text: loads(t), 3), count * 0.1))
    found.append(Row("one edit, nested", 10_000, again(nested(10_000), bias=False), 5.0))
    found.append(Row("one edit, flat", 2_000, again(flat(2_000), bias=False), 20.0))
    found.append(Row("breaking edit, flat", 2_000, again(flat(2_000), spec="m -> q"), 20.0))
    return found


def main() -> None:
    """Print the table; exit status 1 if a goal is missed."""
    print(f"{'what':<24}{'nodes':>8}{'ms':>10}{'us a node':>11}{'goal ms':>10}{'ratio':>8}")
    table = rows()
    for row in table:
        each = row.milliseconds * 1e3 / row.nodes
        print(
            f"{row.what:<24}{row.nodes:>8}{row.milliseconds:>10.2f}{each:>11.1f}{row.goal:>10.0f}"
            f"{row.milliseconds / row.goal:>8.2f}"
        )
    for what in ("full check, flat", "full check, nested"):
        small, large = (row.milliseconds for row in table if row.what == what)
        print(f"{what}: 10 times the nodes take {large / small:.1f} times as long")
    raise SystemExit(any(row.milliseconds > row.goal for row in table))


if __name__ == "__main__":
    main()
