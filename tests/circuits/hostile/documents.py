"""The same documents every time, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from tests.circuits.hostile.made import (
    definitions_nested,
    long_rows,
    regions_nested,
    regions_of_every_kind,
    sizes_entangled,
    wide_nodes,
)
from tests.circuits.hostile.ops import one_op
from tests.circuits.hostile.texts import (
    bytes_changed,
    nested_text,
    noise,
    odd_numbers,
    odd_texts,
    repeated_keys,
    spliced,
    truncated,
)
from tests.circuits.hostile.values import (
    attributes_replaced,
    bodies_crossed,
    entries_doubled,
    keys_deleted,
    values_moved,
    values_of_a_kind_replaced,
    values_replaced,
    wires_crossed,
)

SEED = "documents"
FAULTS = (
    bytes_changed,
    truncated,
    spliced,
    noise,
    nested_text,
    odd_numbers,
    odd_texts,
    repeated_keys,
    values_replaced,
    keys_deleted,
    values_moved,
    entries_doubled,
    wires_crossed,
    bodies_crossed,
    # these reach furthest, so they come more often
    *(values_of_a_kind_replaced, attributes_replaced, one_op) * 3,
)
MADE = (definitions_nested, regions_nested, regions_of_every_kind, long_rows, wide_nodes, sizes_entangled)


def documents(count: int, first: int = 0) -> Iterator[tuple[str, bytes]]:
    """The same documents every time: what was done to each, and its bytes."""
    for number in range(first, first + count):
        random = Random(f"{SEED}/{number}")
        make = random.choice(FAULTS if random.random() < 0.9 else MADE)
        yield f"{number} ({make.__name__})", make(random)
