"""The project's own source files, for the tests that read them."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("circuits", "codegen", "runtime", "editor", "gallery")


def python_files(*folders: str) -> Iterator[Path]:
    """All Python files below the folders, in a fixed order, as paths from the project's root."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT)


def parse(path: Path) -> ast.Module:
    """The syntax tree of a file of the project."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), filename=str(path))
