"""Parts: what a person selects, as a circuit that can be kept and used again anywhere.

One node is enough and many are one circuit: they become a subcircuit with named ports, so that a part is always used as
one node, which can be opened and expanded. Documents take it by value.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from circuits import Call, Circuit, Problem, dumps

from .commands.base import nodes_of, where
from .commands.subcircuits import carve, enclosed
from .rewiring import Problems

MAX_TEXT = 1_000_000
_NAME = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029.?/]{1,80}")
_PLACE = "part"


def part_of(circuit: Circuit, ids: Collection[str], name: str, words: str = "") -> Circuit:
    """Nodes as a circuit to be kept: that of one call as it is, else a subcircuit of them, called `name`.

    `words` is what it says of itself, else what it said before. Raises Problems with every reason why it cannot be one.
    """
    name, words = part_name(name), one_line(words)[:200]
    nodes = nodes_of(circuit, ids)
    only = nodes[0].op if len(nodes) == 1 else None
    found = only.circuit if isinstance(only, Call) else enclosed(carve(circuit, ids), name).bodies()[0]
    if found.problems:
        raise Problems(*found.problems[:10])
    doc = "\n".join([words, *found.doc.split("\n")[1:]]) if words else found.doc
    made = found.evolve(name=name, doc=doc)
    length = len(dumps(made))
    if length > MAX_TEXT:
        raise Problems(
            Problem(where(circuit), f"a part of at most {MAX_TEXT:,} characters", f"{length:,}", "Select fewer nodes.")
        )
    return made


def part_name(text: str) -> str:
    """A name for a part; raises Problems for none that a node could have as well."""
    name = one_line(text)
    if not _NAME.fullmatch(name):
        found = f"'{name[:80]}'" if name else "none"
        raise Problems(
            Problem(_PLACE, "a name of at most 80 letters without '.', '/' and '?'", found, "Write another.")
        )
    return name


def one_line(text: str) -> str:
    """A text as one line."""
    return " ".join(text.split())
