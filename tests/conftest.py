"""What all tests share: one thread a worker, steady random draws, and browser tests at the end."""

import os

import pytest
from hypothesis import settings

settings.register_profile("local", deadline=None, max_examples=50)
settings.register_profile("ci", deadline=None, max_examples=50, derandomize=True, print_blob=True)
settings.register_profile("thorough", deadline=None, max_examples=1000)
settings.load_profile("ci" if "CI" in os.environ else "local")


def pytest_configure() -> None:
    """Give torch one thread, before any test imports it: the workers share the cores."""
    os.environ["OMP_NUM_THREADS"] = "1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put browser tests last: Playwright leaves an event loop running in its thread."""
    items.sort(key=lambda item: "e2e" in item.path.parts)
