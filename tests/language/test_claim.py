"""A verdict says one of four words, and shows what it knows."""

import json

import pytest

from grusym.errors import GrusymError
from grusym.language.claim import OUTCOMES, Claim, Verdict

CLAIM = Claim("gru-01", "∂h'/∂h = diag(z)")


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_verdict_opens_with_its_outcome(outcome):
    assert str(Verdict(CLAIM, outcome, "by hand")) == f"{outcome}: ∂h'/∂h = diag(z) (by hand)"


def test_a_verdict_that_says_another_word_is_refused():
    with pytest.raises(GrusymError, match="one of proved, agrees, refuted, undecided"):
        Verdict(CLAIM, "true", "by hand")


def test_what_a_refutation_knows_is_shown_everywhere():
    verdict = Verdict(
        CLAIM, "refuted", "by hand", where="entry (0, 1)", fix="add <U>", counterexample={"n": 2}
    )
    assert "where: entry (0, 1)" in str(verdict) and "counterexample: n = 2" in str(verdict)
    assert "add &lt;U&gt;" in verdict._repr_html_()
    assert json.loads(json.dumps(verdict.to_json()))["counterexample"] == {"n": 2}
    assert not verdict.holds and Verdict(CLAIM, "agrees", "numbers").holds
