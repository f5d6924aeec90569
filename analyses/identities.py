"""Which identities tie the cells together, and which states stay within [-1, 1]?

Method: both sides of an identity are written in what the cells are given and compared in normal form, for
all sizes; limits are taken by SymPy, determinants by block elimination, bounds at the vertices of a box.
Each has a false neighbour that the same method must refute with numbers.
Expect: every identity proved, every neighbour refuted; GRUs stay within bounds, the cell state of an LSTM
does not.
"""

from __future__ import annotations

from dataclasses import dataclass

import xarray

from grusym.cells.library import cell, cell_names
from grusym.language.claim import Verdict
from grusym.reports.progress import progress
from grusym.theorems.bounded_states import bounded_states
from grusym.theorems.judging import judged
from grusym.theorems.library import identities


@dataclass(frozen=True)
class Settings:
    """All identities and all cells, with nothing to choose."""


def run(s: Settings) -> xarray.Dataset:
    """One row an identity, one a false neighbour, one a state of a cell."""
    found = [judged(one) for one in progress(identities(), "identities")]
    refusals = [(one.identity.id, verdict) for one in found for verdict in one.refusals]
    bounds = bounded_states(map(cell, progress(cell_names(), "cells bounded")))
    return xarray.Dataset(
        {
            "identity": ("verdict", [one.identity.id for one in found]),
            "about": ("verdict", [one.identity.context.cell.name for one in found]),
            "source": ("verdict", [one.identity.source for one in found]),
            **_verdicts("verdict", [one.verdict for one in found]),
            "neighbour_of": ("neighbour", [id for id, _ in refusals]),
            **_verdicts("neighbour", [verdict for _, verdict in refusals], "neighbour_"),
            "bounded_cell": ("bound", [one.cell.name for one in bounds]),
            "bounded_state": ("bound", [one.state for one in bounds]),
            **_verdicts("bound", [one.verdict for one in bounds], "bound_"),
        },
        attrs={"held": sum(one.ok for one in found)},
    )


def _verdicts(dimension: str, verdicts: list[Verdict], prefix: str = "") -> dict[str, tuple[str, list[str]]]:
    columns: dict[str, list[str]] = {
        "claim": [v.claim.id for v in verdicts],
        "statement": [v.claim.statement for v in verdicts],
        "outcome": [str(v.outcome) for v in verdicts],
        "method": [v.method for v in verdicts],
        "assumes": ["; ".join(v.assumes) for v in verdicts],
        "detail": [v.detail for v in verdicts],
        "where": [v.where for v in verdicts],
        "fix": [v.fix for v in verdicts],
        "counterexample": ["\n".join(f"{k} = {x}" for k, x in v.counterexample.items()) for v in verdicts],
    }
    return {f"{prefix}{name}": (dimension, column) for name, column in columns.items()}
