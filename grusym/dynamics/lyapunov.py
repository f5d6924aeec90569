"""Long-run growth rates of small perturbations, all or the leading ones, with error bars."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from grusym.dynamics.chain import LONGEST, Chain, Fetch, Stretch
from grusym.dynamics.error_bars import ErrorBars, TimeAverages, pooled
from grusym.dynamics.gradient_flow import Progress, check_tolerance, check_trajectory
from grusym.dynamics.orthonormal import generic_rows
from grusym.dynamics.spectrum import DISAGREE, LyapunovSpectrum
from grusym.dynamics.step_kernel import Array
from grusym.dynamics.threads import one_blas_thread
from grusym.dynamics.trajectory import Trajectory
from grusym.errors import DataError, whole

FINEST = 256  # QR intervals that a run is cut into at least, so that there is something to take errors from


def lyapunov_spectrum(
    trajectory: Trajectory,
    k: int | None = None,
    tolerance: float = 1e-10,
    *,
    interval: int | None = None,
    warmup: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> LyapunovSpectrum:
    """Return the k largest Lyapunov exponents along a trajectory, in nats per step (all N by default).

    Method: discrete QR from a random frame, mean ln|R_ii| after a warm-up in which the frame turns into place
    (a tenth of the steps by default). The QR interval adapts to `tolerance`, the rounding error allowed in
    nats per step; a fixed `interval` is obeyed, and exponents it cannot resolve are told in `resolved`,
    `converged` and the printed remarks. Standard errors by batch means; over a batch of runs, the larger of
    those and the spread. 2N^2 k operations a step and a QR at each interval.
    Raises: DataError for k outside 1..N, or a Jacobian that is not finite, naming the step.
    Source: Benettin et al. 1980; Geist, Parlitz & Lauterborn 1990, Prog. Theor. Phys. 83, 875.
    """
    check_trajectory(trajectory)
    check_tolerance(tolerance)
    seed = whole("seed", seed)
    count, first = _checked(trajectory, k, interval, warmup)
    members = trajectory.members()
    runs = []
    with one_blas_thread():
        for i, member in enumerate(members):
            tell = _nobody if progress is None else _teller(progress, i, trajectory.steps, len(members))
            frame = generic_rows(count, trajectory.size, seed)
            runs.append(_run(member, frame, tolerance, interval, first, tell))
        lost = any(run.ended for run in runs)
        structural = structural_deficiency(members[0], seed) if lost else 0
    return _joined(runs, trajectory, tolerance, first, structural)


@dataclass(frozen=True)
class _Run:
    """One run's averages with error bars and rounding, largest first, and its bookkeeping."""

    bars: ErrorBars
    roundoff: Array
    intervals: int
    ended: bool


def _checked(
    trajectory: Trajectory, k: int | None, interval: int | None, warmup: int | None
) -> tuple[int, int]:
    count = trajectory.size if k is None else whole("k, the number of exponents,", k, 1)
    if count > trajectory.size:
        raise DataError(
            f"a state of width {trajectory.size} has that many exponents; asked for k={k}; ask for fewer."
        )
    if interval is not None:
        whole("interval, the steps between two QR factorisations,", interval, 1)
    first = trajectory.steps // 10 if warmup is None else whole("warmup", warmup)
    if first >= trajectory.steps:
        raise DataError(
            f"warmup={warmup} of a trajectory of {trajectory.steps} steps leaves nothing to average; "
            f"give less than {trajectory.steps}."
        )
    return count, first


def _nobody(done: int) -> None:
    """Tell no one of progress."""


def _teller(progress: Progress, member: int, steps: int, members: int) -> Callable[[int], None]:
    return lambda done: progress(member * steps + done, members * steps)


def _fetch(run: Trajectory) -> Fetch:
    return lambda t, count: run.jacobians(t, t + count)


def _run(
    run: Trajectory,
    frame: Array,
    tolerance: float,
    interval: int | None,
    first: int,
    tell: Callable[[int], None],
) -> _Run:
    """Average ln|R_ii| over one run after its first steps."""
    width, steps = len(frame), run.steps
    longest = max(1, min(LONGEST, (steps - first) // FINEST))
    chain = Chain(_fetch(run), frame, tolerance=tolerance, interval=interval, longest=longest)
    averages, noise, intervals = TimeAverages(width), np.zeros(width), 0
    ended = np.zeros(width, dtype=bool)
    for stop in (first, steps):
        while chain.position < stop:
            stretch = chain.advance(stop)
            ended[stretch.alive] |= np.isneginf(stretch.logs[-1])
            if stop == steps:
                averages.add(_widened(stretch, width), stretch.lengths.astype(float))
                noise[stretch.alive] += np.minimum(stretch.noise, 1e3).sum(axis=0)
                intervals += len(stretch.lengths)
            tell(chain.position)
    noise[ended] = 0.0
    bars = averages.error_bars().ended(ended)
    order = np.argsort(-bars.means, kind="stable")
    return _Run(bars.ordered(order), noise[order] / (steps - first), intervals, bool(ended.any()))


def _widened(stretch: Stretch, width: int) -> Array:
    """Return logs with a column for every row of the frame; those that ended are -inf."""
    logs = np.full((len(stretch.lengths), width), -np.inf)
    logs[:, stretch.alive] = stretch.logs
    return logs


def _joined(
    runs: list[_Run], trajectory: Trajectory, tolerance: float, first: int, structural: int
) -> LyapunovSpectrum:
    """Join the runs of a batch: they sample one system, so their mean is its spectrum."""
    bars, agreement = pooled([run.bars for run in runs])
    roundoff = np.max([run.roundoff for run in runs], axis=0)
    # Rounding beyond the tolerance does no harm where the error bars are far wider.
    harmless = np.fmax(tolerance, bars.standard_errors / 100)
    good = bool(bars.stable.all() and (roundoff <= harmless).all() and agreement >= DISAGREE)
    steps = trajectory.steps - first
    interval = steps * len(runs) / max(1, sum(run.intervals for run in runs))
    return LyapunovSpectrum(
        exponents=bars.means,
        standard_errors=bars.standard_errors,
        converged=good,
        roundoff=roundoff,
        stable=bars.stable,
        members=np.stack([run.bars.means for run in runs]),
        batches=bars.batches,
        interval=interval,
        steps=steps,
        warmup=first,
        size=trajectory.size,
        structural=structural,
        tolerance=tolerance,
        agreement=agreement,
    )


def structural_deficiency(run: Trajectory, seed: int = 0) -> int:
    """Return how many directions every product of Jacobians of this system loses, whatever the state.

    Method: a full frame is carried from three places of the run, step by step, until no more of it ends; the
    least loss counts, as a single singular step is not structure.
    """
    losses = []
    for start in sorted({0, run.steps // 3, 2 * run.steps // 3}):
        chain = Chain(
            _fetch(run.section(start, run.steps)),
            generic_rows(run.size, run.size, seed),
            tolerance=1e-10,
            interval=1,
        )
        left = -1
        # A chain of delays loses one direction a step; once a step loses nothing, structure loses no more.
        while left != len(chain.alive) and chain.position < run.steps - start:
            left = len(chain.alive)
            chain.advance(chain.position + 1)
        losses.append(run.size - len(chain.alive))
    return min(losses)
