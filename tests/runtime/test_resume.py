"""Runs that were stopped, damaged or changed, and taken up again."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import torch
from filelock import FileLock
from torch import Tensor, nn

from runtime import (
    SGD,
    AdamW,
    Batch,
    CheckpointError,
    Constant,
    Learner,
    Records,
    ResumeError,
    Settings,
    Task,
    Tree,
    load_data,
    train,
)
from tests.runtime.toys import SHORT, digits_task, mlp, same_state


def stop_after(steps: int) -> Callable[[], bool]:
    """A stop that is asked once a step."""
    asked = iter(range(1, 10**6))
    return lambda: next(asked) >= steps


def test_a_stopped_run_goes_on_as_if_it_had_not_stopped(tmp_path: Path) -> None:
    whole = train(digits_task(), SHORT, directory=tmp_path / "whole")
    for stop in (13, 1, 7):
        part = train(digits_task(), SHORT, directory=tmp_path / "parts", resume=True, stop=stop_after(stop))
        assert not part.finished and part.results["accuracy"] > 0
    last = train(digits_task(), SHORT, directory=tmp_path / "parts", resume=True)
    assert last.finished and same_state(last.model, whole.model)
    assert (last.log, last.results) == (whole.log, whole.results)
    (record,) = Records(tmp_path / "parts" / "run.sqlite").runs()
    assert (record.status, record.step, record.results) == ("finished", 30, whole.results)
    assert last.seconds > part.seconds


def test_a_finished_run_is_resumed_without_a_step(tmp_path: Path) -> None:
    first = train(digits_task(), SHORT, directory=tmp_path)
    again = train(digits_task(), SHORT, directory=tmp_path, resume=True)
    assert same_state(first.model, again.model)
    assert (first.log, first.results) == (again.log, again.results)


@pytest.mark.parametrize("optimizer", [AdamW(), SGD(), SGD(momentum=0.0), SGD(nesterov=True)])
def test_every_optimizer_resumes_exactly(tmp_path: Path, optimizer: AdamW | SGD) -> None:
    settings = SHORT.model_copy(update={"optimizer": optimizer, "schedule": Constant()})
    whole = train(digits_task(), settings)
    train(digits_task(), settings, directory=tmp_path, stop=stop_after(11))
    assert same_state(train(digits_task(), settings, directory=tmp_path, resume=True).model, whole.model)


@dataclass(frozen=True)
class Wander:
    """A rule without gradients: keep a random change of the weights if it lowers the loss."""

    size: float = 0.02

    def describe(self) -> str:
        return f"wander {self.size}"

    def start(self, task: Task, model: nn.Module, settings: Settings, total: int) -> "Wanderer":
        return Wanderer(task, model, self.size)


class Wanderer:
    """Keeps the steps it took, and draws from a generator of its own as from torch's."""

    def __init__(self, task: Task, model: nn.Module, size: float) -> None:
        self.task, self.model, self.size = task, model, size
        self.taken: list[Tree] = []
        self.own = torch.Generator().manual_seed(1)

    def step(self, batch: Batch, step: int) -> Mapping[str, float]:
        with torch.no_grad():
            before = {name: value.clone() for name, value in self.model.state_dict().items()}
            loss = self.task.loss(self.task.apply(self.model, batch), batch)
            scale = torch.rand((), generator=self.own)
            for parameter in self.model.parameters():
                parameter.add_(self.size * scale * torch.randn_like(parameter))
            after = self.task.loss(self.task.apply(self.model, batch), batch)
            if after < loss:
                self.taken = [*self.taken, step]
            else:
                self.model.load_state_dict(before)
        return {"loss": float(loss), "taken": float(len(self.taken))}

    def state(self) -> Mapping[str, Tree]:
        return {"taken": self.taken, "own": self.own.get_state()}

    def load_state(self, state: Mapping[str, Tree]) -> None:
        taken, own = state["taken"], state["own"]
        assert isinstance(taken, list) and isinstance(own, Tensor)
        self.taken = taken
        self.own.set_state(own)


