"""The circuit 'stack'."""

import argparse
import math
import sys

import torch
from torch import Tensor, nn


class Layer(nn.Module):
    """The circuit 'layer'."""

    def __init__(self, *, m: int, k: int = 3) -> None:
        super().__init__()
        self.up = nn.Linear(m, k)
        self.down = nn.Linear(k, m)

    def forward(self, x: Tensor, memory: Tensor) -> Tensor:
        """x [... m], memory [... m] -> [... m]."""
        up = self.up(x)  # [... k]
        down = self.down(torch.tanh(up))  # [... m]
        return x + down + memory


class Stack(nn.Module):
    """The circuit 'stack'."""

    def __init__(self, *, m: int = 4, k: int = 3) -> None:
        super().__init__()
        self.layer = nn.ModuleList(Layer(m=m, k=k) for _ in range(3))

    def forward(self, x: Tensor, memory: Tensor) -> Tensor:
        """x [... t m], memory [... m] -> [... t m]."""
        memory_2 = memory.unsqueeze(-2)  # [... t m]
        for layer in self.layer:
            x = layer(x, memory_2)
        return x


MODEL = Stack
CHECK_SIZES = {"m": 4, "k": 2}
# shape and kind of each input
CHECK_INPUTS = [((3, 4), "real"), ((4,), "real")]
# name, shape, norm and some numbers of each output of the reference
CHECK_OUTPUTS = [
    (
        "out",
        (3, 4),
        [4.8231211449, -1.9454331315, 1.4754550484, 0.7891397131, 1.4278308913],
    ),
]


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
