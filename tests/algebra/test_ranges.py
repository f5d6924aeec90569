"""A polynomial of degree one in each bounded atom is extreme at vertices."""

from __future__ import annotations

import numpy as np
import pytest

from grusym.algebra.normal_form import vector_form
from grusym.algebra.ranges import vertex_values
from grusym.language.evaluation import evaluate
from grusym.language.reader import read_cell, read_expression

CELL = read_cell("v : n\nh' = σ(U h + v) ⊙ h")


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("σ(U h + v) ⊙ h + (1 - σ(U h + v)) ⊙ tanh(v)", -1, 1),
        ("σ(v) ⊙ h + σ(h) ⊙ tanh(v)", -2, 2),
        ("σ(h) ⊙ tanh(v)", -1, 1),
        ("1 - σ(v)", 0, 1),
        ("2 cos(v) - 3 step(v)", -5, 5),
        ("3", 3, 3),
    ],
)
def test_the_extremes_are_those_of_the_vertices(text, low, high):
    e = read_expression(text, CELL)
    values = vertex_values(vector_form(e, CELL.shapes), {"h": (-1, 1)})
    assert (min(values), max(values)) == (low, high)
    rng = np.random.default_rng(0)
    arrays = {"h": rng.uniform(-1, 1, (4000, 3)), "v": rng.normal(0, 5, (4000, 3)), "U": np.eye(3)}
    found = evaluate(e, arrays, CELL.shapes)
    assert low <= np.min(found) and np.max(found) <= high


@pytest.mark.parametrize("text", ["v", "relu(h)", "U h", "h²", "h / (1 + σ(v))", "exp(v)"])
def test_what_is_unbounded_or_not_affine_has_no_vertices(text):
    assert vertex_values(vector_form(read_expression(text, CELL), CELL.shapes), {"h": (-1, 1)}) is None
