"""Seconds of one call, for ratios of two things measured in one run."""

from __future__ import annotations

import time
from collections.abc import Callable


def seconds(call: Callable[[], object], times: int = 7) -> float:
    """The least of several runs, after one that warms up: the machine's other work only ever adds."""
    call()
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return best
