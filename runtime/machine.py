"""The state of the process a run needs: threads, deterministic kernels, a device that is there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch.utils import deterministic as memory

from .errors import Problem, SettingsError
from .settings import Settings


@contextmanager
def machine(settings: Settings) -> Iterator[torch.device]:
    """Set threads and determinism for a run, and put back what was there; the run's device.

    Raises SettingsError for a device that is not there.
    """
    device = _device(settings)
    threads = torch.get_num_threads()
    debug_mode = torch.get_deterministic_debug_mode()
    fill: bool = memory.fill_uninitialized_memory  # type: ignore[attr-defined]
    try:
        torch.set_num_threads(settings.threads)
        # The same as use_deterministic_algorithms, which also imports the compiler: two seconds.
        torch.set_deterministic_debug_mode("error" if settings.deterministic else "default")
        # Filling fresh memory finds faults in kernels; it costs time and changes no result.
        memory.fill_uninitialized_memory = False  # type: ignore[attr-defined]
        yield device
    finally:
        torch.set_num_threads(threads)
        torch.set_deterministic_debug_mode(debug_mode)
        memory.fill_uninitialized_memory = fill  # type: ignore[attr-defined]


def _device(settings: Settings) -> torch.device:
    device = torch.device(settings.device)
    if device.type == "cuda":
        count = torch.cuda.device_count()
        if (device.index or 0) >= count:
            fix = "Change it, or leave it out for 'cpu'."
            found = f"{count} CUDA devices"
            problem = Problem("settings.device", f"the device '{device}'", found, fix)
            raise SettingsError(problem)
        # cuBLAS sums in a fixed order only with a workspace of its own, set before its first use.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.cuda.init()  # type: ignore[no-untyped-call]
    return device
