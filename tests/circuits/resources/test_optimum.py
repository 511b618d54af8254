"""The best parts: closed formulas, numbers that come near them, and no better ones by trying all."""

import itertools
import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits import BindingError, attention, build, einsum, stream_softmax
from circuits.resources import area, area_cost, best_tiling, leading
from circuits.resources.optimum import held
from tests.circuits.resources.models import feed_forward, flash_attention, matmul


def test_square_tiles_are_best_for_a_product() -> None:
    found = leading(area_cost(*matmul()))
    assert found is not None
    assert str(found.transfer) == "2*a*b*c/M**(1/2) + a*c"
    assert found.exponent == Fraction(1, 2)
    assert [(name, str(size)) for name, size in found.tiles] == [("g_a", "M**(1/2)"), ("g_c", "M**(1/2)")]
    assert found.transfer.tex() == r"\frac{2 a b c}{M^{1/2}} + a c"


def test_attention_gains_in_proportion_to_its_memory() -> None:
    found = leading(area_cost(*flash_attention()))
    assert found is not None
    assert str(found.transfer) == "4*d**2*q*x/M + 2*d*q"
    assert (found.exponent, [(name, str(size)) for name, size in found.tiles]) == (1, [("g_q", "M/(2*d)")])


def test_batch_and_heads_are_groups_of_one() -> None:
    def body(q: object, k: object, v: object) -> object:
        return attention(q, k, v, channel="d", value="e")

    circuit = stream_softmax(build("a", {"q": "[h y d]", "k": "[h x d]", "v": "[h x e]"}, body))
    cost = area_cost(circuit, area(circuit, groups="h y", stream="x"))
    found = leading(cost)
    assert found is not None
    # a root of a sum is no product: the best size of the group is found in numbers only
    assert (found.exponent, found.tiles) == (1, ())
    assert str(found.transfer) == "2*d*e*h*x*y/M + d**2*h*x*y/M + e**2*h*x*y/M + d*h*y + e*h*y"
    tiling = best_tiling(cost, {"h": 4, "y": 100, "x": 100, "d": 8, "e": 4}, 1000)
    assert dict(tiling.sizes)["g_h"] == 1


@pytest.mark.parametrize(
    ("operands", "groups", "stream"),
    [
        # a whole matrix stays beside the tile: the sum in the constraint has no leading product
        ("a b, b c -> a c", "a", ""),
        # no group is left whose size matters
        ("a b, b c -> a c", "", "b"),
        # two axes of one operand, one term for both: how they share the room does not matter
        ("a b c, c d -> a b d", "a b d", "c"),
    ],
)
def test_where_there_is_no_formula(operands: str, groups: str, stream: str) -> None:
    one, two = operands.partition("->")[0].split(",")
    circuit = build("f", {"x": f"[{one.strip()}]", "y": f"[{two.strip()}]"}, lambda x, y: einsum(operands, x, y))
    found = leading(area_cost(circuit, area(circuit, groups=groups, stream=stream)))
    assert found is None


def test_tiles_in_three_directions() -> None:
    inputs = {"x": "[a k]", "y": "[b k]", "z": "[c k]"}
    circuit = build("f", inputs, lambda x, y, z: einsum("a k, b k, c k -> a b c", x, y, z))
    found = leading(area_cost(circuit, area(circuit, groups="a b c", stream="k")))
    assert found is not None
    # every operand is loaded again for the groups of two other axes
    assert (str(found.transfer), found.exponent) == ("3*a*b*c*k/M**(2/3) + a*b*c", Fraction(2, 3))
    assert [str(size) for _, size in found.tiles] == ["M**(1/3)"] * 3


@given(st.integers(3, 60), st.integers(1, 12), st.integers(1, 12), st.sampled_from([1, 2, 3]))
def test_no_other_parts_transfer_much_less(memory: int, a: int, c: int, multiple: int) -> None:
    """Whole parts that are found lie between the bound of real ones and what trying all would find, or are as good."""
    circuit, _ = matmul()
    cost = area_cost(circuit, area(circuit, groups=f"a=g_a:{multiple} c=g_c", stream="b"))
    sizes, least = {"a": a, "b": 8, "c": c}, {"g_a": min(multiple, a), "g_c": 1, "s_b": 1}
    if held(cost, {**sizes, **least}) > memory:
        with pytest.raises(BindingError):
            best_tiling(cost, sizes, memory)
        return
    found = best_tiling(cost, sizes, memory)
    chosen = dict(found.sizes)
    assert found.memory == held(cost, {**sizes, **chosen}) <= memory
    assert found.transfer == pytest.approx(cost.transfer.evaluate({**sizes, **chosen}))
    assert chosen["g_a"] % multiple == 0 or chosen["g_a"] == min(multiple, a)
    tried = [
        cost.transfer.evaluate({**sizes, "g_a": g_a, "g_c": g_c, "s_b": 1})
        for g_a, g_c in itertools.product(range(least["g_a"], a + 1), range(1, c + 1))
        if held(cost, {**sizes, "g_a": g_a, "g_c": g_c, "s_b": 1}) <= memory
    ]
    assert found.bound <= min(tried) * (1 + 1e-6)
    # a part more along each axis is what rounding down may lose
    loss = max((chosen[name] + multiple) / chosen[name] for name in ("g_a", "g_c"))
    assert found.transfer <= min(tried) * loss * (1 + 1e-6)


@pytest.mark.parametrize(
    ("model", "sizes"),
    [
        (matmul, {"a": 10**5, "b": 10**5, "c": 10**5}),
        (flash_attention, {"q": 10**6, "x": 10**6, "d": 64}),
        (feed_forward, {"b": 10**6, "m": 64, "h": 10**4, "n": 32}),
    ],
    ids=["matmul", "attention", "mlp"],
)
def test_numbers_follow_the_law_of_powers(model: object, sizes: dict[str, int]) -> None:
    """Doubling the memory divides what depends on it by two to the power beta."""
    circuit, one = model()  # type: ignore[operator]
    cost, fixed = area_cost(circuit, one), 0.0
    fixed = cost.transfer.without({part.size for part in one.parts}).evaluate(sizes)
    beta = 0.5 if model is matmul else 1.0
    found = [best_tiling(cost, sizes, memory).bound - fixed for memory in (2**18, 2**20)]
    assert math.log(found[0] / found[1], 4) == pytest.approx(beta, abs=0.01)


def test_messages() -> None:
    cost = area_cost(*matmul())
    with pytest.raises(BindingError) as caught:
        best_tiling(cost, {"a": 8, "b": 8, "c": 8}, 2)
    assert str(caught.value) == (
        "area 'tiles': expected a memory that holds the smallest parts (3 values), found 2. Take more axes in parts, or "
        "give it more memory."
    )
    with pytest.raises(BindingError, match=r"^axis 'c': expected a size, found none\. Give c=\.\.\.\.$"):
        best_tiling(cost, {"a": 8, "b": 8}, 100)
    with pytest.raises(
        BindingError, match=r"^area 'tiles': expected a size for every axis, found none for b\. Give it\.$"
    ):
        held(cost, {"a": 8, "c": 8, "g_a": 1, "g_c": 1, "s_b": 1})
