"""A cell run over time: its states under given or random inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from grusym.dynamics.step_kernel import Array, StepKernel, Weights
from grusym.dynamics.threads import one_blas_thread
from grusym.errors import DataError, whole

if TYPE_CHECKING:
    import xarray


@dataclass(frozen=True, eq=False)
class Trajectory:
    """States and inputs of a run, with the map that made them.

    Shapes: states (T+1, N) or (T+1, B, N), inputs (T, M) or (T, B, M): time first, then the batch, if any.
    Row t+1 of the states follows from row t of states and inputs. `seed` is the one that random inputs or,
    of a cell without inputs, a random first state came from, else None.
    """

    kernel: StepKernel
    weights: Weights
    states: Array
    inputs: Array
    seed: int | None = None

    @property
    def steps(self) -> int:
        """T, the number of steps."""
        return self.inputs.shape[0]

    @property
    def size(self) -> int:
        """N, the width of the state."""
        return self.states.shape[-1]

    @property
    def batch(self) -> int | None:
        """B, the number of runs side by side; None for a single run without a batch axis."""
        return self.states.shape[1] if self.states.ndim == 3 else None

    def members(self) -> tuple[Trajectory, ...]:
        """Return the runs of a batch one by one; a single run gives itself."""
        if self.batch is None:
            return (self,)
        return tuple(
            replace(self, states=self.states[:, b], inputs=self.inputs[:, b]) for b in range(self.batch)
        )

    def section(self, start: int, stop: int) -> Trajectory:
        """Return steps start..stop-1 as a trajectory of its own (a view, nothing is run again)."""
        start, stop = whole("start", start), whole("stop", stop)
        if not start < stop <= self.steps:
            raise DataError(
                f"section({start}, {stop}) of a trajectory of {self.steps} steps: "
                f"ask for 0 <= start < stop <= {self.steps}."
            )
        return replace(self, states=self.states[start : stop + 1], inputs=self.inputs[start:stop])

    def jacobians(self, start: int = 0, stop: int | None = None) -> Array:
        """Return ds_{t+1}/ds_t for start <= t < stop, shaped (stop - start, ..., N, N)."""
        stop = self.steps if stop is None else stop
        return self.kernel.jacobians(self.weights, self.states[start:stop], self.inputs[start:stop])

    def to_dataset(self) -> xarray.Dataset:
        """Return states and inputs as an xarray Dataset over `time`."""
        import xarray

        batch = () if self.batch is None else ("run",)
        return xarray.Dataset(
            {
                "state": (("time", *batch, "unit"), self.states),
                "input": (("step", *batch, "feature"), self.inputs),
            },
            attrs={} if self.seed is None else {"seed": self.seed},
        )

    def __str__(self) -> str:
        runs = "" if self.batch is None else f", {self.batch} runs"
        drawn = "inputs" if self.inputs.shape[-1] else "first state"
        source = "" if self.seed is None else f", {drawn} from seed {self.seed}"
        sizes = f"state {self.size}, input {self.inputs.shape[-1]}"
        return f"trajectory of {self.steps} steps, {sizes}{runs}{source}"

    __repr__ = __str__


def simulate(
    kernel: StepKernel,
    weights: Weights,
    inputs: Any = None,
    state: Any = None,
    steps: int | None = None,
    seed: int = 0,
    batch: int | None = None,
) -> Trajectory:
    """Run a kernel over inputs and return every state.

    Without `inputs`, they are independent standard normal numbers drawn from `seed`, and `steps` says how
    many (and `batch` how many runs side by side). Without `state`, the run starts from zero, as the
    frameworks do. Zero is a special point: many cells without biases stay there when the inputs are zero too.
    A kernel without inputs therefore starts from standard normal numbers drawn from `seed`.

    Shapes: inputs (T, M) or (T, B, M); state (N,) or (B, N). A batch axis on one of them is taken for both.
    What is drawn has the floats of what is given: weights in float32 alone give states in float32.
    Raises: DataError naming the array that is missing, misshapen or not finite, or the step at which the
    state overflowed.
    """
    floats = _checked_weights(weights)
    rng = np.random.default_rng(whole("seed", seed))
    runs = () if batch is None else (whole("batch", batch, 1),)
    width, features = kernel.state_size(weights), kernel.input_size(weights)
    s = None if state is None else _given_state(state, width)
    if inputs is not None:
        x = _given_inputs(inputs, features, steps)
    else:
        x = rng.standard_normal((_known_steps(steps), *runs, features))
        x = x.astype(np.result_type(*floats, *([] if s is None else [s])), copy=False)
    drawn = s is None if not features else inputs is None
    if s is None:
        shape = (*(x.shape[1:-1] or runs), width)
        s = np.zeros(shape) if features else rng.standard_normal(shape)
        s = s.astype(np.result_type(*floats, x), copy=False)
    x, s = _same_batch(x, s, batch)
    with one_blas_thread(), np.errstate(over="ignore", invalid="ignore"):
        states = np.asarray(kernel.forward(weights, x, s))
        _check_states(states)
    return Trajectory(kernel, weights, states, x, int(seed) if drawn else None)


def _checked_weights(weights: Weights) -> list[Any]:
    """Return the dtypes of the weights (float64 if there are none), all found to be finite numbers."""
    if not isinstance(weights, Mapping):
        raise DataError(
            f"weights map names to arrays; found {type(weights).__name__}; give those of random_weights"
        )
    found = {name: finite(f"weight {name}", array).dtype for name, array in weights.items()}
    return list(found.values()) or [np.dtype(np.float64)]


def finite(what: str, array: Any) -> Array:
    """Return the array as floats, or raise DataError naming it and its first entry that is not finite."""
    try:
        values = np.asarray(array)
    except ValueError:  # rows of different lengths
        values = np.asarray(None)
    if values.dtype.kind not in "biuf":
        raise DataError(
            f"{what} must hold real numbers in rows of one length; found {_brief(array)}; give an array."
        )
    if values.dtype.kind != "f":
        values = values.astype(np.float64)
    if not np.isfinite(values).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(values))[0])
        raise DataError(
            f"{what} must be finite; found {values[place]} at {place} in shape {values.shape}; correct it."
        )
    return values


def _given_inputs(inputs: Any, features: int, steps: int | None) -> Array:
    x = finite("inputs", inputs)
    if x.ndim not in (2, 3) or x.shape[-1] != features or x.shape[0] < 1:
        raise DataError(
            f"inputs must be shaped (T, {features}) or (T, B, {features}) with T >= 1; found {x.shape}; "
            "put time first and features last."
        )
    if steps is not None and steps != x.shape[0]:
        raise DataError(
            f"simulate was asked for {steps} steps and given {x.shape[0]} inputs; "
            "leave steps out, or cut the inputs."
        )
    return x


def _brief(array: Any) -> str:
    shown = repr(array)
    return shown if len(shown) <= 60 else f"{shown[:60]}..."


def _known_steps(steps: int | None) -> int:
    if steps is None:
        raise DataError(
            "simulate without inputs draws random ones and must know how many; found steps=None; "
            "give steps >= 1, or inputs."
        )
    return whole("steps", steps, 1)


def _given_state(state: Any, width: int) -> Array:
    s = finite("state", state)
    if s.ndim not in (1, 2) or s.shape[-1] != width:
        raise DataError(
            f"state must be shaped ({width},) or (B, {width}); found {s.shape}; "
            "concatenate the states in the cell's order."
        )
    return s


def _same_batch(x: Array, s: Array, batch: int | None) -> tuple[Array, Array]:
    """Give both the batch axis that one of them has."""
    sizes = {array.shape[-2] for array, axes in ((x, 3), (s, 2)) if array.ndim == axes}
    sizes |= set() if batch is None else {batch}
    if len(sizes) > 1:
        raise DataError(
            f"inputs {x.shape}, state {s.shape} and batch={batch} disagree on the number of runs; "
            f"found {sorted(sizes)}; give them one batch size."
        )
    if not sizes:
        return x, s
    (runs,) = sizes
    # A read-only view: runs that share their inputs do not store them again.
    x = x if x.ndim == 3 else np.broadcast_to(x[:, None, :], (x.shape[0], runs, x.shape[1]))
    return x, s if s.ndim == 2 else np.tile(s, (runs, 1))


def _check_states(states: Array) -> None:
    # The sum is finite nearly always, and takes no second array of the size of the states.
    if np.isfinite(states.sum()):
        return
    good = np.isfinite(states.reshape(states.shape[0], -1)).all(axis=1)
    if good.all():
        return
    step = int(np.argmin(good))
    raise DataError(
        f"the state left the range of {states.dtype} at step {step} of {states.shape[0] - 1} "
        f"(largest entry one step earlier: {np.abs(states[step - 1]).max():.3g}); "
        "the cell is unstable under these weights: scale them down, or simulate fewer steps."
    )
