"""Random gestures for a document as it is: mostly possible ones, some that are not, at random places."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from circuits import REGISTRY as OPS
from circuits import Circuit, Node, build, linear, softmax, to_document
from editor.commands import (
    AddCall,
    AddInput,
    AddNode,
    AddOutput,
    Collapse,
    Colour,
    Command,
    Connect,
    Disable,
    Disconnect,
    Duplicate,
    EditDefinition,
    Enable,
    Expand,
    Feed,
    Float,
    Frame,
    MakeSubcircuit,
    Note,
    Open,
    OrderHint,
    Paste,
    Pin,
    RemoveInput,
    RemoveNodes,
    RemoveOutput,
    RenameAxis,
    RenameNode,
    SetAttribute,
    SetAxis,
    SetConstraint,
    SetDoc,
    SetInput,
    SetOutput,
    SetSize,
    SetWeights,
    Tidy,
    Tie,
    Together,
    WrapRepeat,
    WrapScan,
    fragment,
)
from editor.document import Document
from editor.rewiring import wires_of

AXES = ("a", "b", "c", "d", "e", "a'", "x/2", "k")
TYPES = ("[]", "[a]", "[a c]", "[b=3 e]", "Natural(v)[t]", "Complex[a]", "[a a]", "[", "[m] in PoincareBall(1)")
SPECS = ("a -> k", "k -> a", " -> e", "a c -> e=5", "a, a b -> b", "c -> a z=2", "?", "a -> a'")
WORDS = ("x", "out", "in0", "linear", "a b", "ä", "n1", "block", "q.k", "", "é" * 3, "z" * 250, "a\nb", "skip[l]")
PART = to_document(build("kept", {"x": "[a]"}, lambda x: softmax(linear("a -> k", x), axis="k")))
VALUES: tuple[Any, ...] = (*SPECS, *AXES, 0, 3, -1, 2.5, True, None, [1, [2, 3]], {"a": 1}, "a + b", "inf", "x * y - z")
SMALL = (
    "relu",
    "softmax",
    "linear",
    "elementwise",
    "einsum",
    "reduce",
    "concat",
    "unstack",
    "dropout",
    "lstm",
    "slice",
)


class Gestures:
    """Draws commands for one circuit of a document."""

    def __init__(self, random: Random, circuit: Circuit, document: Document) -> None:
        self.random, self.circuit, self.document = random, circuit, document

    def of(self, choices: Sequence[Any], otherwise: Any) -> Any:
        """One of them, or now and then something else."""
        return self.random.choice(choices) if choices and self.random.random() < 0.95 else otherwise

    def node(self) -> str:
        return str(self.of([node.id for node in self.circuit.nodes], "n999"))

    def nodes(self) -> tuple[str, ...]:
        ids = [node.id for node in self.circuit.nodes]
        if not ids:
            return ("n1",)
        start = self.random.randrange(len(ids))
        return tuple(dict.fromkeys(ids[start : start + self.random.randint(1, 3)]))

    def wire(self) -> str:
        return str(self.of(wires_of(self.circuit), "n9.out"))

    def word(self) -> str:
        return str(self.random.choice(WORDS))

    def axis(self) -> str:
        """An axis of some wire."""
        known = [axis for found in self.circuit.checked.types.values() if found is not None for axis in found.axes]
        return str(self.of(known, self.random.choice(AXES)))

    def port(self) -> str | int:
        return self.of((0, 1, 2, "x", "weight", "a"), "bias")  # type: ignore[no-any-return]

    def attributes(self, op: str) -> dict[str, Any]:
        """Some attributes of an op, of which many make sense."""
        found: dict[str, Any] = {}
        for name in OPS[op].model_fields:
            if name in ("spec", "axis", "axes", "expression", "kind") or self.random.random() < 0.1:
                found[name] = self.value(name)
        return found

    def value(self, name: str) -> Any:
        sensible = {
            "spec": SPECS,
            "axis": AXES,
            "axes": AXES,
            "expression": ("x * y", "tanh(x)"),
            "kind": ("sum", "max"),
        }
        return self.of(sensible.get(name, VALUES), self.random.choice(VALUES))

    def attribute(self) -> SetAttribute:
        node = self.circuit.by_id.get(self.node())
        names = list(type(node.op).model_fields) if isinstance(node, Node) else []
        name = str(self.of(names, "spec"))
        return SetAttribute(node=node.id if node else "n999", attribute=name, value=self.value(name))

    def added(self) -> Command:
        op = str(self.of(SMALL, self.random.choice(sorted(OPS))))
        wires = tuple(self.wire() for _ in range(self.random.randint(0, 2)))
        at = (1.0, 2.0) if self.random.random() < 0.3 else None
        return AddNode(op=op, attributes=self.attributes(op), inputs=wires, at=at)

    def called(self) -> Command:
        known = [*self.document.definitions, "attention", "nothing"]
        name = str(self.random.choice(known))
        if self.random.random() < 0.2:  # a part of one's own
            return AddCall(circuit="kept", given=PART, inputs=(self.wire(),))
        return AddCall(circuit=name, new=self.random.random() < 0.2, inputs=(self.wire(),) * self.random.randint(0, 2))

    def views(self) -> Command:
        made: Sequence[Callable[[], Command]] = (
            lambda: Pin(node=self.node(), column=self.random.choice((None, 3)), dy=self.random.choice((None, 2.5))),
            lambda: Tidy(ids=self.nodes()),
            lambda: Float(node=self.node(), at=self.random.choice((None, (1.0, -2.0)))),
            lambda: OrderHint(above=self.node(), below=self.wire(), forget=self.random.random() < 0.3),
            lambda: Open(path=self.node()),
            lambda: Collapse(path=self.node()),
            lambda: Note(text=self.random.choice(("", "why")), node=self.of((None,), self.node())),
            lambda: Frame(nodes=self.nodes(), title="frame", colour="#00ff00"),
            lambda: Frame(id="frame1"),
            lambda: Colour(ids=self.nodes(), colour=self.random.choice(("", "accent"))),
        )
        return self.random.choice(made)()

    def face(self) -> Command:
        inputs = [item.name for item in self.circuit.inputs]
        outputs = [item.name for item in self.circuit.outputs]
        made: Sequence[Callable[[], Command]] = (
            lambda: AddInput(name=self.of(("x", "y"), "z"), type=self.random.choice(TYPES), place=self.of((None,), 0)),
            lambda: SetInput(name=self.of(inputs, "x"), type=self.random.choice((None, *TYPES)), rename="renamed"),
            lambda: RemoveInput(name=self.of(inputs, "x")),
            lambda: AddOutput(name="out", wire=self.of((None,), self.wire()), type=self.of((None,), "[a]")),
            lambda: SetOutput(name=self.of(outputs, "out"), rename="end", type=self.of((None, ""), "[a]"), place=0),
            lambda: RemoveOutput(name=self.of(outputs, "out")),
        )
        return self.random.choice(made)()

    def sizes(self) -> Command:
        made: Sequence[Callable[[], Command]] = (
            lambda: SetSize(name="a", value=self.random.choice((None, 0, 3, 2**40))),
            lambda: SetAxis(
                name=self.random.choice(AXES), doc="counts", size=self.random.choice((None, "", "2*b", "?"))
            ),
            lambda: SetAxis(name="a", forget=True),
            lambda: RenameAxis(axis=self.axis(), to=self.random.choice((*AXES, "fresh", "fresh'", "more"))),
            lambda: SetConstraint(
                text=self.random.choice(("a = 2*b", "a", "", "c = d")), old=self.of((None,), "a = 2*b")
            ),
            lambda: SetDoc(name=self.of((None,), "renamed"), doc="Says what it does.", source=None),
        )
        return self.random.choice(made)()

    def structure(self) -> Command:
        made: Sequence[Callable[[], Command]] = (
            lambda: MakeSubcircuit(ids=self.nodes(), name="block"),
            lambda: WrapRepeat(
                ids=self.nodes(), times=self.random.choice((2, 3, "n")), tied=self.random.random() < 0.5
            ),
            lambda: WrapScan(ids=self.nodes(), axis=self.axis()),
            lambda: Expand(node=self.node()),
            lambda: Duplicate(ids=self.nodes()),
            self.pasted,
            lambda: Disable(node=self.node()),
            lambda: Enable(node=self.node()),
        )
        return self.random.choice(made)()

    def pasted(self) -> Command:
        ids = self.nodes()
        if any(id not in self.circuit.by_id for id in ids):
            return Paste(fragment={"format": "circuitloom/1", "root": "a"})
        return Paste(fragment=fragment(self.circuit, ids))

    def wired(self) -> Command:
        made: Sequence[Callable[[], Command]] = (
            lambda: Connect(wire=self.wire(), node=self.node(), port=self.port()),
            lambda: Connect(wire=self.wire(), port="out"),
            lambda: Disconnect(node=self.of((self.node(),), None), port=self.port()),
            lambda: Feed(node=self.node(), weight="weight", wire=self.of((self.wire(),), None)),
            lambda: Tie(node=self.node(), to=self.of((self.node(),), None)),
            lambda: SetWeights(node=self.node(), per=self.of(AXES, "a a"), shared=self.of(("",), "b")),
        )
        return self.random.choice(made)()

    def plain(self) -> Command:
        """Any gesture on the circuit."""
        kinds: Sequence[Callable[[], Command]] = (
            self.added,
            self.added,
            self.added,
            self.attribute,
            self.attribute,
            self.called,
            self.views,
            self.face,
            self.sizes,
            self.structure,
            self.wired,
            self.wired,
            lambda: RemoveNodes(ids=self.nodes()),
            lambda: RenameNode(node=self.node(), name=self.of(("scores", "n1"), "linear")),
        )
        return self.random.choice(kinds)()


def gesture(random: Random, document: Document) -> Command:
    """A random gesture on the document: on its main circuit, on a definition, or several at once."""
    found = Gestures(random, document.main, document)
    chance = random.random()
    if chance < 0.2:
        key = random.choice(sorted(document.definitions))
        return EditDefinition(name=key, command=Gestures(random, document.definitions[key], document).plain())
    if chance < 0.25:
        return Together(commands=(found.plain(), found.plain()))
    return found.plain()
