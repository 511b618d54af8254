"""Plain data of a document as circuits: callees before callers, equal circuits once, unknown ops kept as they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from .circuit import Circuit, Input, Node, Output
from .errors import AttributeProblem, DocumentError, Problem, did_you_mean
from .op import Op
from .opaque import Opaque, known
from .regions.repeat import MAX_WRITTEN_OUT, Repeat
from .regions.unfolded import MAX_UNFOLDED, Unfolded, tree
from .size_terms import clipped
from .store_json import MAX_PROBLEMS, line_json, placed, shown
from .store_schema import FORMAT, MAX_NODES, MAX_OP_TEXT, CircuitEntry, Document, NodeEntry, problems_of
from .types import Axis

# Deeper than any architecture nests, and shallow enough for whatever walks over circuits by recursion.
MAX_NESTING = 64
MAX_ROUNDS = 5 * MAX_WRITTEN_OUT
MAX_WORK = 5 * MAX_UNFOLDED


def read(data: Any, where: str = "") -> Circuit:
    """The circuit that plain data within the limits describes; raises DocumentError with every problem found."""
    if not isinstance(data, dict):
        fix = "Give a file that circuitloom saved."
        raise DocumentError([Problem(where or "document", "a circuit document", _kind(data), fix)])
    if data.get("format") != FORMAT:
        raise DocumentError([_other_format(data, where)])
    try:
        document = Document.model_validate(data)
    except ValidationError as error:
        raise DocumentError(problems_of(error, where, MAX_PROBLEMS)) from None
    order = _ordered(document, where)
    reader = _Reader(where)
    for key in order:
        reader.circuit(key, document.circuits[key])
    reader.check_work()
    if reader.problems:
        raise DocumentError(reader.problems[:MAX_PROBLEMS])
    return reader.circuits[document.root]


def _kind(data: Any) -> str:
    return "a list" if isinstance(data, list) else clipped(repr(data))


def _other_format(data: Mapping[str, Any], where: str) -> Problem:
    found = data.get("format")
    if found is None:
        return Problem(where or "document", f"a key 'format' with '{FORMAT}'", "none", "Give a circuit document.")
    fix = "Read it with the version of circuitloom that wrote it."
    return Problem(placed(where, "format"), f"'{FORMAT}'", clipped(repr(found)), fix)


def _keys(entry: CircuitEntry) -> Iterator[tuple[int, str, str]]:
    """Circuits that an entry refers to: number of the node, attribute, key."""
    for number, node in enumerate(entry.nodes):
        for name, keys in node.bodies.items():
            for key in [keys] if isinstance(keys, str) else keys:
                yield number, name, key


def _ordered(document: Document, where: str) -> list[str]:
    """Keys of all circuits, callees before callers; raises DocumentError where they form no finite nest."""
    circuits = document.circuits
    count = sum(len(entry.nodes) for entry in circuits.values())
    if count > MAX_NODES:
        problem = Problem(where or "document", f"at most {MAX_NODES:,} nodes", f"{count:,}", "Split the document.")
        raise DocumentError([problem])
    _check_references(document, where)
    depths: dict[str, int] = {}
    path: dict[str, Iterator[str]] = {document.root: _callees(circuits[document.root])}
    while path:
        key, callees = next(reversed(path.items()))
        inner = next((callee for callee in callees if callee not in depths), None)
        if inner is None:
            path.popitem()
            depths[key] = 1 + max((depths[callee] for callee in _callees(circuits[key])), default=0)
        elif inner in path:
            raise DocumentError([_cyclic([*path], inner, where)])
        elif len(path) > MAX_NESTING:
            break
        else:
            path[inner] = _callees(circuits[inner])
    if path or max(depths.values()) > MAX_NESTING:
        expected = f"at most {MAX_NESTING} circuits inside each other"
        raise DocumentError([Problem(placed(where, "circuits"), expected, "more", "Nest less deeply.")])
    unused = [key for key in circuits if key not in depths]
    if unused:
        raise DocumentError([_unused(key, document.root, where) for key in unused[:MAX_PROBLEMS]])
    return list(depths)


def _callees(entry: CircuitEntry) -> Iterator[str]:
    return (key for _, _, key in _keys(entry))


def _check_references(document: Document, where: str) -> None:
    """Every key that is referred to must be there."""
    circuits, problems = document.circuits, []
    expected = "the key of a circuit in this document"
    if document.root not in circuits:
        fix = "Name one of them." + did_you_mean(document.root, circuits)
        problems.append(Problem(placed(where, "root"), expected, f"'{document.root}'", fix))
    for key, entry in circuits.items():
        for number, name, callee in _keys(entry):
            if callee not in circuits and len(problems) < MAX_PROBLEMS:
                place = placed(where, shown(("circuits", key, "nodes", number, "bodies", name)))
                fix = "Add the circuit, or name another." + did_you_mean(callee, circuits)
                problems.append(Problem(place, expected, f"'{clipped(callee)}'", fix))
    if problems:
        raise DocumentError(problems)


def _cyclic(path: list[str], back: str, where: str) -> Problem:
    cycle = [*path[path.index(back) :], back]
    names = " -> ".join(clipped(key) for key in cycle[:8]) + (" -> …" if len(cycle) > 8 else "")
    fix = "Use repeat, scan or fixed_point for what comes again."
    return Problem(placed(where, shown(("circuits", back))), "circuits that do not hold themselves", names, fix)


def _unused(key: str, root: str, where: str) -> Problem:
    place = placed(where, shown(("circuits", key)))
    return Problem(place, f"every circuit to be used from '{clipped(root)}'", "no use", "Take it out, or use it.")


class _Reader:
    """Makes circuits of entries, one after the other."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.problems: list[Problem] = []
        self.circuits: dict[str, Circuit] = {}
        self._same: dict[Circuit, Circuit] = {}
        self._ops: dict[tuple[Any, ...], Op] = {}

    def circuit(self, key: str, entry: CircuitEntry) -> None:
        """Read one entry; the circuits it holds were read before."""
        found = Circuit(
            entry.name if entry.name is not None else key,
            tuple(Input(item.name, item.type, item.doc) for item in entry.inputs),
            tuple(Output(item.name, item.wire, item.type, item.doc) for item in entry.outputs),
            tuple(self.node(key, number, node) for number, node in enumerate(entry.nodes)),
            tuple(Axis(item.name, item.doc, item.role, item.size, item.label) for item in entry.axes),
            tuple(entry.sizes.items()),
            tuple(entry.constraints),
            entry.doc,
            entry.source,
            entry.view,
        )
        # equal circuits are one object, so comparing callers never goes deep
        self.circuits[key] = self._same.setdefault(found, found)

    def check_work(self) -> None:
        """Some regions are written out when they are checked: together these stay few."""
        rounds = [op.written_out for op in self._ops.values() if isinstance(op, Repeat)]
        unfolded = [op.growth() * sum(map(tree, op.bodies())) for op in self._ops.values() if isinstance(op, Unfolded)]
        # one that is too large by itself is not written out, but a problem of its node
        for counts, each, most, what in (
            (rounds, MAX_WRITTEN_OUT, MAX_ROUNDS, "all rounds of repetitions with an index"),
            (unfolded, MAX_UNFOLDED, MAX_WORK, "what regions unfold into"),
        ):
            count = sum(one for one in counts if one <= each)
            if count > most:
                place, expected = placed(self.where, "circuits"), f"at most {most:,} nodes in {what}"
                self.problems.append(Problem(place, expected, f"{count:,}", "Split the document, or ask for less."))

    def node(self, key: str, number: int, entry: NodeEntry) -> Node:
        """Read one node."""
        return Node(
            entry.id,
            entry.name,
            self.op(key, number, entry),
            tuple(entry.inputs),
            tuple(entry.feeds.items()),
            tuple(entry.per),
            entry.weights,
            tuple(entry.shared),
        )

    def op(self, key: str, number: int, entry: NodeEntry) -> Op:
        """The op of a node, made once for all equal ones; an opaque one where this version cannot make it."""
        text = line_json(entry.attributes)
        if len(text) > MAX_OP_TEXT:
            place = placed(self.where, shown(("circuits", key, "nodes", number, "attributes")))
            expected = f"attributes of at most {MAX_OP_TEXT:,} characters"
            self.problems.append(Problem(place, expected, f"{len(text):,}", "Shorten them."))
            return Opaque(kind=entry.op)
        bodies = {
            name: (self.circuits[keys],) if isinstance(keys, str) else tuple(self.circuits[one] for one in keys)
            for name, keys in entry.bodies.items()
        }
        many = {name: isinstance(keys, list) for name, keys in entry.bodies.items()}
        same = (entry.op, text, *((name, many[name], tuple(map(id, held))) for name, held in bodies.items()))
        if same not in self._ops:
            self._ops[same] = _op(entry, text, {name: held if many[name] else held[0] for name, held in bodies.items()})
        return self._ops[same]


def _op(entry: NodeEntry, text: str, bodies: Mapping[str, Any]) -> Op:
    try:
        return known(entry.op, entry.attributes, bodies)
    except AttributeProblem:
        held = tuple(
            (name, isinstance(found, tuple), found if isinstance(found, tuple) else (found,))
            for name, found in bodies.items()
        )
        return Opaque(kind=entry.op, text=text, held=held)
