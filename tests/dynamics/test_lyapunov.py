"""Spectra are exact where they can be known, and say so where they are not to be trusted."""

from __future__ import annotations

import numpy as np
import pytest

from grusym.dynamics.gradient_flow import gradient_flow
from grusym.dynamics.lyapunov import lyapunov_spectrum, structural_deficiency
from grusym.dynamics.spectrum import kaplan_yorke
from grusym.dynamics.trajectory import simulate
from grusym.errors import DataError
from tests.dynamics.systems import (
    BISTABLE,
    HENON,
    LOGISTIC_PAIR,
    along,
    gaussian,
    gaussian_exponents,
    repeated,
)

HENON_RUN = simulate(HENON, {}, state=[0.1, 0.1], steps=20_000)


def z_scores(spectrum, exact):
    return (spectrum.exponents - exact) / spectrum.standard_errors


def test_a_diagonal_map_has_the_logarithms_of_its_factors():
    spectrum = lyapunov_spectrum(repeated(np.diag([0.8, 1.1]), 2000))
    assert spectrum.exponents == pytest.approx(np.log([1.1, 0.8]), abs=1e-12)
    assert spectrum.converged and (spectrum.standard_errors < 1e-13).all()
    assert spectrum.remarks() == []
    other = lyapunov_spectrum(repeated(np.diag([0.8, 1.2]), 2000))
    assert abs(other.exponents[0] - np.log(1.1)) > 0.08


def test_the_leading_exponents_are_found_without_the_others():
    run = repeated(np.diag([0.5, 0.8, 1.1]), 2000)
    assert lyapunov_spectrum(run, k=1).exponents == pytest.approx([np.log(1.1)], abs=1e-12)
    assert lyapunov_spectrum(run, k=2).exponents == pytest.approx(np.log([1.1, 0.8]), abs=1e-12)


def test_a_fixed_point_has_the_logarithms_of_its_eigenvalues():
    matrix = gaussian(1, 6, seed=5)[0]
    spectrum = lyapunov_spectrum(repeated(matrix, 40_000))
    exact = np.sort(np.log(np.abs(np.linalg.eigvals(matrix))))[::-1]
    # A pair of complex eigenvalues turns for ever: its mean is known to 1/T only.
    assert np.abs(spectrum.exponents - exact).max() < 2e-4
    assert spectrum.exponents.sum() == pytest.approx(np.linalg.slogdet(matrix)[1], abs=1e-10)


def test_henon_map():
    spectrum = lyapunov_spectrum(HENON_RUN)
    assert spectrum.exponents.sum() == pytest.approx(np.log(0.3), abs=1e-12)
    assert spectrum.exponents[0] == pytest.approx(0.4192, abs=4 * spectrum.standard_errors[0])
    assert spectrum.standard_errors[0] < 0.004 and spectrum.converged
    assert spectrum.kaplan_yorke == pytest.approx(1.2583, abs=0.005)
    assert spectrum.entropy_rate == spectrum.exponents[0] and spectrum.horizon == np.inf


def test_uncoupled_logistic_maps_double_their_errors():
    # Over finitely many steps the mean of ln|4 - 8s| has a variance that falls as 1/T^2, faster than errors
    # say.
    run = simulate(LOGISTIC_PAIR, {}, state=[0.1234, 0.77], steps=20_000)
    spectrum = lyapunov_spectrum(run)
    assert spectrum.exponents == pytest.approx([np.log(2)] * 2, abs=0.002)


@pytest.mark.parametrize(("width", "steps"), [(2, 20_000), (8, 10_000), (24, 4000)])
def test_gaussian_products_follow_newman(width, steps):
    run = along(gaussian(steps, width, seed=width))
    spectrum = lyapunov_spectrum(run)
    exact = gaussian_exponents(width)
    scores = z_scores(spectrum, exact)
    assert np.abs(scores).max() < 4 and 0.3 < np.sqrt((scores**2).mean()) < 1.7
    assert spectrum.converged
    assert np.abs(z_scores(spectrum, exact + 0.1)).min() > 4
    dets = np.linalg.slogdet(run.jacobians(spectrum.warmup))[1]
    assert spectrum.exponents.sum() == pytest.approx(dets.mean(), abs=1e-9)


