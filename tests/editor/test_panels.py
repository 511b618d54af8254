"""Train and look without a browser: how a run stands, the form, the curves, and the list of runs."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits import Circuit
from editor.panels import RunsPanel, TrainingPanel, Workshop
from editor.panels.form import SettingsForm
from editor.panels.looking import said
from editor.panels.progress import Curve, Progress
from editor.panels.runs import differences
from editor.run_folder import RunFolder, differing
from gallery import entry
from runtime import SGD, AdamW, Constant, Cosine, Linear, Settings, Stairs, circuit_task, fitting_data, train

SUMMARY = {"test_loss": 0.25, "test_accuracy": 0.5, "steps": 1200, "finished": False, "seconds": 2.0}
START = {"kind": "start", "step": 0, "total": 1200, "earlier": {}}
STEPS = {"kind": "steps", "rows": [[1, 0.5], [2, 0.25]], "total": 1200, "rate": 3.14}
EVALUATION = {"kind": "evaluation", "step": 2, "metrics": {"loss": 0.3}, "nodes": {}}
FAILED = {"kind": "failed", "text": "why"}
DONE = {"kind": "done", "ended": "stopped", "run": "r", "summary": SUMMARY}
MESSAGES = st.sampled_from([START, STEPS, EVALUATION, FAILED, DONE, {"kind": "look"}, {"kind": "unseen"}])


@given(messages=st.lists(MESSAGES), stops=st.sets(st.integers(0, 10)))
def test_a_run_ends_once_and_stays_ended(messages: list[dict[str, Any]], stops: set[int]) -> None:
    now, ended = Progress().begin(), False
    for place, message in enumerate(messages):
        now = now.stop() if place in stops else now
        after = now.follow(message)
        assert after == now or not ended
        ended = ended or message["kind"] in ("failed", "done")
        assert after.busy == (not ended)
        assert after.sentence()
        now = after


def test_a_run_is_told_in_a_line() -> None:
    now = Progress().begin()
    assert now.sentence() == "Starting the training process…"
    assert now.sentence(silent=12) == "Starting the training process… Nothing heard for 12 s."
    now = now.follow(START).follow(STEPS)
    assert now.sentence() == "Step 2 of 1,200, loss 0.2500, 3.1 steps/s."
    assert now.stop().follow(STEPS).sentence() == "Stopping after this step. Press again to stop at once."
    done = now.stop().follow(EVALUATION).follow(DONE)
    assert done.sentence() == "Stopped after 1,200 steps, 2.0 s. Held-out data: loss 0.25, accuracy 0.5."
    assert done.unfinished and not now.follow({**DONE, "ended": "finished"}).unfinished
    late = now.follow({**DONE, "ended": "late"})
    assert late.sentence().startswith("Stopped at the time limit after 1,200 steps")
    assert now.follow(FAILED).sentence() == "why"
    assert now.stop().ended_at_once().sentence() == "Stopped after 2 steps."


@given(values=st.lists(st.floats(-1e6, 1e6), max_size=300), most=st.integers(2, 50))
def test_a_curve_keeps_its_ends_and_its_bounds(values: list[float], most: int) -> None:
    curve = Curve(most)
    for step, value in enumerate(values):
        curve.add([(step, value)])
    assert len(curve.steps) == len(curve.values) <= most
    assert curve.steps == sorted(curve.steps)
    if len(values) <= most:
        assert curve.values == values
    if values:
        slack = 1e-9 * max(1.0, *map(abs, values))
        assert min(values) - slack <= min(curve.values) and max(curve.values) <= max(values) + slack
    assert curve.fresh == bool(values)


OPTIMIZERS = st.sampled_from([AdamW(), AdamW(lr=0.0012345678, betas=(0.8, 0.99)), SGD(), SGD(nesterov=True)])
SCHEDULES = st.sampled_from([Constant(warmup=3), Cosine(floor=0.1), Linear(), Stairs(every=7)])


@given(
    optimizer=OPTIMIZERS,
    schedule=SCHEDULES,
    steps=st.none() | st.integers(1, 10**9),
    clip=st.none() | st.floats(1e-9, 1e9),
)
def test_what_a_form_is_filled_with_it_holds(
    optimizer: Any, schedule: Any, steps: int | None, clip: float | None
) -> None:
    settings = Settings(optimizer=optimizer, schedule=schedule, steps=steps, clip_norm=clip, deterministic=False)
    form = SettingsForm(Settings())
    form.fill(settings)
    assert Settings.read(form.document()) == settings


def test_another_optimizer_brings_its_own_defaults() -> None:
    form = SettingsForm(Settings())
    form.fields["optimizer.name"].value = "sgd"
    assert Settings.read(form.document()).optimizer == SGD()
    form.fields["optimizer.name"].value = "adamw"
    assert Settings.read(form.document()) == Settings()


def test_all_that_is_wrong_in_the_fields_is_told_at_once(tmp_path: Path) -> None:
    found = entry("digit_classifier")
    panel = TrainingPanel(lambda: found.circuit, RunFolder(tmp_path), found)
    panel.form.fields["steps"].value = "many"
    panel.form.fields["optimizer.lr"].value = "-1"
    panel.memory.value = "none"
    panel.toggle()
    assert panel.worker is None and not panel.progress.busy
    for text in ("Memory limit (GiB): expected a number above 0", "settings.steps: expected", "settings.optimizer.lr"):
        assert text in panel.status.object.replace("&#x27;", "'")


def test_a_message_that_is_none_ends_the_run(tmp_path: Path) -> None:
    found = entry("digit_classifier")
    panel = TrainingPanel(lambda: found.circuit, RunFolder(tmp_path), found)
    panel.progress = panel.progress.begin()
    panel.take({"kind": "steps", "rows": "?"})
    assert panel.progress.phase == "failed"
    assert panel.progress.text.startswith("training: expected messages of the training process, found")


def test_a_wire_is_chosen_by_its_name_on_the_canvas(tmp_path: Path) -> None:
    found = entry("vit_digits")
    made = Workshop(lambda: found.circuit, found, RunFolder(tmp_path))
    asked: list[dict[str, Any]] = []
    made.looking.ask = asked.append
    made.select("blocks/attention/mixed/scores")
    assert asked == [{"ask": "look", "wire": "blocks/attention/mixed/scores", "sample": 0, "round": -1}]
    made.select("blocks/attention/mixed", node="blocks/attention/mixed")  # what attends is looked at where it attends
    assert made.looking.wire.value == "blocks/attention/mixed/weights"
    made.select("blocks/attention", node="blocks/attention")  # a circuit of one's own is not
    assert made.looking.wire.value == "blocks/attention"
    seen = {"wire": "x", "axes": ["sample", "n"], "shape": [8, 2], "missing": 1, "mean": 0.5, "deviation": 2}
    assert said(seen) == "x [sample=8 n=2]: mean 0.5, deviation 2, 1 not finite."


def test_a_broken_circuit_offers_no_wires(tmp_path: Path) -> None:
    broken = Circuit("broken", outputs=(), nodes=entry("attention").circuit.nodes)
    made = Workshop(lambda: broken, None, RunFolder(tmp_path))
    assert made.looking.wire.options == [""]
    made.training.toggle()
    assert made.training.worker is None and "problem" in made.training.status.object


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A folder with three runs."""
    runs = RunFolder(tmp_path_factory.mktemp("runs"))
    found = entry("digit_classifier")
    task = circuit_task(found.circuit, fitting_data(found.circuit, "digits"))
    for seed, lr in ((0, 1e-3), (1, 1e-3), (0, 1e-2)):
        settings = Settings(seed=seed, steps=3, batch_size=8, threads=1, optimizer=AdamW(lr=lr))
        train(task, settings, directory=runs.fresh("digit_classifier"), records=runs.records)
    return runs


