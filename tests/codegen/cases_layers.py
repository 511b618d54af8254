"""Circuits for convolutions and recurrent layers over a grid of their options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import circuits as c
from circuits import Wire

from .cases import Case

Words = Mapping[str, Any]
CONVOLUTIONS: Mapping[str, Words] = {
    "same": {},
    "strided": {"stride": 2},
    "dilated": {"dilation": 2},
    "causal": {"padding": "causal"},
    "even": {"kernel": 2},
    "valid": {"padding": "valid", "kernel": "3 2", "out": "p q"},
    "grouped": {"groups": 2},
    "unbiased": {"bias": False},
    "padded": {"padding": 2, "kernel": 5, "stride": "2 1"},
    "named": {"kernel": "h a", "out": "p q", "padding": "causal"},
}
TRANSPOSED: Mapping[str, Words] = {
    "plain": {},
    "padded": {"kernel": 3, "padding": 1, "output_padding": 1},
    "grouped": {"groups": 2},
    "dilated": {"kernel": 3, "dilation": 2, "bias": False},
    "same": {"kernel": 3, "stride": 1, "padding": "same"},
    "uneven": {"kernel": 3, "stride": 2, "padding": "causal"},
}
RECURRENT: Mapping[str, Words] = {
    "plain": {},
    "reverse": {"reverse": True},
    "both": {"bidirectional": True},
    "unbiased": {"bias": False},
}


def _conv(words: Words) -> Case:
    inputs = {"x": "[c y x]"}
    return Case(inputs, lambda x: c.conv(x, "c -> d=6", over="y x", name="conv", **words), {"d": 6})


def _conv_1d(words: Words) -> Case:
    words = {**words, **({"stride": 2} if "stride" in words else {})}
    return Case({"x": "[x c]"}, lambda x: c.conv(x, "c -> d=6", over="x", name="conv", **words), {"d": 6})


def _depthwise(words: Words) -> Case:
    words = {key: value for key, value in words.items() if key != "groups"}
    return Case({"x": "[y c x]"}, lambda x: c.depthwise_conv(x, "c", over="y x", name="conv", **words))


def _transposed(words: Words) -> Case:
    def body(x: Wire) -> Wire:
        return c.conv_transposed(x, "c -> d=6", over="y x", out="p q", name="conv", **words)

    return Case({"x": "[c y x]"}, body, {"d": 6})


def _layer(name: str, words: Words) -> Case:
    op = getattr(c, name)

    def body(x: Wire) -> dict[str, Wire]:
        return dict(zip(("sequence", "h", "c"), op(x, "t m -> o=5", name="layer", **words), strict=False))

    return Case({"x": "[a t m]"}, body, {"o": 5})


def _from_states(name: str) -> dict[str, Case]:
    """Layers that begin with given states, in one direction and in both, and one step of the cell."""
    op, cell = getattr(c, name), getattr(c, f"{name}_cell")
    states = ("h", "c") if name == "lstm" else ("h",)
    words: Words = {"spec": "t m -> o=5", "initial": True, "name": "layer"}
    one, both, now = (
        {"x": f"[{axes}]", **dict.fromkeys(states, f"[{held}]")}
        for axes, held in (("t m a", "o"), ("t m", "both o"), ("a m", "a o"))
    )
    return {
        f"{name}_initial": Case(one, lambda x, *held: op(x, *held, **words)[0], {"o": 5}),
        f"{name}_both_initial": Case(
            both, lambda x, *held: op(x, *held, bidirectional=True, **words)[1], {"o": 5, "both": 2}
        ),
        f"{name}_cell": Case(now, lambda x, *held: cell(x, *held, spec="m -> o", name="cell"), {"o": 5}),
    }


def _wide(name: str) -> Case:
    op = getattr(c, name)
    return Case({"x": "[t m]"}, lambda x: op(x, "t m -> o=5 b", name="layer")[0], {"o": 5})


LAYERS: dict[str, Case] = {
    **{f"conv_{name}": _conv(words) for name, words in CONVOLUTIONS.items()},
    **{f"conv1d_{name}": _conv_1d(words) for name, words in CONVOLUTIONS.items() if "out" not in words},
    **{f"depthwise_conv_{name}": _depthwise(words) for name, words in CONVOLUTIONS.items()},
    **{f"conv_transposed_{name}": _transposed(words) for name, words in TRANSPOSED.items()},
    **{f"{op}_{name}": _layer(op, words) for op in ("rnn", "gru", "lstm") for name, words in RECURRENT.items()},
    **{f"{op}_wide": _wide(op) for op in ("rnn", "gru", "lstm")},
    "rnn_relu": _layer("rnn", {"nonlinearity": "relu"}),
}
for _op in ("rnn", "gru", "lstm"):
    LAYERS |= _from_states(_op)
