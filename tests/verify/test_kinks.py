"""Formulas made of pieces are tried on all of them: a step that is 0 or 1 at a few points proves nothing."""

from __future__ import annotations

import pytest

import grusym
from grusym.language.claim_text import read_claims
from grusym.language.expression import Name
from grusym.verifying import kinks, step
from grusym.verifying.deciding import KINKED, Pair
from grusym.verifying.readings import Readings

SLSTM = grusym.cell("slstm")
RIGHT = "∂ν'/∂μ = diag(ν * (f - f * step(l + μ - ĩ)) - i * step(l + μ - ĩ))"
OUTSIDE = "∂c'/∂f̃ = diag(c ⊙ (f ⊙ σ(-f̃) - f ⊙ {} ⊙ σ(-f̃)) - z ⊙ i ⊙ {} ⊙ σ(-f̃))"
STEP = "step(l + μ - ĩ)"
WRONG = (
    RIGHT.replace(STEP + ")", "step(l + f - ĩ))"),
    OUTSIDE.format("step(l + f - ĩ)", STEP),
    OUTSIDE.format(STEP, "step(-h' + μ - ĩ)"),
    OUTSIDE.format(STEP, "step(l + μ - ĩ - 1/2)"),
    OUTSIDE.format(STEP, "(step(l + μ - ĩ) ⊙ step(l + μ - ĩ - 1))"),
    "∂μ'/∂ĩ = diag(1 - step(l + μ - ĩ²))",
)


def pair(claim: str) -> Pair:
    text = read_claims(claim, SLSTM)
    left, right = (side.expression for side in text.chains[0].sides)
    reading = next(iter(Readings(text, (left, right), {}, ("numerator",))))
    return Pair(text, left, right, reading, frozenset())


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_argument_of_a_step_is_refuted_with_a_counterexample(wrong: str) -> None:
    verdict = grusym.verify(SLSTM, wrong)
    assert verdict.outcome == "refuted" and verdict.counterexample, str(verdict)
    assert grusym.verify(SLSTM, verdict.mended).outcome == "proved"


@pytest.mark.parametrize("right", [RIGHT, OUTSIDE.format(STEP, STEP)])
def test_a_right_one_is_proved(right: str) -> None:
    assert grusym.verify(SLSTM, right).outcome == "proved"


def test_what_no_normal_form_shows_agrees_at_many_points_on_both_sides() -> None:
    verdict = grusym.verify(SLSTM, "∂μ'/∂ĩ = diag(step(2 ⊙ ĩ - 2 ⊙ (l + μ)))")
    assert verdict.outcome in ("agrees", "proved"), str(verdict)
    if verdict.outcome == "agrees":
        assert f"{kinks.POINTS} generic points" in verdict.detail and "no proof" in verdict.detail


def test_a_kink_that_no_point_lies_beyond_leaves_a_claim_undecided() -> None:
    claim = "∂μ'/∂ĩ = diag((1 - step(l + μ - ĩ)) ⊙ step(exp(ĩ) ⊙ (1 + h²)))"
    verdict = grusym.verify(SLSTM, claim)  # the argument is always positive
    assert verdict.outcome == "undecided" and not verdict.holds, str(verdict)
    assert "one sign alone of exp(ĩ)" in verdict.detail


def test_the_arguments_of_all_kinks_are_found() -> None:
    text = read_claims("μ' = relu(h) + max(c, ν) + min(c, ν) ⊙ step(h)", SLSTM)
    found = kinks.arguments([text.chains[0].sides[1].expression])
    assert [str(e) for e in found] == ["h", "c - ν", "ν - c"]
    assert {"relu", "step", "max", "min"} == KINKED


def test_points_that_lie_on_one_side_alone_are_said(monkeypatch) -> None:
    assert kinks.unseen(pair(RIGHT)) == ()
    assert kinks.unseen(pair(WRONG[0])) is None
    monkeypatch.setattr(kinks, "_signs", lambda at, kink: {True})
    assert kinks.unseen(pair(RIGHT))
    monkeypatch.setattr(step, "unseen", lambda pair: (Name("h"),))
    monkeypatch.setattr(Pair, "proof", lambda self, written_out=True: "")
    assert grusym.verify(SLSTM, RIGHT).outcome == "undecided"


@pytest.mark.parametrize(
    ("cell", "right"),
    [("rnn_relu", "∂L/∂W = (g_h ⊙ step(h_t + h_t)) x_tᵀ"), ("ind_rnn", "∂h'/∂x = diag(step(h' + h')) W")],
)
def test_a_law_of_signs_that_residues_lack_is_no_contradiction(cell: str, right: str) -> None:
    verdict = grusym.verify(cell, right)
    assert verdict.outcome == "proved" and "2^61" not in verdict.method
    assert grusym.verify(cell, right.replace("step(h", "step(-h", 1)).outcome == "refuted"
