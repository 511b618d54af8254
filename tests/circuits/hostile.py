"""Documents of strangers: real ones with faults of every kind, and ones made to hang or to crash a reader."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from random import Random
from typing import Any

from circuits import Circuit, Wire, build, call, dumps, linear, repeat, scan, softmax
from gallery import entries
from tests.circuits.hostile_made import definitions_nested, long_rows, regions_nested, sizes_entangled, wide_nodes
from tests.circuits.hostile_ops import ATTRIBUTES, OPS, one_op
from tests.circuits.hostile_words import EXPRESSIONS, NUMBERS, POOL, SIZES, SPECS, TYPES, WORDS
from tests.circuits.wrong import WRONG

SEED = "documents"


def documents(count: int, first: int = 0) -> Iterator[tuple[str, bytes]]:
    """The same documents every time: what was done to each, and its bytes."""
    for number in range(first, first + count):
        random = Random(f"{SEED}/{number}")
        make = random.choice(KINDS)
        yield f"{number} ({make.__name__})", make(random)


@cache
def real() -> tuple[str, ...]:
    """Documents of real circuits: the gallery, nested and indexed ones, wrong ones, and an op that nobody knows."""
    made = [entry.circuit for entry in entries()]
    made += [found for found in WRONG.values() if isinstance(found, Circuit)]
    inner = _net("inner", lambda x: softmax(linear("m -> m'", x), axis="m'"), axes={"m": "channels"})
    block = _net("block", lambda x: linear("m' -> m", call(inner, x)) + x, sizes={"m": 8})
    deep = _net("deep", lambda x: repeat(block, x, times=3), constraints=["m = 2*k"], doc="Deep.")
    rounds = build("round", {"x": "c[l]"}, lambda x: linear("c[l] -> c[l+1]", x), outputs=["c[l+1]"])
    cell = build("cell", {"h": "[m]", "x": "[m]"}, lambda h, x: {"h": h * 0.5 + x, "y": h})
    texts = [dumps(circuit) for circuit in (*made, inner, deep)]
    texts.append(dumps(build("indexed", {"x": "[t c[0]]"}, lambda x: repeat(rounds, x, times=4))))
    texts.append(dumps(build("scanned", {"h": "[m]", "x": "[t m]"}, lambda h, x: scan(cell, h, x, axis="t", along="x"))))
    return (*texts, texts[-1].replace('"op": "scan"', '"op": "foreign"'), dumps(_net("view", _same).with_view({"n": {}})))


def _net(name: str, body: Callable[[Wire], Wire], **words: Any) -> Circuit:
    return build(name, {"x": "[t m]"}, body, **words)


def _same(x: Wire) -> Wire:
    return x * 1.0


def _text(random: Random) -> str:
    return random.choice(real())


# Faults of bytes


def bytes_changed(random: Random) -> bytes:
    """Some bytes are others."""
    data = bytearray(_text(random).encode())
    for _ in range(random.choice((1, 1, 2, 5, 40))):
        data[random.randrange(len(data))] = random.choice((random.randrange(256), *b'"{}[],:0-\\'))
    return bytes(data)


def truncated(random: Random) -> bytes:
    """The end, the beginning or a part within is missing."""
    data = _text(random).encode()
    start, end = sorted((random.randrange(len(data)), random.randrange(len(data))))
    return random.choice((data[:start], data[end:], data[:start] + data[end:]))


def spliced(random: Random) -> bytes:
    """A part of one document stands in another, or twice."""
    data, other = _text(random).encode(), _text(random).encode()
    start, place = random.randrange(len(other)), random.randrange(len(data))
    return data[:place] + other[start : start + random.choice((3, 30, 300, 3000))] + data[place:]


def noise(random: Random) -> bytes:
    """Nothing like a document."""
    return random.choice((random.randbytes(random.randrange(2000)), b"", b"\xef\xbb\xbf{}", b"null", b"{}", b"[[[[", b"NaN"))


def nested_text(random: Random) -> bytes:
    """Brackets in brackets, somewhere."""
    depth = random.choice((30, 60, 63, 64, 65, 500, 100_000))
    opening, closing = random.choice((("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")))
    deep = opening * depth + "0" + closing * random.choice((depth, 0, depth - 1))
    return _replaced(_text(random), random, deep).encode()


def odd_numbers(random: Random) -> bytes:
    """A number that is none, or is too long."""
    words = ("NaN", "-Infinity", "1e999", "-0", "1E400", "9" * 5000, "0." + "3" * 5000, "1" + "0" * 18, "--1", "01", ".5")
    return _replaced(_text(random), random, random.choice(words)).encode()


def odd_texts(random: Random) -> bytes:
    """Half characters, forbidden ones, and escapes that are none."""
    words = ('"\\ud800"', '"\\u0000"', '"\\u2028"', '"\\x"', '"\\ud83d\\ude00"', "'a'", '"\t"', '"' + "y" * 200_000 + '"')
    return _replaced(_text(random), random, random.choice(words)).encode()


def repeated_keys(random: Random) -> bytes:
    """A key stands twice in an object."""
    text = _text(random)
    places = [place for place in range(len(text)) if text[place] == "{"]
    place = random.choice(places) + 1
    key = random.choice(("id", "name", "op", "inputs", "circuits", "format", "a"))
    return (text[:place] + f'"{key}": 1, "{key}": 2, ' + text[place:]).encode()


def _replaced(text: str, random: Random, word: str) -> str:
    """The text of a document with one value replaced."""
    document = json.loads(text)
    path = random.choice(list(_paths(document)))
    _put(document, path, "@here@")
    return json.dumps(document).replace('"@here@"', word, 1)


# Faults of values

Path = tuple[str | int, ...]


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from _paths(inner, (*path, key))


def _at(document: Any, path: Path) -> Any:
    for key in path:
        document = document[key]
    return document


def _put(document: Any, path: Path, value: Any) -> None:
    _at(document, path[:-1])[path[-1]] = value


def _changed(random: Random, change: Callable[[Random, Any, Path], None]) -> bytes:
    document = json.loads(_text(random))
    for _ in range(random.choice((1, 1, 1, 2, 4, 12))):
        paths = list(_paths(document))
        if paths:
            change(random, document, random.choice(paths))
    return json.dumps(document, ensure_ascii=True).encode()


def values_replaced(random: Random) -> bytes:
    """A value gives way to one that has no business there."""
    return _changed(random, lambda random, document, path: _put(document, path, random.choice(POOL)))


def values_of_a_kind_replaced(random: Random) -> bytes:
    """A text gives way to a text, a number to a number: these reach furthest."""

    def change(random: Random, document: Any, path: Path) -> None:
        value = _at(document, path)
        if isinstance(value, str):
            key = path[-1]
            kinds = {"type": TYPES, "size": SIZES, "expression": EXPRESSIONS, "spec": SPECS, "times": SIZES}
            _put(document, path, random.choice((random.choice(POOL_OF_TEXTS), random.choice(kinds.get(key, WORDS)))))
        elif isinstance(value, int | float):
            _put(document, path, random.choice(NUMBERS))

    return _changed(random, change)


POOL_OF_TEXTS = tuple(word for word in POOL if isinstance(word, str))


def attributes_replaced(random: Random) -> bytes:
    """Attributes of ops: other values, other ops, attributes that no op has."""

    def change(random: Random, document: Any, path: Path) -> None:
        entry = random.choice(list(document["circuits"].values()))
        if not entry.get("nodes"):
            return
        node = random.choice(entry["nodes"])
        attributes = node.setdefault("attributes", {})
        match random.randrange(4):
            case 0 if attributes:
                attributes[random.choice(list(attributes))] = random.choice(POOL)
            case 1:
                attributes[random.choice(ATTRIBUTES)] = random.choice(POOL)
            case 2:
                node["op"] = random.choice(OPS)
            case _:
                node["per"] = [random.choice(("", "x", "m", "'", "a b")) for _ in range(random.randrange(3))]

    return _changed(random, change)


def keys_deleted(random: Random) -> bytes:
    """Something is missing."""

    def change(random: Random, document: Any, path: Path) -> None:
        del _at(document, path[:-1])[path[-1]]

    return _changed(random, change)


def values_moved(random: Random) -> bytes:
    """A value of the document stands in another place too, or two change places."""

    def change(random: Random, document: Any, path: Path) -> None:
        other = random.choice(list(_paths(document)))
        value = json.loads(json.dumps(_at(document, other)))
        if random.random() < 0.5 and path[: len(other)] != other and other[: len(path)] != path:
            _put(document, other, _at(document, path))
        _put(document, path, value)

    return _changed(random, change)


def entries_doubled(random: Random) -> bytes:
    """Lists and objects get entries they have already, under new names too."""

    def change(random: Random, document: Any, path: Path) -> None:
        value = _at(document, path)
        if isinstance(value, list) and value:
            value.insert(random.randrange(len(value) + 1), random.choice(value))
            random.shuffle(value)
        elif isinstance(value, dict) and value:
            value[random.choice(WORDS)] = random.choice(list(value.values()))

    return _changed(random, change)


def wires_crossed(random: Random) -> bytes:
    """Wires lead somewhere else: to what does not exist, backwards, round in circles."""

    def change(random: Random, document: Any, path: Path) -> None:
        for entry in document["circuits"].values():
            ids = [node["id"] for node in entry.get("nodes", ())]
            wires = [*(f"{one}.out" for one in ids), *(item["name"] for item in entry.get("inputs", ())), "none", None]
            for node in entry.get("nodes", ()):
                if random.random() < 0.5:
                    node["inputs"] = [random.choice(wires) for _ in node.get("inputs", ())]
                if random.random() < 0.1:
                    node["feeds"] = {random.choice(("weight", "bias", "x")): random.choice(wires[:-1])}
                if random.random() < 0.1:
                    node["weights"] = random.choice(WORDS)
            random.shuffle(entry.get("nodes", []))

    return _changed(random, change)


def bodies_crossed(random: Random) -> bytes:
    """Circuits hold each other, themselves, or what is not there."""
    document = json.loads(_text(random))
    keys = [*document["circuits"], "none"]
    for entry in document["circuits"].values():
        for node in entry.get("nodes", ()):
            if "bodies" in node or random.random() < 0.05:
                node["bodies"] = {name: random.choice(keys) for name in node.get("bodies", ("content",))}
    if random.random() < 0.2:
        document["root"] = random.choice(keys)
    return json.dumps(document).encode()


KINDS = (
    bytes_changed,
    truncated,
    spliced,
    noise,
    nested_text,
    odd_numbers,
    odd_texts,
    repeated_keys,
    values_replaced,
    values_of_a_kind_replaced,
    values_of_a_kind_replaced,
    attributes_replaced,
    attributes_replaced,
    keys_deleted,
    values_moved,
    entries_doubled,
    wires_crossed,
    bodies_crossed,
    one_op,
    one_op,
    one_op,
    definitions_nested,
    regions_nested,
    long_rows,
    wide_nodes,
    sizes_entangled,
)
