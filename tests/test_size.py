"""Small by habit: files, functions, and nothing left for later."""

import ast
import re
from pathlib import Path

import pytest

from tests.source_tree import PACKAGES, ROOT, parse, python_files

FILE_LINES = 400
FUNCTION_LINES = 30
SHARE_OF_SMALL_FUNCTIONS = 0.95
# path -> why the file cannot be split
LONG_FILES: dict[str, str] = {}
LEFT_FOR_LATER = re.compile(r"\b(?:TO(?:DO)|FIX(?:ME)|X(?:XX))\b")


def count_lines(path: Path) -> int:
    return len((ROOT / path).read_text(encoding="utf-8").splitlines())


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of a function below its signature and docstring."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_files_are_small_or_say_why() -> None:
    sizes = {path.as_posix(): count_lines(path) for path in python_files(*PACKAGES)}
    long = {path for path, lines in sizes.items() if lines > FILE_LINES}
    assert long == set(LONG_FILES), "split the file, or give (or take back) a reason in LONG_FILES"
    assert all(LONG_FILES.values())


@pytest.mark.parametrize("package", PACKAGES)
def test_functions_are_small(package: str) -> None:
    sizes = [
        (code_lines(node), f"{path}:{node.lineno} {node.name}")
        for path in python_files(package)
        for node in ast.walk(parse(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    long = sorted((size for size in sizes if size[0] > FUNCTION_LINES), reverse=True)
    assert len(long) <= (1 - SHARE_OF_SMALL_FUNCTIONS) * len(sizes), long


def test_nothing_is_left_for_later() -> None:
    marks = [
        f"{path}:{number}: {line.strip()}"
        for path in python_files(*PACKAGES, "tests", "tools", "benchmarks")
        for number, line in enumerate((ROOT / path).read_text(encoding="utf-8").splitlines(), 1)
        if LEFT_FOR_LATER.search(line)
    ]
    assert not marks