def test_any_learning_rule_can_own_the_step_and_resumes_exactly(tmp_path: Path) -> None:
    settings = SHORT.model_copy(update={"steps": 60})
    learner: Learner = Wander().start(digits_task(), mlp(), settings, 60)
    assert learner.state()["taken"] == []
    whole = train(digits_task(dropout=0.0), settings, rule=Wander())
    assert 0 < whole.series("taken")[-1][1] < 60
    arguments = {"rule": Wander(), "directory": tmp_path}
    train(digits_task(dropout=0.0), settings, stop=stop_after(33), **arguments)  # type: ignore[arg-type]
    last = train(digits_task(dropout=0.0), settings, resume=True, **arguments)  # type: ignore[arg-type]
    assert same_state(last.model, whole.model) and last.log == whole.log
    with pytest.raises(ResumeError) as caught:
        train(digits_task(dropout=0.0), settings, directory=tmp_path, resume=True)
    assert str(caught.value) == (
        "resume, rule: expected wander 0.02, found backprop. "
        "Resume with the same, or accept 'rule' and give up equal bits."
    )


def test_a_run_is_not_resumed_as_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    task = digits_task(circuit="first", program="same")
    train(task, SHORT, directory=tmp_path, stop=stop_after(2))
    monkeypatch.setattr(torch, "__version__", "0.1.0")
    other = replace(task, documents={"circuit": "other", "program": "same"}, data=load_data("digits", c=1))
    settings = SHORT.model_copy(update={"optimizer": AdamW(lr=0.5), "threads": 2, "keep_last": 9})
    with pytest.raises(ResumeError) as caught:
        train(other, settings, directory=tmp_path, resume=True)
    lines = str(caught.value).splitlines()
    same = "Resume with the same, or accept '%s' and give up equal bits."
    before, after = (
        f"{{'name': 'adamw', 'lr': {lr}, 'betas': [0.9, 0.999], 'eps': 1e-08, 'weight_decay': 0.01}}"
        for lr in (0.001, 0.5)
    )
    assert lines[0] == f"resume, settings.optimizer: expected {before}, found {after}. " + same % "optimizer"
    assert lines[1] == "resume, settings.threads: expected 1, found 2. " + same % "threads"
    # SHA-256 of "first" and of "other"
    assert lines[2] == "resume, circuit: expected a7937b64b8ca, found d9298a10d1b0. " + same % "circuit"
    data = (f"digits {load_data('digits', c=c).digest[:12]}" for c in (0, 1))
    assert lines[3] == "resume, data: expected {}, found {}. ".format(*data) + same % "data"
    version = train.__globals__["identity_of"].__globals__["version"]("torch")
    assert lines[4].startswith(f"resume, torch: expected {version.split('+')[0]}")
    assert lines[4].endswith("found 0.1.0. " + same % "torch")
    assert len(lines) == 5
    accepted = {"optimizer", "threads", "circuit", "data", "torch"}
    run = train(other, settings, directory=tmp_path, resume=True, accept=accepted)
    assert run.finished


def test_another_model_is_not_resumed_even_if_its_weights_fit(tmp_path: Path) -> None:
    train(digits_task(), SHORT, directory=tmp_path, stop=stop_after(2))
    with pytest.raises(ResumeError, match=r"^resume, model: expected [0-9a-f]{12}, found [0-9a-f]{12}\. Resume"):
        train(digits_task(dropout=0.3), SHORT, directory=tmp_path, resume=True)


def test_a_directory_with_a_run_is_not_started_anew(tmp_path: Path) -> None:
    train(digits_task(), SHORT, directory=tmp_path, stop=stop_after(12))
    with pytest.raises(CheckpointError) as caught:
        train(digits_task(), SHORT, directory=tmp_path)
    assert str(caught.value) == (
        f"run {tmp_path}: expected no run yet, found checkpoints up to step 12. "
        "Pass resume=True, or choose another directory."
    )


def test_two_processes_do_not_train_in_one_directory(tmp_path: Path) -> None:
    with FileLock(tmp_path / "lock"), pytest.raises(CheckpointError) as caught:
        train(digits_task(), SHORT, directory=tmp_path)
    assert str(caught.value) == (
        f"run {tmp_path}: expected nobody else, found another process that trains here. "
        "Wait for it, or choose another directory."
    )
    assert train(digits_task(), SHORT, directory=tmp_path).finished


