"""A derivation of thirty lines: right, or wrong at one line, which is found wherever it stands."""

from __future__ import annotations

import random
import re

import pytest

import grusym
from grusym.language.activations import ACTIVATIONS
from grusym.language.claim import Verdict
from grusym.language.expression import Activation, Expression, children, rebuilt
from tests.verify.derivations import GRU_LINES, LSTM_BEGINS, LSTM_LINES, LSTM_STEPS, rewritten
from tests.verify.formulas_of_cells import NOTATIONS, Formula, formulas
from tests.verify.mutations import SLIPS, Slips, rewritten as rewritten_at_random
from tests.verify.study import right

WRITTEN = {"gru": GRU_LINES, "lstm": LSTM_LINES}


def judged(cell: str, lines: tuple[str, ...]) -> Verdict:
    return grusym.verify(cell, "\n".join(lines))


def pinned(verdict: Verdict) -> tuple[int, int]:
    """The line and the column that a refutation points at."""
    assert verdict.outcome == "refuted", str(verdict)
    found = re.match(r"line (\d+), column (\d+)", verdict.where)
    assert found, verdict.where
    return int(found[1]), int(found[2])


def wrong_steps(verdict: Verdict) -> list[int]:
    """The lines whose equalities are refuted; each line of these derivations holds one."""
    return [i for i, s in enumerate(verdict.steps, 1) if s.outcome == "refuted"]


# ---- written by hand -----------------------------------------------------------------------------

SLIPS_OF_THE_PEN = {  # what each line may be spoilt by: the first of these that it holds
    "gru": ((" - diag(", " + diag("), ("1 - z", "1 + z"), ("h - c", "c - h"), ("∂z/∂h", "∂r/∂h")),
    "lstm": (
        (r"1 - i_t", r"1 + i_t"),
        (r"U_f^\top", r"U_f"),
        (r"U_g^\top", r"U_i^\top"),
        (r"c_{t-1}", r"c_t"),
    ),
}


def spoilt(cell: str, line: str) -> str:
    for old, new in SLIPS_OF_THE_PEN[cell]:
        head, equals, formula = line.partition("= ")
        if old in formula:
            return head + equals + formula.replace(old, new, 1)
    raise AssertionError(f"nothing to spoil in {line}")


@pytest.mark.parametrize("cell", WRITTEN)
def test_a_right_derivation_of_thirty_lines_is_proved_at_every_line(cell: str) -> None:
    verdict = judged(cell, WRITTEN[cell])
    assert len(WRITTEN[cell]) == 30 == len(verdict.steps) == len(set(WRITTEN[cell]))
    assert verdict.outcome == "proved" and {s.outcome for s in verdict.steps} == {"proved"}


@pytest.mark.parametrize("line", range(1, 31))
@pytest.mark.parametrize("cell", WRITTEN)
def test_a_wrong_line_among_thirty_is_pinned_to_its_place(cell: str, line: int) -> None:
    lines = list(WRITTEN[cell])
    whole = lines[line - 1]
    lines[line - 1] = spoilt(cell, whole)
    verdict = judged(cell, tuple(lines))
    found, column = pinned(verdict)
    assert found == line and 1 <= column <= len(lines[line - 1])
    assert (
        wrong_steps(verdict) == [line, line + 1][: 31 - line]
    )  # the next line is right, so it does not follow
    assert verdict.fix and grusym.verify(cell, verdict.mended).outcome == "proved"


@pytest.mark.parametrize("line", range(2, 31))
def test_an_error_that_is_carried_on_is_pinned_to_where_it_was_made(line: int) -> None:
    old, new = LSTM_STEPS[line - 2]
    before, after = LSTM_STEPS[: line - 2], LSTM_STEPS[line - 1 :]
    lines = rewritten(LSTM_BEGINS, (*before, (old, f"(2 {new})"), *after))
    verdict = judged("lstm", lines)
    assert pinned(verdict)[0] == line
    assert wrong_steps(verdict) == [line]  # all that comes later follows from it


@pytest.mark.parametrize("cell", WRITTEN)
def test_right_ends_do_not_excuse_a_wrong_middle(cell: str) -> None:
    lines = list(WRITTEN[cell])
    left = lines[0].split(" = ")[0]
    assert grusym.verify(cell, left + lines[-1].removeprefix(" ")).outcome == "proved"
    for middle in range(10, 20):
        lines[middle] = spoilt(cell, lines[middle])
    verdict = judged(cell, tuple(lines))
    assert pinned(verdict)[0] == 11 and verdict.steps[-1].outcome == "proved"
    assert wrong_steps(verdict)[0] == 11 and wrong_steps(verdict)[-1] == 21


# ---- made at random ------------------------------------------------------------------------------


def chain(formula: Formula, rng: random.Random, count: int) -> list[Expression]:
    """So many formulas, each a rewriting of the one before it."""
    slips = Slips(formula.cell, rng)
    found = [formula.expression]
    while len(found) < count:
        new = rewritten_at_random(found[-1], slips, 1)
        if new != found[-1]:
            found.append(new if len(str(new)) < 900 else formula.expression)
    return found


def without_slopes(e: Expression) -> Expression:
    """σ'(u) as σ(u) ⊙ (1 - σ(u)), for a judge that knows no slopes."""
    if isinstance(e, Activation) and e.function.endswith("'"):
        function = e.function[:-1]
        return ACTIVATIONS[function].slope(e.operand, Activation(function, e.operand))
    return rebuilt(e, tuple(map(without_slopes, children(e))))


def claims(formula: Formula, steps: list[Expression], notation: str) -> tuple[str, ...]:
    """A chain in a notation, one step a line."""
    texts = [formula.saying(step).claim(notation) for step in steps]
    return (texts[0], *("  = " + t.split(" = ", 1)[1] for t in texts[1:]))


@pytest.mark.parametrize("seed", range(12))
def test_a_slip_at_random_in_a_chain_at_random_is_pinned_to_its_line(seed: int) -> None:
    rng = random.Random(seed)
    cell = grusym.cell(("gru", "lstm", "lstm_peephole", "mgu")[seed % 4])
    formula = rng.choice(list(formulas(cell)))
    steps = chain(formula, rng, 30)
    notation = NOTATIONS[seed // 3]
    assert judged(cell, claims(formula, steps, notation)).outcome == "proved"
    for line in rng.sample(range(1, 31), 4):
        wrong = None
        while wrong is None or right(formula.saying(without_slopes(wrong))) is not False:
            wrong = Slips(cell, rng).mutant(steps[line - 1], rng.choice([k for k in SLIPS if k != "layout"]))
        verdict = judged(cell, claims(formula, [*steps[: line - 1], wrong, *steps[line:]], notation))
        assert pinned(verdict)[0] == line
        assert wrong_steps(verdict) == [line, line + 1][: 31 - line]
