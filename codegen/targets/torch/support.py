"""Helpers that programs carry: text that is printed once where a program uses it, below its imports."""

from __future__ import annotations

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

OVER_BATCH = '''\
def over_batch(function: Callable[[Tensor], Tensor], x: Tensor, own: int) -> Tensor:
    """Apply what bears one leading dimension; the last `own` dimensions are its own."""
    lead = x.shape[:-own]
    y = function(x.reshape(-1, *x.shape[-own:]))
    return y.reshape(*lead, *y.shape[1:])
'''

BATCH_NORM = '''\
class BatchNorm(nn.Module):
    """Batch normalisation of [batch, channel, ...] with running statistics."""

    def __init__(self, channels: int, momentum: float = 0.1, eps: float = 1e-5) -> None:
        super().__init__()
        self.momentum, self.eps = momentum, eps
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        """x [batch channel ...] -> the same."""
        statistics = self.running_mean, self.running_var
        affine = self.weight, self.bias
        return F.batch_norm(
            x, *statistics, *affine, self.training, self.momentum, self.eps
        )
'''

CROSS_ENTROPY = '''\
def cross_entropy(logits: Tensor, label: Tensor) -> Tensor:
    """Logits [... class] and labels [...] to losses [...]."""
    flat = F.cross_entropy(
        logits.reshape(-1, logits.shape[-1]), label.reshape(-1), reduction="none"
    )
    return flat.reshape(label.shape)
'''

HELPERS: dict[str, str] = {
    "Linear": LINEAR,
    "over_batch": OVER_BATCH,
    "BatchNorm": BATCH_NORM,
    "cross_entropy": CROSS_ENTROPY,
}
"""Helpers by the name they define, in the order they are printed."""
