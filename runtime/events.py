"""What a run tells while it goes on, and the progress bar that listens."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

EventKind = Literal["start", "step", "evaluation", "checkpoint", "end"]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened after `step` of `total` steps.

    `metrics` are the step's numbers, or the held-out data's at an evaluation and at the end.
    """

    kind: EventKind
    step: int
    total: int
    seconds: float
    metrics: Mapping[str, float] = field(default_factory=dict)


Observer = Callable[[Event], None]


class ProgressBar:
    """A bar on standard error with the loss and the last evaluation; redrawn at most ten times a second."""

    def __init__(self, console: Console | None = None) -> None:
        self._progress = Progress(
            TextColumn("training"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[numbers]}"),
            TimeRemainingColumn(),
            console=console or Console(stderr=True),
            auto_refresh=False,
        )
        self._bar = self._progress.add_task("training", total=None, numbers="")
        self._drawn, self._evaluation = 0.0, ""

    def __call__(self, event: Event) -> None:
        """Show an event."""
        if event.kind == "start":
            self._progress.start()
        if event.kind == "evaluation":
            self._evaluation = _text(event.metrics)
        now = time.monotonic()
        if now - self._drawn < 0.1 and event.kind != "end":
            return
        self._drawn = now
        numbers = f"loss {event.metrics['loss']:.4f}" if event.kind == "step" else ""
        shown = "  ".join(part for part in (numbers, self._evaluation) if part)
        self._progress.update(self._bar, completed=event.step, total=event.total, numbers=shown, refresh=True)

    def close(self) -> None:
        """Leave the bar as it is and give the terminal back."""
        self._progress.stop()


def _text(metrics: Mapping[str, float]) -> str:
    return "  ".join(f"test {name} {value:.4f}" for name, value in metrics.items())
