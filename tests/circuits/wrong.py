"""Circuits that are wrong, one a function: what each is told stands in test_wrong_circuits.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from circuits import (
    AttributeProblem,
    Call,
    Circuit,
    Input,
    Node,
    Output,
    Wire,
    broadcast,
    call,
    circuit,
    concat,
    einsum,
    elementwise,
    gather,
    linear,
    merge,
    reduce,
    rename,
    repeat,
    scan,
    softmax,
    split,
)
from circuits.op import op_class
from circuits.types import parse_type

WRONG: dict[str, Circuit | Exception] = {}


def wrong(function: Callable[..., Any] | None = None, /, **words: Any) -> Any:
    """Keep a traced circuit under its function's name."""

    def keep(found: Callable[..., Any]) -> Circuit:
        try:
            WRONG[found.__name__] = circuit(**words)(found) if words else circuit(found)
        except (AttributeProblem, ValueError) as error:
            WRONG[found.__name__] = error
        return found

    return keep(function) if function is not None else keep


def by_hand(name: str, inputs: Mapping[str, str], nodes: list[Node], outputs: Mapping[str, str] | None = None) -> None:
    """Keep a circuit put together without tracing."""
    WRONG[name] = Circuit(
        name,
        tuple(Input(key, parse_type(text).type) for key, text in inputs.items()),
        tuple(Output(key, wire) for key, wire in (outputs or {}).items()),
        tuple(nodes),
    )


def op(name: str, **attributes: Any) -> Any:
    """An op by name."""
    return op_class(name)(**attributes)


@circuit
def _same(a: Wire["a"]) -> Wire["a"]:
    return a * 1.0


@circuit(sizes={"k": 4})
def _heads(q: Wire["y k"], v: Wire["x k"]) -> Wire["y x"]:
    return einsum("y k, x k -> y x", q, v)


@circuit
def _narrowing(x: Wire["m"]) -> Wire["n"]:
    return linear("m -> n=3", x)


@circuit
def _rescaled(x: Wire["m"]) -> Wire["m"]:
    return x * 0.5


@circuit
def _level(x: Wire["c[l]"]) -> Wire["c[l+1]"]:
    return linear("c[l] -> c[l+1]", x)


@circuit
def _cell(h: Wire["n"], x: Wire["m"]) -> tuple[Wire["n"], Wire["n"]]:
    new = elementwise("tanh(a + b)", h, linear("m -> n", x))
    return new, new * 2.0


@circuit
def _widening(h: Wire["k"], x: Wire["m"]) -> Wire["k m"]:
    return elementwise("a * b", h, x, outer=True)


@wrong
def softmax_of_missing_axis(x: Wire["query key"]) -> Wire["query key"]:
    return softmax(x, axis="keys")


@wrong
def sizes_eight_and_nine(x: Wire["m=8"]) -> Wire["n"]:
    return linear("p -> n", linear("m -> p=8", x), weight=broadcast(reduce("sum", x, axes="m"), axes="n p=9"))


@wrong
def product_without_solution(x: Wire["n=500"]) -> Wire["h k"]:
    return split(x, "n -> h=8 k")


@wrong
def consumed_twice(x: Wire["t m"]) -> Wire[""]:
    return einsum("t t' m ->", x)


@wrong
def forgotten_rename(x: Wire["t m"], y: Wire["s m"]) -> Wire["t m"]:
    return x + y


@wrong
def produced_axis_passes_over(x: Wire["t m k"]) -> Wire["t k"]:
    return linear("m -> k", x)


@wrong
def declared_output_differs(x: Wire["t m"]) -> Wire["t k"]:
    return linear("m -> n=4", x)


@wrong
def declared_element_differs(x: Wire["m"]) -> Wire["Bool[m]"]:
    return x * 2.0


@wrong
def arrow_missing(x: Wire["m"]) -> Wire["n"]:
    return linear("m n", x)


@wrong
def unknown_letter_on_the_right(x: Wire["m"]) -> Wire["m n"]:
    return einsum("m -> m n", x)


@wrong
def square_einsum_without_twin(x: Wire["t m"]) -> Wire["t"]:
    return einsum("t t -> t", x)


@wrong
def bool_in_arithmetic(x: Wire["Bool[m]"], y: Wire["m"]) -> Wire["m"]:
    return elementwise("x + y", x, y)


@wrong
def whole_numbers_in_a_linear_map(tokens: Wire["Natural(v)[t m]"]) -> Wire["t n"]:
    return linear("m -> n=3", tokens)


@wrong
def mean_of_whole_numbers(tokens: Wire["Natural(v)[t]"]) -> Wire[""]:
    return reduce("mean", tokens, axes="t")


@wrong
def reduction_over_nothing(x: Wire["m"]) -> Wire["m"]:
    return reduce("sum", x, axes="")


@wrong
def two_sizes_for_one_axis(x: Wire["m=8"], y: Wire["m=9"]) -> Wire["m"]:
    return x + y


@wrong
def hyperbolic_into_linear(x: Wire["[m] in PoincareBall(1)"]) -> Wire["n"]:
    return linear("m -> n=2", x)


@wrong
def names_joined(x: Wire["m"], y: Wire["n"]) -> Wire["m"]:
    return x + rename(y, "n -> m")


@wrong
def call_without_map(n: Wire["t k"]) -> Wire["t"]:
    return reduce("sum", call(_heads, n, n), axes="x")


@wrong
def call_that_joins(n: Wire["t k"]) -> Wire["t"]:
    return reduce("sum", call(_heads, n, n, axes="y=t x=t"), axes="t")


@wrong
def map_of_unknown_axis(n: Wire["t k"]) -> Wire["t t'"]:
    return call(_heads, n, n, axes="y=t z=t'")


