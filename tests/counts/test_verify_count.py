"""Formulas as people write them: right ones are proved with their convention, wrong ones mended."""

from __future__ import annotations

import pytest

from grusym import cell, verify_count
from grusym.errors import DataError, ReadError, UnknownNameError
from tests.counts.formulas import RIGHT, WRONG


@pytest.mark.parametrize(("name", "text", "words"), RIGHT, ids=[f"{c}: {t}" for c, t, _ in RIGHT])
def test_a_right_formula_is_proved_and_its_convention_named(name: str, text: str, words: str) -> None:
    verdict = verify_count(name, text)
    assert verdict.holds, verdict
    assert words in "; ".join(verdict.assumes), verdict


@pytest.mark.parametrize(("name", "text", "fix", "error"), WRONG, ids=[f"{c}: {t}" for c, t, _, _ in WRONG])
def test_a_wrong_formula_is_refuted_and_mended(name: str, text: str, fix: str, error: str) -> None:
    verdict = verify_count(name, text)
    assert verdict.outcome == "refuted", verdict
    assert fix in verdict.fix and error in verdict.error, verdict
    assert verdict.where.startswith("line 1, column "), verdict


def test_there_are_enough_formulas() -> None:
    assert len(RIGHT) + len(WRONG) >= 120
    assert len({text for _, text, *_ in (*RIGHT, *WRONG)}) > 110


def test_a_formula_of_the_plain_count_of_a_cell_without_frameworks_assumes_nothing() -> None:
    assert verify_count("mgu", "2(n² + nm + n)").assumes == ()
    assert verify_count("mgu", "2(n² + nm)").assumes == ("no biases",)


def test_a_framework_that_is_named_restricts_the_convention() -> None:
    formula = "3 * (input_size * hidden_size + hidden_size**2 + hidden_size)"
    assert verify_count("gru", formula).holds
    for verdict in (
        verify_count("gru", formula, framework="torch"),
        verify_count("gru", formula + "  # PyTorch"),
        verify_count("gru", formula, about="an nn.GRU layer"),
    ):
        assert verdict.outcome == "refuted"
        assert verdict.error == "one bias vector for each gate given for torch"
        assert "2 * hidden_size" in verdict.fix
        assert verify_count("gru", verdict.fix, framework="torch").holds
    assert verify_count("gru", formula, framework="haiku").holds
    assert verify_count("lstm", formula.replace("3", "4"), framework="keras").holds
    with pytest.raises(UnknownNameError, match="framework"):
        verify_count("gru", formula, framework="torhc")


def test_the_wrong_place_and_the_smallest_sizes_are_given() -> None:
    verdict = verify_count("gru", "3(h² + hi + i)")
    assert verdict.where == "line 1, column 13: i"
    assert verdict.counterexample == {"h": 1, "i": 2, "claimed": 15, "true": 12}


def test_the_first_wrong_step_of_a_chain_is_pinned() -> None:
    right = "4 * (11*32 + 32*32 + 64) = 4 * (352 + 1024 + 64) = 4 * 1440 = 5760"
    assert verify_count("lstm", right).holds
    ends_right = right.replace("1440", "1430")
    verdict = verify_count("lstm", ends_right)
    assert (verdict.outcome, verdict.where) == (
        "refuted",
        f"line 1, column {ends_right.index('4 * 1430') + 1}: 4 * 1430",
    )
    assert verdict.fix == "5760"
    lines = "params = 4 * (11*32 + 32*32 + 64)\n  = 4 * (352 + 1024 + 64)\n  = 4 * 1441"
    assert verify_count("lstm", lines).where == "line 3, column 5: 4 * 1441"


def test_numbers_are_judged_at_the_sizes_given() -> None:
    assert "two bias vectors" in verify_count("gru", "37,248", hidden=64, input=128).assumes[0]
    verdict = verify_count("gru", "37,249", hidden=64, input=128)
    assert verdict.outcome == "refuted" and verdict.counterexample["claimed"] == "37249"
    assert verify_count("gru", "37,248").outcome == "undecided"
    assert verify_count("gru", "3 489", hidden=32, input=2, output=1).holds
    assert verify_count("gru", "3 487", hidden=32, input=2, output=1).outcome == "refuted"


