"""Claims in the notations of documents are read right: those that hold are found to, the others are not."""

from __future__ import annotations

import pytest

from grusym.unrolled.document import verify_in
from tests.unrolled.formulas import CELLS, FORMULAS


@pytest.mark.parametrize(("cell", "claim", "holds"), FORMULAS, ids=[claim for _, claim, _ in FORMULAS])
def test_a_claim_is_read_right(cell: str, claim: str, holds: bool) -> None:
    verdict = verify_in(CELLS[cell], claim)
    assert verdict.holds == holds, str(verdict)


def test_there_are_formulas_enough() -> None:
    assert len(FORMULAS) >= 150
    assert sum(not holds for _, _, holds in FORMULAS) >= 40