def test_runs_are_listed_and_compared(trained: RunFolder) -> None:
    panel = RunsPanel(trained)
    assert len(panel.shown) == 3 and not panel.box.visible
    chosen = [record for record in panel.shown if record.settings["seed"] == 0]
    for record in chosen:
        panel.boxes[record.id].value = True
    assert [record.id for record in panel.marked()] == [record.id for record in chosen]
    assert panel.box.visible
    assert panel.metric.options == ["loss", "test_accuracy", "test_loss"]
    assert dict(differing(chosen)) == {
        "optimizer.lr": tuple(f"{record.settings['optimizer']['lr']:g}" for record in chosen)
    }  # type: ignore[index, call-overload]
    assert "optimizer.lr" in differences(chosen)
    panel.refresh()
    assert [record.id for record in panel.marked()] == [record.id for record in chosen]


def test_a_run_that_was_killed_is_told_from_one_that_goes_on(trained: RunFolder) -> None:
    record = trained.runs()[0]
    assert trained.status(record) == "finished"
    place = trained.place(record.id)
    assert place is not None and place.name.startswith("digit_classifier-")
    assert not trained.at_work(record.id)
    assert trained.place("another") is None


def test_a_folder_without_runs_says_so(tmp_path: Path) -> None:
    panel = RunsPanel(RunFolder(tmp_path / "none"))
    assert "No runs yet." in panel.about.object
    assert not (tmp_path / "none").exists()
