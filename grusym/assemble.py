"""The few recipes that join floors: a cell to its kernel, its checks, its trajectories."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, wraps
from inspect import signature
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from grusym.errors import DataError, GrusymError
from grusym.language.cell import Cell

if TYPE_CHECKING:
    from grusym.calculus.jacobian import Jacobian
    from grusym.checks.report import CheckReport
    from grusym.dynamics.trajectory import Trajectory
    from grusym.kernels.kernel import Kernel
    from grusym.language.certificate import Certificate
    from grusym.models.conversion import Conversion

Rest = ParamSpec("Rest")
Result = TypeVar("Result")


def of_a_cell(
    function: Callable[Concatenate[Cell, Rest], Result],
) -> Callable[Concatenate[Cell | str, Rest], Result]:
    """The same function, given a cell or its name: `jacobian("gru")` is `jacobian(cell("gru"))`.

    What else a function takes first (a kernel to simulate, a Jacobian to check) is handed on.
    """
    return _of_cells(function, 1)


def of_two_cells(
    function: Callable[Concatenate[Cell, Cell, Rest], Result],
) -> Callable[Concatenate[Cell | str, Cell | str, Rest], Result]:
    """The same function, given two cells or their names: `compare("gru", "lstm")`."""
    return _of_cells(function, 2)


def _of_cells(function: Callable[..., Any], count: int) -> Callable[..., Any]:
    cells = tuple(signature(function).parameters)[:count]

    @wraps(function)
    def given(*arguments: Any, **options: Any) -> Any:
        asked = function.__name__
        options = {name: _meant(o, asked) if name in cells else o for name, o in options.items()}
        named = [_meant(a, asked) for a in arguments[:count]]
        return function(*named, *arguments[count:], **options)

    given.__module__ = "grusym"  # where pickle finds it
    return given


def _meant(thing: Any, asked: str) -> Any:
    from grusym.cells.library import cell

    if isinstance(thing, str):
        return cell(thing)
    if isinstance(thing, Cell) or asked == "check" or (asked == "simulate" and hasattr(thing, "forward")):
        return thing
    raise GrusymError(
        f"{asked} was asked of {type(thing).__name__} where a cell is wanted; give cell('gru'), its name "
        "'gru', or read_cell(text)"
    )


@lru_cache(maxsize=256)
def kernel(cell: Cell) -> Kernel:
    """The NumPy code of a cell, emitted from its equations and everything derived from them.

    `print(kernel(cell).source)` shows it. Shapes: time first, then batch axes, then units.
    """
    from grusym.calculus.adjoint import gradients
    from grusym.calculus.jacobian import blocks
    from grusym.kernels.emit import emit

    return emit(cell, blocks(cell), gradients(cell))


def check(thing: Any, twins: bool = True) -> CheckReport:
    """Judge derived formulas by oracles that do not know the calculus.

    `thing` is a Jacobian, the gradients of a cell, or a cell: then every Jacobian block of one step
    and every gradient of it. Method: component-wise SymPy (exact at a small size) and complex step at
    three sizes. With `twins`, each oracle must also refuse a broken twin of every formula.
    """
    from grusym.checks.report import checked

    return checked(derived(thing) if isinstance(thing, Cell) else (thing,), twins)


def derived(cell: Cell) -> Iterator[Any]:
    """Everything the calculus derives of a cell: each Jacobian block of one step, and the gradients."""
    from grusym.calculus.adjoint import gradients
    from grusym.calculus.jacobian import blocks

    yield from blocks(cell).values()
    yield gradients(cell)


def certify(cell: Cell) -> Certificate:
    """The derivation of every Jacobian block of one step and of every gradient, to be judged by others.

    `.write(path)` writes it, `.to_json()` is its data; `replay(path)` judges every step by means that do
    not know the calculus. The format is described in `grusym.language.certificate`.
    """
    from grusym.calculus.backward import derivation
    from grusym.calculus.jacobian import blocks
    from grusym.language.certificate import Certificate

    jacobians = [J.derivation for J in blocks(cell).values()]
    names = (*cell.parameters, *cell.states, *cell.inputs)
    return Certificate(cell, (*jacobians, *(derivation(cell, name) for name in names)))


def simulate(
    cell: Cell | Kernel | str,
    weights: dict[str, Any],
    inputs: Any = None,
    state: Any = None,
    steps: int | None = None,
    seed: int = 0,
    batch: int | None = None,
) -> Trajectory:
    """Run a cell over inputs and return every state; see `grusym.dynamics.trajectory.simulate`.

    `state` is one array of all states side by side, in the cell's order, or a mapping of them by name.
    """
    from grusym.cells.library import cell as named
    from grusym.dynamics.trajectory import simulate as run

    cell = named(cell) if isinstance(cell, str) else cell
    of = kernel(cell) if isinstance(cell, Cell) else cell
    state = _joined(of, weights, state) if isinstance(state, Mapping) else state
    return run(of, weights, inputs=inputs, state=state, steps=steps, seed=seed, batch=batch)


def _joined(kernel: Kernel, weights: Mapping[str, Any], state: Mapping[str, Any]) -> Any:
    """The states by name as one array."""
    import numpy as np

    from grusym.language.arrays import as_array

    if set(state) != set(kernel.states):
        raise DataError(
            f"the states of cell {kernel.cell.name!r} are {', '.join(kernel.states)}; found "
            f"{', '.join(map(str, state)) or 'none'}; give exactly those"
        )
    places = kernel.split(np.arange(kernel.state_size(weights)), weights)
    parts = {name: as_array(f"state {name}", state[name]) for name in places}
    for name, place in places.items():
        if parts[name].shape[-1:] != place.shape:
            raise DataError(
                f"state {name} must be shaped {place.shape} or (B, {place.size}); found {parts[name].shape}"
            )
    if len({part.shape[:-1] for part in parts.values() if part.ndim > 1}) > 1:
        sizes = ", ".join(f"{name} {part.shape}" for name, part in parts.items())
        raise DataError(f"states must have one batch size; found {sizes}; cut them to the same")
    batch = np.broadcast_shapes(*(part.shape[:-1] for part in parts.values()))
    whole = [np.broadcast_to(part, (*batch, part.shape[-1])) for part in parts.values()]
    return np.concatenate(whole, axis=-1)


def random_weights(
    cell: Cell,
    hidden: int | None = None,
    input: int | None = 1,
    init: str = "torch",
    seed: int = 0,
    sizes: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """Random weights by name, constants 0.5; `sizes` gives further sizes, such as the p of a projection.

    See `grusym.kernels.weights.random_weights`.
    """
    from grusym.kernels.weights import random_weights as draw

    return draw(cell, hidden=hidden, input=input, init=init, seed=seed, sizes=sizes)


def convert(
    weights: Mapping[str, Any],
    source: Any,
    target: Any,
    kind: str | None = None,
    layer: str = "",
) -> Conversion:
    """Weights carried from one framework's layer, or cell, to another that computes the same function.

    `source` and `target` are layers ("torch gru", "keras reset_after=False gru"), frameworks ("torch": the
    arrays, or `kind`, say which of its layers) or cells. Arrays are found by the names that the framework
    stores them under, with any prefix and suffix; `layer` says which where there are several.
    The result has the target's `arrays`, the `map` of formulas they follow, the `verdict` that both compute
    the same for all sizes, inputs and states, and the `difference` seen when both were run.
    Raises DataError with the reason where no weights of the target give the same function.
    """
    from grusym.models.arrays import as_arrays
    from grusym.models.conversion import convert as carried
    from grusym.models.sides import side_of, target_side

    weights = as_arrays(weights, f"{source} into {target}")
    own, names = side_of(weights, source, kind, str(layer))
    return carried(weights, own, target_side(target, kind, own), names)


def numpy_source(jacobian: Jacobian) -> str:
    """NumPy source, to copy, of a function that evaluates one Jacobian for one vector at a time."""
    from grusym.kernels.plain import plain_source

    return plain_source(jacobian.cell, jacobian.of, jacobian.by, jacobian.expression)
