import errno
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file
from torch import nn

from runtime import CheckpointError, Checkpoints, Tree, load_weights
from runtime.tree import flatten, unflatten
from tests.runtime.toys import mlp, same_state

STATE: dict[str, Tree] = {"memory": {"a": torch.arange(3), "b": None}, "list": [1, 2.5, "x", True]}


def save(checkpoints: Checkpoints, step: int, model: nn.Module | None = None) -> Path:
    identity = {"model": "digest"}
    return checkpoints.save(step, model or mlp(), STATE, settings={"seed": 1}, identity=identity, seconds=2.5)


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_a_checkpoint_holds_what_was_saved(tmp_path: Path) -> None:
    model, other = mlp(), mlp()
    path = save(Checkpoints(tmp_path / "new" / "folder"), 123, model)
    assert path.name == "step_00000123"
    assert names(path) == ["learner.safetensors", "manifest.json", "weights.safetensors"]
    stored = Checkpoints(tmp_path / "new" / "folder").load(123)
    assert (stored.manifest.step, stored.manifest.seconds) == (123, 2.5)
    assert (stored.manifest.settings, stored.manifest.identity) == ({"seed": 1}, {"model": "digest"})
    assert not same_state(model, other)
    load_weights(other, stored.weights)
    assert same_state(model, other)
    memory = stored.learner["memory"]
    assert isinstance(memory, dict) and isinstance(memory["a"], torch.Tensor)
    assert memory["a"].tolist() == [0, 1, 2] and memory["b"] is None
    assert stored.learner["list"] == [1, 2.5, "x", True]


def test_weights_are_plain_safetensors_by_the_models_names(tmp_path: Path) -> None:
    model = mlp()
    weights = load_file(save(Checkpoints(tmp_path), 1, model) / "weights.safetensors")
    assert weights.keys() == model.state_dict().keys()
    model.load_state_dict(weights)


def test_tied_weights_and_views_survive(tmp_path: Path) -> None:
    model = nn.Sequential(nn.Linear(3, 3, bias=False), nn.Linear(3, 3, bias=False))
    model[1].weight = model[0].weight
    model.register_buffer("turned", torch.arange(6.0).reshape(2, 3).T)
    path = save(Checkpoints(tmp_path), 1, model)
    weights = load_file(path / "weights.safetensors")
    assert all(torch.equal(weights[name], value) for name, value in model.state_dict().items())


