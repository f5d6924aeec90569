"""Edits tried many at once are those, and all of those, that are found right by writing each one out."""

from __future__ import annotations

import random

import numpy as np
import pytest

import grusym
from grusym.errors import GrusymError
from grusym.language.cell import Cell
from grusym.language.claim_text import read_claims
from grusym.language.expression import Name
from grusym.verifying import trials
from grusym.verifying.deciding import Pair
from grusym.verifying.edits import Choice, Edit
from grusym.verifying.mending import Search
from grusym.verifying.readings import Readings
from tests.verify.formulas_of_cells import NOTATIONS, formulas
from tests.verify.mutations import SLIPS, Slips

CELLS = ("gru", "lstm_peephole", "slstm", "antisymmetric_rnn", "lem")


def search(cell: Cell, claim: str) -> Search:
    """The search for a correction of a claim's right side, under its first reading."""
    text = read_claims(claim, cell)
    left, right = text.chains[0].sides
    sides = (left.expression, right.expression)
    reading = next(iter(Readings(text, sides, {}, ("numerator",))))
    return Search(Pair(text, *sides, reading, frozenset()), *sides)


def all_edits(found: Search) -> list[Edit]:
    """Every one-edit neighbour, one by one."""
    edits: list[Edit] = []
    for candidate in found.neighbours():
        some = isinstance(candidate, Choice)
        edits += [candidate.edit(i) for i in range(len(candidate.options))] if some else [candidate]
    return edits


def written(edits: list[Edit]) -> list[str]:
    return [str(edit.whole) for edit in edits]


def spoilt(seed: int) -> Search:
    """The search for a correction of a formula with one slip, in some notation."""
    rng = random.Random(seed)
    cell = grusym.cell(CELLS[seed % len(CELLS)])
    while True:
        formula = rng.choice(list(formulas(cell)))
        wrong = Slips(cell, rng).mutant(formula.expression, rng.choice(list(SLIPS)))
        if wrong is None or len(str(wrong)) > 250:
            continue
        try:
            return search(cell, formula.saying(wrong).claim(NOTATIONS[seed % 4]))
        except GrusymError:  # a transposed vector that no product takes
            continue


@pytest.mark.parametrize("seed", range(30))
def test_no_right_edit_is_passed_over(seed: int) -> None:
    found = spoilt(seed)
    with np.errstate(all="ignore"):
        one_by_one = [e for e in all_edits(found) if found.holds(e.whole)]
        assert written(list(found.right(found.neighbours()))) == written(one_by_one)


def test_edits_inside_slopes_and_functions_are_judged_as_they_are_read() -> None:
    gru = grusym.cell("gru")
    claims = (
        "∂c/∂h = diag(tanh'(W_c x + U_c (r ⊙ x) + b_c)) U_c diag(r)",
        "∂L/∂b_z = ∂L/∂h' ⊙ (h - c) ⊙ σ'(W_z x + U_r h + b_z)",
        "∂L/∂b_z = ∂L/∂h' ⊙ (h - c) ⊙ σ'(c)",
    )
    for claim in claims:
        found = search(gru, claim)
        with np.errstate(all="ignore"):
            one_by_one = [e for e in all_edits(found) if found.holds(e.whole)]
            assert written(list(found.right(found.neighbours()))) == written(one_by_one)


def test_a_wrong_affine_function_would_be_seen(monkeypatch) -> None:
    gru = grusym.cell("gru")
    claim = "∂h'/∂h = diag(z) + diag(1 - z) ∂c/∂h + diag(c - h) ∂z/∂h"
    assert list(search(gru, claim).right(search(gru, claim).neighbours()))
    own = trials.Trials._found

    def bent(self, site, like, shape):
        line = own(self, site, like, shape)
        return trials.Line(line.start + 1, line.slopes) if isinstance(line, trials.Line) else line

    monkeypatch.setattr(trials.Trials, "_found", bent)
    found = search(gru, claim)
    assert not list(found.right(found.neighbours()))


def test_options_that_do_not_fit_are_no_candidates() -> None:
    rnn = grusym.cell("rnn")
    found = search(rnn, "∂h'/∂h = diag(1 - h'²) W")
    site = next(s for s in found.sites if s.node == Name("W"))
    options = (Name("W"), Name("U"), Name("b"), Name("h'"))
    assert found.trials.chosen(Choice(site, "name", options, lambda option: option)) == [1]
