"""What the numbers of a run depend on, so that a run is only resumed where it goes on bit for bit."""

from __future__ import annotations

import hashlib
import platform
import sys
from collections.abc import Collection, Mapping
from importlib.metadata import version

import torch
from torch import nn

from .errors import Problem, ResumeError, did_you_mean
from .rules import Rule
from .settings import Settings, difference
from .task import Task, architecture


def identity_of(task: Task, model: nn.Module, rule: Rule) -> dict[str, str]:
    """Everything beside the settings that the numbers depend on, as text or digest."""
    documents = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in task.documents.items()}
    objective = task.objective
    return {
        **documents,
        "model": architecture(model),
        "objective": architecture(objective) if isinstance(objective, nn.Module) else "a function",
        "inputs": ", ".join(f"{keyword}={name}" for keyword, name in task.call_with().items()),
        "data": f"{task.data.name} {task.data.digest}",
        "rule": rule.describe(),
        "torch": torch.__version__,
        "processor": f"{platform.machine()} {torch.backends.cpu.get_cpu_capability()}",
    }


def versions() -> dict[str, str]:
    """The versions of what took part, for the record."""
    packages = ("torch", "numpy", "safetensors", "pydantic", "SQLAlchemy")
    python = ".".join(map(str, sys.version_info[:3]))
    return {"python": python, **{name: version(name) for name in packages}}


def require_same(
    settings: Settings,
    identity: Mapping[str, str],
    stored_settings: Settings,
    stored_identity: Mapping[str, str],
    accept: Collection[str] = (),
) -> None:
    """Raise ResumeError naming all that differs from what is stored, but for the names in `accept`, and wrong names."""
    known = sorted({*Settings.model_fields, *identity, *stored_identity})
    problems = [
        Problem("accept", f"something to differ in ({', '.join(known)})", f"'{name}'", f"Leave it out.{near}")
        for name, near in ((name, did_you_mean(name, known)) for name in sorted(accept) if name not in known)
    ]
    problems += [
        Problem(f"resume, settings.{name}", theirs, ours, _fix(name))
        for name, (ours, theirs) in difference(settings, stored_settings).items()
        if name not in accept
    ]
    for name in sorted(identity.keys() | stored_identity.keys()):
        ours, theirs = identity.get(name, "none"), stored_identity.get(name, "none")
        if ours != theirs and name not in accept:
            problems.append(Problem(f"resume, {name}", _short(theirs), _short(ours), _fix(name)))
    if problems:
        raise ResumeError(*problems)


def _fix(name: str) -> str:
    return f"Resume with the same, or accept '{name}' and give up equal bits."


def _short(text: str) -> str:
    """Digests are cut: twelve digits tell them apart."""
    return " ".join(word[:12] if len(word) == 64 else word for word in text.split(" "))
