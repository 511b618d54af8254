"""Helpers that programs carry: text that is printed once where a program uses it, below its imports."""

from __future__ import annotations

UNIFORM = '''\
def uniform(*shape: int, bound: float) -> Tensor:
    """Numbers drawn evenly from -bound to bound."""
    return torch.empty(shape).uniform_(-bound, bound)
'''

WEIGHTS = '''\
class Weights(nn.Module):
    """The learned arrays of one operation."""

    def __init__(self, **arrays: Tensor) -> None:
        super().__init__()
        for name, array in arrays.items():
            self.register_parameter(name, nn.Parameter(array))
'''

LINEAR = '''\
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
'''

BATCH_NORM = '''\
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
'''

BATCHED = '''\
def batched(
    function: Callable[..., Tensor], x: Tensor, dims: int, **options: Any
) -> Tensor:
    """Call what takes one leading dimension before its last `dims` with any number."""
    y = function(x.reshape(-1, *x.shape[-dims:]), **options)
    return y.reshape(*x.shape[:-dims], *y.shape[1:])
'''

RECUR = '''\
def recur(
    routine: Callable[..., tuple[Tensor, ...]],
    x: Tensor,
    weights: list[Tensor],
    states: list[Tensor] | None = None,
    reverse: bool = False,
    bidirectional: bool = False,
) -> tuple[Tensor, ...]:
    """A recurrent layer over x [... t i]: the sequence [... t o], then last states.

    With two directions they are an axis before the last; the states start at 0
    unless they are given.
    """
    lead, ways, size = x.shape[:-2], 1 + bidirectional, weights[1].shape[1]
    x = x.reshape(-1, *x.shape[-2:])
    x = x.flip(1) if reverse else x
    if states is None:
        states = [x.new_zeros(ways, len(x), size)] * (1 + (routine is torch.lstm))
    else:
        states = [h.reshape(-1, ways, size).transpose(0, 1) for h in states]
    start = states if routine is torch.lstm else states[0]
    biased = len(weights) == 4 * ways
    y, *last = routine(x, start, weights, biased, 1, 0.0, False, bidirectional, True)
    y = y.flip(1) if reverse else y
    inner = (ways, size) if bidirectional else (size,)
    ends = [h.transpose(0, 1).reshape(*lead, *inner) for h in last]
    return (y.reshape(*lead, -1, *inner), *ends)
'''

HELPERS: dict[str, str] = {
    "uniform": UNIFORM,
    "Weights": WEIGHTS,
    "Linear": LINEAR,
    "BatchNorm": BATCH_NORM,
    "batched": BATCHED,
    "recur": RECUR,
}
"""Helpers by the name they define, in the order they are printed."""
