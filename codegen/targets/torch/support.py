"""Helpers that programs carry: text that is printed once where a program uses it, below its imports."""

from __future__ import annotations

from .support_loops import CALL_HOST, LEAD_OF, REPEAT_WHILE, SOLVE_FIXED_POINT

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
            trained = not isinstance(array, nn.Parameter)
            self.register_parameter(name, nn.Parameter(array) if trained else array)
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

SPREAD = '''\
def spread(*arrays: Tensor, dims: int) -> list[Tensor]:
    """Give arrays the same leading dimensions in front of their last `dims`."""
    lead = torch.broadcast_shapes(*(x.shape[: x.ndim - dims] for x in arrays))
    return [x.expand((*lead, *x.shape[x.ndim - dims :])) for x in arrays]
'''

CROSS_ENTROPY = '''\
def cross_entropy(logits: Tensor, labels: Tensor, smoothing: float = 0.0) -> Tensor:
    """Losses of logits [... k] for labels [...]."""
    lead = torch.broadcast_shapes(logits.shape[:-1], labels.shape)
    rows = logits.expand(*lead, -1).reshape(-1, logits.shape[-1])
    labels = labels.expand(lead).reshape(-1)
    losses = F.cross_entropy(rows, labels, reduction="none", label_smoothing=smoothing)
    return losses.reshape(lead)
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
'''

SURROGATE = '''\
class Surrogate(torch.autograd.Function):
    """One value, and the slope of another function: `Surrogate.apply(x, value, slope)`."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, value: Tensor, slope: Tensor) -> Tensor:
        ctx.save_for_backward(slope)
        return value.clone()

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        (slope,) = ctx.saved_tensors
        return gradient * slope, None, None
'''

HELPERS: dict[str, str] = {
    "Surrogate": SURROGATE,
    "uniform": UNIFORM,
    "Weights": WEIGHTS,
    "Linear": LINEAR,
    "BatchNorm": BATCH_NORM,
    "batched": BATCHED,
    "spread": SPREAD,
    "cross_entropy": CROSS_ENTROPY,
    "recur": RECUR,
    "lead_of": LEAD_OF,
    "solve_fixed_point": SOLVE_FIXED_POINT,
    "repeat_while": REPEAT_WHILE,
    "call_host": CALL_HOST,
}
"""Helpers by the name they define, in the order they are printed."""

NEEDED: dict[str, tuple[str, ...]] = dict.fromkeys(("solve_fixed_point", "repeat_while", "call_host"), ("lead_of",))
"""Helpers that helpers call."""
