"""What a command is: frozen data that says one gesture, and the rule by which it changes one circuit.

A command never mutates and never guesses: what it cannot do it refuses, with every reason as a Problem. Anything it
makes can be saved, because names, texts and numbers have the limits of a document.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping
from typing import Annotated, Any, ClassVar, final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, StringConstraints, ValidationError

from circuits import Circuit, CircuitloomError, Node, Problem, composed, did_you_mean, line_json, out_wires, parse_json

from ..document import Document
from ..rewiring import Problems, wires_of

_LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$"
MAX_COMMAND = 5_000_000
MAX_LISTED = 100_000

Name = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_LINE)]
WireName = Annotated[str, StringConstraints(min_length=1, max_length=600, pattern=_LINE)]
Line = Annotated[str, StringConstraints(max_length=10_000, pattern=_LINE)]
Text = Annotated[str, StringConstraints(max_length=100_000)]
# An input's or output's name is a wire's name as well: a dot would make it one of a node.
PortName = Annotated[
    str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029.?]*$")
]
Word = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, pattern=r"^[^\W\d][\w\u0300-\u036f]*$"),
    AfterValidator(composed),
]
Number = Annotated[float, Field(ge=-1e9, le=1e9, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, lt=2**53)]
Attributes = dict[Name, JsonValue]

REGISTRY: dict[str, type[Command]] = {}


class Command(BaseModel, ABC):
    """One gesture. `do` is its name in JSON; a definition inside a document is reached through EditDefinition."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    do: ClassVar[str] = ""

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        if cls.__dict__.get("do"):
            if cls.do in REGISTRY:
                raise TypeError(f"command '{cls.do}': expected a name of its own, found {REGISTRY[cls.do]}. Rename it.")
            REGISTRY[cls.do] = cls

    @abstractmethod
    def edit(self, circuit: Circuit, document: Document) -> Circuit:
        """The changed circuit; raises CircuitloomError with every reason why it cannot be.

        `circuit` is the main circuit of the document, or the definition that is edited.
        """

    def change(self, document: Document) -> Document:
        """The changed document; raises CircuitloomError with every reason why it cannot be."""
        return changed(self, document, document.main)

    @final
    def data(self) -> dict[str, Any]:
        """The command as JSON data, defaults left out."""
        return {"do": self.do, **self.model_dump(mode="json", exclude_defaults=True)}

    @final
    def line(self) -> str:
        """The command as one line of JSON."""
        return line_json(self.data())


def changed(command: Command, document: Document, circuit: Circuit, axes: Mapping[str, str] | None = None) -> Document:
    """The document in which a command has changed one circuit, wherever that is used.

    `axes` are those that it gives another name: calls map them to what they were.
    """
    new = command.edit(circuit, document)
    if new == circuit:
        return document
    if circuit in list(new.definitions())[:-1]:
        raise Problems(
            Problem(circuit.name, "circuits that do not hold themselves", f"'{circuit.name}' inside itself", _AGAIN)
        )
    return _with_room(document.replaced(circuit, new, axes), document)


_AGAIN = "Use repeat, scan or fixed_point for what comes again."
MAX_NODES = 200_000
MAX_NESTING = 64


def _with_room(changed: Document, before: Document) -> Document:
    """The changed document; raises Problems where it nests deeper or holds more than a file can."""
    if set(changed.main.definitions()) - {changed.main} == set(before.main.definitions()) - {before.main}:
        count, most = len(changed.main.nodes), 0
    else:
        depths: dict[Circuit, int] = {}
        for one in changed.main.definitions():
            depths[one] = 1 + max((depths[body] for node in one.nodes for body in node.op.bodies()), default=0)
        count, most = sum(len(one.nodes) for one in depths), max(depths.values())
    if most > MAX_NESTING:
        expected = f"at most {MAX_NESTING} circuits inside each other"
        raise Problems(Problem(changed.main.name, expected, str(most), "Nest less deeply."))
    if count > MAX_NODES:
        raise Problems(Problem(changed.main.name, f"at most {MAX_NODES:,} nodes", f"{count:,}", "Split the document."))
    return changed


class CommandError(CircuitloomError):
    """JSON that is no command; every problem names its place in it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def read(data: Any) -> Command:
    """The command in JSON text or data; raises CommandError."""
    if isinstance(data, Command):
        return data
    if isinstance(data, str | bytes):
        if len(data) > MAX_COMMAND:
            raise CommandError(
                [Problem("command", f"at most {MAX_COMMAND:,} characters", f"{len(data):,}", "Do less.")]
            )
        try:
            data = parse_json(data, "command")
        except CircuitloomError as error:
            raise CommandError(getattr(error, "problems", ())) from None
    kind = data.get("do") if isinstance(data, dict) else None
    if not isinstance(kind, str) or kind not in REGISTRY:
        found, near = ("none", "") if kind is None else (f"'{str(kind)[:80]}'", did_you_mean(str(kind)[:80], REGISTRY))
        raise CommandError([Problem("command", "an object whose 'do' names a command", found, f"Name one.{near}")])
    try:
        # lists for tuples and the like are JSON's own; texts for numbers are not
        return REGISTRY[kind].model_validate_json(line_json({key: value for key, value in data.items() if key != "do"}))
    except ValidationError as error:
        raise CommandError(_problem(kind, item) for item in error.errors(include_url=False)[:20]) from None
    except (TypeError, ValueError, RecursionError) as error:
        found = f"{type(error).__name__} {error}"[:200]
        raise CommandError([Problem(kind, "what JSON can say", found, "Use texts, numbers, lists, objects.")]) from None


def _problem(kind: str, item: Any) -> Problem:
    place = ".".join((kind, *map(str, item["loc"])))
    found = "nothing" if item["type"] == "missing" else f"{item['input']!r}"[:80]
    why = item["msg"].removeprefix("Value error, ")
    return Problem(place, f"another value ({why[:1].lower()}{why[1:]})", found, "Send what the command's fields allow.")


def where(circuit: Circuit, node: Node | None = None) -> str:
    """The readable place of a circuit or a node."""
    return f"{circuit.name}/{node.name} ({node.op.name})" if node is not None else circuit.name


def node_of(circuit: Circuit, id: str) -> Node:
    """A node by id; raises Problems if there is none."""
    node = circuit.by_id.get(id)
    if node is None:
        near = did_you_mean(id, circuit.by_id)
        raise Problems(
            Problem(where(circuit), f"a node with the id '{id}'", "none", f"Choose one that is there.{near}")
        )
    return node


def nodes_of(circuit: Circuit, ids: Collection[str]) -> tuple[Node, ...]:
    """Nodes by id, in the circuit's order; raises Problems naming each id that is not there, or if there are none."""
    if not ids:
        raise Problems(Problem(where(circuit), "at least one node", "none", "Select some."))
    lacking = [id for id in ids if id not in circuit.by_id]
    if lacking:
        raise Problems(
            *(Problem(where(circuit), f"a node with the id '{id}'", "none", "Select others.") for id in lacking[:10])
        )
    chosen = set(ids)
    return tuple(node for node in circuit.nodes if node.id in chosen)


def require_wire(circuit: Circuit, wire: str) -> str:
    """A wire of the circuit; raises Problems if there is none of this name."""
    known = {item.name for item in circuit.inputs}
    if wire not in known:
        maker = circuit.by_id.get(wire.rpartition(".")[0])
        if maker is None or wire not in out_wires(circuit, maker):
            near = did_you_mean(wire, wires_of(circuit))
            raise Problems(Problem(where(circuit), f"a wire '{wire}'", "none", f"Connect one that is there.{near}"))
    return wire
