"""The circuit 'experts'."""

import argparse
import math
import sys

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def uniform(*shape: int, bound: float) -> Tensor:
    """Numbers drawn evenly from -bound to bound."""
    return torch.empty(shape).uniform_(-bound, bound)


class Weights(nn.Module):
    """The learned arrays of one operation."""

    def __init__(self, **arrays: Tensor) -> None:
        super().__init__()
        for name, array in arrays.items():
            trained = not isinstance(array, nn.Parameter)
            self.register_parameter(name, nn.Parameter(array) if trained else array)


class Attention(nn.Module):
    """The circuit 'attention'."""

    def forward(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """q [... e y k], k [... e x k], v [... e x k] -> [... e y k]."""
        return F.scaled_dot_product_attention(q, k, v)


class MultiHeadAttention(nn.Module):
    """The circuit 'multi_head_attention'."""

    def __init__(self, *, e: int, k: int = 3, h: int = 2, m: int = 6) -> None:
        super().__init__()
        self.query = Weights(
            weight=uniform(e, k, h, m, bound=m**-0.5),
            bias=uniform(e, k, h, bound=m**-0.5),
        )
        self.key = Weights(
            weight=uniform(e, k, h, m, bound=m**-0.5),
            bias=uniform(e, k, h, bound=m**-0.5),
        )
        self.value = Weights(
            weight=uniform(e, k, h, m, bound=m**-0.5),
            bias=uniform(e, k, h, bound=m**-0.5),
        )
        self.attention = Attention()
        self.out = Weights(
            weight=uniform(e, m, k, h, bound=(h * k) ** -0.5),
            bias=uniform(e, m, bound=(h * k) ** -0.5),
        )

    def forward(self, y: Tensor, x: Tensor) -> Tensor:
        """y [... y m], x [... x m] -> [... e y m]."""
        y_2 = torch.einsum("...ym,ekhm->...yekh", y, self.query.weight)  # [... y e k h]
        query = y_2 + self.query.bias  # [... y e k h]
        y_3 = torch.einsum("...xm,ekhm->...xekh", x, self.key.weight)  # [... x e k h]
        key = y_3 + self.key.bias  # [... x e k h]
        y_4 = torch.einsum("...xm,ekhm->...xekh", x, self.value.weight)  # [... x e k h]
        value = y_4 + self.value.bias  # [... x e k h]
        # attention [... h e y k]
        attention = self.attention(
            query.movedim((-1, -4, -2), (-4, -2, -1)),
            key.movedim((-1, -4, -2), (-4, -2, -1)),
            value.movedim((-1, -4, -2), (-4, -2, -1)),
        )
        # y_5 [... e y m]
        y_5 = torch.einsum("...heyk,emkh->...eym", attention, self.out.weight)
        return y_5 + self.out.bias.unsqueeze(-2)


class Experts(nn.Module):
    """The circuit 'experts'."""

    def __init__(self, *, e: int = 4, k: int = 3, h: int = 2, m: int = 6) -> None:
        super().__init__()
        self.multi_head_attention = MultiHeadAttention(e=e, k=k, h=h, m=m)

    def forward(self, x: Tensor) -> Tensor:
        """x [... t m] -> [... e t m]."""
        return self.multi_head_attention(x, x)


MODEL = Experts
CHECK_SIZES = {"e": 2, "k": 3, "h": 5, "m": 4}
# shape and kind of each input
CHECK_INPUTS = [((3, 4), "real")]
# name, shape, norm and some numbers of each output of the reference
CHECK_OUTPUTS = [
    (
        "out",
        (2, 3, 4),
        [2.3313458216, 0.5329999701, 0.3696003714, -0.5299301037, -0.5411064427],
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