def test_two_directions_need_a_word() -> None:
    doubled = "6(n² + nm + n)"
    verdict = verify_count("gru", doubled)
    assert verdict.outcome == "refuted" and "right for two directions" in verdict.detail
    assert verify_count("gru", doubled, about="bidirectional").holds
    assert verify_count("gru", "3(n² + nm + n)", about="bidirectional").outcome == "refuted"


def test_letters_that_may_be_either_size_are_said_to_be() -> None:
    verdict = verify_count("min_gru", "2ab")
    assert verdict.holds and "both readings make it right" in verdict.detail
    assert "exchanged" not in verify_count("min_gru", "2a(b + 1)").detail


def test_without_a_cell_the_cells_that_have_the_count_are_named() -> None:
    verdict = verify_count(None, "2(n² + nm + n)")
    assert verdict.holds and {"mgu", "janet"} <= set(verdict.assumes[0].split())
    assert "gru" not in verdict.assumes[0].split()
    assert verify_count(None, "7(n² + nm + n)").outcome == "undecided"
    assert verify_count(None, "GRU: 3(n² + nm + n)").holds
    assert verify_count(None, "GRU: 4(n² + nm + n)").outcome == "refuted"


def test_several_cells_of_a_text_are_judged_each() -> None:
    assert verify_count("gru", "GRU: 3(n² + nm + n); LSTM: 4(n² + nm + n)").holds
    assert verify_count("gru", "GRU: 3(n² + nm + n); LSTM: 3(n² + nm + n)").outcome == "refuted"
    alike = "in ['lstm', 'gru']: count = 4 * (i * h + h * h + h)"
    assert verify_count(None, alike).outcome == "refuted"


def test_parts_and_their_total_are_added_up() -> None:
    text = "W: 3 × 64 × 32 = 6,144; U: 3 × 64 × 64 = 12,288; b: 3 × 64 = 192; total = {}"
    assert verify_count("gru", text.format("18,624")).holds
    verdict = verify_count("gru", text.format("18,634"))
    assert (verdict.outcome, verdict.error, verdict.fix) == ("refuted", "a wrong sum", "18624")


def test_orders_of_growth_are_compared_by_their_leading_terms() -> None:
    assert verify_count("gru", "O(h² + hd)").holds
    assert verify_count("gru", "O(h(h + d))").holds
    assert verify_count("gru", "O(h + d)").outcome == "refuted"


def test_a_cell_of_ones_own_is_judged_too() -> None:
    from grusym import read_cell

    own = read_cell("h' = tanh(W x + U h + V (h ⊙ h) + b)")
    assert verify_count(own, "2n² + nm + n").holds
    assert verify_count(own, "n² + nm + n").outcome == "refuted"


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("3(n² + nm + n", 14),
        ("3(n² + * nm)", 8),
        ("3 4 n", 3),
        ("3(n² + nm) = ", 13),
        ("n^m", 3),
        ("n^99", 3),
        ("3n/0", 4),
    ],
)
def test_what_cannot_be_read_is_said_with_its_column(text: str, column: int) -> None:
    with pytest.raises(ReadError) as caught:
        verify_count("gru", text)
    assert (caught.value.line, caught.value.column) == (1, column), caught.value


def test_nothing_and_prose_are_refused() -> None:
    with pytest.raises(DataError, match="no text was given"):
        verify_count("gru", "  ")
    with pytest.raises(ReadError, match="no formula"):
        verify_count("gru", "the number of parameters grows")
    with pytest.raises(UnknownNameError, match="did you mean 'gru'"):
        verify_count("gruu", "3n")


def test_a_cell_and_its_name_are_the_same() -> None:
    assert str(verify_count(cell("gru"), "3n² + 3nm")) == str(verify_count("gru", "3n² + 3nm"))
