"""Circuits as tasks: what fits is trained, what does not is told why."""

from __future__ import annotations

import pytest

from circuits import Axis, Circuit, Wire, batch_norm, circuit, embedding, linear, merge, reduce, relu
from runtime import Settings, TaskError, circuit_task, fitting_data, load_data, settings_for, train


@circuit(sizes={"n": 16})
def small(image: Wire["y x"]) -> Wire["k=10"]:
    """A classifier of two layers."""
    return linear("n -> k", relu(linear("yx -> n", merge(image, "y x -> yx"))))


@circuit(sizes={"n": 8}, axes={"b": Axis("b", "images", "batch")})
def normalised(image: Wire["b c y x"]) -> Wire["b k=10"]:
    """A classifier that mentions the batch."""
    hidden = batch_norm(linear("c -> n", image), channel="n", axes="b y x")
    return linear("n -> k", reduce("mean", relu(hidden), axes="y x"))


@circuit(sizes={"m": 8})
def characters(tokens: Wire["Natural(v)[t]"]) -> Wire["t v"]:
    """Scores of the next character from this one."""
    return linear("m -> v", embedding(tokens, "v -> m"))


@pytest.mark.parametrize(("model", "name"), [(small, "digits"), (normalised, "digits"), (characters, "text")])
def test_a_few_steps_lower_the_loss(model: Circuit, name: str) -> None:
    data = fitting_data(model, name)
    run = train(circuit_task(model, data), settings_for({"steps": 30, "batch_size": 32, "learning_rate": 1e-2}))
    losses = [value for _, value in run.series("loss")]
    assert sum(losses[-5:]) < sum(losses[:5])
    assert {"circuit", "program", "objective"} <= circuit_task(model, data).documents.keys()


def test_the_same_seed_gives_the_same_weights() -> None:
    data = load_data("digits")
    first, second = (train(circuit_task(small, data), Settings(steps=5, seed=3)).model.state_dict() for _ in range(2))
    assert all(first[key].equal(second[key]) for key in first)


def test_data_of_another_rank_is_refused() -> None:
    with pytest.raises(TaskError) as caught:
        circuit_task(small, load_data("digits", c=1))
    assert str(caught.value) == (
        "small/image: expected Real[c y x], found [y x]. Change the circuit's input, or choose other data."
    )


def test_an_output_of_another_rank_is_refused() -> None:
    with pytest.raises(TaskError) as caught:
        circuit_task(small, load_data("parity"))
    assert "small/image: expected Natural(2)[t], found [y x]." in str(caught.value)
