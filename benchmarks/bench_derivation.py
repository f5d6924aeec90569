"""How long does the Jacobian of a GRU take to derive, beside reading the cell's text?

Derivation does not depend on the sizes: there is one expression for all n and m.
"""

from __future__ import annotations

import time
from typing import Any

import pytest

from grusym import cell, jacobian, read_cell


@pytest.mark.parametrize("name", ["gru", "lstm"])
def bench_state_jacobian(benchmark: Any, name: str) -> None:
    """Derive every block of a cell's state Jacobian, warm."""
    known = cell(name)
    blocks = [(of, by) for of in known.next_states for by in known.states]
    benchmark.extra_info["derivation / reading"] = _seconds(_derived, known, blocks) / _seconds(read_cell, str(known))
    benchmark(_derived, known, blocks)


def _derived(known: Any, blocks: list[tuple[str, str]]) -> list[str]:
    return [str(jacobian(known, of=of, by=by)) for of, by in blocks]


def _seconds(call: Any, *arguments: Any, times: int = 20) -> float:
    call(*arguments)
    start = time.perf_counter()
    for _ in range(times):
        call(*arguments)
    return (time.perf_counter() - start) / times
