"""Faults of bytes and texts: broken JSON, and JSON that some reader takes and another does not."""

from __future__ import annotations

import json
from random import Random

from tests.circuits.hostile.real import any_text
from tests.circuits.hostile.values import paths, put


def bytes_changed(random: Random) -> bytes:
    """Some bytes are others."""
    data = bytearray(any_text(random).encode())
    for _ in range(random.choice((1, 1, 2, 5, 40))):
        data[random.randrange(len(data))] = random.choice((random.randrange(256), *b'"{}[],:0-\\'))
    return bytes(data)


def truncated(random: Random) -> bytes:
    """The end, the beginning or a part within is missing."""
    data = any_text(random).encode()
    start, end = sorted((random.randrange(len(data)), random.randrange(len(data))))
    return random.choice((data[:start], data[end:], data[:start] + data[end:]))


def spliced(random: Random) -> bytes:
    """A part of one document stands in another, or twice."""
    data, other = any_text(random).encode(), any_text(random).encode()
    start, place = random.randrange(len(other)), random.randrange(len(data))
    return data[:place] + other[start : start + random.choice((3, 30, 300, 3000))] + data[place:]


def noise(random: Random) -> bytes:
    """Nothing like a document."""
    return random.choice(
        (random.randbytes(random.randrange(2000)), b"", b"\xef\xbb\xbf{}", b"null", b"{}", b"[[[[", b"NaN")
    )


def nested_text(random: Random) -> bytes:
    """Brackets in brackets, somewhere."""
    depth = random.choice((30, 60, 63, 64, 65, 500, 100_000))
    opening, closing = random.choice((("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")))
    deep = opening * depth + "0" + closing * random.choice((depth, 0, depth - 1))
    return _replaced(any_text(random), random, deep).encode()


def odd_numbers(random: Random) -> bytes:
    """A number that is none, or is too long."""
    words = (
        "NaN",
        "-Infinity",
        "1e999",
        "-0",
        "1E400",
        "9" * 5000,
        "0." + "3" * 5000,
        "1" + "0" * 18,
        "--1",
        "01",
        ".5",
    )
    return _replaced(any_text(random), random, random.choice(words)).encode()


def odd_texts(random: Random) -> bytes:
    """Half characters, forbidden ones, and escapes that are none."""
    words = (
        '"\\ud800"',
        '"\\u0000"',
        '"\\u2028"',
        '"\\x"',
        '"\\ud83d\\ude00"',
        "'a'",
        '"\t"',
        '"' + "y" * 200_000 + '"',
    )
    return _replaced(any_text(random), random, random.choice(words)).encode()


def repeated_keys(random: Random) -> bytes:
    """A key stands twice in an object."""
    text = any_text(random)
    places = [place for place in range(len(text)) if text[place] == "{"]
    place = random.choice(places) + 1
    key = random.choice(("id", "name", "op", "inputs", "circuits", "format", "a"))
    return (text[:place] + f'"{key}": 1, "{key}": 2, ' + text[place:]).encode()


def _replaced(text: str, random: Random, word: str) -> str:
    """The text of a document with one value replaced."""
    document = json.loads(text)
    path = random.choice(list(paths(document)))
    put(document, path, "@here@")
    return json.dumps(document).replace('"@here@"', word, 1)