def test_newman_at_two_is_the_printed_reference():
    assert gaussian_exponents(2) == pytest.approx([-0.288608, -0.981755], abs=1e-6)


def test_ninety_five_percent_intervals_cover_as_they_say():
    sequence = gaussian(60 * 1500, 2, seed=11)
    hits = []
    for low in range(0, len(sequence), 1500):
        spectrum = lyapunov_spectrum(along(sequence[low : low + 1500]))
        bounds = spectrum.confidence(0.95)
        hits.append((bounds[:, 0] < gaussian_exponents(2)) & (gaussian_exponents(2) < bounds[:, 1]))
    assert 0.88 <= np.mean(hits) <= 0.99  # 120 intervals: 0.95 with a sampling error of 0.02


def test_gates_of_independent_units_give_their_mean_logarithms_unit_by_unit():
    gates = 1 / (1 + np.exp(-np.random.default_rng(3).standard_normal((3000, 5)) - np.arange(5)))
    run = along(gates[:, :, None] * np.eye(5))
    spectrum = lyapunov_spectrum(run, warmup=1000)
    assert spectrum.exponents == pytest.approx(np.sort(np.log(gates[1000:]).mean(axis=0))[::-1], abs=1e-9)


WIDE = gaussian(1500, 12, seed=7) @ np.diag(np.geomspace(1, 0.1, 12))


def test_a_wide_spectrum_keeps_its_small_exponents():
    spectrum = lyapunov_spectrum(along(WIDE))
    exact = lyapunov_spectrum(along(WIDE), interval=1)
    assert np.abs(spectrum.exponents - exact.exponents).max() < 1e-10
    assert 1 < spectrum.interval < 6 and spectrum.resolved.all()
    dets = np.linalg.slogdet(WIDE[spectrum.warmup :])[1].mean()
    assert spectrum.exponents.sum() == pytest.approx(dets, abs=1e-9)


def test_an_interval_forced_too_long_is_told_with_what_it_ruined():
    forced, exact = lyapunov_spectrum(along(WIDE), interval=64), lyapunov_spectrum(along(WIDE))
    wrong = np.abs(forced.exponents - exact.exponents) > 1e-10
    assert np.abs(forced.exponents - exact.exponents).max() > 0.3 and not wrong[0]
    assert not forced.resolved[wrong].any() and not forced.converged
    assert "not resolved" in str(forced) and "use interval=None" in str(forced)
    short = lyapunov_spectrum(along(WIDE), interval=2)
    assert np.array_equal(short.resolved, [True] * 12) and short.remarks() == []


def test_directions_that_no_step_keeps_are_structural():
    left = gaussian(400, 6, seed=1)[:, :, :4]
    right = gaussian(400, 6, seed=2)[:, :4, :]
    spectrum = lyapunov_spectrum(along(left @ right))
    assert np.isneginf(spectrum.exponents[4:]).all() and np.isfinite(spectrum.exponents[:4]).all()
    assert spectrum.structural == 2 and "2 of 6 exponents are -inf exactly" in str(spectrum)
    # The nonzero part is that of the inner products, taken the other way round.
    inner = lyapunov_spectrum(along(right[1:] @ left[:-1]), warmup=39).exponents
    assert spectrum.exponents[:4] == pytest.approx(inner, abs=0.02)
    full = lyapunov_spectrum(along(gaussian(400, 6)))
    assert full.structural == 0 and np.isfinite(full.exponents).all()


def test_a_chain_of_delays_forgets_everything():
    delay = repeated(np.diag(np.ones(4), 1), 100)
    assert structural_deficiency(delay) == 5
    assert np.isneginf(lyapunov_spectrum(delay).exponents).all()
    assert lyapunov_spectrum(delay).kaplan_yorke == 0


def test_one_singular_step_is_not_structure():
    sequence = gaussian(400, 5)
    sequence[200] = sequence[200] @ np.diag([1, 1, 1, 1, 0])
    spectrum = lyapunov_spectrum(along(sequence))
    assert np.isneginf(spectrum.exponents).sum() == 1 and spectrum.structural == 0
    assert "1 more are -inf: some steps have Jacobians that are singular" in str(spectrum)


def test_units_that_die_by_turns_end_the_spectrum_but_not_the_analysis():
    random = np.random.default_rng(0)
    masks = random.random((600, 8)) < 0.7  # relu units, dead where False
    sequence = masks[:, :, None] * gaussian(600, 8)
    spectrum = lyapunov_spectrum(along(sequence))
    assert np.isneginf(spectrum.exponents).any()
    assert not np.isnan(spectrum.exponents).any()


