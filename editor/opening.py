"""From what a user types to a circuit: a gallery name, or a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from circuits import AttributeProblem, Circuit, DocumentError, Problem, did_you_mean, load
from gallery import Entry, entry, names


def open_entry(name: str) -> Entry:
    """The gallery entry of this name, or the circuit in a file as one.

    Raises CircuitloomError for a name that is neither, and with all problems of a file that is no circuit document.
    """
    if name in names():
        return entry(name)
    path = Path(name)
    if path.suffix != ".json" and not path.is_file():
        expected = f"a *.circuit.json file or one of {', '.join(names())}"
        fix = f"See `circuitloom list`.{did_you_mean(name, names())}"
        raise DocumentError([Problem("circuit", expected, f"'{name}'", fix)])
    return Entry(load(path), "")


def read_sizes(pairs: Sequence[str], circuit: Circuit) -> dict[str, int]:
    """The sizes in texts such as `m=64`; raises DocumentError with every text that gives the circuit none."""
    sizes: dict[str, int] = {}
    problems = []
    for pair in pairs:
        name, equals, number = (part.strip() for part in pair.partition("="))
        if not (name and equals and number.isascii() and number.isdigit() and len(number) < 19):
            problems.append(Problem("--size", "a name and a whole number", f"'{pair}'", "Write for example m=64."))
        elif name not in circuit.checked.names:
            known = sorted(circuit.checked.names)
            fix = f"Name one of them.{did_you_mean(name, known)}"
            problems.append(Problem("--size", f"a size of {circuit.name} ({', '.join(known)})", f"'{name}'", fix))
        else:
            sizes[name] = int(number)
    if problems:
        raise DocumentError(problems)
    return sizes


def require_folder(path: Path) -> Path:
    """The path of a file that is to be written; raises DocumentError if its folder is missing or it is one itself."""
    if not path.parent.is_dir():
        raise DocumentError([Problem(str(path), "a folder that exists", f"no '{path.parent}'", "Make it first.")])
    if path.is_dir():
        raise DocumentError([Problem(str(path), "the name of a file", "a folder", "Add the name of a file.")])
    return path


@contextmanager
def placed(where: str) -> Iterator[None]:
    """Errors inside that name no place get this one."""
    try:
        yield
    except AttributeProblem as error:
        raise error.within(where) from None
