"""A derivation is judged line by line; the answer says where, why and how to mend it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import pytest

import grusym
from grusym.cli import main
from grusym.errors import GrusymError
from grusym.language.claim import Claim, Verdict
from grusym.verifying import deciding, step

GRU, LSTM, RNN = grusym.cell("gru"), grusym.cell("lstm"), grusym.cell("rnn")
RIGHT = "∂h'/∂h = diag(z) + diag(1 - z) ∂c/∂h + diag(h - c) ∂z/∂h"


def refuted(cell, claim: str, **options) -> Verdict:
    verdict = grusym.verify(cell, claim, **options)
    assert verdict.outcome == "refuted" and not verdict.holds, str(verdict)
    return verdict


def test_a_proof_says_its_methods() -> None:
    verdict = grusym.verify("gru", RIGHT)
    assert verdict.outcome == "proved" and verdict.assumes == ()
    assert "normal form, for all sizes" in verdict.method and "complex step" in verdict.method
    assert "modulo 2^61 - 1" in verdict.method


def test_a_missed_path_is_named_and_added_in_the_authors_letters() -> None:
    left = r"\frac{\partial h_t}{\partial h_{t-1}}"
    terms = r"\text{diag}(z_t) + \text{diag}(1-z_t) \frac{\partial c_t}{\partial h_{t-1}}"
    verdict = refuted(GRU, f"{left} = {terms}")
    assert "path h → z → h'" in verdict.where and verdict.error == "dependency path missing"
    assert verdict.fix == r"add the term \text{diag}(h_{t-1} - c_t) \frac{\partial z_t}{\partial h_{t-1}}"
    assert grusym.verify(GRU, verdict.mended).outcome == "proved"
    assert verdict.holds_if == ("if z is held constant",)


def test_a_gate_alone_is_no_jacobian_of_a_gru_but_a_partial_derivative_of_an_lstm() -> None:
    verdict = refuted(GRU, "∂h_t/∂h_{t-1} = z_t")
    assert all(path in verdict.where for path in ("h → z → h'", "h → r → c → h'", "h → c → h'"))
    assert not verdict.holds_if  # the candidate contains the state too
    lstm = grusym.verify(LSTM, "∂c_t/∂c_{t-1} = f_t")
    assert lstm.outcome == "proved"
    assert any("diagonal" in said for said in lstm.assumes) and any(
        "held fixed" in said for said in lstm.assumes
    )


def test_what_is_held_constant_is_the_callers_word() -> None:
    claim = "∂h'/∂h = diag(z) + diag(1 - z) ∂c/∂h"
    refuted(GRU, claim)
    verdict = grusym.verify(GRU, claim, constant=["z"])
    assert verdict.outcome == "proved" and "z held constant" in verdict.assumes
    refuted(GRU, RIGHT.replace("∂c/∂h", "diag(1 - c²) U_c diag(r)"), constant=["z"])
    with pytest.raises(GrusymError, match="no value to hold constant 'q'"):
        grusym.verify(GRU, claim, constant=["q"])


def test_a_layout_is_said_or_refused() -> None:
    claim = "∂h'/∂h = Uᵀ diag(1 - h'²)"
    verdict = grusym.verify(RNN, claim)
    assert verdict.outcome == "proved" and any("denominator layout" in said for said in verdict.assumes)
    refuted(RNN, claim, layout="numerator")
    refuted(RNN, "∂h'/∂h = diag(1 - h'²) Uᵀ")
    refuted(RNN, "∂h'/∂h = diag(1 - h'²) U", layout="denominator")
    with pytest.raises(GrusymError, match="no layout"):
        grusym.verify(RNN, claim, layout="sideways")


@pytest.mark.parametrize(
    ("cell", "wrong", "error", "fix"),
    [
        (RNN, "∂h'/∂h = U diag(1 - h'²)", "order of factors", "write diag(1 - h'²) U for U diag(1 - h'²)"),
        (RNN, "∂h'/∂h = diag(1 - h'²) Uᵀ", "transpose missing or superfluous", "write U for Uᵀ"),
        (RNN, "∂h'/∂h = diag((1 - h')²) U", "bracket misplaced", "write 1 - h'² for (1 - h')²"),
        (
            RNN,
            "∂h'/∂h = diag(h' ⊙ (1 - h')) U",
            "slope of another function",
            "write 1 - h'² for h' ⊙ (1 - h')",
        ),
        (RNN, "∂h'/∂h = diag(1 - h²) U", "another name's value", "write h' for h"),
        (RNN, "∂L/∂U = ∂L/∂h' hᵀ", "factor missing", "multiply by 1 - h'²"),
        (GRU, "∂h'/∂z = diag(c - h)", "sign", "change the sign: write h - c for c - h"),
        (GRU, "∂h'/∂c = diag(z)", "1 - v for v, or v for 1 - v", "write 1 - z for z"),
        (GRU, "dL/dU_c = δ_c (z ⊙ h)ᵀ", "another name's value", "write r for z"),
        (GRU, "∂z/∂h = diag(z ⊙ (1 - z) ⊙ h) U_z", "factor superfluous", "drop the factor h"),
        (LSTM, "∂h'/∂c' = diag(o ⊙ (1 - tanh(c')))", "power", "write tanh(c')² for tanh(c')"),
    ],
)
def test_a_slip_gets_its_kind_and_the_smallest_edit(cell, wrong: str, error: str, fix: str) -> None:
    verdict = refuted(cell, wrong)
    assert (verdict.error, verdict.fix) == (error, fix), str(verdict)
    assert grusym.verify(cell, verdict.mended, layout="numerator").outcome == "proved"


def test_a_counterexample_is_small_and_shows_both_values() -> None:
    found = refuted(GRU, "∂h'/∂z = diag(c - h)").counterexample
    assert found["n"] == 1 and found["left"] == -found["right"] != 0
    turned = refuted(RNN, "∂h'/∂h = diag(1 - h'²) Uᵀ").counterexample
    assert turned["n"] == 2  # one unit sees no transposition


def chain(*steps: str) -> str:
    return "\n".join((f"∂h'/∂h = {steps[0]}", *(f"  = {s}" for s in steps[1:])))


STEPS = (
    "diag(z) + diag(1 - z) ∂c/∂h + diag(h - c) ∂z/∂h",
    "diag(z) + diag(1 - z) ∂c/∂h + diag(h - c) diag(z ⊙ (1 - z)) U_z",
    "diag(z) + diag(1 - z) diag(1 - c²) U_c (diag(r) + diag(h) ∂r/∂h) + diag((h - c) ⊙ z ⊙ (1 - z)) U_z",
)


def test_a_chain_right_at_its_ends_and_wrong_in_its_middle_is_refused() -> None:
    assert grusym.verify(GRU, chain(*STEPS)).outcome == "proved"
    wrong = (STEPS[0], STEPS[1].replace("h - c", "c - h"), STEPS[2])
    assert grusym.verify(GRU, f"{STEPS[0]} = {STEPS[2]}").outcome == "proved"
    verdict = refuted(GRU, chain(*wrong))
    assert [s.outcome for s in verdict.steps] == ["proved", "refuted", "refuted"]
    assert verdict.where.startswith("line 2")


@pytest.mark.parametrize("line", [2, 11, 30])
def test_a_wrong_step_of_a_chain_of_thirty_lines_is_pinned_to_its_line(line: int) -> None:
    steps = [STEPS[k % 3] for k in range(30)]
    assert grusym.verify(GRU, chain(*steps)).outcome == "proved"
    steps[line - 1] = steps[line - 1].replace("diag(1 - z)", "diag(z)")
    verdict = refuted(GRU, chain(*steps))
    assert verdict.where.startswith(f"line {line},"), verdict.where
    assert sum(s.outcome == "refuted" for s in verdict.steps) == (1 if line == 30 else 2)


def test_a_derivation_may_name_its_own_values_and_gradients() -> None:
    text = """
    a = W_z x + U_z h + b_z
    z = σ(a)
    δ_z = ∂L/∂h' ⊙ (h - c) ⊙ σ'(a)
    ∂L/∂U_z = δ_z hᵀ
    """
    verdict = grusym.verify(GRU, text)
    assert verdict.outcome == "proved" and len(verdict.steps) == 3
    wrong = refuted(GRU, text.replace("W_z x + U_z h", "W_r x + U_z h"))
    assert wrong.where.startswith("line 3")


def test_a_names_meaning_holds_for_the_whole_derivation() -> None:
    value = "δ_z = ∂L/∂h' ⊙ (h - c)\n"  # the gradient at z, not at its argument
    assert grusym.verify(GRU, value + "∂L/∂b_z = δ_z ⊙ z ⊙ (1 - z)").outcome == "proved"
    refuted(GRU, value + "∂L/∂b_z = δ_z")
    assert grusym.verify(GRU, "∂L/∂b_z = δ_z").outcome == "proved"


def test_assert_derivation_raises_with_the_whole_verdict() -> None:
    grusym.assert_derivation("gru", RIGHT)
    with pytest.raises(AssertionError, match=r"(?s)refuted.*fix: change the sign"):
        grusym.assert_derivation("gru", RIGHT.replace("h - c", "c - h"))


def test_component_wise_sympy_gives_its_opinion_where_it_is_asked(monkeypatch) -> None:
    assert "SymPy" in grusym.verify(GRU, RIGHT, components=True).method
    assert "SymPy" in grusym.verify(RNN, "∂L/∂U = ((1 - h'²) ⊙ g_h) hᵀ", components=True).method
    assert "SymPy" not in grusym.verify(GRU, RIGHT).method
    refuse = Verdict(Claim("", ""), "refuted", "SymPy")
    monkeypatch.setattr(step, "compare", lambda subject: refuse)
    assert grusym.verify(GRU, RIGHT, components=True).outcome == "undecided"


def test_a_derivative_whose_terms_cancel_to_0_is_no_defect() -> None:
    slstm = grusym.cell("slstm")  # its stabiliser μ' changes nothing
    derivative = grusym.jacobian(slstm, "h'", "μ'")
    claim = f"∂h'/∂μ' = {derivative}"
    assert grusym.verify(slstm, claim).outcome == "proved"
    refuted(slstm, claim.replace("⊙ i", "⊙ z", 1))


def test_methods_that_contradict_each_other_are_reported_as_a_defect(monkeypatch) -> None:
    monkeypatch.setattr(deciding.Pair, "residues", lambda self: False)
    verdict = grusym.verify(GRU, RIGHT)
    assert verdict.outcome == "undecided" and "defect of grusym" in verdict.detail
    record = json.loads(json.dumps(verdict.defect))
    assert record["claim"] == RIGHT and record["modulo_prime"] is False and record["point"]["h"]


def test_a_formula_that_the_normal_form_accepts_and_numbers_refuse_is_a_defect(monkeypatch) -> None:
    monkeypatch.setattr(step, "_equal", lambda pair: True)
    assert grusym.verify(GRU, RIGHT.replace("h - c", "c - h")).outcome == "undecided"


def test_a_verdict_shows_itself_in_a_notebook_and_as_data() -> None:
    verdict = refuted(GRU, chain(STEPS[0], STEPS[1].replace("h - c", "c - h")))
    shown = verdict._repr_html_()
    assert "h → z → h&#x27;" in shown and "<ol>" in shown and "refuted" in shown
    data = json.loads(json.dumps(verdict.to_json()))
    assert data["mended"] and data["steps"][0]["outcome"] == "proved"
    assert replace(verdict, steps=()).to_json().get("steps") is None


def test_the_command_answers_and_exits_with_1_where_a_claim_fails(capsys, tmp_path) -> None:
    assert main(["verify", "--cell", "gru", RIGHT]) == 0
    assert "proved" in capsys.readouterr().out
    assert main(["verify", "--cell", "gru", RIGHT, "∂h'/∂h = diag(z)", "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert [v["outcome"] for v in data["verdicts"]] == ["proved", "refuted"]
    own = tmp_path / "light.txt"
    own.write_text("z = σ(W_z x + U_z h)\nh' = z ⊙ h + (1 - z) ⊙ tanh(W x)\n", encoding="utf-8")
    assert main(["verify", "--cell-file", str(own), "∂h'/∂z = diag(h - tanh(W x))"]) == 0
    assert main(["verify", "--cell", "gru", "∂h'/∂h = diag(q)"]) == 2
    assert "line 1, column 15" in capsys.readouterr().err


def test_claims_come_from_standard_input() -> None:
    command = [sys.executable, "-m", "grusym", "verify", "--cell", "rnn", "--quiet", "-"]
    done = subprocess.run(
        command, input="∂h'/∂h = diag(1 - h'²) U", capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "proved"), done.stderr


def test_of_many_wrong_steps_the_first_are_mended() -> None:
    verdict = refuted(GRU, "\n".join(["∂h'/∂z = diag(c - h)"] * 14))
    assert [bool(s.fix) for s in verdict.steps] == [True] * 8 + [False] * 6
    assert not verdict.detail and "mend those first" in verdict.steps[-1].detail
    assert all(s.outcome == "refuted" for s in verdict.steps)
