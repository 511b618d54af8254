"""How large a picture becomes: a room that it must not leave, and a size that its letters must not pass."""

from __future__ import annotations

from dataclasses import dataclass

from .scene import Scene

LABEL = 14.0
INCH = 72.0


@dataclass(frozen=True, slots=True)
class Paper:
    """The largest width and height in inches, and the size in points (1/72 inch) of a label of 14 units."""

    width: float
    height: float
    points: float

    def scale(self, scene: Scene) -> float:
        """Points a unit of the scene: as large as the three limits allow."""
        across, down = self.width / max(scene.width, 1.0), self.height / max(scene.height, 1.0)
        return min(self.points / LABEL, INCH * across, INCH * down)

    def size(self, scene: Scene) -> tuple[float, float]:
        """Width and height of the picture in points."""
        scale = self.scale(scene)
        return scene.width * scale, scene.height * scale


# A unit is a pixel of a screen, of which 96 make an inch; PDF and TeX know no page longer than 200 inches.
SCREEN = Paper(width=200.0, height=200.0, points=LABEL * INCH / 96)
COLUMN = Paper(width=3.25, height=9.0, points=9.0)
PAGE = Paper(width=6.75, height=9.0, points=9.0)
SLIDE = Paper(width=12.0, height=6.0, points=20.0)
POSTER = Paper(width=33.0, height=46.0, points=32.0)
PAPERS = {"screen": SCREEN, "column": COLUMN, "page": PAGE, "slide": SLIDE, "poster": POSTER}