def test_a_whole_checkpoint_is_never_overwritten(tmp_path: Path) -> None:
    checkpoints, model = Checkpoints(tmp_path), mlp()
    path = save(checkpoints, 5, model)
    with pytest.raises(CheckpointError) as caught:
        save(checkpoints, 5)
    expected = f"checkpoint {path}: expected none, found a whole one. Use another folder, or resume from the newest."
    assert str(caught.value) == expected
    assert torch.equal(checkpoints.load(5).weights["1.weight"], model.state_dict()["1.weight"])
    assert names(tmp_path) == ["step_00000005"]


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "cut": (
        lambda path: (path / "weights.safetensors").write_bytes(b"x"),
        "weights.safetensors with another content than was written",
    ),
    "changed": (
        lambda path: (path / "learner.safetensors").write_bytes(
            (path / "learner.safetensors").read_bytes()[:-1] + b"\xff"
        ),
        "learner.safetensors with another content than was written",
    ),
    "missing": (lambda path: (path / "learner.safetensors").unlink(), "FileNotFoundError: "),
    "no manifest": (lambda path: (path / "manifest.json").unlink(), "FileNotFoundError: "),
    "manifest changed": (
        lambda path: (path / "manifest.json").write_text(
            (path / "manifest.json").read_text().replace('"seed": 1', '"seed": 2')
        ),
        "ValueError: manifest.json with another content than was written",
    ),
    "moved": (lambda path: path.rename(path.parent / "step_00000008"), "a manifest of step 7"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_latest_passes_over_what_is_not_whole(tmp_path: Path, damage: str) -> None:
    checkpoints = Checkpoints(tmp_path)
    save(checkpoints, 6)
    spoil, found = DAMAGE[damage]
    spoil(save(checkpoints, 7))
    assert checkpoints.latest() == 6
    step = checkpoints.steps()[-1]
    with pytest.raises(CheckpointError) as caught:
        checkpoints.load(step)
    start = f"checkpoint {checkpoints.path(step)}: expected a whole checkpoint, found {found}"
    assert str(caught.value).startswith(start) and str(caught.value).endswith(". Resume from another one.")


def test_a_damaged_checkpoint_is_put_aside_not_overwritten(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path)
    for _ in range(2):
        (save(checkpoints, 3) / "manifest.json").write_text("torn")
    save(checkpoints, 3)
    assert checkpoints.latest() == 3
    assert names(tmp_path) == ["damaged_00000003_0", "damaged_00000003_1", "step_00000003"]


def test_old_checkpoints_go_and_the_last_whole_one_stays(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path, keep_last=2)
    for step in (1, 2, 3, 10):
        save(checkpoints, step)
    assert checkpoints.steps() == [3, 10]
    for step in (3, 10):
        (checkpoints.path(step) / "manifest.json").write_text("torn")
    Checkpoints(tmp_path, keep_last=1).prune()
    assert checkpoints.steps() == [3, 10]  # nothing newer is whole


def test_pruning_waits_for_a_whole_one(tmp_path: Path) -> None:
    wide, narrow = Checkpoints(tmp_path, keep_last=9), Checkpoints(tmp_path, keep_last=1)
    for step in (1, 2):
        save(wide, step)
    (wide.path(2) / "manifest.json").write_text("torn")
    narrow.prune()
    assert wide.steps() == [1, 2] and wide.latest() == 1
    save(narrow, 3)
    assert wide.steps() == [3]


def test_sweep_removes_what_is_half_done_and_nothing_else(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path)
    save(checkpoints, 1)
    for name in (".partial-step_00000002-ab", ".trash-step_00000000-cd"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "weights.safetensors").write_bytes(b"x")
    (tmp_path / "notes").mkdir()
    assert checkpoints.latest() == 1
    checkpoints.sweep()
    assert names(tmp_path) == ["notes", "step_00000001"]


def fail(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


PHASES = {
    "make": "pathlib.Path.mkdir",
    "weights": "runtime.checkpoint.save_file",
    "flush": "runtime.checkpoint.sync",
    "digest": "runtime.checkpoint.digest_file",
    "manifest": "pathlib.Path.write_text",
    "rename": "pathlib.Path.rename",
}


@pytest.mark.parametrize("phase", PHASES)
def test_a_save_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, phase: str) -> None:
    checkpoints = Checkpoints(tmp_path)
    save(checkpoints, 1)
    with monkeypatch.context() as patch:
        patch.setattr(PHASES[phase], fail)
        with pytest.raises(CheckpointError) as caught:
            save(checkpoints, 2)
    assert str(caught.value) == (
        f"checkpoint {tmp_path}/step_00000002: expected to be written, found [Errno 28] No space left on device. "
        "Free space or choose another folder; older checkpoints are untouched."
    )
    assert names(tmp_path) == ["step_00000001"] and checkpoints.latest() == 1
    save(checkpoints, 2)
    assert checkpoints.latest() == 2


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_file_that_cannot_be_finished_is_no_checkpoint(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path)
    save(checkpoints, 1)
    with pytest.raises(CheckpointError, match="expected to be written"), largest_file(2000):
        save(checkpoints, 2)
    assert names(tmp_path) == ["step_00000001"] and checkpoints.latest() == 1


def test_weights_of_another_model_are_refused_with_all_differences() -> None:
    model = nn.ModuleDict({"a": nn.Linear(2, 3), "b": nn.Linear(2, 2, bias=False)})
    other = nn.ModuleDict({"a": nn.Linear(2, 4), "c": nn.Linear(1, 1, bias=False)})
    with pytest.raises(CheckpointError) as caught:
        load_weights(model, other.state_dict())
    fix = "Load it into the model it was made from."
    assert str(caught.value).splitlines() == [
        f"weights, 'a.bias': expected [3] of torch.float32, found [4] of torch.float32. {fix}",
        f"weights, 'a.weight': expected [3, 2] of torch.float32, found [4, 2] of torch.float32. {fix}",
        f"weights, 'b.weight': expected shape [2, 2], found nothing in the checkpoint. {fix}",
        f"weights, 'c.weight': expected nothing, found shape [1, 1]. {fix}",
    ]


class Odd(nn.Module):
    """A model with state that is no tensor."""

    def get_extra_state(self) -> object:
        return {"a": 1}


def test_state_that_cannot_be_stored_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError) as caught:
        save(Checkpoints(tmp_path), 1, Odd())
    assert str(caught.value) == "weights: expected tensors only, found ['_extra_state']. Keep it as a buffer."
    with pytest.raises(CheckpointError) as caught:
        flatten({"a": {"b": [1, {2, 3}]}})  # type: ignore[list-item]
    assert str(caught.value) == (
        "state/a/b/1: expected tensors, numbers, texts, lists and tables with texts as keys, "
        "found a value of type set. Store it as one of these."
    )


PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
TREES: st.SearchStrategy[Tree] = st.recursive(
    PLAIN | st.integers(0, 9).map(lambda n: torch.full((2,), n)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=7), inner, max_size=3),
    max_leaves=8,
)


def equal(ours: Tree, theirs: Tree) -> bool:
    match ours, theirs:
        case torch.Tensor(), torch.Tensor():
            return torch.equal(ours, theirs)
        case list(), list():
            return len(ours) == len(theirs) and all(map(equal, ours, theirs))
        case dict(), dict():
            return ours.keys() == theirs.keys() and all(equal(ours[key], theirs[key]) for key in ours)
        case _:
            return type(ours) is type(theirs) and ours == theirs


@given(TREES)
def test_trees_survive_being_taken_apart(tree: Tree) -> None:
    document, tensors = flatten(tree)
    assert equal(unflatten(document, tensors), tree)


@given(st.dictionaries(st.text(max_size=7), TREES, max_size=3))
def test_trees_named_like_the_format_survive(tree: dict[str, Tree]) -> None:
    nested: Tree = {"tensor": "x", "table": {"tensor": tree}}
    document, tensors = flatten(nested)
    assert equal(unflatten(document, tensors), nested)
