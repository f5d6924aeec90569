"""What holds for maps in general holds for compiled cells, and for cells there is more to hold."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq

from grusym.assemble import kernel, simulate
from grusym.cells.library import cell, cell_names
from grusym.dynamics import adjoint_flow as by_vectors
from grusym.dynamics.adjoint_flow import adjoint_flow
from grusym.dynamics.gradient_flow import gradient_flow
from grusym.dynamics.lyapunov import lyapunov_spectrum
from grusym.errors import DataError
from grusym.kernels.weights import random_weights
from grusym.language.reader import read_cell


def run_of(name, steps=200, hidden=6, inputs=4, seed=0, **options):
    sizes = {"n": hidden, "m": inputs, "p": hidden - 2}
    mine = {s.name: sizes[s.name] for s in cell(name).sizes}
    weights = random_weights(cell(name), sizes=mine, init="torch", seed=seed)
    return simulate(cell(name), weights, steps=steps, seed=seed, **options)


@pytest.mark.parametrize("name", cell_names())
def test_gradients_over_a_few_steps_are_differences_of_states(name):
    # Three steps leave a relu of independent units alive, which dies whole in eight.
    run, nudge = run_of(name, steps=8 if name != "ind_rnn" else 3), 1e-6
    moved = []
    for i in range(run.size):
        for sign in (1, -1):
            start = run.states[0] + sign * nudge * np.eye(run.size)[i]
            moved.append(simulate(run.kernel, run.weights, inputs=run.inputs, state=start).states[-1])
    columns = (np.array(moved[::2]) - np.array(moved[1::2])) / (2 * nudge)
    values = np.linalg.svd(columns.T, compute_uv=False)
    flow = gradient_flow(run)
    # Central differences: (1e-6)^2 and 1e-16 / 1e-6; 1e-9 seen.
    assert flow.log_norms[-1] == pytest.approx(np.log(values[0]), abs=1e-7)
    assert abs(flow.log_norms[-2] - np.log(values[0])) > 1e-4
    cotangent = np.arange(1.0, run.size + 1)
    adjoint = adjoint_flow(run, cotangent).log_norms[0, 0]
    assert adjoint == pytest.approx(np.log(np.linalg.norm(columns @ cotangent)), abs=1e-7)


@pytest.mark.parametrize("name", cell_names())
def test_exponents_add_up_to_the_mean_determinant(name):
    run = run_of(name, steps=800)  # lem's first two are 1e-3 apart, and known to 3e-3 after 400 steps
    spectrum = lyapunov_spectrum(run)
    dets = np.linalg.slogdet(run.jacobians(spectrum.warmup))[1]
    if spectrum.structural:  # a determinant of rounding errors, below e^-30 for each lost direction
        assert dets.mean() < -30 * spectrum.structural
    else:
        assert spectrum.exponents.sum() == pytest.approx(dets.mean(), abs=1e-9)
    scalars = [p for p in cell(name).parameters if cell(name).shapes[p] == ()]
    assert spectrum.exponents[0] < 0 or scalars  # untrained cells forget; a random damping may not
    leading = lyapunov_spectrum(run, k=1).exponents[0]
    near = np.isclose(spectrum.exponents, leading, rtol=0, atol=1e-9)
    assert near[0] or (near.any() and spectrum.exponents[0] - leading < 2e-3)  # close ones change places


@pytest.mark.parametrize("batch", [None, 3])
@pytest.mark.parametrize("name", cell_names())
def test_vectors_through_the_adjoint_and_through_jacobians_agree(name, batch, monkeypatch):
    run = run_of(name, steps=150, hidden=16, batch=batch)
    formed = adjoint_flow(run, np.eye(run.size)[:2]).log_norms
    monkeypatch.setattr(by_vectors, "WIDE", 1)
    calls = []
    true = type(run.kernel).adjoint
    monkeypatch.setattr(type(run.kernel), "adjoint", lambda *a, **k: calls.append(1) or true(*a, **k))
    assert adjoint_flow(run, np.eye(run.size)[:2]).log_norms == pytest.approx(formed, abs=1e-9)
    assert len(calls) >= 150


@pytest.mark.parametrize("name", cell_names())
def test_runs_of_a_batch_are_analysed_as_runs_alone(name):
    run = run_of(name, steps=120, batch=3)
    flow, spectrum = gradient_flow(run), lyapunov_spectrum(run)
    for b, member in enumerate(run.members()):
        alone = gradient_flow(member)
        assert flow.log_norms[:, b] == pytest.approx(alone.log_norms, abs=1e-9)
        assert spectrum.members[b] == pytest.approx(lyapunov_spectrum(member).exponents, abs=1e-9)


def test_the_determinant_of_an_lstm_step_is_that_of_its_gates():
    run = run_of("lstm", steps=300)
    values = run.kernel.values(run.weights, run.states[:-1], run.inputs)
    tanh = np.tanh(values["c'"])
    gates = np.log(values["f"]) + np.log(np.abs(tanh) * values["o"] * (1 - values["o"]))
    expected = gates.sum(axis=1) + np.linalg.slogdet(run.weights["U_o"])[1]
    spectrum = lyapunov_spectrum(run)
    assert spectrum.exponents.sum() == pytest.approx(expected[spectrum.warmup :].mean(), abs=1e-8)


def test_an_lstm_whose_output_gate_does_not_see_the_state_loses_half_its_exponents():
    run = run_of("lstm", steps=300)
    run.weights["U_o"][:] = 0
    blind = simulate(run.kernel, run.weights, inputs=run.inputs)
    spectrum = lyapunov_spectrum(blind)
    assert spectrum.structural == 6 and np.isneginf(spectrum.exponents[6:]).all()
    assert np.isfinite(spectrum.exponents[:6]).all()
    assert lyapunov_spectrum(run_of("lstm", steps=300)).structural == 0


def test_a_gru_at_rest_has_the_eigenvalues_of_its_linear_part():
    weights = random_weights(cell("gru"), hidden=5, input=2, init="torch", seed=1)
    weights["b_c"][:] = 0
    run = simulate(cell("gru"), weights, inputs=np.zeros((4000, 2)))
    assert not run.states.any()
    values = run.kernel.values(weights, run.states[:1], run.inputs[:1])
    z, r = values["z"][0], values["r"][0]
    jacobian = np.diag(z) + (1 - z)[:, None] * weights["U_c"] * r
    exact = np.sort(np.log(np.abs(np.linalg.eigvals(jacobian))))[::-1]
    assert lyapunov_spectrum(run).exponents == pytest.approx(exact, abs=2e-3)  # complex pairs: O(1/T)


def mean_field_exponent(gain):
    """Leading exponent of h' = tanh(g J h), J ~ N(0, 1/N), N to infinity."""

    def mean(f):
        return quad(lambda x: f(x) * np.exp(-x * x / 2) / np.sqrt(2 * np.pi), -10, 10, limit=400)[0]

    variance = brentq(lambda d: d - gain**2 * mean(lambda x: np.tanh(np.sqrt(d) * x) ** 2), 1e-3, gain**2)
    return 0.5 * np.log(gain**2 * mean(lambda x: np.cosh(np.sqrt(variance) * x) ** -4))


