"""A circuit and data as a task: the printed program is the model, a loss circuit printed likewise the objective."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn

from circuits import ArrayType, Circuit, Wire, binary_cross_entropy, build, cast, cross_entropy, dumps
from codegen import build as build_program

from .data import Array, Batch, Data, load_data, sources
from .errors import Problem, TaskError
from .load import load_program
from .task import Outputs, Task


def circuit_task(circuit: Circuit, data: Data) -> Task:
    """The task of training a circuit on a data set.

    The circuit's inputs are fed by name where the data has arrays of their names, else in order; its only output is
    scored by the loss of the data's kind. Raises CircuitError if the circuit has problems, TaskError if circuit and
    data do not fit.
    """
    circuit.valid()
    sizes = fitted_sizes(circuit, data)
    program = build_program(circuit, sizes=sizes)
    scoring = objective_circuit(circuit, data)
    known = {name: number for name, number in sizes.items() if name in scoring.checked.names}
    objective = build_program(scoring, sizes=known)
    return Task(
        lambda: load_program(program.source)(),
        scored(load_program(objective.source)(), data),
        data,
        documents={"circuit": dumps(circuit), "program": program.source, "objective": objective.source},
    )


def fitting_data(circuit: Circuit, name: str, **given: int) -> Data:
    """The data set of this name in the form the circuit takes: with a channel axis or without, of its window.

    `given` are options of the data that stand above what the circuit asks for.
    """
    options = {}
    known = {option.name for source in sources() if source.name == name for option in source.options}
    axes = sample_axes(circuit, circuit.inputs[0].type) if circuit.inputs else ()
    defaults = circuit.checked.known({})
    if "c" in known and len(axes) == 3:
        options["c"] = 1
    for axis in axes:
        if axis in known and axis != "c" and axis in defaults:
            options[axis] = defaults[axis]
    return load_data(name, **{**options, **given})


def fitted_sizes(circuit: Circuit, data: Data) -> dict[str, int]:
    """The sizes of the circuit's inputs as the data gives them; raises TaskError, with all problems, where none fit."""
    arrays = [array for array in data.arrays if array.role == "input"]
    if len(arrays) != len(circuit.inputs) or len(circuit.outputs) != 1:
        found = f"{len(circuit.inputs)} inputs and {len(circuit.outputs)} outputs"
        fix = "Train a circuit that takes what the data gives."
        expected = f"{len(arrays)} inputs ({', '.join(array.name for array in arrays)}) and 1 output"
        raise TaskError(Problem(f"{circuit.name} on '{data.name}'", expected, found, fix))
    sizes: dict[str, int] = {}
    problems = []
    for item, array in zip(circuit.inputs, arrays, strict=True):
        axes = sample_axes(circuit, item.type)
        if len(axes) != len(array.axes) or item.type.element.kind != array.element.partition("(")[0]:
            fix = "Change the circuit's input, or choose other data."
            problems.append(Problem(f"{circuit.name}/{item.name}", array.type, str(item.type), fix))
            continue
        sizes.update(zip(axes, (data.axis_sizes[axis] for axis in array.axes), strict=True))
        bound = array.bound(data.axis_sizes)
        if bound is not None and item.type.element.bound is not None:
            sizes.update(dict.fromkeys(item.type.element.bound.names, bound))
    if problems:
        raise TaskError(*problems)
    return sizes


def sample_axes(circuit: Circuit, found: ArrayType) -> tuple[str, ...]:
    """The axes of one sample: those of the type that the glossary does not call a batch."""
    batch = {axis.name for axis in circuit.axes if axis.role == "batch"}
    return tuple(axis for axis in found.axes if axis not in batch)


def objective_circuit(circuit: Circuit, data: Data) -> Circuit:
    """The loss of the data's kind over the circuit's output and the data's target, a scalar an example or place."""
    (output,) = circuit.outputs
    found = output.type or circuit.checked.type(output.wire)
    target = next(array for array in data.arrays if array.role == "target")
    found = ArrayType(found.element, sample_axes(circuit, found), found.space)
    logits = len(found.axes) == len(target.axes)
    axes = found.axes if logits else found.axes[:-1]
    if len(axes) != len(target.axes) or (logits and data.kind != "segment"):
        fix = "Let the circuit return the scores of the classes on its last axis."
        expected = f"an output of axes [{' '.join((*target.axes, 'class'))}]"
        raise TaskError(Problem(f"{circuit.name}/{output.name}", expected, str(found), fix))

    def binary(scores: Wire, target: Wire) -> Wire:
        return binary_cross_entropy(scores, cast(target, element="Real"))

    def classes(scores: Wire, target: Wire) -> Wire:
        return cross_entropy(scores, target, axis=found.axes[-1])

    bound = "2" if logits else found.axes[-1]
    inputs = {"scores": str(found), "target": f"Natural({bound})[{' '.join(axes)}]"}
    return build("objective", inputs, binary if logits else classes).valid()


def scored(objective: nn.Module, data: Data) -> Callable[[Outputs, Batch], Tensor]:
    """The mean of an objective over a batch; over the places asked for where the data says which."""
    target = next(array for array in data.arrays if array.role == "target")
    asked: Array | None = next((array for array in data.arrays if array.name == "asked"), None)

    def loss(outputs: Outputs, batch: Batch) -> Tensor:
        losses: Tensor = objective(outputs, batch[target.name])
        if asked is None:
            return losses.mean()
        wanted = batch[asked.name].to(losses.dtype)
        return (losses * wanted).sum() / wanted.sum().clamp(min=1)

    return loss
