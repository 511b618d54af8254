"""Train and look in one place: the three panels as tabs, each told what concerns it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import panel as pn

from circuits import Circuit
from gallery import Entry

from ..run_folder import RunFolder, runs_folder
from ..worker import Message
from .looking import LookingPanel
from .runs import RunsPanel
from .training import TrainingPanel


class Workshop:
    """The panels of one open document, whose circuit `circuit` gives as it is at any time.

    `learned` is told at every evaluation the root mean squares of `parameters` and of `gradients` by node path.
    """

    def __init__(
        self, circuit: Callable[[], Circuit], entry: Entry | None = None, runs: RunFolder | None = None
    ) -> None:
        folder = runs or RunFolder(runs_folder())
        self.training = TrainingPanel(circuit, folder, entry)
        self.looking = LookingPanel(circuit, self.training.ask)
        self.runs = RunsPanel(folder)
        self.training.listeners.append(self.looking.follow)
        self.training.listeners.append(self.settled)
        self.learned: Callable[[Mapping[str, Mapping[str, float]]], None] = lambda nodes: None
        self.training.changed = self.runs.refresh

    def reset(self, entry: Entry | None = None) -> None:
        """Another circuit is open: end what trains, and propose what the gallery says of it."""
        self.training.reset(entry)
        self.looking.reset()

    def select(self, wire: str) -> None:
        """A wire was selected on the canvas, `blocks/attention` or with `wire:` before it."""
        self.looking.select(wire.removeprefix("wire:"))

    def settled(self, message: Message) -> None:
        """A run that has begun is in the records; what an evaluation says of the nodes is passed on."""
        if message["kind"] == "start":
            self.runs.refresh()
        if message["kind"] == "evaluation":
            self.learned(message["nodes"])

    def halt(self) -> None:
        """End the training process, if there is one."""
        self.training.halt()

    def view(self) -> pn.viewable.Viewable:
        """The panels as Panel draws them."""
        return pn.Tabs(
            ("Train", self.training.view()),
            ("Look", self.looking.view()),
            ("Runs", self.runs.view()),
            sizing_mode="stretch_width",
        )
