"""Writes the figures of the documentation, and sheets that hold them beside pictures of others.

    python -m docs.sheets                     # docs/figures/*.svg
    python -m docs.sheets ../pictures         # and build/sheets/*.png, with the pictures of that folder on the left

The pictures of others never enter the project: sheets lie in a folder that git ignores.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from matplotlib.image import imread, imsave
from numpy.typing import NDArray

from circuits.draw import Scene, to_png, to_svg

from .paper import FIGURES

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "figures"
SHEETS = ROOT / "build" / "sheets"
# The picture of others that shows what a figure shows, by the stem of its file.
BESIDE = {
    "digit_classifier": "imagerec",
    "residual_block": "IdResNet_block",
    "residual_network": "IdResNet_overall",
    "unet": "unet",
    "scaled_attention": "scaled_attention",
    "multi_head_attention": "multihead0",
    "visual_attention": "visual_attention",
    "einsum": "implementation",
    "broadcasting": "broadcasting0",
    "inner_broadcasting": "inner_broadcasting0a",
    "indexes": "indexes",
    "subtensors": "subtensors",
    "elementwise": "elementwise0",
    "axes_as_wires": "rediagram",
    "linear_algebra": "linear_algebra",
}
HEIGHT = 900

Pixels = NDArray[np.float32]


def written() -> dict[str, str]:
    """The text of every figure by the name of its file."""
    return {f"{name}.svg": to_svg(make()) for name, make in FIGURES.items()}


def sheet(left: Pixels, scene: Scene) -> Pixels:
    """A picture and a scene side by side, both as high, on white."""
    ours = _opaque(imread(BytesIO(to_png(scene, dpi=192.0)), format="png"))
    sides = [_fitted(_opaque(left)), _fitted(ours)]
    high = max(side.shape[0] for side in sides)
    gap = np.ones((high, 40, 3), np.float32)
    padded = [np.pad(side, ((0, high - side.shape[0]), (0, 0), (0, 0)), constant_values=1.0) for side in sides]
    return np.concatenate([padded[0], gap, padded[1]], axis=1)


def _opaque(pixels: Pixels) -> Pixels:
    """Pixels without transparency, on white."""
    colour = pixels[..., :3]
    if pixels.shape[2] == 3:
        return colour
    share = pixels[..., 3:]
    return np.asarray(colour * share + (1.0 - share), np.float32)


def _fitted(pixels: Pixels) -> Pixels:
    """Pixels at most as wide and high as half a sheet, each the mean of those it stands for."""
    high, wide = pixels.shape[:2]
    share = min(1.0, HEIGHT / high, 1400.0 / wide)
    for axis, length in ((0, high), (1, wide)):
        starts = (np.arange(int(length * share)) / share).astype(int)
        counts = np.diff([*starts, length]).astype(np.float32)
        shape = tuple(-1 if place == axis else 1 for place in range(3))
        pixels = (np.add.reduceat(pixels, starts, axis=axis) / counts.reshape(shape)).astype(np.float32)
    return pixels


def main(arguments: Sequence[str]) -> None:
    """Write the figures, and sheets for a folder that is given."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in written().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    for folder in map(Path, arguments):
        SHEETS.mkdir(parents=True, exist_ok=True)
        for name, stem in BESIDE.items():
            picture = folder / f"{stem}.png"
            if picture.exists():
                imsave(SHEETS / f"{name}.png", sheet(imread(picture), FIGURES[name]()))
            else:
                print(f"sheets: expected {picture}, found none. The sheet of '{name}' is left out.", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
