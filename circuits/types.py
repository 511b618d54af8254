"""Axes, elements and array types.

An array type holds axis *names*: within one circuit the same name is the same axis, so sizes live once, in the
circuit's solution, and a type stays small enough to be compared thousands of times a second.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

from .errors import AttributeProblem
from .sizes import Size

AXIS_NAME = re.compile(r"[^\W\d][\w\u0300-\u036f]*(\[[^\[\]\s=]*\])?(/[1-9][0-9]*)?'*")
MAX_AXES = 64
MAX_TYPE_TEXT = 8000
_BITS = re.compile(r"[1-9]|[1-5][0-9]|6[0-4]")
ROLES = ("position", "feature", "batch", "kernel", "group", "function")


@dataclass(frozen=True, slots=True)
class Axis:
    """A named dimension of a circuit's glossary: what it counts and, if it is fixed, its size."""

    name: str
    doc: str = ""
    role: str = "feature"
    size: Size | None = None
    label: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", composed(self.name))


@dataclass(frozen=True, slots=True)
class Element:
    """What an array holds: a kind and, for whole numbers, what bounds them."""

    kind: str
    bound: Size | None = None
    axis: str = ""
    bits: int = 0

    def __str__(self) -> str:
        match self.kind:
            case "Natural":
                return f"Natural({self.bound})"
            case "Index":
                return f"Index({self.axis})"
            case "Int":
                return f"Int({self.bits})"
            case _:
                return self.kind

    @property
    def whole(self) -> bool:
        """Whether the values are whole numbers."""
        return self.kind in ("Natural", "Index", "Int")


REAL = Element("Real")
BOOL = Element("Bool")
COMPLEX = Element("Complex")


def natural(bound: int | str | Size) -> Element:
    """Whole numbers from 0 to `bound` - 1."""
    return Element("Natural", bound=Size.of(bound))


def index(axis: str) -> Element:
    """Positions along the axis `axis`."""
    return Element("Index", axis=axis)


def integer(bits: int) -> Element:
    """Signed whole numbers of `bits` bits."""
    return Element("Int", bits=bits)


@dataclass(frozen=True, slots=True)
class ArrayType:
    """Element, axes (first = outermost = top wire; order is layout, not meaning) and optional space tag."""

    element: Element = REAL
    axes: tuple[str, ...] = ()
    space: str = ""

    def __str__(self) -> str:
        element = "" if self.element == REAL else str(self.element)
        return f"{element}[{' '.join(self.axes)}]" + (f" in {self.space}" if self.space else "")


@dataclass(frozen=True, slots=True)
class TypeText:
    """A parsed type text: the type, and the sizes written into it (`x=28`)."""

    type: ArrayType
    sizes: tuple[tuple[str, Size], ...]


_ELEMENT = re.compile(r"(?:Real|Complex|Bool|Natural|Index|Int)(?=\s*[(\[])")
_SPACE = re.compile(r"\s+in\s+(\S.*)", re.DOTALL)


@lru_cache(maxsize=4096)
def parse_type(text: str) -> TypeText:
    """Read `"y k"`, `"Natural(v)[t]"`, `"Real[x=28 y=28]"` or `"[m] in PoincareBall(1)"`.

    Raises AttributeProblem when the text is no type, SizeError when a size in it is none.
    """
    if len(text) > MAX_TYPE_TEXT:
        raise AttributeProblem(f"an array type of at most {MAX_TYPE_TEXT} characters", f"{len(text)}", "Shorten it.")
    element, axes_text, space = _type_parts(text)
    names: list[str] = []
    sizes: list[tuple[str, Size]] = []
    for item in axes_text.split():
        name, equals, size = item.partition("=")
        names.append(axis_name(name))
        if equals:
            sizes.append((names[-1], Size.of(size)))
    unique(names, f"type {text!r}")
    if len(names) > MAX_AXES:
        raise AttributeProblem(f"at most {MAX_AXES} axes", str(len(names)), "Merge axes.")
    return TypeText(ArrayType(parse_element(element), tuple(names), space), tuple(sizes))


