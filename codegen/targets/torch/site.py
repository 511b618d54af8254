"""The place where one node is printed: what a lowering may ask for besides its inputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from circuits import REAL, Node, Op, Size

from .registry import DECLARATIONS
from .scope import Scope
from .value import OUTER, Value, aligned, leading, merged, ordered

if TYPE_CHECKING:
    from .module import ModuleWriter


@dataclass(frozen=True)
class Site:
    """One node of a scope, printed in a module; `member` is the attribute that holds its weights."""

    node: Node
    scope: Scope
    writer: ModuleWriter
    member: str = ""

    @property
    def op(self) -> Op:
        """The op of the node."""
        return self.node.op

    @property
    def owner(self) -> Node:
        """The node whose weights it uses: itself, unless it is tied to another."""
        return self.scope.circuit.by_name[self.node.weights] if self.node.weights else self.node

    @property
    def per(self) -> tuple[str, ...]:
        """Marked axes all its weights carry besides their own."""
        return tuple(OUTER + axis for axis in (*self.scope.per, *self.node.per))

    @property
    def shared(self) -> tuple[str, ...]:
        """Marked axes over which all its draws are the same."""
        return tuple(OUTER + axis for axis in (*self.scope.shared, *self.node.shared))

    @property
    def fronts(self) -> tuple[str, ...]:
        """Marked axes that have to stay named inside a body of the node, in front of its own."""
        shared = self.shared if self.op.signature.draws else ()
        return (*self.per, *(axis for axis in shared if axis not in self.per))

    @property
    def owns(self) -> bool:
        """Whether its weights are its own: neither fed, nor another node's, nor carrying an axis more."""
        return bool(self.member) and not self.node.fed and not self.per

    @property
    def calls_member(self) -> bool:
        """Whether the attribute with the weights is a module that computes this very op."""
        declaration = DECLARATIONS.get(self.op.name)
        if declaration is None or self.owner.op != self.op or self.owner.fed or not self.owns:
            return False
        return declaration(self.op, self) is not None

    def length(self, axis: str, near: Sequence[Value] = ()) -> str:
        """Code for the length of an axis the op names, or of a marked one."""
        if axis.startswith(OUTER):
            for value in near:
                if value.simple and axis in value.axes:
                    return value.length(axis)
            return self.scope.length(axis[1:])
        return self.scope.length(axis, near)

    def size(self, size: Size, near: Sequence[Value] = ()) -> str:
        """Code for a size in the forward."""
        return self.scope.size(size, near)

    def static(self, size: Size) -> str:
        """Code for a size in the constructor."""
        return self.scope.static(size)

    def static_axis(self, axis: str) -> str:
        """Code for the length of an axis in the constructor."""
        return self.scope.static(Size.name(axis[1:] if axis.startswith(OUTER) else axis))

    def let(self, value: Value, hint: str = "") -> Value:
        """The value as a variable, so that its code may be written several times."""
        if value.simple:
            return value
        return self.writer.bind(value, hint or value.hint or self.node.name)

    def like(self, inputs: Sequence[Value] = ()) -> Value | None:
        """A variable of real numbers, for the type and device of new arrays."""
        return next((value for value in self._at_hand(inputs) if value.element == REAL), None)

    def _at_hand(self, inputs: Sequence[Value]) -> Iterator[Value]:
        """Variables: those given, those of this scope, those of the scopes around it."""
        yield from (value for value in inputs if value.simple)
        scope: Scope | None = self.scope
        while scope is not None:
            yield from (value for value in scope.wires.values() if value.simple)
            scope = scope.around

    def dtype(self, inputs: Sequence[Value] = ()) -> str:
        """Code for the type of real numbers."""
        found = self.like(inputs)
        return f"{found.code}.dtype" if found is not None else self.writer.dtype()

    def device(self, inputs: Sequence[Value] = ()) -> str:
        """Code for the device of new arrays, as an argument; nothing where no array is at hand."""
        found = next(self._at_hand(inputs), None)
        return f", device={found.code}.device" if found is not None else ""

    def grown(self, value: Value, axes: Sequence[str], like: Sequence[Value]) -> Value:
        """The value at full length along `axes`, in that order, and along the leading group of all of `like`."""
        axes = tuple(axes)
        group = leading((value, *like))
        if set(axes) == set(value.axes) and group == value.leading:
            return ordered(value, axes)
        whole = tuple(axis for axis in axes if axis in value.axes)
        value = self.let(value)
        sizes = [
            "-1" if axis in whole else self.length(axis, [one for one in like if axis in one.axes]) for axis in axes
        ]
        prefix = [self.group([value, *like])] if group else []
        view = aligned(value, axes)
        if sizes == ["-1"] * len(sizes) and not prefix:
            return view
        words = [*prefix, *sizes]
        # `expand` takes no empty list of arguments, but an empty shape
        shape = words[0].removeprefix("*") if len(words) == 1 else ", ".join(words)
        return Value(f"{view.held}.expand({shape})", axes, group, value.element, value.hint)

    def group(self, values: Sequence[Value]) -> str:
        """Code for the lengths of the joint leading group, as starred arguments."""
        chosen: dict[frozenset[str], Value] = {}
        for value in values:
            if value.leading:
                chosen.setdefault(value.leading, value)
        widest = max(chosen, key=len)
        if all(known <= widest for known in chosen):
            return f"*{self._lead(chosen[widest])}"
        return f"*torch.broadcast_shapes({', '.join(self._lead(value) for value in chosen.values())})"

    def _lead(self, value: Value) -> str:
        value = self.let(value)
        return f"{value.code}.shape[:-{len(value.axes)}]" if value.axes else f"{value.code}.shape"

    def unified(self, values: Sequence[Value], axes: Sequence[Sequence[str]]) -> list[Value] | str:
        """Values with the same passing axes and leading group in front of as many axes of their own.

        Where they differ in them, the code of a list in which they do not.
        """
        over = merged([value.passing for value in values])
        wanted = [(*over, *own) for own in axes]
        laid = [
            ordered(value, full) if set(value.axes) == set(full) else aligned(value, full)
            for value, full in zip(values, wanted, strict=True)
        ]
        same = all(set(value.axes) == set(full) for value, full in zip(values, wanted, strict=True))
        if same and len({value.leading for value in laid}) == 1:
            return laid
        words = ", ".join(value.code for value in laid)
        return f"{self.writer.helper('spread')}({words}, dims={len(axes[0])})"

    def unified_each(self, values: Sequence[Value], axes: Sequence[Sequence[str]], names: Sequence[str]) -> list[Value]:
        """The same, as values: variables of these names where something had to be done."""
        found = self.unified(values, axes)
        if not isinstance(found, str):
            return found
        over, group = merged([value.passing for value in values]), leading(values)
        fresh = [self.writer.variables.fresh(name) for name in names]
        self.writer.forward.assign(", ".join(fresh), found)
        return [
            Value(name, (*over, *own), group, value.element)
            for name, own, value in zip(fresh, axes, values, strict=True)
        ]
