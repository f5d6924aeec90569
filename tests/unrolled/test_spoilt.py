"""Right claims spoilt in one place are not accepted, unless under an assumption that is said.

Every spoiling is tried on every claim of formulas.txt that holds. What is accepted all the same was looked at
one by one; it is right under what it says: a limit that the text leaves out, the other layout, a
pre-activation named by the state it uses, a weight under another letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from grusym.errors import GrusymError
from grusym.unrolled.document import verify_in
from tests.unrolled.formulas import CELLS, FORMULAS

SPOILINGS = (  # what is found on the right-hand side, and what stands there instead
    (r"\^\\top|\^T\b|\^\{T\}|ᵀ|\.T\b|\^\{\\top\}", ""),
    (r"\^2|²|\*\*2|\^\{2\}", ""),
    (r" - ", " + "),
    (r" \+ ", " - "),
    (r"_\{t-1\}", "_{t}"),
    (r"_\{t-1\}", "_{t+1}"),
    (r"_t\b", "_{t-1}"),
    (r"_t\b", "_{t+1}"),
    (r"\{t\+1\}", "{t}"),
    (r"\(t-1\)", "(t)"),
    (r"\[t-1\]", "[t]"),
    (r"_prev", "_next"),
    (r"\(1 ?- ?([a-z])(?:_t|_\{t\})?\)", r"\1"),
    (r" \\odot [a-z](?:_t)?\b| \* [a-z]\b| ⊙ [a-z]_t", ""),
    (r"\bf_t\b|\bf\b", "i"),
    (r"\bz_t\b", "r_t"),
    (r"\bo_t\b|\bo\b", "f"),
    (r"\bx_t\b", "h_t"),
    (r"i=k\+1", "i=k"),
    (r"j=k\+1", "j=k"),
)
RIGHT = [(cell, claim) for cell, claim, holds in FORMULAS if holds]
ALSO_RIGHT = {"dU = np.outer(dh_tilde, r * h)"}  # h without a time is the old one, as it says


def spoilt(claim: str) -> Iterator[str]:
    head, sign, right = claim.partition("=")
    if not sign or right.startswith("=") or "≤" in claim or r"\le" in claim or "⏎" in claim:
        return
    for pattern, new in SPOILINGS:
        for m in re.finditer(pattern, right):
            yield head + sign + right[: m.start()] + m.expand(new) + right[m.end() :]


@pytest.mark.parametrize(("cell", "claim"), RIGHT, ids=[claim for _, claim in RIGHT])
def test_a_spoilt_claim_is_not_accepted_without_a_word(cell: str, claim: str) -> None:
    known = set(verify_in(CELLS[cell], claim, mend=False).assumes)
    for wrong in dict.fromkeys(spoilt(claim)):
        if wrong == claim or wrong in ALSO_RIGHT:
            continue
        try:
            verdict = verify_in(CELLS[cell], wrong, mend=False)
        except GrusymError:
            continue
        assert not verdict.holds or set(verdict.assumes) - known, f"{wrong}\n{verdict}"


def test_much_is_spoilt() -> None:
    assert sum(len(set(spoilt(claim))) for _, claim in RIGHT) > 400
