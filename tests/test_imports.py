"""Imports point one way: circuits <- codegen <- runtime <- editor; gallery uses circuits only.

Across packages there is one door, ``from circuits import Axis``; inside a package imports are
relative; and none of our packages is imported inside a function, save by the commands of the
command line, which must not wait for torch to list a gallery.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.source_tree import PACKAGES, parse, python_files

MAY_IMPORT = {
    "circuits": (),
    "codegen": ("circuits",),
    "runtime": ("circuits", "codegen"),
    "editor": ("circuits", "codegen", "runtime", "gallery"),
    "gallery": ("circuits",),
}
# These hold no tensors and draw no pages, so reading, checking and printing stay quick.
WITHOUT_TORCH_OR_PANEL = ("circuits", "codegen", "gallery")
HEAVY = ("torch", "panel", "bokeh")
# Drawing loads fonts and a solver, resources an optimiser, which nothing else needs: they have doors of their own.
MORE_DOORS = ("circuits.draw", "circuits.resources")
# The commands may import at their door, inside the function.
COMMAND_LINE = (Path("editor/cli.py"), Path("editor/cli"))


@dataclass(frozen=True)
class Import:
    """One imported module: ``level`` dots before it, by ``from`` or not, in a function or not."""

    module: str
    level: int
    by_name: bool
    in_function: bool
    line: int


def imports(node: ast.AST, in_function: bool = False) -> Iterator[Import]:
    """Every import below a node."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ImportFrom):
            yield Import(child.module or ".", child.level, True, in_function, child.lineno)
        elif isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(alias.name, 0, False, in_function, child.lineno)
        is_function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
        yield from imports(child, in_function or is_function)


def wrong_direction(path: Path, found: Import) -> str | None:
    """What is wrong with where an import points to."""
    package, top = path.parts[0], found.module.split(".")[0]
    if found.level:
        leaves = found.level >= len(path.parts)
        return f"expected an import inside {package}, found one that leaves it" if leaves else None
    if top in HEAVY and package in WITHOUT_TORCH_OR_PANEL:
        return f"expected {package} to do without {top}. Move the code to runtime or editor"
    if top not in PACKAGES:
        return None
    if top == package:
        return f"expected a relative import inside {package}, found {found.module}"
    if top not in MAY_IMPORT[package]:
        allowed = " or ".join(MAY_IMPORT[package]) or "none of the others"
        return f"expected {package} to import {allowed}, found {top}. Move the code"
    if found.module not in (top, *MORE_DOORS) or not found.by_name:
        return f"expected 'from {top} import ...', found {found.module}. Export it at the door"
    return None


def wrong_place(path: Path, found: Import) -> str | None:
    """What is wrong with where an import stands."""
    ours = found.level > 0 or found.module.split(".")[0] in PACKAGES
    if not ours or not found.in_function or any(path.is_relative_to(c) for c in COMMAND_LINE):
        return None
    return f"expected {found.module} imported at the top, found it in a function. Move the code"


def problems(path: Path, tree: ast.Module) -> list[str]:
    """All wrong imports of a file, each as *file:line: expected, found*."""
    return [
        f"{path}:{found.line}: {problem}."
        for found in imports(tree)
        for problem in (wrong_direction(path, found), wrong_place(path, found))
        if problem is not None
    ]


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_point_one_way(package: str) -> None:
    files = list(python_files(package))
    assert files
    assert not [problem for path in files for problem in problems(path, parse(path))]


@pytest.mark.parametrize(
    ("path", "source", "expected"),
    [
        (
            "circuits/a.py",
            "from codegen import b",
            "circuits to import none of the others, found codegen",
        ),
        ("codegen/a.py", "import runtime", "codegen to import circuits, found runtime"),
        ("gallery/a.py", "from codegen import b", "gallery to import circuits, found codegen"),
        (
            "runtime/a.py",
            "from editor import b",
            "runtime to import circuits or codegen, found editor",
        ),
        (
            "codegen/a.py",
            "from circuits.types import Axis",
            "'from circuits import ...', found circuits.types",
        ),
        ("codegen/a.py", "import circuits", "'from circuits import ...', found circuits"),
        (
            "codegen/a.py",
            "from codegen.b import c",
            "a relative import inside codegen, found codegen.b",
        ),
        (
            "codegen/b/a.py",
            "from ...circuits import c",
            "an import inside codegen, found one that leaves it",
        ),
        (
            "codegen/__init__.py",
            "from ..circuits import c",
            "an import inside codegen, found one that leaves it",
        ),
        ("editor/a.py", "def f():\n    from runtime import train", "runtime imported at the top"),
        (
            "editor/a.py",
            "class A:\n    def f(self):\n        from .b import c",
            "b imported at the top",
        ),
        ("editor/cli.py", "def f():\n    from runtime.train import g", "'from runtime import ...'"),
        ("codegen/a.py", "import torch.nn", "codegen to do without torch"),
        ("gallery/a.py", "if True:\n    from panel.io import x", "gallery to do without panel"),
    ],
)
def test_wrong_imports_are_found(path: str, source: str, expected: str) -> None:
    (found,) = problems(Path(path), ast.parse(source))
    assert expected in found


@pytest.mark.parametrize(
    ("path", "source"),
    [
        (
            "codegen/b/a.py",
            "from circuits import Axis\nfrom .. import plan\nfrom ..plan import Plan",
        ),
        ("editor/cli.py", "def f():\n    from runtime import train\n    from .app import serve"),
        ("runtime/a.py", "import torch\n\ndef f():\n    import triton"),
        ("editor/app.py", "import panel\nfrom gallery import load"),
    ],
)
def test_right_imports_pass(path: str, source: str) -> None:
    assert problems(Path(path), ast.parse(source)) == []
