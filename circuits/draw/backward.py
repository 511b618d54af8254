"""The picture of a backward pass: the circuit above, what pulls cotangents back through it mirrored below.

The backward row is read from the right: every gradient leaves where its value entered. What the forward pass keeps is
dropped above and grabbed below. Weights stay implicit, as they do in the circuit itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..circuit import Circuit
from ..rewrites.backward import backward
from ..rewrites.fitting import CONTINUOUS
from ..rewrites.lift_parameters import lift_parameters
from .alignment import facing
from .backward_diagram import GRAB, Grabbed, backward_diagram
from .blocks import titled
from .columns import columns
from .detail import Detail
from .expand import expand
from .frame import bounds_of, framed, shifted
from .layout import Layout, Plan
from .mirror import mirrored
from .order import order
from .scene import Item, Path, Scene, Tag, Text, line
from .spread import TITLE_SIZE
from .tape import TRACK, Pair, tape, tracks
from .taps import Tap, apart, dropped, grabbed, ranked, reached, roomy
from .theme import Style

APART = 16.0
BACK = ("fence", "shadow")


def backward_picture(
    circuit: Circuit, detail: Detail | None = None, style: Style | None = None, *, weights: bool = False
) -> Scene:
    """The scene of a circuit above its backward pass.

    Gradients are those of the real inputs (of the first parameters where no input is real), with `weights` those of all
    parameters too. Raises CircuitError if the circuit has problems, AttributeProblem where no gradient flows.
    """
    detail, style = detail or Detail(), style or Style()
    found = backward(circuit, None if weights else _ends(circuit))
    upper = expand(circuit, detail)
    lower = backward_diagram(found, circuit, upper, detail)
    above, below = (Plan(order(one, columns(one)), style).layout() for one in (upper, lower.diagram))
    return _Rows(above, below, lower, style).composed(detail.title or circuit.name.replace("_", " "))


class _Rows:
    """Two rows and the band between them."""

    def __init__(self, above: Layout, below: Layout, lower: Grabbed, style: Style) -> None:
        self.style = style
        taken = [*lower.grabs.values(), *(block for _, block in lower.boxes)]
        above = roomy(above, [dropped(above, array) for array in taken], before=False)
        below = roomy(below, _grabs(below, lower), before=True)
        self.above, self.below = facing(above, below)
        self.around = self.above.spread.right + self.below.spread.begin
        drops = {array: dropped(self.above, array) for array in taken}
        grabs = _grabs(self.below, lower)
        ways: dict[str, float] = {}
        for grab in grabs:
            far = abs(self.around - grab.x - drops[grab.array].x)
            ways[grab.array] = max(far, ways.get(grab.array, far))
        first, second = ranked(drops.values(), ways.__getitem__), ranked(grabs, lambda array: -ways[array])
        self.grabs = [apart(grab, second) for grab in grabs]
        self.drops = [apart(drops[grab.array], first) for grab in grabs]

    def composed(self, title: str) -> Scene:
        """The whole scene."""
        first, second = self.above.composer(self.style), self.below.composer(self.style)
        upper = first.items()
        under = [item for item in second.items() if not item.tag.node.startswith(GRAB)]
        numbers = tracks(self._pairs(0.0))
        band = bounds_of(upper).bottom + APART
        rule = band + TRACK * (max(numbers.values(), default=-1) + 1) + 4.0
        lower = [mirrored(item, self.around) for item in (*under, *self._starts())]
        down = rule + TITLE_SIZE + APART - bounds_of(lower).top
        lower = [_below(shifted(item, 0.0, down)) for item in lower]
        items = [*upper, *lower]
        back = [item for item in items if item.tag.part in BACK]
        rest = [item for item in items if item.tag.part not in BACK]
        lines = tape(self._pairs(down), numbers, band, self.style)
        items = [*back, *lines, *rest, *self._rule(items, rule, f"R[{titled(title)}]")]
        said = f"{first.description()}\n\n{second.description()}"
        return framed(items, f"R[{title}]", said, self.style.theme.paper)

    def _pairs(self, down: float) -> list[Pair]:
        """Drops and grabs where the picture has them, the backward row mirrored and moved down."""
        seen = [
            replace(grab, x=self.around - grab.x, heights=tuple(height + down for height in grab.heights))
            for grab in self.grabs
        ]
        return list(zip(self.drops, seen, strict=True))

    def _starts(self) -> Iterator[Item]:
        """The strands from where they are grabbed to what reads them, before the row is mirrored."""
        ink = self.style.theme.ink
        for grab in self.grabs:
            for lane, height in zip(grab.lanes, grab.heights, strict=False):
                tag = Tag("wire", "", lane.array, lane.strand.axes)
                for offset in (-1.5, 1.5) if lane.strand.double else (0.0,):
                    path = line((grab.x, height + offset), (grab.end, height + offset))
                    yield Path(path, stroke=ink, tag=tag)

    def _rule(self, items: Sequence[Item], height: float, title: str) -> list[Item]:
        """The double dashed line between the rows, and the title of the lower one."""
        bounds, ink = bounds_of(items), self.style.theme.ink
        tag = Tag("divide")
        lines: list[Item] = [
            Path(line((bounds.left, at), (bounds.right, at)), stroke=ink, width=1.2, dash=(7.0, 5.0), tag=tag)
            for at in (height - 1.6, height + 1.6)
        ]
        label = Text(
            bounds.left, height + TITLE_SIZE + 5.0, title, TITLE_SIZE, "start", ink, "sans", Tag("title", "R/")
        )
        return [*lines, label]


def _grabs(layout: Layout, lower: Grabbed) -> list[Tap]:
    """Where a backward row takes what is kept, before it is mirrored."""
    boxes = [reached(layout, cell, block) for cell, block in lower.boxes]
    return [*(grabbed(layout, cell, array) for cell, array in lower.grabs.items()), *boxes]


def _ends(circuit: Circuit) -> list[str]:
    """Real inputs; where there are none, the parameters that stand before all others."""
    inputs = [item.name for item in circuit.inputs if item.type.element in CONTINUOUS]
    if inputs:
        return inputs
    keys = lift_parameters(circuit).names
    reached: set[str] = set()
    found: list[str] = []
    for node in circuit.checked.order:
        own = [key for key in keys if key.startswith(f"{node.weights or node.name}.")]
        if reached.isdisjoint(node.wires):
            found += [key for key in own if key not in found]
        if own or not reached.isdisjoint(node.wires):
            reached.update(node.outputs())
    return found


def _below(item: Item) -> Item:
    """An item of the backward row: what it stands for is told apart from what stands above."""
    tag = item.tag
    node, wire = (f"R/{word}" if word else "" for word in (tag.node, tag.wire))
    return replace(item, tag=replace(tag, node=node, wire=wire))