def test_a_large_random_tanh_map_follows_mean_field_theory():
    assert mean_field_exponent(1.5) == pytest.approx(0.06522, abs=1e-5)
    found = []
    for seed in range(3):
        random = np.random.default_rng(seed)
        coupling = 3.0 * random.standard_normal((200, 200)) / np.sqrt(200)
        free = read_cell("h' = tanh(U h)", name="free")
        run = simulate(free, {"U": coupling}, state=random.standard_normal(200), inputs=np.zeros((600, 0)))
        found.append(lyapunov_spectrum(run, k=1).exponents[0])
    # 0.3102 in theory; at N = 200 single networks scatter by 0.013 and lie 0.015 below.
    assert np.mean(found) == pytest.approx(mean_field_exponent(3.0), abs=0.03)
    assert np.mean(found) < np.log(3.0) - 0.5  # what the spectral radius alone would say


def test_a_broken_weight_or_an_unstable_cell_is_refused_with_its_place():
    weights = random_weights(cell("gru"), hidden=4, input=3, init="torch", seed=0)
    weights["U_z"][1, 2] = np.nan
    with pytest.raises(DataError, match="U_z"):
        simulate(cell("gru"), weights, steps=5)
    linear = read_cell("h' = U h + W x", name="linear")
    growing = {"U": 1e40 * np.eye(2), "W": np.ones((2, 1))}
    with pytest.raises(DataError, match="at step 8 of 20"):
        simulate(linear, growing, state=np.ones(2), inputs=np.zeros((20, 1)))


def test_kernels_answer_to_the_protocol():
    compiled = kernel(cell("gru"))
    weights = random_weights(cell("gru"), hidden=4, input=3, init="torch", seed=0)
    assert (compiled.state_size(weights), compiled.input_size(weights)) == (4, 3)
