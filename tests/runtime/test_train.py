import itertools
import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import torch
from filelock import FileLock
from rich.console import Console
from torch import Tensor, nn

from runtime import (
    SGD,
    AdamW,
    Batch,
    CheckpointError,
    Constant,
    DivergedError,
    Event,
    Learner,
    Linear,
    Outputs,
    ProgressBar,
    Records,
    ResumeError,
    Settings,
    SettingsError,
    Task,
    TaskError,
    Tree,
    evaluate,
    load_data,
    train,
)
from tests.runtime.toys import classification_loss, digits_task, mlp, same_state

SHORT = Settings(seed=7, steps=30, batch_size=16, threads=1, eval_every=10, checkpoint_every=10)


def stop_after(steps: int) -> Callable[[], bool]:
    """A stop that is asked once a step."""
    asked = iter(range(1, 10**6))
    return lambda: next(asked) >= steps


def test_an_mlp_learns_the_digits_in_seconds() -> None:
    settings = Settings(epochs=30, optimizer=AdamW(lr=3e-3), threads=1)
    start = time.monotonic()
    run = train(digits_task(hidden=128), settings)
    assert run.results["accuracy"] >= 0.95
    assert time.monotonic() - start < 20
    assert run.summary()["test_accuracy"] == run.results["accuracy"]
    assert run.step == run.total == settings.total_steps(1438) == 675
    assert run.finished and run.steps_per_second > 0 and run.directory is None


def test_the_same_settings_give_the_same_bits() -> None:
    first, second = train(digits_task(), SHORT), train(digits_task(), SHORT)
    assert same_state(first.model, second.model)
    assert (first.log, first.results) == (second.log, second.results)


@pytest.mark.parametrize("changes", [{"seed": 8}, {"batch_size": 17}, {"optimizer": SGD()}, {"clip_norm": None}])
def test_other_settings_give_other_bits(changes: dict[str, object]) -> None:
    first = train(digits_task(), SHORT)
    second = train(digits_task(), SHORT.model_copy(update=changes))
    assert not same_state(first.model, second.model)


def test_the_callers_state_is_left_alone() -> None:
    threads, deterministic = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    run = train(digits_task(), SHORT.model_copy(update={"threads": threads + 1}))
    evaluate(digits_task(), run.model, run.settings)
    assert torch.equal(torch.rand(3), expected)
    assert torch.get_num_threads() == threads
    assert torch.are_deterministic_algorithms_enabled() == deterministic


def test_a_module_is_trained_in_place_and_a_callable_is_seeded() -> None:
    data, model = load_data("digits"), mlp()
    before = model.state_dict()["1.weight"].clone()
    run = train(Task(model, classification_loss, data), SHORT)
    assert run.model is model and not torch.equal(model.state_dict()["1.weight"], before)
    torch.manual_seed(5)
    first = digits_task().build(3)
    torch.manual_seed(6)
    assert same_state(first, digits_task().build(3))
    assert not same_state(first, digits_task().build(4))


def test_the_log_holds_each_step_once_and_each_evaluation() -> None:
    run = train(digits_task(), SHORT.model_copy(update={"log_every": 4, "schedule": Linear()}))
    assert [step for step, _ in run.series("loss")] == [4, 8, 12, 16, 20, 24, 28, 30]
    assert [step for step, _ in run.series("test_accuracy")] == [10, 20, 30]
    assert run.series("lr")[0] == (4, 1e-3 * (1 - 3 / 30))
    assert run.series("test_loss")[-1] == (30, run.results["loss"])
    assert {row.name for row in run.log} == {"loss", "lr", "grad_norm", "test_loss", "test_accuracy"}


def test_the_first_logged_loss_is_the_models_own() -> None:
    settings = SHORT.model_copy(update={"steps": 1})
    run = train(digits_task(dropout=0.0), settings)
    model, batch = digits_task(dropout=0.0).build(7), load_data("digits").batch(0, 16, 7)
    loss = classification_loss(model(batch["image"]), batch)
    assert run.series("loss") == [(1, loss.item())]


