"""Small systems whose exponents are known, as kernels: maps with their Jacobians written by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from grusym.dynamics.trajectory import Trajectory, simulate


@dataclass
class Map:
    """An autonomous map: step and slope act on states (..., N); slope gives (..., N, N)."""

    width: int
    step: Callable
    slope: Callable

    def state_size(self, weights):
        return self.width

    def input_size(self, weights):
        return 0

    def forward(self, weights, inputs, state):
        states = np.empty((len(inputs) + 1, *state.shape))
        states[0] = state
        for t in range(len(inputs)):
            states[t + 1] = self.step(states[t])
        return states

    def jacobians(self, weights, states, inputs):
        return self.slope(states)


@dataclass
class Matrices:
    """A given sequence of Jacobians (T, N, N); the input is the number of the step."""

    sequence: np.ndarray

    def state_size(self, weights):
        return self.sequence.shape[-1]

    def input_size(self, weights):
        return 1

    def forward(self, weights, inputs, state):
        return np.zeros((len(inputs) + 1, *state.shape))

    def jacobians(self, weights, states, inputs):
        return self.sequence[inputs[..., 0].astype(int)]


def along(sequence) -> Trajectory:
    """Return a trajectory whose Jacobians are these."""
    sequence = np.asarray(sequence, dtype=float)
    return simulate(Matrices(sequence), {}, inputs=np.arange(len(sequence))[:, None])


def repeated(matrix, steps) -> Trajectory:
    """Return a trajectory along which the Jacobian never changes."""
    matrix = np.asarray(matrix, dtype=float)
    linear = Map(
        len(matrix),
        lambda s: s @ matrix.T,
        lambda s: np.broadcast_to(matrix, (*s.shape, len(matrix))),
    )
    return simulate(linear, {}, state=np.zeros(len(matrix)), steps=steps)


def gaussian(steps, width, seed=0) -> np.ndarray:
    """Return independent matrices with entries N(0, 1/width)."""
    return np.random.default_rng(seed).standard_normal((steps, width, width)) / np.sqrt(width)


def gaussian_exponents(width) -> np.ndarray:
    """Newman 1986, Commun. Math. Phys. 103, 121: 1/2 [ln(2/N) + digamma((N - i + 1)/2)]."""
    from scipy.special import digamma

    return 0.5 * (np.log(2 / width) + digamma((width - np.arange(width)) / 2))


def _henon_slope(s, a=1.4, b=0.3):
    slope = np.zeros((*s.shape, 2))
    slope[..., 0, 0], slope[..., 0, 1], slope[..., 1, 0] = -2 * a * s[..., 0], 1.0, b
    return slope


HENON = Map(
    2,
    lambda s: np.stack([1 - 1.4 * s[..., 0] ** 2 + s[..., 1], 0.3 * s[..., 0]], axis=-1),
    _henon_slope,
)

LOGISTIC_PAIR = Map(
    2,
    lambda s: 4 * s * (1 - s),
    lambda s: (4 - 8 * s)[..., None] * np.eye(2),
)

# Two stable fixed points with different slopes.
BISTABLE = Map(
    1,
    lambda s: np.tanh(2 * s + 0.2),
    lambda s: (2 * (1 - np.tanh(2 * s + 0.2) ** 2))[..., None],
)

SQUARE = Map(1, lambda s: s * s, lambda s: 2 * s[..., None])
