"""Gradient norms are exact where they can be known, at any distance in time."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from grusym.dynamics.adjoint_flow import adjoint_flow
from grusym.dynamics.gradient_flow import default_lags, gradient_flow
from grusym.dynamics.lyapunov import lyapunov_spectrum
from grusym.errors import DataError
from tests.dynamics.systems import Matrices, along, gaussian, repeated, simulate
from tests.dynamics.test_trajectory import _threads


def products(sequence):
    """Return ds_T/ds_{T-k} for k = 1..T, multiplied out."""
    product, found = np.eye(sequence.shape[-1]), []
    for matrix in sequence[::-1]:
        product = product @ matrix
        found.append(product)
    return np.array(found)


def test_norms_are_those_of_the_multiplied_matrices():
    sequence = gaussian(12, 4)
    flow = gradient_flow(along(sequence), singular_values=True)
    values = np.linalg.svd(products(sequence), compute_uv=False)
    assert np.array_equal(flow.lags, np.arange(1, 13))
    assert flow.log_singular == pytest.approx(np.log(values), abs=1e-8)
    assert flow.log_norms == pytest.approx(np.log(values[:, 0]), abs=1e-12)
    assert flow.log_frobenius == pytest.approx(0.5 * np.log((values**2).sum(axis=1)), abs=1e-12)
    assert flow.log_geometric_mean == pytest.approx(np.log(values).mean(axis=1), abs=1e-9)
    assert flow.stable_rank == pytest.approx((values**2).sum(axis=1) / values[:, 0] ** 2, abs=1e-9)
    assert np.array_equal(flow.live, (values > 0.1).sum(axis=1))


def test_products_are_taken_in_the_order_of_time():
    up, down = np.array([[0.0, 2.0], [0.0, 0.0]]), np.diag([3.0, 1.0])
    assert gradient_flow(along([up, down])).log_norms[1] == pytest.approx(np.log(6))
    assert gradient_flow(along([down, up])).log_norms[1] == pytest.approx(np.log(2))


def test_a_hundred_thousand_steps_neither_underflow_nor_keep_jacobians():
    steps, width = 100_000, 6
    run = along(np.broadcast_to(np.diag(np.linspace(0.5, 0.4, width)), (steps, width, width)))
    tracemalloc.start()
    flow, adjoint = gradient_flow(run), adjoint_flow(run, np.eye(width)[0])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert flow.lags[-1] == steps
    assert flow.log_norms[-1] == pytest.approx(steps * np.log(0.5), rel=1e-12)
    assert flow.log_geometric_mean[-1] == pytest.approx(
        steps * np.log(np.linspace(0.5, 0.4, width)).mean(), rel=1e-12
    )
    assert adjoint.log_norms[0, 0] == pytest.approx(steps * np.log(0.5), rel=1e-12)
    assert 0.5**steps == 0.0  # what the plain product would have said
    assert peak < 12e6 < 8 * steps * width**2  # all Jacobians: 29 MB


@pytest.mark.parametrize("factor", [1e-30, 1e30])
def test_steps_of_any_size_stay_in_range(factor):
    run = repeated(np.array([[factor]]), 200) if factor < 1 else along(np.full((200, 1, 1), factor))
    expected = np.log(factor) * np.arange(1, 201)
    flow = gradient_flow(run, lags=range(1, 201))
    assert flow.log_norms == pytest.approx(expected, rel=1e-12)
    assert adjoint_flow(run, [1.0]).log_norms[::-1, 0][1:] == pytest.approx(expected, rel=1e-12)


def test_one_step_one_unit_and_zero_inputs():
    flow = gradient_flow(along([[[0.25]]]))
    assert np.array_equal(flow.lags, [1]) and flow.log_norms == pytest.approx([np.log(0.25)])
    assert flow.rate == pytest.approx(np.log(0.25))
    still = repeated(np.eye(3), 30)
    assert not still.inputs.any()
    assert np.abs(gradient_flow(still).log_norms).max() < 1e-14
    assert gradient_flow(still).horizon == np.inf


def test_rate_and_horizon_of_constant_decay():
    flow = gradient_flow(repeated(np.diag([0.9, 0.5]), 500))
    assert flow.rate == pytest.approx(np.log(0.9), abs=1e-12)
    assert flow.horizon == pytest.approx(-1 / np.log(0.9), rel=1e-10)
    assert flow.mean_square_rate == pytest.approx(np.log(0.9), abs=1e-9)


def test_mean_square_is_that_of_the_growth_of_one_direction():
    # A turn by any angle keeps every direction's length; its Frobenius norm is √2 all the same.
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    one = gradient_flow(repeated(0.5 * turn, 1))
    assert one.log_mean_square == pytest.approx([np.log(0.5)])
    assert (one.mean_square_rate, one.rate) == pytest.approx((np.log(0.5), np.log(0.5)))
    flow = gradient_flow(along(gaussian(50, 6)))
    assert (flow.log_mean_square < flow.log_norms).all()
    matrix = gaussian(1, 6)[0]
    directions = np.random.default_rng(0).standard_normal((100_000, 6))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    gain = 0.5 * np.log(np.mean(np.sum((directions @ matrix.T) ** 2, axis=1)))
    assert gradient_flow(along([matrix])).log_mean_square[0] == pytest.approx(gain, abs=0.01)  # 10^5 draws


def test_typical_and_mean_square_rates_differ_when_runs_do():
    rates = np.log([0.5, 0.9])
    steps = 200
    sequence = np.exp(rates)[None, :, None, None] * np.ones((steps, 1, 1, 1))
    twin = Matrices(np.empty((1, 1, 1)))
    twin.jacobians = lambda weights, states, inputs: (
        sequence[inputs[:, 0, 0].astype(int)]
        if (inputs.ndim == 3)
        else np.exp(rates[int(states[0, 0])]) * np.ones((len(inputs), 1, 1))
    )
    twin.forward = lambda weights, inputs, state: np.tile(state, (len(inputs) + 1, 1, 1))
    run = simulate(twin, {}, inputs=np.arange(steps)[:, None], state=np.array([[0.0], [1.0]]))
    flow = gradient_flow(run)
    assert flow.log_norms.shape == (len(flow.lags), 2)
    assert flow.rate == pytest.approx(rates, abs=1e-12)
    assert flow.typical_rate == pytest.approx(rates.mean(), abs=1e-12)
    assert flow.mean_square_rate == pytest.approx(rates[1], abs=1e-12)
    assert flow.horizon == pytest.approx(-1 / rates, rel=1e-9)
    middle = flow.quantiles([0.5])[0]
    assert middle == pytest.approx(flow.log_norms.mean(axis=1))
    assert "2 runs" in str(flow) and dict(flow.to_dataset().sizes) == {"lag": len(flow.lags), "run": 2}
    adjoint = adjoint_flow(run, [[1.0], [2.0]])
    assert adjoint.log_norms.shape == (steps + 1, 2, 2)
    assert adjoint.log_norms[0] == pytest.approx(steps * rates[:, None] + np.log([1.0, 2.0]))


def test_adjoint_vectors_shrink_as_the_multiplied_matrices_say():
    sequence = gaussian(300, 5, seed=3)
    run = along(sequence)
    adjoint = adjoint_flow(run, np.eye(5))
    flow = gradient_flow(run, lags=range(1, 301))
    # The squares of the rows of a matrix add up to its Frobenius norm.
    rows = 0.5 * np.logaddexp.reduce(2 * adjoint.log_norms, axis=1)
    assert rows[::-1][1:] == pytest.approx(flow.log_frobenius, abs=1e-9)
    assert rows[-1] == pytest.approx(0.5 * np.log(5))
    assert adjoint.lags[0] == 300 and adjoint.to_dataset().sizes["cotangent"] == 5
    # A cotangent that is turned round gives other norms.
    assert np.abs(adjoint_flow(run, np.eye(5)[::-1]).log_norms - adjoint.log_norms)[0].max() > 1e-3


def test_a_cotangent_is_drawn_from_the_seed_at_unit_length():
    run = along(gaussian(10, 3))
    first, again, other = (adjoint_flow(run, seed=s).log_norms for s in (1, 1, 2))
    assert abs(first[-1, 0]) < 1e-15
    assert np.array_equal(first, again) and not np.array_equal(first, other)


def test_a_gradient_that_vanishes_exactly_is_minus_infinity():
    delay = repeated(np.diag([1.0, 1.0], 1), 6)
    flow = gradient_flow(delay)
    assert np.array_equal(np.isneginf(flow.log_norms), [False, False, True, True, True, True])
    assert np.isneginf(flow.log_geometric_mean).all() and flow.live.tolist() == [2, 1, 0, 0, 0, 0]
    assert flow.rate == -np.inf and flow.horizon == 0
    adjoint = adjoint_flow(delay, [1.0, 0.0, 0.0]).log_norms[:, 0]
    assert np.array_equal(adjoint[::-1][:4], [0, 0, 0, -np.inf])


def test_the_default_grid_has_every_small_lag_and_the_last():
    grid = default_lags(5000)
    assert np.array_equal(grid[:64], np.arange(1, 65)) and grid[-1] == 5000 and len(grid) < 150
    assert (np.diff(grid) > 0).all() and (grid[65:] / grid[64:-1]).max() < 1.08
    assert np.array_equal(default_lags(10), np.arange(1, 11))
    sequence = gaussian(400, 3)
    every = gradient_flow(along(sequence), lags=range(1, 401))
    some = gradient_flow(along(sequence))
    assert some.log_norms == pytest.approx(every.log_norms[some.lags - 1], abs=1e-9)


@pytest.mark.parametrize("lags", [[], [0, 1], [3, 11]])
def test_lags_outside_the_run_are_refused(lags):
    with pytest.raises(DataError, match=r"lie in 1\.\.10"):
        gradient_flow(repeated(np.eye(2), 10), lags=lags)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"lags": [1.5]}, "every lag must be a whole number from 0 on; found 1.5"),
        ({"lags": ["a"]}, "found 'a'"),
        ({"lags": 5}, r"found 5; give \[5\]"),
        ({"threshold": 0}, "threshold .* found 0"),
        ({"tolerance": "small"}, "tolerance .* found 'small'"),
    ],
)
def test_settings_that_mean_nothing_are_refused(options, words):
    with pytest.raises(DataError, match=words):
        gradient_flow(repeated(np.eye(2), 10), **options)
    assert gradient_flow(repeated(np.eye(2), 10), lags=[2.0, np.int32(1)]).lags.tolist() == [1, 2]


def test_only_a_trajectory_has_a_gradient_flow():
    for followed in (gradient_flow, lyapunov_spectrum, adjoint_flow):
        with pytest.raises(DataError, match="found str; give the one that simulate returns"):
            followed("gru")


def test_a_jacobian_that_is_not_finite_is_refused_with_its_step():
    sequence = gaussian(20, 3)
    sequence[4, 1, 1] = np.nan
    with pytest.raises(DataError, match="step 15 of the chain"):
        gradient_flow(along(sequence))
    with pytest.raises(DataError, match="through step 4 is not finite"):
        adjoint_flow(along(sequence))
    with pytest.raises(DataError, match=r"cotangents .* found \(4,\)"):
        adjoint_flow(along(sequence), np.ones(4))
    assert gradient_flow(along(sequence).section(5, 20)).lags[-1] == 15


def test_a_long_analysis_tells_its_progress_and_can_be_interrupted():
    told = []
    gradient_flow(along(gaussian(300, 3)), progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (300, 300) and told == sorted(told)

    def stop(done, total):
        raise KeyboardInterrupt

    before = _threads()
    with pytest.raises(KeyboardInterrupt):
        gradient_flow(along(gaussian(300, 3)), progress=stop)
    assert _threads() == before


def test_results_show_themselves():
    flow = gradient_flow(repeated(np.diag([0.9, 0.5]), 100))
    assert "horizon 9.491 steps" in str(flow)
    assert "<table>" in flow._repr_html_()
    assert "grows" not in str(flow) and "does not fade" in str(gradient_flow(repeated(np.eye(2), 10)))
    assert "nats per step" in str(adjoint_flow(repeated(np.eye(2), 10)))
