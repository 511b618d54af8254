"""What every data set is: named, typed arrays in two splits, and batches that are a function of (seed, step)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from torch import Tensor

from ..errors import DataError, Problem
from .order import positions

Kind = Literal["classify", "next_token", "segment", "sequence"]
Batch = dict[str, Tensor]

_TYPE = re.compile(r"(?P<element>[A-Za-z]+(\([^()]*\))?)\[(?P<axes>[^\[\]]*)\]")
_BOUND = re.compile(r"Natural\((.*)\)")


@dataclass(frozen=True, slots=True)
class Array:
    """One array of a sample: its name, its type (`"Real[y x]"`, `"Natural(k)[]"`), and what it holds."""

    name: str
    type: str
    doc: str
    role: Literal["input", "target"] = "input"

    def __post_init__(self) -> None:
        if _TYPE.fullmatch(self.type) is None:
            fix = "Write element[axes]."
            raise DataError(Problem(self.name, "a type such as 'Real[y x]'", repr(self.type), fix))

    @property
    def element(self) -> str:
        """What one entry is: `Real`, `Natural(v)` or `Bool`."""
        return self.type.partition("[")[0]

    @property
    def axes(self) -> tuple[str, ...]:
        """The axes of one sample, outermost first; in a split the samples' axis stands before them."""
        return tuple(self.type.partition("[")[2].rstrip("]").split())

    def bound(self, sizes: Mapping[str, int]) -> int | None:
        """How many values a whole number may take, or None where it is none."""
        match = _BOUND.fullmatch(self.element)
        if match is None:
            return None
        return int(match[1]) if match[1].isdigit() else sizes[match[1]]


@dataclass(frozen=True, eq=False)
class Data:
    """A data set: two splits of the same named arrays, each `[sample, *axes]`.

    `sizes` gives a size to every name in the arrays' types. `symbols` says what whole numbers stand
    for, where they stand for something. `digest` identifies the content; left out, it is computed.
    Raises DataError, with all problems, when arrays, types and sizes do not agree.
    """

    name: str
    doc: str
    kind: Kind
    arrays: tuple[Array, ...]
    train: Mapping[str, Tensor]
    test: Mapping[str, Tensor]
    axis_sizes: Mapping[str, int]
    options: Mapping[str, int] = field(default_factory=dict)
    symbols: tuple[str, ...] = ()
    digest: str = ""

    def __post_init__(self) -> None:
        problems = [*self._problems("train", self.train), *self._problems("test", self.test)]
        if problems:
            raise DataError(*problems)
        if not self.digest:
            object.__setattr__(self, "digest", digest_of(*self.train.values(), *self.test.values()))

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the arrays a model is given."""
        return tuple(array.name for array in self.arrays if array.role == "input")

    @property
    def targets(self) -> tuple[str, ...]:
        """The names of the arrays an objective compares with."""
        return tuple(array.name for array in self.arrays if array.role == "target")

    @property
    def samples(self) -> int:
        """How many samples there are to learn from."""
        return len(self.train[self.arrays[0].name])

    @property
    def test_samples(self) -> int:
        """How many samples are held out."""
        return len(self.test[self.arrays[0].name])

    def sizes(self) -> dict[str, int]:
        """The size of every axis and bound, to be given to a circuit."""
        return dict(self.axis_sizes)

    def batch(self, step: int, size: int, seed: int) -> Batch:
        """The `size` training samples of one step (from 0); each array is `[sample, *axes]`."""
        chosen = positions(step, size, self.samples, seed)
        return {name: array[chosen] for name, array in self.train.items()}

    def test_batches(self, size: int) -> Iterator[Batch]:
        """The held-out samples in their order, `size` at a time; the last batch may be shorter."""
        for start in range(0, self.test_samples, size):
            yield {name: array[start : start + size] for name, array in self.test.items()}

    def _problems(self, split: str, arrays: Mapping[str, Tensor]) -> Iterator[Problem]:
        place = f"data '{self.name}', {split}"
        names = [array.name for array in self.arrays]
        if sorted(names) != sorted(arrays):
            yield Problem(place, f"the arrays {names}", f"{sorted(arrays)}", "Name them alike.")
            return
        counts = {len(arrays[name]) for name in names}
        if len(counts) != 1 or 0 in counts:
            found = ", ".join(f"{name}: {len(arrays[name])}" for name in names)
            yield Problem(place, "the same number of samples, above 0", found, "Add the missing ones.")
            return
        for array in self.arrays:
            yield from self._array_problems(f"{place}, '{array.name}'", array, arrays[array.name])

    def _array_problems(self, place: str, array: Array, values: Tensor) -> Iterator[Problem]:
        bound = re.sub(r"[^A-Za-z_].*", "", array.element.partition("(")[2])
        missing = [name for name in (*array.axes, bound) if name and name not in self.axis_sizes]
        if missing:
            yield Problem(place, f"a size for {missing}", f"{dict(self.axis_sizes)}", "Add the size.")
            return
        shape = tuple(self.axis_sizes[axis] for axis in array.axes)
        if tuple(values.shape[1:]) != shape:
            found = f"{list(values.shape[1:])}"
            yield Problem(place, f"samples of shape {list(shape)}", found, "Change the type or sizes.")
        most = array.bound(self.axis_sizes)
        if most is not None and (int(values.min()) < 0 or int(values.max()) >= most):
            found = f"{int(values.min())} to {int(values.max())}"
            yield Problem(place, f"values from 0 to {most - 1}", found, "Change the bound or the values.")


def digest_of(*parts: Tensor | str) -> str:
    """The SHA-256 of arrays (type, shape and content) and texts, in their order."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, str):
            digest.update(f"text {len(part)}:{part}".encode())
        else:
            digest.update(f"{part.dtype} {tuple(part.shape)}".encode())
            digest.update(part.contiguous().numpy().tobytes())
    return digest.hexdigest()


def summary(maker: Callable[..., Data]) -> str:
    """The first line of a maker's docstring."""
    return (maker.__doc__ or "").strip().partition("\n")[0]
