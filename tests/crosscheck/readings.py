"""How a framework's arrays are read into a cell's weights: rightly, and in the ways that go wrong in the field.

A wrong reading differs from the convention in one switch. Each must be noticed by every comparison.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
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
        return cell(self.style.cell_name)

    def weights(self, arrays: Weights) -> Weights:
        """The cell's weights."""
        found = unpack(arrays, self.style, self.cell)
        return self.change(found) if self.change else found

    def arrays(self, weights: Weights) -> Weights:
        """The framework's arrays that are read as these weights."""
        assert self.change is None, f"{self.name} has no way back"
        return pack(weights, self.style, self.cell)

    def pulled_back(self, gradients: Weights, n: int, m: int) -> Weights:
        """Gradients in the framework's arrays from those in the cell's weights.

        Method: the reading is affine, so the transpose of its linear part takes gradients back.
        """
        flat = self._flat(gradients)
        return {name: part @ flat for name, part in linear_part(self, n, m).items()}

    def _flat(self, weights: Weights):
        return np.concatenate([np.ravel(weights[name]) for name in self.cell.parameters])


@cache
def linear_part(reading: Reading, n: int, m: int) -> Weights:
    """For each stored array (its shape..., number of weights): what one more in each entry does to the weights."""
    zeros = {stored.name: np.zeros(stored.shape(n, m)) for stored in reading.style.arrays}
    offset, parts = reading._flat(reading.weights(zeros)), {}
    for name, array in zeros.items():
        part = np.empty((*array.shape, offset.size))
        for place in np.ndindex(array.shape):
            array[place] = 1
            part[place] = reading._flat(reading.weights(zeros)) - offset
            array[place] = 0
        parts[name] = part
    return parts


def right_reading(style: Convention) -> Reading:
    return Reading("right", style)


def wrong_readings(style: Convention) -> Iterator[Reading]:
    """Every convention that differs in one switch that the layer has."""
    for pair in combinations(style.gates, 2):
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
        arrays = tuple(replace(s, columns=s.columns != (s.holds == "U")) for s in style.arrays)
        yield Reading("U transposed", replace(style, arrays=arrays))
        other = {"rnn": "rnn_relu", "rnn_relu": "rnn"}[style.kind]
        yield Reading(f"activation of {other}", replace(style, kind=other))


def exchanged(style: Convention, a: str, b: str) -> Convention:
    """The same convention with two gates in each other's place."""
    other = {a: b, b: a}
    arrays = tuple(replace(s, gates=tuple(other.get(g, g) for g in s.gates)) for s in style.arrays)
    return replace(style, gates=tuple(other.get(g, g) for g in style.gates), arrays=arrays)


def _bias_out_of_reset(weights: Weights) -> Weights:
    return {**weights, "b_c": weights["b_c"] + weights["d_c"], "d_c": np.zeros_like(weights["d_c"])}
