"""Every region lies in a document, bodies and all, and is listed with the names of its circuits."""

import pytest

from circuits import (
    Circuit,
    Wire,
    build,
    dumps,
    elementwise,
    fixed_point,
    loads,
    mixture,
    ode,
    reversible,
    surrogate,
    while_loop,
)
from circuits.regions.derivative import derivative

STEP = build("step", {"h": "[m]"}, lambda h: h * 0.5)
OTHER = build("other", {"h": "[m]"}, lambda h: elementwise("sin(h)", h))
LARGE = build("large", {"s": "[]"}, lambda s: elementwise("s > 1.0", s))


def _weighted(h: Wire, p: Wire) -> Wire:
    made: Wire = mixture((STEP, OTHER), p, h, axis="e")
    return made


CASES = {
    "fixed_point": build("f", {"h": "[m]"}, lambda h: fixed_point(STEP, h, tolerance=1e-3, limit=7)),
    "ode": build("f", {"h": "[m]"}, lambda h: ode(STEP, h, method="heun", steps="2*n"), sizes={"n": 2}),
    "while": build("f", {"h": "[m]", "s": "[]"}, lambda h, s: while_loop(STEP, LARGE, h, s)),
    "reversible": build("f", {"h": "[m]"}, lambda h: dict(zip("ab", reversible(STEP, OTHER, h, h), strict=True))),
    "mixture": build("f", {"h": "[m]", "p": "[e]"}, _weighted),
    "derivative": build("f", {"h": "[m]"}, lambda h: derivative(OTHER, h, wrt="h h", value=True)[1]),
    "surrogate": build("f", {"h": "[m]"}, lambda h: surrogate(h, forward="floor(h)", backward="1.0")),
}
LISTED = {
    "while": "step, condition=large",
    "reversible": "f=step, g=other",
    "mixture": "slots='step other'",
    "fixed_point": "step, tolerance=0.001, limit=7",
}


@pytest.mark.parametrize("name", CASES)
def test_it_lies_in_a_document(name: str) -> None:
    circuit: Circuit = CASES[name].valid()
    assert loads(dumps(circuit)) == circuit


@pytest.mark.parametrize("name", LISTED)
def test_it_is_listed(name: str) -> None:
    assert LISTED[name] in str(CASES[name])
