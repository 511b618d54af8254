"""How a run stands, as the page knows it: what each message of the training process makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Phase = Literal["idle", "starting", "training", "stopping", "finished", "stopped", "late", "failed"]
MOST_POINTS = 1000
SILENT = 10.0


@dataclass(frozen=True)
class Progress:
    """The phase of a run, its last numbers, and in `text` why it failed."""

    phase: Phase = "idle"
    step: int = 0
    total: int = 0
    loss: float | None = None
    rate: float | None = None
    results: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    text: str = ""

    @property
    def busy(self) -> bool:
        """Whether a process trains."""
        return self.phase in ("starting", "training", "stopping")

    @property
    def unfinished(self) -> bool:
        """Whether the run ended before all its steps were taken, so that it can go on."""
        return self.phase in ("stopped", "late", "failed")

    def begin(self) -> Progress:
        """A process was started."""
        return Progress("starting")

    def stop(self) -> Progress:
        """The process was asked to stop."""
        return replace(self, phase="stopping") if self.busy else self

    def ended_at_once(self) -> Progress:
        """The process was ended without waiting for its step."""
        return replace(self, phase="stopped", results={}, text="") if self.busy else self

    def follow(self, message: Mapping[str, Any]) -> Progress:
        """What a message of the process makes of it; messages that come after the end change nothing."""
        if not self.busy:
            return self
        match message["kind"]:
            case "start":
                return replace(self, phase=self._going(), step=message["step"], total=message["total"])
            case "steps":
                step, loss = message["rows"][-1]
                found = {"step": int(step), "total": message["total"], "loss": loss, "rate": message["rate"]}
                return replace(self, phase=self._going(), **found)
            case "evaluation":
                return replace(self, results=message["metrics"])
            case "failed":
                return replace(self, phase="failed", text=message["text"])
            case "done":
                return self._done(message["ended"], message["summary"])
        return self

    def _going(self) -> Phase:
        return "stopping" if self.phase == "stopping" else "training"

    def _done(self, ended: Phase, summary: Mapping[str, Any]) -> Progress:
        results = {key.removeprefix("test_"): value for key, value in summary.items() if key.startswith("test_")}
        return replace(self, phase=ended, step=summary["steps"], seconds=summary["seconds"], results=results)

    def sentence(self, silent: float = 0.0) -> str:
        """How it stands in one line; `silent` is for how many seconds the process has said nothing."""
        waiting = f" Nothing heard for {silent:.0f} s." if silent > SILENT and self.busy else ""
        match self.phase:
            case "idle":
                return "Trains in a process of its own; nothing is downloaded."
            case "starting":
                return f"Starting the training process…{waiting}"
            case "training":
                return f"Step {self.step:,} of {self.total:,}{self._numbers()}.{waiting}"
            case "stopping":
                return f"Stopping after this step. Press again to stop at once.{waiting}"
            case "failed":
                return self.text
        word = {"finished": "Done", "stopped": "Stopped", "late": "Stopped at the time limit"}[self.phase]
        spent = f", {self.seconds:,.1f} s" if self.seconds else ""
        numbers = ", ".join(f"{name.replace('_', ' ')} {value:.4g}" for name, value in self.results.items())
        return f"{word} after {self.step:,} steps{spent}." + (f" Held-out data: {numbers}." if numbers else "")

    def _numbers(self) -> str:
        loss = f", loss {self.loss:.4f}" if self.loss is not None else ""
        rate = f", {self.rate:,.0f} steps/s" if self.rate is not None and self.rate >= 10 else ""
        return loss + (rate or (f", {self.rate:.2g} steps/s" if self.rate is not None else ""))


@dataclass
class Curve:
    """Points of a curve as it grows; of more than `most` neighbours are put together, so that none costs ever more.

    `fresh` says that there are points since it was last shown.
    """

    most: int = MOST_POINTS
    steps: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    fresh: bool = False

    def add(self, rows: Sequence[Sequence[float]]) -> None:
        """Add (step, value) points behind the others."""
        self.fresh = True
        for step, value in rows:
            self.steps.append(step)
            self.values.append(value)
        while len(self.steps) > self.most:
            self.steps, self.values = _halved(self.steps), _halved(self.values)

    @property
    def columns(self) -> dict[str, list[float]]:
        """As a plot takes it."""
        return {"step": list(self.steps), "value": list(self.values)}


def _halved(numbers: list[float]) -> list[float]:
    """The means of neighbours; the last one stays as it is where it has none."""
    pairs = zip(numbers[::2], numbers[1::2], strict=False)
    return [(one + other) / 2 for one, other in pairs] + (numbers[-1:] if len(numbers) % 2 else [])
