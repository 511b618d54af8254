"""Faults of values: JSON that is sound, and a document that is not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from tests.circuits.hostile.ops import ATTRIBUTES, OPS
from tests.circuits.hostile.real import any_text
from tests.circuits.hostile.words import EXPRESSIONS, NUMBERS, POOL, SIZES, SPECS, TYPES, WORDS

Path = tuple[str | int, ...]
MOST_PATHS = 20_000


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from paths(inner, (*path, key))


def _at(document: Any, path: Path) -> Any:
    for key in path:
        document = document[key]
    return document


def _copied(value: Any) -> Any:
    return json.loads(json.dumps(value))


def put(document: Any, path: Path, value: Any) -> None:
    _at(document, path[:-1])[path[-1]] = value


def _changed(random: Random, change: Callable[[Random, Any, Path], None]) -> bytes:
    document = json.loads(any_text(random))
    for _ in range(random.choice((1, 1, 1, 2, 4, 12))):
        places = list(paths(document))
        if 0 < len(places) < MOST_PATHS:
            change(random, document, random.choice(places))
    return json.dumps(document, ensure_ascii=True).encode()


def values_replaced(random: Random) -> bytes:
    """A value gives way to one that has no business there."""
    return _changed(random, lambda random, document, path: put(document, path, _copied(random.choice(POOL))))


def values_of_a_kind_replaced(random: Random) -> bytes:
    """A text gives way to a text, a number to a number: these reach furthest."""

    def change(random: Random, document: Any, path: Path) -> None:
        value = _at(document, path)
        if isinstance(value, str):
            key = path[-1]
            kinds = {"type": TYPES, "size": SIZES, "expression": EXPRESSIONS, "spec": SPECS, "times": SIZES}
            put(document, path, random.choice((random.choice(POOL_OF_TEXTS), random.choice(kinds.get(key, WORDS)))))
        elif isinstance(value, int | float):
            put(document, path, random.choice(NUMBERS))

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
                attributes[random.choice(list(attributes))] = _copied(random.choice(POOL))
            case 1:
                attributes[random.choice(ATTRIBUTES)] = _copied(random.choice(POOL))
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
        other = random.choice(list(paths(document)))
        value, changed = _copied(_at(document, other)), _copied(_at(document, path))
        if random.random() < 0.5 and path[: len(other)] != other and other[: len(path)] != path:
            put(document, other, changed)
        put(document, path, value)

    return _changed(random, change)


def entries_doubled(random: Random) -> bytes:
    """Lists and objects get entries they have already, under new names too."""

    def change(random: Random, document: Any, path: Path) -> None:
        value = _at(document, path)
        if isinstance(value, list) and value:
            value.insert(random.randrange(len(value) + 1), _copied(random.choice(value)))
            random.shuffle(value)
        elif isinstance(value, dict) and value:
            value[random.choice(WORDS)] = _copied(random.choice(list(value.values())))

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
    document = json.loads(any_text(random))
    keys = [*document["circuits"], "none"]
    for entry in document["circuits"].values():
        for node in entry.get("nodes", ()):
            if "bodies" in node or random.random() < 0.05:
                node["bodies"] = {name: random.choice(keys) for name in node.get("bodies", ("content",))}
    if random.random() < 0.2:
        document["root"] = random.choice(keys)
    return json.dumps(document).encode()
