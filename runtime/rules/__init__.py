"""Learning rules: who owns the step, and what it must be able to say and to store."""

from .backprop import Backprop
from .protocol import Learner, Rule, State

__all__ = ["Backprop", "Learner", "Rule", "State"]
