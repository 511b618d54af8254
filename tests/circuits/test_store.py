"""Documents: what is saved loads as the same, in the same bytes, and nothing of it is lost."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits import (
    Axis,
    Circuit,
    DocumentError,
    Input,
    Node,
    Output,
    Size,
    Wire,
    build,
    call,
    dumps,
    from_document,
    linear,
    load,
    loads,
    op_class,
    pad,
    repeat,
    save,
    softmax,
    to_document,
)
from circuits.opaque import Opaque
from circuits.store_schema import json_schema, schema_text
from circuits.types import ArrayType, Element, parse_type
from gallery import entries
from tests.circuits.hostile.documents import documents
from tests.circuits.hostile.real import real
from tests.circuits.wrong import WRONG
from tests.source_tree import ROOT
from tests.strategies import circuits

SCHEMA = ROOT / "circuits" / "circuit.schema.json"
KNOWN = {entry.name: entry.circuit for entry in entries()}
BROKEN = {name: found for name, found in WRONG.items() if isinstance(found, Circuit)}


SMALL = """\
{
  "format": "circuitloom/1",
  "root": "outer",
  "circuits": {
    "inner": {
      "doc": "Scores.",
      "source": "Nobody (1900)",
      "axes": [
        {"name": "m", "doc": "features"},
        {"name": "t", "doc": "places", "role": "position", "size": "2*m"}
      ],
      "sizes": {
        "m": 4
      },
      "constraints": [
        "m = 2*h"
      ],
      "inputs": [
        {"name": "x", "type": "[t m]"}
      ],
      "nodes": [
        {"id": "n1", "name": "map", "op": "linear", "attributes": {"spec": "m -> n", "bias": false}, "inputs": ["x"]},
        {"id": "n2", "name": "soft", "op": "softmax", "attributes": {"axis": "n"}, "inputs": ["n1.out"]}
      ],
      "outputs": [
        {"name": "out", "wire": "n2.out", "type": "[t n]"}
      ]
    },
    "outer": {
      "inputs": [
        {"name": "y", "type": "[s m]"}
      ],
      "nodes": [
        {
          "id": "n1",
          "name": "inner",
          "op": "call",
          "attributes": {"axes": "t=s"},
          "bodies": {"circuit": "inner"},
          "inputs": ["y"]
        }
      ],
      "outputs": [
        {"name": "out", "wire": "n1.out"}
      ],
      "view": {
        "n1": {"x": 1.5}
      }
    }
  }
}
"""


def small(axis: str = "n") -> Circuit:
    axes = {"m": "features", "t": Axis("t", "places", "position", Size.of("2*m"))}

    def body(x: Wire) -> Wire:
        return softmax(linear(f"m -> {axis}", x, bias=False, name="map"), axis=axis, name="soft")

    words: dict[str, Any] = {"sizes": {"m": 4}, "constraints": ["m = 2*h"], "doc": "Scores.", "source": "Nobody (1900)"}
    inner = build("inner", {"x": "[t m]"}, body, outputs=[f"[t {axis}]"], axes=axes, **words)
    outer = build("outer", {"y": "[s m]"}, lambda y: call(inner, y, axes="t=s"))
    return outer.with_view({"n1": {"x": 1.5}})


# Laws


@pytest.mark.parametrize("name", KNOWN)
def test_what_is_saved_loads_as_the_same(name: str) -> None:
    circuit, text = KNOWN[name], dumps(KNOWN[name])
    assert loads(text) == circuit
    assert dumps(loads(text)) == text
    assert loads(text).problems == ()


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_circuit_is_kept_with_its_problems(name: str) -> None:
    found = loads(dumps(BROKEN[name]))
    assert found == BROKEN[name]
    assert found.problems == BROKEN[name].problems != ()


@given(circuits())
def test_random_circuits_are_saved_whole(circuit: Circuit) -> None:
    text = dumps(circuit)
    assert loads(text) == circuit
    assert dumps(loads(text)) == text
    jsonschema.validate(json.loads(text), json_schema())


NAMES = st.sampled_from(("t", "m", "x'", "c[l-1]", "c[5-l]'", "x/2", "x/16'", "ȳ", "in", "Real", "a_1"))
SIZE_TEXTS = ("v", "8", "h*k+1", "(x-1)//2+1", "((a+1)//2-1)//3", "a//(b+c)", "c[l-1]*2", "(a+b)**3")
ELEMENTS = st.one_of(
    st.sampled_from(("Real", "Complex", "Bool")).map(Element),
    st.sampled_from(SIZE_TEXTS).map(lambda text: Element("Natural", bound=Size.of(text))),
    NAMES.map(lambda name: Element("Index", axis=name)),
    st.integers(1, 64).map(lambda bits: Element("Int", bits=bits)),
)
SPACES = st.sampled_from(("", "PoincareBall(1)", "Sphere(c[l])", "functions in L2", "B[0, 1]", "PoincareBall(-1/2)"))


@given(st.builds(ArrayType, ELEMENTS, st.lists(NAMES, unique=True).map(tuple), SPACES))
def test_every_type_is_read_as_it_is_written(found: ArrayType) -> None:
    assert parse_type(str(found)).type == found


def test_the_text_of_a_document() -> None:
    assert dumps(small()) == SMALL
    assert loads(SMALL) == small()


def test_a_small_change_is_a_small_difference() -> None:
    before = SMALL.splitlines()
    after = dumps(loads(SMALL.replace('"bias": false', '"bias": true'))).splitlines()
    assert len(after) == len(before)
    assert sum(one != other for one, other in zip(before, after, strict=True)) == 1


# What a document holds


def test_every_part_of_a_node_is_kept() -> None:
    linear_op = op_class("linear")(spec="m -> k")
    nodes = (
        Node("n1", "one", linear_op, ("x",), (("weight", "w"), ("bias", "b")), ("e",), "", ("t",)),
        Node("left over", "two", linear_op, (None,), (), ("e", "m"), "one"),
    )
    inputs = tuple(Input(name, parse_type(text).type, f"About {name}.") for name, text in (("x", "m"), ("w", "k m")))
    ends = (Output("o", "n1.out", parse_type("[k]").type, "An end."), Output("p", "nowhere"))
    circuit = Circuit("all", inputs, ends, nodes, (Axis("m", "", "batch", None, r"\mu"),), (("m", 3),), ("m = k",))
    assert loads(dumps(circuit)) == circuit


def test_infinite_attributes_are_kept() -> None:
    circuit = build("padded", {"x": "[t]"}, lambda x: pad(x, "t -> s", before=1, value=float("-inf")))
    assert '"value": "-inf"' in dumps(circuit)
    assert loads(dumps(circuit)) == circuit


def test_an_attribute_that_is_no_number_makes_no_op() -> None:
    circuit = loads(dumps(build("padded", {"x": "[t]"}, lambda x: pad(x, "t -> s", value=0.5))).replace("0.5", '"nan"'))
    assert str(circuit.problems[0]).endswith("expected a number for 'value', found nan. Write a number.")
    assert loads(dumps(circuit)) == circuit


@pytest.mark.parametrize("view", ["{}", '{"a": 1}', '{"a":1}', '{"b": 1, "a": [1, 2.50]}', '{"a": "\\u00e9"}'])
def test_a_view_is_kept_to_the_letter(view: str) -> None:
    circuit = Circuit("seen", view=view)
    assert loads(dumps(circuit)).view == view


def test_circuits_of_one_name_get_keys_of_their_own() -> None:
    one, other = (build("part", {"x": "[m]"}, lambda x, text=text: x * text) for text in (2.0, 3.0))
    third = build("part#2", {"x": "[m]"}, lambda x: x * 4.0)
    whole = build("part", {"x": "[m]"}, lambda x: call(third, call(other, call(one, call(one, x)))))
    document = to_document(whole)
    assert list(document["circuits"]) == ["part", "part#2", "part#3", "part#4"]
    assert document["root"] == "part"
    assert [entry.get("name") for entry in document["circuits"].values()] == [None, None, "part", "part"]
    assert from_document(document) == whole


def test_a_circuit_used_often_is_stored_once_and_compared_once() -> None:
    circuit = build("c0", {"x": "[m]"}, lambda x: x * 2.0)
    again = build("c0", {"x": "[m]"}, lambda x: x * 2.0)
    for level in range(1, 60):
        circuit, again = (
            build(f"c{level}", {"x": "[m]"}, lambda x, inner=inner: call(inner, x) + call(inner, x))
            for inner in (circuit, again)
        )
    assert circuit == again
    assert len(to_document(circuit)["circuits"]) == 60
    assert loads(dumps(circuit)) == circuit


# What this version does not know

UNKNOWN = SMALL.replace(
    '"op": "call",\n          "attributes": {"axes": "t=s"},',
    '"op": "ψψψ",\n          "attributes": {"range": [1, 2.5e-07, null], "axes": {"z": "t=s", "a": true}},',
)


def test_an_unknown_op_is_kept_to_the_byte() -> None:
    assert "ψψψ" in UNKNOWN
    circuit = loads(UNKNOWN)
    assert dumps(circuit) == UNKNOWN
    assert [used.name for used in circuit.definitions()] == ["inner", "outer"]
    assert [str(problem) for problem in circuit.problems] == [
        "outer/inner (ψψψ): expected an op this version knows, found 'ψψψ'. "
        "Update circuitloom, or put another op in its place."
    ]
    assert "ψψψ" in str(circuit)


def test_an_op_whose_attributes_this_version_cannot_take_is_kept_too() -> None:
    text = SMALL.replace('"bias": false', '"z": 2.5e-07')
    circuit = loads(text)
    assert dumps(circuit) == text
    assert isinstance(circuit.nodes[0].op.bodies()[0].nodes[0].op, Opaque)
    assert [str(problem) for problem in circuit.problems][:1] == [
        f"inner/map (linear): expected attributes of 'linear' ({', '.join(op_class('linear').model_fields)}), "
        "found z: Extra inputs are not permitted. See its documentation."
    ]


def test_an_op_that_became_known_asks_to_be_loaded_again() -> None:
    circuit = Circuit("late", nodes=(Node("n1", "late", Opaque(kind="softmax", text='{"axis": "m"}'), (None,)),))
    assert str(circuit.problems[0]) == (
        "late/late (softmax): expected 'softmax' to be known when the document was read, "
        "found an op that is known now. Load it again."
    )


# The schema


def test_the_published_schema_is_up_to_date() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema_text(), (
        "write it anew: python -c 'from circuits.store_schema import schema_text; print(schema_text(), end=\"\")' "
        "> circuits/circuit.schema.json"
    )


def test_the_schema_is_a_schema_and_holds_for_every_document() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for text in (*real(), SMALL, UNKNOWN):
        validator.validate(json.loads(text))


def test_what_loads_is_valid_by_the_schema() -> None:
    validator = jsonschema.Draft202012Validator(json_schema())
    loaded = 0
    for what, data in documents(300):
        try:
            loads(data)
        except DocumentError:
            continue
        if len(data) < 50_000:
            loaded += 1
            assert validator.is_valid(json.loads(data)), what
    assert loaded > 50


# Files


def test_a_file_is_saved_and_loaded(tmp_path: Path) -> None:
    path = tmp_path / "small.circuit.json"
    save(small(), path)
    assert path.read_bytes() == SMALL.encode()
    assert load(path) == load(str(path)) == small()
    assert os.listdir(tmp_path) == ["small.circuit.json"]


def test_saving_again_keeps_links_and_permissions(tmp_path: Path) -> None:
    path, link = tmp_path / "small.circuit.json", tmp_path / "link"
    save(Circuit("before"), path)
    path.chmod(0o640)
    link.symlink_to(path)
    save(small(), link)
    assert link.is_symlink()
    assert path.read_bytes() == SMALL.encode()
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_circuit_that_cannot_be_saved_leaves_the_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "small.circuit.json"
    save(small(), path)
    with pytest.raises(DocumentError) as caught:
        save(Circuit("x" * 300), path)
    assert "expected at most 200 characters" in str(caught.value)
    assert path.read_bytes() == SMALL.encode()
    assert os.listdir(tmp_path) == ["small.circuit.json"]


UNSAVABLE = {
    "a size that no text says": (
        Circuit("c", axes=(Axis("m", size=Size.name("x y")),)),
        "circuits.c.axes[0].size: expected an operator or the end, found 'y' at character 3 in 'x y'. "
        "Write * between factors.",
    ),
    "a space that no text says": (
        Circuit("c", inputs=(Input("x", ArrayType(space=" ball ")),)),
        "c: expected a circuit that a document can say, found another when read. "
        "Give attributes, types and sizes that their own texts say.",
    ),
    "half a character": (
        Circuit("c", doc="a\ud800"),
        "circuits.c.doc: expected a text of whole characters, found 'a\\ud800'. Write the whole character.",
    ),
    "a view too deep": (
        Circuit("c", view='{"a": ' + "[" * 61 + "]" * 61 + "}"),
        "document: expected at most 64 levels of brackets, found more. Nest less deeply.",
    ),
    "two defaults": (
        Circuit("c", sizes=(("m", 1), ("m", 2))),
        "circuits.c.sizes: expected one entry for 'm', found 2. Keep one of them.",
    ),
}


@pytest.mark.parametrize("name", UNSAVABLE)
def test_what_no_document_can_say_is_refused(name: str) -> None:
    circuit, message = UNSAVABLE[name]
    with pytest.raises(DocumentError) as caught:
        dumps(circuit)
    assert str(caught.value) == message


def test_files_that_are_none(tmp_path: Path) -> None:
    def told(path: Path) -> str:
        with pytest.raises(DocumentError) as caught:
            load(path)
        return str(caught.value).replace(str(tmp_path), "")

    (tmp_path / "net.circuit.json").write_text("{")
    os.mkfifo(tmp_path / "pipe")
    assert told(tmp_path / "gone") == (
        "/gone: expected a file that can be read, found no such file or directory. Check the path and its permissions."
    )
    assert told(tmp_path) == ": expected a file, found a folder. Give a *.circuit.json file."
    assert told(tmp_path / "pipe") == "/pipe: expected a file, found none of the kind. Give a *.circuit.json file."
    assert told(tmp_path / "net.circuit.json").startswith("net.circuit.json: line 1, column 2: expected JSON")
    with pytest.raises(DocumentError) as caught:
        save(small(), tmp_path / "gone" / "net.circuit.json")
    assert "expected a file that can be written" in str(caught.value)


def test_a_file_has_at_most_fifty_million_bytes() -> None:
    with pytest.raises(DocumentError) as caught:
        loads(b" " * 50_000_001, "big.circuit.json")
    assert str(caught.value) == (
        "big.circuit.json: expected at most 50,000,000 bytes, found 50,000,001. Split it into several files."
    )


def test_a_repeat_of_a_saved_body_still_trains_the_same_parameters() -> None:
    body = build("layer", {"x": "[m]"}, lambda x: linear("m' -> m", linear("m -> m'", x)), sizes={"m": 3})
    circuit = build("stack", {"x": "[m]"}, lambda x: repeat(body, x, times=2), sizes={"m": 3})
    assert list(loads(dumps(circuit)).checked.order) == list(circuit.checked.order)
