"""Drawing circuits."""

from .dot import FORMATS, draw, to_dot
