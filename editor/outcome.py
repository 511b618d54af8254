"""How a command fails: every problem on standard error, and as JSON where that was asked for."""

from __future__ import annotations

import json
import os
import sys
import traceback
from dataclasses import asdict
from typing import Any

from circuits import CircuitloomError, Problem

TRACEBACK = "CIRCUITLOOM_TRACEBACK"


def report(error: Exception, as_json: bool) -> int:
    """Say what went wrong and return the exit status: 2 for a command line that is none, else 1."""
    if isinstance(error, BrokenPipeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # whoever read our output has stopped reading
        return 1
    problems = problems_of(error)
    if as_json:
        print(json.dumps({"ok": False, "problems": problems}, indent=2, ensure_ascii=False))
    sys.stdout.flush()
    show = getattr(error, "show", None)
    if callable(show):
        show()
    else:
        print("\n".join(problem["text"] for problem in problems), file=sys.stderr)
    if os.environ.get(TRACEBACK):
        traceback.print_exception(error)
    return int(getattr(error, "exit_code", 1))


def problems_of(error: Exception) -> list[dict[str, Any]]:
    """Every problem that an exception holds, as plain data with its whole `text`."""
    found = getattr(error, "problems", ())
    if isinstance(error, CircuitloomError) and found:
        return [{"text": str(problem), **asdict(problem)} for problem in found]
    if isinstance(error, CircuitloomError):
        return [{"text": str(error)}]
    if hasattr(error, "format_message"):  # a command line that is none
        return [{"text": error.format_message()}]
    return [{"text": str(_unforeseen(error))}]


def _unforeseen(error: Exception) -> Problem:
    """A problem with a file, or a fault of ours that nobody has written a message for."""
    if isinstance(error, OSError):
        where = str(error.filename) if error.filename is not None else "system"
        return Problem(where, "a file that can be used", error.strerror or str(error), "Give another one.")
    last = traceback.extract_tb(error.__traceback__)[-1:]
    place = f"{os.path.basename(last[0].filename)}:{last[0].lineno}" if last else "circuitloom"
    found = f"{type(error).__name__} {error}".strip()
    return Problem(place, "no fault in circuitloom itself", found, f"Please report it, with {TRACEBACK}=1 set.")
