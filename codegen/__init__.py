"""From circuits to programs people can read, run and take home."""

from .build import TARGETS, build
from .passes import PASSES, run_passes
from .plan import Plan, PlannedModule, plan
from .program import Program
