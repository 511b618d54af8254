import itertools
import json
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from rich.console import Console
from torch import Tensor, nn

from runtime import (
    SGD,
    AdamW,
    Batch,
    DivergedError,
    Event,
    Linear,
    Outputs,
    ProgressBar,
    Records,
    Settings,
    SettingsError,
    Task,
    TaskError,
    evaluate,
    load_data,
    train,
)
from tests.runtime.toys import SHORT, classification_loss, digits_task, mlp, same_state


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
