"""The command `train`: a circuit, data and options in; the metrics of held-out data out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from circuits import Problem
from gallery import Entry
from runtime import RunError, Settings, circuit_task, fitting_data, settings_for, sources, train

CHECKPOINT_EVERY = 100


def train_entry(
    found: Entry,
    data: str = "",
    given: Mapping[str, Any] | None = None,
    *,
    options: Sequence[str] = (),
    folder: Path | None = None,
    accept: Sequence[str] = (),
    quiet: bool = False,
) -> dict[str, Any]:
    """Train a circuit and return what it reached: `test_accuracy` or `test_loss`, seconds, steps.

    A gallery circuit brings its data and settings; `given` (None for what is not) and then `options` such as
    `learning_rate=1e-3` replace them. A run with a `folder` that was stopped goes on where it was; only what `accept`
    names, such as steps, may differ from it. Raises CircuitloomError for anything that does not fit.
    """
    circuit, name = found.circuit.valid(), data or found.data
    values = {key: value for key, value in (given or {}).items() if value is not None}
    problems: list[Problem] = []
    values.update(read_options(options, problems))
    with _gathered(problems):
        settings = settings_of(found, values, folder is not None)
    with _gathered(problems):
        task = circuit_task(circuit, fitting_data(circuit, _named(name, found)))
    if problems:
        raise RunError(*problems)
    run = train(
        task,
        settings,
        directory=folder,
        resume=folder is not None and folder.exists(),
        accept=set(accept),
        progress=not quiet,
    )
    return {"circuit": found.name, "data": name, "seed": settings.seed, **run.summary()}


@contextmanager
def _gathered(problems: list[Problem]) -> Iterator[None]:
    """Errors inside add to the problems."""
    try:
        yield
    except RunError as error:
        problems.extend(error.problems)


def _named(data: str, found: Entry) -> str:
    """The name of the data; raises RunError if there is none."""
    if not data:
        names = ", ".join(source.name for source in sources())
        raise RunError(Problem(f"train {found.name}", f"data to train on ({names})", "none", "Give --data digits."))
    return data


def settings_of(found: Entry, values: Mapping[str, Any], stored: bool = False) -> Settings:
    """The entry's settings with `values` in their place; a stored run is checkpointed now and then."""
    merged = {**({"checkpoint_every": CHECKPOINT_EVERY} if stored else {}), **found.settings, **values}
    if "epochs" in values and "steps" not in values:
        merged.pop("steps", None)
    return settings_for(merged)


def read_options(options: Sequence[str], problems: list[Problem]) -> dict[str, Any]:
    """The values in texts such as `learning_rate=1e-3`, JSON where they are; texts that say none add to `problems`."""
    values: dict[str, Any] = {}
    for text in options:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not name or not equals:
            problems.append(Problem("--set", "name=value", f"'{text}'", "Write for example learning_rate=1e-3."))
            continue
        try:
            values[name] = json.loads(value)
        except json.JSONDecodeError:
            values[name] = value
    return values
