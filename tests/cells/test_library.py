"""The cells of the library hold as many numbers as their sources say, and their text says it all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import sympy as sp

from grusym.assemble import check, kernel
from grusym.calculus.counting import parameter_count
from grusym.calculus.jacobian import blocks
from grusym.cells.library import cell, cell_names
from grusym.checks.report import checked
from grusym.kernels.weights import random_weights
from grusym.language.reader import read_cell
from tests.cells.sizes import sizes_of, widths

n, m, p = (sp.Symbol(letter, integer=True, positive=True) for letter in "nmp")
b = n**2 + n * m + n  # one gate: a matrix for the state, one for the input, one bias

COUNTS = {
    "rnn": b,
    "rnn_relu": b,
    "gru": 3 * b,
    "gru_reset_after": 3 * b + n,
    "gru_decoupled": 4 * b,
    "gru1": 3 * b - 2 * n * m,
    "gru2": 3 * b - 2 * (n * m + n),
    "gru3": 3 * b - 2 * (n * m + n**2),
    "light_gru": 2 * b,
    "min_gru": 2 * (n * m + n),
    "min_lstm": 3 * (n * m + n),
    "lstm": 4 * b,
    "lstm_peephole": 4 * b + 3 * n,
    "lstm_nig": 3 * b + 2 * n,
    "lstm_nfg": 3 * b + 2 * n,
    "lstm_nog": 3 * b + 2 * n,
    "lstm_niaf": 4 * b + 3 * n,
    "lstm_noaf": 4 * b + 3 * n,
    "lstm_cifg": 3 * b + 2 * n,
    "lstm_np": 4 * b,
    "lstm_fgr": 4 * b + 3 * n + 9 * n**2,
    "slstm": 4 * b,
    "lstm_projection": 4 * (n * m + n * p + n) + n * p,
    "mgu": 2 * b,
    "mgu1": 2 * b - n * m,
    "mgu2": 2 * b - (n * m + n),
    "mgu3": 2 * b - (n * m + n**2),
    "janet": 2 * b,
    "mut1": 4 * n**2 + 3 * n,
    "mut2": 5 * n**2 + 3 * n,
    "mut3": 3 * b,
    "minimal_rnn": n * m + 2 * n**2 + 2 * n,
    "ugrnn": 2 * b,
    "cfn": 2 * b + n * m,
    "ind_rnn": n * m + 2 * n,
    "antisymmetric_rnn": b,
    "antisymmetric_rnn_gated": b + n * m + n,
    "co_rnn": b + n**2,
    "lem": 4 * b,
    "brc": 3 * n * m + 2 * n,
    "nbrc": 3 * n * m + 2 * n**2,
    "fast_rnn": b + 2,
    "fast_grnn": b + n + 2,
}
STATES = {
    **dict.fromkeys((c for c in COUNTS if c.startswith("lstm")), ("c", "h")),
    "lstm_fgr": ("i", "f", "c", "o", "h"),
    "slstm": ("μ", "c", "ν", "h"),
    "co_rnn": ("z", "y"),
    "lem": ("z", "y"),
}
CONSTANTS = {
    "antisymmetric_rnn": {"ε", "γ"},
    "antisymmetric_rnn_gated": {"ε", "γ"},
    "co_rnn": {"Δt", "γ", "ε"},
    "lem": {"Δt"},
}
every_cell = pytest.mark.parametrize("name", cell_names())


@every_cell
def test_the_count_is_the_one_of_the_source(name):
    assert sp.expand(parameter_count(cell(name)) - COUNTS[name]) == 0


@every_cell
def test_the_count_of_a_cell_that_lost_a_parameter_is_another(name):
    """The twin: with any one parameter a fixed number, the count does not fit."""
    a_cell = cell(name)
    for lost in a_cell.parameters:
        rest = sum(sp.prod(a_cell.shapes[q]) for q in a_cell.parameters if q != lost)
        assert sp.expand(rest - COUNTS[name]) != 0, lost


def test_every_cell_is_counted_and_no_other():
    assert set(COUNTS) == set(cell_names())


@every_cell
def test_states_and_inputs_are_those_of_the_source(name):
    assert cell(name).states == STATES.get(name, ("h",))
    assert cell(name).inputs == ("x",)
    assert set(cell(name).constants) == CONSTANTS.get(name, set())
    assert cell(name).name == name


@every_cell
def test_a_printed_cell_reads_back(name):
    a_cell = cell(name)
    again = read_cell(str(a_cell))
    assert again.equations == a_cell.equations
    assert (again.weights, dict(again.shapes)) == (a_cell.weights, dict(a_cell.shapes))
    assert again.constants == a_cell.constants
    other = read_cell(str(cell("rnn" if name != "rnn" else "rnn_relu")))
    assert other.equations != a_cell.equations


@every_cell
def test_the_compiled_jacobians_are_the_derived_ones(name):
    a_cell = cell(name)
    weights = random_weights(a_cell, sizes=sizes_of(a_cell), seed=3)
    rng, parts = np.random.default_rng(4), widths(a_cell, a_cell.states)
    state, x = rng.standard_normal(sum(parts)), rng.standard_normal(sum(widths(a_cell, a_cell.inputs)))
    ends = np.cumsum(parts)[:-1]
    given = weights | dict(zip(a_cell.states, np.split(state, ends), strict=True)) | {"x": x}
    found = kernel(a_cell).jacobians(weights, state[None], x[None])[0]
    derived = [[blocks(a_cell)[of, by].evaluate(given) for by in a_cell.states] for of in a_cell.next_states]
    np.testing.assert_allclose(found, np.block(derived), rtol=1e-11, atol=1e-14)  # 1e-15 seen
    assert not np.allclose(found, 1.01 * np.block(derived), rtol=1e-11, atol=1e-14)


@every_cell
def test_every_formula_of_a_cell_is_judged_right(name):
    assert check(cell(name), twins=False).ok


def test_a_formula_of_another_cell_is_judged_wrong():
    """The twin: the Jacobian of the peephole LSTM claimed for the variant without output activation."""
    right, wrong = (blocks(cell(name))["h'", "c"] for name in ("lstm_noaf", "lstm_peephole"))
    assert checked((right,)).ok
    assert not checked((replace(wrong, cell=right.cell),)).ok


def same(one: str, other: str, weights_of) -> bool:
    """Whether two cells compute the same next state from the same numbers."""
    a_cell = cell(one)
    weights = random_weights(a_cell, sizes=sizes_of(a_cell), seed=5)
    rng, width = np.random.default_rng(6), sum(widths(a_cell, a_cell.states))
    inputs = rng.standard_normal((4, *widths(a_cell, a_cell.inputs)))
    start = rng.standard_normal(width)
    runs = (
        kernel(cell(c)).forward(w, inputs, start) for c, w in ((one, weights), (other, weights_of(weights)))
    )
    return bool(np.allclose(*runs, rtol=1e-13, atol=1e-15))


def test_cells_that_are_special_cases_are_what_they_specialise():
    zero = {f"p_{g}": np.zeros(4) for g in "ifo"}
    assert same("lstm_np", "lstm", lambda w: w)
    assert same("lstm_np", "lstm_peephole", lambda w: w | zero)
    assert same("gru", "gru_decoupled", lambda w: w | {k + "_f": w[k + "_z"] for k in "WUb"} | coupled(w))
    assert same("mgu1", "mgu", lambda w: w | {"W_f": np.zeros((4, 3))})
    assert same("gru1", "gru2", lambda w: w) is False
    assert same("lstm_np", "lstm_peephole", lambda w: w | zero | {"p_o": np.ones(4)}) is False


def coupled(weights):
    """Weights of the input gate 1 - z: σ(-u) = 1 - σ(u)."""
    return {k + "_i": -weights[k + "_z"] for k in "WUb"}
