"""The picture of a backward pass: the circuit above, what pulls cotangents back through it mirrored below.

The backward row is read from the right: every gradient leaves where its value entered. What the forward pass keeps is
dropped above and grabbed below. Weights stay implicit, as they do in the circuit itself.
"""

from __future__ import annotations

from ..circuit import Circuit
from ..rewrites.backward import backward
from ..rewrites.fitting import CONTINUOUS
from ..rewrites.lift_parameters import lift_parameters
from .backward_diagram import backward_diagram
from .detail import Detail
from .expand import expand
from .layout import planned
from .scene import Scene
from .system_breaks import broken_systems
from .systems import Systems
from .theme import Style


def backward_picture(
    circuit: Circuit,
    detail: Detail | None = None,
    style: Style | None = None,
    *,
    weights: bool = False,
    width: float = 0.0,
) -> Scene:
    """The scene of a circuit above its backward pass.

    Gradients are those of the real inputs (of the first parameters where no input is real), with `weights` those of all
    parameters too. With a `width`, in units of the scene, both passes are broken alike into rows of at most that width,
    each with its part of the backward pass below it. Raises CircuitError if the circuit has problems,
    AttributeProblem where no gradient flows.
    """
    detail, style = detail or Detail(), style or Style()
    found = backward(circuit, None if weights else _ends(circuit))
    upper = expand(circuit, detail)
    lower = backward_diagram(found, circuit, upper, detail)
    first, second = (planned(one, style) for one in (upper, lower.diagram))
    above, below = broken_systems(first, second, width)
    return Systems(above, below, lower, style).composed(detail.title or circuit.name.replace("_", " "))


def _ends(circuit: Circuit) -> list[str]:
    """Real inputs; where there are none, the parameters that stand before all others."""
    inputs = [item.name for item in circuit.inputs if item.type.element in CONTINUOUS]
    if inputs:
        return inputs
    keys = lift_parameters(circuit).names
    reached: set[str] = set()
    found: list[str] = []
    for node in circuit.checked.order:
        own = [key for key in keys if key.startswith(f"{node.weights or node.name}.")]
        if reached.isdisjoint(node.wires):
            found += [key for key in own if key not in found]
        if own or not reached.isdisjoint(node.wires):
            reached.update(node.outputs())
    return found
