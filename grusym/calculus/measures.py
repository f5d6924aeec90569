"""Every count of a cell under one name: what `compare`, the command line and the report can ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grusym.calculus.chain import chain
from grusym.calculus.counting import activation_count, operation_count, parameter_count, state_size
from grusym.calculus.identifiable import identifiable
from grusym.calculus.kept import kept_for_training
from grusym.calculus.kinds import BIAS, INPUT, OTHER, RECURRENT, parameter_kinds
from grusym.errors import unknown
from grusym.language.cell import Cell

if TYPE_CHECKING:
    import sympy


@dataclass(frozen=True)
class Measure:
    """One count: its name, what it is called, and the function that derives it from a cell.

    `part` marks a count that is a part of the one before it.
    """

    name: str
    label: str
    of: Callable[[Cell], Any]
    part: bool = False


def _kind(kind: str) -> Callable[[Cell], Any]:
    return lambda cell: parameter_kinds(cell)[kind]


_ALL = (
    Measure("parameters", "parameters", parameter_count),
    Measure(INPUT, "input weights", _kind(INPUT), part=True),
    Measure(RECURRENT, "recurrent weights", _kind(RECURRENT), part=True),
    Measure(BIAS, "biases", _kind(BIAS), part=True),
    Measure(OTHER, "others", _kind(OTHER), part=True),
    Measure("identifiable", "identifiable", lambda cell: identifiable(cell).count),
    Measure("multiply_adds", "multiply-adds per step", operation_count),
    Measure("activations", "activations per step", activation_count),
    Measure("products_in_sequence", "products in sequence", lambda cell: chain(cell).products),
    Measure("operations_in_sequence", "operations in sequence", lambda cell: chain(cell).operations),
    Measure("state_size", "state size", state_size),
    Measure("kept_for_training", "kept for training", lambda cell: kept_for_training(cell).count),
)
MEASURES = {measure.name: measure for measure in _ALL}


def measured(cell: Cell, what: str) -> sympy.Expr:
    """One count of a cell by its name.

    Raises UnknownNameError for a count nobody has.
    """
    import sympy

    if what not in MEASURES:
        raise unknown("count", str(what), MEASURES)
    return sympy.sympify(MEASURES[what].of(cell), strict=True)


def remarks(cell: Cell) -> dict[str, tuple[str, ...]]:
    """What there is to say of some counts of a cell, by the count's name."""
    seen, longest, kept = identifiable(cell), chain(cell), kept_for_training(cell)
    found = {
        "identifiable": (*(() if seen.exact else ("at most",)), *seen.notes),
        "operations_in_sequence": (" → ".join(longest.through),) if longest.operations else (),
        "products_in_sequence": ("can be scanned in parallel",) if longest.scannable else (),
        "kept_for_training": (", ".join(kept.names),) if kept.names else (),
    }
    return {what: said for what, said in found.items() if said}
