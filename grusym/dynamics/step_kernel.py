"""What the analyses over time ask of a compiled cell: steps, and the Jacobians of steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Weights = Mapping[str, Any]


class StepKernel(Protocol):
    """A map s_{t+1} = F(s_t, x_t) with its derivative, for states of width N and inputs of width M.

    Time is the first axis; batch axes stand between time and width. `grusym.kernels` compiles one from a
    cell; anything with these four methods can be analysed, e.g. a textbook map in a test. A kernel may have
    `adjoint` too (see `adjoint_flow`).
    """

    def state_size(self, weights: Weights) -> int:
        """Return N."""
        ...

    def input_size(self, weights: Weights) -> int:
        """Return M; 0 for an autonomous map."""
        ...

    def forward(self, weights: Weights, inputs: Array, state: Array) -> Array:
        """Return the states (T+1, ..., N) that follow from inputs (T, ..., M); row 0 is `state` (..., N)."""
        ...

    def jacobians(self, weights: Weights, states: Array, inputs: Array) -> Array:
        """Return ds_{t+1}/ds_t, (T, ..., N, N), at each given state (T, ..., N) and input (T, ..., M)."""
        ...
