"""Where arrays live while a circuit runs: memory levels, groups and streams, what they cost and when they are legal."""

from .costs import AreaCost, Held, Moved, area_cost
from .formula import Formula
from .legal import schedule_problems
from .optimum import Leading, Tiling, best_tiling, leading
from .report import AreaReport, ResourceReport, resource_report
from .schedule import Area, Level, Part, Reach, Schedule, area, reaches
from .stored import schedule_of, with_schedule
