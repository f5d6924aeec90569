"""The switches of a cell, read off its equations: where each parameter stands, and what z and r do.

Nothing is taken from a parameter's name: W is the matrix on the input, U the one on the state, d a bias
that the reset gate multiplies.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from grusym.errors import DataError
from grusym.language.cell import Cell
from grusym.language.evaluation import evaluate
from grusym.language.expression import Expression, Hadamard, Name, Product, children, names_in


@dataclass(frozen=True)
class Place:
    """Where a parameter stands: its letter (W, U, b or d), its gate, and whether r meets h before it."""

    letter: str
    gate: str
    after_reset: bool = False


def places(cell: Cell) -> dict[str, Place]:
    """Where each parameter of a cell stands.

    The gate of a cell with a single equation is "". Raises DataError for a parameter that stands
    anywhere else than in W x, U h or as a bias, or in two places.
    """
    found: dict[str, Place] = {}
    single = len(cell.equations) == 1
    for equation in cell.equations:
        for name, place in _places(cell, equation.right, "" if single else equation.left, gated=False):
            if name in found:
                raise DataError(
                    f"cell {cell.name!r} uses {name} twice; weights are placed only where it is once"
                )
            found[name] = place
    odd = [name for name in cell.weights if name not in found]
    if odd:
        raise DataError(
            f"cell {cell.name!r} has {', '.join(odd)}, neither in W x nor in U h nor alone as a bias; "
            "no framework's layer has such a weight: set the weights of this cell directly"
        )
    return found


def keeps_old(cell: Cell) -> str:
    """Which of "z" and "1 - z" keeps the old state: the one whose being 1 makes h' = h; "" for neither."""
    if "z" not in cell.values or "h" not in cell.states:
        return ""
    step = cell.equation(cell.next_of("h")).right
    values = {name: np.array([0.3, -0.7]) * k for k, name in enumerate(names_in(step), start=1)}
    for z, words in ((1.0, "z"), (0.0, "1 - z")):
        if "h" in values and np.array_equal(evaluate(step, {**values, "z": np.full(2, z)}), values["h"]):
            return words
    return ""


def reset(cell: Cell) -> str:
    """Whether the reset gate acts "before" or "after" the recurrent product; "" where there is none."""
    if any(place.after_reset for place in places(cell).values()):
        return "before"
    return "after" if "r" in cell.values else ""


def _places(cell: Cell, e: Expression, gate: str, gated: bool) -> Iterator[tuple[str, Place]]:
    match e:
        case Product(left=Name(name=name), right=operand) if name in cell.parameters:
            met = set(names_in(operand))
            letter = "W" if met & set(cell.inputs) else "U"
            yield name, Place(letter, gate, after_reset=bool(met & set(cell.values)))
        case Name(name=name) if name in cell.parameters and len(cell.shapes[name]) == 1:
            yield name, Place("d" if gated else "b", gate)
        case Hadamard(left=u, right=v):
            yield from _places(cell, u, gate, gated or bool(set(names_in(v)) & set(cell.values)))
            yield from _places(cell, v, gate, gated or bool(set(names_in(u)) & set(cell.values)))
        case _:
            for child in children(e):
                yield from _places(cell, child, gate, gated)
