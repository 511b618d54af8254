"""The picture of a backward pass: the circuit above, what pulls cotangents back through it mirrored below.

The backward row is read from the right: every gradient leaves where its value entered. What the forward pass keeps is
dropped above and grabbed below. Weights stay implicit, as they do in the circuit itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..circuit import Circuit
from ..rewrites.backward import Backward, backward
from ..rewrites.fitting import CONTINUOUS
from .alignment import facing
from .backward_diagram import GRAB, Grabbed, backward_diagram
from .columns import columns
from .detail import Detail
from .expand import expand
from .frame import bounds_of, framed, shifted
from .grounds import TITLE, titled
from .mirror import mirrored
from .order import order
from .picture import Layout, laid
from .scene import Item, Path, Scene, Tag, Text, line
from .tape import TRACK, Tap, dropped, grabbed, kept, tape, tracks
from .theme import Style

APART = 16.0
BACK = ("fence", "shadow")


def backward_picture(
    circuit: Circuit, detail: Detail | None = None, style: Style | None = None, *, weights: bool = False
) -> Scene:
    """The scene of a circuit above its backward pass.

    Gradients are those of the real inputs, with `weights` those of the parameters too; of these alone where no input is
    real. Raises CircuitError if the circuit has problems, AttributeProblem where no gradient flows.
    """
    detail, style = detail or Detail(), style or Style()
    inputs = [item.name for item in circuit.inputs if item.type.element in CONTINUOUS]
    found = backward(circuit, None if weights or not inputs else inputs)
    lower = backward_diagram(found, circuit, detail)
    upper = expand(circuit, detail)
    above, below = facing(
        laid(order(upper, columns(upper)), style), laid(order(lower.diagram, columns(lower.diagram)), style)
    )
    return _Rows(found, above, below, lower, style).composed(detail.title or circuit.name.replace("_", " "))


class _Rows:
    """Two rows and the band between them."""

    def __init__(self, found: Backward, above: Layout, below: Layout, lower: Grabbed, style: Style) -> None:
        self.found, self.above, self.below, self.lower, self.style = found, above, below, lower, style
        self.around = above.spread.right + below.spread.begin

    def composed(self, title: str) -> Scene:
        """The whole scene."""
        first, second = self.above.composer(self.style), self.below.composer(self.style)
        upper = first.items()
        under = [item for item in second.items() if not item.tag.node.startswith(GRAB)]
        pairs, starts = self._taps()
        numbers = tracks([(drop, self._seen(grab, 0.0)) for drop, grab in pairs])
        band = bounds_of(upper).bottom + APART
        rule = band + TRACK * (max(numbers.values(), default=-1) + 1) + 4.0
        lower = [mirrored(item, self.around) for item in (*under, *starts)]
        down = rule + TITLE + APART - bounds_of(lower).top
        lower = [_below(shifted(item, 0.0, down)) for item in lower]
        lines = tape([(drop, self._seen(grab, down)) for drop, grab in pairs], numbers, band, self.style)
        items = [*upper, *lower]
        back = [item for item in items if item.tag.part in BACK]
        rest = [item for item in items if item.tag.part not in BACK]
        items = [*back, *lines, *rest, *self._rule(items, rule, f"R[{titled(title)}]")]
        said = f"{first.description()}\n\n{second.description()}"
        return framed(items, f"R[{title}]", said, self.style.theme.paper)

    def _taps(self) -> tuple[list[tuple[Tap, Tap]], list[Item]]:
        """Drops and grabs, in the places of their rows, and the strands from grabs to what reads them."""
        pairs: list[tuple[Tap, Tap]] = []
        starts: list[Item] = []
        for cell, wire in self.lower.grabs.items():
            array = kept(self.found.forward, wire, self.above.weaver.diagram)
            grab, lanes, end = grabbed(self.below, cell, array)
            pairs.append((dropped(self.above, array), grab))
            for lane, height in zip(lanes, grab.heights, strict=True):
                tag = Tag("wire", "", lane.array, lane.strand.axes)
                for offset in (-1.5, 1.5) if lane.strand.double else (0.0,):
                    path = line((grab.x, height + offset), (end, height + offset))
                    starts.append(Path(path, stroke=self.style.theme.ink, tag=tag))
        return pairs, starts

    def _seen(self, grab: Tap, down: float) -> Tap:
        """A grab where the mirrored row has it."""
        return replace(grab, x=self.around - grab.x, heights=tuple(height + down for height in grab.heights))

    def _rule(self, items: Sequence[Item], height: float, title: str) -> list[Item]:
        """The double dashed line between the rows, and the title of the lower one."""
        bounds, ink = bounds_of(items), self.style.theme.ink
        tag = Tag("divide")
        lines: list[Item] = [
            Path(line((bounds.left, at), (bounds.right, at)), stroke=ink, width=1.2, dash=(7.0, 5.0), tag=tag)
            for at in (height - 1.6, height + 1.6)
        ]
        label = Text(bounds.left, height + TITLE + 5.0, title, TITLE, "start", ink, "sans", Tag("title", "R"))
        return [*lines, label]


def _below(item: Item) -> Item:
    """An item of the backward row: what it stands for is told apart from what stands above."""
    tag = item.tag
    node, wire = (f"R/{word}" if word else "" for word in (tag.node, tag.wire))
    return replace(item, tag=replace(tag, node=node, wire=wire))
