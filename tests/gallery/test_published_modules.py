"""Gallery circuits and layers with the weights of torch's own modules: the same numbers, the same gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.func import functional_call

from circuits import Circuit, build, gru, log_softmax, lstm, parameters, rnn, softmax
from codegen import build as print_program
from gallery.attention import attention
from gallery.multi_head_attention import multi_head_attention
from gallery.transformer import encoder_decoder
from runtime.load import load_program
from tests.gallery import to_torch
from tests.gallery.agree import Case, Tensors, agree, interpreter_agrees, randoms, tensors

# torch's attention warns of slow paths that are of no concern here
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


def test_attention_is_scaled_dot_product_attention() -> None:
    def oracle(inputs: Tensors, state: Tensors) -> Tensor:
        return F.scaled_dot_product_attention(*inputs.values())

    inputs = {"q": randoms(4, 6), "k": randoms(5, 6, seed=1), "v": randoms(5, 6, seed=2)}
    agree(Case(attention, inputs, literal=True), oracle)


@pytest.mark.parametrize("kind", [softmax, log_softmax])
@pytest.mark.parametrize("axis", ["a", "b", "c"])
def test_softmax_over_any_axis(kind: Any, axis: str) -> None:
    circuit = build("f", {"x": "a b c"}, lambda x: kind(x, axis=axis), outputs=["a b c"])
    function = {"softmax": F.softmax, "log_softmax": F.log_softmax}[kind.__name__]
    agree(
        Case(circuit, {"x": randoms(3, 4, 5)}, literal=True),
        lambda inputs, state: function(inputs["x"], "abc".index(axis)),
    )


def test_multi_head_attention_is_that_of_torch() -> None:
    theirs = nn.MultiheadAttention(12, 3, batch_first=True, dtype=torch.float64)

    def oracle(inputs: Tensors, state: Tensors) -> Tensor:
        y, x = (wire[None] for wire in inputs.values())
        weights = to_torch.heads_first(state, layout="k h")
        return functional_call(theirs, weights, (y, x, x), {"need_weights": False})[0][0]

    inputs = {"y": randoms(4, 12), "x": randoms(5, 12, seed=1)}
    agree(Case(multi_head_attention, inputs, {"h": 3, "k": 4}), oracle)


def torch_transformer(sizes: dict[str, int], **words: Any) -> nn.Transformer:
    """nn.Transformer, normalised behind the sum, as it is by default."""
    width = sizes["m"]
    made = nn.Transformer(width, sizes["h"], 6, 6, sizes["f"], batch_first=True, **words)
    return made.eval()


def causal(length: int) -> Tensor:
    """True where torch's target may not look."""
    return torch.ones(length, length, dtype=torch.bool).triu(1)


def test_small_transformer_in_the_interpreter() -> None:
    sizes = {"m": 8, "h": 2, "k": 4, "f": 12}
    case = Case(encoder_decoder, {"source": randoms(5, 8), "target": randoms(4, 8, seed=1)}, sizes)
    theirs = torch_transformer(sizes, dtype=torch.float64)
    weights = to_torch.transformer(tensors(case.weights), 6)
    assert set(weights) == set(theirs.state_dict())
    inputs = tensors(case.inputs)
    with torch.no_grad():
        source, target = (wire[None] for wire in inputs.values())
        expected = functional_call(theirs, weights, (source, target), {"tgt_mask": causal(4)})[0]
    interpreter_agrees(case, [expected])


