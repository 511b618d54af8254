"""Learned tables against torch, and every message."""

import numpy as np
import torch.nn.functional as F

from circuits import build, initial, iota, parameters, run
from circuits.ops.embedding import embedding
from tests.circuits.laws import problems
from tests.circuits.ops.composites import check, randoms


def test_equals_torch() -> None:
    circuit = build(
        "f",
        {"tokens": "Natural(v)[b t]", "table": "[v m]"},
        lambda tokens, table: embedding(tokens, "v -> m", weight=table),
        outputs=["[b t m]"],
    ).valid()
    check(circuit, {"tokens": np.array([[0, 4, 4], [1, 0, 2]]), "table": randoms(5, 3)}, F.embedding)


def test_vectors_of_several_axes_and_tokens_below_a_smaller_bound() -> None:
    circuit = build(
        "f", {"tokens": "Natural(3)[t]"}, lambda tokens: embedding(tokens, "v=5 -> h=2 k=4", name="table")
    ).valid()
    table = randoms(5, 2, 4)
    found = run(circuit, {"tokens": np.array([2, 0])}, {"table.weight": table}).only
    np.testing.assert_array_equal(found, table[[2, 0]])


def test_positions_may_be_looked_up() -> None:
    circuit = build(
        "f", {"x": "[t m]", "table": "[p m]"}, lambda x, table: x + embedding(iota("t"), "p -> m", weight=table)
    ).valid()
    check(circuit, {"x": randoms(3, 2), "table": randoms(5, 2)}, lambda x, table: x + table[:3])


def test_starts_normally() -> None:
    circuit = build(
        "f", {"tokens": "Natural(v)[]"}, lambda tokens: embedding(tokens, "v=200 -> m=100", scale=0.02, name="table")
    ).valid()
    assert parameters(circuit)["table.weight"].axes == ("v", "m")
    table = initial(circuit, {}, 0)["table.weight"]
    assert abs(table.std() - 0.02) < 1e-3
    assert abs(table.mean()) < 1e-3


def test_messages() -> None:
    def told(type: str = "Natural(v)[t]", spec: str = "v -> m", scale: float = 1.0) -> list[str]:
        return problems(lambda tokens: embedding(tokens, spec, scale=scale), tokens=type)

    assert told() == []
    assert told("Natural(11)[t]", "v=10 -> m=4") == [
        (
            "f/embedding (embedding): expected at most 10, found 11 (Natural(11) at 'tokens' must stay "
            "below 10). Enlarge the axis, or lower the bound."
        )
    ]
    assert told("[t]") == [
        ("f/embedding (embedding): expected Natural(v) at 'tokens', found Real. Cast it, or change its type.")
    ]
    assert told(spec="v w -> m") == [
        ("embedding (embedding): expected one axis on the left of 'v w -> m', found 'v w'. Name one axis there.")
    ]
    assert told(spec="v -> v") == [
        (
            "embedding (embedding): expected new names on the right of 'v -> v', found 'v'. Its size "
            "changes: give it another name."
        )
    ]
    assert told(spec="v m") == ["embedding (embedding): expected a spec such as 'v -> m', found 'v m'. Write one '->'."]
    assert told(scale=-1.0) == [
        (
            "embedding: expected attributes of 'embedding' (spec, scale), found scale: Input should be "
            "greater than or equal to 0. See its documentation."
        )
    ]
