"""The base Transformer: how long it takes to print, and how fast its program is beside torch's own module.

    python -m benchmarks.transformer

`nn.Transformer` runs without its fused fast path, which serves inference only and drops dropout's place. Both take
turns in one process on one thread. What counts is the median of the ratios within each round; between which numbers
their middle half lies tells how sure it is.

Most of the time goes into matrix products and draws of dropout, the same on both sides, so neither wins much. Programs
rectify in place in evaluation. Maps to queries, keys and values stay three products: on one thread one product three
times as wide takes 2 to 3 % longer than three, and 3 to 4 % where its weights are joined at every call.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import torch
from torch import Tensor, nn

from codegen import build
from gallery import entry
from gallery.transformer import encoder_decoder
from runtime import compare, load_program

BATCH, SOURCE, TARGET, WIDTH = 8, 64, 64, 512
ROUNDS = 31


def printing() -> float:
    """Seconds to print the whole Transformer, embeddings included, with nothing remembered."""
    circuit = entry("transformer").circuit
    start = time.perf_counter()
    build(circuit)
    return time.perf_counter() - start


def step(model: nn.Module, *inputs: Tensor) -> Callable[[], None]:
    """A training step without the optimiser: forward, a loss, backward."""

    def run() -> None:
        model.zero_grad(set_to_none=True)
        model(*inputs).square().mean().backward()

    return run


def forward(model: nn.Module, *inputs: Tensor) -> Callable[[], None]:
    """An evaluation without gradients."""

    def run() -> None:
        with torch.no_grad():
            model(*inputs)

    return run


class Masked(nn.Module):
    """`nn.Transformer` at base size with the causal mask of its targets."""

    def __init__(self) -> None:
        super().__init__()
        self.core = nn.Transformer(WIDTH, 8, 6, 6, 2048, 0.1, batch_first=True)
        self.register_buffer("mask", nn.Transformer.generate_square_subsequent_mask(TARGET))

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        """source [b s m], target [b t m] -> [b t m]."""
        return self.core(source, target, tgt_mask=self.mask, tgt_is_causal=True)


def main() -> None:
    """Print the table."""
    torch.set_num_threads(1)
    torch.backends.mha.set_fastpath_enabled(False)
    seconds = printing()
    print(f"printing the base Transformer: {seconds:.2f} s (goal 2 s)")
    ours, theirs = load_program(build(encoder_decoder).source)(), Masked()
    count = [sum(p.numel() for p in model.parameters()) for model in (ours, theirs)]
    print(f"parameters: {count[0]:,} ours, {count[1]:,} torch's")
    inputs = torch.randn(BATCH, SOURCE, WIDTH), torch.randn(BATCH, TARGET, WIDTH)
    worst = 0.0
    for what, make in (("inference", forward), ("training", step)):
        for model in (ours, theirs):
            model.train(what == "training")
        timings = compare({"ours": make(ours, *inputs), "torch": make(theirs, *inputs)}, rounds=ROUNDS)
        ratio, (low, high) = timings.ratio("ours", "torch"), timings.quartiles("ours", "torch")
        worst = max(worst, ratio)
        print(
            f"{what}: ours {timings.median('ours') * 1e3:.1f} ms, torch {timings.median('torch') * 1e3:.1f} ms, "
            f"ratio {ratio:.3f} (half of {ROUNDS} rounds {low:.3f} to {high:.3f})"
        )
    raise SystemExit(seconds > 2.0 or worst > 1.0)


if __name__ == "__main__":
    main()
