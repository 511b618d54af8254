"""Looking into wires: what is seen is what the circuit computes, and looking changes nothing."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from circuits import Circuit, Named, Place, initial, run
from gallery import entry
from runtime import TaskError, Wish, by_node, circuit_task, find_wire, fitting_data, look, state_of, wire_names
from tests.strategies import arrays, circuits


@given(circuit=circuits(), data=st.data())
def test_every_wire_of_a_circuit_can_be_looked_at(circuit: Circuit, data: st.DataObject) -> None:
    names = wire_names(circuit)
    assume(names and not circuit.problems)
    name = data.draw(st.sampled_from(names))
    found = find_wire(circuit, name)
    seen: list[tuple[int, ...]] = []

    def watch(place: Place, wire: str, array: Named) -> None:
        if (place.nodes, wire) == (found.nodes, found.wire):
            seen.append(tuple(array.array.shape))

    inputs = arrays(circuit, 0)
    plain, watched = run(circuit, inputs), run(circuit, inputs, watch=watch)
    for key, value in plain.outputs.items():
        np.testing.assert_array_equal(watched[key], value)
    assume(seen)
    state = initial(circuit, circuit.checked.known({}), 0)
    made = look(circuit, list(inputs.values()), state, Wish(name))
    assert made.shape == seen[-1] and made.rounds == len(seen)
    assert sum(made.counts) + made.missing == np.prod(made.shape)


def test_attention_is_found_by_its_softmax_and_its_rows_sum_to_one() -> None:
    found = entry("vit_digits")
    data = fitting_data(found.circuit, found.data)
    model = circuit_task(found.circuit, data).build(0)
    wish = Wish("blocks/attention/mixed/weights", sample=2, round=1)
    assert wish.wire in wire_names(found.circuit)
    seen = look(found.circuit, [data.test["image"][:3].double().numpy()], state_of(model), wish)
    assert (seen.axes, seen.shape) == (("sample", "h", "n", "n'"), (3, 4, 16, 16))
    assert (seen.round, seen.rounds) == (1, 4)
    assert seen.map is not None
    assert (seen.map.kind, seen.map.rows, seen.map.columns) == ("attention", "n", "n'")
    assert seen.map.titles == ("h = 0", "h = 1", "h = 2", "h = 3")
    np.testing.assert_allclose(np.sum(seen.map.values, axis=2), 1)


def test_an_image_is_a_picture_of_its_sample() -> None:
    found = entry("digit_classifier")
    data = fitting_data(found.circuit, "digits")
    images = data.test["image"][:5].double().numpy()
    model = circuit_task(found.circuit, data).build(0)
    seen = look(found.circuit, [images], state_of(model), Wish("image", sample=3))
    assert seen.map is not None
    assert (seen.map.kind, seen.map.rows, seen.map.columns, seen.map.titles) == ("image", "y", "x", ("",))
    np.testing.assert_array_equal(seen.map.values[0], images[3])
    assert look(found.circuit, [images], state_of(model), Wish("first")).map is None


def test_what_is_seen_is_what_the_program_computes() -> None:
    found = entry("digit_classifier")
    data = fitting_data(found.circuit, "digits")
    task = circuit_task(found.circuit, data)
    model = task.build(0).eval()
    batch = {name: array[:4] for name, array in data.test.items()}
    values = task.apply(model, batch).detach().numpy()
    seen = look(found.circuit, [batch["image"].double().numpy()], state_of(model), Wish("logits"))
    assert seen.mean == pytest.approx(values.mean(), abs=1e-6)
    assert seen.deviation == pytest.approx(values.std(), abs=1e-6)


def test_a_name_that_no_wire_has_is_refused() -> None:
    circuit = entry("digit_classifier").circuit
    with pytest.raises(TaskError) as caught:
        find_wire(circuit, "frist")
    assert str(caught.value) == (
        "digit_classifier, look: expected the name of a wire, found 'frist'. Choose another one. Did you mean 'first'?"
    )


def test_learned_arrays_are_summed_up_by_node() -> None:
    circuit = entry("digit_classifier").circuit
    task = circuit_task(circuit, fitting_data(circuit, "digits"))
    model = task.build(0)
    before = by_node(model)
    assert before["gradients"] == {} and list(before["parameters"]) == ["first_map", "second_map", "logits"]
    task.loss(task.apply(model, task.data.batch(0, 8, 0)), task.data.batch(0, 8, 0)).backward()
    after = by_node(model)
    assert after["parameters"] == before["parameters"]
    assert set(after["gradients"]) == set(after["parameters"])
    weights = [model.state_dict()[f"logits.{name}"].double() for name in ("weight", "bias")]
    square = sum(float(one.square().sum()) for one in weights) / sum(one.numel() for one in weights)
    assert after["parameters"]["logits"] == pytest.approx(square**0.5)