def test_one_step_one_unit_and_zero_inputs():
    spectrum = lyapunov_spectrum(along([[[0.5]]]))
    assert spectrum.exponents == pytest.approx([np.log(0.5)])
    assert np.isnan(spectrum.standard_errors).all() and not spectrum.converged
    assert "error bars are not stable" in str(spectrum)
    still = repeated(0.5 * np.eye(3), 300)
    assert not still.inputs.any()
    assert lyapunov_spectrum(still).exponents == pytest.approx([np.log(0.5)] * 3, abs=1e-13)


def test_forward_and_backward_growth_agree_to_one_over_time():
    steps = 4000
    run = along(gaussian(steps, 6, seed=8))
    backward = gradient_flow(run, lags=[steps], singular_values=True).log_singular[0] / steps
    forward = lyapunov_spectrum(run, warmup=0).exponents
    assert np.abs(backward - forward).max() < 10 / steps


def test_runs_of_a_batch_are_averaged_and_compared():
    starts = np.random.default_rng(0).uniform(-0.1, 0.1, (6, 2))
    batch = lyapunov_spectrum(simulate(HENON, {}, state=starts, steps=4000))
    assert batch.members.shape == (6, 2)
    assert batch.exponents == pytest.approx(batch.members.mean(axis=0))
    assert batch.exponents[0] == pytest.approx(0.4192, abs=4 * batch.standard_errors[0])
    assert batch.converged and "mean of 6 runs" in str(batch)
    assert dict(batch.to_dataset().sizes) == {"index": 2, "run": 6}


def test_runs_that_end_in_different_places_are_said_to_disagree():
    apart = lyapunov_spectrum(simulate(BISTABLE, {}, state=[[1.0], [-1.0]], steps=600))
    assert not apart.converged and "the runs disagree" in str(apart)
    together = lyapunov_spectrum(simulate(BISTABLE, {}, state=[[1.0], [0.5]], steps=600))
    assert together.converged and together.exponents[0] < 0


def test_kaplan_yorke_dimension():
    assert kaplan_yorke(np.array([0.5, 0.0, -1.0]), 3) == 2.5
    assert kaplan_yorke(np.array([-0.1, -0.2]), 2) == 0
    assert kaplan_yorke(np.array([0.2, 0.1]), 2) == 2
    assert kaplan_yorke(np.array([0.2, -np.inf]), 2) == 1
    assert np.isnan(kaplan_yorke(np.array([0.2, 0.1]), 5))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"k": 0}, "k, the number of exponents, must be a whole number from 1 on; found 0"),
        ({"k": 1.5}, "found 1.5"),
        ({"k": 4}, "k=4"),
        ({"tolerance": 0.0}, "tolerance"),
        ({"tolerance": float("nan")}, "tolerance"),
        ({"interval": 0}, "interval, .* from 1 on; found 0"),
        ({"seed": -1}, "seed must be"),
        ({"warmup": -1}, "warmup must be"),
        ({"warmup": 50}, "leaves nothing"),
    ],
)
def test_settings_that_mean_nothing_are_refused(arguments, words):
    with pytest.raises(DataError, match=words):
        lyapunov_spectrum(along(gaussian(50, 3)), **arguments)


def test_a_jacobian_that_is_not_finite_is_refused_with_its_step():
    sequence = gaussian(50, 3)
    sequence[30, 0, 2] = np.inf
    with pytest.raises(DataError, match="step 30 of the chain"):
        lyapunov_spectrum(along(sequence))


def test_progress_is_told_over_all_runs():
    told = []
    run = simulate(HENON, {}, state=np.zeros((2, 2)), steps=500)
    lyapunov_spectrum(run, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (1000, 1000) and told == sorted(told)


def test_a_spectrum_shows_itself():
    spectrum = lyapunov_spectrum(repeated(np.diag(np.linspace(0.3, 0.9, 12)), 5000))
    assert "12 of 12 exponents" in str(spectrum) and "horizon 9.491 steps" in str(spectrum)
    assert "<table>" in spectrum._repr_html_() and spectrum._repr_html_().count("<tr>") == 11
