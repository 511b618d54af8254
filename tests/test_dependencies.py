"""What we depend on and what comes with it: pinned as tested, and no harm to a CPU torch."""

import tomllib
from functools import cache
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.source_tree import ROOT

# Beside a CPU build of torch their mere presence breaks packages that look for them.
NEVER = {"torchvision", "torchaudio"}
# Gigabytes that only a CUDA build of torch may bring.
WITH_CUDA_ONLY = ("nvidia-", "cuda-", "triton")


def declared() -> list[Requirement]:
    """The requirements of ``pyproject.toml``, those of the tests included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [Requirement(line) for line in [*project["dependencies"], *project["optional-dependencies"]["test"]]]


@cache
def needed(*, past_torch: bool) -> dict[str, str]:
    """All packages that ours need, directly or not, with their installed versions."""
    seen: set[tuple[str, str]] = set()

    def visit(requirement: Requirement) -> None:
        name = canonicalize_name(requirement.name)
        for extra in ("", *requirement.extras):
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            further = [] if name == "torch" and not past_torch else metadata.requires(name) or []
            for each in map(Requirement, further):
                if each.marker is None or each.marker.evaluate({"extra": extra}):
                    visit(each)

    for requirement in declared():
        visit(requirement)
    return {name: metadata.version(name) for name, _ in seen}


def pins() -> dict[str, str]:
    """The versions of ``constraints.txt``."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in pairs}


def test_nothing_brings_torchvision_or_torchaudio() -> None:
    assert not NEVER & needed(past_torch=True).keys()
    assert not NEVER & {canonicalize_name(each.name) for each in metadata.distributions()}


def test_only_torch_brings_cuda() -> None:
    assert not [name for name in needed(past_torch=False) if name.startswith(WITH_CUDA_ONLY)]


@pytest.mark.skipif("+cpu" not in metadata.version("torch"), reason="torch is no CPU build here")
def test_a_cpu_build_of_torch_has_no_cuda_beside_it() -> None:
    names = {canonicalize_name(each.name) for each in metadata.distributions()}
    assert not [name for name in names if name.startswith(WITH_CUDA_ONLY)]


def test_every_needed_package_is_pinned_as_installed() -> None:
    installed = {name: version.split("+")[0] for name, version in needed(past_torch=False).items()}
    pinned = {name: pins().get(name, "not pinned") for name in installed}
    assert installed == pinned


def test_every_requirement_accepts_its_pin() -> None:
    assert not [str(each) for each in declared() if pins()[canonicalize_name(each.name)] not in each.specifier]
