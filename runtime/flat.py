"""Settings from flat names, as a command line or a gallery entry gives them."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from .settings import Settings

_SHORT = {
    "learning_rate": "optimizer.lr",
    "weight_decay": "optimizer.weight_decay",
    "optimizer": "optimizer.name",
    "schedule": "schedule.name",
    "warmup": "schedule.warmup",
}
_NAMES = {"optimizer": "adamw", "schedule": "cosine"}


def settings_for(values: Mapping[str, JsonValue]) -> Settings:
    """Settings from names such as `steps`, `learning_rate` or `optimizer.momentum`.

    Raises SettingsError, with all problems.
    """
    document: dict[str, JsonValue] = {}
    for key, value in values.items():
        group, dot, field = _SHORT.get(key, key).partition(".")
        if not dot:
            document[group] = value
            continue
        inner = document.setdefault(group, {"name": _NAMES.get(group, "")})
        assert isinstance(inner, dict)
        inner[field] = value
    return Settings.read(document)
