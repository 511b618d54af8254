"""Passes: pure functions from circuits to circuits, valid in and valid out, one verb a file.

They keep the meaning, the parameters and their keys. The tuple is the order in which they run, so that an editor can
replay it.
"""

from __future__ import annotations

from collections.abc import Callable

from circuits import Circuit

from .fuse_attention import fuse_attention
from .merge_duplicates import merge_duplicates
from .remove_dead import remove_dead
from .unfold import unfold

Pass = Callable[[Circuit], Circuit]

PASSES: tuple[Pass, ...] = (unfold, merge_duplicates, fuse_attention, remove_dead)


def run_passes(
    circuit: Circuit,
    passes: tuple[Pass, ...] = PASSES,
    watch: Callable[[Pass, Circuit], None] | None = None,
) -> Circuit:
    """Run passes in order; each result is checked, and shown to `watch`."""
    for step in passes:
        circuit = step(circuit).valid()
        if watch is not None:
            watch(step, circuit)
    return circuit
