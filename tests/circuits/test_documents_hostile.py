"""Files from strangers are data: whatever they hold, they load or fail with one clear error, soon, and run nothing."""

from __future__ import annotations

import json
import re
import sys
from typing import Any

import pytest

from circuits import Circuit, DocumentError, dumps, from_document, loads
from tests.circuits.hostile.documents import documents
from tests.circuits.hostile.real import real
from tests.in_time import in_time

SECONDS = 1.0
QUICK, ALL, AT_ONCE = 2000, 10_000, 500
# every document's place and problem, in one form
MESSAGE = re.compile(r".+: expected .+, found .*\. .+[.?]", re.DOTALL)
FORBIDDEN = ("exec", "compile", "import", "open", "os.", "subprocess.", "socket.", "ctypes.", "marshal.", "pickle.")


def survives(data: bytes) -> Circuit | None:
    """Load and check a document in time; None where it is refused, with nothing but clear problems."""
    with in_time(SECONDS):
        try:
            circuit = loads(data, "stranger.circuit.json")
            problems = circuit.problems
        except DocumentError as error:
            assert 1 <= len(error.problems) <= 20
            circuit, problems = None, error.problems
    unclear = [str(problem) for problem in problems if not MESSAGE.fullmatch(str(problem))]
    assert not unclear, unclear[0]
    return circuit


def _survive(first: int) -> None:
    outcomes = {True: 0, False: 0}
    for what, data in documents(AT_ONCE, first):
        try:
            circuit = survives(data)
            outcomes[circuit is not None] += 1
            if circuit is not None and len(data) < 50_000:
                assert str(circuit)
                assert loads(dumps(circuit)) == circuit
        except Exception as error:
            error.add_note(f"document {what}: {data[:2000]!r}")
            raise
    # neither always refused nor never
    assert min(outcomes.values()) > AT_ONCE // 10, outcomes


@pytest.mark.parametrize("first", range(0, QUICK, AT_ONCE))
def test_documents_of_strangers_load_or_fail_clearly(first: int) -> None:
    _survive(first)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(QUICK, ALL, AT_ONCE))
def test_many_more_documents_of_strangers_load_or_fail_clearly(first: int) -> None:
    _survive(first)


class Watch:
    """What Python reports while something runs; hooks cannot be taken away again, so this one can be closed."""

    def __init__(self) -> None:
        self.is_open, self.seen = False, list[str]()

        def hook(event: str, arguments: Any) -> None:
            if self.is_open:
                self.seen.append(event)

        sys.addaudithook(hook)


def test_loading_and_checking_run_nothing_and_open_nothing() -> None:
    found = [data for _, data in documents(300)] + [text.encode() for text in real()]
    watch = Watch()
    for data in found:
        watch.is_open = True
        try:
            loads(data).problems  # noqa: B018
        except DocumentError:
            pass
        finally:
            watch.is_open = False
    assert not [event for event in watch.seen if event.startswith(FORBIDDEN)]


NODE = {"id": "n1", "name": "soft", "op": "softmax", "attributes": {"axis": "m"}, "inputs": ["x"]}
ENTRY = {"inputs": [{"name": "x", "type": "[t m]"}], "nodes": [NODE], "outputs": [{"name": "out", "wire": "n1.out"}]}


def document(**parts: Any) -> dict[str, Any]:
    """A sound document with some parts of its only circuit replaced."""
    return {"format": "circuitloom/1", "root": "net", "circuits": {"net": {**ENTRY, **parts}}}


def node(**parts: Any) -> list[dict[str, Any]]:
    """The only node with some parts replaced."""
    return [{**NODE, **parts}]


def nested(levels: int) -> dict[str, Any]:
    """So many circuits inside each other."""
    circuits: dict[str, Any] = {"c1": ENTRY}
    for level in range(2, levels + 1):
        calls = node(op="call", attributes={}, bodies={"circuit": f"c{level - 1}"})
        circuits[f"c{level}"] = {**ENTRY, "nodes": calls}
    return {"format": "circuitloom/1", "root": f"c{levels}", "circuits": circuits}


def deep(levels: int) -> Any:
    """So many lists in each other."""
    value: Any = 0
    for _ in range(levels):
        value = [value]
    return value


