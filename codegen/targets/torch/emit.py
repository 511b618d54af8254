"""The text of a program: header, helpers, classes, the check and the main block."""

from __future__ import annotations

import re

from circuits import Circuit

from ...check import Check
from ...plan import Plan
from ...writing.names import TAKEN, Names
from .book import Book, ClassKey
from .check_text import check_text
from .lowerings import FAMILIES
from .module import print_class
from .support import HELPERS
from .text import escaped, table, wrapped

assert FAMILIES  # importing them fills the registry

_USED = [
    "Any",
    "Callable",
    "HOSTS",
    "Implicit",
    "MODEL",
    "Sequence",
    "argparse",
    "check",
    "chosen",
    "compare",
    "fill",
    "main",
    "sys",
]
RESERVED: frozenset[str] = TAKEN | HELPERS.keys() | frozenset(_USED)
"""Names in a program that no class may take."""


def emit(plan: Plan, check: Check | None) -> str:
    """The program for a plan, which checks itself where there is something to check."""
    names = {module.circuit: module.name for module in plan.modules}
    book = Book(names, taken=Names([*RESERVED, *names.values()]))
    main = print_class(book, ClassKey(plan.circuit))
    helpers = [text for name, text in HELPERS.items() if name in book.helpers]
    classes = [printed.text for printed in book.printed.values()]
    parts = [*helpers, *classes, check_text(check, main.name, main.arguments)]
    body = "\n\n\n".join(part.rstrip() for part in parts if part)
    return "\n".join([header(plan.circuit), imports(body), "", "", body]) + "\n"


def header(circuit: Circuit) -> str:
    """The module docstring: what it is, where it comes from, what its axes count."""
    title, _, rest = escaped(circuit.doc or f"The circuit '{circuit.name}'.").partition("\n")
    lines = [title, *rest.splitlines()]
    if circuit.source:
        lines += ["", *wrapped(f"Source: {escaped(circuit.source)}", 85)]
    glossary = [(axis.name, escaped(axis.doc)) for axis in circuit.axes if axis.doc]
    if glossary:
        lines += ["", "Axes:", *table(glossary)]
    lines = [line.rstrip() for line in lines]
    while not lines[-1]:
        lines.pop()
    return '"""' + "\n".join(lines) + ('\n"""\n' if len(lines) > 1 else '"""\n')


def imports(body: str) -> str:
    """The imports the text below them uses."""
    lines = [f"import {name}" for name in ("argparse", "math", "sys") if re.search(rf"\b{name}\.", body)]
    for module, names in (("collections.abc", ("Callable", "Sequence")), ("typing", ("Any",))):
        used = [name for name in names if re.search(rf"\b{name}\b", body)]
        lines += [f"from {module} import {', '.join(used)}"] if used else []
    lines += ["", "import torch"] if lines else ["import torch"]
    if re.search(r"\bF\.", body):
        lines.append("import torch.nn.functional as F")
    used = [name for name in ("Tensor", "nn") if re.search(rf"\b{name}\b", body)]
    return "\n".join([*lines, f"from torch import {', '.join(used)}"])
