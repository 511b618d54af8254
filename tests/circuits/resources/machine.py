"""A machine that counts: tiled loop nests that hold what they load, and say so when they let it go."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from tests.circuits.gradients import Array

Sizes = Mapping[str, int]


@dataclass
class Machine:
    """What was moved between the levels, what is held now, and the most that ever was."""

    moved: int = 0
    peak: int = 0
    held: dict[str, int] = field(default_factory=dict)

    def load(self, name: str, array: Array) -> Array:
        self.moved += array.size
        return self.keep(name, array)

    def keep(self, name: str, array: Array) -> Array:
        self.held[name] = array.size
        self.peak = max(self.peak, sum(self.held.values()))
        return array

    def save(self, target: Array, array: Array, *names: str) -> None:
        self.moved += array.size
        target[...] = array
        self.free(*names)

    def free(self, *names: str) -> None:
        for name in names:
            del self.held[name]


def tiled_matmul(machine: Machine, x: Array, y: Array, parts: Sizes) -> Array:
    """A tile of the result at a time, along the contracted axis in chunks."""
    (a, b), c = x.shape, y.shape[1]
    g_a, g_c, s_b = parts["g_a"], parts["g_c"], parts["s_b"]
    out = np.full((a, c), np.nan)
    for i in range(0, a, g_a):
        for j in range(0, c, g_c):
            total = machine.keep("total", np.zeros((g_a, g_c)))
            for k in range(0, b, s_b):
                left = machine.load("x", x[i : i + g_a, k : k + s_b])
                total += left @ machine.load("y", y[k : k + s_b, j : j + g_c])
                machine.free("x", "y")
            machine.save(out[i : i + g_a, j : j + g_c], total, "total")
    return out


def tiled_attention(machine: Machine, q: Array, k: Array, v: Array, parts: Sizes) -> Array:
    """A group of queries at a time; keys and values in chunks, sums scaled down where a larger score comes."""
    (count, d), x = q.shape, k.shape[0]
    g_q, s_x = parts["g_q"], parts["s_x"]
    out = np.full((count, d), np.nan)
    for i in range(0, count, g_q):
        queries = machine.load("q", q[i : i + g_q])
        mixed = machine.keep("mixed", np.zeros((g_q, d)))
        top, total = machine.keep("top", np.full((g_q, 1), -np.inf)), machine.keep("total", np.zeros((g_q, 1)))
        for j in range(0, x, s_x):
            keys, values = machine.load("k", k[j : j + s_x]), machine.load("v", v[j : j + s_x])
            scores = machine.keep("scores", queries @ keys.T / np.sqrt(d))
            machine.free("k")
            before, top = top, np.maximum(top, scores.max(axis=1, keepdims=True))
            scores = np.exp(scores - top)
            total = total * np.exp(before - top) + scores.sum(axis=1, keepdims=True)
            mixed = mixed * np.exp(before - top) + scores @ values
            machine.free("v", "scores")
        machine.save(out[i : i + g_q], mixed / total, "q", "mixed", "top", "total")
    return out


def fused_feed_forward(machine: Machine, x: Array, state: Mapping[str, Array], parts: Sizes) -> Array:
    """A group of rows at a time; the hidden axis in chunks, each with its part of both matrices."""
    b, (n, h) = len(x), state["down.weight"].shape
    g_b, s_h = parts["g_b"], parts["s_h"]
    out = np.full((b, n), np.nan)
    for i in range(0, b, g_b):
        rows, bias = machine.load("x", x[i : i + g_b]), machine.load("bias", state["down.bias"])
        total = machine.keep("total", np.zeros((g_b, n)))
        for j in range(0, h, s_h):
            up = machine.load("up", state["up.weight"][j : j + s_h])
            shift = machine.load("shift", state["up.bias"][j : j + s_h])
            down = machine.load("down", state["down.weight"][:, j : j + s_h])
            hidden = np.maximum(machine.keep("hidden", rows @ up.T + shift), 0.0)
            machine.free("up", "shift")
            total += hidden @ down.T
            machine.free("hidden", "down")
        machine.save(out[i : i + g_b], total + bias, "x", "bias", "total")
    return out
