"""How large the gradient of a loss is at every earlier state: vectors carried backwards in time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from grusym.dynamics.chain import BLOCK_BYTES
from grusym.dynamics.flow import AdjointFlow
from grusym.dynamics.gradient_flow import Progress, check_trajectory
from grusym.dynamics.step_kernel import Array
from grusym.dynamics.threads import one_blas_thread
from grusym.dynamics.trajectory import Trajectory, finite
from grusym.errors import DataError, whole

Pull = Callable[[int, Array, Array], None]  # (step t, vectors at t+1, place for the vectors at t)

WIDE = 256  # from about here on, one adjoint call costs less than forming the Jacobian, in every cell
RESCALE = 64  # steps between two rescalings of the carried vectors
SAFE_LOG = 300.0  # |ln| of a norm beyond which its square could leave float64


def adjoint_flow(
    trajectory: Trajectory,
    cotangents: Any = None,
    *,
    seed: int = 0,
    progress: Progress | None = None,
) -> AdjointFlow:
    """Return ln |dL/ds_t| for t = 0..T, given dL/ds_T (one random unit vector from `seed` if left out).

    Method: g_t = g_{t+1} J_t over Jacobians formed in blocks, rescaled every 64 steps (every step where a
    block shrinks or grows too fast for that), so that 10^6 steps neither underflow nor overflow; a zero
    gradient is -inf. Few vectors of a wide state (N >= 256) go through the kernel's adjoint instead, which
    forms no Jacobian: N^2 operations a step and vector.
    Shapes: cotangents (N,) or (K, N), the same for every run of a batch.
    """
    check_trajectory(trajectory)
    given = _checked(cotangents, trajectory.size, seed)
    runs = () if trajectory.batch is None else (trajectory.batch,)
    carried = np.broadcast_to(given, (*runs, *given.shape)).copy()
    steps = trajectory.steps
    log_norms = np.empty((steps + 1, *carried.shape[:-1]))
    carried, scales = _unit_size(carried)
    log_norms[steps] = scales + _log_norms(carried)
    with one_blas_thread():
        for start, stop, pull in _blocks(trajectory, given.shape[0]):
            for high in range(stop, start, -RESCALE):
                low = max(start, high - RESCALE)
                carried, scales, rows = _carried_back(pull, low, high, carried, scales)
                log_norms[low:high] = rows
            if progress is not None:
                progress(steps - start, steps)
    return AdjointFlow(log_norms)


def _blocks(run: Trajectory, count: int) -> Iterator[tuple[int, int, Pull]]:
    """Cut the run into blocks, the last first, each with what carries vectors back through one step."""
    adjoint = getattr(run.kernel, "adjoint", None)
    structural = adjoint is not None and run.size >= WIDE and count <= run.size // 8
    # At most some thousands of steps a block, so that the vectors kept for their norms stay small as well.
    most = RESCALE if structural else BLOCK_BYTES // (8 * run.size**2 * (run.batch or 1))
    block = max(1, min(4096, most))
    for stop in range(run.steps, 0, -block):
        start = max(0, stop - block)
        yield start, stop, _by_adjoint(run) if structural else _by_jacobians(run, start, stop)


def _by_jacobians(run: Trajectory, start: int, stop: int) -> Pull:
    jacobians = run.jacobians(start, stop)
    product = np.dot if run.batch is None else np.matmul

    def pull(t: int, vectors: Array, out: Array) -> None:
        product(vectors, jacobians[t - start], out=out)

    return pull


def _by_adjoint(run: Trajectory) -> Pull:
    kernel: Any = run.kernel

    def pull(t: int, vectors: Array, out: Array) -> None:
        # One more axis, so that the vectors of one run share its state.
        state, inputs = run.states[t][None, ..., None, :], run.inputs[t][None, ..., None, :]
        out[...] = kernel.adjoint(run.weights, state, inputs, vectors[None])["states"][0]

    return pull


def _checked(cotangents: Any, size: int, seed: int) -> Array:
    if cotangents is None:
        drawn = np.random.default_rng(whole("seed", seed)).standard_normal((1, size))
        return drawn / np.linalg.norm(drawn)
    given = finite("cotangents", cotangents).astype(np.float64, copy=False)
    if given.ndim not in (1, 2) or given.shape[-1] != size or not len(given):
        raise DataError(
            f"cotangents of a state of width {size} are shaped ({size},) or (K, {size}); found {given.shape}."
        )
    return np.atleast_2d(given)


def _unit_size(vectors: Array) -> tuple[Array, Array]:
    """Return vectors (..., N) with largest entry 1, and ln of what they were divided by; zero stays zero."""
    size = np.abs(vectors).max(axis=-1)
    size = np.where(size > 0, size, 1.0)
    return vectors / size[..., None], np.log(size)


def _log_norms(vectors: Array) -> Array:
    with np.errstate(divide="ignore"):
        return 0.5 * np.log(np.einsum("...i,...i->...", vectors, vectors))


def _carried_back(
    pull: Pull, low: int, high: int, carried: Array, scales: Array
) -> tuple[Array, Array, Array]:
    """Carry vectors (..., K, N) back from high to low; return them at unit size, ln scales, all ln norms."""
    count = high - low
    path = np.empty((count + 1, *carried.shape))
    path[count] = carried
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        for t in range(count - 1, -1, -1):
            pull(low + t, path[t + 1], path[t])
        logs = _log_norms(path)
    if count > 1 and not (np.abs(logs[:count]) < SAFE_LOG).all():
        middle = low + count // 2
        upper, between, rows = _carried_back(pull, middle, high, carried, scales)
        lower, after, earlier = _carried_back(pull, low, middle, upper, between)
        return lower, after, np.concatenate([earlier, rows])
    if not np.isfinite(path).all():
        raise DataError(
            f"the gradient carried back through step {low} is not finite; "
            "check the Jacobian there for NaN or infinite entries."
        )
    unit, grown = _unit_size(path[0])
    # One step can leave the safe range by itself: its norm is then taken again at unit size.
    rows = scales + (logs[:count] if count > 1 else (grown + _log_norms(unit))[None])
    return unit, scales + grown, rows
