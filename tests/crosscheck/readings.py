"""How a framework's arrays are read into a cell's weights: rightly, and in ways that go wrong in the field.

A wrong reading differs from the convention in one switch. Every comparison must notice it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from grusym.cells.library import cell
from grusym.models.conventions import Convention
from grusym.models.conversion import pack, unpack

Weights = dict[str, Any]


@dataclass(frozen=True)
class Reading:
    """A convention, and what is done to the weights that it gives, which must be linear."""

    name: str
    style: Convention
    change: Callable[[Weights], Weights] | None = None

    @property
    def cell(self):
        """The cell of the library that takes the weights."""
        return cell(self.style.cell_name)

    def weights(self, arrays: Weights) -> Weights:
        """The cell's weights."""
        found = unpack(arrays, self.style, self.cell)
        return self.change(found) if self.change else found

    def arrays(self, weights: Weights) -> Weights:
        """The framework's arrays that are read as these weights."""
        assert self.change is None, f"{self.name} has no way back"
        return pack(weights, self.style, self.cell)

    def slope(self, gradients: Weights, arrays: Weights, direction: Weights) -> float:
        """The slope of a loss along a direction of the framework's arrays, from the gradients in the weights.

        Method: the reading is affine, so it takes a step in the arrays to a step in the weights.
        """
        there = self.weights({name: array + direction.get(name, 0) for name, array in arrays.items()})
        here = self.weights(arrays)
        return sum(float(np.sum(gradients[name] * (there[name] - here[name]))) for name in here)


def right_reading(style: Convention) -> Reading:
    return Reading("right", style)


def wrong_readings(style: Convention) -> Iterator[Reading]:
    """Every convention that differs in one switch that the layer has."""
    for pair in exchangeable(style):
        yield Reading(f"gates {' and '.join(pair)} exchanged", exchanged(style, *pair))
    if style.keeps_old:
        other = {"z": "1 - z", "1 - z": "z"}[style.keeps_old]
        yield Reading(f"{other} keeps the old state", replace(style, keeps_old=other))
    if style.reset:
        other = {"before": "after", "after": "before"}[style.reset]
        yield Reading(f"reset {other} the product", replace(style, reset=other))
    if style.bias_inside_reset:
        yield Reading("bias outside the reset", style, _bias_out_of_reset)
    if "f" in style.gates:
        offset = 0.0 if style.forget_offset else 1.0
        yield Reading(f"forget offset {offset}", replace(style, forget_offset=offset))
    if len(style.gates) == 1:
        yield Reading("U transposed", turned(style))
        other = {"tanh": "relu", "relu": "tanh"}[style.activation]
        yield Reading(f"activation {other}", replace(style, activation=other))


def exchangeable(style: Convention) -> list[tuple[str, str]]:
    """The pairs of gates that could be taken for each other: both have a peephole, or neither."""
    seen = {gate for stored in style.arrays if stored.holds == "p" for gate in stored.gates}
    return [(a, b) for a, b in combinations(style.gates, 2) if (a in seen) == (b in seen)]


def exchanged(style: Convention, a: str, b: str) -> Convention:
    """The same convention with two gates in each other's place."""
    other = {a: b, b: a}
    arrays = tuple(replace(s, gates=tuple(other.get(g, g) for g in s.gates)) for s in style.arrays)
    return replace(style, gates=tuple(other.get(g, g) for g in style.gates), arrays=arrays)


def turned(style: Convention) -> Convention:
    """The same convention with the square matrix on the state stored the other way."""
    return replace(
        style, arrays=tuple(replace(s, columns=s.columns != (s.holds == "U")) for s in style.arrays)
    )


def _bias_out_of_reset(weights: Weights) -> Weights:
    return {**weights, "b_c": weights["b_c"] + weights["d_c"], "d_c": np.zeros_like(weights["d_c"])}
