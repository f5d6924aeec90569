"""The few recipes that join floors: a cell to its kernel, its checks, its trajectories."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from grusym.language.cell import Cell

if TYPE_CHECKING:
    from grusym.calculus.jacobian import Jacobian
    from grusym.checks.report import CheckReport
    from grusym.dynamics.trajectory import Trajectory
    from grusym.kernels.kernel import Kernel


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


def simulate(
    cell: Cell | Kernel,
    weights: dict[str, Any],
    inputs: Any = None,
    state: Any = None,
    steps: int | None = None,
    seed: int = 0,
    batch: int | None = None,
) -> Trajectory:
    """Run a cell over inputs and return every state; see `grusym.dynamics.trajectory.simulate`."""
    from grusym.dynamics.trajectory import simulate as run

    of = kernel(cell) if isinstance(cell, Cell) else cell
    return run(of, weights, inputs=inputs, state=state, steps=steps, seed=seed, batch=batch)


def random_weights(
    cell: Cell, hidden: int, input: int = 1, init: str = "torch", seed: int = 0
) -> dict[str, Any]:
    """Random weights by parameter name; see `grusym.kernels.weights.random_weights`."""
    from grusym.kernels.weights import random_weights as draw

    return draw(cell, hidden=hidden, input=input, init=init, seed=seed)


def numpy_source(jacobian: Jacobian) -> str:
    """NumPy source, to copy, of a function that evaluates one Jacobian for one vector at a time."""
    from grusym.kernels.plain import plain_source

    return plain_source(jacobian.cell, jacobian.of, jacobian.by, jacobian.expression)
