"""Printing one circuit as one module class."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from circuits import Circuit

from ...writing.block import STEP, Block
from ...writing.layout import WIDTH
from ...writing.names import TAKEN, Names, identifier, is_attribute
from .book import Book, ClassKey, Face, PrintedClass
from .forward import print_nodes
from .reserved import RESERVED
from .scope import Scope
from .site import Site
from .support import HELPERS, NEEDED
from .text import docstring, shapes
from .value import OUTER, Value, ordered, shape_note


class ModuleWriter:
    """Collects the constructor and the forward of one class."""

    def __init__(self, book: Book, key: ClassKey) -> None:
        self.book, self.key = book, key
        circuit = key.circuit
        # a parameter keeps its node's name, so everything else steps aside
        self.attributes = Names([*RESERVED, *(node.name.partition(".")[0] for node in circuit.nodes)])
        self.variables = self._names()
        self.setup = Block(self._names())
        self.forward = Block(self.variables)
        self.members: dict[tuple[str, str], str] = {}
        self._arguments: dict[str, str] = {}
        self._argument_names = self._names()
        self._kept: dict[str, str] = {}
        self._folders: set[str] = set()
        self.inputs = self._inputs()
        wires = {item.name: value for item, value in zip(circuit.inputs, self.inputs, strict=True)}
        self.scope = Scope(circuit, self, wires, per=key.per, shared=key.shared)

    def _names(self) -> Names:
        """Names for variables: none that hides what the program calls."""
        return Names([*TAKEN, *HELPERS, *self.book.names.values()])

    def _inputs(self) -> list[Value]:
        values = []
        for place, item in enumerate(self.key.circuit.inputs):
            name = self.variables.fresh(identifier(item.name))
            carried = self.key.carried[place] if self.key.carried else ()
            group = frozenset({item.name})
            values.append(Value(name, (*carried, *item.type.axes), group, item.type.element, name))
        return values

    def argument(self, name: str) -> str:
        """The constructor's argument for a size."""
        if name not in self._arguments:
            self._arguments[name] = self._argument_names.fresh(identifier(name.strip(OUTER)))
        return self._arguments[name]

    def kept(self, name: str) -> str:
        """The attribute that keeps a constructor's argument for the forward."""
        if name not in self._kept:
            self._kept[name] = self.attributes.fresh(self.argument(name))
        return f"self.{self._kept[name]}"

    def dtype(self) -> str:
        """Code for the type of real numbers where no variable has it."""
        return "torch.get_default_dtype()"

    def bind(self, value: Value, hint: str) -> Value:
        """Give a value a name in the forward."""
        name = self.variables.fresh(identifier(hint))
        self.forward.assign(name, value.code, shape_note(value) if value.axes or value.leading else "")
        return Value(name, value.axes, value.leading, value.element, name, value.fresh)

    def member(self, name: str) -> str:
        """How the attribute of a node is read: `self.query`; a dot in the name leads into a part, `self.own.query`."""
        owner, last = self._owner(name)
        return _member(owner, last)

    def array(self, name: str) -> str:
        """How an array that bears its node's name is read."""
        owner, last = self._owner(name)
        return _attribute(owner, last) or f"{owner}._parameters[{last!r}]"

    def _owner(self, name: str) -> tuple[str, str]:
        """The module that holds a name, and the last part of the name."""
        *folders, last = name.split(".") if all(name.split(".")) else [name]
        owner = "self"
        for folder in folders:
            owner = _member(owner, folder)
        return owner, last

    def _hold_folders(self, name: str) -> None:
        """Print the modules that a name with dots leads through, where they are not there yet."""
        parts = name.split(".") if all(name.split(".")) else [name]
        for length in range(1, len(parts)):
            folder = ".".join(parts[:length])
            if folder not in self._folders:
                self._folders.add(folder)
                self.setup.assign(self.member(folder), "nn.Module()")

    def hold(self, name: str, code: str) -> None:
        """Print `self.<name> = code` in the constructor."""
        self._hold_folders(name)
        self.setup.assign(self.member(name), code)

    def hold_array(self, name: str, code: str, kind: str) -> None:
        """Print an array of its own: `self.<name>` as a parameter, a fixed parameter or a buffer."""
        self._hold_folders(name)
        self._hold_array(*self._owner(name), code, kind)

    def hold_in(self, owner: str, name: str, code: str, kind: str) -> None:
        """Print an array inside the container of a node."""
        self._hold_array(self.member(owner), name, code, kind)

    def _hold_array(self, owner: str, name: str, code: str, kind: str) -> None:
        if kind == "buffer":
            self.setup.do(f"{owner}.register_buffer({name!r}, {code})")
            return
        fixed = ", requires_grad=False" if kind == "fixed" else ""
        parameter = f"nn.Parameter({code}{fixed})"
        self.setup.assign(_attribute(owner, name) or f"{owner}._parameters[{name!r}]", parameter)

    def hold_module(self, site: Site, code: str) -> str:
        """Print the module a node holds and return how it is read; a tied node uses that of its owner."""
        if site.scope.around is None:
            if site.node.weights:
                return site.member
            name = site.node.name
        else:
            # parameters of expansions belong to the composite, so this one has none and any name will do
            name = self.attributes.fresh(identifier(site.op.bodies()[0].name))
        self.hold(name, code)
        return self.member(name)

    def hold_part(self, site: Site, owner: str, name: str, code: str) -> str:
        """Print a module inside the one a node holds, and return how it is read."""
        if not site.node.weights:
            self.setup.assign(f"{owner}.{name}", code)
        return f"{owner}.{name}"

    def class_of(self, key: ClassKey) -> PrintedClass:
        """The class of another circuit."""
        return print_class(self.book, key)

    def helper(self, name: str) -> str:
        """Use a helper of the program."""
        self.book.helpers.update((name, *NEEDED.get(name, ())))
        return name

    @contextmanager
    def unprinted(self) -> Iterator[None]:
        """Take what is printed in the forward meanwhile for nothing; the constructor keeps what it is told."""
        forward, variables = self.forward, self.variables
        self.variables = self._names()
        self.forward = Block(self.variables)
        yield
        self.forward, self.variables = forward, variables

    def printed(self) -> PrintedClass:
        """The class."""
        circuit = self.key.circuit
        values = print_nodes(self.scope, self)
        finals = [self._final(circuit, place, value) for place, value in enumerate(values)]
        self.forward.give([value.code for value, _ in finals])
        name = self.book.name(self.key)
        text = "\n".join([*self._head(name), *self._constructor(), *self._forward(finals)])
        return PrintedClass(name, text, tuple(self._arguments.items()), tuple(face for _, face in finals))

    def _final(self, circuit: Circuit, place: int, value: Value) -> tuple[Value, Face]:
        output = circuit.outputs[place]
        own = output.type.axes if output.type is not None else circuit.checked.type(output.wire).axes
        front = tuple(axis for axis in self.key.fronts if axis in value.axes)
        return ordered(value, (*front, *own)), Face(front, value.leading)

    def _head(self, name: str) -> list[str]:
        circuit = self.key.circuit
        return [f"class {name}(nn.Module):", *docstring(circuit.doc or f"The circuit '{circuit.name}'.", STEP)]

    def _constructor(self) -> list[str]:
        if not self.setup.lines and not self._kept:
            return []
        known = self.key.circuit.checked.known({})
        words = [
            f"{word}: int = {known[name]}" if name in known else f"{word}: int"
            for name, word in self._arguments.items()
        ]
        kept = [f"{STEP * 2}self.{attribute} = {self.argument(name)}" for name, attribute in self._kept.items()]
        head = signature("__init__", ["self", *(["*"] if words else []), *words], "None")
        return ["", *head, f"{STEP * 2}super().__init__()", *kept, *self.setup.lines]

    def _forward(self, finals: Sequence[tuple[Value, Face]]) -> list[str]:
        circuit = self.key.circuit
        words = ["self", *(f"{value.code}: Tensor" for value in self.inputs)]
        results = "Tensor" if len(finals) == 1 else f"tuple[{', '.join(['Tensor'] * len(finals)) or '()'}]"
        taken = [f"{value.code} {shape_note(value)}" for value in self.inputs]
        names = [f"{identifier(output.name)} " if len(finals) > 1 else "" for output in circuit.outputs]
        made = [f"{name}{shape_note(value)}" for name, (value, _) in zip(names, finals, strict=True)]
        head = signature("forward", words, results)
        return ["", *head, *shapes(taken, made, STEP * 2), *self.forward.lines]


def _attribute(owner: str, name: str) -> str:
    """Code of an attribute; nothing where Python or torch keep the name for themselves."""
    return f"{owner}.{name}" if is_attribute(name) and name not in RESERVED else ""


def _member(owner: str, name: str) -> str:
    """Code of a module inside a module."""
    return _attribute(owner, name) or f"{owner}._modules[{name!r}]"


def signature(name: str, words: Sequence[str], result: str) -> list[str]:
    """The head of a method, broken as ruff breaks it."""
    line = f"{STEP}def {name}({', '.join(words)}) -> {result}:"
    if len(line) <= WIDTH:
        return [line]
    joined = STEP * 2 + ", ".join(words)
    inner = [joined] if len(joined) <= WIDTH else [f"{STEP * 2}{word}," for word in words]
    return [f"{STEP}def {name}(", *inner, f"{STEP}) -> {result}:"]


def print_class(book: Book, key: ClassKey) -> PrintedClass:
    """The class of a key, printed at its first use."""
    if key not in book.printed:
        book.printed[key] = ModuleWriter(book, key).printed()
    return book.printed[key]
