"""The data sets one can ask for by name, each with its options."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ..errors import DataError, Problem, did_you_mean
from . import images, synthetic, text
from .core import Data, Kind, summary


@dataclass(frozen=True, slots=True)
class Option:
    """A whole number that shapes a data set, named after the size it sets where it sets one."""

    name: str
    default: int
    least: int
    most: int
    doc: str


@dataclass(frozen=True, slots=True)
class Source:
    """A data set before it is built: its name, kind, options and maker; the maker's first line is its doc."""

    name: str
    kind: Kind
    build: Callable[..., Data]
    options: tuple[Option, ...]

    @property
    def doc(self) -> str:
        """One sentence."""
        return summary(self.build)


_CHANNEL = Option("c", 0, 0, 1, "1 gives the images a channel axis c of size 1")
_SIDES = (Option("y", 32, 8, 1024, "rows"), Option("x", 32, 8, 1024, "columns"))

_SOURCES = {
    source.name: source
    for source in (
        Source("digits", "classify", images.digits, (_CHANNEL,)),
        Source("mnist", "classify", images.mnist, (_CHANNEL,)),
        Source("text", "next_token", text.text, (Option("t", 64, 1, 4096, "window"),)),
        Source("parity", "classify", synthetic.parity, (Option("t", 10, 3, 62, "bits"),)),
        Source(
            "copy",
            "sequence",
            synthetic.copy,
            (Option("s", 8, 1, 256, "symbols to copy"), Option("n", 8, 2, 1024, "kinds of symbol")),
        ),
        Source(
            "recall",
            "sequence",
            synthetic.recall,
            (Option("s", 8, 1, 256, "pairs"), Option("n", 16, 2, 1024, "kinds of key")),
        ),
        Source("discs", "segment", synthetic.discs, (*_SIDES, _CHANNEL)),
    )
}


def sources() -> tuple[Source, ...]:
    """All data sets that can be asked for, in the order they were registered."""
    return tuple(_SOURCES.values())


def register(source: Source) -> None:
    """Add a data set; raises DataError if the name is taken."""
    if source.name in _SOURCES:
        found = f"'{source.name}', which is taken"
        raise DataError(Problem("data", "a new name", found, "Choose another name."))
    _SOURCES[source.name] = source


def load_data(name: str, **options: int) -> Data:
    """The data set of this name with these options, the others at their defaults.

    Raises DataError, with all problems, for an unknown name or option and for a value out of range.
    """
    source = _SOURCES.get(name)
    if source is None:
        fix = f"Choose one of them.{did_you_mean(name, _SOURCES)}"
        raise DataError(Problem("data", f"one of {', '.join(_SOURCES)}", f"'{name}'", fix))
    problems = list(_problems(source, options))
    if problems:
        raise DataError(*problems)
    values = {option.name: option.default for option in source.options} | options
    return _build(name, tuple(sorted(values.items())))


@lru_cache(maxsize=4)
def _build(name: str, options: tuple[tuple[str, int], ...]) -> Data:
    return _SOURCES[name].build(**dict(options))


def _problems(source: Source, options: Mapping[str, int]) -> Iterator[Problem]:
    known = {option.name: option for option in source.options}
    for name, value in options.items():
        option = known.get(name)
        where = f"data '{source.name}'"
        if option is None:
            fix = f"Remove it.{did_you_mean(name, known)}"
            yield Problem(where, f"one of the options {', '.join(known)}", f"'{name}'", fix)
        elif not isinstance(value, int) or not option.least <= value <= option.most:
            expected = f"a whole number from {option.least} to {option.most}"
            fix = f"Change it, or leave it out for {option.default}."
            yield Problem(f"{where}, option '{name}'", expected, repr(value), fix)
