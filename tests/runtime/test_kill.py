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
        # the longer it takes, the longer the waits: on a busy machine a start needs more than these before it gets anywhere
        process.join(chance.uniform(0.03, 0.4) * (1 + kills / 20))
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


def require_equal_through_kills(folder: Path, kills: int, whole: Run, chance: random.Random) -> None:
    """Train one run after the other, each to its end, until that many processes were killed."""
    done, runs = 0, 0
    while done < kills:
        runs += 1
        done += train_through_kills(folder / f"{runs}", chance)
        require_equal_runs(folder / f"{runs}", whole)


def test_a_killed_run_ends_with_the_same_bits(tmp_path: Path, uninterrupted: Run) -> None:
    require_equal_through_kills(tmp_path, 8, uninterrupted, random.Random(1))
    again = train(digits_task(), KILLED_SETTINGS, directory=tmp_path / "1", resume=True)
    assert same_state(again.model, uninterrupted.model)
    assert again.results == uninterrupted.results


@pytest.mark.slow
def test_many_killed_runs_end_with_the_same_bits(tmp_path: Path, uninterrupted: Run) -> None:
    require_equal_through_kills(tmp_path, 60, uninterrupted, random.Random(2))


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
