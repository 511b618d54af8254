"""The laws of the notation on random circuits: passing over, order as layout, naming, saving."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from circuits import Circuit, build, call, dumps, initial, loads, run
from tests.strategies import arrays, circuits


@given(circuits())
def test_drawn_circuits_have_no_problems(circuit: Circuit) -> None:
    assert circuit.problems == ()


@given(circuits(), st.integers(0, 9))
def test_vectorised_equals_the_literal_loop(circuit: Circuit, seed: int) -> None:
    inputs = arrays(circuit, seed, leading=(2,))
    state = initial(circuit)
    fast, slow = run(circuit, inputs, state), run(circuit, inputs, state, literal=True)
    for name, array in fast.outputs.items():
        np.testing.assert_allclose(array, slow[name], rtol=1e-9, atol=1e-11)


@given(circuits(), st.integers(0, 9))
def test_a_leading_axis_passes_over(circuit: Circuit, seed: int) -> None:
    inputs = arrays(circuit, seed, leading=(3,))
    state = initial(circuit)
    together = run(circuit, inputs, state)
    for index in range(3):
        alone = run(circuit, {name: array[index] for name, array in inputs.items()}, state)
        for name, array in alone.outputs.items():
            found = np.broadcast_to(together[name], (3, *array.shape)) if inputs else together[name][None]
            np.testing.assert_allclose(found[index], array, rtol=1e-9, atol=1e-11)


@given(circuits())
def test_saving_and_loading_gives_the_same_circuit_and_bytes(circuit: Circuit) -> None:
    text = dumps(circuit)
    again = loads(text)
    assert again == circuit
    assert dumps(again) == text


@given(circuits(), st.integers(0, 9))
def test_a_use_under_equal_names_is_the_circuit_itself(circuit: Circuit, seed: int) -> None:
    types = {item.name: str(item.type) for item in circuit.inputs}
    around = build("around", types, lambda *wires: _named(circuit, call(circuit, *wires, name="inner")))
    inputs = arrays(circuit, seed)
    sizes = circuit.checked.known({})
    state = initial(circuit, sizes)
    lifted = {f"inner.{key}": array for key, array in state.items()}
    inside, outside = run(circuit, inputs, state), run(around, inputs, lifted, sizes=sizes)
    for name, array in inside.outputs.items():
        np.testing.assert_array_equal(np.sort(np.ravel(array)), np.sort(np.ravel(outside[name])))


def _named(circuit: Circuit, made: object) -> dict[str, object]:
    wires = made if isinstance(made, tuple) else (made,)
    return {output.name: wire for output, wire in zip(circuit.outputs, wires, strict=True)}


@given(circuits(), st.data())
def test_checking_an_edit_equals_checking_anew(circuit: Circuit, data: st.DataObject) -> None:
    circuit.valid()
    assume(circuit.nodes)
    node = data.draw(st.sampled_from(circuit.nodes))
    other = data.draw(st.sampled_from(circuit.nodes))
    edited = circuit.with_node(replace(node, op=other.op))
    anew = loads(dumps(edited))
    assert [str(problem) for problem in edited.problems] == [str(problem) for problem in anew.problems]
    assert dict(edited.checked.types) == dict(anew.checked.types)
