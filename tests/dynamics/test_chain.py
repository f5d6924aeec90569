"""The QR interval adapts to the tolerance; what it cannot carry is dropped or refused, never passed on."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from grusym.dynamics.chain import LONGEST, Chain, _products
from grusym.dynamics.orthonormal import generic_rows, independent_rows, orthonormal_rows
from grusym.errors import DataError
from tests.dynamics.systems import gaussian

STEEP = np.diag(np.geomspace(1, 1e-3, 8))


def total_logs(sequence, **options):
    options = {"tolerance": 1e-10, **options}
    width = sequence.shape[-1]
    chain = Chain(lambda t, c: sequence[t : t + c], generic_rows(width, width, 0), **options)
    logs, noise, lengths = np.zeros(width), np.zeros(width), []
    while chain.position < len(sequence):
        stretch = chain.advance(len(sequence))
        logs += stretch.logs.sum(axis=0)
        noise += stretch.noise.sum(axis=0)
        lengths += stretch.lengths.tolist()
    assert sum(lengths) == len(sequence)
    return logs / len(sequence), noise / len(sequence), lengths, chain


def test_a_shorter_tolerance_means_a_shorter_interval_and_both_are_met():
    sequence = gaussian(600, 8) @ STEEP
    exact = total_logs(sequence, interval=1)[0]
    means = []
    for tolerance in (1e-4, 1e-8, 1e-11):
        logs, noise, lengths, _ = total_logs(sequence, tolerance=tolerance)
        assert np.abs(logs - exact).max() < tolerance
        assert noise.max() <= tolerance
        means.append(np.mean(lengths))
    assert means[0] > 1.3 * means[1] > 1.3 * means[2]


def test_a_forced_interval_that_is_too_long_is_wrong_and_its_noise_says_so():
    sequence = gaussian(600, 8) @ STEEP
    exact = total_logs(sequence, interval=1)[0]
    logs, noise, lengths, _ = total_logs(sequence, interval=LONGEST)
    assert set(lengths) == {64, 600 % 64}
    assert abs(logs[0] - exact[0]) < 1e-8  # the leading one stays right, which is why it goes unseen
    assert np.abs(logs - exact).max() > 0.3
    assert noise.max() > 0.01


def test_a_block_that_turns_steep_is_done_again():
    sequence = gaussian(900, 8)
    sequence[600:] = sequence[600:] @ STEEP @ STEEP
    exact = total_logs(sequence, interval=1)[0]
    logs, _, lengths, chain = total_logs(sequence)
    assert chain.repeated > 0
    assert np.mean(lengths[-50:]) < np.mean(lengths[10:60])
    assert np.abs(logs - exact).max() < 1e-10


def test_easy_chains_use_the_longest_interval_and_steep_ones_every_step():
    easy = np.tile(np.eye(4) * 0.99, (2000, 1, 1))
    assert max(total_logs(easy)[2]) == LONGEST
    assert set(total_logs(gaussian(50, 8) @ np.diag(np.geomspace(1, 1e-9, 8)))[2]) == {1}


def test_a_scalar_that_shrinks_fast_does_not_underflow_between_factorisations():
    logs, *_ = total_logs(np.full((500, 1, 1), 1e-40))
    assert logs == pytest.approx([np.log(1e-40)], rel=1e-13)


def test_products_of_any_length_are_paired_in_order():
    sequence = gaussian(35, 3)
    for length in (1, 2, 3, 5, 7):
        count = 35 // length
        paired = _products(sequence[: count * length].reshape(count, length, 3, 3))
        for g in range(count):
            plain = np.eye(3)
            for matrix in sequence[g * length : (g + 1) * length]:
                plain = matrix @ plain
            assert np.abs(paired[g] - plain).max() < 1e-12


def test_rows_are_orthonormal_and_the_factor_rebuilds_the_image():
    image = np.random.default_rng(0).standard_normal((4, 7))
    rows, upper = orthonormal_rows(image.copy(), keep=True)
    assert np.abs(rows @ rows.T - np.eye(4)).max() < 1e-14
    assert np.abs(upper.T @ rows - image).max() < 1e-14 and not np.tril(upper, -1).any()
    near = image.copy()
    near[3] = near[2] + 1e-9 * near[3]  # too close for the triangular solve
    rows, _ = orthonormal_rows(near)
    assert np.abs(rows @ rows.T - np.eye(4)).max() < 1e-14


def test_dependent_rows_are_left_out_and_their_parts_are_kept():
    rows = generic_rows(4, 6, 0)
    matrix = gaussian(1, 6)[0]
    matrix -= np.outer(matrix @ (rows[1] - 2 * rows[0]), rows[1])  # now the second image is twice the first
    found = independent_rows(rows, matrix)
    assert found.kept.tolist() == [0, 2, 3] and found.diagonal[1] == 0
    assert np.abs(found.upper.T @ found.rows - rows @ matrix.T).max() < 1e-14


def test_a_tiny_row_is_not_taken_for_a_dependent_one():
    # Saturated units: the first coordinates are tiny, and the matrix is far from singular all the same.
    tiny = np.array([1e-20, 1e-18, 1.0, 1.0])
    core = gaussian(1, 4, seed=4)[0]
    found = independent_rows(np.eye(4), tiny[:, None] * core)
    assert len(found.kept) == 4 and found.noise.max() < 1e-13
    with mpmath.workdps(60):
        exact = mpmath.qr(mpmath.diag(tiny.tolist()) * mpmath.matrix(core.tolist()))[1]
        exact = [float(mpmath.log(abs(exact[i, i]))) for i in range(4)]
    assert np.log(np.abs(found.diagonal)) == pytest.approx(exact, abs=1e-12)
    plain = np.linalg.qr(tiny[:, None] * core)[1].diagonal()
    assert np.abs(np.log(np.abs(plain)) - exact).max() > 1  # without care, rounding is all that is left
    logs, noise, _, _ = total_logs(np.tile(tiny[:, None] * core, (3, 1, 1)))
    assert np.isfinite(logs).all() and noise.max() < 1e-10
    assert logs.sum() == pytest.approx(np.linalg.slogdet(core)[1] + np.log(tiny).sum(), abs=1e-10)


def test_rows_that_end_leave_the_others_undisturbed():
    sequence = gaussian(40, 5)
    sequence[10] = sequence[10] @ np.diag([1, 1, 1, 1, 0])
    logs, _, _, chain = _guarded(sequence)
    assert np.isneginf(logs).sum() == 1 and len(chain.alive) == 4
    # The volume growth of the first four rows does not know of the fifth.
    four = Chain(lambda t, c: sequence[t : t + c], generic_rows(5, 5, 0)[:4], tolerance=1e-10, interval=1)
    expected = np.zeros(4)
    while four.position < 40:
        expected += four.advance(40).logs.sum(axis=0)
    assert logs[:4] * 40 == pytest.approx(expected, abs=1e-8)


def _guarded(sequence):
    width = sequence.shape[-1]
    chain = Chain(lambda t, c: sequence[t : t + c], generic_rows(width, width, 0), tolerance=1e-10)
    logs = np.zeros(width)
    while chain.position < len(sequence):
        stretch = chain.advance(len(sequence))
        full = np.full(width, -np.inf)
        full[stretch.alive] = stretch.logs.sum(axis=0)
        logs += full
    return logs / len(sequence), None, None, chain


def test_products_that_overflow_are_refused_at_a_forced_interval_and_carried_otherwise():
    huge = np.full((100, 1, 1), 1e20)
    with pytest.raises(DataError, match=r"within 64 step\(s\) of step 0 of the chain; use interval=None"):
        total_logs(huge, interval=64)
    assert total_logs(huge)[0] == pytest.approx([np.log(1e20)])
