"""Random expressions: any trees at all, and trees of real operands that are well typed."""

from collections.abc import Sequence

from hypothesis import strategies as st

from circuits.expressions import FUNCTIONS, Call, Expression, Name, Number, SizeOf
from circuits.sizes import Size

NAMES = ("x", "y", "z", "α_1")

numbers = st.one_of(
    st.integers(-(10**18) + 1, 10**18 - 1),
    st.integers(-3, 3),
    st.floats(allow_nan=False),
    st.sampled_from([0.5, 1e-5, 2.0, 1e22, 3.141592653589793, -float("inf")]),
).map(Number)
sizes = st.sampled_from(["k", "h*k", "(x-1)//2+1", "c[l-1]", "7"]).map(Size.of).map(SizeOf)
leaves = st.one_of(numbers, st.sampled_from(NAMES).map(Name), sizes)


def _calls(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    def call(function: str) -> st.SearchStrategy[Expression]:
        least, greatest = FUNCTIONS[function].arity
        args = st.lists(parts, min_size=least, max_size=greatest or 4)
        return args.map(lambda chosen: Call(function, tuple(chosen)))

    return st.sampled_from(sorted(FUNCTIONS)).flatmap(call)


trees = st.recursive(leaves, _calls, max_leaves=25)
"""Any trees, which need make no sense."""

_UNARY = ("neg", "tanh", "sin", "cos", "sigmoid", "softplus", "erf", "atan", "asinh")
_BINARY = ("add", "sub", "mul")


def _smooth(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    def of(*chosen: Expression) -> st.SearchStrategy[Expression]:
        functions: Sequence[str] = _UNARY if len(chosen) == 1 else _BINARY
        return st.sampled_from(functions).map(lambda function: Call(function, chosen))

    square = parts.map(lambda part: part**2)
    quotient = st.tuples(parts, parts).map(lambda pair: pair[0] / (1 + pair[1] ** 2))
    return st.one_of(parts.flatmap(of), st.tuples(parts, parts).flatmap(lambda pair: of(*pair)), square, quotient)


def _stepped(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    choices = st.tuples(parts, parts, parts, parts).map(lambda four: Call("where", (four[0] < four[1], *four[2:])))
    extrema = st.tuples(st.sampled_from(["max", "min"]), st.lists(parts, min_size=2, max_size=4).map(tuple))
    steps = st.tuples(st.sampled_from(["floor", "sign", "relu", "abs"]), parts.map(lambda part: (part,)))
    return st.one_of(_smooth(parts), choices, st.one_of(extrema, steps).map(lambda pair: Call(*pair)))


_real_leaves = st.one_of(
    st.sampled_from([Name("x"), Name("y")]), st.floats(-2, 2).map(Number), st.integers(-2, 2).map(Number)
)

smooth_trees = st.recursive(_real_leaves, _smooth, max_leaves=8)
"""Real functions of x and y that are smooth and finite everywhere."""

real_trees = st.recursive(_real_leaves, _stepped, max_leaves=8)
"""Real functions of x and y, with steps and kinks."""
