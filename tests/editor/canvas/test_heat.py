"""Nodes coloured by cost or by training: who has a colour, how hot it is, and what the legend says."""

import json

import pytest

from circuits import Wire, circuit, costs, einsum
from circuits.draw import QUANTITIES
from editor.canvas.desk import Desk
from editor.canvas.heat import Heat
from editor.document import Document
from editor.session import Session
from gallery import entry, names


@pytest.mark.parametrize("quantity", QUANTITIES)
@pytest.mark.parametrize("name", names())
def test_heat_of_costs_has_both_its_ends(name: str, quantity: str) -> None:
    desk = Desk(Session.of(Document(entry(name).circuit)), lambda _: None)
    desk.heat.by = quantity
    found = desk.heat.sections(desk.circuit, desk.sketch().figures)
    if not found["heat"]:
        assert not costs(desk.circuit).total.parameters and found["legend"]["problem"] == "No node has any."
        return
    levels = [level for level, _ in found["heat"].values()]
    assert max(levels) == 1.0 and min(levels) in (0.0, 1.0)
    said = {words for _, words in found["heat"].values()}
    assert {found["legend"]["low"], found["legend"]["high"]} <= said


def test_a_node_is_coloured_by_what_it_costs() -> None:
    circuit = entry("digit_classifier").circuit
    desk = Desk(Session.of(Document(circuit)), lambda _: None)
    desk.receive(json.dumps({"ask": "heat", "by": "parameters"}))
    owned = {row.path for row in costs(circuit).rows(depth=1) if row.cost.parameters}
    assert set(desk.state()["heat"]) == owned
    desk.receive(json.dumps({"ask": "heat", "by": ""}))
    assert desk.state()["heat"] == {} and desk.state()["legend"]["by"] == ""


def test_what_was_trained_is_shown_by_rounds_put_together_and_inside_what_is_closed() -> None:
    desk = Desk(Session.of(Document(entry("vit_digits").circuit)), lambda _: None)
    desk.opened = frozenset()
    desk.receive(json.dumps({"ask": "heat", "by": "trained gradients"}))
    assert desk.state()["legend"]["problem"] == "Train the circuit, and see this."
    gradients = {"blocks/0/inner": 3.0, "blocks/1/inner": 4.0, "logits": 0.5, "patch_map": float("nan")}
    desk.trained({"gradients": gradients})
    found = desk.state()
    assert found["heat"] == {"blocks": [1.0, "3.5"], "logits": [0.0, "0.5"]}
    assert (found["legend"]["low"], found["legend"]["high"], found["legend"]["problem"]) == ("0.5", "3.5", "")


def test_costs_that_nobody_knows_are_told() -> None:
    @circuit
    def unsized(x: Wire["i j"]) -> Wire["j"]:
        return einsum("i j -> j", x)

    found = Heat("bytes").sections(unsized, {})
    assert found["heat"] == {}
    assert found["legend"]["problem"] == (
        "unsized: expected a size for every axis, found none for i, j. "
        "Give sizes (i=..., j=...), or defaults in the circuit."
    )
