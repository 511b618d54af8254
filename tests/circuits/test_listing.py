"""Circuits as text: a line a node, types with what is known of their sizes, and problems where there are any."""

from dataclasses import replace

from hypothesis import given

from circuits import Circuit, Wire, build, call, dropout, einsum, linear, reduce, scan, softmax
from tests.strategies import circuits


def test_a_listing_shows_types_sizes_and_attributes() -> None:
    def attention(q: Wire, k: Wire, v: Wire) -> Wire:
        scores = einsum("y k, x k -> y x", q, k) * 0.125
        weights = softmax(scores, axis="x")
        return einsum("y x, x k -> y k", weights, v)

    circuit = build("attention", {"q": "[y k=64]", "k": "[x k]", "v": "[x k]"}, attention)
    assert str(circuit).splitlines() == [
        "attention(q [y k=64], k [x k=64], v [x k=64])",
        "  einsum [y x] = einsum(q, k, spec='y k, x k -> y x')",
        "  scores [y x] = elementwise(einsum, expression='a * 0.125')",
        "  weights [y x] = softmax(scores, axis='x')",
        "  einsum_2 [y k=64] = einsum(weights, v, spec='y x, x k -> y k')",
        "  return out = einsum_2 [y k=64]",
    ]


def test_a_listing_shows_what_nodes_share_and_feed() -> None:
    inner = build("inner", {"x": "[m]"}, lambda x: linear("m -> r", x))
    step = build("step", {"h": "[]", "x": "[]"}, lambda h, x: {"h": h + x, "y": h * x})

    def body(x: Wire, w: Wire) -> Wire:
        one = call(inner, x, per="e", axes="r=n", name="one")
        call(inner, x, per="e", axes="r=n", weights="one", name="two")
        fed = linear("n -> k", one, weight=w, bias=False)
        start = reduce("sum", fed, axes="b")
        return scan(step, start, dropout(fed, rate=0.5, shared="b"), axis="b", along="x", name="sum")[0]

    circuit = build("f", {"x": "[b m]", "w": "[k n]"}, body).valid()
    lines = str(circuit).splitlines()
    assert lines[1] == "  one [e b n] = call(x, inner, axes='r=n', per='e')"
    assert lines[2] == "  two [e b n] = call(x, inner, axes='r=n', per='e', weights=one)"
    assert any("weight=w" in line for line in lines)
    assert any("shared='b'" in line for line in lines)
    assert any(line.startswith("  sum ") and "scan(" in line and "along='x'" in line for line in lines)
    assert any("return out = sum.h" in line for line in lines)


def test_a_broken_circuit_is_listed_with_what_is_known_and_its_problems() -> None:
    circuit = build("f", {"x": "[a]"}, lambda x: x * 2.0)
    broken = circuit.with_node(replace(circuit.nodes[0], inputs=(None,)))
    assert str(broken).splitlines() == [
        "f(x [a])",
        "  elementwise [?] = elementwise(?, expression='a * 2.0')",
        "  return out = elementwise [?]",
        "  ! f/elementwise (elementwise): expected a wire at 'a', found nothing connected. Connect it.",
    ]


@given(circuits())
def test_every_node_and_output_has_one_line(circuit: Circuit) -> None:
    lines = str(circuit).splitlines()
    assert len(lines) == 1 + len(circuit.nodes) + len(circuit.outputs)
    for line, node in zip(lines[1:], circuit.checked.order, strict=False):
        assert line.startswith(f"  {node.name} [")
        assert f" = {node.op.name}(" in line
