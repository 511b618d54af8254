"""A plate of the linear algebra of wires: bending, sliding, and the outer product."""

from __future__ import annotations

from circuits import Axis, Circuit, Wire, build, circuit, einsum, host
from circuits.draw import Scene
from circuits.draw.plates import (
    At,
    Look,
    below,
    beside,
    box,
    cap,
    cup,
    dotted,
    drawn,
    joined,
    letter,
    lettered,
    mapsto,
    plate,
    relabelled,
    ring,
    sign,
    strand,
    together,
    without,
)

PLAIN = Look(named=False)
RING = "#50e3c2"


def _map(letter: str, spec: str, *given: Wire) -> Wire:
    """A map of which only the type is known, called by a letter."""
    made: Wire = host(*given, function=letter, spec=spec, name=letter)
    return made


def _drawn(of: Circuit, *letters: str) -> Scene:
    return lettered(drawn(of, look=PLAIN), *letters)


@circuit
def straight(x: Wire["a"]) -> Wire["b c"]:
    """A map with two axes on its right."""
    return _map("F", "[a] -> [b c]", x)


@circuit
def bent(y: Wire["b"], x: Wire["a"]) -> Wire["c"]:
    """The same map with one of its axes bent to the left."""
    made = _map("F", "[a] -> [b c]", x)
    return einsum("b, b c -> c", y, made, name="bend")


@circuit
def turned(y: Wire["b a"]) -> Wire["c"]:
    """The associated transpose as a map of its own."""
    return _map("F", "[b a] -> [c]", y)


def bending() -> Scene:
    """An axis bent from the right of a map to its left."""
    middle = without(_drawn(bent, "F"), At(part="separator"))
    middle = dotted(
        middle, At(node="bend"), title="$\\eta_1^{b \\times b} \\times \\mathrm{Id}_c^c$", grow=(26.0, 14.0, 4.0, 22.0)
    )
    arrow = mapsto("Associated\ntranspose")
    return beside(
        _drawn(straight, "F"), arrow, middle, sign(), relabelled(_drawn(turned, "F"), "F^T", At(node="F", part="mark"))
    )


def sliding() -> Scene:
    """A composition, step by step a cap over a transpose: four equal pictures."""
    first = together(
        strand(0, 30, 0, "a"), letter(45, 0, "G"), strand(60, 92, 0, "b"), letter(107, 0, "H"), strand(122, 152, 0, "c")
    )
    snake = together(strand(60, 82, 0, "b"), cap(82, 0, 1), cup(82, 1, 2), strand(82, 104, 2, "b"))
    snake = dotted(snake, At(part="wire"), title="Identity", grow=(-2.0, 18.0, -2.0, 6.0))
    second = together(strand(0, 30, 0, "a"), letter(45, 0, "G"), snake, letter(119, 2, "H"), strand(134, 164, 2, "c"))
    slid = dotted(together(letter(112, 2, "H")), At(part="glyph"), grow=(12.0, 44.0, 12.0, 6.0))
    third = together(
        strand(0, 30, 0, "a"),
        letter(45, 0, "G"),
        strand(60, 130, 0, "b", 78),
        cap(130, 0, 1),
        strand(78, 130, 1, "b", 96),
        cup(78, 1, 2),
        strand(78, 96, 2, "b"),
        slid,
        strand(126, 156, 2, "c", 146),
    )
    fourth = together(
        strand(0, 30, 0, "a"),
        letter(45, 0, "G"),
        strand(60, 130, 0, "b", 78),
        cap(130, 0, 1),
        strand(122, 130, 1),
        letter(104, 1.5, "H^T"),
        strand(122, 156, 2, "c"),
    )
    last = together(
        strand(0, 30, 0, "a"),
        letter(45, 0, "G"),
        strand(62, 82, 0, "b"),
        cap(82, 0, 1),
        letter(44, 1.7, "H^T"),
        strand(62, 82, 1, "b"),
        strand(62, 94, 2, "c"),
    )
    identity = box("A cap and a cup in this order are a straight wire.", 190.0)
    above = beside(joined(first, second, gap=14.0), identity, align="top")
    slide = box("Linear maps slide along the wires that pass them.", 250.0)
    under = beside(sign(), third, sign(), fourth, sign(), last, gap=14.0, align="top")
    return below(above, slide, under, gap=12.0)


def _outer(early: bool) -> Circuit:
    def body(x: Wire, y: Wire) -> Wire:
        if early:
            both = einsum("a, b -> a b", x, y, name="outer")
            left = _map("G", "[a] -> [b']", both)
            pair = _map("H", "[b] -> [c]", left)
        else:
            left = _map("G", "[a] -> [b']", x)
            pair = einsum("b', c -> b' c", left, _map("H", "[b] -> [c]", y), name="outer")
        return _map("K", "[b' c] -> [d]", pair)

    axes = {"b'": Axis("b'", label="b")}
    return build(
        "early" if early else "late", {"x": "a", "y": "b"}, body, axes=axes, doc="An outer product among maps."
    )


def products() -> Scene:
    """An outer product before two maps, and after them."""
    sides = []
    for early in (True, False):
        scene = _drawn(_outer(early), "G", "H", "K")
        line = At(part="separator").bounds(scene)
        sides.append(together(scene, ring(line.right, line.top, RING)))
    note = box("Two linear maps beside each other are one on the outer product, which may come before or after.", 300.0)
    return below(note, joined(*sides))


def linear_algebra() -> Scene:
    """What wires of linear maps may do."""
    return plate(below(bending(), sliding(), products(), gap=34.0), "Linear algebra of wires")


FIGURES = {"linear_algebra": linear_algebra}