def test_events_come_in_order() -> None:
    events: list[Event] = []
    settings = SHORT.model_copy(update={"steps": 4, "eval_every": 2})
    run = train(digits_task(), settings, observers=[events.append])
    kinds = [(event.kind, event.step) for event in events]
    assert kinds == [
        ("start", 0),
        ("step", 1),
        ("step", 2),
        ("evaluation", 2),
        ("step", 3),
        ("step", 4),
        ("evaluation", 4),
        ("end", 4),
    ]
    assert events[1].metrics["loss"] == run.series("loss")[0][1]
    assert events[-1].metrics == run.results and {event.total for event in events} == {4}
    assert all(a.seconds <= b.seconds for a, b in itertools.pairwise(events))


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
        "Resume with the same, or accept={'rule'} and give up equal bits."
    )


@pytest.mark.parametrize("dtype", ["float64", "bfloat16"])
def test_other_floating_point_types(dtype: str) -> None:
    run = train(digits_task(), Settings.read({**SHORT.model_dump(mode="json"), "dtype": dtype}))
    kinds = {value.dtype for value in run.model.state_dict().values()}
    assert kinds == {run.settings.torch_dtype(), torch.int64}  # the norm counts its batches
    assert run.series("loss")[-1][1] < run.series("loss")[0][1]


