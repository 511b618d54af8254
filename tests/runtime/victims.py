"""What is run in a process of its own to be killed; importable, as a fresh process has to find it."""

import multiprocessing
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path

import torch
from torch import nn

from runtime import Checkpoints, Cosine, Settings, Tree, train
from tests.runtime.toys import digits_task

KILLED_SETTINGS = Settings(
    seed=3, steps=240, batch_size=32, schedule=Cosine(warmup=20), threads=1, eval_every=50, checkpoint_every=7
)
BIG = 200_000


def fresh_processes() -> ForkServerContext:
    """Processes that start in milliseconds: forked from one that has imported torch and done nothing else."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["torch._dynamo", "runtime"])  # optimizers import the former
    return context


def train_on(directory: Path) -> None:
    """Begin or go on with the run in a directory."""
    train(digits_task(), KILLED_SETTINGS, directory=directory, resume=True)


def filled(value: float) -> nn.Module:
    """A model of a few megabytes whose every number is the same."""
    model = nn.ModuleList(nn.Linear(1000, 200) for _ in range(4))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(value)
    return model


def save_on(folder: Path, report: Connection) -> None:
    """Save one checkpoint after the other, each filled with its step, and report each that is saved."""
    checkpoints = Checkpoints(folder, keep_last=2)
    checkpoints.sweep()
    step = checkpoints.latest() or 0
    while True:
        step += 1
        state: dict[str, Tree] = {"memory": torch.full((BIG,), float(step)), "step": step}
        checkpoints.save(step, filled(float(step)), state, settings={}, identity={})
        report.send(step)
