"""Small tasks and models that the runtime's tests share."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from runtime import Batch, Outputs, Settings, Task, load_data

SHORT = Settings(seed=7, steps=30, batch_size=16, threads=1, eval_every=10, checkpoint_every=10)


def classification_loss(outputs: Outputs, batch: Batch) -> Tensor:
    return F.cross_entropy(outputs, batch["label"])


def next_token_loss(outputs: Outputs, batch: Batch) -> Tensor:
    return F.cross_entropy(outputs.flatten(0, 1), batch["target"].flatten())


def sequence_loss(outputs: Outputs, batch: Batch) -> Tensor:
    return F.cross_entropy(outputs[batch["asked"]], batch["target"][batch["asked"]])


def mlp(hidden: int = 32, dropout: float = 0.2) -> nn.Module:
    """Digits to classes, with dropout, a norm that keeps buffers, and weights of both kinds of decay."""
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(64, hidden),
        nn.BatchNorm1d(hidden),
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Linear(hidden, 10),
    )


def digits_task(hidden: int = 32, dropout: float = 0.2, **documents: str) -> Task:
    return Task(lambda: mlp(hidden, dropout), classification_loss, load_data("digits"), documents=documents)


class LastTwo(nn.Module):
    """Next characters from the last two: an embedding of each, and one hidden layer."""

    def __init__(self, v: int) -> None:
        super().__init__()
        self.now, self.before = nn.Embedding(v, 64), nn.Embedding(v, 64)
        self.out = nn.Sequential(nn.Linear(128, 128), nn.ReLU(), nn.Linear(128, v))

    def forward(self, tokens: Tensor) -> Tensor:
        previous = F.pad(tokens[:, :-1], (1, 0))
        out: Tensor = self.out(torch.cat([self.now(tokens), self.before(previous)], -1))
        return out


def same_state(ours: nn.Module, theirs: nn.Module) -> bool:
    """Whether two models hold the same names and bits."""
    mine, other = ours.state_dict(), theirs.state_dict()
    return mine.keys() == other.keys() and all(torch.equal(mine[name], other[name]) for name in mine)
