"""Neural circuit diagrams: a circuit laid out as strands, glyphs and blocks, and printed for screens and papers."""

from .backward import backward_picture
from .catalogue import Row, catalogue
from .detail import Detail, opened_paths
from .dot import to_dot
from .drawing import FORMATS, draw, draw_style, paper_named, printed, row_width
from .figure import to_pdf, to_png
from .fragments import CANVAS, Fragment, Fragments, colour_names, colour_roles, fragment, fragments, writer
from .heat import QUANTITIES, Heat, Legend, amount_label, heat, heat_share, heat_values
from .picture import Drawn, picture
from .presets import COLUMN, PAGE, PAPERS, POSTER, SCREEN, SLIDE, Paper
from .read import Read, read_glyphs
from .scene import Bounds, Item, Path, Scene, Tag, Text, polygon
from .svg import to_svg
from .theme import DARK, DIALECTS, THEMES, Style, Theme
from .tikz import to_tikz
from .wishes import Wishes, wishes_of
