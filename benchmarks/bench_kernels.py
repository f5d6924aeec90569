"""How close do compiled cells come to the matrix products that they cannot do without?

Floors, timed in the same run on one thread: for a step forward or backward, its products of a matrix with a
vector; for a Jacobian, the one product of two matrices by which a chain uses it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from benchmarks.ratio import seconds
from grusym import cell, kernel, random_weights

N, M, T = 64, 32, 1000
BLOCK = 32  # Jacobians of about a megabyte
CELLS = ("rnn", "gru", "gru_reset_after", "lstm")
PRODUCTS = {"rnn": (1,), "gru": (2, 1), "gru_reset_after": (3,), "lstm": (4,)}  # gates that share one product


def problem(name: str) -> tuple[Any, Any, np.ndarray, np.ndarray]:
    """A kernel, weights, inputs and states of T steps."""
    emitted, weights = kernel(cell(name)), random_weights(cell(name), hidden=N, input=M, seed=0)
    inputs = np.random.default_rng(0).standard_normal((T, M))
    return emitted, weights, inputs, emitted.forward(weights, inputs, np.zeros(emitted.state_size(weights)))


def products(name: str) -> float:
    """Seconds of the matrix-vector products of T steps."""
    rng = np.random.default_rng(1)
    v = rng.standard_normal(N)
    sides = [(rng.standard_normal((N, gates * N)), np.empty(gates * N)) for gates in PRODUCTS[name]]

    def run() -> None:
        for _ in range(T):
            for matrix, out in sides:
                np.dot(v, matrix, out=out)

    return seconds(run)


@pytest.mark.parametrize("name", CELLS)
def bench_forward(benchmark: Any, name: str) -> None:
    """Run T steps of one sequence."""
    emitted, weights, inputs, states = problem(name)

    def ours() -> Any:
        return emitted.forward(weights, inputs, states[0])

    with threadpool_limits(1):
        benchmark.extra_info["forward / its products"] = round(seconds(ours) / products(name), 2)
        benchmark(ours)


@pytest.mark.parametrize("name", CELLS)
def bench_backward(benchmark: Any, name: str) -> None:
    """Carry the gradient at the last state back to all others, without those of the parameters."""
    emitted, weights, inputs, states = problem(name)
    slope = np.zeros_like(states)
    slope[-1] = 1.0

    def ours() -> Any:
        return emitted.backward(weights, states, inputs, slope, parameters=False)

    with threadpool_limits(1):
        benchmark.extra_info["backward / its products"] = round(seconds(ours) / products(name), 2)
        benchmark(ours)


@pytest.mark.parametrize("name", CELLS)
def bench_jacobians(benchmark: Any, name: str) -> None:
    """Form a block of Jacobians from stored states."""
    emitted, weights, inputs, states = problem(name)
    width = states.shape[1]
    out = np.empty((BLOCK, width, width))
    chain = np.eye(width)
    result = np.empty_like(chain)

    def ours() -> Any:
        return emitted.jacobians(weights, states[:BLOCK], inputs[:BLOCK], out=out)

    def floor() -> None:
        for jacobian in out:
            np.dot(jacobian, chain, out=result)

    with threadpool_limits(1):
        benchmark.extra_info["forming / multiplying"] = round(seconds(ours) / seconds(floor), 2)
        benchmark(ours)
