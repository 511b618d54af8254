"""Checkpoints: folders `step_00000123` that are complete or absent, and never overwritten.

A folder is written under another name, each file is flushed to the disk, then the folder is
renamed. It holds

    weights.safetensors   the model's state by its names, for anybody to load
    learner.safetensors   the tensors that the learning rule keeps
    manifest.json         step, settings, identity, the learner's other state, and the digests of the files

Nothing in it is pickled, so reading one runs no code.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from .errors import CheckpointError, Problem
from .files import digest_file, partial_name, remove_whole, sweep, sync
from .rules import State
from .tree import flatten, unflatten

FORMAT = 1
WEIGHTS, LEARNER, MANIFEST = "weights.safetensors", "learner.safetensors", "manifest.json"
_FOLDER = re.compile(r"step_(\d{8,})")


class Manifest(BaseModel):
    """What a checkpoint says of itself; `identity` is all that its numbers depend on."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    format: int
    step: int
    settings: dict[str, JsonValue]
    identity: dict[str, str]
    learner: JsonValue
    seconds: float
    files: dict[str, str]


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint read back: `weights` by the model's names, `learner` as its rule gave it."""

    path: Path
    manifest: Manifest
    weights: Mapping[str, Tensor]
    learner: State


class Checkpoints:
    """The checkpoints of one run, in one folder, which is made if it is not there."""

    def __init__(self, folder: Path, keep_last: int = 3) -> None:
        self.folder, self.keep_last = folder, keep_last
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, step: int) -> Path:
        """Where the checkpoint of a step lies."""
        return self.folder / f"step_{step:08d}"

    def steps(self) -> list[int]:
        """The steps of all folders that bear a checkpoint's name, oldest first."""
        matches = (_FOLDER.fullmatch(entry.name) for entry in self.folder.iterdir())
        return sorted(int(match[1]) for match in matches if match)

    def sweep(self) -> None:
        """Remove unfinished folders; only for the one process that writes here."""
        sweep(self.folder)

    def save(
        self,
        step: int,
        model: nn.Module,
        learner: State,
        *,
        settings: Mapping[str, JsonValue],
        identity: Mapping[str, str],
        seconds: float = 0.0,
    ) -> Path:
        """Write the checkpoint of a step, then drop old ones beyond `keep_last`.

        Raises CheckpointError if one of this step is there, or it cannot be written; older ones
        stay as they were.
        """
        target = self.path(step)
        self._make_room(target)
        document, tensors = flatten(dict(learner), "learner")
        parts = {WEIGHTS: _weights(model), LEARNER: _storable(tensors)}
        partial = partial_name(target)
        try:
            partial.mkdir()
            for name, content in parts.items():
                _write_tensors(partial / name, content)
            manifest = Manifest(
                format=FORMAT,
                step=step,
                settings=dict(settings),
                identity=dict(identity),
                learner=document,
                seconds=seconds,
                files={name: digest_file(partial / name) for name in parts},
            )
            _write_manifest(partial / MANIFEST, manifest)
            sync(partial)
            partial.rename(target)
            sync(self.folder)
        except (OSError, SafetensorError) as error:
            shutil.rmtree(partial, ignore_errors=True)
            fix = "Free space or choose another folder; older checkpoints are untouched."
            problem = Problem(f"checkpoint {target}", "to be written", f"{error}", fix)
            raise CheckpointError(problem) from error
        self.prune()
        return target

    def latest(self) -> int | None:
        """The newest step whose checkpoint is whole, or None."""
        return next((step for step in reversed(self.steps()) if not self._fault(step)), None)

    def load(self, step: int) -> Checkpoint:
        """Read a checkpoint, each file held against its digest; raises CheckpointError."""
        path = self.path(step)
        fault = self._fault(step)
        if fault:
            other = "Resume from another one."
            raise CheckpointError(Problem(f"checkpoint {path}", "a whole checkpoint", fault, other))
        manifest = _read_manifest(path)
        state = unflatten(manifest.learner, _read_tensors(path / LEARNER))
        assert isinstance(state, dict)
        return Checkpoint(path, manifest, _read_tensors(path / WEIGHTS), state)

    def prune(self) -> None:
        """Remove old checkpoints beyond `keep_last`; nothing is removed while no newer one is whole."""
        old = self.steps()[: -self.keep_last]
        if old and any(not self._fault(step) for step in reversed(self.steps()[-self.keep_last :])):
            for step in old:
                remove_whole(self.path(step))

    def _make_room(self, target: Path) -> None:
        """Refuse to overwrite a whole checkpoint; put a damaged one aside."""
        if not target.exists():
            return
        step = int(target.name.removeprefix("step_"))
        if not self._fault(step):
            fix = "Use another folder, or resume from the newest."
            raise CheckpointError(Problem(f"checkpoint {target}", "none", "a whole one", fix))
        number = sum(1 for _ in self.folder.glob(f"damaged_{step:08d}_*"))
        target.rename(self.folder / f"damaged_{step:08d}_{number}")

    def _fault(self, step: int) -> str:
        """What is wrong with the checkpoint of a step, or nothing."""
        path = self.path(step)
        try:
            manifest = _read_manifest(path)
            for name, digest in manifest.files.items():
                if digest_file(path / name) != digest:
                    return f"{name} with another content than was written"
        except (OSError, ValueError) as error:
            return f"{type(error).__name__}: {str(error).splitlines()[0]}"
        if manifest.step != step:
            return f"a manifest of step {manifest.step}"
        return ""


