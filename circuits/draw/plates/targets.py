"""What of a picture something points to: a node, an array, an axis or a kind of item."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ...errors import CircuitloomError, Problem, did_you_mean
from ..frame import bounds_of
from ..scene import Bounds, Item, Scene


@dataclass(frozen=True, slots=True)
class At:
    """A choice of items: those that fit all that is given.

    `node` is the path of a node or block, with all that lies in it, but not a ground that was put under it; `wire` an
    array, `axis` one of its axes, `part` a kind of item. `place` picks one of several pieces, counted from the left.
    """

    node: str = ""
    wire: str = ""
    axis: str = ""
    part: str = ""
    place: int | None = None

    def of(self, scene: Scene) -> tuple[Item, ...]:
        """The items in the order of the scene; raises CircuitloomError where there are none."""
        found = [item for item in scene.items if self._fits(item)]
        if self.place is not None:
            found = sorted(found, key=lambda item: bounds_of([item]).left)[self.place :][:1]
        if not found:
            raise CircuitloomError(str(self._missing(scene)))
        return tuple(found)

    def bounds(self, scene: Scene) -> Bounds:
        """The rectangle around the items."""
        return bounds_of(self.of(scene))

    def _fits(self, item: Item) -> bool:
        tag = item.tag
        inside = tag.node == self.node or tag.node.startswith(f"{self.node}/")
        inside = inside and (tag.part != "ground" or self.part == "ground")
        return (
            (not self.node or inside)
            and (not self.wire or tag.wire == self.wire)
            and (not self.axis or self.axis in tag.axes)
            and (not self.part or tag.part == self.part)
        )

    def _missing(self, scene: Scene) -> Problem:
        kinds: dict[str, Callable[[Item], Iterable[str]]] = {
            "node": lambda item: (item.tag.node,),
            "wire": lambda item: (item.tag.wire,),
            "axis": lambda item: item.tag.axes,
            "part": lambda item: (item.tag.part,),
        }
        asked = {kind: getattr(self, kind) for kind in kinds if getattr(self, kind)}
        known = {kind: {name for item in scene.items for name in names(item) if name} for kind, names in kinds.items()}
        wrong = next((kind for kind, name in asked.items() if name not in known[kind]), "node")
        text = ", ".join(f"{kind} '{name}'" for kind, name in asked.items())
        near = did_you_mean(asked.get(wrong, ""), known[wrong])
        return Problem(
            "plate", f"something drawn for {text or 'the whole'}", "nothing", f"Name what the picture shows.{near}"
        )


def every(scene: Scene, where: Iterable[At]) -> tuple[Item, ...]:
    """The items of several choices, each once, in the order of the scene."""
    wanted = {id(item) for one in where for item in one.of(scene)}
    return tuple(item for item in scene.items if id(item) in wanted)


_FRONT = ("wire", "separator", "glyph", "dot", "copy", "label", "mark", "bracket", "cap", "name")
_BACK = ("fence", "ground", "band", "object", "morphism")


def behind(scene: Scene, back: Sequence[Item]) -> list[Item]:
    """The items of a scene with others under its strands, on the grounds that lie where they do."""
    around = bounds_of(back)
    grounds = [
        place for place, item in enumerate(scene.items) if item.tag.part in _BACK and bounds_of([item]).meets(around)
    ]
    fronts = [place for place, item in enumerate(scene.items) if item.tag.part in _FRONT]
    first = grounds[-1] + 1 if grounds else next(iter(fronts), len(scene.items))
    return [*scene.items[:first], *back, *scene.items[first:]]
