"""From what is kept of a step, and nothing else of it, its gradients are computed; without any of it, not."""

from __future__ import annotations

import re

import numpy as np
import pytest

from grusym.calculus.adjoint import gradients
from grusym.calculus.kept import kept_for_training
from grusym.cells.library import cell, cell_names
from grusym.errors import DataError
from grusym.language.arrays import concrete, needed
from grusym.language.evaluation import evaluate, evaluate_cell, evaluate_equations
from grusym.language.reader import read_cell
from grusym.language.shapes import size_symbol
from tests.cells.sizes import SIZES

n, m = size_symbol("n"), size_symbol("m")


def test_known_counts():
    assert kept_for_training(cell("rnn")).names == ("x", "h")
    assert kept_for_training(cell("gru")).count == m + 4 * n
    assert kept_for_training(cell("lstm")).names == ("x", "c", "h", "i", "f", "o", "g")
    assert kept_for_training(cell("lstm")).count == m + 6 * n
    assert kept_for_training(read_cell("h' = h")).count == 0


@pytest.mark.parametrize("name", cell_names())
def test_the_gradients_need_what_is_kept_and_no_more(name):
    c = cell(name)
    rng = np.random.default_rng(0)
    given = {k: rng.standard_normal([concrete(d, SIZES) for d in c.shapes[k]]) for k in needed(c)}
    found = gradients(c)
    cotangents = {g: rng.standard_normal(SIZES[str(c.shapes[v][0])]) for v, g in found.cotangents.items()}
    full = found.evaluate(given | cotangents)
    values = given | evaluate_cell(c, given)
    kept = kept_for_training(c).names
    known = {k: v for k, v in values.items() if k in (*kept, *c.weights)} | cotangents
    # A next state is the state kept by the step after.
    known |= {s_new: values[s_new] for s, s_new in zip(c.states, c.next_states, strict=True) if s in kept}
    again = _evaluated(found, known, full)
    for k, array in full.items():
        np.testing.assert_array_equal(again[k], array)
    for left in kept:
        gone = (left, c.next_of(left)) if left in c.states else (left,)
        fewer = {k: v for k, v in known.items() if k not in gone}
        with pytest.raises(DataError, match=rf"an array for {re.escape(left)}'? is needed"):
            _evaluated(found, fewer, full)


def _evaluated(found, known, full):
    known = known | evaluate_equations(found.lines, known, found.shapes)
    return {k: evaluate(e, known, found.shapes, result=full[k].shape) for k, e in found.of.items()}
