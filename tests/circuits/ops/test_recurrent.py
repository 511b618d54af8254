"""Recurrent cells and layers against torch with copied weights, in both directions; and every message."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from circuits import Circuit, Wire, build, parameters, run
from circuits.ops.cells import gru_cell, lstm_cell, rnn_cell
from circuits.ops.recurrent import gru, lstm, rnn
from tests.circuits.gradients import Array
from tests.circuits.laws import Traced, check_literal, problems
from tests.circuits.ops.composites import check, check_slopes, randoms

TOLERANCE: dict[str, Any] = {"rtol": 1e-12, "atol": 1e-12}
LAYERS: dict[str, tuple[Callable[..., tuple[Wire, ...]], type[torch.nn.RNNBase], str]] = {
    "rnn": (rnn, torch.nn.RNN, "h"),
    "gru": (gru, torch.nn.GRU, "h"),
    "lstm": (lstm, torch.nn.LSTM, "h c"),
}


def _state(circuit: Circuit, network: torch.nn.Module) -> dict[str, Array]:
    """The weights of torch under our keys: the gates are merged into the first axis there."""
    state = {}
    for key, item in parameters(circuit, {"i": 4}).items():
        word = key.removeprefix("layer.")
        theirs = word.replace("_ih", "_ih_l0").replace("_hh", "_hh_l0")
        state[key] = getattr(network, theirs).detach().numpy().reshape(item.shape)
    return state


def _network(kind: type[torch.nn.RNNBase], **words: Any) -> torch.nn.RNNBase:
    torch.manual_seed(0)
    made: torch.nn.RNNBase = kind(4, 3, batch_first=True, dtype=torch.float64, **words)
    return made


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("initial", [False, True])
@pytest.mark.parametrize("kind", LAYERS)
def test_layers_equal_torch(kind: str, initial: bool, both: bool, bias: bool) -> None:
    layer, theirs, states = LAYERS[kind]
    names = states.split()
    directions = "both " if both else ""

    def body(x: Wire, *start: Wire) -> tuple[Wire, ...]:
        words = dict(zip((f"{name}0" for name in names), start, strict=False))
        return layer(x, "t i -> o=3", bias=bias, bidirectional=both, initial=initial, name="layer", **words)

    begin = {f"{name}0": f"[b {directions}o]" for name in names} if initial else {}
    circuit = build("f", {"x": "[b t i]", **begin}, body).valid()
    x = randoms(2, 5, 4)
    arrays = {"x": x} | {name: randoms(2, *(2,) * both, 3, seed=seed) for seed, name in enumerate(begin, 1)}
    network = _network(theirs, bidirectional=both, bias=bias)
    outcome = run(circuit, arrays, _state(circuit, network))
    sequence, *last = (outcome[item.name] for item in circuit.outputs)
    # torch has the directions in front of the batch
    start = tuple(torch.tensor(arrays[name].reshape(2, -1, 3).swapaxes(0, 1).copy()) for name in begin)
    given = (start if kind == "lstm" else start[0]) if start else None
    expected, ends = network(torch.tensor(x), given)
    np.testing.assert_allclose(sequence.reshape(2, 5, -1), expected.detach().numpy(), **TOLERANCE)
    for found, end in zip(last, ends if kind == "lstm" else (ends,), strict=True):
        np.testing.assert_allclose(found.reshape(2, -1, 3).swapaxes(0, 1), end.detach().numpy(), **TOLERANCE)


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("kind", LAYERS)
def test_slopes_equal_torch(kind: str, both: bool) -> None:
    layer, theirs, _ = LAYERS[kind]
    network = _network(theirs, bidirectional=both)
    owning = build("f", {"x": "[t i]"}, lambda x: layer(x, "t i -> o=3", bidirectional=both, name="layer")).valid()
    weights = {key.removeprefix("layer."): array for key, array in _state(owning, network).items()}
    types = {weight.name: f"[{' '.join(weight.axes)}]" for weight in owning.nodes[0].op.signature.weights}

    def body(x: Wire, *rest: Wire) -> Wire:
        return layer(x, "t i -> o", bidirectional=both, **dict(zip(types, rest, strict=True)))[0]

    circuit = build("f", {"x": "[b t i]", **types}, body).valid()

    def oracle(x: torch.Tensor, *rest: torch.Tensor) -> torch.Tensor:
        made: torch.Tensor = torch.func.functional_call(network, dict(zip(names, _flat(rest), strict=True)), (x,))[0]
        return made.unflatten(-1, (2, 3)) if both else made

    names = [name.replace("_ih", "_ih_l0").replace("_hh", "_hh_l0") for name in types]
    check_slopes(circuit, {"x": randoms(2, 3, 4), **weights}, oracle)


@pytest.mark.parametrize("kind", LAYERS)
def test_reverse_is_the_second_direction(kind: str) -> None:
    layer = LAYERS[kind][0]
    one = build("f", {"x": "[t i]"}, lambda x: layer(x, "t i -> o=3", reverse=True, name="layer")).valid()
    two = build("f", {"x": "[t i]"}, lambda x: layer(x, "t i -> o=3", bidirectional=True, name="layer")).valid()
    x = randoms(5, 4)
    weights = {key: randoms(*item.shape, seed=1) for key, item in parameters(two, {"i": 4}).items()}
    own = {key: weights[f"{key}_reverse"] for key in parameters(one, {"i": 4})}
    backward, both = run(one, {"x": x}, own), run(two, {"x": x}, weights)
    for mine, theirs in zip(backward.outputs.values(), both.outputs.values(), strict=True):
        np.testing.assert_allclose(mine, theirs[..., 1, :], **TOLERANCE)


def test_rectified() -> None:
    circuit = build("f", {"x": "[b t i]"}, lambda x: rnn(x, "t i -> o=3", nonlinearity="relu", name="layer")[0]).valid()
    network, x = _network(torch.nn.RNN, nonlinearity="relu"), randoms(2, 5, 4)
    expected = network(torch.tensor(x))[0].detach().numpy()
    np.testing.assert_allclose(run(circuit, {"x": x}, _state(circuit, network)).only, expected, **TOLERANCE)


@pytest.mark.parametrize("kind", LAYERS)
def test_the_literal_loop(kind: str) -> None:
    circuit = build("f", {"x": "[b t i]"}, lambda x: LAYERS[kind][0](x, "t i -> o=3", bidirectional=True)).valid()
    check_literal(Traced(circuit, {"x": randoms(2, 3, 2)}))


WEIGHTS = {"weight_ih": "[{g}o i]", "weight_hh": "[{g}o o']", "bias_ih": "[{g}o]", "bias_hh": "[{g}o]"}


def _cell(op: Callable[..., Any], states: str, gate: str, **words: Any) -> Circuit:
    def body(x: Wire, *rest: Wire) -> Any:
        count = len(states.split())
        return op(x, *rest[:count], "i -> o", **dict(zip(WEIGHTS, rest[count:], strict=True)), **words)

    weights = {name: type.format(g=gate) for name, type in WEIGHTS.items()}
    return build("f", {"x": "[b i]", **dict.fromkeys(states.split(), "[b o]"), **weights}, body).valid()


def _cell_arrays(states: int, gates: int) -> dict[str, Array]:
    made = (gates,) if gates > 1 else ()
    arrays = {"x": randoms(2, 4)} | {f"s{place}": randoms(2, 3, seed=place) for place in range(states)}
    arrays |= {"weight_ih": randoms(*made, 3, 4), "weight_hh": randoms(*made, 3, 3)}
    return arrays | {"bias_ih": randoms(*made, 3, seed=1), "bias_hh": randoms(*made, 3, seed=2)}


def _flat(weights: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
    """Gates merged into the first axis."""
    gated = weights[0].ndim == 3
    return tuple(weight.flatten(0, 1) if gated else weight for weight in weights)


def _named(circuit: Circuit, arrays: dict[str, Array]) -> dict[str, Array]:
    return dict(zip((item.name for item in circuit.inputs), arrays.values(), strict=True))


@pytest.mark.parametrize("nonlinearity", ["tanh", "relu"])
def test_rnn_cell(nonlinearity: str) -> None:
    circuit = _cell(rnn_cell, "h", "", nonlinearity=nonlinearity)
    oracle = torch.rnn_tanh_cell if nonlinearity == "tanh" else torch.rnn_relu_cell
    check(circuit, _named(circuit, _cell_arrays(1, 1)), lambda x, h, *weights: oracle(x, h, *weights))


def test_gru_cell() -> None:
    circuit = _cell(gru_cell, "h", "g3 ")
    arrays = _named(circuit, _cell_arrays(1, 3))
    check(circuit, arrays, lambda x, h, *weights: torch.gru_cell(x, h, *_flat(weights)))


def test_lstm_cell() -> None:
    circuit = _cell(lstm_cell, "h c", "g4 ")
    arrays = _named(circuit, _cell_arrays(2, 4))
    check(circuit, arrays, lambda x, h, c, *weights: torch.lstm_cell(x, (h, c), *_flat(weights)))


def test_an_input_of_several_axes() -> None:
    def body(x: Wire, merged: Wire) -> tuple[Wire, Wire]:
        first = lstm(x, "t y x -> o=3", name="wide")[0]
        return first, lstm(merged, "t i -> o=3", name="flat")[0]

    circuit = build("f", {"x": "[t y=2 x=3]", "merged": "[t i=6]"}, body).valid()
    state = {key: randoms(*item.shape, seed=1) for key, item in parameters(circuit).items() if "wide" in key}
    state |= {key.replace("wide", "flat"): array for key, array in state.items()}
    state["flat.weight_ih"] = state["wide.weight_ih"].reshape(4, 3, 6)
    x = randoms(5, 2, 3)
    outcome = run(circuit, {"x": x, "merged": x.reshape(5, 6)}, state)
    np.testing.assert_allclose(*outcome.outputs.values(), **TOLERANCE)


def test_messages() -> None:
    def told(spec: str = "t i -> o", type: str = "[t i]", **words: Any) -> list[str]:
        return problems(lambda x: lstm(x, spec, **words), x=type)

    assert told() == []
    assert told("t i -> i") == [
        ("lstm (lstm): expected different axes on both sides of 't i -> i', found 'i' twice. Use a twin: i'.")
    ]
    assert told("t i -> t") == [
        (
            "lstm (lstm): expected axes of the state on the right of 't i -> t', found 't'. The axis it "
            "runs along stays; leave it out on the right."
        )
    ]
    assert told(" -> o") == [
        ("lstm (lstm): expected an axis to run along on the left of ' -> o', found none. Write 't i -> o'.")
    ]
    assert told("t i ->") == [
        "lstm (lstm): expected axes of the state on the right of 't i ->', found none. Write 'i -> o'."
    ]
    assert told("t i o") == ["lstm (lstm): expected a spec such as 't i -> o', found 't i o'. Write one '->'."]
    assert told("s i -> o") == ["f/lstm (lstm): expected an axis 's' at 'x', found [t i]. Rename an axis or add 's'."]
    assert told(reverse=True, bidirectional=True) == [
        "lstm (lstm): expected reverse or bidirectional, found both. Leave out reverse."
    ]
    assert told(bidirectional=True, direction="o") == [
        "lstm (lstm): expected every axis once in type '[t o o]', found 'o' 2 times. Use a twin: o'."
    ]
    assert problems(lambda x, h: lstm_cell(x, h, "i -> o"), x="[i]", h="[o]") == [
        "f/lstm_cell (lstm_cell): expected 3 inputs (x, h, c), found 2. Connect one wire to each port."
    ]
    assert problems(lambda x, h: rnn(x, "t i -> o", h0=h), x="[t i]", h="[o]") == [
        (
            "f/rnn (rnn): expected one of its weights ('weight_ih', 'weight_hh', 'bias_ih', 'bias_hh'), "
            "found 'h0'. Feed a weight it has."
        )
    ]
    assert problems(lambda x, h: rnn_cell(x, h, "i -> o=3"), x="[i]", h="[o=4]") == [
        (
            "f/rnn_cell (rnn_cell): expected o = 4 (axis 'o' is declared as 4 at f), found 3 (axis 'o' of "
            "'rnn_cell' is 3). Make the sizes equal, or give one axis another name."
        ),
        (
            "f/rnn_cell (rnn_cell): expected o = 4 (axis 'o' is declared as 4 at f), found 3 (axis 'o'' of "
            "'rnn_cell' is 3). Make the sizes equal, or give one axis another name."
        ),
    ]
