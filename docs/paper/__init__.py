"""The figures of the documentation: one function a plate, from circuits and what is set around them."""

from __future__ import annotations

from collections.abc import Callable

from circuits.draw import Scene

from . import algebra, attention, images, teaching

FIGURES: dict[str, Callable[[], Scene]] = {
    **images.FIGURES,
    **attention.FIGURES,
    **teaching.FIGURES,
    **algebra.FIGURES,
}
