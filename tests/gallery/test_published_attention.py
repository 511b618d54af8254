"""Attention as published since Vaswani et al., each held against torch."""

import torch
import torch.nn.functional as F
from torch import Tensor

from tests.gallery.agree import Case, Tensors, agree, randoms
from tests.gallery.published.attention import both_uses, grouped_query_attention, latent_attention, shifted_windows


def linear(x: Tensor, state: Tensors, name: str) -> Tensor:
    """torch's linear map with the weights of a node; several produced axes are left apart."""
    weight, bias = state[f"{name}.weight"], state.get(f"{name}.bias")
    read = weight.ndim - (bias.ndim if bias is not None else weight.ndim - 1)
    shape = weight.shape[: weight.ndim - read]
    flat = F.linear(x, weight.reshape(shape.numel(), -1), bias.flatten() if bias is not None else None)
    return flat.unflatten(-1, shape)


def test_grouped_queries() -> None:
    def oracle(inputs: Tensors, state: Tensors) -> Tensor:
        x = inputs["x"]
        query = linear(x, state, "query").flatten(1, 2).transpose(0, 1)  # all heads, group by group
        key = linear(x, state, "key_map").transpose(0, 1)
        value = linear(x, state, "value_map").transpose(0, 1)
        mixed = F.scaled_dot_product_attention(query, key, value, is_causal=True, enable_gqa=True)
        return F.linear(mixed.transpose(0, 1).flatten(1), state["output.weight"].flatten(1))

    sizes = {"g": 2, "h": 3, "k": 4}
    agree(Case(grouped_query_attention, {"x": randoms(5, 6)}, sizes, literal=True), oracle)


def turned(x: Tensor) -> Tensor:
    """Rotary positions by complex numbers, as DeepSeek computes them: x [t ... r], pairs of neighbours."""
    count, width = x.shape[0], x.shape[-1]
    speeds = 1.0 / 10000.0 ** (torch.arange(0, width, 2, dtype=torch.float64) / width)
    angles = torch.outer(torch.arange(count, dtype=torch.float64), speeds)
    turns = torch.polar(torch.ones_like(angles), angles).reshape(count, *[1] * (x.ndim - 2), width // 2)
    pairs = torch.view_as_complex(x.unflatten(-1, (-1, 2)).contiguous())
    return torch.view_as_real(pairs * turns).flatten(-2)


def test_latent_keys_and_values() -> None:
    def oracle(inputs: Tensors, state: Tensors) -> Tensor:
        x = inputs["x"]
        narrow = F.linear(x, state["query_down.weight"])
        narrow = F.rms_norm(narrow, narrow.shape[-1:], state["query_norm.weight"], 1e-6)
        latent = F.linear(x, state["latent_down.weight"])
        latent = F.rms_norm(latent, latent.shape[-1:], state["latent_norm.weight"], 1e-6)
        query = torch.cat([linear(narrow, state, "query_up"), turned(linear(narrow, state, "query_turned"))], -1)
        plain = linear(latent, state, "key_up")
        shared = turned(F.linear(x, state["key_turned.weight"]))[:, None].expand(-1, plain.shape[1], -1)
        key, value = torch.cat([plain, shared], -1), linear(latent, state, "value_up")
        heads = (wire.transpose(0, 1) for wire in (query, key, value))
        mixed = F.scaled_dot_product_attention(*heads, is_causal=True)
        return F.linear(mixed.transpose(0, 1).flatten(1), state["output.weight"].flatten(1))

    sizes = {"p": 6, "c": 5, "h": 2, "k": 4, "r": 6, "v": 3, "w": 10}
    agree(Case(latent_attention, {"x": randoms(5, 8)}, sizes), oracle)


def windows(image: Tensor) -> Tensor:
    """Windows of 4 by 4 of an image [y x m], as Swin partitions them: [windows 16 m]."""
    rows, columns, width = image.shape
    parts = image.reshape(rows // 4, 4, columns // 4, 4, width)
    return parts.transpose(1, 2).reshape(-1, 16, width)


def test_shifted_windows() -> None:
    def oracle(inputs: Tensors, state: Tensors) -> Tensor:
        image = inputs["image"]
        rows, columns, _ = image.shape
        tokens = windows(image.roll((-2, -2), (0, 1)))
        region = torch.zeros(rows, columns, 1)
        edges = (slice(0, -4), slice(-4, -2), slice(-2, None))
        for number, (down, across) in enumerate((a, b) for a in edges for b in edges):
            region[down, across] = number
        labels = windows(region)[..., 0]
        allowed = labels[:, :, None] == labels[:, None, :]
        heads = (linear(tokens, state, name).transpose(1, 2) for name in ("query", "key_map", "value_map"))
        mixed = F.scaled_dot_product_attention(*heads, attn_mask=allowed[:, None])
        made = F.linear(mixed.transpose(1, 2).flatten(2), state["output.weight"].flatten(1), state["output.bias"])
        whole = made.reshape(rows // 4, columns // 4, 4, 4, -1).transpose(1, 2).reshape(rows, columns, -1)
        return whole.roll((2, 2), (0, 1))

    agree(Case(shifted_windows, {"image": randoms(8, 12, 6)}, {"h": 2, "k": 3}), oracle)


def test_one_circuit_attends_to_itself_and_across() -> None:
    def heads(y: Tensor, x: Tensor, state: Tensors) -> Tensor:
        own = {key.removeprefix("shared_map."): array for key, array in state.items()}
        query, key, value = (
            linear(wire, own, name).movedim(-1, 0) for wire, name in ((y, "query"), (x, "key"), (x, "value"))
        )
        mixed = F.scaled_dot_product_attention(query, key, value).movedim(0, -1)
        return F.linear(mixed.flatten(1), own["output.weight"].flatten(1), own["output.bias"])

    def oracle(inputs: Tensors, state: Tensors) -> tuple[Tensor, Tensor]:
        target, source = inputs["target"], inputs["source"]
        return heads(target, target, state), heads(target, source, state)

    case = Case(both_uses, {"target": randoms(4, 6), "source": randoms(5, 6, seed=1)}, {"h": 2, "k": 3})
    assert all(key.startswith("shared_map.") for key in case.weights)
    agree(case, oracle)
