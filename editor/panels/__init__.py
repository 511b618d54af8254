"""Train and look: the panels beside the canvas that train the circuit and show what it does."""

from .looking import LookingPanel
from .runs import RunsPanel
from .training import TrainingPanel
from .workshop import Workshop

__all__ = ["LookingPanel", "RunsPanel", "TrainingPanel", "Workshop"]
