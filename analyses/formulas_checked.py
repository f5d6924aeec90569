"""Is every Jacobian and every gradient that grusym derives true?

Method: each is judged by two oracles that do not know the calculus: component-wise SymPy at n = 2, m = 1
(exact), and complex step at three sizes with n != m. Each oracle must also refuse a broken twin.
Expect: nothing refuted, every twin refused.
"""

from __future__ import annotations

from dataclasses import dataclass

import xarray

from grusym.assemble import check
from grusym.cells.library import cell, cell_names
from grusym.checks.report import CheckReport, checked_slopes
from grusym.reports.progress import progress


@dataclass(frozen=True)
class Settings:
    """All cells, with nothing to choose."""


def run(s: Settings) -> xarray.Dataset:
    """One row a verdict, and one a broken twin."""
    reports = {name: check(cell(name)) for name in progress(cell_names(), "cells checked")}
    reports["activations"] = checked_slopes()
    verdicts = [(name, v) for name, r in reports.items() for v in r.verdicts]
    twins = [(name, t) for name, r in reports.items() for t in r.refusals]
    whole = sum(reports.values(), CheckReport(()))
    return xarray.Dataset(
        {
            "cell": ("verdict", [name for name, _ in verdicts]),
            "claim": ("verdict", [v.claim.id for _, v in verdicts]),
            "statement": ("verdict", [v.claim.statement for _, v in verdicts]),
            "outcome": ("verdict", [v.outcome for _, v in verdicts]),
            "method": ("verdict", [v.method for _, v in verdicts]),
            "detail": ("verdict", [v.detail for _, v in verdicts]),
            "where": ("verdict", [v.where for _, v in verdicts]),
            "fix": ("verdict", [v.fix for _, v in verdicts]),
            "counterexample": (
                "verdict",
                ["\n".join(f"{k} = {x}" for k, x in v.counterexample.items()) for _, v in verdicts],
            ),
            "twin_of": ("twin", [t.verdict.claim.id for _, t in twins]),
            "twin_oracle": ("twin", [t.oracle for _, t in twins]),
            "twin_refused": ("twin", [t.refused for _, t in twins]),
        },
        attrs={"passed": whole.passed, "failed": whole.failed},
    )
