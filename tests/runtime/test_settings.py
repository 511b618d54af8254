import json

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue, ValidationError

from runtime import SGD, AdamW, Constant, Cosine, Linear, Settings, SettingsError, Stairs
from runtime.settings import difference

KNOWN = (
    "seed, steps, epochs, batch_size, optimizer, schedule, clip_norm, dtype, device, threads, deterministic, "
    "log_every, eval_every, eval_batch_size, checkpoint_every, keep_last"
)
WRONG: list[tuple[dict[str, JsonValue], str]] = [
    (
        {"seed": -1},
        "settings.seed: expected a number of at least 0, found -1. Change it, or leave it out for 0.",
    ),
    (
        {"steps": 1.5},
        "settings.steps: expected a whole number, found 1.5. Change it, or leave it out.",
    ),
    (
        {"steps": "4"},
        "settings.steps: expected a whole number, found '4'. Change it, or leave it out.",
    ),
    (
        {"steps": 10, "epochs": 2},
        "settings: expected steps or epochs, not both, found {'steps': 10, 'epochs': 2}. Change one of them.",
    ),
    (
        {"optimizer": {"name": "adamw", "lr": -1, "weight_decay": "0"}},
        "settings.optimizer.lr: expected a number above 0, found -1. Change it, or leave it out for 0.001.\n"
        "settings.optimizer.weight_decay: expected a number, found '0'. Change it, or leave it out for 0.01.",
    ),
    (
        {"optimizer": {"name": "adamw", "betas": [0.9, 1]}},
        "settings.optimizer.betas.1: expected a number below 1, found 1. Change it, or leave it out for (0.9, 0.999).",
    ),
    (
        {"optimizer": {"name": "adamw", "betas": [0.9, 0.9, 0.9]}},
        "settings.optimizer.betas: expected two numbers, found [0.9, 0.9, 0.9]. "
        "Change it, or leave it out for (0.9, 0.999).",
    ),
    (
        {"optimizer": {"name": "adam"}},
        "settings.optimizer: expected one of 'adamw', 'sgd' under 'name', found {'name': 'adam'}. "
        "Change it, or leave it out for 'adamw'.",
    ),
    (
        {"optimizer": {"lr": 1}},
        "settings.optimizer: expected an entry 'name' that says which one, found {'lr': 1}. "
        "Change it, or leave it out for 'adamw'.",
    ),
    (
        {"optimizer": "adamw"},
        "settings.optimizer: expected a table of settings with an entry 'name', found 'adamw'. "
        "Change it, or leave it out for 'adamw'.",
    ),
    (
        {"optimizer": {"name": "sgd", "momentum": 0, "nesterov": True}},
        "settings.optimizer: expected momentum above 0 with nesterov=True, "
        "found {'name': 'sgd', 'momentum': 0, 'nesterov': True}. Change one of them.",
    ),
    (
        {"optimizer": {"name": "sgd", "momentun": 0.5}},
        "settings.optimizer: expected one of name, lr, momentum, nesterov, weight_decay, found 'momentun'. "
        "Remove it. Did you mean 'momentum'?",
    ),
    (
        {"schedule": {"name": "cosine", "floor": 2}},
        "settings.schedule.floor: expected a number of at most 1, found 2. Change it, or leave it out for 0.0.",
    ),
    (
        {"batchsize": 3},
        f"settings: expected one of {KNOWN}, found 'batchsize'. Remove it. Did you mean 'batch_size'?",
    ),
    (
        {"dtype": "float16", "device": "tpu", "deterministic": 1},
        "settings.dtype: expected 'float32', 'float64' or 'bfloat16', found 'float16'. "
        "Change it, or leave it out for 'float32'.\n"
        "settings.device: expected 'cpu', 'cuda' or 'cuda:0', found 'tpu'. Change it, or leave it out for 'cpu'.\n"
        "settings.deterministic: expected true or false, found 1. Change it, or leave it out for True.",
    ),
]


@pytest.mark.parametrize(("values", "message"), WRONG)
def test_wrong_settings_are_named_with_place_expectation_and_fix(values: dict[str, JsonValue], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.read(values)
    assert str(caught.value) == message


def test_a_part_on_its_own_is_checked_too() -> None:
    with pytest.raises(SettingsError) as caught:
        AdamW(lr=float("nan"))
    expected = "adamw.lr: expected a finite number, found nan. Change it, or leave it out for 0.001."
    assert str(caught.value) == expected


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        setattr(Settings(), "seed", 1)  # noqa: B010


@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        Settings(seed=5, epochs=2.5, optimizer=SGD(nesterov=True), schedule=Stairs(every=3), clip_norm=None),
        Settings(optimizer=AdamW(betas=(0.5, 0.6)), schedule=Linear(warmup=9, floor=0.5), dtype="float64"),
        Settings(schedule=Cosine(warmup=3), eval_every=4, checkpoint_every=5, keep_last=1, device="cuda:1"),
        Settings(schedule=Constant(warmup=1), threads=1, deterministic=False),
    ],
)
def test_settings_survive_a_document(settings: Settings) -> None:
    text = json.dumps(settings.model_dump(mode="json"))
    assert Settings.read(json.loads(text)) == settings
    assert difference(settings, Settings.read(json.loads(text))) == {}


def test_difference_leaves_out_what_changes_no_number() -> None:
    ours = Settings(seed=1, checkpoint_every=5, keep_last=1, optimizer=SGD(lr=1.0))
    found = difference(ours, Settings(seed=2, checkpoint_every=6, keep_last=2, optimizer=SGD(lr=1.0)))
    assert found == {"seed": ("1", "2")}


def test_total_steps() -> None:
    assert Settings().total_steps(100) == 1000
    assert Settings(steps=7).total_steps(100) == 7
    assert Settings(epochs=3, batch_size=64).total_steps(100) == 5  # 300 samples, 64 a step
    assert Settings(epochs=0.001).total_steps(100) == 1


PLAIN: st.SearchStrategy[JsonValue] = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
DOCUMENTS = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "lr", "x"]), inner),
    max_leaves=4,
)
NAMES = st.text(max_size=9) | st.sampled_from(KNOWN.split(", "))


@given(st.dictionaries(NAMES, DOCUMENTS, max_size=3))
def test_any_document_gives_settings_or_one_clear_error(values: dict[str, JsonValue]) -> None:
    try:
        settings = Settings.read(values)
    except SettingsError as error:
        assert all(problem.where.startswith("settings") for problem in error.problems)
        assert all(problem.expected and problem.found and problem.fix for problem in error.problems)
    else:
        assert settings.torch_dtype() in (torch.float32, torch.float64, torch.bfloat16)
