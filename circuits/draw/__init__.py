"""Drawing circuits."""

from .dot import FORMATS, draw, render, to_dot
