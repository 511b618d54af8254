"""How long drawing takes, and how large the result is.

    python -m benchmarks.draw

Goals: the base Transformer lays out in under a second and its SVG has under 150 kB; 1,000 nodes take under three
seconds, and ten times the nodes not much more than ten times the time. The same circuit gives the same bytes.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from circuits import Circuit, Wire, build, layer_norm, linear, relu
from circuits.draw import Detail, picture, to_svg
from gallery import entry

ALL = Detail(budget=1_000_000)


def chain(nodes: int) -> Circuit:
    """Residual blocks one behind the other."""

    def body(x: Wire) -> Wire:
        for _ in range(nodes // 5):
            x = x + linear("f -> m", relu(linear("m -> f", layer_norm(x, axes="m"))))
        return x

    return build("chain", {"x": "[t m]"}, body, sizes={"m": 8, "f": 16, "t": 4})


def lattice(nodes: int, width: int = 8) -> Circuit:
    """Streams beside each other, each mixed with its neighbour again and again."""

    def body(*streams: Wire) -> Wire:
        known = list(streams)
        for step in range(nodes // (2 * width)):
            mixed = [known[place] + known[(place + 1) % width] for place in range(width)]
            known = [linear("m -> m", mixed[(place + step) % width]) for place in range(width)]
        total = known[0]
        for other in known[1:]:
            total = total + other
        return total

    return build("lattice", {f"x{place}": "[t m]" for place in range(width)}, body, sizes={"m": 8, "t": 4})


def seconds(circuit: Circuit, width: float) -> tuple[float, int]:
    """The shortest of three drawings, and the bytes of its SVG."""
    circuit.checked  # noqa: B018
    best, text = float("inf"), ""
    for _ in range(3):
        start = time.perf_counter()
        scene = picture(circuit, ALL if len(circuit.nodes) > 40 else None, width=width)
        best = min(best, time.perf_counter() - start)
        again = to_svg(scene)
        assert text in ("", again), "expected the same bytes, found others"
        text = again
    return best, len(text.encode())


def rows(name: str, circuits: Sequence[Circuit], width: float) -> None:
    """Lines of the table: each circuit, and its time as a ratio to the first."""
    first = 0.0
    for circuit in circuits:
        taken, size = seconds(circuit, width)
        first = first or taken / max(len(circuit.nodes), 1)
        growth = taken / max(len(circuit.nodes), 1) / first
        shape = "rows" if width else "one row"
        print(f"{name:<14}{len(circuit.nodes):>7}  {shape:<9}{taken:>8.2f} s {growth:>8.2f}{size / 1e3:>10.1f} kB")


def main() -> None:
    """Print the table."""
    print(f"{'circuit':<14}{'nodes':>7}  {'':<9}{'layout':>10}{'a node':>9}{'SVG':>13}")
    rows("transformer", [entry("transformer").circuit], 0.0)
    rows("transformer", [entry("transformer").circuit], 1050.0)
    for width in (0.0, 1500.0):
        rows("chain", [chain(count) for count in (100, 300, 1000, 3000)], width)
        rows("lattice", [lattice(count) for count in (100, 300, 1000, 3000)], width)


if __name__ == "__main__":
    main()
