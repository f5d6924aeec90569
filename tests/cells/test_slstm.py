"""The stabiliser of the sLSTM is seen in no h, and keeps the gates from overflowing."""

from __future__ import annotations

import numpy as np
import pytest

from grusym.assemble import kernel, random_weights
from grusym.calculus.jacobian import jacobian
from grusym.cells.library import cell
from grusym.language.reader import read_cell
from grusym.theorems.judging import prove as judged
from grusym.theorems.library import identities

BARE = read_cell(
    """
    z  = tanh(W_z x + U_z h + b_z)
    o  = σ(W_o x + U_o h + b_o)
    i  = exp(W_i x + U_i h + b_i)
    f  = σ(W_f x + U_f h + b_f)
    C' = f ⊙ C + i ⊙ z
    N' = f ⊙ N + i
    h' = o ⊙ C' / N'
    """,
    name="slstm without stabiliser",
)


def problem(n, m, steps=40, scale=1.0, seed=0):
    weights = random_weights(cell("slstm"), hidden=n, input=m, seed=seed)
    rng = np.random.default_rng(seed)
    state = {s: rng.standard_normal(n) for s in ("μ", "c", "h")} | {"ν": rng.uniform(0.5, 2, n)}
    return {k: scale * w for k, w in weights.items()}, rng.standard_normal((steps, m)), state


def run(a_cell, weights, x, state):
    states = kernel(a_cell).forward(weights, x, np.concatenate([state[s] for s in a_cell.states]))
    return kernel(a_cell).split(states)


@pytest.mark.parametrize(("n", "m"), [(1, 1), (2, 3), (16, 5), (64, 32)])
def test_h_is_that_of_the_cell_without_stabiliser(n, m):
    weights, x, state = problem(n, m)
    found = run(cell("slstm"), weights, x, state)
    scale = np.exp(state["μ"])
    bare = run(BARE, weights, x, {"C": scale * state["c"], "N": scale * state["ν"], "h": state["h"]})
    # Forty steps, each rounded to 1e-16.
    np.testing.assert_allclose(found["h"], bare["h"], rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(np.exp(found["μ"]) * found["c"], bare["C"], rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(np.exp(found["μ"]) * found["ν"], bare["N"], rtol=1e-11)
    unscaled = run(BARE, weights, x, {"C": state["c"], "N": state["ν"], "h": state["h"]})
    assert not np.allclose(found["h"], unscaled["h"], rtol=1e-3)


def test_where_the_gates_overflow_the_stabilised_cell_goes_on():
    weights, x, state = problem(8, 4, scale=600.0)
    with np.errstate(all="ignore"):
        bare = run(BARE, weights, x, {"C": state["c"], "N": state["ν"], "h": state["h"]})
    found = run(cell("slstm"), weights, x, state)
    assert not np.isfinite(bare["h"]).all()
    assert all(np.isfinite(part).all() for part in found.values())
    assert np.abs(found["h"][1:]).max() <= 1 + 1e-12 and found["h"].std() > 0.1


def test_from_empty_states_it_does_not_matter_where_the_stabiliser_starts():
    """The authors' code starts it at the first input gate, which is the limit of μ to -∞."""
    weights, x, _ = problem(6, 3)
    empty = dict.fromkeys("cνh", np.zeros(6))
    runs = [run(cell("slstm"), weights, x, empty | {"μ": np.full(6, start)}) for start in (0.0, -30.0, 3.0)]
    for other in runs[1:]:
        np.testing.assert_allclose(other["h"], runs[0]["h"], rtol=1e-12, atol=1e-15)
        assert not np.allclose(other["μ"][1], runs[0]["μ"][1])


def test_no_gradient_reaches_h_through_the_new_stabiliser_though_one_reaches_c():
    weights, x, state = problem(5, 3)
    given = weights | state | {"x": x[0]}
    through = jacobian(cell("slstm"), "h'", "μ'")
    assert not through.is_zero  # two terms for each of i and f, which cancel in numbers
    assert np.abs(through.evaluate(given)).max() < 1e-15
    assert np.abs(jacobian(cell("slstm"), "c'", "μ'").evaluate(given)).max() > 0.1


@pytest.mark.parametrize(
    "identity", [i for i in identities() if i.id[:3] in ("sls", "max")], ids=lambda i: i.id
)
def test_what_is_said_of_stabilisers_and_extrema_is_proved_and_their_neighbours_are_refused(identity):
    assert judged(identity).ok
