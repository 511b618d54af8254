"""Commands one by one: what they change, what they refuse, and the JSON they come in."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits import Circuit, CircuitloomError, build, dumps, linear, relu, to_document
from circuits.draw.remarks import remarks
from editor.commands import (
    REGISTRY,
    AddCall,
    AddInput,
    AddNode,
    AddOutput,
    ApplyFix,
    Collapse,
    Colour,
    Command,
    CommandError,
    Connect,
    Disconnect,
    EditDefinition,
    Feed,
    Float,
    Frame,
    Import,
    MakeSubcircuit,
    Note,
    Open,
    OrderHint,
    Pin,
    RemoveInput,
    RemoveNodes,
    RemoveOutput,
    RenameAxis,
    RenameNode,
    SetAttribute,
    SetAxis,
    SetConstraint,
    SetDoc,
    SetInput,
    SetOutput,
    SetSize,
    SetWeights,
    Tie,
    Together,
    apply,
    read,
)
from editor.document import Document
from editor.view_data import view_of
from gallery import entry

HEADS = entry("multi_head_attention").circuit
EMPTY = Circuit("empty")


def done(circuit: Circuit, *commands: Command) -> Circuit:
    document = Document(circuit)
    for command in commands:
        applied = apply(read(command.line()), document)
        assert [str(problem) for problem in applied.refusals] == []
        document = applied.document
    return document.main


def refused(command: Command, circuit: Circuit = HEADS) -> str:
    applied = apply(command, Document(circuit))
    assert applied.document.main is circuit
    return "\n".join(map(str, applied.refusals))


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (AddNode(op="sofmax"), "expected an op, found 'sofmax'. Choose one of the palette. Did you mean 'softmax'?"),
        (AddNode(op="repeat"), "expected an op that holds no circuit, found 'repeat'. Add a circuit with AddCall, or draw a region around nodes."),
        (AddNode(op="relu", inputs=("x", "y")), "expected at most 1 wires (x), found 2. Connect fewer."),
        (AddNode(op="relu", inputs=("n8.out",)), "expected a wire 'n8.out', found none. Connect one that is there. Did you mean 'n5.out'?"),
        (AddCall(circuit="attentoin"), "expected a circuit of this document or of the gallery, found 'attentoin'. Name one of them. Did you mean 'attention'?"),
        (AddCall(circuit="attention", new=True), "expected a name that no circuit has, found 'attention'. Name it otherwise, or use the one there."),
        (RemoveNodes(ids=("n9", "n1")), "expected a node with the id 'n9', found none. Select others."),
        (RemoveNodes(ids=()), "expected at least one node, found none. Select some."),
        (Connect(wire="y", node="n1", port="w"), "expected one of its ports or weights (x, weight, bias), found 'w'. Choose another."),
        (Connect(wire="y", node="n4", port=3), "expected one of its ports or weights (0, 1, 2), found '3'. Choose another."),
        (Connect(wire="y", port="end"), "expected an output 'end', found none. Choose one that is there."),
        (Feed(node="n1", weight="bais", wire="y"), "expected one of its ports or weights (weight, bias), found 'bais'. Choose another. Did you mean 'bias'?"),
        (RenameNode(node="n1", name="key"), "expected a name of its own, found 'key', which is taken. Name it otherwise."),
        (SetAttribute(node="n1", attribute="spce", value="m -> k"), "expected attributes of 'linear' (spec, bias), found spce: Extra inputs are not permitted. See its documentation."),
        (SetAttribute(node="n4", attribute="circuit", value="x"), "expected an attribute that is no circuit, found 'circuit'. Edit the circuit itself."),
        (Tie(node="n1", to="n1"), "expected another node to share weights with, found itself. Choose another, or none."),
        (RemoveInput(name="z"), "expected an input 'z', found none. Choose one that is there."),
        (AddInput(name="z", type="[m m]"), "expected every axis once in type '[m m]', found 'm' 2 times. Use a twin: m'."),
        (SetOutput(name="out", type="m ->"), "expected an axis name, found '->'. Use letters, digits and _, then ' for a twin."),
        (RenameAxis(axis="h", to="k"), "expected a name that no axis has, found 'k', which is taken. Name it otherwise."),
        (SetConstraint(text="m"), "expected an equation of sizes, found 'm'. Write m = h*k."),
        (SetAxis(name="h", size="8*"), "SetAxis: '8*': expected a number, a name or '(', found the end. Complete it."),
        (SetDoc(name="attention"), "expected a name that no circuit has, found 'attention', which is taken. Name it otherwise."),
        (OrderHint(above="n1", below="n1"), "expected two different things, found 'n1' twice. Choose another."),
        (Note(text="more", id="note7"), "expected a note 'note7', found none. Choose one that is there."),
        (Together(commands=(RenameNode(node="n1", name="q"), RemoveNodes(ids=("n7",)))), "expected a node with the id 'n7', found none. Select others."),
    ],
    ids=lambda value: value.do if isinstance(value, Command) else "",
)  # fmt: skip
def test_what_is_impossible_is_refused_with_the_reason(command: Command, expected: str) -> None:
    assert expected in refused(command)


def test_a_node_whose_attributes_are_missing_is_there_with_a_problem() -> None:
    made = done(EMPTY, AddInput(name="x", type="[m]"), AddNode(op="softmax", inputs=("x",)))
    assert [str(problem) for problem in made.problems] == [
        "empty/softmax (softmax): expected attributes of 'softmax' (axis), found axis: Field required. See its documentation."
    ]
    mended = done(made, SetAttribute(node="n1", attribute="axis", value="m"))
    assert mended.problems == ()
    assert mended.by_id["n1"].inputs == ("x",)


def test_several_missing_attributes_are_given_one_after_the_other() -> None:
    made = done(EMPTY, AddInput(name="x", type="[m]"), AddNode(op="reduce", inputs=("x",)))
    one = done(made, SetAttribute(node="n1", attribute="axes", value="m"))
    assert one.problems
    assert done(one, SetAttribute(node="n1", attribute="kind", value="sum")).problems == ()


def test_an_attribute_that_makes_no_op_is_refused_and_the_node_stays() -> None:
    assert refused(SetAttribute(node="n1", attribute="bias", value="perhaps")).startswith(
        "multi_head_attention/query (linear): expected attributes of 'linear' (spec, bias), found bias:"
    )


def test_wires_stay_at_ports_that_remain() -> None:
    main = build("main", {"x": "[m]", "y": "[m]"}, lambda x, y: x + y)
    other = done(main, SetAttribute(node="n1", attribute="expression", value="b * a - c"))
    assert other.by_id["n1"].inputs == ("y", "x", None)
    fewer = done(main, SetAttribute(node="n1", attribute="expression", value="tanh(b)"))
    assert fewer.by_id["n1"].inputs == ("y",)


def test_a_removed_node_leaves_loose_ends() -> None:
    left = done(HEADS, RemoveNodes(ids=("n5", "n2")))
    assert left.by_id["n4"].inputs == ("n1.out", None, "n3.out")
    assert [str(problem) for problem in left.problems] == [
        "multi_head_attention/attention (call): expected a wire at 'k', found nothing connected. Connect it.",
        "multi_head_attention/out (output): expected a wire that exists, found '?'. Connect the output.",
    ]
    again = done(left, AddNode(op="relu", inputs=("n4.out",)))
    assert again.nodes[-1].id == "n5"
    assert again.outputs[0].wire == "?"


def test_renamed_nodes_keep_their_ties() -> None:
    twice = build("twice", {"x": "[m]"}, lambda x: linear("m -> m", linear("m -> m", x)))
    tied = done(twice, Tie(node="n2", to="n1"), RenameNode(node="n1", name="first"))
    assert tied.by_id["n2"].weights == "first"
    assert tied.problems == ()
    assert done(tied, Tie(node="n2")).by_id["n2"].weights == ""


def test_a_weight_is_fed_and_owned_again() -> None:
    fed = done(HEADS, AddInput(name="w", type="[k h m]"), Feed(node="n1", weight="weight", wire="w"))
    assert fed.by_id["n1"].feeds == (("weight", "w"),)
    assert fed.problems == ()
    same = done(HEADS, AddInput(name="w", type="[k h m]"), Connect(wire="w", node="n1", port="weight"))
    assert same == fed
    owned = done(fed, Disconnect(node="n1", port="weight"), RemoveInput(name="w"))
    assert owned == HEADS


def test_a_renamed_input_is_followed() -> None:
    made = done(HEADS, SetInput(name="x", rename="keys", type="[x m]", doc="what is attended to"))
    assert made.inputs[1].name == "keys"
    assert made.by_id["n2"].inputs == made.by_id["n3"].inputs == ("keys",)
    assert made.problems == ()


def test_sizes_in_a_type_go_to_the_glossary() -> None:
    made = done(EMPTY, AddInput(name="x", type="[b m=8]"))
    assert str(made.inputs[0].type) == "[b m]"
    assert [(axis.name, str(axis.size)) for axis in made.axes] == [("m", "8")]


def test_an_axis_is_renamed_in_everything() -> None:
    renamed = done(HEADS, RenameAxis(axis="k", to="f"))
    assert "k" not in renamed.checked.names
    assert dict(renamed.sizes)["f"] == 64
    assert renamed.problems == ()
    assert done(renamed, RenameAxis(axis="f", to="k")).checked.types == HEADS.checked.types


def test_outputs_are_added_changed_and_removed() -> None:
    made = done(HEADS, AddOutput(name="out", wire="n4.out"), SetOutput(name="out_2", rename="heads", place=0))
    assert [item.name for item in made.outputs] == ["heads", "out"]
    assert done(made, RemoveOutput(name="heads")) == HEADS


def test_the_glossary_and_constraints_are_written() -> None:
    made = done(
        HEADS,
        SetAxis(name="m", size="h*k", role="feature", label="m"),
        SetConstraint(text="m = 512"),
        SetConstraint(text="m = 256", old="m = 512"),
        SetSize(name="h", value=None),
    )
    assert made.constraints == ("m = 256",)
    assert "h" not in dict(made.sizes)
    assert str(next(axis.size for axis in made.axes if axis.name == "m")) == "h*k"
    assert done(made, SetConstraint(text="", old="m = 256")).constraints == ()


def test_views_never_change_the_meaning() -> None:
    made = done(
        HEADS,
        Pin(node="n1", column=1, dy=2.5),
        Float(node="n2", at=(3.0, 4.0)),
        OrderHint(above="n1", below="x"),
        Open(path="n4"),
        Open(path="n4/n3"),
        Note(text="the heads never meet", node="n4", at=(0.0, 1.0)),
        Frame(nodes=("n1", "n2", "n3"), title="into the heads", colour="#aabbcc"),
        Colour(ids=("n1", "n2"), colour="accent"),
    )
    assert view_of(made) == {
        "pins": {"n1": {"column": 1, "dy": 2.5}},
        "floating": {"n2": [3.0, 4.0]},
        "order": [["n1", "x"]],
        "open": ["n4", "n4/n3"],
        "notes": {"note1": {"text": "the heads never meet", "node": "n4", "at": [0.0, 1.0]}},
        "frames": {"frame1": {"title": "into the heads", "nodes": ["n1", "n2", "n3"], "colour": "#aabbcc"}},
        "colours": {"n1": "accent", "n2": "accent"},
    }
    assert made.checked.types == HEADS.checked.types
    assert made.checked.circuit is made
    back = done(
        made,
        Pin(node="n1"),
        Float(node="n2"),
        OrderHint(above="x", below="n1", forget=True),
        Collapse(path="n4"),
        Collapse(path="n4/n3"),
        Note(text="", id="note1"),
        Frame(id="frame1"),
        Colour(ids=("n1", "n2")),
    )
    assert back == HEADS


def test_views_forget_nodes_that_are_removed() -> None:
    made = done(
        HEADS,
        Pin(node="n1", dy=1.0),
        Frame(nodes=("n1", "n2")),
        Frame(nodes=("n1",)),
        Open(path="n4"),
        OrderHint(above="n1.out", below="n2.out"),
        Note(text="see here", node="n1"),
        RemoveNodes(ids=("n1", "n4")),
    )
    assert view_of(made) == {
        "frames": {"frame1": {"title": "", "nodes": ["n2"]}},
        "notes": {"note1": {"text": "see here"}},
    }


def test_a_part_of_a_view_that_has_another_form_survives_a_removal() -> None:
    theirs = {"pins": [1], "open": "all", "order": {"a": 1}, "frames": [], "notes": "none", "colours": 7, "more": {}}
    assert view_of(done(HEADS.with_view(theirs), RemoveNodes(ids=("n1",)))) == theirs


def test_a_view_that_somebody_else_wrote_is_kept() -> None:
    theirs = HEADS.with_view({"pins": "no table", "other": [1, 2]})
    made = done(theirs, Pin(node="n1", dy=1.0), RemoveNodes(ids=("n2",)))
    assert view_of(made) == {"pins": {"n1": {"dy": 1.0}}, "other": [1, 2]}


def test_notes_written_by_hand_are_kept_and_drawn_beside_new_ones() -> None:
    by_hand = HEADS.with_view({"notes": [{"text": "Core", "at": "attention", "side": "above"}]})
    assert view_of(done(by_hand, RemoveNodes(ids=("n1",)))) == view_of(by_hand)
    made = done(by_hand, Note(text="Maps", node="n2"), Note(text="free", at=(1.0, 2.0)))
    assert view_of(made)["notes"] == {
        "note1": {"text": "Core", "path": "attention", "side": "above"},
        "note2": {"text": "Maps", "node": "n2"},
        "note3": {"text": "free", "at": [1.0, 2.0]},
    }
    assert [(one.text, one.at) for one in remarks(made).notes] == [("Core", "attention"), ("Maps", "key")]


def test_a_moved_node_takes_its_pin_into_its_subcircuit() -> None:
    made = done(HEADS, Pin(node="n2", dy=4.0), Pin(node="n5", dy=1.0), MakeSubcircuit(ids=("n2", "n3"), name="keys"))
    assert view_of(made) == {"pins": {"n5": {"dy": 1.0}}}
    assert view_of(made.by_name["keys"].op.bodies()[0]) == {"pins": {"n2": {"dy": 4.0}}}


def test_a_circuit_is_imported_in_the_place_of_another() -> None:
    assert done(EMPTY, Import(document=to_document(HEADS))) == HEADS
    assert "expected" in refused(Import(document={"format": "circuitloom/1"}))


def test_a_part_is_added_with_its_document() -> None:
    part = build("part", {"x": "[m]"}, lambda x: relu(x))
    made = done(EMPTY, AddInput(name="x", type="[m]"), AddCall(circuit="part", given=to_document(part), inputs=("x",)))
    assert made.nodes[0].op.bodies() == (part,)


def test_weights_are_given_axes_of_their_own() -> None:
    made = done(HEADS, SetWeights(node="n1", per="y"))
    assert made.by_id["n1"].per == ("y",)
    assert made.problems == ()


def test_circuits_nest_no_deeper_than_a_file_allows() -> None:
    document, key = Document(build("level0", {"x": "[m]"}, relu)), "level0"
    for level in range(1, 80):
        inner = MakeSubcircuit(ids=("n1",) if level == 1 else (f"n{2}",), name=f"level{level}")
        node = document.definitions[key].nodes[0].id
        inner = MakeSubcircuit(ids=(node,), name=f"level{level}")
        command: Command = inner if key == document.root else EditDefinition(name=key, command=inner)
        applied = apply(command, document)
        if applied.refusals:
            break
        document, key = applied.document, f"level{level}"
    assert [str(problem) for problem in applied.refusals] == [
        "level0: expected at most 64 circuits inside each other, found 65. Nest less deeply."
    ]
    assert Document.read(dumps(document.main)) == document


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "command: line 1, column 1: expected JSON, found the end (Expecting value). Mend the text there."),
        ("[]", "command: expected an object whose 'do' names a command, found none. Name one."),
        ('{"do": "AddNod"}', "command: expected an object whose 'do' names a command, found 'AddNod'. Name one. Did you mean 'AddNode'?"),
        ('{"do": "AddNode"}', "AddNode.op: expected another value (field required), found nothing. Send what the command's fields allow."),
        ('{"do": "AddNode", "op": 3}', "AddNode.op: expected another value (input should be a valid string), found 3. Send what the command's fields allow."),
        ('{"do": "RemoveNodes", "ids": ["n1"], "all": true}', "RemoveNodes.all: expected another value (extra inputs are not permitted), found True. Send what the command's fields allow."),
        ('{"do": "AddInput", "name": "a.b"}', "AddInput.name: expected another value (string should match pattern"),
        ('{"do": "Pin", "node": "n1", "dy": 1e400}', "command: dy: expected a number of at most 1e308, found 1e400. Use a smaller number."),
        ('{"do": "EditDefinition", "name": "a", "command": {"do": "Nothing"}}', "command: expected an object whose 'do' names a command, found 'Nothing'. Name one. Did you mean 'Note'?"),
        ('{"do": "Together", "commands": [{"do": "Together", "commands": [{"do": "Enable", "node": "n1"}]}]}', "Together.commands: expected another value (together: expected another command inside, found 'Together'. Send them one after the other.)"),
    ],
)  # fmt: skip
def test_json_that_is_no_command_is_refused(text: str, expected: str) -> None:
    with pytest.raises(CommandError) as raised:
        read(text)
    assert expected in str(raised.value)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9), lambda inner: (
    st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("do", "node", "ids", "command", "name")), inner)
)))  # fmt: skip
def test_reading_anything_gives_a_command_or_says_why_not(data: Any) -> None:
    for given_data in (data, json.dumps(data)):
        try:
            assert isinstance(read(given_data), Command)
        except CircuitloomError as error:
            assert str(error)


def test_every_command_says_what_it_does() -> None:
    for name, kind in REGISTRY.items():
        assert name == kind.__name__
        assert (kind.__doc__ or "").strip().partition("\n")[0].endswith((".", ":"))
    assert ApplyFix in REGISTRY.values()
