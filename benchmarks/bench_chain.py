"""How long does a chain of a GRU's step Jacobians take, beside torch's automatic differentiation?

Both start from the same states, take every Jacobian of the steps between and multiply them into one, at
n = 64 on one thread. torch is given its fastest way: forward-mode columns, vectorised over all steps.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from benchmarks.ratio import seconds
from grusym import cell, kernel, random_weights, simulate

N, M, T = 64, 32, 200


def bench_chain_of_jacobians(benchmark: Any) -> None:
    """Multiply the Jacobians of T steps, against torch on the same weights and states."""
    torch = pytest.importorskip("torch", reason="the comparison needs torch: make bench installs it")
    gru = cell("gru")
    weights = random_weights(gru, hidden=N, input=M, seed=0)
    path = simulate(gru, weights, steps=T, seed=0)
    emitted = kernel(gru)
    step = _torch_step(torch, weights)
    jacobians = torch.func.vmap(torch.func.jacfwd(step))
    states, inputs = (torch.from_numpy(a.copy()) for a in (path.states[:-1], path.inputs))

    def ours() -> Any:
        return _product(emitted.jacobians(weights, path.states[:-1], path.inputs))

    def theirs() -> Any:
        return _product(jacobians(states, inputs).numpy())

    torch.set_num_threads(1)
    with threadpool_limits(1):
        np.testing.assert_allclose(ours(), theirs(), atol=1e-12)  # the same chain; 1e-15 seen
        benchmark.extra_info["ours / torch"] = round(seconds(ours) / seconds(theirs), 3)
        benchmark(ours)


def _torch_step(torch: Any, weights: dict[str, Any]) -> Any:
    w = {name: torch.from_numpy(np.ascontiguousarray(array)) for name, array in weights.items()}

    def step(h: Any, x: Any) -> Any:
        r = torch.sigmoid(w["W_r"] @ x + w["U_r"] @ h + w["b_r"])
        z = torch.sigmoid(w["W_z"] @ x + w["U_z"] @ h + w["b_z"])
        c = torch.tanh(w["W_c"] @ x + w["U_c"] @ (r * h) + w["b_c"])
        return z * h + (1 - z) * c

    return step


def _product(jacobians: Any) -> Any:
    chain = np.eye(N)
    for jacobian in jacobians:
        chain = jacobian @ chain
    return chain
