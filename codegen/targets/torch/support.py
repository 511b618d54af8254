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
        self.weight = nn.Parameter(torch.empty(*target, *source).uniform_(-bound, bound))
        self.bias = (
            nn.Parameter(torch.empty(target).uniform_(-bound, bound)) if bias else None
        )

    def forward(self, x: Tensor) -> Tensor:
        """x [... *source] -> [... *target]."""
        weight = self.weight.flatten(len(self.target)).flatten(0, len(self.target) - 1)
        bias = self.bias.flatten() if self.bias is not None else None
        y = F.linear(x.flatten(-len(self.source)), weight, bias)
        return y.unflatten(-1, self.target)
'''

HELPERS: dict[str, str] = {"Linear": LINEAR}
"""Helpers by the name they define, in the order they are printed."""
