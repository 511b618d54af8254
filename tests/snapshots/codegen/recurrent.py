"""The circuit 'recurrent'."""

import argparse
import math
import sys
from collections.abc import Callable

import torch
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


def recur(
    routine: Callable[..., tuple[Tensor, ...]],
    x: Tensor,
    weights: list[Tensor],
    states: list[Tensor] | None = None,
    reverse: bool = False,
    bidirectional: bool = False,
) -> tuple[Tensor, ...]:
    """A recurrent layer over x [... t i]: the sequence [... t o], then last states.

    With two directions they are an axis before the last; states start at 0 unless
    they are given.
    """
    ways, size = 1 + bidirectional, weights[1].shape[1]
    inner = (ways, size) if bidirectional else (size,)
    given = [h.shape[: -len(inner)] for h in states or []]
    lead = torch.broadcast_shapes(x.shape[:-2], *given)
    x = x.expand(*lead, *x.shape[-2:]).reshape(-1, *x.shape[-2:])
    x = x.flip(1) if reverse else x
    if states is None:
        start = [x.new_zeros(len(x), ways, size)] * (1 + (routine is torch.lstm))
    else:
        start = [h.expand(*lead, *inner).reshape(-1, ways, size) for h in states]
    begin = [h.transpose(0, 1).contiguous() for h in start]
    first = begin if routine is torch.lstm else begin[0]
    biased = len(weights) == 4 * ways
    y, *last = routine(x, first, weights, biased, 1, 0.0, False, bidirectional, True)
    y = y.flip(1) if reverse else y
    ends = [h.transpose(0, 1).reshape(*lead, *inner) for h in last]
    return (y.reshape(*lead, y.shape[1], *inner), *ends)


class Cell(nn.Module):
    """The circuit 'cell'."""

    def __init__(self, *, h: int, m: int) -> None:
        super().__init__()
        self.held = nn.Linear(h, h)
        self.read = nn.Linear(m, h)

    def forward(self, h: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
        """h [... h], x [... m] -> h [... h], y [... h]."""
        held = self.held(h)  # [... h]
        read = self.read(x)  # [... h]
        after = torch.tanh(read + held)  # [... h]
        return after, after * 2.0


class Recurrent(nn.Module):
    """The circuit 'recurrent'."""

    def __init__(self, *, m: int = 3, h: int = 2) -> None:
        super().__init__()
        self.h = h
        self.encoder = Weights(
            weight_ih=uniform(4, 5, m, bound=5**-0.5),
            weight_hh=uniform(4, 5, 5, bound=5**-0.5),
            bias_ih=uniform(4, 5, bound=5**-0.5),
            bias_hh=uniform(4, 5, bound=5**-0.5),
            weight_ih_reverse=uniform(4, 5, m, bound=5**-0.5),
            weight_hh_reverse=uniform(4, 5, 5, bound=5**-0.5),
            bias_ih_reverse=uniform(4, 5, bound=5**-0.5),
            bias_hh_reverse=uniform(4, 5, bound=5**-0.5),
        )
        self.decoder = Cell(h=h, m=m)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """x [... t m] -> sequence [... t both o], last [... h], steps [... t h]."""
        sequence, _, _ = recur(
            torch.lstm,
            x,
            [
                self.encoder.weight_ih.flatten(0, 1),
                self.encoder.weight_hh.flatten(0, 1),
                self.encoder.bias_ih.flatten(0, 1),
                self.encoder.bias_hh.flatten(0, 1),
                self.encoder.weight_ih_reverse.flatten(0, 1),
                self.encoder.weight_hh_reverse.flatten(0, 1),
                self.encoder.bias_ih_reverse.flatten(0, 1),
                self.encoder.bias_hh_reverse.flatten(0, 1),
            ],
            bidirectional=True,
        )
        h = x.new_zeros(self.h)
        y_steps = []
        for x_step in x.unbind(-2):
            h, y = self.decoder(h, x_step)
            y_steps.append(y)
        decoder_y = torch.stack(y_steps, -2)  # [... t h]
        return sequence, h, decoder_y


MODEL = Recurrent
CHECK_SIZES = {"m": 4, "h": 2}
# shape and kind of each input
CHECK_INPUTS = [((3, 4), "real")]
# name, shape, norm and some numbers of each output of the reference
CHECK_OUTPUTS = [
    (
        "sequence",
        (3, 2, 5),
        [0.9964912906, 0.0402646016, 0.3345346143, 0.3097258002, 0.1732186016],
    ),
    ("last", (2,), [0.8879230497, -0.6085505682, 0.6465860717]),
    (
        "steps",
        (3, 2),
        [2.8158412983, -1.2840131985, 0.4877446379, 1.3698721412, 1.2931721434],
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