def load_weights(model: nn.Module, weights: Mapping[str, Tensor]) -> None:
    """Copy stored weights into a model of the same names and shapes; raises CheckpointError with all differences."""
    problems = list(_differences(model.state_dict(), weights))
    if problems:
        raise CheckpointError(*problems)
    model.load_state_dict(dict(weights))


def _differences(ours: Mapping[str, Tensor], stored: Mapping[str, Tensor]) -> Iterator[Problem]:
    fix = "Load it into the model it was made from."
    for name in sorted(ours.keys() | stored.keys()):
        where = f"weights, '{name}'"
        if name not in stored:
            yield Problem(where, f"shape {list(ours[name].shape)}", "nothing in the checkpoint", fix)
        elif name not in ours:
            yield Problem(where, "nothing", f"shape {list(stored[name].shape)}", fix)
        elif ours[name].shape != stored[name].shape or ours[name].dtype != stored[name].dtype:
            expected = f"{list(ours[name].shape)} of {ours[name].dtype}"
            found = f"{list(stored[name].shape)} of {stored[name].dtype}"
            yield Problem(where, expected, found, fix)


def _weights(model: nn.Module) -> dict[str, Tensor]:
    state = model.state_dict()
    other = [name for name, value in state.items() if not isinstance(value, Tensor)]
    if other:
        fix = "Keep it as a buffer."
        raise CheckpointError(Problem("weights", "tensors only", f"{other}", fix))
    return _storable(state)


def _storable(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Copies that share no memory, which the format asks for: tied weights are written once a name."""
    return {
        name: value.detach().to("cpu", copy=True, memory_format=torch.contiguous_format)
        for name, value in tensors.items()
    }


def _write_tensors(path: Path, tensors: dict[str, Tensor]) -> None:
    save_file(tensors, path)
    sync(path)


def _read_tensors(path: Path) -> dict[str, Tensor]:
    """Copies: what `load_file` returns are views of the file, which may be removed meanwhile."""
    return {name: value.clone() for name, value in load_file(path).items()}


def _write_manifest(path: Path, manifest: Manifest) -> None:
    """The manifest and, on a second line, its own digest."""
    text = json.dumps(manifest.model_dump(mode="json"), sort_keys=True)
    path.write_text(f"{text}\n{hashlib.sha256(text.encode()).hexdigest()}\n", encoding="utf-8")
    sync(path)


def _read_manifest(folder: Path) -> Manifest:
    """Raises OSError or ValueError when it is not there or not what was written."""
    text, _, rest = (folder / MANIFEST).read_text(encoding="utf-8").partition("\n")
    if hashlib.sha256(text.encode()).hexdigest() != rest.strip():
        raise ValueError(f"{MANIFEST} with another content than was written")
    try:
        manifest = Manifest.model_validate_json(text)
    except ValidationError:
        raise ValueError(f"{MANIFEST} of another version") from None
    if manifest.format != FORMAT:
        raise ValueError(f"{MANIFEST} of format {manifest.format}, this version reads {FORMAT}")
    return manifest
