"""The circuit 'self_attention'."""

import argparse
import math
import sys

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Linear(nn.Module):
    """A linear map from and to any number of axes: weight [*target, *source]."""

    def __init__(
        self, source: tuple[int, ...], target: tuple[int, ...], bias: bool = True
    ) -> None:
        super().__init__()
        self.source, self.target = source, target
        bound = math.prod(source) ** -0.5
        self.weight = nn.Parameter(torch.empty(*target, *source))
        self.bias = nn.Parameter(torch.empty(target)) if bias else None
        for array in self.parameters():
            nn.init.uniform_(array, -bound, bound)

    def forward(self, x: Tensor) -> Tensor:
        """x [... *source] -> [... *target]."""
        weight = self.weight.flatten(len(self.target)).flatten(0, len(self.target) - 1)
        bias = self.bias.flatten() if self.bias is not None else None
        y = F.linear(x.flatten(-len(self.source)), weight, bias)
        return y.unflatten(-1, self.target)


class Attention(nn.Module):
    """The circuit 'attention'."""

    def forward(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """q [... y k], k [... x k], v [... x k] -> [... y k]."""
        return F.scaled_dot_product_attention(q, k, v)


class MultiHeadAttention(nn.Module):
    """The circuit 'multi_head_attention'."""

    def __init__(self, *, m: int = 6, k: int = 3, h: int = 2) -> None:
        super().__init__()
        self.query = Linear((m,), (k, h))
        self.key = Linear((m,), (k, h))
        self.value = Linear((m,), (k, h))
        self.attention = Attention()
        self.out = Linear((k, h), (m,))

    def forward(self, y: Tensor, x: Tensor) -> Tensor:
        """y [... y m], x [... x m] -> [... y m]."""
        query = self.query(y)  # [... y k h]
        key = self.key(x)  # [... x k h]
        value = self.value(x)  # [... x k h]
        # attention [... h y k]
        attention = self.attention(
            query.movedim(-1, -3), key.movedim(-1, -3), value.movedim(-1, -3)
        )
        return self.out(attention.movedim(-3, -1))


class SelfAttention(nn.Module):
    """The circuit 'self_attention'."""

    def __init__(self, *, m: int = 6, k: int = 3, h: int = 2) -> None:
        super().__init__()
        self.multi_head_attention = MultiHeadAttention(m=m, k=k, h=h)

    def forward(self, n: Tensor) -> Tensor:
        """n [... t m] -> [... t m]."""
        return self.multi_head_attention(n, n)


MODEL = SelfAttention
CHECK_SIZES = {"m": 4, "k": 5, "h": 2}
# shape and kind of each input
CHECK_INPUTS = [((3, 4), "real")]
# name, shape, norm and some numbers of each output of the reference
CHECK_OUTPUTS = [
    (
        "out",
        (3, 4),
        [1.7312827112, 0.5029268899, 0.0056231548, 0.0033557895, 0.0040857106],
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
