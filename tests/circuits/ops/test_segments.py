"""Segment folds, segment softmax and sparse products against dense torch; and every message."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from circuits import Wire, build, run
from circuits.ops.segments import segment_max, segment_mean, segment_softmax, segment_sum, spmm
from tests.circuits.laws import problems
from tests.circuits.ops.composites import check, randoms

TARGET = np.array([0, 2, 2, 0, 2, 4])
KINDS: dict[str, tuple[Callable[..., Wire], str]] = {
    "sum": (segment_sum, "sum"),
    "mean": (segment_mean, "mean"),
    "max": (segment_max, "amax"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_folds(kind: str) -> None:
    op, theirs = KINDS[kind]
    circuit = build(
        "f", {"x": "[b e]", "t": "Index(n)[e]"}, lambda x, t: op(x, t, into="n"), axes={"n": ""}, sizes={"n": 5}
    ).valid()

    def folded(x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        return torch.zeros(2, 5, dtype=x.dtype).scatter_reduce(1, t.expand(2, -1), x, theirs, include_self=False)

    check(circuit, {"x": randoms(2, 6), "t": TARGET}, folded)


def test_segment_softmax() -> None:
    circuit = build("f", {"s": "[e h]", "t": "Index(n)[e]"}, lambda s, t: segment_softmax(s, t), sizes={"n": 5}).valid()

    def dense(s: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        same = t[:, None] == t
        return torch.stack(
            [torch.softmax(torch.where(row[:, None], s, -torch.inf), 0)[e] for e, row in enumerate(same)]
        )

    check(circuit, {"s": 30 * randoms(6, 2), "t": TARGET}, dense)


def test_sparse_product() -> None:
    circuit = build(
        "f",
        {"values": "[e]", "row": "Index(y)[e]", "column": "Index(x)[e]", "z": "[x m]"},
        lambda values, row, column, z: spmm(values, row, column, z),
        sizes={"y": 3},
        outputs=["[y m]"],
    ).valid()
    row, column = np.array([0, 2, 2, 0]), np.array([1, 0, 3, 1])

    def dense(values: torch.Tensor, row: torch.Tensor, column: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
        return torch.sparse_coo_tensor(torch.stack([row, column]), values, (3, 4), check_invariants=True).to_dense() @ z

    check(circuit, {"values": randoms(4), "row": row, "column": column, "z": randoms(4, 2)}, dense)


def test_graphs_of_a_batch_have_edges_of_their_own() -> None:
    circuit = build("f", {"x": "[b e]", "t": "Index(n)[b e]"}, segment_sum, sizes={"n": 3}).valid()
    x, t = randoms(2, 4), np.array([[0, 0, 1, 2], [2, 2, 2, 1]])
    expected = [np.bincount(targets, values, 3) for values, targets in zip(x, t, strict=True)]
    np.testing.assert_allclose(run(circuit, {"x": x, "t": t}).only, expected)


def test_messages() -> None:
    def told(op: Callable[..., Wire], x: str, t: str, **words: Any) -> list[str]:
        return problems(lambda x, t: op(x, t, **words), x=x, t=t)

    assert told(segment_softmax, "[n]", "Index(n)[e]") == [
        ("f/segment_softmax (segment_softmax): expected an axis 'e' at 'scores', found [n]. Rename an axis or add 'e'.")
    ]
    assert told(segment_sum, "[e]", "[e]") == [
        ("f/segment_sum (segment_sum): expected Index(n) at 'target', found Real. Cast it, or change its type.")
    ]
    assert told(segment_sum, "[e]", "Index(m)[e]") == [
        ("f/segment_sum (segment_sum): expected Index(n) at 'target', found Index(m). Cast it, or change its type.")
    ]
    assert told(segment_max, "[f]", "Index(n)[f]") == [
        ("f/segment_max (segment_max): expected an axis 'e' at 'values', found [f]. Rename an axis or add 'e'."),
        (
            "f/segment_max (segment_max): expected an axis 'e' at 'target', found Index(n)[f]. Rename an "
            "axis or add 'e'."
        ),
    ]
