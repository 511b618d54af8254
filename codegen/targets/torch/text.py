"""Docstrings as ruff format leaves them."""

from __future__ import annotations

from collections.abc import Sequence

from ...writing.layout import WIDTH


def docstring(text: str, indent: str) -> list[str]:
    """A docstring's lines: the first behind the quotes, the closing quotes on their own where there are several."""
    lines = [line.rstrip() for line in escaped(text).strip().splitlines()] or [""]
    if len(lines) == 1 and len(indent) + len(lines[0]) + 6 > WIDTH:
        lines = wrapped(lines[0], WIDTH - len(indent) - 3)
    if len(lines) == 1:
        # a quote right before the closing ones would join them
        last = f"{lines[0]} " if lines[0].endswith('"') else lines[0]
        return [f'{indent}"""{last}"""']
    return [f'{indent}"""{lines[0]}', *(f"{indent}{line}" if line else "" for line in lines[1:]), f'{indent}"""']


def escaped(text: str) -> str:
    """Text that stands between triple quotes."""
    return text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"').expandtabs(4)


def shapes(taken: Sequence[str], made: Sequence[str], indent: str) -> list[str]:
    """The docstring of a forward: `x [... a] -> [... b].`, in several lines where it is long."""
    arrow = ["->"] if taken else []
    line = " ".join([", ".join(taken), *arrow, ", ".join(made)]).strip() + "."
    if len(indent) + len(line) + 6 <= WIDTH:
        return [f'{indent}"""{line}"""']
    width = WIDTH - len(indent) - 3
    head = wrapped(", ".join(taken).replace(" ", "\0").replace(",\0", ", "), width)
    rest = wrapped(f"->\0{', '.join(made)}.".replace(" ", "\0").replace(",\0", ", "), width)
    lines = [part.replace("\0", " ") for part in [*head, *rest]]
    first, *others = lines
    return [f'{indent}"""{first}', *([""] if others else []), *(indent + part for part in others), f'{indent}"""']


def wrapped(text: str, width: int) -> list[str]:
    """Words in lines of at most `width` characters where they allow it."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def table(rows: Sequence[tuple[str, str]]) -> list[str]:
    """Rows of a name and what it means, aligned."""
    width = max((len(name) for name, _ in rows), default=0)
    return [f"    {name.ljust(width)}  {meaning}".rstrip() for name, meaning in rows]
