"""A network that is held to a differential equation.

Axes: p points, c coordinates, h hidden features.
"""

from circuits import Wire, circuit, elementwise, linear, reduce, stack, tanh
from circuits.regions.derivative import derivative


@circuit(axes={"c": "coordinates, place and time", "h": "hidden features"})
def field(x: Wire["[]"], t: Wire["[]"]) -> Wire["[]"]:
    """A number for every place and time: two hidden layers."""
    first = tanh(linear("c -> h", stack(x, t, axis="c"), name="enter"))
    second = tanh(linear("h -> h", first, name="middle"))
    return linear("h ->", second, name="leave")


@circuit(
    axes={"p": "points"},
    source="Raissi, Perdikaris & Karniadakis (2019), Physics-informed neural networks",
)
def burgers(x: Wire["p"], t: Wire["p"]) -> tuple[Wire["p"], Wire["[]"]]:
    """What the field leaves of Burgers' equation, u_t + u u_x - nu u_xx, and its mean square."""
    u, slope_t, slope_x, bend = derivative(field, x, t, wrt="t, x, x x", value=True, name="field")
    residual = elementwise("a + u * b - 0.003183 * c", slope_t, u, slope_x, bend)
    loss = reduce("mean", residual * residual, axes="p")
    return residual, loss
