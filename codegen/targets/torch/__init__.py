"""The target `torch`: plain readable PyTorch, a module class a subcircuit."""

from .emit import RESERVED, emit
