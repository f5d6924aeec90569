"""The compiled kernel of a cell: checks what it is given, splits states and inputs, and calls the emitted functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import numpy as np

from grusym.errors import DataError, GrusymError
from grusym.kernels import parts
from grusym.kernels.names import PARTS
from grusym.language.activations import ACTIVATIONS
from grusym.language.arrays import check_arrays, concrete
from grusym.language.cell import Cell

Array = Any
Weights = Mapping[str, Any]


@lru_cache(maxsize=256)
def compiled(source: str) -> dict[str, Callable[..., Any]]:
    """The functions of an emitted source.

    This is the one place where generated text is run. It is safe because `emit` writes that text from typed
    expression trees and identifiers of its own making, never from what a user wrote; as a second lock it sees NumPy,
    the activation functions and three builtins, and nothing else.
    """
    scope: dict[str, Any] = {"np": np, "__builtins__": {"range": range, "reversed": reversed, "len": len}}
    scope |= {entry.numpy: entry.value for entry in ACTIVATIONS.values() if "." not in entry.numpy}
    scope |= {name: getattr(parts, name) for name in PARTS}
    exec(compile(source, "<emitted by grusym.kernels.emit>", "exec"), scope)
    return scope


@dataclass(frozen=True)
class Kernel:
    """A cell as NumPy functions over whole sequences.

    Shapes: a full state of width N holds the states side by side in the cell's order (the LSTM: c, h), an input of
    width M the inputs likewise. Time is the first axis, batch axes stand between time and width. `weights` is a
    mapping from parameter names, as the cell's text has them, to arrays: matrices are (rows, columns) and act on
    columns. Results have the common dtype of weights and arguments: float32 stays float32, complex numbers pass.
    Raises: DataError naming an array that is missing, misshapen or not finite.
    """

    cell: Cell
    source: str = field(repr=False)
    by_state: tuple[tuple[str, str], ...]  # the Jacobian blocks (next state, state) that are not zero
    by_input: tuple[tuple[str, str], ...]
    codes: tuple[str, ...]  # what the source calls the parameters, in their order
    letters: Mapping[str, str]  # and the sizes
    _sizes: dict[Any, dict[str, int]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def states(self) -> tuple[str, ...]:
        """The names of the states, in the order in which a full state holds them."""
        return self.cell.states

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the inputs, in the order in which a full input holds them."""
        return self.cell.inputs

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the weights."""
        return self.cell.parameters

    def __str__(self) -> str:
        return self.source

    # ---- sizes ----------------------------------------------------------------------------------

    def sizes(self, weights: Weights, state: int | None = None, input: int | None = None) -> dict[str, int]:
        """The sizes the weights give to the cell's letters: {"n": 64, "m": 32}.

        `state` and `input` are the full widths N and M, for cells whose weights do not tell them.
        Raises: DataError naming the array that is missing, not finite, or of a size that does not fit.
        """
        arrays = [np.asarray(weights[p]) if p in weights else None for p in self.parameters]
        key = (tuple(None if a is None else a.shape for a in arrays), state, input)
        if key not in self._sizes or not all(a is not None and _all_finite(a) for a in arrays):
            self._sizes[key] = self._checked_sizes(weights, state, input)
        return dict(self._sizes[key])

    def state_size(self, weights: Weights) -> int:
        """N, the width of a full state."""
        return sum(self._widths(self.states, self.sizes(weights)))

    def input_size(self, weights: Weights) -> int:
        """M, the width of a full input."""
        return sum(self._widths(self.inputs, self.sizes(weights)))

    def _checked_sizes(self, weights: Weights, state: int | None, input: int | None) -> dict[str, int]:
        found = check_arrays(self.cell, weights, self.parameters)
        for name in self.parameters:
            rank, shape = len(self.cell.shapes[name]), np.shape(weights[name])
            if len(shape) > rank:
                raise DataError(
                    f"{name} must have shape {self.cell.shapes[name]}, but the array given has shape {shape}; "
                    "a kernel takes one set of weights, so give it without batch axes"
                )
        for width, names in ((state, self.states), (input, self.inputs)):
            dimension = sum(d for name in names for d in self.cell.shapes[name] or (1,))
            open_letters = [s for s in getattr(dimension, "free_symbols", ()) if s.name not in found]
            if width is not None and len(open_letters) == 1:
                rest = dimension.subs({s: found[s.name] for s in dimension.free_symbols if s.name in found})
                times = rest.coeff(open_letters[0])
                found[open_letters[0].name] = int((width - rest.subs({open_letters[0]: 0})) / times)
        return found

    def _widths(self, names: tuple[str, ...], sizes: Mapping[str, int]) -> list[int]:
        widths = []
        for name in names:
            shape = self.cell.shapes[name]
            width = concrete(shape[0], sizes) if shape else 1
            if width is None:
                raise DataError(
                    f"the size of {name} was asked for, but no weight of cell {self.cell.name!r} has an axis of size "
                    f"{shape[0]}; call a function that is given states and inputs"
                )
            widths.append(width)
        return widths

    def split(self, state: Array) -> dict[str, Array]:
        """The named parts of full states (..., N); a cell with several states must have them of one size."""
        sizes = dict.fromkeys((s.name for s in self.cell.sizes), state.shape[-1] // len(self.states))
        return dict(zip(self.states, _parts(state, self._widths(self.states, sizes)), strict=True))

    # ---- functions ------------------------------------------------------------------------------

    def forward(self, weights: Weights, inputs: Array, state: Array) -> Array:
        """States (T+1, ..., N) that follow from inputs (T, ..., M); row 0 is `state` (..., N).

        Method: products with the inputs are computed for a block of steps at once, before the loop over time.
        """
        run = self._run(weights, inputs=inputs, state=np.asarray(state)[None])
        x, first = run.arrays["inputs"], run.arrays["state"][0]
        steps, batch = len(x), np.broadcast_shapes(x.shape[1:-1], first.shape[:-1])
        states = np.empty((steps + 1, *batch, first.shape[-1]), run.dtype)
        states[0] = first
        x = np.broadcast_to(x, (steps, *batch, x.shape[-1]))
        block = max(16, 2**16 // max(1, states[0].size))
        for start in range(0, steps, block):
            stop = min(start + block, steps)
            given = (*_parts(x[start:stop], run.input_widths), *_parts(states[start], run.state_widths))
            self._call("forward", run, given, _parts(states[start + 1 : stop + 1], run.state_widths))
        return states

    def values(self, weights: Weights, states: Array, inputs: Array) -> dict[str, Array]:
        """Every named value of the cell at each state (T, ..., N) and input (T, ..., M)."""
        run = self._run(weights, states=states, inputs=inputs)
        lead, given = run.flat("states", "inputs")
        found = self._call("values", run, given)
        result = {}
        for name, value in zip(self.cell.values, found, strict=True):
            shape = tuple(concrete(d, run.sizes) or 0 for d in self.cell.shapes[name])
            value = np.broadcast_to(value, (run.steps, *(shape or (1,))))
            result[name] = value.reshape(*lead, *shape)
        return result

    def jacobians(self, weights: Weights, states: Array, inputs: Array) -> Array:
        """ds_{t+1}/ds_t, (T, ..., N, N), at each state (T, ..., N) and input (T, ..., M)."""
        return self._jacobians("jacobians", self.by_state, self.states, weights, states, inputs)

    def input_jacobians(self, weights: Weights, states: Array, inputs: Array) -> Array:
        """ds_{t+1}/dx_t, (T, ..., N, M), at each state (T, ..., N) and input (T, ..., M)."""
        return self._jacobians("input_jacobians", self.by_input, self.inputs, weights, states, inputs)

    def _jacobians(
        self,
        function: str,
        blocks: tuple[tuple[str, str], ...],
        columns: tuple[str, ...],
        weights: Weights,
        states: Array,
        inputs: Array,
    ) -> Array:
        run = self._run(weights, states=states, inputs=inputs)
        lead, given = run.flat("states", "inputs")
        rows = _slices(run.state_widths)
        across = _slices(self._widths(columns, run.sizes))
        whole = len(blocks) == len(self.states) * len(columns)
        height, width = rows[-1].stop, across[-1].stop if across else 0
        make = np.empty if whole else np.zeros
        result = make((run.steps, height, width), run.dtype)
        block = max(1, 2**17 // max(1, height * width))
        places = [(rows[self.states.index(of[:-1])], across[columns.index(by)]) for of, by in blocks]
        for start in range(0, run.steps if blocks else 0, block):
            part = slice(start, start + block)
            outs = [result[part, r, c] for r, c in places]
            self._call(function, run, [g[part] for g in given], outs)
        return result.reshape(*lead, height, width)

    def adjoint(
        self, weights: Weights, states: Array, inputs: Array, cotangent: Array, parameters: bool = False
    ) -> dict[str, Array]:
        """Gradients through each step, from those at its next state.

        `cotangent` (T, ..., N) holds ∂L/∂s_{t+1}. The result has "states" (T, ..., N), ∂L/∂s_t through that one step,
        and "inputs" (T, ..., M); with `parameters`, also the gradient of each parameter by name, summed over time and
        batch.
        """
        run = self._run(weights, states=states, inputs=inputs, cotangent=cotangent)
        lead, given = run.flat("states", "inputs", "cotangent")
        to_states = np.empty((run.steps, sum(run.state_widths)), run.dtype)
        to_inputs = np.empty((run.steps, sum(run.input_widths)), run.dtype)
        totals = [np.zeros_like(getattr(run.weights, code)) for code in self.codes] if parameters else []
        block = max(1, 2**16 // max(1, to_states.shape[1]))
        for start in range(0, run.steps, block):
            part = slice(start, start + block)
            outs = [*_parts(to_states[part], run.state_widths), *_parts(to_inputs[part], run.input_widths)]
            found = self._call("gradients" if parameters else "adjoint", run, [g[part] for g in given], outs)
            for total, gradient in zip(totals, found or (), strict=True):
                total += gradient
        result = {
            "states": to_states.reshape(*lead, -1),
            "inputs": to_inputs.reshape(*lead, to_inputs.shape[1]),
        }
        if parameters and not result.keys().isdisjoint(self.parameters):
            raise GrusymError("a parameter named 'states' or 'inputs' would hide a result; rename it")
        return result | dict(zip(self.parameters, totals, strict=False))

    def _call(self, function: str, run: _Run, given: Any, outs: Any = ()) -> Any:
        with np.errstate(over="ignore"):
            return compiled(self.source)[function](run.weights, run.size, *given, *outs)

    def _run(self, weights: Weights, **arrays: Array) -> _Run:
        return _Run(self, weights, {name: np.asarray(a) for name, a in arrays.items()})


class _Run:
    """Checked arguments of one call, all of one dtype."""

    def __init__(self, kernel: Kernel, weights: Weights, arrays: dict[str, Array]) -> None:
        state = next(a for name, a in arrays.items() if name in ("states", "state"))
        inputs = arrays["inputs"]
        for name, array in arrays.items():
            _check(kernel, name, array)
        self.sizes = kernel.sizes(weights, state.shape[-1], inputs.shape[-1])
        self.state_widths = kernel._widths(kernel.states, self.sizes)
        self.input_widths = kernel._widths(kernel.inputs, self.sizes)
        for name, array in arrays.items():
            names, widths = (
                (kernel.inputs, self.input_widths) if name == "inputs" else (kernel.states, self.state_widths)
            )
            if array.shape[-1] != sum(widths):
                raise DataError(
                    f"{name} must be {sum(widths)} wide for {', '.join(names) or 'a cell without inputs'}; found shape "
                    f"{array.shape}; put time first and the width last"
                )
        given = [np.asarray(weights[p]) for p in kernel.parameters]
        self.dtype = np.result_type(np.float32, *given, *arrays.values())
        if all(a.dtype.kind in "biu" for a in (*given, *arrays.values())):
            self.dtype = np.dtype(float)
        cast = (a.astype(self.dtype, copy=False) for a in given)
        self.weights = SimpleNamespace(**dict(zip(kernel.codes, cast, strict=True)))
        self.size = SimpleNamespace(**{kernel.letters[letter]: n for letter, n in self.sizes.items()})
        self.arrays = {name: a.astype(self.dtype, copy=False) for name, a in arrays.items()}
        self.steps = 0

    def flat(self, *names: str) -> tuple[tuple[int, ...], list[Array]]:
        """The leading axes of the named arrays, and each array's parts with those axes made one.

        Emitted functions take the inputs first, then the states, then the rest.
        """
        try:
            lead = np.broadcast_shapes(*(self.arrays[name].shape[:-1] for name in names))
        except ValueError:
            shapes = ", ".join(f"{name} {self.arrays[name].shape}" for name in names)
            raise DataError(
                f"time and batch axes must be the same; found {shapes}; cut them to the same steps"
            ) from None
        self.steps = int(np.prod(lead))
        parts = []
        for name in sorted(names, key=("inputs", "states", "cotangent").index):
            array = self.arrays[name]
            whole = np.broadcast_to(array, (*lead, array.shape[-1])).reshape(self.steps, array.shape[-1])
            parts += _parts(whole, self.input_widths if name == "inputs" else self.state_widths)
        return lead, parts


def _slices(widths: list[int]) -> list[slice]:
    ends = [sum(widths[: i + 1]) for i in range(len(widths))]
    return [slice(end - width, end) for end, width in zip(ends, widths, strict=True)]


def _parts(array: Array, widths: list[int]) -> list[Array]:
    return [array[..., part] for part in _slices(widths)]


def _all_finite(array: Array) -> bool:
    return array.dtype.kind in "fc" and bool(np.isfinite(array).all())


def _check(kernel: Kernel, name: str, array: Array) -> None:
    if array.dtype.kind not in "biufc":
        raise DataError(f"{name} must hold numbers; found dtype {array.dtype}; convert it to float64")
    if array.ndim < 2:
        raise DataError(
            f"{name} of cell {kernel.cell.name!r} must be shaped (steps, ..., width); found shape {array.shape}"
        )
    if not np.isfinite(array).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise DataError(
            f"{name} must be finite; found {array[place]} at {place}; repair it, or stop before it"
        )
