"""From the text of a program to its module class.

The text is written to a file named after its content, so that tracebacks, debuggers and `inspect`
show its lines, and the same text is the same module. Loading runs the text: load only programs you
would run.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import tempfile
from pathlib import Path
from types import ModuleType

from torch import nn

from .errors import Problem, ProgramError, did_you_mean
from .files import write_whole


def program_folder() -> Path:
    """Where this user's programs are kept: `circuitloom/programs` in the cache folder."""
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "circuitloom" / "programs"


def load_program(text: str, name: str | None = None, folder: Path | None = None) -> type[nn.Module]:
    """The module class a program defines: the one called `name`, else the last one in the text.

    Raises ProgramError for a text that cannot be imported or defines no such class.
    """
    module = import_text(text, folder)
    classes = {
        key: value
        for key, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, nn.Module) and value.__module__ == module.__name__
    }
    if not classes or (name is not None and name not in classes):
        expected = f"a module class '{name}'" if name else "a class derived from nn.Module"
        found = ", ".join(classes) or "no module class"
        fix = f"Define it.{did_you_mean(name or '', classes)}"
        raise ProgramError(Problem(f"program {module.__file__}", expected, found, fix))
    return classes[name or list(classes)[-1]]


def import_text(text: str, folder: Path | None = None) -> ModuleType:
    """Import a program's text from its file in `folder` (by default the user's); once a process.

    Raises ProgramError for a text that cannot be imported.
    """
    digest = hashlib.sha256(text.encode()).hexdigest()
    module_name = f"circuitloom_program_{digest[:32]}"
    if module_name in sys.modules:
        return sys.modules[module_name]
    path = _write(text, f"{module_name}.py", folder or program_folder())
    spec = importlib.util.spec_from_file_location(module_name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # whatever the text does
        del sys.modules[module_name]
        found = f"{type(error).__name__}: {error}"
        problem = Problem(f"program {path}", "text that imports", found, "Print it anew.")
        raise ProgramError(problem) from error
    return module


def _write(text: str, name: str, folder: Path) -> Path:
    """The file with this text; in a fresh folder of this process where the asked one cannot be written."""
    content = text.encode()
    path = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists() or path.read_bytes() != content:
            write_whole(path, content)
    except OSError:
        path = Path(tempfile.mkdtemp(prefix="circuitloom-")) / name
        path.write_bytes(content)
    return path
