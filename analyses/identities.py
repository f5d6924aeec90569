"""Which identities tie the cells together, and which states stay bounded?

Method: each identity is decided for every n and m at once (normal form, limit of one entry, block
elimination, extremes at vertices); a false neighbour of each must be refuted by numbers. For every state s
of every cell, |s| <= 1 after a step if it held before: proved at the vertices, or refuted by weights that
lead outside.
Expect: everything proved, every neighbour refuted, no state undecided.
"""

from __future__ import annotations

from dataclasses import dataclass

import xarray

from grusym.cells.library import cell, cell_names
from grusym.language.claim import Verdict
from grusym.reports.progress import progress
from grusym.theorems.bounded_states import bounded_states
from grusym.theorems.judging import prove
from grusym.theorems.library import identities
from grusym.theorems.telling import counterexample, not_zero


@dataclass(frozen=True)
class Settings:
    """All identities and all cells, with nothing to choose."""


def run(s: Settings) -> xarray.Dataset:
    """One row an identity, one a false neighbour, one a state of a cell."""
    found = [prove(identity) for identity in progress(identities(), "identities proved")]
    refusals = [(j, v) for j in found for v in j.refusals]
    states = bounded_states(map(cell, cell_names()))
    return xarray.Dataset(
        {
            "claim": ("identity", [j.identity.id for j in found]),
            "statement": ("identity", [j.identity.statement for j in found]),
            "outcome": ("identity", [j.verdict.outcome for j in found]),
            "method": ("identity", [j.verdict.method for j in found]),
            "detail": ("identity", [j.verdict.detail for j in found]),
            "assumes": ("identity", ["; ".join(j.identity.assumes) for j in found]),
            "source": ("identity", [j.identity.source for j in found]),
            "counterexample": ("identity", [_numbers(j.verdict) for j in found]),
            "false_of": ("neighbour", [j.identity.id for j, _ in refusals]),
            "false_claim": ("neighbour", [v.claim.id for _, v in refusals]),
            "false_statement": ("neighbour", [v.claim.statement for _, v in refusals]),
            "false_outcome": ("neighbour", [v.outcome for _, v in refusals]),
            "false_counterexample": ("neighbour", [_numbers(v) for _, v in refusals]),
            "cell": ("state", [b.cell.name for b in states]),
            "state_name": ("state", [b.state for b in states]),
            "bounded": ("state", [b.verdict.outcome for b in states]),
            "reached": ("state", [str(b.verdict.counterexample.get("value", "")) for b in states]),
            "leads_outside": (
                "state",
                [not_zero(str(b.verdict.counterexample.get("at", ""))) for b in states],
            ),
        },
        attrs={"ok": sum(j.ok for j in found), "failed": sum(not j.ok for j in found)},
    )


def _numbers(verdict: Verdict) -> str:
    return counterexample(verdict) if verdict.counterexample else ""
