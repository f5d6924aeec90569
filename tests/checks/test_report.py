"""Verdicts combine to one word, twins test the judges, and a report counts what failed."""

import json

import pytest

from grusym.checks.equality import Refusal, combined, judge, self_test
from grusym.checks.report import CheckReport, checked, checked_slopes
from grusym.checks.subject import subjects
from grusym.errors import GrusymError
from grusym.language.claim import Claim, Verdict
from tests.checks.formulas import GRU, gru, rnn_gradients

CLAIM = Claim("gru: ∂h'/∂h", "∂h'/∂h = diag(z)")


def said(*outcomes: str) -> list[Verdict]:
    return [Verdict(CLAIM, outcome, f"judge {i}") for i, outcome in enumerate(outcomes)]


@pytest.mark.parametrize(
    ("outcomes", "together"),
    [
        (("proved", "agrees"), "proved"),
        (("undecided", "agrees"), "agrees"),
        (("undecided", "undecided"), "undecided"),
        (("refuted", "refuted"), "refuted"),
        (("undecided", "refuted"), "refuted"),
        (("proved", "refuted"), "undecided"),
        (("refuted", "agrees"), "undecided"),
    ],
)
def test_the_strongest_word_holds_unless_the_judges_contradict_each_other(outcomes, together):
    verdict = combined(said(*outcomes))
    assert verdict.outcome == together
    assert ("defect of grusym" in verdict.detail) == (together == "undecided" and "refuted" in outcomes)


def test_no_verdict_is_no_verdict():
    with pytest.raises(GrusymError, match="judge the claim first"):
        combined([])


def test_a_right_formula_is_judged_by_both_and_its_twin_refused_by_both():
    assert [v.outcome for v in judge(gru(GRU))] == ["proved", "agrees"]
    assert [r.oracle for r in self_test(gru(GRU)) if r.refused] == ["components", "numeric"]
    assert self_test(gru("0", of="z", by="c")) == ()


def test_a_report_of_right_formulas_passes():
    report = checked([gru(GRU), rnn_gradients()])
    assert report.ok and (report.passed, report.failed) == (6, 0)
    assert report.summary() == "6 passed, 0 failed (6 proved, 6 agrees; 12 of 12 broken twins refused)"
    assert all("refused" in line for line in str(report).splitlines()[1:-1])


def test_a_report_names_what_is_wrong():
    report = checked([gru(f"-({GRU})"), rnn_gradients(b="h")])
    assert not report.ok and (report.passed, report.failed) == (4, 2)
    assert [v.claim.id for v in report.failures] == ["gru: ∂h'/∂h", "rnn: ∂L/∂b"]
    assert "fix: change the sign of the whole" in str(report)
    assert "<td>refuted</td>" in report._repr_html_()


def test_a_judge_that_accepts_a_broken_twin_fails_the_claim():
    right = said("proved", "agrees")
    report = CheckReport(
        tuple(right), (Refusal("numeric", said("agrees")[0]), Refusal("components", said("refuted")[0]))
    )
    assert (report.passed, report.failed) == (0, 1)
    assert "a broken twin was accepted by numeric" in str(report) and "ACCEPTED" in str(report)


def test_a_report_is_plain_data():
    data = json.loads(checked([gru(GRU)]).json())
    assert data["counts"] == {"proved": 1, "agrees": 1, "refuted": 0, "undecided": 0}
    assert [t["refused"] for t in data["twins"]] == [True, True]
    assert data["verdicts"][0]["claim"] == "gru: ∂h'/∂h"


def test_the_slopes_have_a_report_too():
    report = checked_slopes()
    assert report.ok and len(report.refusals) == report.passed


def test_what_states_no_derivative_is_refused():
    with pytest.raises(GrusymError, match="states no derivative"):
        subjects(7)


def test_an_empty_report_shows_itself():
    assert str(CheckReport(())).endswith("0 passed, 0 failed (nothing to judge)")