class TwoInputs(nn.Module):
    """Takes its inputs by keyword."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = mlp()

    def forward(self, *, picture: Tensor, hint: Tensor) -> Tensor:
        out: Tensor = self.inner(picture) + nn.functional.one_hot(hint, 10)
        return out


def test_inputs_may_be_given_by_keyword() -> None:
    inputs = {"picture": "image", "hint": "label"}
    run = train(Task(TwoInputs, classification_loss, load_data("digits"), inputs), SHORT)
    assert run.results["accuracy"] > 0.5  # the hint is the answer


def test_a_task_that_does_not_fit_is_refused() -> None:
    class Learned(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.scale = nn.Parameter(torch.ones(()))

        def forward(self, outputs: Outputs, batch: Batch) -> Tensor:
            return classification_loss(outputs, batch) * self.scale

    with pytest.raises(TaskError) as caught:
        Task(mlp, Learned(), load_data("digits"), {"x": "images"})
    assert str(caught.value) == (
        "task, input 'x': expected one of the arrays ['image', 'label'], found 'images'. Name one of them.\n"
        "task, objective: expected no parameters, found 1 parameters. "
        "Make the learned part of the objective a part of the model."
    )
    losses = Task(mlp, lambda outputs, batch: outputs.sum(1), load_data("digits"))
    with pytest.raises(TaskError) as caught:
        train(losses, SHORT)
    assert str(caught.value) == "task, objective: expected a scalar loss, found shape [16]. Take its mean."


def poisoned(step: int, value: float) -> Task:
    """The digits task whose objective turns bad at one step."""
    calls = iter(range(10**6))

    def objective(outputs: Outputs, batch: Batch) -> Tensor:
        return classification_loss(outputs, batch) * (value if next(calls) == step else 1.0)

    return replace(digits_task(), objective=objective)


def test_a_loss_that_is_no_number_stops_the_run_before_it_spoils_the_model(tmp_path: Path) -> None:
    task = poisoned(4, float("nan"))
    model = mlp()
    with pytest.raises(DivergedError) as caught:
        train(replace(task, model=model), SHORT, directory=tmp_path)
    assert str(caught.value) == (
        "training, step 5: expected a finite loss, found nan, with all parameters finite. "
        "Lower the learning rate (0.001), clip the gradients (clip_norm=1.0), or look at the data."
    )
    assert all(bool(value.isfinite().all()) for value in model.parameters())
    (record,) = Records(tmp_path / "run.sqlite").runs()
    assert (record.status, record.step) == ("failed", 4)
    assert [row.step for row in Records(tmp_path / "run.sqlite").metrics(record.id, "loss")] == [1, 2, 3, 4]


def test_gradients_that_are_no_numbers_are_named() -> None:
    class Root(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner, self.zero = mlp(), nn.Parameter(torch.zeros(10))

        def forward(self, image: Tensor) -> Tensor:
            out: Tensor = self.inner(image) + self.zero.abs().sqrt() * 0
            return out

    with pytest.raises(DivergedError) as caught:
        train(Task(Root, classification_loss, load_data("digits")), SHORT)
    assert str(caught.value) == (
        "training, step 1: expected a finite gradient norm, found nan, with gradients that are not finite: zero. "
        "Lower the learning rate (0.001), clip the gradients (clip_norm=1.0), or look at the data."
    )


def test_parameters_that_are_no_numbers_are_named() -> None:
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 10))
    with torch.no_grad():
        model.get_parameter("1.bias")[3] = float("inf")
    with pytest.raises(DivergedError) as caught:
        train(Task(model, classification_loss, load_data("digits")), SHORT.model_copy(update={"clip_norm": None}))
    assert str(caught.value) == (
        "training, step 1: expected a finite loss, found nan, with parameters that are not finite: 1.bias. "
        "Lower the learning rate (0.001), clip the gradients (clip_norm=None), or look at the data."
    )


def test_an_evaluation_that_is_no_number_is_an_error() -> None:
    metrics = {"odd": lambda outputs, batch: (torch.tensor(float("inf")), 1)}
    with pytest.raises(DivergedError) as caught:
        train(replace(digits_task(), metrics=metrics), SHORT)
    assert str(caught.value) == (
        "evaluation, step 10: expected finite numbers, found odd = inf. "
        "Lower the learning rate, or look at the data and the objective."
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
    same = "Resume with the same, or accept={'%s'} and give up equal bits."
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


def test_many_runs_share_one_file_of_records(tmp_path: Path) -> None:
    file = tmp_path / "all.sqlite"
    first = train(digits_task(program="text"), SHORT, records=file)
    second = train(digits_task(), SHORT, directory=tmp_path / "run", records=file)
    records = Records(file)
    assert {record.id for record in records.runs()} == {first.id, second.id}
    record = records.run(first.id)
    assert (record.status, record.total, record.documents) == ("finished", 30, {"program": "text"})
    assert Settings.read(dict(record.settings)) == SHORT
    assert record.versions["torch"] == torch.__version__.split("+")[0] or "+" in record.versions["torch"]
    assert tuple(records.metrics(first.id)) == first.log == second.log
    assert not (tmp_path / "run" / "run.sqlite").exists()


def test_a_device_that_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    with pytest.raises(SettingsError) as caught:
        train(digits_task(), SHORT.model_copy(update={"device": "cuda:3"}))
    assert str(caught.value) == (
        "settings.device: expected the device 'cuda:3', found 1 CUDA devices. Change it, or leave it out for 'cpu'."
    )


def test_the_progress_bar_shows_loss_and_evaluation() -> None:
    console = Console(record=True, force_terminal=True, width=120, file=open("/dev/null", "w"))  # noqa: SIM115
    bar = ProgressBar(console)
    try:
        run = train(digits_task(), SHORT, observers=[bar])
    finally:
        bar.close()
        console.file.close()
    text = console.export_text()
    assert "30/30" in text and f"test accuracy {run.results['accuracy']:.4f}" in text


def test_a_quiet_run_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    train(digits_task(), SHORT)
    assert capfd.readouterr() == ("", "")
    train(digits_task(), SHORT, progress=True)
    out, err = capfd.readouterr()
    assert out == "" and "30/30" in err


def test_the_summary_is_one_json_document() -> None:
    summary = train(digits_task(), SHORT).summary()
    again = json.loads(json.dumps(summary))
    assert list(again) == ["test_loss", "test_accuracy", "steps", "finished", "seconds", "steps_per_second"]
    assert (again["steps"], again["finished"]) == (30, True)


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
