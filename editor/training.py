"""The command `train`: a circuit, data and options in; the metrics of held-out data out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from circuits import Circuit, CircuitloomError
from gallery import entry, names
from runtime import circuit_task, fitting_data, settings_for, train


def train_circuit(
    name: str,
    circuit: Circuit,
    data: str = "",
    *,
    seed: int = 0,
    steps: int | None = None,
    options: Sequence[str] = (),
    folder: Path | None = None,
    quiet: bool = False,
) -> dict[str, Any]:
    """Train a circuit and return what it reached: `test_accuracy` or `test_loss`, seconds, steps.

    A gallery circuit brings its data and settings; `options` such as `learning_rate=1e-3` replace them. A run with a
    `folder` that was interrupted goes on where it stopped. Raises CircuitloomError for anything that does not fit.
    """
    found = entry(name) if name in names() else None
    data = data or (found.data if found is not None else "")
    if not data:
        raise CircuitloomError(f"train {name}: expected data to train on, found none. Give --data digits.")
    values: dict[str, Any] = {**(found.settings if found is not None else {}), "seed": seed}
    values.update(_option(option) for option in options)
    if steps is not None:
        values["steps"] = steps
    if folder is not None:
        values.setdefault("checkpoint_every", 100)
    resume = folder is not None and folder.exists() and any(folder.iterdir())
    run = train(
        circuit_task(circuit, fitting_data(circuit, data)),
        settings_for(values),
        directory=folder,
        resume=resume,
        progress=not quiet,
    )
    return {"circuit": circuit.name, "data": data, "seed": seed, **run.summary()}


def _option(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        raise CircuitloomError(f"--set {text}: expected name=value, found '{text}'. Write learning_rate=1e-3.")
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value
