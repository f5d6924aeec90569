"""How many numbers a cell's next states depend on, measured: the rank of their Jacobian by all parameters."""

from __future__ import annotations

import numpy as np

from grusym.language.arrays import concrete
from grusym.language.cell import Cell
from grusym.language.evaluation import evaluate_cell
from grusym.language.expression import Extremum, walk

STEP = 1e-30  # complex step: derivatives to rounding


def seen_rank(cell: Cell, sizes: dict[str, int], seeds: int = 1) -> int:
    """The largest rank over some random parameters, each with many random states and inputs and two steps.

    A relu that is never positive hides its parameters, hence several draws. Raises Unclear where the singular
    values of one have no clear gap, so that no rank can be told.
    """
    return max(_rank(_jacobian(cell, sizes, seed)) for seed in range(seeds))


class Unclear(Exception):
    """Singular values without a gap."""


def _has_kinks(cell: Cell) -> bool:
    """Whether some function has two sides, one of which may be rare among the draws."""
    nodes = (node for e in cell.equations for node in walk(e.right))
    kinked = ("relu", "step")
    return any(isinstance(n, Extremum) or getattr(n, "function", "") in kinked for n in nodes)


def _rank(jacobian: np.ndarray) -> int:
    largest = np.abs(jacobian).max(axis=1, initial=0, keepdims=True)
    usable = (largest[:, 0] > 1e-8) & (largest[:, 0] < 1e8)  # beyond, rounding and underflow are seen
    if not usable.any():
        return 0
    triangle = np.linalg.qr(jacobian[usable] / largest[usable], mode="r")  # the same singular values
    values = np.linalg.svd(triangle, compute_uv=False)
    values = values / values[0]
    rank = int((values > 1e-11).sum())
    if rank < len(values) and values[rank] > 1e-3 * values[rank - 1]:
        raise Unclear(values)
    return rank


def _jacobian(cell: Cell, sizes: dict[str, int], seed: int) -> np.ndarray:
    """All next states over the draws and steps by all parameters; rows that are not finite left out."""
    rng = np.random.default_rng(seed)
    shape = {name: tuple(concrete(d, sizes) for d in s) for name, s in cell.shapes.items()}
    weights = {
        name: np.asarray(rng.uniform(0.5, 1.5, shape[name]) * rng.choice((-1, 1), shape[name]))
        for name in cell.weights
    }
    batch = 2 * sum(w.size for w in weights.values()) + (100 if _has_kinks(cell) else 10)
    given = {name: rng.standard_normal((batch, *shape[name])) for name in cell.states}
    inputs = [{name: rng.standard_normal((batch, *shape[name])) for name in cell.inputs} for _ in range(2)]
    columns = [np.zeros(_states(cell, weights, given, inputs).shape)]
    for name in cell.parameters:
        weight = weights[name]
        for i in np.ndindex(weight.shape):
            moved = weight.astype(complex)
            moved[i] += 1j * STEP
            columns.append(_states(cell, {**weights, name: moved}, given, inputs).imag / STEP)
    found = np.stack(columns[1:] or columns, axis=1)
    return found[np.isfinite(found).all(axis=1)]


def _states(cell: Cell, weights, states, inputs):
    found = []
    for step in inputs:
        values = evaluate_cell(cell, {**weights, **states, **step})
        states = {s: values[cell.next_of(s)] for s in cell.states}
        batch = max(v.shape[:1] for v in states.values())
        found += [np.broadcast_to(v, batch + v.shape[-1:]).ravel() for v in states.values()]
    return np.concatenate(found)
