"""Orthonormal vectors carried through a long chain of Jacobians, by QR at safe intervals."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from grusym.dynamics.orthonormal import EPSILON, independent_rows, orthonormal_rows
from grusym.dynamics.step_kernel import Array
from grusym.errors import DataError

Fetch = Callable[[int, int], Array]

LONGEST = 64  # steps; a longer interval saves nothing and risks underflow inside it
BLOCK_BYTES = 1 << 20  # Jacobians of one block: they stay in the second-level cache
TREE_WIDTH = 256  # wider Jacobians leave the cache, and a tree of products loses to a sequence
ROUNDING = 1.0  # rounding error of R_ii in units of epsilon * |image| / |R_ii|; root mean square 0.1 to 0.5
SUSPECT = 1e-11  # R_ii / |image| of a single step below which its factorisation is done again with care
SAFE_LOG = 250.0  # |ln| of an image's norm beyond which products inside an interval could leave float64


@dataclass(frozen=True)
class Factor:
    """One R of the chain: `upper` acts on the old rows in the order `order`; before, after: ln row scales."""

    order: NDArray[np.intp]
    upper: Array
    before: Array
    after: Array


@dataclass(frozen=True)
class Stretch:
    """What one advance of a chain found, interval by interval.

    lengths (g,) in steps; logs (g, r), ln|R_ii|, and noise (g, r), their estimated rounding errors, for the r
    rows in `alive` (numbered as they started). A row that ends here has the log -inf in the last interval.
    """

    start: int
    lengths: NDArray[np.intp]
    logs: Array
    noise: Array
    alive: NDArray[np.intp]
    factors: tuple[Factor, ...] = ()

    @property
    def steps(self) -> int:
        """Number of steps covered."""
        return int(self.lengths.sum())


@dataclass
class _Attempt:
    """Rows and records of one pass over a block, thrown away if the interval was too long."""

    rows: Array
    levels: Array
    lengths: list[int] = field(default_factory=list)
    diagonals: list[Array] = field(default_factory=list)
    scales: list[float] = field(default_factory=list)
    careful: dict[int, Array] = field(default_factory=dict)  # relative errors of intervals factored with care
    factors: list[Factor] = field(default_factory=list)
    kept: NDArray[np.intp] | None = None  # set when rows ended, which also ends the pass


class Chain:
    """Rows r_i (orthonormal) under r -> F_t r for t = 0, 1, ..., re-orthonormalised by QR.

    Method: the interval between two QR factorisations adapts to the spread of ln|R_ii|. Inside an interval
    the image is formed in floating point, so R_ii carries a relative error of about epsilon * |image| / R_ii;
    a block in which that exceeds `tolerance` nats per step is done again with a shorter interval. A too long
    interval is otherwise silent: the small exponents drift towards the noise while the leading ones stay
    right. A row whose R_ii is zero to rounding at a single step ends (its exponent is -inf) and is dropped,
    so that it cannot disturb the others.

    `fetch(t, count)` gives F_t ... F_{t+count-1}. `graded` sorts the rows by accumulated size before each QR
    and records the factors R, for callers that need the product and not only its growth. `interval` forces
    one: nothing is done again then, and the noise says what was lost. `longest` bounds an adapted one.
    Source: Geist, Parlitz & Lauterborn 1990, Prog. Theor. Phys. 83, 875; graded form as in Loh & Gubernatis
    1992.
    """

    def __init__(
        self,
        fetch: Fetch,
        rows: Array,
        *,
        tolerance: float,
        interval: int | None = None,
        longest: int = LONGEST,
        graded: bool = False,
    ) -> None:
        self.fetch, self.tolerance, self.forced, self.graded = fetch, tolerance, interval, graded
        self.rows = np.ascontiguousarray(rows, dtype=np.float64)
        self.levels = np.zeros(len(rows))
        self.alive = np.arange(len(rows))
        self.position = 0
        self.width = rows.shape[1]
        self.longest = min(longest, LONGEST)
        self.repeated = 0  # steps that were done again
        self._length = interval or 1
        self._burst = 4  # intervals of the next block: few while the right length is unknown

    def advance(self, stop: int) -> Stretch:
        """Go on by one block, at most to step `stop`, and return what was found."""
        count = stop - self.position
        if not len(self.alive):
            return self._commit_nothing(count)
        room = max(self._length, BLOCK_BYTES // (8 * self.width**2))
        count = min(count, room - room % self._length, self._length * self._burst)
        block = self.fetch(self.position, count)
        while True:
            attempt = self._attempt(block, self._length)
            verdict = self._judge(attempt)
            if verdict is not None:
                return self._commit(attempt, *verdict)
            self.repeated += count

    def _judge(self, attempt: _Attempt) -> tuple[Array, Array] | None:
        """Return (logs, noise) if the pass meets the tolerance, else shorten the interval and return None."""
        diagonals, scales = np.abs(attempt.diagonals), np.array(attempt.scales)
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            logs, sizes = np.log(diagonals), np.log(scales)
            noise = ROUNDING * EPSILON * scales[:, None] / diagonals
        for row, error in attempt.careful.items():
            noise[row] = ROUNDING * error
        if not np.isfinite(scales).all():
            self._refuse_overflow(attempt)
        elif self.forced is not None:
            return logs, noise
        length, steps = self._length, sum(attempt.lengths)
        # Errors are averaged over the run, so their mean is what must be small, for the worst row.
        worst = float(np.minimum(noise, 1.0).sum(axis=0).max()) / steps
        excess = math.log(max(worst, EPSILON**2) / self.tolerance)
        if length > 1 and not (np.isfinite(logs).all() and np.abs(sizes).max() < SAFE_LOG):
            excess = math.inf
        good = length == 1 or excess <= 0
        self._length = self._next_length(length, excess, np.where(np.isfinite(logs), logs, 0.0), steps)
        self._burst = min(256, 2 * self._burst) if good else 4
        return (logs, noise) if good else None

    def _next_length(self, length: int, excess: float, logs: Array, steps: int) -> int:
        """Return the interval that should just meet the tolerance: errors grow as exp(spread)."""
        if excess == math.inf:
            return max(1, length // 2)
        growth = logs.sum(axis=0) / steps
        spread = float(growth.max() - growth.min())
        # Products inside an interval must stay within float64 even where all rows shrink alike.
        reach = SAFE_LOG / (2 * max(float(np.abs(growth).max()), 1e-9))
        # One nat is left for the fluctuation of the blocks to come: redoing one costs more than a shorter
        # interval.
        target = min(length - (excess + 1.0) / max(spread, 1e-3), 4 * length, reach, self.longest)
        return max(1, int(target if excess <= 0 else min(target, length - 1)))

    def _refuse_overflow(self, attempt: _Attempt) -> None:
        if self._length > 1 and self.forced is None:
            return  # a shorter interval may do
        bad = int(np.argmin(np.isfinite(attempt.scales)))
        start = self.position + sum(attempt.lengths[:bad])
        raise DataError(
            f"the product of Jacobians left the range of float64 within {attempt.lengths[bad]} step(s) "
            f"of step {start} of the chain; "
            + (
                "check the Jacobian there for NaN or infinite entries."
                if self._length == 1
                else "use interval=None."
            )
        )

    def _commit(self, attempt: _Attempt, logs: Array, noise: Array) -> Stretch:
        lengths = np.array(attempt.lengths, dtype=np.intp)
        stretch = Stretch(self.position, lengths, logs, noise, self.alive, tuple(attempt.factors))
        self.position += stretch.steps
        self.rows, self.levels = attempt.rows, attempt.levels
        if attempt.kept is not None:
            self.alive = self.alive[attempt.kept]
        return stretch

    def _commit_nothing(self, count: int) -> Stretch:
        """Every row has ended: the rest of the chain adds nothing."""
        self.position += count
        empty = np.zeros((1, 0))
        return Stretch(self.position - count, np.array([count]), empty, empty, self.alive)

    def _attempt(self, block: Array, length: int) -> _Attempt:
        attempt = _Attempt(self.rows, self.levels)
        tree = len(self.rows) == self.width <= TREE_WIDTH
        with np.errstate(over="ignore", invalid="ignore"):
            for steps, maps in _intervals(block, length, tree):
                attempt.lengths.append(steps)
                self._interval(attempt, maps, length)
                if attempt.kept is not None:
                    break
        return attempt

    def _interval(self, attempt: _Attempt, maps: Array, length: int) -> None:
        """Carry the rows through one interval, factor their image, and record R."""
        image = attempt.rows
        for one in maps:
            image = np.dot(image, one.T)
        before, order = attempt.levels, np.arange(len(image))
        if self.graded:
            order = _by_size(image, before)
            image, before = image[order], before[order]
        scale = math.sqrt(np.vdot(image, image))
        rows, upper = orthonormal_rows(image, keep=self.graded)
        diagonal = upper.diagonal() if self.graded else upper
        if length == 1 and not np.abs(diagonal).min() > SUSPECT * scale and np.isfinite(scale):
            found = independent_rows(attempt.rows[order], maps[0])
            rows, upper, diagonal = found.rows, found.upper, found.diagonal
            attempt.careful[len(attempt.scales)] = found.noise
            attempt.kept = found.kept if len(found.kept) < len(order) else None
        attempt.scales.append(scale)
        attempt.diagonals.append(diagonal)
        attempt.rows = rows
        if self.graded:
            kept = slice(None) if attempt.kept is None else attempt.kept
            with np.errstate(divide="ignore"):
                after = before[kept] + np.log(np.abs(diagonal[kept]))
            attempt.factors.append(Factor(order, upper, before, after))
            attempt.levels = after


def _by_size(image: Array, levels: Array) -> NDArray[np.intp]:
    with np.errstate(divide="ignore"):
        sizes = levels + 0.5 * np.log(np.einsum("ij,ij->i", image, image))
    return np.argsort(-sizes, kind="stable")


def _intervals(block: Array, length: int, tree: bool) -> list[tuple[int, Array]]:
    """Cut a block (c, N, N) into intervals: (steps, maps to apply in turn), one product each if `tree`."""
    count = len(block)
    full = count - count % length
    parts = [(length, block[t : t + length]) for t in range(0, full, length)]
    rest = [(count - full, block[full:])] if full < count else []
    if not tree or length == 1:
        return parts + rest
    products = _products(block[:full].reshape(-1, length, *block.shape[1:])) if full else block[:0]
    rest = [(steps, _products(maps[None])) for steps, maps in rest]
    return [(length, one[None]) for one in products] + rest


def _products(maps: Array) -> Array:
    """Return the product of each row of maps (g, m, N, N), the latest on the left, pairing neighbours."""
    while (length := maps.shape[1]) > 1:
        pairs = np.matmul(maps[:, 1::2], maps[:, 0 : length - 1 : 2])
        if length % 2:
            # The odd one out goes on top of the last pair, so that the next round has one matrix fewer.
            pairs[:, -1] = np.matmul(maps[:, -1], pairs[:, -1])
        maps = pairs
    return maps[:, 0]
