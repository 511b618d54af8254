"""Our parameters as those of torch's own modules: names and layouts, through which gradients flow."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

State = Mapping[str, Tensor]


def inside(state: State, prefix: str) -> dict[str, Tensor]:
    """The part of a state whose keys start with the prefix, without it."""
    return {key.removeprefix(prefix): array for key, array in state.items() if key.startswith(prefix)}


def heads_first(state: State, *, layout: str) -> dict[str, Tensor]:
    """Maps into and out of heads of `layout` "h k" or "k h" as those of `nn.MultiheadAttention`."""

    def turned(array: Tensor, place: int) -> Tensor:
        return (array if layout == "h k" else array.transpose(place, place + 1)).flatten(place, place + 1)

    names = ("query", "key", "value")
    return {
        "in_proj_weight": torch.cat([turned(state[f"{name}.weight"], 0) for name in names]),
        "in_proj_bias": torch.cat([turned(state[f"{name}.bias"], 0) for name in names]),
        "out_proj.weight": turned(state["output.weight"], 1),
        "out_proj.bias": state["output.bias"],
    }


# our node of a layer and torch's member, for either kind of layer
ENCODER = {
    "self_attention": "self_attn",
    "attention_norm": "norm1",
    "feed_forward.inner": "linear1",
    "feed_forward.outer": "linear2",
    "feed_forward_norm": "norm2",
}
DECODER = {
    **ENCODER,
    "causal_attention": "self_attn",
    "cross_attention": "multihead_attn",
    "memory_norm": "norm2",
    "feed_forward_norm": "norm3",
}


def transformer(state: State, layers: int) -> dict[str, Tensor]:
    """The state of `gallery.transformer.encoder_decoder` as that of `nn.Transformer`."""
    found = {}
    for stack, members in (("encoder", ENCODER), ("decoder", DECODER)):
        for word in ("weight", "bias"):
            found[f"{stack}.norm.{word}"] = state[f"{stack}_norm.{word}"]
        for layer in range(layers):
            for ours, theirs in members.items():
                own = inside(state, f"{stack}.{layer}.{ours}.")
                copied = heads_first(own, layout="h k") if theirs.endswith("attn") and own else own
                found |= {f"{stack}.layers.{layer}.{theirs}.{key}": array for key, array in copied.items()}
    return found


def recurrent(state: State) -> dict[str, Tensor]:
    """Weights of one layer of our `lstm`, `gru` or `rnn` as those of layer 0 of torch's: gates join the state."""
    found = {}
    for key, array in state.items():
        word, _, reverse = key.partition("_reverse")
        rows = array.flatten(0, array.ndim - (2 if "weight" in key else 1))
        found[f"{word}_l0{'_reverse' if key.endswith('_reverse') else reverse}"] = rows
    return found
