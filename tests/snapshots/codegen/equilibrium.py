"""The circuit 'equilibrium'."""

import argparse
import math
import sys
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn


def lead_of(arrays: list[Tensor], dims: list[int]) -> torch.Size:
    """The joint shape in front of each array's own last dimensions."""
    pairs = zip(arrays, dims)
    return torch.broadcast_shapes(*(x.shape[: x.ndim - own] for x, own in pairs))


def chosen(where: Tensor, new: Sequence[Tensor], old: Sequence[Tensor]) -> list[Tensor]:
    """New arrays where a leading index is chosen, old ones elsewhere."""
    flags = [where.reshape(*where.shape, *[1] * (x.ndim - where.ndim)) for x in old]
    return [torch.where(*three) for three in zip(flags, new, old)]


class Implicit(torch.autograd.Function):
    """Values of a solution; cotangents go through `pull` to what it is made of."""

    @staticmethod
    def forward(
        ctx: Any, pull: Callable[..., Any], solution: list[Tensor], *made: Tensor
    ) -> tuple[Tensor, ...]:
        ctx.pull = pull
        return tuple(x.clone() for x in solution)

    @staticmethod
    def backward(ctx: Any, *cotangents: Tensor) -> tuple[Any, ...]:
        return (None, None, *ctx.pull(cotangents))


def solve_fixed_point(
    function: Callable[..., Any],
    states: list[Tensor],
    others: list[Tensor],
    dims: list[int],
    tolerance: float,
    limit: int,
) -> tuple[Tensor, ...]:
    """Solve z = function(*z, *others), each index in front of `dims` by itself.

    The gradient is that of the solution, by the implicit function theorem.
    """
    lead = lead_of([*states, *others], dims)

    def apply(z: Sequence[Tensor]) -> list[Tensor]:
        made = function(*z, *others)
        made = made if isinstance(made, tuple) else (made,)
        return [new.expand(old.shape) for new, old in zip(made, z)]

    def far(new: Tensor, old: Tensor) -> Tensor:
        near = (new - old).abs() <= tolerance
        return ~near.reshape(*lead, -1).all(-1)

    z = [x.expand((*lead, *x.shape[x.ndim - own :])) for x, own in zip(states, dims)]
    with torch.no_grad():
        moving = torch.ones(lead, dtype=torch.bool, device=z[0].device)
        for _ in range(limit):
            made = apply(z)
            moved = torch.stack([far(new, old) for new, old in zip(made, z)]).any(0)
            z = chosen(moving, made, z)
            moving = moving & moved
            if not moving.any():
                break
    made = apply(z)
    if not any(x.requires_grad for x in made):
        return tuple(z)
    inner = [x.clone().requires_grad_() for x in z]
    again = apply(inner)

    def pull(cotangents: Sequence[Tensor]) -> Sequence[Tensor]:
        found = cotangents
        for _ in range(limit):
            slopes = torch.autograd.grad(
                again, inner, found, retain_graph=True, materialize_grads=True
            )
            after = [one + other for one, other in zip(cotangents, slopes)]
            moved = [(a - b).abs().max() for a, b in zip(after, found) if a.numel()]
            found = after
            if all(distance <= tolerance for distance in moved):
                break
        return found

    return Implicit.apply(pull, z, *made)


class Body(nn.Module):
    """The circuit 'body'."""

    def __init__(self, *, m: int) -> None:
        super().__init__()
        self.map = nn.Linear(m, m, bias=False)

    def forward(self, z: Tensor, x: Tensor) -> Tensor:
        """z [... m], x [... m] -> [... m]."""
        map = self.map(z)  # [... m]
        return torch.tanh(0.3 * map + x)


class Equilibrium(nn.Module):
    """The circuit 'equilibrium'."""

    def __init__(self, *, m: int = 3) -> None:
        super().__init__()
        self.body = Body(m=m)

    def forward(self, z: Tensor, x: Tensor) -> Tensor:
        """z [... m], x [... m] -> [... m]."""
        result = solve_fixed_point(
            self.body, [z], [x], [1, 1], tolerance=1e-06, limit=100
        )
        return result[0]


MODEL = Equilibrium
CHECK_SIZES = {"m": 3}
# shape and kind of each input
CHECK_INPUTS = [((3,), "real"), ((3,), "real")]
# name, shape, norm and some numbers of each output of the reference
CHECK_OUTPUTS = [
    ("out", (3,), [0.4369414312, -0.3535802034, 0.158463467, -0.201960847]),
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
