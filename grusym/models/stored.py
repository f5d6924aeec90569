"""One array of a framework: which of a layer's parameters it holds, and how they lie in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Parts = dict[str, NDArray[Any]]  # a layer's parameters by their names in its equations
MATRICES = "WUP"  # on the input, on the state, and the projection to the state


def parameter(letter: str, gate: str) -> str:
    """The name of a parameter in the layer's equations: W_z, W_h of the projection, b without gates."""
    if letter == "P":
        return "W_h"
    return f"{letter}_{gate}" if gate else letter


@dataclass(frozen=True)
class Stored:
    """One array of a framework: which parameters it `holds`, for which `gates`.

    Letters: W on the input, U on the state, b a bias, d a second bias, p a peephole, P the projection.
    A matrix has the gates one below the other and W left of U; with `columns` it is stored transposed, as
    frameworks with row vectors do. A vector has all gates of its first letter, then all of the second.
    `lead` are axes in front: one direction, or two bias vectors.
    """

    name: str
    holds: str
    gates: tuple[str, ...]
    columns: bool = False
    lead: tuple[int, ...] = ()

    @property
    def is_matrix(self) -> bool:
        """Whether the array holds matrices, not vectors."""
        return self.holds[0] in MATRICES

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the parameters it holds: letter by letter, gate by gate."""
        return tuple(parameter(letter, gate) for letter in self.holds for gate in self.gates)

    def axes(self, projected: bool = False) -> tuple[dict[str, int], ...]:
        """How often each size letter stands in each axis of one gate after the other, as columns act.

        The state has p entries where the layer is `projected`, else n.
        """
        if not self.is_matrix:
            return ({"n": len(self.holds) * len(self.gates)},)
        if self.holds == "P":
            return ({"p": 1}, {"n": 1})
        width: dict[str, int] = {}
        for letter in self.holds:
            size = "m" if letter == "W" else "p" if projected else "n"
            width[size] = width.get(size, 0) + 1
        return ({"n": len(self.gates)}, width)

    def shape(self, n: int, m: int, p: int | None = None) -> tuple[int, ...]:
        """The array's shape for n units, m inputs and, in a projected layer, p entries that feed back."""
        sizes = {"n": n, "m": m, "p": p or n}
        own = tuple(sum(sizes[letter] * k for letter, k in axis.items()) for axis in self.axes(p is not None))
        if not self.is_matrix:
            return own if not self.lead else (*self.lead, own[0] // self.lead[0])
        return self.lead + (own[::-1] if self.columns else own)

    def cut(self, array: NDArray[Any], sizes: Mapping[str, int]) -> Parts:
        """The parameters that an array of the right shape holds."""
        if not self.is_matrix:
            rows = array.reshape(len(self.parameters), sizes["n"])
            return dict(zip(self.parameters, rows, strict=True))
        matrix = array.reshape(array.shape[len(self.lead) :])
        matrix = matrix.T if self.columns else matrix
        parts: Parts = {}
        for rows, gate in zip(np.split(matrix, len(self.gates)), self.gates, strict=True):
            start = 0
            for letter in self.holds:
                stop = start + self._width(letter, sizes)
                parts[parameter(letter, gate)] = rows[:, start:stop]
                start = stop
        return parts

    def stacked(self, parts: Mapping[str, NDArray[Any]]) -> NDArray[np.float64]:
        """The array that holds these parameters."""
        if not self.is_matrix:
            whole = np.concatenate([parts[name] for name in self.parameters])
            whole = whole.reshape(*self.lead, -1) if self.lead else whole
        else:
            rows = [[parts[parameter(letter, gate)] for letter in self.holds] for gate in self.gates]
            whole = np.block(rows)
            whole = whole.T if self.columns else whole
            whole = whole.reshape(*self.lead, *whole.shape)
        return np.ascontiguousarray(whole, dtype=np.float64)

    def _width(self, letter: str, sizes: Mapping[str, int]) -> int:
        return sizes["m"] if letter == "W" else sizes["n"] if letter == "P" else sizes.get("p", sizes["n"])
