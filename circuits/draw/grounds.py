"""Grounds of blocks with their titles, and the brackets and loops of those that are repeated."""

from __future__ import annotations

from collections.abc import Sequence

from .blocks import LOOPED, Block
from .glyph_boxes import CHIP
from .place import Placed
from .scene import Bounds, Command, Item, Path, Tag, Text, chipped, line, polygon
from .spread import FENCE, GATE, TITLE_SIZE, Spread
from .theme import Style
from .typeset import measure

BOUND = 13.0
# Width of the line of a bracket, and how far it bends: round ones as in the figures of 2024, square ones of 2026.
STROKE, DEPTH, SERIF = 3.0, 10.0, 5.0
# How far bounds stand above and below a block: brackets reach beyond it.
CLEAR = 10.0
# Blocks that are done once.
PLAIN = ("call", "composite")


def edges(block: Block, spread: Spread, placed: Placed) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the ground of a block, without the band of its title."""
    first, last = spread.columns[block.columns[0]], spread.columns[block.columns[-1]]
    # a region begins and ends in the middle of its gates
    inset = FENCE * 0.65 if block.fence.kind in PLAIN else -GATE / 2
    top, low = placed.blocks[block.id]
    left = first.gathered - inset if block.opens else first.start
    right = last.scattered + inset if block.closes else last.end
    return left, top, right, low


def grounds(blocks: Sequence[Block], spread: Spread, placed: Placed, style: Style) -> list[Item]:
    """The grounds, outer ones first, and their titles."""
    found: list[Item] = []
    theme = style.theme
    for block in blocks:
        left, top, right, low = edges(block, spread, placed)
        name = block.fence.title
        fill = theme.named.get(name, theme.fences[block.depth % len(theme.fences)])
        tag = Tag("fence", block.fence.id)
        box, cut = Bounds(left, top - block.title, right, low), _cut(block, blocks, style)
        if style.shadows:
            found += shadow(box, style, cut)
        found.append(Path(chipped(box, cut), fill=fill, tag=tag))
        if not block.opens:
            continue
        middle = (left + right) / 2
        title = Text(
            middle, top - 4.0, block.title_text, TITLE_SIZE, "middle", theme.ink, "sans", Tag("title", block.fence.id)
        )
        found.append(title)
    return found


def _cut(block: Block, blocks: Sequence[Block], style: Style) -> float:
    """How much of the lower left corner of a ground is cut off: what holds learned maps is chipped as they are."""
    chips = block.fence.learned and block.fence.kind in PLAIN and style.dialect == "d24"
    if not (chips and block.opens):
        return 0.0
    inside = [other for other in blocks if other.around == block.id and other.columns[0] == block.columns[0]]
    # the whole corner of one that begins with it would stand out; brackets stand farther inside
    whole = [other for other in inside if other.fence.kind in PLAIN and not _cut(other, blocks, style)]
    return 0.0 if whole else CHIP


def shadow(box: Bounds, style: Style, cut: float = 0.0) -> list[Item]:
    """A soft shadow as a few pale frames, which every printer can draw."""
    steps = 3
    return [
        Path(
            chipped(box.grown(spread), cut),
            fill=style.theme.ink,
            opacity=style.theme.shadow / steps,
            tag=Tag("shadow"),
        )
        for spread in (2.4, 1.6, 0.8)
    ]


def brackets(blocks: Sequence[Block], spread: Spread, placed: Placed, style: Style) -> list[Item]:
    """Brackets with their bounds around repetitions, loops under other regions."""
    found: list[Item] = []
    for block in blocks:
        if block.fence.kind in PLAIN:
            continue
        left, top, right, low = edges(block, spread, placed)
        box = (left, top - block.title, right, low)
        found += _parentheses(*box, block, style)
        found += _bounds(*box, block, style)
        if block.fence.kind in LOOPED:
            found += _loops(block, spread, placed, style)
    return found


def _parentheses(left: float, top: float, right: float, low: float, block: Block, style: Style) -> list[Item]:
    """A pair of brackets: round in the style of 2024, square in that of 2026."""
    ink, tag = style.theme.ink, Tag("bracket", block.fence.id)
    found: list[Item] = []
    ends = ([(left, 1.0)] if block.opens else []) + ([(right, -1.0)] if block.closes else [])
    for x, turn in ends:
        if style.dialect == "d26":
            shape: tuple[tuple[float, float], ...] = (
                (x + SERIF * turn, top - 4.0),
                (x, top - 4.0),
                (x, low + 4.0),
                (x + SERIF * turn, low + 4.0),
            )
            found.append(Path(line(*shape), stroke=ink, width=STROKE, tag=tag))
            continue
        # a cubic comes three quarters of the way to its control points
        end, out = x + DEPTH * turn * 0.6, x - DEPTH * turn * (4 / 3 - 0.6)
        height = (low - top) / 3
        curve = (
            ("M", end, top - 6.0),
            ("C", out, top + height * 0.35, out, low - height * 0.35, end, low + 6.0),
        )
        found.append(Path(curve, stroke=ink, width=STROKE, tag=tag))
    return found


def _bounds(left: float, top: float, right: float, low: float, block: Block, style: Style) -> list[Item]:
    """How often the block is repeated: bounds of an index at the left bracket, a count at the right one.

    In the style of 2026 a count stands at the left one.
    """
    ink, tag = style.theme.ink, Tag("bound", block.fence.id)
    fence = block.fence
    found: list[Item] = []
    if fence.lower and block.opens:
        found.append(Text(left - 1.0, top - CLEAR, fence.upper, BOUND, "start", ink, tag=tag))
        ascent = measure(fence.lower, BOUND).ascent
        found.append(Text(left - 1.0, low + CLEAR + ascent, fence.lower, BOUND, "start", ink, tag=tag))
    elif fence.upper and not fence.lower:
        text = fence.upper + (r"\ \mathrm{tied}" if fence.tied else "")
        if style.dialect == "d26" and block.opens:
            found.append(Text(left - 1.0, top - CLEAR, text, BOUND, "start", ink, tag=tag))
        elif style.dialect != "d26" and block.closes:
            found.append(Text(right + 4.0, top - CLEAR, text, BOUND, "end", ink, tag=tag))
    return found


def _loops(block: Block, spread: Spread, placed: Placed, style: Style) -> list[Item]:
    """A line back from where each carried array leaves to where it enters; over several rows a part of it in each."""
    left, _, right, low = edges(block, spread, placed)
    ink = style.theme.ink
    found: list[Item] = []
    for number, (array, entered) in enumerate(block.fence.carried):
        under = low + 8.0 + 6.0 * number
        tag = Tag("loop", block.fence.id, array, (entered,))
        bend: Command = ("C", right, under, right, under, right - 10.0, under)
        course: list[Command] = [("M", right, low), bend] if block.closes else [("M", right, under)]
        if block.opens:
            course += [("L", left + 10.0, under), ("C", left, under, left, under, left, low + 6.0)]
            tip = polygon((left, low - 1.0), (left - 3.5, low + 7.0), (left + 3.5, low + 7.0))
            found.append(Path(tip, fill=ink, tag=tag))
        else:
            course.append(("L", left, under))
        found.append(Path(tuple(course), stroke=ink, width=1.2, dash=(2.0, 2.0), tag=tag))
    return found
