"""The circuit 'images'."""

import argparse
import math
import sys
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class BatchNorm(nn.Module):
    """Batch normalisation of the second dimension, with running averages."""

    def __init__(
        self,
        channels: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = True,
    ) -> None:
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(channels)) if affine else None
        self.bias = nn.Parameter(torch.zeros(channels)) if affine else None
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        """x [b c ...] -> [b c ...]."""
        return F.batch_norm(
            x,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training,
            self.momentum,
            self.eps,
        )


def batched(
    function: Callable[..., Tensor], x: Tensor, dims: int, **options: Any
) -> Tensor:
    """Call what takes one leading dimension before its last `dims` with any number."""
    y = function(x.reshape(-1, *x.shape[-dims:]), **options)
    return y.reshape(*x.shape[:-dims], *y.shape[1:])


class Images(nn.Module):
    """The circuit 'images'."""

    def __init__(self, *, c: int = 3) -> None:
        super().__init__()
        self.stem = nn.Conv2d(c, 8, 3, stride=2, padding=1)
        self.norm = BatchNorm(8)

    def forward(self, image: Tensor) -> Tensor:
        """image [... b c y x] -> [... b d y/4 x/4]."""
        stem = batched(self.stem, image, 3)  # [... b d y/2 x/2]
        norm = self.norm(stem)  # [... b d y/2 x/2]
        normal = F.relu(norm)  # [... b d y/2 x/2]
        return batched(F.max_pool2d, normal, 2, kernel_size=2)


MODEL = Images
CHECK_SIZES = {"c": 4}
# shape and kind of each input
CHECK_INPUTS = [((3, 4, 5, 5), "real")]
# name, shape, norm and some numbers of each output of the reference
CHECK_OUTPUTS = [("out", (3, 8, 1, 1), [2.4598869763, 0.3757933662, 0.0, 0.0, 0.0])]


def fill(shape: tuple[int, ...], kind: str | int, start: int) -> Tensor:
    """Deterministic numbers: multiples of the golden ratio, modulo one."""
    steps = torch.arange(start, start + math.prod(shape), dtype=torch.float64)
    numbers = (steps * 0.6180339887498949 % 1.0).reshape(shape)
    if isinstance(kind, int):
        return (numbers * kind).floor().long()
    if kind == "bool":
        return numbers < 0.5
    if kind == "complex":
        return torch.complex(numbers - 0.5, 0.5 - numbers * numbers)
    return numbers + 0.5 if kind == "buffer" else numbers - 0.5


def compare(output: Tensor, shape: tuple[int, ...], numbers: list[float]) -> float:
    """The largest difference from the reference's norm and samples, by the norm."""
    if tuple(output.shape) != shape:
        return math.inf
    parts = torch.view_as_real(output) if output.is_complex() else output
    flat = parts.double().flatten()
    last = max(len(numbers) - 2, 1)
    picks = [i * (len(flat) - 1) // last for i in range(len(numbers) - 1)]
    found = [flat.norm().item(), *(flat[i].item() for i in picks)]
    pairs = list(zip(found, numbers))
    same = [a == b or math.isnan(a) and math.isnan(b) for a, b in pairs]
    size = max(1.0, numbers[0]) if numbers else 1.0
    errors = [abs(a - b) / size for (a, b), ok in zip(pairs, same) if not ok]
    return max(errors, default=0.0)


def check() -> bool:
    """Compare with stored outputs of the reference, in double precision."""
    torch.set_default_dtype(torch.float64)
    model = MODEL(**CHECK_SIZES).eval()
    inputs = [fill(*item, 1000 * i) for i, item in enumerate(CHECK_INPUTS, 1)]
    buffers = dict(model.named_buffers())
    with torch.no_grad():
        arrays = sorted(model.state_dict().items())
        for i, (key, array) in enumerate(arrays, 1 + len(inputs)):
            kind = "buffer" if key in buffers else "real"
            array.copy_(fill(tuple(array.shape), kind, 1000 * i))
        outputs = model(*inputs)
    if isinstance(outputs, Tensor):
        outputs = (outputs,)
    passed = True
    for (name, shape, numbers), output in zip(CHECK_OUTPUTS, outputs):
        error = compare(output, shape, numbers)
        passed = passed and error <= 1e-9
        verdict = "ok" if error <= 1e-9 else "DIFFERS"
        print(f"{name:<24} {tuple(output.shape)!s:<20} {error:<10.1e} {verdict}")
    return passed


def main() -> None:
    """Run the check when asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with a reference")
    if parser.parse_args().check:
        sys.exit(0 if check() else 1)
    print(MODEL(**CHECK_SIZES))


if __name__ == "__main__":
    main()
