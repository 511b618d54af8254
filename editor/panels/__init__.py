"""What stands beside the canvas: files, costs, exports, and the rail that opens them."""

from .export import Choice, command_line, exported, preview
from .files import Files
from .side import Side
