"""The compiled kernel of a cell: checked arguments in, emitted functions called, arrays out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from grusym.errors import DataError
from grusym.kernels import parts
from grusym.kernels.arguments import Arguments, Array, Layout, Weights, slices
from grusym.kernels.names import PARTS
from grusym.language.activations import ACTIVATIONS
from grusym.language.arrays import concrete
from grusym.language.cell import Cell

# Numbers in the states of one block of steps: in a loop, in a function that makes a dozen such arrays, and in
# the Jacobians of one block. What belongs together stays in cache.
LOOP_ENTRIES, FLAT_ENTRIES, MATRIX_ENTRIES = 2**16, 2**13, 2**17


@lru_cache(maxsize=256)
def compiled(source: str) -> dict[str, Callable[..., Any]]:
    """The functions of an emitted source.

    This is the one place where generated text is run. It is safe because `emit` writes that text from
    typed expression trees and identifiers of its own making, never from what a user wrote; as a second
    lock, it sees NumPy, the functions it needs and three builtins, and nothing else.
    """
    scope: dict[str, Any] = {"np": np, "__builtins__": {"range": range, "reversed": reversed, "len": len}}
    scope |= {entry.numpy: entry.value for entry in ACTIVATIONS.values() if "." not in entry.numpy}
    scope |= {name: getattr(parts, name) for name in PARTS}
    exec(compile(source, "<emitted by grusym.kernels.emit>", "exec"), scope)
    return scope


@dataclass(frozen=True)
class Kernel:
    """A cell as NumPy functions over whole sequences; `print(kernel.source)` shows them.

    Shapes: a full state of width N holds the states side by side in the cell's order (the LSTM: c, h), a
    full input of width M the inputs likewise. Time is the first axis, batch axes stand between time and
    width. `weights` maps the names of parameters and constants, as the cell's text has them, to arrays;
    matrices are (rows, columns) and act on columns. Results have the common dtype of weights and
    arguments: float32 stays float32, and complex numbers pass.

    Every function raises DataError naming an array that is missing, misshapen or not finite.
    """

    cell: Cell
    source: str = field(repr=False)
    blocks: tuple[tuple[str, str], ...]  # the Jacobian blocks (next state, state) that are not zero
    input_blocks: tuple[tuple[str, str], ...]
    codes: tuple[str, ...] = field(repr=False)  # what the source calls the weights
    letters: Mapping[str, str] = field(repr=False)  # and the sizes

    def __hash__(self) -> int:
        return hash(self.source)

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
        """The names of the trained weights; the cell's constants are given with them."""
        return self.cell.parameters

    @cached_property
    def _layout(self) -> Layout:
        return Layout(self.cell)

    # ---- sizes ----------------------------------------------------------------------------------

    def sizes(self, weights: Weights) -> dict[str, int]:
        """The sizes the weights give to the cell's letters: {"n": 64, "m": 32}."""
        return dict(self._layout.sizes(weights))

    def state_size(self, weights: Weights) -> int:
        """N, the width of a full state."""
        return sum(self._layout.widths(self.states, self._layout.sizes(weights)))

    def input_size(self, weights: Weights) -> int:
        """M, the width of a full input; 0 for a cell without inputs."""
        return sum(self._layout.widths(self.inputs, self._layout.sizes(weights)))

    def split(self, state: Array, weights: Weights | None = None) -> dict[str, Array]:
        """The named parts of full states (..., N), as views; states of different sizes need the weights."""
        array = np.asarray(state)
        if weights is not None:
            widths = self._layout.widths(self.states, self._layout.sizes(weights, array.shape[-1]))
        else:
            if len({self.cell.shapes[s] for s in self.states}) > 1:
                raise DataError(
                    f"split of {', '.join(self.states)}, whose sizes differ, needs the weights; give them"
                )
            widths = [array.shape[-1] // len(self.states)] * len(self.states)
        return {s: array[..., part] for s, part in zip(self.states, slices(widths), strict=True)}

    # ---- states and values ----------------------------------------------------------------------

    def forward(self, weights: Weights, inputs: Array, state: Array) -> Array:
        """States (T+1, ..., N) that follow from inputs (T, ..., M); row 0 is `state` (..., N).

        Method: whatever needs no state is computed for a block of steps at once, before the loop over
        time.
        """
        given = self._given(weights, inputs=inputs, state=np.asarray(state)[None])
        x, first = given.arrays["inputs"], given.arrays["state"][0]
        states = np.empty((len(x) + 1, *first.shape), given.dtype)
        states[0] = first
        for part in _blocks(len(x), LOOP_ENTRIES, first.size):
            paths = states[part.start + 1 : part.stop + 1]
            before = (*given.parts("inputs", x[part]), *given.parts("states", states[part.start]))
            self._call("forward", given, before, given.parts("states", paths))
        return states.reshape(len(states), *given.batch, first.shape[-1])

    def values(self, weights: Weights, states: Array, inputs: Array) -> dict[str, Array]:
        """Every named value of the cell at each state (T, ..., N) and input (T, ..., M)."""
        given, steps = self._flat(weights, states=states, inputs=inputs)
        found = self._call("values", given, self._parts(given, slice(None)))
        result = {}
        for name, value in zip(self.cell.values, found, strict=True):
            shape = tuple(concrete(d, given.sizes) or 0 for d in self.cell.shapes[name])
            whole = np.broadcast_to(value, (len(given.flat("states")), *(shape or (1,))))
            result[name] = whole.reshape(steps, *given.batch, *shape)
        return result

    # ---- Jacobians ------------------------------------------------------------------------------

    def jacobians(self, weights: Weights, states: Array, inputs: Array, out: Array | None = None) -> Array:
        """ds_{t+1}/ds_t, (T, ..., N, N), at each state (T, ..., N) and input (T, ..., M).

        `out` is an array to write to: fresh memory costs about as much as forming small Jacobians.
        """
        given, steps = self._flat(weights, states=states, inputs=inputs)
        return self._matrices("jacobians", given, steps, self.blocks, "states", out)

    def input_jacobians(
        self, weights: Weights, states: Array, inputs: Array, out: Array | None = None
    ) -> Array:
        """ds_{t+1}/dx_t, (T, ..., N, M), at each state (T, ..., N) and input (T, ..., M)."""
        given, steps = self._flat(weights, states=states, inputs=inputs)
        return self._matrices("input_jacobians", given, steps, self.input_blocks, "inputs", out)

    def _matrices(
        self,
        function: str,
        given: Arguments,
        steps: int,
        blocks: tuple[tuple[str, str], ...],
        columns: str,
        out: Array | None,
    ) -> Array:
        names = self.states if columns == "states" else self.inputs
        rows, across = slices(given.widths["states"]), slices(given.widths[columns])
        count = len(given.flat("states"))
        height, width = sum(given.widths["states"]), sum(given.widths[columns])
        shape = (steps, *given.batch, height, width)
        result = self._checked_out(out, shape, given) if out is not None else np.empty(shape, given.dtype)
        flat = result.reshape(count, height, width)
        if len(blocks) < len(self.states) * len(names):
            flat[...] = 0
        places = [(rows[self.cell.next_states.index(of)], across[names.index(by)]) for of, by in blocks]
        for part in _blocks(count if blocks else 0, MATRIX_ENTRIES, height * width):
            outs = [flat[part, r, c] for r, c in places]
            self._call(function, given, self._parts(given, part), outs)
        return result

    def _checked_out(self, out: Array, shape: tuple[int, ...], given: Arguments) -> Array:
        fits = isinstance(out, np.ndarray) and (out.shape, out.dtype) == (shape, given.dtype)
        if not fits or not out.flags.c_contiguous or not out.flags.writeable:
            found = f"{out.shape}, {out.dtype}" if isinstance(out, np.ndarray) else type(out).__name__
            raise DataError(
                f"out must be a contiguous array of shape {shape} and dtype {given.dtype}; found "
                f"{found}; make it with numpy.empty"
            )
        return out

    # ---- gradients ------------------------------------------------------------------------------

    def adjoint(
        self, weights: Weights, states: Array, inputs: Array, cotangent: Array, parameters: bool = False
    ) -> dict[str, Array]:
        """Gradients through each step by itself, from those at its next state.

        `cotangent` (T, ..., N) holds ∂L/∂s_{t+1}. The result has "states" (T, ..., N), ∂L/∂s_t through
        that one step, and "inputs" (T, ..., M); with `parameters`, also the gradient of each parameter by
        its name, summed over time and batch.
        """
        given, steps = self._flat(weights, states=states, inputs=inputs, cotangents=cotangent)
        count = len(given.flat("states"))
        results = {
            kind: np.empty((steps, *given.batch, sum(widths)), given.dtype)
            for kind, widths in given.widths.items()
        }
        flat = {kind: a.reshape(count, a.shape[-1]) for kind, a in results.items()}
        totals = (
            [np.zeros_like(getattr(given.weights, code)) for code in self.codes[: len(self.parameters)]]
            if parameters
            else []
        )
        for part in _blocks(count, FLAT_ENTRIES, flat["states"].shape[1]):
            outs = [view for kind, a in flat.items() for view in given.parts(kind, a[part])]
            before = [*self._parts(given, part), *given.parts("states", given.flat("cotangents")[part])]
            found = self._call("gradients" if parameters else "adjoint", given, before, outs)
            for i, gradient in enumerate(found or ()):
                totals[i] = totals[i] + gradient
        return self._named(results, totals)

    def pullback(self, weights: Weights, states: Array, inputs: Array, cotangent: Array) -> Array:
        """∂L/∂s_t for every t, (T+1, ..., N), from the gradient (..., N) at the last state, its last row.

        Method: `states` (T+1, ..., N) are those of `forward`; all that does not depend on the gradient is
        computed for a block of steps at once. Nothing is rescaled: over many steps gradients can leave the
        range of the floats.
        """
        given = self._given(weights, states=states, inputs=inputs, cotangents=np.asarray(cotangent)[None])
        nothing = np.zeros_like(given.arrays["cotangents"])
        return self._carried_back(given, np.broadcast_to(nothing, given.arrays["states"].shape))

    def backward(
        self, weights: Weights, states: Array, inputs: Array, cotangents: Array, parameters: bool = True
    ) -> dict[str, Array]:
        """Gradients of a loss over a whole sequence, carried back through all steps.

        `states` (T+1, ..., N) are those of `forward`, `cotangents` (T+1, ..., N) the gradient that the loss
        has at each of them directly. The result has "states" (T+1, ..., N), the whole gradient at each state,
        "inputs" (T, ..., M) and, with `parameters`, each parameter's by its name.
        """
        given = self._given(weights, states=states, inputs=inputs, cotangents=cotangents)
        steps = given.same_steps("states", "cotangents") - 1
        whole = self._carried_back(given, given.arrays["cotangents"][:-1])
        shape = (-1, *given.batch, whole.shape[-1])
        x, s = given.arrays["inputs"], given.arrays["states"]
        found = self.adjoint(weights, s[:-1], x, whole.reshape(s.shape)[1:], parameters)
        found["inputs"] = found["inputs"].reshape(steps, *given.batch, x.shape[-1])
        return found | {"states": whole.reshape(shape)}

    def _carried_back(self, given: Arguments, direct: Array) -> Array:
        x, s, last = (given.arrays[name] for name in ("inputs", "states", "cotangents"))
        if len(s) != len(x) + 1:
            raise DataError(
                f"going back through {len(x)} inputs needs {len(x) + 1} states; found {len(s)}; give them "
                "as forward returns them"
            )
        whole = np.empty(s.shape, given.dtype)
        whole[-1] = last[-1]
        for part in reversed(_blocks(len(x), LOOP_ENTRIES, s[0].size)):
            before = [*given.parts("inputs", x[part]), *given.parts("states", s[part])]
            before += [*given.parts("states", whole[part.stop]), *given.parts("states", direct[part])]
            self._call("pullback", given, before, given.parts("states", whole[part]))
        return whole.reshape(len(s), *given.batch, s.shape[-1])

    def _named(self, results: dict[str, Array], totals: list[Array]) -> dict[str, Array]:
        hidden = [p for p in self.parameters if p in results] if totals else []
        if hidden:
            raise DataError(
                f"gradients of all parameters were asked for, but {hidden[0]!r} is what the result calls the "
                "gradients at states or inputs; rename that parameter"
            )
        return results | dict(zip(self.parameters, totals, strict=False))

    # ---- calls ----------------------------------------------------------------------------------

    def _given(self, weights: Weights, **arrays: Array) -> Arguments:
        return Arguments(self._layout, self.codes, self.letters, weights, **arrays)

    def _flat(self, weights: Weights, **arrays: Array) -> tuple[Arguments, int]:
        given = self._given(weights, **arrays)
        return given, given.same_steps(*arrays)

    def _parts(self, given: Arguments, part: slice) -> list[Array]:
        return [
            *given.parts("inputs", given.flat("inputs")[part]),
            *given.parts("states", given.flat("states")[part]),
        ]

    def _call(
        self, function: str, given: Arguments, before: Iterable[Array], outs: Iterable[Array] = ()
    ) -> Any:
        # The sigmoid of a very negative number passes through an infinity on its way to 0.
        with np.errstate(over="ignore"):
            return compiled(self.source)[function](given.weights, given.size, *before, *outs)


def _blocks(count: int, entries: int, width: int) -> list[slice]:
    """Parts of `count` steps that hold about so many entries each, at widths of so many a step."""
    block = max(1, entries // max(1, width))
    return [slice(i, min(i + block, count)) for i in range(0, count, block)]
