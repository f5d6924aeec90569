"""The closed forms as a reader would type them in NumPy, against determinants of the Jacobian itself."""

from __future__ import annotations

import numpy as np
import pytest

from grusym.cells.library import cell, cell_names
from grusym.theorems.bounded_states import bounded_states
from grusym.theorems.library import identity
from grusym.theorems.sides import Context
from tests.theorems.independent import completed, drawn, jacobian, read_arrays, stepped


def _log_det_of_an_lstm(v, U_o, peepholes=None):
    i, f, o, g, c, new = (v[name] for name in ("i", "f", "o", "g", "c", "c'"))
    kept = f if peepholes is None else f + peepholes[0] * c * f * (1 - f) + peepholes[1] * g * i * (1 - i)
    output = np.abs(np.tanh(new)) * o * (1 - o)
    return np.sum(np.log(np.abs(kept))) + np.sum(np.log(output)) + np.linalg.slogdet(U_o)[1]


@pytest.mark.parametrize("n", [3, 4, 5])
def test_the_volume_of_an_lstm_step_is_the_closed_form_and_with_peepholes_the_corrected_one(n):
    for id, peepholes in (("det-01", None), ("det-02", ("p_f", "p_i"))):
        context = identity(id).context
        given = drawn(context, n, {"n": n, "m": 2})
        values = stepped(context.cell, given)
        exact = np.linalg.slogdet(jacobian(context, ("c", "h"), given))[1]
        p = [given[name] for name in peepholes] if peepholes else None
        assert _log_det_of_an_lstm(values, given["U_o"], p) == pytest.approx(exact, rel=1e-9)  # 1e-14 seen
        if peepholes:
            assert abs(_log_det_of_an_lstm(values, given["U_o"]) - exact) > 1e-3


STATES = [(name, state) for name in cell_names() for state in cell(name).states]


@pytest.mark.parametrize(("name", "state"), STATES)
def test_whether_a_state_stays_in_the_box_is_decided_and_right(name, state):
    a_cell = cell(name)
    verdict = next(b.verdict for b in bounded_states([a_cell]) if b.state == state)
    context, new = Context(a_cell), a_cell.next_of(state)
    if verdict.outcome == "refuted":
        given = completed(context, read_arrays(verdict.counterexample["at"]))
        for s in a_cell.states:
            given[s] = np.clip(given[s], -1, 1)
        assert np.max(np.abs(stepped(a_cell, given)[new])) > 1 + 1e-6
        return
    assert verdict.outcome == "proved"
    rng = np.random.default_rng(0)
    for k in range(60):
        given = {name: 4.0 ** (k % 4) * a for name, a in drawn(context, k).items()}
        for s in a_cell.states:
            given[s] = rng.choice([-1.0, 1.0, rng.uniform(-1, 1)], np.shape(given[s]))
        assert np.max(np.abs(stepped(a_cell, given)[new])) <= 1 + 1e-12


def test_the_box_is_kept_by_the_cells_that_keep_it():
    kept = {b.cell.name: [] for b in bounded_states(map(cell, cell_names()))}
    for b in bounded_states(map(cell, cell_names())):
        kept[b.cell.name].append(b.verdict.outcome == "proved")
    whole = {name for name, states in kept.items() if all(states)}
    assert {"gru", "gru_reset_after", "mgu", "ugrnn", "lstm_cifg", "rnn"} <= whole
    assert not {"min_gru", "light_gru", "lstm", "lstm_peephole", "gru_decoupled", "lem"} & whole