def _type_parts(text: str) -> tuple[str, str, str]:
    """Texts of the element, the axes and the space."""
    rest, element = text.strip(), ""
    if (match := _ELEMENT.match(rest)) is not None:
        element, rest = match[0], rest[match.end() :].lstrip()
        if rest.startswith("("):
            inside, rest = _bracketed(rest, "()", text)
            element, rest = f"{element}({inside})", rest.lstrip()
    if rest.startswith("["):
        axes, rest = _bracketed(rest, "[]", text)
        space = _SPACE.fullmatch(rest)
        if space is None and rest:
            raise _no_type(text)
        return element, axes, space[1] if space is not None else ""
    if element:
        raise _no_type(text)
    space = _SPACE.search(rest)
    return "", rest[: space.start()] if space is not None else rest, space[1] if space is not None else ""


def _bracketed(text: str, pair: str, whole: str) -> tuple[str, str]:
    """What stands inside the first bracket of a text, and what follows it."""
    depth = 0
    for place, character in enumerate(text):
        depth += (character == pair[0]) - (character == pair[1])
        if not depth:
            return text[1:place], text[place + 1 :]
    raise _no_type(whole)


def _no_type(text: str) -> AttributeProblem:
    return AttributeProblem("an array type such as 'Natural(v)[b t]'", repr(text), "Write element[axes].")


def parse_element(text: str | None) -> Element:
    """Read `Real`, `Complex`, `Bool`, `Natural(size)`, `Index(axis)` or `Int(bits)`; nothing means Real."""
    name, _, rest = (text or "Real").partition("(")
    inside = rest[:-1].strip()
    if name in ("Real", "Complex", "Bool") and not rest:
        return Element(name)
    if name == "Natural" and inside:
        return natural(inside)
    if name == "Index" and inside:
        return index(axis_name(inside))
    if name == "Int" and _BITS.fullmatch(inside):
        return integer(int(inside))
    raise AttributeProblem(
        "an element",
        repr(text),
        "Use Real, Complex, Bool, Natural(size), Index(axis) or Int(bits).",
    )


def composed(text: str) -> str:
    """A name in composed letters (Unicode form NFC): however it was typed, it is the same name."""
    return text if text.isascii() else normalize("NFC", text)


def axis_name(text: str) -> str:
    """The text, its letters composed, if it is an axis name; raises AttributeProblem otherwise."""
    text = composed(text)
    if len(text) > 80 or AXIS_NAME.fullmatch(text) is None:
        raise AttributeProblem("an axis name", repr(text), "Use letters, digits and _, then ' for a twin.")
    return text


def axis_names(text: str) -> tuple[str, ...]:
    """Read `"y x'"` as axis names, each once."""
    names = tuple(axis_name(word) for word in text.split())
    unique(names, repr(text))
    return names


def unique(names: list[str] | tuple[str, ...], where: str) -> None:
    """Raise AttributeProblem if an array would carry one axis name twice."""
    if len(set(names)) == len(names):
        return
    for name in names:
        if names.count(name) > 1:
            raise AttributeProblem(
                f"every axis once in {where}",
                f"'{name}' {names.count(name)} times",
                f"Use a twin: {name}'.",
            )


def base(name: str) -> str:
    """The axis a twin belongs to: `x` of `x'`."""
    return name.rstrip("'")


def stride(name: str) -> tuple[str, int]:
    """Base and total stride of a derived name: `("x", 4)` of `x/4`, `("x", 1)` of `x`."""
    root, slash, number = base(name).partition("/")
    return (root, int(number)) if slash else (root, 1)


def derived(name: str, factor: int, *, finer: bool = False) -> str:
    """The name of the axis a step of `factor` makes of `name`: `x` -> `x/2` -> `x/4`, and back when `finer`.

    Raises AttributeProblem where a finer axis would have a stride below one.
    """
    root, total = stride(name)
    primes = name[len(base(name)) :]
    if finer and total % factor:
        raise AttributeProblem(
            f"a stride of '{name}' that {factor} divides",
            f"stride {total}",
            "Name the new axis with out=.",
        )
    total = total // factor if finer else total * factor
    return (f"{root}/{total}" if total > 1 else root) + primes


def follow(name: str, axes: Mapping[str, str]) -> str:
    """What a name becomes where others are renamed: twins and strided axes that are not named follow their base."""
    if name in axes:
        return axes[name]
    root = base(name)
    primes = name[len(root) :]
    if root in axes:
        return axes[root] + primes
    origin, total = stride(name)
    return derived(axes[origin], total) + primes if total > 1 and origin in axes else name
