"""Singular values of long products keep their digits; those of the plain product do not."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from grusym.dynamics.chain import Chain
from grusym.dynamics.graded import GradedProduct
from tests.dynamics.systems import gaussian


def graded(sequence, tolerance=1e-10):
    chain = Chain(
        lambda t, count: sequence[t : t + count],
        np.eye(sequence.shape[-1]),
        tolerance=tolerance,
        graded=True,
    )
    product = GradedProduct(sequence.shape[-1])
    while chain.position < len(sequence):
        product.absorb(chain.advance(len(sequence)).factors)
    return product


def exact_logs(sequence, digits):
    with mpmath.workdps(digits):
        product = mpmath.eye(sequence.shape[-1])
        for matrix in sequence:
            product = mpmath.matrix(matrix.tolist()) * product
        values = mpmath.svd_r(product, compute_uv=False)
        return np.array([float(mpmath.log(v)) for v in values])


STEEP = np.diag([10.0, 1.0, 0.1, 1e-3])


@pytest.mark.parametrize(
    ("sequence", "digits"),
    [
        (gaussian(100, 5), 200),
        (gaussian(80, 4) @ STEEP, 700),
        (np.stack([np.diag(d) for d in np.exp(np.random.default_rng(1).standard_normal((100, 4)))]), 100),
        # One direction leads for 200 steps, then the other.
        (np.repeat([np.diag([1.1, 0.8]), np.diag([0.8, 1.1])], [200, 150], axis=0), 100),
    ],
    ids=["gaussian", "steep", "diagonal", "crossing"],
)
def test_every_singular_value_is_right(sequence, digits):
    exact = exact_logs(sequence, digits)
    product = graded(sequence)
    found = product.log_singular_values()
    # 1e-10 nats per step is the tolerance asked for; 5e-12 seen.
    assert np.abs(found - exact).max() < 1e-10 * len(sequence)
    assert product.log_determinant == pytest.approx(exact.sum(), abs=1e-10 * len(sequence))
    frobenius = exact[0] + 0.5 * np.log(np.exp(2 * (exact - exact[0])).sum())
    assert product.log_frobenius == pytest.approx(frobenius, abs=1e-10 * len(sequence))


def test_the_plain_product_is_wrong_where_the_graded_one_is_right():
    sequence = gaussian(60, 5)
    exact = exact_logs(sequence, 200)
    plain = np.eye(5)
    for matrix in sequence:
        plain = matrix @ plain
    saturated = np.log(np.linalg.svd(plain, compute_uv=False))
    assert abs(saturated[0] - exact[0]) < 1e-12
    assert abs(saturated[-1] - exact[-1]) > 1
    assert np.abs(graded(sequence).log_singular_values() - exact).max() < 1e-8


def test_a_spread_beyond_the_range_of_floats_is_taken_in_windows():
    sequence = gaussian(300, 4, seed=2) @ STEEP
    exact = exact_logs(sequence, 1500)
    assert exact[0] - exact[-1] > 2000  # e^1400 is the range of float64
    assert np.abs(graded(sequence).log_singular_values() - exact).max() < 3e-8


def test_neighbouring_values_without_a_gap_are_right_across_windows():
    # 90 diagonal values 20 nats apart: every window border cuts through close company.
    levels = -20.0 * np.arange(90.0)
    product = GradedProduct(90)
    product.levels = levels
    assert np.abs(product.log_singular_values() - levels).max() < 1e-10


def test_only_the_leading_values_are_computed_when_only_those_matter():
    product = graded(gaussian(200, 6))
    every, leading = product.log_singular_values(), product.log_singular_values(down_to=0.0)
    assert len(leading) < len(every) == 6
    assert leading[0] == pytest.approx(every[0], abs=1e-12)


def test_directions_that_are_lost_are_minus_infinity():
    lossy = gaussian(30, 4)
    lossy[7] = lossy[7][:, :1] @ np.ones((1, 4))  # rank one, once
    product = graded(lossy)
    found = product.log_singular_values()
    assert np.isfinite(found[0]) and np.isneginf(found[1:]).all()
    assert product.log_determinant == -np.inf
    exact = exact_logs(lossy, 60)
    assert found[0] == pytest.approx(exact[0], abs=1e-9)


def test_a_product_that_is_zero_has_no_singular_values_left():
    product = graded(np.tile(np.diag([1.0, 1.0], 1), (5, 1, 1)))
    assert np.isneginf(product.log_singular_values()).all()
    assert product.log_frobenius == -np.inf and product.rank == 0
