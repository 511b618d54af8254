"""Data that needs no download, and the shape of any other."""

from .core import Array, Batch, Data, Kind, digest_of
from .order import positions
from .registry import Option, Source, load_data, register, sources

__all__ = [
    "Array",
    "Batch",
    "Data",
    "Kind",
    "Option",
    "Source",
    "digest_of",
    "load_data",
    "positions",
    "register",
    "sources",
]
