"""Counts follow from the text alone and agree with real arrays."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from grusym.calculus.counting import (
    activation_count,
    operation_count,
    parameter_count,
    state_size,
    weight_counts,
)
from grusym.cells.library import cell, cell_names
from grusym.language.reader import read_cell
from grusym.language.shapes import size_symbol

n, m = size_symbol("n"), size_symbol("m")


def test_published_counts():
    assert str(parameter_count(cell("gru"))) == "3*n*(m + n + 1)"
    assert str(parameter_count(cell("lstm"))) == "4*n*(m + n + 1)"
    assert parameter_count(cell("rnn")) == sp.factor(n * (m + n + 1))
    assert sp.simplify(parameter_count(cell("gru")) / parameter_count(cell("lstm"))) == sp.Rational(3, 4)
    assert parameter_count(cell("gru")).subs({n: 128, m: 64}) == 74112


def test_operations_of_one_step():
    assert sp.expand(operation_count(cell("gru")) - (3 * n * m + 3 * n**2 + 3 * n)) == 0
    assert sp.expand(operation_count(cell("lstm")) - (4 * n * m + 4 * n**2 + 3 * n)) == 0
    assert activation_count(cell("lstm")) == 5 * n
    assert (state_size(cell("gru")), state_size(cell("lstm"))) == (n, 2 * n)


@pytest.mark.parametrize("name", cell_names())
def test_the_formula_counts_the_entries_of_real_arrays(name):
    c = cell(name)
    sizes = dict(zip(c.sizes, (7, 5, 3), strict=False))
    arrays = [np.zeros([int(d.subs(sizes)) for d in c.shapes[p]]) for p in c.parameters]
    assert parameter_count(c).subs(sizes) == sum(a.size for a in arrays)
    assert sp.expand(sum(weight_counts(c).values()) - parameter_count(c)) == 0


@pytest.mark.parametrize(
    ("text", "parameters", "operations"),
    [
        ("h' = W [h, h, h ⊙ h]", 3 * n**2, 3 * n**2 + n),
        ("x : n\nh' = W [h, x] + W [x, h]", 2 * n**2, 4 * n**2),
        ("h' = I h", 0, 0),
        ("h' = (α U) h", n**2 + 1, n**2 + n),
        ("h' = h + ε tanh((U - Uᵀ - γ I) h)", n**2 + 2, n**2 + n),
        ("γ : scalar\ng = σ(γ)\nh' = g h + (1 - g) tanh(W x)", n * m + 1, n * m + 2 * n),
    ],
)
def test_sums_of_sizes_identities_and_scalars_are_counted_right(text, parameters, operations):
    c = read_cell(text)
    assert sp.expand(parameter_count(c) - parameters) == 0
    assert sp.expand(operation_count(c) - operations) == 0
    assert operation_count(c).free_symbols <= set(c.sizes)


def test_shared_and_stacked_weights_are_counted_once():
    c = read_cell("z_t = σ(W · [h_{t-1}, x_t])\nh_t = z_t * h_{t-1} + (1 - z_t) * tanh(W · [h_{t-1}, x_t])")
    assert parameter_count(c) == sp.factor(n * (m + n))


def test_a_constant_factor_one_is_no_operation_and_a_power_is():
    assert operation_count(read_cell("h' = tanh(U h)³")) == sp.factor(n**2 + 2 * n)
    assert operation_count(read_cell("h' = 1 * tanh(U h)")) == n**2


def test_what_is_written_twice_is_computed_once():
    twice = read_cell("z = σ(W x + U h + b)\nh' = z ⊙ h + (1 - z) ⊙ tanh(W x + U h + d)")
    once = read_cell("u = W x + U h\nz = σ(u + b)\nh' = z ⊙ h + (1 - z) ⊙ tanh(u + d)")
    other = read_cell("z = σ(W x + U h + b)\nh' = z ⊙ h + (1 - z) ⊙ tanh(V x + R h + d)")
    counts = [sp.expand(operation_count(c)) for c in (twice, once, other)]
    assert counts[0] == counts[1] != counts[2]
