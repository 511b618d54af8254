"""JSON of circuit documents: read with limits and with the place of everything that is wrong, written to fixed bytes.

The reader takes files from strangers, so nothing it meets may hang it or slip through: repeated keys, numbers that
are none or have thousands of digits, broken texts and deep nesting are problems like any other.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .errors import DocumentError, Problem
from .size_terms import MAX_DIGITS, OVERFLOW, clipped

MAX_BYTES = 50_000_000
MAX_DEPTH = 64
MAX_VALUES = 5_000_000
MAX_TEXT = 100_000
MAX_PROBLEMS = 20
WIDTH = 120
# document, circuits, a circuit and the lists in it always have a line an entry
_BROKEN_LEVELS = 4
_WHOLE = f"a whole number of at most {MAX_DIGITS} digits"

Path = tuple[str | int, ...]
_PLAIN_KEY = re.compile(r"[A-Za-z_]\w*")
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)
_SURROGATE = re.compile("[\ud800-\udfff]")


class _Repeated(dict[str, Any]):
    """An object in which some key stands twice."""

    repeated: str


class _Unreadable(NamedTuple):
    """A number that JSON allows and a document does not."""

    expected: str
    found: str


def parse_json(data: bytes | str, where: str = "") -> Any:
    """The plain data of a JSON text; raises DocumentError with the place of each problem."""
    text = data if isinstance(data, str) else _decoded(data, where)
    if len(text) > MAX_BYTES:
        raise DocumentError([_too_large(where, len(text))])
    try:
        found = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_real,
            parse_constant=lambda word: _Unreadable("a number", word),
        )
    except json.JSONDecodeError as error:
        place = placed(where, f"line {error.lineno}, column {error.colno}")
        raise DocumentError([Problem(place, "JSON", _reason(error), "Mend the text there.")]) from None
    except RecursionError:
        raise DocumentError([_too_deep(where)]) from None
    require_plain(found, where)
    return found


def _decoded(data: bytes, where: str) -> str:
    if len(data) > MAX_BYTES:
        raise DocumentError([_too_large(where, len(data))])
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        place = placed(where, f"byte {error.start + 1}")
        found = f"byte 0x{data[error.start]:02x} ({error.reason})"
        raise DocumentError([Problem(place, "UTF-8 text", found, "Save the file as UTF-8.")]) from None


def _reason(error: json.JSONDecodeError) -> str:
    rest = error.doc[error.pos : error.pos + 20]
    return f"{clipped(rest)!r} ({error.msg})" if rest else f"the end ({error.msg})"


def _too_large(where: str, length: int) -> Problem:
    return Problem(where or "document", f"at most {MAX_BYTES:,} bytes", f"{length:,}", "Split it into several files.")


def _too_deep(where: str) -> Problem:
    return Problem(where or "document", f"at most {MAX_DEPTH} levels of brackets", "more", "Nest less deeply.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    repeated = _Repeated(found)
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            repeated.repeated = key
            break
        seen.add(key)
    return repeated


def _integer(text: str) -> int | _Unreadable:
    if len(text) > MAX_DIGITS + 1:
        return _Unreadable(_WHOLE, f"one of {len(text.lstrip('-'))} digits")
    return int(text)


def _real(text: str) -> float | _Unreadable:
    number = float(text)
    return number if math.isfinite(number) else _Unreadable("a number of at most 1e308", clipped(text))


def require_plain(value: Any, where: str = "") -> None:
    """Raise DocumentError unless a value is plain JSON data within the limits."""
    problems: list[Problem] = []
    for problem in _faults(value, where):
        problems.append(problem)
        if len(problems) == MAX_PROBLEMS:
            break
    if problems:
        raise DocumentError(problems)


def _faults(root: Any, where: str) -> Iterator[Problem]:
    """Everything in plain data that passes a limit; depth first, without recursion."""
    stack = [_Entry(root, "", None, 0)]
    count = 1
    while stack:
        entry = stack.pop()
        value, kind = entry.value, type(entry.value)
        if kind is dict or kind is list or kind is _Repeated:
            if entry.depth >= MAX_DEPTH:
                yield _too_deep(where)
                return
            count += len(value)
            if count > MAX_VALUES:
                yield Problem(where or "document", f"at most {MAX_VALUES:,} values", "more", "Split it into files.")
                return
            items = enumerate(value) if kind is list else value.items()
            within = [_Entry(inner, key, entry, entry.depth + 1) for key, inner in items if not _harmless(inner)]
            stack.extend(reversed(within))
        fault = _fault(value)
        if fault is not None:
            yield Problem(placed(where, shown(entry.path())), *fault)


def _harmless(value: Any) -> bool:
    """Whether a value needs no second look: most are short texts."""
    kind = type(value)
    return (kind is str and value.isascii() and len(value) <= MAX_TEXT) or value is None or kind is bool


class _Entry(NamedTuple):
    value: Any
    key: str | int
    parent: _Entry | None
    depth: int

    def path(self) -> Path:
        """Keys from the root to here."""
        keys: list[str | int] = []
        entry: _Entry | None = self
        while entry is not None and entry.parent is not None:
            keys.append(entry.key)
            entry = entry.parent
        return tuple(reversed(keys))


def _fault(value: Any) -> tuple[str, str, str] | None:
    """What is wrong with one value, or with the keys of an object; what an object or a list holds is not looked at."""
    kind = type(value)
    if kind is str:
        return _text_fault(value)
    if kind is dict:
        return next((fault for key in value if (fault := _text_fault(key)) is not None), None)
    if kind is bool or kind is list or value is None:
        return None
    if kind is int:
        return None if -OVERFLOW < value < OVERFLOW else (_WHOLE, "a larger one", "Use a smaller number.")
    if kind is float:
        return None if math.isfinite(value) else ("a number", str(value), "Write infinities as the text 'inf'.")
    if kind is _Unreadable:
        return value.expected, value.found, "Use a smaller number."
    if kind is _Repeated:
        return "every key once", f"'{clipped(value.repeated)}' twice", "Keep one of them."
    return "JSON data", kind.__name__, "Use texts, numbers, lists and objects."


def _text_fault(text: Any) -> tuple[str, str, str] | None:
    if type(text) is not str:
        return "texts as keys", type(text).__name__, "Write the key as a text."
    if len(text) > MAX_TEXT:
        return f"a text of at most {MAX_TEXT:,} characters", f"{len(text):,}", "Shorten it."
    if not text.isascii() and (half := _SURROGATE.search(text)) is not None:
        return "a text of whole characters", f"half of one, {half[0]!a}", "Write the whole character."
    return None


def shown(path: Sequence[str | int]) -> str:
    """A path into a document: `circuits.attention.nodes[3].inputs[0]`."""
    words = ""
    for key in path:
        if isinstance(key, int):
            words += f"[{key}]"
        elif len(str(key)) <= WIDTH and _PLAIN_KEY.fullmatch(str(key)):
            words += f".{key}" if words else str(key)
        else:
            words += f"[{json.dumps(clipped(str(key)), ensure_ascii=False)}]"
    return words or "document"


def placed(where: str, inside: str) -> str:
    """A place inside a file: `model.circuit.json: circuits.attention`."""
    return f"{where}: {inside}" if where else inside


def write_json(document: Mapping[str, Any]) -> str:
    """A document as text: keys in given order, an entry a line, values that fit on a line on one line."""
    return _written(document, 0, "") + "\n"


def _written(value: Any, level: int, before: str) -> str:
    """A value whose first line stands behind `before`, at a level of indentation."""
    filled = isinstance(value, dict | list) and bool(value)
    if not filled or level >= _BROKEN_LEVELS:
        line = line_json(value)
        if not filled or len(before) + 2 * level + len(line) < WIDTH:
            return line
    margin = "  " * (level + 1)
    if isinstance(value, dict):
        heads = [(f"{line_json(key)}: ", item) for key, item in value.items()]
        lines = [margin + head + _written(item, level + 1, head) for head, item in heads]
    else:
        lines = [margin + _written(item, level + 1, "") for item in value]
    opening, closing = ("{", "}") if isinstance(value, dict) else ("[", "]")
    return f"{opening}\n" + ",\n".join(lines) + f"\n{'  ' * level}{closing}"


def line_json(value: Any) -> str:
    """Plain data as JSON on one line."""
    return _ENCODER.encode(value)