def test_a_directory_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CheckpointError, match=r"expected a folder to write to, found .*\. Choose another directory\."):
        train(digits_task(), SHORT, directory=tmp_path / "file")


def test_a_damaged_checkpoint_is_passed_over(tmp_path: Path) -> None:
    whole = train(digits_task(), SHORT, directory=tmp_path)
    newest = tmp_path / "checkpoints" / "step_00000030" / "weights.safetensors"
    newest.write_bytes(newest.read_bytes()[:-1])
    again = train(digits_task(), SHORT, directory=tmp_path, resume=True)
    assert same_state(again.model, whole.model) and again.log == whole.log
    folders = sorted(entry.name for entry in (tmp_path / "checkpoints").iterdir())
    assert folders == ["damaged_00000030_0", "step_00000010", "step_00000020", "step_00000030"]


def test_a_run_of_which_nothing_is_whole_is_an_error(tmp_path: Path) -> None:
    train(digits_task(), SHORT, directory=tmp_path, stop=stop_after(1))
    (tmp_path / "checkpoints" / "step_00000001" / "manifest.json").unlink()
    with pytest.raises(CheckpointError, match="expected a whole checkpoint, found FileNotFoundError"):
        train(digits_task(), SHORT, directory=tmp_path, resume=True)


def test_checkpoints_are_kept_within_bounds(tmp_path: Path) -> None:
    settings = SHORT.model_copy(update={"checkpoint_every": 3, "keep_last": 2})
    train(digits_task(), settings, directory=tmp_path)
    names = sorted(entry.name for entry in (tmp_path / "checkpoints").iterdir())
    assert names == ["step_00000027", "step_00000030"]


def test_a_run_whose_record_was_removed_goes_on(tmp_path: Path) -> None:
    train(digits_task(), SHORT, directory=tmp_path, stop=stop_after(20))
    (tmp_path / "run.sqlite").unlink()
    run = train(digits_task(), SHORT, directory=tmp_path, resume=True)
    (record,) = Records(tmp_path / "run.sqlite").runs()
    assert (record.id, record.status, record.step) == (run.id, "finished", 30)
    assert [step for step, _ in run.series("loss")] == list(range(21, 31))


def test_a_run_can_be_made_longer_on_purpose(tmp_path: Path) -> None:
    settings = SHORT.model_copy(update={"schedule": Constant()})
    train(digits_task(), settings, directory=tmp_path)
    longer = settings.model_copy(update={"steps": 40})
    run = train(digits_task(), longer, directory=tmp_path, resume=True, accept={"steps"})
    assert same_state(run.model, train(digits_task(), longer).model)  # nothing else depends on the length
    shorter = train(digits_task(), settings, directory=tmp_path, resume=True, accept={"steps"})
    assert (shorter.step, shorter.total, shorter.finished) == (40, 30, True)
    (record,) = Records(tmp_path / "run.sqlite").runs()
    assert (record.step, record.total, Settings.read(dict(record.settings))) == (40, 30, settings)


def test_only_what_can_differ_is_accepted(tmp_path: Path) -> None:
    train(digits_task(), SHORT, directory=tmp_path, stop=stop_after(2))
    with pytest.raises(ResumeError) as caught:
        train(digits_task(), SHORT, directory=tmp_path, resume=True, accept={"step"})
    text = str(caught.value)
    assert text.startswith("accept: expected something to differ in (batch_size, checkpoint_every, clip_norm, data, ")
    assert text.endswith("), found 'step'. Leave it out. Did you mean 'steps'?")


def test_resuming_at_any_step_is_exact(tmp_path: Path) -> None:
    whole, chance = train(digits_task(), SHORT), random.Random(0)
    for number in range(4):
        directory = tmp_path / f"{number}"
        while True:
            steps = stop_after(chance.randint(1, 15))
            run = train(digits_task(), SHORT, directory=directory, resume=True, stop=steps)
            if run.finished:
                break
        assert same_state(run.model, whole.model) and run.log == whole.log
