"""Everything shown runs: Python blocks are executed, and the commands of shell blocks exist.

The Python blocks of one document share a namespace, as its reader's session would, and are compiled
at the lines they stand on, so that a traceback points into the document. A block that follows
``<!-- not run: reason -->`` is left out.
"""

import re
import shlex
import shutil
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.documents import Block, read_blocks
from tests.source_tree import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
SHELL = ("bash", "sh", "console")
BUILTINS = ("cd", "export", "source", ".")
ASSIGNMENT = re.compile(r"\w+=.*")


def run_blocks(text: str, filename: str) -> dict[str, Any]:
    """Run the Python blocks of a document one after the other and return the names they leave."""
    namespace: dict[str, Any] = {"__name__": "document", "__file__": filename}
    for block in read_blocks(text):
        if block.language == "python" and not block.not_run:
            exec(compile("\n" * (block.line - 1) + block.text, filename, "exec"), namespace)
    return namespace


def known_commands() -> set[str]:
    """The commands that the project installs."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return set(project["scripts"])


def make_targets() -> set[str]:
    """The targets of the Makefile."""
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def command_problem(command: str) -> str | None:
    """What is wrong with a shell command of a document."""
    words = shlex.split(command.removesuffix("\\"), comments=True)
    while words and ASSIGNMENT.fullmatch(words[0]):
        words = words[1:]
    if not words:
        return None
    first = words[0]
    beside = str(Path(sys.executable).parent / first)
    found = first in (*BUILTINS, *known_commands()) or shutil.which(first) or shutil.which(beside)
    if not found and not (ROOT / first).is_file():
        return f"expected a command, found '{first}', which does not exist"
    targets = [word for word in words[1:] if not ASSIGNMENT.fullmatch(word) and not word.startswith("-")]
    if first == "make" and (wrong := set(targets) - make_targets()):
        return f"expected targets of the Makefile, found {sorted(wrong)}"
    return None


def shell_problems(blocks: list[Block], filename: str) -> list[str]:
    """All wrong shell commands of a document."""
    return [
        f"{filename}:{line}: {problem}."
        for block in blocks
        if block.language in SHELL and not block.not_run
        for line, command in block.commands
        if (problem := command_problem(command)) is not None
    ]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_python_blocks_run(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run_blocks(path.read_text(encoding="utf-8"), str(path))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_shell_commands_exist(path: Path) -> None:
    assert not shell_problems(read_blocks(path.read_text(encoding="utf-8")), path.name)


def test_blocks_share_names_and_keep_their_lines() -> None:
    text = "# T\n```python\nwidth = 2\n```\nand\n```python\nheight = width * 2\nraise KeyError\n```\n"
    with pytest.raises(KeyError) as caught:
        run_blocks(text, "T.md")
    entry = caught.traceback[-1]
    assert (str(entry.path), entry.lineno + 1) == ("T.md", 8)
    assert run_blocks(text.replace("raise KeyError", ""), "T.md")["height"] == 4


def test_a_block_is_left_out_with_a_reason_only() -> None:
    text = "<!-- not run: takes an hour -->\n\n```python\nraise KeyError\n```\n"
    assert "width" not in run_blocks(text, "T.md")
    assert read_blocks(text)[0].not_run == "takes an hour"
    with pytest.raises(KeyError):
        run_blocks(text.replace("\n\n", "\nA word between.\n"), "T.md")


def test_an_open_block_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"^line 2: expected the block to be closed, found the end\.$"):
        read_blocks("words\n```python\nwidth = 2\n")


def test_wrong_commands_are_found() -> None:
    text = (
        "```console\n$ make run\nno-such-output\n$ make fly && no-such-command --now\n```\n"
        "```bash\n# a note\nVALUE=1 make test VENV=/tmp/x\n"
        "circuitloom train \\\n    no-such-word\n```\n"
    )
    assert shell_problems(read_blocks(text), "T.md") == [
        "T.md:4: expected targets of the Makefile, found ['fly'].",
        "T.md:4: expected a command, found 'no-such-command', which does not exist.",
    ]
