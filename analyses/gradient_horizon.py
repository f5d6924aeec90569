"""How far back do gradients reach in an untrained GRU, LSTM and vanilla RNN?

Method: norms of products of step Jacobians along random inputs, as natural logarithms, over seeds for the
weights and the inputs. Source: Pascanu, Mikolov & Bengio 2013, sec. 2.
Expect: all fade exponentially at this initialisation; the gated cells keep a part of the old state, so they
fade more slowly than the vanilla network; the typical run (median) fades faster than the mean square.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray
from joblib import Parallel, delayed

from grusym.assemble import kernel, random_weights, simulate
from grusym.cells.library import cell
from grusym.dynamics.gradient_flow import gradient_flow
from grusym.dynamics.lyapunov import lyapunov_spectrum
from grusym.reports.progress import progress


@dataclass(frozen=True)
class Settings:
    """Sizes n, m and T; `seeds` runs, each with weights and standard normal inputs of its own."""

    cells: tuple[str, ...] = ("rnn", "gru", "lstm")
    width: int = 32
    input_width: int = 16
    horizon: int = 2_000
    init: str = "torch"
    seeds: int = 16
    jobs: int = -1


def run(s: Settings) -> xarray.Dataset:
    """Log norms by cell, seed and lag, and the leading Lyapunov exponent of each run."""
    work = [(name, seed) for name in s.cells for seed in range(s.seeds)]
    results = Parallel(n_jobs=s.jobs, return_as="generator")(delayed(one_run)(s, *w) for w in work)
    found = list(progress(results, "runs", total=len(work)))
    sizes = (len(s.cells), s.seeds)
    flows = xarray.concat([flow for flow, _ in found], "work")
    data: dict[str, Any] = {
        name: (("cell", "seed", "lag"), flows[name].values.reshape(*sizes, -1))
        for name in ("log_norm", "log_frobenius", "log_geometric_mean", "stable_rank", "live")
    }
    leading = np.array([spectrum for _, spectrum in found]).reshape(*sizes, 2)
    data["leading_exponent"] = (("cell", "seed"), leading[..., 0])
    data["leading_error"] = (("cell", "seed"), leading[..., 1])
    coordinates = {"cell": list(s.cells), "seed": np.arange(s.seeds), "lag": flows["lag"].values}
    result = xarray.Dataset(data, coordinates)
    result["log_norm"].attrs = {"long_name": "ln of the spectral norm of ds_T/ds_(T-k)", "units": "nats"}
    return result


def one_run(s: Settings, name: str, seed: int) -> tuple[xarray.Dataset, tuple[float, float]]:
    """Gradient flow and leading exponent of one cell with one seed."""
    weights = random_weights(cell(name), hidden=s.width, input=s.input_width, init=s.init, seed=seed)
    trajectory = simulate(kernel(cell(name)), weights, steps=s.horizon, seed=seed)
    spectrum = lyapunov_spectrum(trajectory, k=1)
    exponent = float(spectrum.exponents[0]), float(spectrum.standard_errors[0])
    return gradient_flow(trajectory).to_dataset(), exponent
