"""The shelves of the palette: a person's own parts, then ops under the words they are looked for by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..commands import AddCall
from ..palette import Entry

_SHELVES = (
    ("Learned maps", "linear embedding mlp gated_mlp conv depthwise_conv conv_transposed parameter"),
    ("Attention", "attention multi_head_attention linear_attention additive_attention hopfield softmax masked_softmax"),
    ("Wiring", "einsum broadcast rename permute split merge concat unconcat stack unstack slice index diagonal"),
    ("Elementwise", "elementwise identity relu gelu silu sigmoid tanh exp log sqrt square abs sin cos softplus"),
    ("Normalise", "layer_norm rms_norm batch_norm group_norm instance_norm l2_normalize dropout drop_path"),
    ("Reduce and pool", "reduce arg max_pool avg_pool global_avg_pool global_max_pool topk cumsum"),
    ("Sequences", "rnn gru lstm rnn_cell gru_cell lstm_cell ema delta_rule sinusoidal rotary causal_mask"),
    ("Losses", "cross_entropy nll mse mae huber binary_cross_entropy kl_divergence dice_loss info_nce"),
)
_PLACES = {kind: (title, place) for title, kinds in _SHELVES for place, kind in enumerate(kinds.split())}
_OWN = "My parts"
_ORDER = [_OWN, *(title for title, _ in _SHELVES), "Circuits", "More"]


def shelved(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """What can be added as data, shelf by shelf; ops on none stand under "More", circuits under their own words."""
    found = [_entry(one) for one in entries]
    return sorted(found, key=lambda one: _place(one["group"], one["label"]))


def listed(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """What can be added as data, in the order given."""
    return [_entry(one) for one in entries]


def _place(shelf: str, label: str) -> tuple[int, int]:
    shelf_place = _ORDER.index(shelf) if shelf in _ORDER else len(_ORDER)
    return shelf_place, _PLACES.get(label, ("", 1000))[1]


def _entry(entry: Entry) -> dict[str, Any]:
    """Something that can be added: its note are the attributes that are filled in; a part is sent by its name."""
    own = isinstance(entry.command, AddCall) and entry.command.given is not None
    command = (entry.command.model_copy(update={"given": None}) if own else entry.command).data()
    is_op = command["do"] == "AddNode"
    if own:
        command["part"] = entry.label
    shelf = _PLACES.get(entry.label, ("More", 0))[0] if is_op else _OWN if own else "Circuits"
    note = " ".join(map(str, command.get("attributes", {}).values())) if is_op else "part" if own else "circuit"
    return {
        "label": entry.label,
        "note": note,
        "says": entry.title,
        "group": shelf,
        "command": command,
        "port": entry.port,
    }
