"""A form for settings, made from their schema: a field a setting, and what they hold as a document."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args, get_origin

import panel as pn
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from runtime import Option, Settings

WIDTH = 118
AS_TAKEN = "as the circuit takes it"
WORDS = {
    "lr": "learning rate",
    "eps": "epsilon",
    "eval_every": "evaluate every",
    "eval_batch_size": "evaluation batch",
    "dtype": "number type",
    "keep_last": "checkpoints kept",
}
IN_SIGHT = ("name", "lr")
FIRST = ("steps", "batch_size", "optimizer", "schedule", "seed", "eval_every")


class SettingsForm:
    """All settings as fields: those one changes every time, the others folded away."""

    def __init__(self, settings: Settings) -> None:
        self.fields: dict[str, Any] = {}
        self.kinds: dict[str, dict[str, type[BaseModel]]] = {}
        self.groups: dict[str, pn.FlexBox] = {}
        for name, info in Settings.model_fields.items():
            kinds = models(info)
            if kinds:
                self.kinds[name] = kinds
                self.fields[f"{name}.name"] = field(name, list(kinds))
                self.groups[name] = pn.FlexBox(margin=0)
                self.fields[f"{name}.name"].param.watch(self._regroup(name), "value")
            else:
                self.fields[name] = field(name, choices(info))
        self.fill(settings)

    def fill(self, settings: Settings) -> None:
        """Show these settings."""
        document = settings.model_dump(mode="json")
        for name, kinds in self.kinds.items():
            self.fields[f"{name}.name"].value = document[name]["name"]
            self._show(name, kinds[document[name]["name"]], document[name])
        for name, widget in self.fields.items():
            if "." not in name:
                widget.value = written(document[name], widget)

    def document(self) -> dict[str, Any]:
        """What the fields hold, for `Settings.read`: texts that are no JSON are passed on as they are."""
        found: dict[str, Any] = {}
        for name, widget in self.fields.items():
            group, _, inner = name.partition(".")
            value = held(widget)
            if not inner:
                found[group] = value
            else:
                found.setdefault(group, {})[inner] = value
        return found

    def view(self, *others: pn.viewable.Viewable) -> pn.viewable.Viewable:
        """The form; other fields come last among those that are folded away."""
        first = [self.fields[key] for name in FIRST for key in self._keys(name)]
        rest = [self.fields[name] for name in self.fields if "." not in name and name not in FIRST]
        groups = [item for name in self.kinds for item in (_heading(f"{spoken(name)} settings"), self.groups[name])]
        more = pn.Card(
            pn.FlexBox(*rest, margin=0),
            *groups,
            *others,
            title="More settings",
            collapsed=True,
            margin=(4, 0),
            **_CARD,
        )
        return pn.Column(pn.FlexBox(*first, margin=0), more, sizing_mode="stretch_width", margin=0)

    def _keys(self, name: str) -> list[str]:
        """The fields of a setting that are always in sight."""
        if name not in self.kinds:
            return [name]
        return [key for key in (f"{name}.{inner}" for inner in IN_SIGHT) if key in self.fields]

    def _regroup(self, name: str) -> Any:
        return lambda event: self._show(name, self.kinds[name][event.new], {})

    def _show(self, name: str, model: type[BaseModel], values: Mapping[str, Any]) -> None:
        """Show the fields of one kind of optimizer or schedule, at its defaults where there is no value."""
        kept = tuple(f"{name}.{inner}" for inner in IN_SIGHT)
        for key in [key for key in self.fields if key.startswith(f"{name}.") and key not in kept]:
            del self.fields[key]
        shown = {**model().model_dump(mode="json"), **values}
        for inner, info in model.model_fields.items():
            if inner != "name":
                widget = self.fields.setdefault(f"{name}.{inner}", field(inner, choices(info)))
                widget.value = written(shown[inner], widget)
        inside = [key for key in self.fields if key.startswith(f"{name}.") and key not in kept]
        self.groups[name].objects = [self.fields[key] for key in inside]


class OptionsForm:
    """The options of a data set."""

    def __init__(self) -> None:
        self.options: Sequence[Option] = ()
        self.box = pn.FlexBox(margin=0)

    def show(self, options: Sequence[Option]) -> None:
        """Show other options; an empty field leaves the choice to the circuit."""
        self.options = options
        self.box.objects = [
            pn.widgets.TextInput(label=f"{one.name}: {one.doc}", placeholder=AS_TAKEN, width=2 * WIDTH)
            for one in options
        ]

    def document(self) -> dict[str, Any]:
        """The options that were given."""
        fields = zip(self.options, self.box.objects, strict=True)
        return {one.name: held(widget) for one, widget in fields if widget.value.strip()}


def field(name: str, options: Sequence[str]) -> Any:
    """One field: a list to choose from, or a line of text."""
    if list(options) == ["True", "False"]:
        return pn.widgets.Checkbox(label=spoken(name), width=WIDTH, align="end", margin=(5, 10, 12, 10))
    if options:
        return pn.widgets.Select(label=spoken(name), options=list(options), width=WIDTH)
    return pn.widgets.TextInput(label=spoken(name), width=WIDTH)


def choices(info: FieldInfo) -> list[str]:
    """What a setting may be, where that is a short list."""
    if info.annotation is bool:
        return ["True", "False"]
    return [str(one) for one in get_args(info.annotation)] if get_origin(info.annotation) is Literal else []


def models(info: FieldInfo) -> dict[str, type[BaseModel]]:
    """The kinds of a setting that is a group of its own, by name."""
    kinds = [one for one in get_args(info.annotation) if isinstance(one, type) and issubclass(one, BaseModel)]
    return {str(one.model_fields["name"].default): one for one in kinds}


def spoken(name: str) -> str:
    """A setting's name as a label."""
    text = WORDS.get(name, name.replace("_", " "))
    return text[:1].upper() + text[1:]


def written(value: Any, widget: Any) -> Any:
    """A value as its field holds it."""
    if not isinstance(widget, pn.widgets.TextInput):
        return value
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)


def held(widget: Any) -> Any:
    """What a field holds: nothing for an empty line, a number or list where it is one, else the text."""
    if not isinstance(widget, pn.widgets.TextInput):
        return widget.value
    text = str(widget.value or "").strip()
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return text


def _heading(text: str) -> pn.pane.HTML:
    return pn.pane.HTML(
        f"<div style='font: 600 12px/1.5 system-ui; color: #667085'>{text}</div>", margin=(6, 10, 0, 10)
    )


_CARD = {
    "sizing_mode": "stretch_width",
    "header_background": "#ffffff",
    "styles": {"border": "0", "box-shadow": "none"},
}
