"""Fenced code blocks of Markdown files, with the lines they stand on."""

import re
from dataclasses import dataclass

NOT_RUN = re.compile(r"<!-- not run: (?P<reason>.+?) -->")
FENCE = re.compile(r"(?P<ticks>`{3,})(?P<language>[\w-]*)[^`]*")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, and the number of the line its text starts on."""

    language: str
    text: str
    line: int
    not_run: str = ""

    @property
    def commands(self) -> list[tuple[int, str]]:
        """Its shell commands with their lines: what follows a ``$``, if any line has one."""
        lines = list(enumerate(self.text.splitlines(), self.line))
        if any(line.startswith("$ ") for _, line in lines):
            lines = [(number, line[2:]) for number, line in lines if line.startswith("$ ")]
        found: list[tuple[int, str]] = []
        going_on = False
        for number, line in lines:
            stripped = line.strip()
            if stripped and not going_on and not stripped.startswith("#"):
                found += [(number, part.strip()) for part in re.split(r"&&|\|\||;", stripped)]
            going_on = stripped.endswith("\\")
        return found


def read_blocks(text: str) -> list[Block]:
    """All fenced blocks of a Markdown text; raises ``ValueError`` where one is never closed."""
    blocks: list[Block] = []
    lines = text.splitlines()
    reason = ""
    position = 0
    while position < len(lines):
        fence = FENCE.fullmatch(lines[position].strip())
        if fence is None:
            note = NOT_RUN.fullmatch(lines[position].strip())
            if note is not None:
                reason = note["reason"]
            elif lines[position].strip():
                reason = ""
            position += 1
            continue
        end = position + 1
        while end < len(lines) and lines[end].strip() != fence["ticks"]:
            end += 1
        if end == len(lines):
            raise ValueError(f"line {position + 1}: expected the block to be closed, found the end.")
        blocks.append(Block(fence["language"], "\n".join(lines[position + 1 : end]), position + 2, reason))
        reason = ""
        position = end + 1
    return blocks