REFUSED: dict[str, tuple[Any, str]] = {
    "no object": ([], "document: expected a circuit document, found a list. Give a file that circuitloom saved."),
    "no format": ({}, "document: expected a key 'format' with 'circuitloom/1', found none. Give a circuit document."),
    "a later format": (
        {"format": "circuitloom/2"},
        "format: expected 'circuitloom/1', found 'circuitloom/2'. "
        "Read it with the version of circuitloom that wrote it.",
    ),
    "no circuits": (
        {"format": "circuitloom/1", "root": "net"},
        "document: expected a key 'circuits', found none. Add it.",
    ),
    "a root that is not there": (
        {**document(), "root": "nets"},
        "root: expected the key of a circuit in this document, found 'nets'. Name one of them. Did you mean 'net'?",
    ),
    "an unknown key": (
        document(nodes=node(input=[])),
        "circuits.net.nodes[0].input: expected keys among id, name, op, attributes, bodies, inputs, feeds, per, "
        "weights, shared, found 'input'. Take it out, or read it with a newer version. Did you mean 'inputs'?",
    ),
    "a number for a name": (
        document(nodes=node(name=3)),
        "circuits.net.nodes[0].name: expected a text, found 3. Put it in quotes.",
    ),
    "a text for a list": (
        document(nodes=node(inputs="x")),
        "circuits.net.nodes[0].inputs: expected a list, found 'x'. Write [...].",
    ),
    "a list for an object": (
        document(nodes=[["softmax"]]),
        "circuits.net.nodes[0]: expected an object, found a list of 1. Write {...}.",
    ),
    "an empty name": (
        document(nodes=node(name="")),
        "circuits.net.nodes[0].name: expected a text that is not empty, found ''. Name it.",
    ),
    "a long name": (
        document(nodes=node(name="x" * 201)),
        f"circuits.net.nodes[0].name: expected at most 200 characters, found '{'x' * 79}…'. Shorten it.",
    ),
    "a name of two lines": (
        document(nodes=node(name="a\nb")),
        "circuits.net.nodes[0].name: expected a text on one line, without control characters, found 'a\\nb'. "
        "Take them out.",
    ),
    "half a character": (
        document(doc="\ud800"),
        "circuits.net.doc: expected a text of whole characters, found half of one, '\\ud800'. "
        "Write the whole character.",
    ),
    "a text without end": (
        document(doc="x" * 100_001),
        "circuits.net.doc: expected a text of at most 100,000 characters, found 100,001. Shorten it.",
    ),
    "a type that is none": (
        document(inputs=[{"name": "x", "type": "[t t]"}]),
        "circuits.net.inputs[0].type: expected every axis once in type '[t t]', found 't' 2 times. Use a twin: t'.",
    ),
    "a size in a type": (
        document(inputs=[{"name": "x", "type": "[t=3]"}]),
        "circuits.net.inputs[0].type: expected a type without sizes, found '[t=3]'. "
        "Give sizes in 'axes', as size of the axis.",
    ),
    "a size that never ends": (
        document(axes=[{"name": "t", "size": "9**9**8"}]),
        "circuits.net.axes[0].size: expected one power, found '**' at character 5 in '9**9**8'. "
        "Use one power with a number.",
    ),
    "a negative default": (
        document(sizes={"t": -1}),
        "circuits.net.sizes.t: expected a number of at least 0, found -1. Use a larger number.",
    ),
    "a default that is no number": (
        document(sizes={"t": True}),
        "circuits.net.sizes.t: expected a whole number, found true. Write digits without quotes.",
    ),
    "a number beyond all sizes": (
        document(sizes={"t": 10**18}),
        "circuits.net.sizes.t: expected a whole number of at most 18 digits, found a larger one. Use a smaller number.",
    ),
    "no number at all": (
        document(nodes=node(attributes={"axis": float("nan")})),
        "circuits.net.nodes[0].attributes.axis: expected a number, found nan. Write infinities as the text 'inf'.",
    ),
    "no JSON": (
        document(nodes=node(attributes={"axis": {1, 2}})),
        "circuits.net.nodes[0].attributes.axis: expected JSON data, found set. Use texts, numbers, lists and objects.",
    ),
    "a list too deep": (
        document(nodes=node(attributes={"axis": deep(64)})),
        "document: expected at most 64 levels of brackets, found more. Nest less deeply.",
    ),
    "a view that is none": (
        document(view="[]"),
        "circuits.net.view: expected an object, or the text of one, found '[]'. Write {} for no view.",
    ),
    "a body that is none": (
        document(nodes=node(bodies={"content": 3})),
        "circuits.net.nodes[0].bodies.content: expected the key of a circuit, or a list of keys, found 3. "
        "Name circuits of the document.",
    ),
    "a body that is not there": (
        document(nodes=node(bodies={"content": "nett"})),
        "circuits.net.nodes[0].bodies.content: expected the key of a circuit in this document, found 'nett'. "
        "Add the circuit, or name another. Did you mean 'net'?",
    ),
    "a circuit in itself": (
        document(nodes=node(op="call", attributes={}, bodies={"circuit": "net"})),
        "circuits.net: expected circuits that do not hold themselves, found net -> net. "
        "Use repeat, scan or fixed_point for what comes again.",
    ),
    "a circuit that nothing uses": (
        {**document(), "circuits": {"net": ENTRY, "other thing": ENTRY}},
        "circuits[\"other thing\"]: expected every circuit to be used from 'net', found no use. "
        "Take it out, or use it.",
    ),
    "circuits nested too deeply": (
        nested(65),
        "circuits: expected at most 64 circuits inside each other, found more. Nest less deeply.",
    ),
    "attributes without end": (
        document(nodes=node(attributes={"axis": "m " * 5001})),
        "circuits.net.nodes[0].attributes: expected attributes of at most 10,000 characters, found 10,014. "
        "Shorten them.",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_told_where_and_why(name: str) -> None:
    found, message = REFUSED[name]
    with pytest.raises(DocumentError) as caught:
        from_document(found)
    assert str(caught.value) == message


TEXTS = {
    b"": "f.json: line 1, column 1: expected JSON, found the end (Expecting value). Mend the text there.",
    b'{"a": 1,}': "f.json: line 1, column 9: expected JSON, found '}' "
    "(Expecting property name enclosed in double quotes). Mend the text there.",
    b'{"a"': "f.json: line 1, column 5: expected JSON, found the end (Expecting ':' delimiter). Mend the text there.",
    b"\xff": "f.json: byte 1: expected UTF-8 text, found byte 0xff (invalid start byte). Save the file as UTF-8.",
    b'{"a": [NaN]}': "f.json: a[0]: expected a number, found NaN. Use a smaller number.",
    b'{"a": 1e999}': "f.json: a: expected a number of at most 1e308, found 1e999. Use a smaller number.",
    b'{"a": 1' + b"0" * 5000 + b"}": "f.json: a: expected a whole number of at most 18 digits, found one of 5001 "
    "digits. Use a smaller number.",
    b'{"a": {"b": 1, "b": 2}}': "f.json: a: expected every key once, found 'b' twice. Keep one of them.",
    b"[" * 100_000: "f.json: expected at most 64 levels of brackets, found more. Nest less deeply.",
}


@pytest.mark.parametrize("data", TEXTS)
def test_a_text_that_is_no_json_is_told_where(data: bytes) -> None:
    with pytest.raises(DocumentError) as caught:
        loads(data, "f.json")
    assert str(caught.value) == TEXTS[data]


def test_all_problems_of_a_document_are_told_at_once_but_not_thousands() -> None:
    wrong = [{**NODE, "name": 1, "inputs": "x"}] * 3
    with pytest.raises(DocumentError) as caught:
        loads(json.dumps(document(nodes=wrong)))
    assert len(caught.value.problems) == 6
    with pytest.raises(DocumentError) as caught:
        loads(json.dumps(document(nodes=wrong * 1000)))
    assert len(caught.value.problems) == 20


def test_the_deepest_nest_allowed_loads_checks_and_prints() -> None:
    circuit = loads(json.dumps(nested(64)))
    assert circuit.problems == ()
    assert "call(" in str(circuit)
    assert loads(dumps(circuit)) == circuit
