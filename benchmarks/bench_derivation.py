"""How long does the Jacobian of a GRU take to derive, beside reading the cell's text?

Derivation does not depend on the sizes: there is one expression for all n and m.
"""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.ratio import seconds
from grusym import cell, jacobian, read_cell


@pytest.mark.parametrize("name", ["gru", "lstm"])
def bench_state_jacobian(benchmark: Any, name: str) -> None:
    """Derive and print every block of a cell's state Jacobian, warm."""
    known = cell(name)

    def derived() -> list[str]:
        return [str(jacobian(known, of=of, by=by)) for of in known.next_states for by in known.states]

    reading = seconds(lambda: read_cell(str(known)))
    benchmark.extra_info["derivation / reading"] = round(seconds(derived) / reading, 3)
    benchmark(derived)
