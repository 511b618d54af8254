"""The canvas: a circuit drawn in the browser in its own notation, and edited there."""

from .component import Canvas
from .desk import Desk
