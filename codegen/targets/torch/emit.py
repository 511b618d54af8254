"""The text of a program: header, helpers, classes, the check and the main block."""

from __future__ import annotations

from circuits import Circuit

from ...plan import Plan
from ...writing.names import Names
from .book import Book, ClassKey
from .lowerings import FAMILIES
from .module import print_class
from .support import HELPERS
from .text import escaped, table, wrapped

assert FAMILIES  # importing them fills the registry


def emit(plan: Plan, check: str) -> str:
    """The program for a plan; `check` is the text of its check."""
    book = Book({module.circuit: module.name for module in plan.modules})
    for module in plan.modules:
        book.taken.fresh(module.name)
    print_class(book, ClassKey(plan.circuit))
    helpers = [text for name, text in HELPERS.items() if name in book.helpers]
    classes = [printed.text for printed in book.printed.values()]
    body = "\n\n\n".join([*(text.rstrip() for text in helpers), *classes])
    return "\n".join([header(plan.circuit), imports(body + check), "", "", body]) + "\n"


def header(circuit: Circuit) -> str:
    """The module docstring: what it is, where it comes from, what its axes count."""
    title, _, rest = escaped(circuit.doc or f"The circuit '{circuit.name}'.").partition("\n")
    lines = [title, *rest.splitlines()]
    if circuit.source:
        lines += ["", *wrapped(f"Source: {escaped(circuit.source)}", 85)]
    glossary = [(axis.name, escaped(axis.doc)) for axis in circuit.axes if axis.doc]
    if glossary:
        lines += ["", "Axes:", *table(glossary)]
    return '"""' + "\n".join(line.rstrip() for line in lines).rstrip() + '\n"""\n'


def imports(body: str) -> str:
    """The imports the text below them uses."""
    lines = ["import math", ""] if "math." in body else []
    lines.append("import torch")
    if "F." in body:
        lines.append("import torch.nn.functional as F")
    lines.append("from torch import Tensor, nn")
    return "\n".join(lines)


__all__ = ["Names", "emit"]
