"""Reversible blocks: what goes in comes back out."""

import numpy as np
import pytest

from circuits import AttributeProblem, Circuit, Wire, build, elementwise, linear, parameters, reversible, run
from tests.circuits.regions.laws import check_passing
from tests.circuits.rewrites.agree import check_flat, check_reverse, normal

F = build(
    "F",
    {"u": "[m]", "c": "[m]"},
    lambda u, c: elementwise("tanh(a) * c", linear("h -> m", linear("m -> h=5", u)), c),
)
G = build("G", {"v": "[m]"}, lambda v: linear("h -> m", elementwise("sin(a)", linear("m -> h=4", v))))


def _there_and_back() -> Circuit:
    def body(x1: Wire, x2: Wire, c: Wire) -> dict[str, Wire]:
        y1, y2 = reversible(F, G, x1, x2, c, name="block")
        z1, z2 = reversible(F, G, y1, y2, c, inverse=True, weights="block", name="back")
        return {"y1": y1, "y2": y2, "z1": z1, "z2": z2}

    return build("there_and_back", {"x1": "[m=3]", "x2": "[m]", "c": "[m]"}, body).valid()


def _block() -> Circuit:
    def body(x1: Wire, x2: Wire, c: Wire) -> dict[str, Wire]:
        return dict(zip(("y1", "y2"), reversible(F, G, x1, x2, c), strict=True))

    return build("block", {"x1": "[m=3]", "x2": "[m]", "c": "[m]"}, body).valid()


def test_the_inverse_gives_back_what_went_in() -> None:
    inputs = normal(x1=(4, 3), x2=(4, 3), c=(3,))
    found = run(_there_and_back(), inputs)
    np.testing.assert_allclose(found["z1"], inputs["x1"], atol=1e-14)
    np.testing.assert_allclose(found["z2"], inputs["x2"], atol=1e-14)
    assert np.abs(found["y1"] - inputs["x1"]).max() > 0.01


def test_both_directions_share_their_parameters() -> None:
    assert {key.rsplit(".", 2)[0] for key in parameters(_there_and_back())} == {"block.f", "block.g"}


def test_laws() -> None:
    inputs = normal(x1=(3,), x2=(3,), c=(3,))
    check_passing(_there_and_back(), inputs)
    check_flat(_there_and_back(), inputs)
    check_reverse(_there_and_back(), inputs)
    check_reverse(_block(), inputs)


def test_halves_that_do_not_fit_are_told() -> None:
    wide = build("wide", {"u": "[m]"}, lambda u: linear("m -> k=5", u))
    with pytest.raises(AttributeProblem) as caught:
        build("f", {"x": "[m]"}, lambda x: reversible(wide, G, x, x)[0])
    assert str(caught.value) == (
        "reversible (reversible): expected 'wide' to give what 'G' reads [m], found [k]. Make the halves agree."
    )