@wrong
def too_few_arguments(n: Wire["y k"]) -> Wire["y x"]:
    return call(_heads, n)


@wrong
def repeat_that_changes_type(x: Wire["m"]) -> Wire["n"]:
    return repeat(_narrowing, x, times=3)


@wrong(sizes={"c[0]": 2, "c[1]": 4, "c[2]": 8})
def tied_repeat_of_differing_sizes(x: Wire["c[0]"]) -> Wire["c[2]"]:
    return repeat(_level, x, times=2, tied=True)


@wrong
def indexed_repeat_without_number(x: Wire["c[0]"]) -> Wire["c[2]"]:
    return repeat(_level, x, times="n")


@wrong
def repeat_no_times(x: Wire["m"]) -> Wire["m"]:
    return repeat(_rescaled, x, times=0)


@wrong
def scan_along_missing_axis(h: Wire["n"], x: Wire["s m"]) -> Wire["t n"]:
    return scan(_cell, h, x, axis="t", along="x")[1]


@wrong
def scan_of_unknown_input(h: Wire["n"], x: Wire["t m"]) -> Wire["t n"]:
    return scan(_cell, h, x, axis="t", along="xs")[1]


@wrong
def scan_with_too_many_states(h: Wire["n"], x: Wire["t m"]) -> Wire["t n"]:
    return scan(_cell, h, x, axis="t", along="x", carried=3)[1]


@wrong
def state_changes_shape(h: Wire["k"], x: Wire["t m"]) -> Wire["k"]:
    return scan(_widening, h, x, axis="t", along="x")


@wrong
def unknown_weight(x: Wire["m"], w: Wire["n m"]) -> Wire["n"]:
    return linear("m -> n", x, weights_of=w)


@wrong
def fed_weight_lacks_axis(x: Wire["m"], w: Wire["n"]) -> Wire["n"]:
    return linear("m -> n", x, weight=w)


@wrong
def tie_to_nobody(x: Wire["m"]) -> Wire["n"]:
    return linear("m -> n=3", x, weights="encodr", name="encoder")


@wrong
def tie_of_different_weights(x: Wire["m"]) -> Wire["n"]:
    wide = linear("m -> p=6", x, name="wide")
    return linear("p -> n=3", wide, weights="wide", name="narrow")


@wrong
def shared_over_missing_axis(x: Wire["t m"]) -> Wire["t m"]:
    return softmax(x, axis="m", shared="time")


@wrong(constraints=["m is h*k"])
def constraint_that_is_none(x: Wire["m"]) -> Wire["m"]:
    return x * 2.0


@wrong(constraints=["m = 2*n", "n = 4"])
def constraint_against_size(x: Wire["m=9 n"]) -> Wire["m n"]:
    return x * 2.0


@wrong
def size_too_large(x: Wire["m"]) -> Wire["m"]:
    return reduce("sum", broadcast(x, axes="n=9**16*9**16"), axes="n")


@wrong
def expression_of_unknown_function(x: Wire["m"]) -> Wire["m"]:
    return elementwise("tahn(x)", x)


@wrong
def token_too_large_for_its_table(table: Wire["v=64 m"], token: Wire["Natural(100)[t]"]) -> Wire["t m"]:
    return gather(table, token, axis="v")


@wrong
def position_of_another_axis(x: Wire["n m"], place: Wire["Index(m)[t]"]) -> Wire["t m"]:
    return gather(x, place, axis="n")


@wrong
def merge_that_meets_its_own_name(x: Wire["h k hk"]) -> Wire["hk"]:
    return merge(x, "h k -> hk")


@wrong
def concatenation_of_other_axes(x: Wire["t c"], y: Wire["s c"]) -> Wire["t d"]:
    return concat(x, y, spec="c, e -> d")


@wrong(constraints=["t = 3*s + 1", "t = 3*s"])
def equations_that_exclude_each_other(x: Wire["t"], y: Wire["s"]) -> Wire["t"]:
    return x * 2.0


x_plus = op("elementwise", expression="x + y")
by_hand(
    "cycle", {"x": "m"}, [Node("n1", "first", x_plus, ("x", "n2.out")), Node("n2", "second", x_plus, ("x", "n1.out"))]
)
by_hand("self_cycle", {"x": "m"}, [Node("n1", "loop", x_plus, ("x", "n1.out"))], {"out": "n1.out"})
by_hand("missing_wire", {"image": "m"}, [Node("n1", "add", x_plus, ("image", "imgae"))])
by_hand("loose_port", {"x": "m"}, [Node("n1", "add", x_plus, ("x", None))])
by_hand("too_many_wires", {"x": "m"}, [Node("n1", "soft", op("softmax", axis="m"), ("x", "x"))])
by_hand("missing_output", {"x": "m"}, [], {"y": "z"})
by_hand("same_name_twice", {"x": "m"}, [Node("n1", "a", x_plus, ("x", "x")), Node("n2", "a", x_plus, ("x", "n1.out"))])
by_hand("same_id_twice", {"x": "m"}, [Node("n1", "a", x_plus, ("x", "x")), Node("n1", "b", x_plus, ("x", "x"))])
by_hand(
    "call_of_broken", {"x": "query key"}, [Node("n1", "inner", Call(circuit=WRONG["softmax_of_missing_axis"]), ("x",))]
)
by_hand(
    "everything_at_once",
    {"x": "m", "y": "n"},
    [
        Node("n1", "sum", x_plus, ("x", "y")),
        Node("n2", "soft", op("softmax", axis="k"), ("x",)),
        Node("n3", "loose", x_plus, (None, "x")),
    ],
    {"out": "n9.out"},
)
