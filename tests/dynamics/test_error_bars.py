"""Error bars cover the truth as often as they say, also for correlated terms."""

from __future__ import annotations

import numpy as np
import pytest

from grusym.dynamics.error_bars import CELLS, TimeAverages, pooled


def correlated(steps, columns, memory, seed=0):
    """Return AR(1) series of mean 0 and variance 1, one a column."""
    random = np.random.default_rng(seed)
    noise = random.standard_normal((steps, columns)) * np.sqrt(1 - memory**2)
    series = np.empty_like(noise)
    series[0] = random.standard_normal(columns)
    for t in range(1, steps):
        series[t] = memory * series[t - 1] + noise[t]
    return series


def averaged(series, durations=None):
    averages = TimeAverages(series.shape[1])
    times = np.ones(len(series)) if durations is None else durations
    for low in range(0, len(series), 100):
        averages.add(series[low : low + 100], times[low : low + 100])
    return averages


@pytest.mark.parametrize("memory", [0.0, 0.9])
def test_two_standard_errors_cover_the_mean_of_correlated_terms(memory):
    bars = averaged(correlated(6000, 400, memory)).error_bars()
    covered = (np.abs(bars.means) < 2 * bars.standard_errors).mean()
    assert 0.92 < covered <= 0.98  # 0.954 if exact; 400 series have a sampling error of 0.01
    assert bars.stable.mean() > 0.95


def test_errors_that_ignore_the_correlation_cover_far_too_little():
    series = correlated(6000, 400, 0.9)
    naive = series.std(axis=0) / np.sqrt(len(series))
    assert (np.abs(series.mean(axis=0)) < 2 * naive).mean() < 0.5


def test_a_run_that_is_short_against_its_memory_is_not_called_stable():
    bars = averaged(correlated(400, 50, 0.995)).error_bars()
    assert bars.stable.mean() < 0.2


def test_memory_is_bounded_and_sums_are_kept():
    series = np.random.default_rng(1).standard_normal((30_000, 2))
    averages = averaged(series)
    sums, times = averages.cells()
    assert len(times) < 4 * CELLS + 100 and times.sum() == 30_000
    assert sums.sum(axis=0) == pytest.approx(series.sum(axis=0))


def test_unequal_durations_are_weighed():
    times = np.random.default_rng(2).integers(1, 9, 4000).astype(float)
    # A rate of exactly 0.25 per unit of time has no error, whatever the durations.
    bars = averaged(0.25 * times[:, None], times).error_bars()
    assert bars.means[0] == pytest.approx(0.25) and bars.standard_errors[0] < 1e-15
    assert bars.stable.all()


def test_minus_infinity_is_exact_and_one_term_has_no_error():
    sums = np.zeros((200, 2))
    sums[150, 1] = -np.inf
    bars = averaged(sums).error_bars()
    assert bars.means[1] == -np.inf and bars.standard_errors[1] == 0 and bars.stable[1]
    alone = averaged(np.ones((1, 2))).error_bars()
    assert np.isnan(alone.standard_errors).all() and not alone.stable.any()


def test_runs_of_one_system_agree_and_runs_of_two_do_not():
    runs = [averaged(correlated(3000, 1, 0.5, seed)).error_bars() for seed in range(4)]
    joined, chance = pooled(runs)
    assert chance > 1e-3 and joined.standard_errors[0] < runs[0].standard_errors[0]
    _, chance = pooled([*runs[:3], averaged(correlated(3000, 1, 0.5, 9) + 1).error_bars()])
    assert chance < 1e-6
