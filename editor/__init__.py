"""The command line and the page on which circuits are drawn, edited and trained.

`show` is the canvas in a notebook. It is loaded when it is asked for: the command line must not wait for panel.
"""

from importlib import import_module
from typing import Any

__all__ = ["show"]


def __getattr__(name: str) -> Any:
    if name == "show":
        return import_module(".notebook", __name__).show
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
