"""Work that has to end soon, whatever it is given."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def in_time(seconds: float) -> Iterator[None]:
    """Fails where its body takes more seconds of this process.

    A sweep of the collector walks everything that earlier tests left in memory, up to a second late in a long run; it
    waits until afterwards, for it would be charged to whatever happens to run when it comes.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    start = time.process_time()
    try:
        yield
        found = time.process_time() - start
    finally:
        if was_enabled:
            gc.enable()
    assert found < seconds, f"expected at most {seconds} s, found {found:.2f} s"
