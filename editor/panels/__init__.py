"""What stands beside the canvas: files, costs, exports, training and looking, and the rail that opens them."""

from .export import Choice, command_line, exported, preview
from .files import Files
from .looking import LookingPanel
from .runs import RunsPanel
from .side import Side
from .training import TrainingPanel
from .workshop import Workshop
