"""Loading programs and holding them against the reference interpreter."""

from __future__ import annotations

import inspect
import subprocess
import sys
import types
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from circuits import Circuit, Size, State, initial, parameters, run
from codegen import Program, build

RUFF = Path(sys.executable).with_name("ruff")


@contextmanager
def double_precision() -> Iterator[None]:
    """Torch's default type is double inside."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


def load(program: Program) -> type[torch.nn.Module]:
    """The main class of a program."""
    module = types.ModuleType("printed")
    exec(compile(program.source, "printed", "exec"), module.__dict__)
    found = module.__dict__[program.name]
    assert isinstance(found, type) and issubclass(found, torch.nn.Module)
    return found


def instance(program: Program, circuit: Circuit, sizes: Mapping[str, int]) -> torch.nn.Module:
    """The module at given sizes."""
    kind = load(program)
    known = circuit.checked.concrete(sizes)
    words = [word for word in inspect.signature(kind.__init__).parameters if word in sizes]
    return kind(**{word: known[word] for word in words})


def arrays(
    circuit: Circuit, sizes: Mapping[str, int], leading: Mapping[str, Sequence[int]], seed: int = 0
) -> dict[str, NDArray[Any]]:
    """Random inputs of the circuit's elements behind leading axes."""
    draw = np.random.default_rng(seed)
    known = circuit.checked.concrete(sizes)
    found: dict[str, NDArray[Any]] = {}
    for item in circuit.inputs:
        lengths = tuple(Size.name(axis).evaluate(known) for axis in item.type.axes)
        shape = (*leading.get(item.name, ()), *lengths)
        element = item.type.element
        match element.kind:
            case "Natural":
                assert element.bound is not None
                found[item.name] = draw.integers(0, circuit.checked.solution.size(element.bound).evaluate(known), shape)
            case "Index":
                found[item.name] = draw.integers(0, Size.name(element.axis).evaluate(known), shape)
            case "Int":
                found[item.name] = draw.integers(-3, 4, shape)
            case "Bool":
                found[item.name] = draw.random(shape) < 0.5
            case "Complex":
                found[item.name] = draw.normal(size=shape) + 1j * draw.normal(size=shape)
            case _:
                found[item.name] = draw.normal(size=shape)
    return found


def some_state(circuit: Circuit, sizes: Mapping[str, int], seed: int = 0) -> State:
    """Starting values, moved so that zeros and ones are told apart."""
    found = initial(circuit, sizes, seed)
    return {key: array + 0.3 * np.cos(np.arange(array.size)).reshape(array.shape) for key, array in found.items()}


def assert_same_state(module: torch.nn.Module, circuit: Circuit, sizes: Mapping[str, int]) -> None:
    """Keys and shapes of the module are the circuit's."""
    wanted = {key: item.shape for key, item in parameters(circuit, sizes).items()}
    assert {key: tuple(array.shape) for key, array in module.state_dict().items()} == wanted


def assert_equal(
    circuit: Circuit,
    *,
    sizes: Mapping[str, int] | None = None,
    leading: Sequence[int] | Mapping[str, Sequence[int]] = (),
    training: bool = False,
    tolerance: float = 1e-10,
    program: Program | None = None,
    inputs: Mapping[str, NDArray[Any]] | None = None,
    outputs: Sequence[str] = (),
) -> Program:
    """The program has the circuit's keys and shapes, and gives what the reference gives, in all or some outputs."""
    sizes = dict(sizes or {})
    program = program or build(circuit)
    lead = leading if isinstance(leading, Mapping) else {item.name: leading for item in circuit.inputs}
    given = dict(inputs) if inputs is not None else arrays(circuit, sizes, lead)
    state = some_state(circuit, sizes)
    expected = run(circuit, given, state, sizes=sizes, training=training)
    with double_precision():
        module = instance(program, circuit, sizes).train(training)
        assert_same_state(module, circuit, sizes)
        module.load_state_dict({key: torch.as_tensor(array) for key, array in state.items()})
        found = module(*(torch.as_tensor(given[item.name]) for item in circuit.inputs))
    results = found if isinstance(found, tuple) else (found,)
    for (name, wanted), output in zip(expected.outputs.items(), results, strict=True):
        if outputs and name not in outputs:
            continue
        array = output.detach().numpy()
        assert array.shape == np.shape(wanted), name
        assert (array.dtype.kind in "iu") == (np.asarray(wanted).dtype.kind in "iu"), name
        np.testing.assert_allclose(array, wanted, rtol=tolerance, atol=tolerance, err_msg=name)
    if training:
        for key, array in module.state_dict().items():
            np.testing.assert_allclose(array.numpy(), expected.state[key], rtol=tolerance, atol=tolerance, err_msg=key)
    return program


def assert_formatted(sources: Sequence[str], folder: Path) -> None:
    """`ruff format --check` and `ruff check` pass, as they come."""
    for number, source in enumerate(sources):
        (folder / f"program{number}.py").write_text(source, encoding="utf-8")
    for words in (["format", "--isolated", "--diff"], ["check", "--isolated"]):
        done = subprocess.run([RUFF, *words, folder], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[:5000] + done.stderr[:1000]
