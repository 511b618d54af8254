"""Elementwise expressions as torch code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from circuits import Size, expressions

from ...writing.numbers import number_code

Tree = expressions.Expression

_METHODS = {
    "real": "{}.real",
    "imag": "{}.imag",
    "erf": "torch.erf({})",
    "erfc": "torch.erfc({})",
    "lgamma": "torch.lgamma({})",
    "relu": "F.relu({})",
    "softplus": "F.softplus({}, threshold=40.0)",
    "conj": "torch.conj_physical({})",
}
_SCALARS = {
    "exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "asin", "acos", "atan", "asinh", "acosh",
    "atanh", "log1p", "expm1", "erf", "erfc", "lgamma", "atan2", "floor", "ceil",
}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """Code of a part of an expression, whether it is a Python number, and whether it holds whole numbers."""

    code: str
    scalar: bool
    whole: bool = False


@dataclass(frozen=True)
class Writer:
    """Writes one expression.

    Operands are given by their code and kind, sizes by a function; `like` is an array of real numbers of the type
    wanted, "" where none is at hand. Whole numbers that become real ones take its type, not torch's default.
    """

    operands: Mapping[str, str]
    kinds: Mapping[str, expressions.Kind]
    size: Callable[[Size], str]
    like: str = ""
    known: dict[Tree, Part] = field(default_factory=dict)

    def write(self, tree: Tree) -> Part:
        """Code of an expression; parts in `known` have a name already."""
        if tree in self.known:
            return self.known[tree]
        match tree:
            case expressions.Number(value):
                return Part(number_code(value), True)
            case expressions.Name(name):
                return Part(self.operands[name], False, self.kinds[name] is expressions.Kind.WHOLE)
            case expressions.SizeOf(size):
                return Part(f"({self.size(size)})", True)
            case expressions.Call(function, args):
                parts = [self.write(arg) for arg in args]
                if all(part.scalar for part in parts):
                    return self._scalar(tree, function, parts)
                kind = expressions.element(tree, self.kinds)
                if kind is expressions.Kind.REAL:
                    parts = [self._real(part) for part in parts]
                return replace(self._call(function, parts), whole=kind is expressions.Kind.WHOLE)
        raise AssertionError(tree)

    def _real(self, part: Part) -> Part:
        return Part(f"({part.code}).to({self.like}.dtype)", False) if part.whole and self.like else part

    def _call(self, function: str, args: list[Part]) -> Part:
        symbol = expressions.FUNCTIONS[function].symbol
        codes = [f"({arg.code})" for arg in args]
        if symbol:
            return Part(f"{symbol}{codes[0]}" if len(codes) == 1 else f"{codes[0]} {symbol} {codes[1]}", False)
        match function:
            case "max" | "min":
                return self._extremum(function, args)
            case "clip":
                return self._clip(args)
            case "where":
                return self._where(*args)
            case "complex" | "atan2":
                return Part(f"torch.{function}({', '.join(self._arrays(args))})", False)
            case _:
                return Part(_METHODS.get(function, f"torch.{function}({{}})").format(codes[0]), False)

    def _where(self, condition: Part, then: Part, otherwise: Part) -> Part:
        """Of two numbers one is made an array of the type wanted."""
        codes = (then.code, otherwise.code)
        if then.scalar and otherwise.scalar and self.like and "." in "".join(codes):
            if codes == ("1.0", "0.0"):
                return Part(f"({condition.code}).to({self.like}.dtype)", False)
            codes = (f"{self.like}.new_tensor({then.code})", otherwise.code)
        return Part(f"torch.where({condition.code}, {codes[0]}, {codes[1]})", False)

    def _scalar(self, tree: Tree, function: str, args: list[Part]) -> Part:
        """A part of numbers and sizes alone: computed by Python."""
        found = expressions.FUNCTIONS[function]
        codes = [f"({arg.code})" for arg in args]
        if not tree.sizes:
            value = expressions.evaluate(tree, {}, expressions.numpy_namespace, lambda size: 0)
            return Part(number_code(value.item()), True)
        if found.symbol and function != "not":
            code = f"{found.symbol}{codes[0]}" if len(codes) == 1 else f"{codes[0]} {found.symbol} {codes[1]}"
            return Part(code, True)
        if function in ("max", "min", "abs", "round"):
            return Part(f"{function}({', '.join(arg.code for arg in args)})", True)
        if function in _SCALARS:
            return Part(f"math.{function}({', '.join(arg.code for arg in args)})", True)
        arrays = [Part(f"torch.tensor({args[0].code})", False), *args[1:]]
        return self._call(function, arrays)

    def _extremum(self, function: str, args: list[Part]) -> Part:
        """Two by two; a number is a bound."""
        result = args[0]
        for other in args[1:]:
            if result.scalar and other.scalar:
                result = Part(f"{function}({result.code}, {other.code})", True)
            elif result.scalar or other.scalar:
                array, bound = (other, result) if result.scalar else (result, other)
                word = "min" if function == "max" else "max"
                result = Part(f"torch.clamp({array.code}, {word}={bound.code})", False)
            else:
                result = Part(f"torch.{function}imum({result.code}, {other.code})", False)
        return result

    def _clip(self, args: list[Part]) -> Part:
        """torch takes numbers or arrays as bounds, not one of each."""
        array, low, high = args
        if not array.scalar and low.scalar == high.scalar:
            return Part(f"torch.clamp({array.code}, {low.code}, {high.code})", False)
        return self._extremum("min", [self._extremum("max", [array, low]), high])

    def _arrays(self, args: list[Part]) -> list[str]:
        """Arguments of a function that takes arrays only."""
        like = next(arg.code for arg in args if not arg.scalar)
        return [f"torch.full_like({like}, {arg.code})" if arg.scalar else arg.code for arg in args]
