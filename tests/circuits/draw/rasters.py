"""Pictures of scenes as pixels, and how far two of them are apart."""

import shutil
import subprocess
from io import BytesIO
from pathlib import Path as FilePath
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import maximum_filter, minimum_filter

from circuits.draw.figure import to_pdf, to_png
from circuits.draw.presets import PAGE
from circuits.draw.scene import Scene
from circuits.draw.svg import to_svg
from circuits.draw.tikz import to_tikz

DPI = 200
# Pixels within which the same thing must be found, and how much its paint may differ (of 255).
REACH, SHADE = 2, 25

Raster = NDArray[np.int16]


def needs(command: str, package: str) -> None:
    """Skip the test where a program is not installed."""
    if shutil.which(command) is None:
        pytest.skip(f"expected the command '{command}', found none. Install Debian's package {package}.")


def outcome(command: list[str], given: bytes = b"", folder: str | None = None) -> bytes:
    """What a program writes, which must succeed."""
    done = subprocess.run(command, input=given, capture_output=True, cwd=folder, check=False, timeout=120)
    assert done.returncode == 0, (done.stdout + done.stderr).decode(errors="replace")[-3000:]
    return done.stdout


def from_png(scene: Scene) -> Raster:
    return pixels(to_png(scene, PAGE, dpi=DPI))


def from_svg(scene: Scene) -> Raster:
    needs("rsvg-convert", "librsvg2-bin")
    return pixels(outcome(["rsvg-convert", f"--dpi-x={DPI}", f"--dpi-y={DPI}"], to_svg(scene, PAGE).encode()))


def from_pdf(scene: Scene) -> Raster:
    return pdf_pixels(to_pdf(scene, PAGE))


def from_outlined_pdf(scene: Scene) -> Raster:
    return pdf_pixels(to_pdf(scene, PAGE, text="outlines"))


def from_tikz(scene: Scene) -> Raster:
    return pdf_pixels(compiled(to_tikz(scene, PAGE, standalone=True)))


def compiled(document: str) -> bytes:
    """What LaTeX makes of a document; any error of LaTeX fails."""
    needs("pdflatex", "texlive-latex-base")
    if not subprocess.run(["kpsewhich", "tikz.sty"], capture_output=True, check=False).stdout:
        pytest.skip("expected the file 'tikz.sty', found none. Install Debian's package texlive-pictures.")
    with TemporaryDirectory() as folder:
        FilePath(folder, "picture.tex").write_text(document, encoding="utf-8")
        outcome(
            ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "picture"], folder=folder
        )
        return FilePath(folder, "picture.pdf").read_bytes()


def pdf_pixels(data: bytes) -> Raster:
    needs("pdftocairo", "poppler-utils")
    return pixels(outcome(["pdftocairo", "-png", "-singlefile", "-r", str(DPI), "-", "-"], data))


def pixels(data: bytes) -> Raster:
    image = Image.open(BytesIO(data)).convert("RGBA")
    return np.asarray(Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB"), np.int16)


def strangers(one: Raster, other: Raster) -> int:
    """The pixels of one raster whose paint is nowhere near them in the other.

    Near means: within REACH pixels, between the darkest and the lightest value there, or at most SHADE beyond.
    """
    size = (2 * REACH + 1, 2 * REACH + 1, 1)
    low, high = minimum_filter(other, size) - SHADE, maximum_filter(other, size) + SHADE
    return int(((one < low) | (one > high)).any(axis=2).sum())


def apart(one: Raster, other: Raster) -> float:
    """The larger share of strangers, of all pixels that are not white, looking both ways."""
    assert one.shape == other.shape
    painted = max(int((each < 255).any(axis=2).sum()) for each in (one, other))
    return max(strangers(one, other), strangers(other, one)) / max(painted, 1)
