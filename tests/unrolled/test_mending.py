"""A wrong claim over steps gets its kind of error and a claim that holds in the author's notation."""

from __future__ import annotations

from pathlib import Path

import pytest

from grusym.unrolled import kinds
from grusym.unrolled.document import verify_in
from tests.unrolled.formulas import CELLS, FORMULAS

LINES = (Path(__file__).parent / "wrong.txt").read_text(encoding="utf-8").splitlines()
WRONG = [
    (getattr(kinds, kind), cell, claim)
    for line in LINES
    if not line.startswith("#")
    for kind, cell, claim in [[part.strip() for part in line.split("|", 2)]]
]


@pytest.mark.parametrize(("kind", "cell", "claim"), WRONG, ids=[f"{k}: {c}" for k, _, c in WRONG])
def test_the_kind_of_an_error_is_named(kind: str, cell: str, claim: str) -> None:
    verdict = verify_in(CELLS[cell], claim)
    assert verdict.outcome == "refuted", str(verdict)
    assert verdict.error == kind, str(verdict)


@pytest.mark.parametrize(
    ("cell", "claim"), [(cell, claim) for cell, claim, holds in FORMULAS if not holds], ids=str
)
def test_a_mended_claim_holds(cell: str, claim: str) -> None:
    verdict = verify_in(CELLS[cell], claim)
    if verdict.mended:
        assert verify_in(CELLS[cell], verdict.mended).holds, str(verdict)
        assert verdict.mended != claim
    else:
        assert verdict.outcome != "refuted" or verdict.error in (kinds.PATH, kinds.TYPE, kinds.NORM, "")


def test_most_wrong_claims_are_mended() -> None:
    found = [verify_in(CELLS[cell], claim) for cell, claim, holds in FORMULAS if not holds]
    assert sum(bool(v.mended) for v in found) >= 0.75 * len(found)
