"""Killing at any moment: a resumed run ends with the same bits, and no checkpoint is torn."""

import random
from pathlib import Path

import pytest
import torch

from runtime import Checkpoints, Records, Run, train
from tests.runtime.toys import digits_task, same_state
from tests.runtime.victims import BIG, KILLED_SETTINGS, fresh_processes, save_on, train_on


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return train(digits_task(), KILLED_SETTINGS, directory=tmp_path_factory.mktemp("whole"))


def train_through_kills(directory: Path, chance: random.Random) -> int:
    """Start, kill at a random moment, start again, until the run ends by itself; how often it was killed."""
    context = fresh_processes()
    for kills in range(100):
        process = context.Process(target=train_on, args=(directory,))
        process.start()
        process.join(chance.uniform(0.1, 0.6))
        if process.exitcode is None:
            process.kill()
            process.join()
        if process.exitcode == 0:
            return kills
        assert process.exitcode == -9
    raise AssertionError("100 starts did not end the run")


def require_equal_runs(directory: Path, whole: Run) -> None:
    """Weights, the optimizer's memory and the log are equal, bit for bit."""
    assert whole.directory is not None
    ours = Checkpoints(directory / "checkpoints").load(whole.total)
    theirs = Checkpoints(whole.directory / "checkpoints").load(whole.total)
    assert ours.manifest.files == theirs.manifest.files  # digests of all tensors
    assert ours.manifest.learner == theirs.manifest.learner
    (run,) = Records(directory / "run.sqlite").runs()
    assert run.status == "finished"
    assert tuple(Records(directory / "run.sqlite").metrics(run.id)) == whole.log


def test_a_killed_run_ends_with_the_same_bits(tmp_path: Path, uninterrupted: Run) -> None:
    kills = train_through_kills(tmp_path, random.Random(1))
    assert kills >= 3
    require_equal_runs(tmp_path, uninterrupted)
    again = train(digits_task(), KILLED_SETTINGS, directory=tmp_path, resume=True)
    assert same_state(again.model, uninterrupted.model)
    assert again.results == uninterrupted.results


@pytest.mark.slow
def test_many_killed_runs_end_with_the_same_bits(tmp_path: Path, uninterrupted: Run) -> None:
    chance, kills, runs = random.Random(2), 0, 0
    while kills < 40:
        runs += 1
        kills += train_through_kills(tmp_path / f"{runs}", chance)
        require_equal_runs(tmp_path / f"{runs}", uninterrupted)


def save_through_kills(folder: Path, kills: int, chance: random.Random) -> None:
    """Kill a process that does nothing but save, and look at what it left, over and over."""
    context, last = fresh_processes(), 0
    for _ in range(kills):
        here, there = context.Pipe(duplex=False)
        process = context.Process(target=save_on, args=(folder, there))
        process.start()
        there.close()
        last = here.recv()  # at work
        process.join(chance.uniform(0.0, 0.1))
        process.kill()
        process.join()
        try:
            while True:
                last = here.recv()
        except EOFError:
            here.close()
        require_whole(folder, last)


def require_whole(folder: Path, reported: int) -> None:
    """The newest checkpoint holds one step throughout, and none that was reported saved is lost."""
    checkpoints = Checkpoints(folder)
    step = checkpoints.latest()
    assert step is not None
    assert step in (reported, reported + 1)
    stored = checkpoints.load(step)
    assert stored.manifest.step == step == stored.learner["step"]
    assert all(bool((value == step).all()) for value in stored.weights.values())
    memory = stored.learner["memory"]
    assert isinstance(memory, torch.Tensor)
    assert torch.equal(memory, torch.full((BIG,), float(step)))


def test_no_checkpoint_is_torn(tmp_path: Path) -> None:
    save_through_kills(tmp_path, 24, random.Random(4))
    checkpoints = Checkpoints(tmp_path, keep_last=2)
    checkpoints.sweep()
    checkpoints.prune()
    assert len(list(tmp_path.iterdir())) == 2  # nothing half written or half removed is left


@pytest.mark.slow
def test_no_checkpoint_is_torn_in_many_kills(tmp_path: Path) -> None:
    save_through_kills(tmp_path, 150, random.Random(5))