def test_whole_transformer_is_that_of_torch() -> None:
    """At the base size, through the printed program, in single precision."""
    sizes = {"m": 512, "h": 8, "k": 64, "f": 2048}
    torch.manual_seed(0)
    ours = load_program(print_program(encoder_decoder).source)().eval()
    with torch.no_grad():
        for array in ours.parameters():
            array.add_(0.02 * torch.randn_like(array))
    assert ours.state_dict().keys() == parameters(encoder_decoder).keys()
    theirs = torch_transformer(sizes)
    theirs.load_state_dict(to_torch.transformer(ours.state_dict(), 6))
    source, target = torch.randn(2, 9, 512), torch.randn(2, 7, 512)
    found = ours(source, target)
    expected = theirs(source, target, tgt_mask=causal(7))
    assert (found - expected).abs().max() < 1e-5
    (found**2).mean().backward()
    (expected**2).mean().backward()
    slopes = to_torch.transformer({key: array.grad for key, array in ours.named_parameters()}, 6)
    for name, array in theirs.named_parameters():
        scale = max(1.0, array.grad.abs().max().item())
        torch.testing.assert_close(slopes[name], array.grad, rtol=1e-4, atol=1e-5 * scale, msg=name)


LAYERS = {"lstm": (lstm, nn.LSTM), "gru": (gru, nn.GRU), "rnn": (rnn, nn.RNN)}


def layer(kind: str, **words: Any) -> Circuit:
    """A circuit of one recurrent layer, with given first states."""
    function = LAYERS[kind][0]
    both = "d=2 " if words.get("bidirectional") else ""
    states = ["h0", "c0"] if kind == "lstm" else ["h0"]
    inputs = {"x": "t i", **dict.fromkeys(states if words.get("initial") else [], f"{both}o")}
    return build("f", inputs, lambda x, *rest: function(x, *rest, "t i -> o", name="layer", direction="d", **words))


@pytest.mark.parametrize("kind", LAYERS)
@pytest.mark.parametrize(
    "words",
    [{}, {"bias": False}, {"initial": True}, {"bidirectional": True}, {"bidirectional": True, "initial": True}],
    ids=lambda words: " ".join(words) or "plain",
)
def test_recurrent_layers_are_those_of_torch(kind: str, words: dict[str, Any]) -> None:
    circuit = layer(kind, **words)
    two = words.get("bidirectional", False)
    theirs = LAYERS[kind][1](
        3, 4, bias=words.get("bias", True), bidirectional=two, batch_first=True, dtype=torch.float64
    )

    def oracle(inputs: Tensors, state: Tensors) -> list[Tensor]:
        x, *start = inputs.values()
        rows = [wire.reshape(2 if two else 1, 1, 4) for wire in start]
        given = (tuple(rows) if kind == "lstm" else rows[0]) if start else None
        sequence, last = functional_call(theirs, to_torch.recurrent(to_torch.inside(state, "layer.")), (x[None], given))
        lasts = list(last) if kind == "lstm" else [last]
        shown = sequence[0].unflatten(-1, (2, 4)) if two else sequence[0]
        return [shown, *(wire[:, 0] if two else wire[0, 0] for wire in lasts)]

    shape = (2, 4) if two else (4,)
    start = {item.name: randoms(*shape, seed=place) for place, item in enumerate(circuit.inputs[1:], 1)}
    agree(Case(circuit, {"x": randoms(5, 3), **start}, {"o": 4}), oracle)


def test_relu_rnn_and_reverse() -> None:
    circuit = build("f", {"x": "t i"}, lambda x: rnn(x, "t i -> o", nonlinearity="relu", reverse=True, name="layer"))
    theirs = nn.RNN(3, 4, nonlinearity="relu", batch_first=True, dtype=torch.float64)

    def oracle(inputs: Tensors, state: Tensors) -> list[Tensor]:
        weights = to_torch.recurrent(to_torch.inside(state, "layer."))
        sequence, last = functional_call(theirs, weights, (inputs["x"].flip(0)[None],))
        return [sequence[0].flip(0), last[0, 0]]

    agree(Case(circuit, {"x": randoms(5, 3)}, {"o": 4}), oracle)


def test_numbers_are_numbers() -> None:
    """The oracle is not met by chance: another weight gives another number."""
    case = Case(attention, {"q": randoms(4, 6), "k": randoms(5, 6, seed=1), "v": randoms(5, 6, seed=2)})
    with pytest.raises(AssertionError):
        agree(case, lambda inputs, state: F.scaled_dot_product_attention(*inputs.values(), scale=0.41))
    assert np.isfinite(case.inputs["q"]).all()
