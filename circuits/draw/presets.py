"""How large a picture becomes: a width that it must not pass, and a size that its letters must not pass."""

from __future__ import annotations

from dataclasses import dataclass

from .scene import Scene

LABEL = 14.0
INCH = 72.0


@dataclass(frozen=True, slots=True)
class Paper:
    """Its largest width in inches, and the size in points (1/72 inch) of a label of 14 units."""

    width: float
    points: float

    def scale(self, scene: Scene) -> float:
        """Points a unit of the scene: as large as both limits allow."""
        return min(self.points / LABEL, self.width * INCH / max(scene.width, 1.0))

    def size(self, scene: Scene) -> tuple[float, float]:
        """Width and height of the picture in points."""
        scale = self.scale(scene)
        return scene.width * scale, scene.height * scale


# A unit is a pixel of a screen, of which 96 make an inch.
SCREEN = Paper(width=200.0, points=LABEL * INCH / 96)
COLUMN = Paper(width=3.25, points=9.0)
PAGE = Paper(width=6.75, points=9.0)
SLIDE = Paper(width=12.0, points=20.0)
POSTER = Paper(width=33.0, points=32.0)
PAPERS = {"screen": SCREEN, "column": COLUMN, "page": PAGE, "slide": SLIDE, "poster": POSTER}
