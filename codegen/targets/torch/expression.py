"""Elementwise expressions as torch code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

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
    "softplus": "F.softplus({})",
    "conj": "torch.conj_physical({})",
}
_SCALARS = {
    "exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "asin", "acos", "atan", "asinh", "acosh",
    "atanh", "log1p", "expm1", "erf", "erfc", "lgamma", "atan2", "floor", "ceil",
}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """Code of a part of an expression, and whether it is a Python number."""

    code: str
    scalar: bool


@dataclass(frozen=True)
class Writer:
    """Writes one expression: operands by their code, sizes by a function, new arrays of the kind of `like`."""

    operands: Mapping[str, str]
    size: Callable[[Size], str]

    def write(self, tree: Tree) -> Part:
        """Code of an expression."""
        match tree:
            case expressions.Number(value):
                return Part(number_code(value), True)
            case expressions.Name(name):
                return Part(self.operands[name], False)
            case expressions.SizeOf(size):
                return Part(f"({self.size(size)})", True)
            case expressions.Call(function, args):
                return self._call(tree, function, [self.write(arg) for arg in args])
        raise AssertionError(tree)

    def _call(self, tree: Tree, function: str, args: list[Part]) -> Part:
        if all(arg.scalar for arg in args):
            return self._scalar(tree, function, args)
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
                return Part(f"torch.where({', '.join(arg.code for arg in args)})", False)
            case "complex" | "atan2":
                return Part(f"torch.{function}({', '.join(self._arrays(args))})", False)
            case _:
                return Part(_METHODS.get(function, f"torch.{function}({{}})").format(codes[0]), False)

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
        return self._call(tree, function, arrays)

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
