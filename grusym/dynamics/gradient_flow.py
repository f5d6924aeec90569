"""How a gradient grows or fades with distance in time: norms of products of step Jacobians, as logarithms."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from numbers import Real

import numpy as np
from numpy.typing import NDArray

from grusym.dynamics.chain import Chain
from grusym.dynamics.flow import GradientFlow
from grusym.dynamics.graded import GradedProduct
from grusym.dynamics.step_kernel import Array
from grusym.dynamics.threads import one_blas_thread
from grusym.dynamics.trajectory import Trajectory
from grusym.errors import DataError, whole

Progress = Callable[[int, int], None]

EVERY_LAG = 64  # up to here the default grid takes every lag
PER_OCTAVE = 12  # beyond, so many for each doubling


def gradient_flow(
    trajectory: Trajectory,
    lags: Iterable[int] | None = None,
    *,
    singular_values: bool = False,
    threshold: float = 0.1,
    tolerance: float = 1e-10,
    progress: Progress | None = None,
) -> GradientFlow:
    """Return the size of ds_T/ds_{T-k} = J_{T-1} ... J_{T-k} over lags k, for a trajectory of T steps.

    The default grid takes every lag up to 64 and twelve for each doubling after that, T included;
    `lags=range(1, T+1)` takes all. Another end of the gradient than T: `trajectory.section(0, end)`.

    Method: the product is held as QR factors with its sizes as logarithms, so nothing underflows at any T and
    every singular value keeps its digits; Jacobians are formed in blocks of about 1 MB and forgotten.
    `tolerance` bounds the rounding in nats per step. 2N^3 operations a step, and one N^3 factorisation for
    each lag of the grid.
    Raises: DataError for lags outside 1..T or a Jacobian that is not finite, naming the step.
    Source: Pascanu, Mikolov & Bengio 2013, sec. 2; see `GradedProduct` for the numerics.
    """
    check_trajectory(trajectory)
    grid = default_lags(trajectory.steps) if lags is None else _checked_lags(lags, trajectory.steps)
    check_tolerance(tolerance)
    if not isinstance(threshold, Real) or not threshold > 0:
        raise DataError(
            f"threshold is the size of a live singular value; found {threshold!r}; give one above 0."
        )
    members = trajectory.members()
    total = int(grid[-1]) * len(members)
    with one_blas_thread():
        runs = [
            _flow_of_one(
                member, grid, singular_values, threshold, tolerance, _shifted(progress, i, grid[-1], total)
            )
            for i, member in enumerate(members)
        ]
    stacked = [np.stack(column, axis=1) for column in zip(*runs, strict=True)]
    if trajectory.batch is None:
        stacked = [column[:, 0] for column in stacked]
    norms, frobenius, mean, live, *rest = stacked
    return GradientFlow(
        grid,
        norms,
        frobenius,
        mean,
        live.astype(np.intp),
        trajectory.size,
        threshold,
        rest[0] if rest else None,
    )


def default_lags(steps: int) -> NDArray[np.intp]:
    """Return every lag up to 64, then twelve for each doubling, and `steps` itself."""
    if steps <= EVERY_LAG:
        return np.arange(1, steps + 1)
    count = math.ceil(PER_OCTAVE * math.log2(steps / EVERY_LAG)) + 1
    far = np.rint(np.geomspace(EVERY_LAG, steps, count)).astype(np.intp)
    return np.unique(np.concatenate([np.arange(1, EVERY_LAG + 1), far]))


def check_trajectory(trajectory: Trajectory) -> None:
    """Raise DataError unless it is a trajectory."""
    if not isinstance(trajectory, Trajectory):
        raise DataError(
            f"a trajectory is what gradients are followed along; found {type(trajectory).__name__}; "
            "give the one that simulate returns."
        )


def check_tolerance(tolerance: float) -> None:
    """Raise DataError unless the tolerance can be met and means something."""
    if not isinstance(tolerance, Real) or not 1e-14 <= tolerance <= 1e-2:
        raise DataError(
            f"tolerance is the rounding error allowed, in nats per step; found {tolerance!r}; "
            "give one between 1e-14 and 1e-2 (1e-10 is the default)."
        )


def _checked_lags(lags: Iterable[int], steps: int) -> NDArray[np.intp]:
    if not isinstance(lags, Iterable):
        raise DataError(f"lags is a sequence of whole numbers; found {lags!r}; give [{lags!r}].")
    grid = np.unique(np.fromiter((whole("every lag", lag) for lag in lags), dtype=np.intp))
    if not len(grid) or grid[0] < 1 or grid[-1] > steps:
        found = "none" if not len(grid) else f"{grid[0]} to {grid[-1]}"
        raise DataError(
            f"lags of a trajectory of {steps} steps lie in 1..{steps}; found {found}; simulate longer?"
        )
    return grid


def _shifted(progress: Progress | None, member: int, steps: int, total: int) -> Callable[[int], None]:
    if progress is None:
        return lambda done: None
    return lambda done: progress(member * int(steps) + done, total)


def _flow_of_one(
    run: Trajectory,
    grid: NDArray[np.intp],
    singular_values: bool,
    threshold: float,
    tolerance: float,
    tell: Callable[[int], None],
) -> tuple[Array, ...]:
    """Return log norms, Frobenius norms, geometric means, live counts (and singular values) of one run."""
    end = run.steps

    def backwards(done: int, count: int) -> Array:
        # Transposed and latest first: the chain then builds the transpose of ds_T/ds_{T-k}, of the same
        # sizes.
        block = run.jacobians(end - done - count, end - done)
        return block[::-1].swapaxes(1, 2)

    chain = Chain(backwards, np.eye(run.size), tolerance=tolerance, graded=True)
    product = GradedProduct(run.size)
    count = len(grid)
    norms, frobenius, means, live = (np.empty(count) for _ in range(4))
    singular = np.empty((count, run.size)) if singular_values else None
    floor = math.log(threshold)
    for row, lag in enumerate(grid):
        while chain.position < lag:
            product.absorb(chain.advance(int(lag)).factors)
            tell(chain.position)
        values = product.log_singular_values(-np.inf if singular_values else floor)
        norms[row] = values[0] if len(values) else -np.inf
        live[row] = np.count_nonzero(values > floor)
        frobenius[row] = product.log_frobenius
        means[row] = product.log_determinant / run.size
        if singular is not None:
            singular[row] = values
    found = (norms, frobenius, means, live)
    return found if singular is None else (*found, singular)
