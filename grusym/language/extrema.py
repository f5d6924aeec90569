"""The larger and the smaller of two vectors, entry by entry: values, and how they are spelled.

At a tie both are `right`, and so is the derivative there: step(0) = 0 gives `left` no share.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from grusym.language.build import negative, total
from grusym.language.expression import Expression, Extremum

Array = Any


@dataclass(frozen=True)
class Elementwise2:
    """An elementwise function of two arguments: `value` acts on NumPy arrays, `numpy` in emitted source."""

    name: str
    spellings: tuple[str, ...]
    value: Callable[[Array, Array], Array]
    numpy: str


def maximum(u: Array, v: Array) -> Array:
    """The larger of u and v; of complex arrays, u where its real part is the larger one, else v."""
    import numpy as np

    if np.iscomplexobj(u) or np.iscomplexobj(v):  # NumPy's own would let the imaginary part break a tie
        return np.where(np.real(u) > np.real(v), u, v)
    return np.maximum(u, v)


def minimum(u: Array, v: Array) -> Array:
    """The smaller of u and v; of complex arrays, u where its real part is the smaller one, else v."""
    import numpy as np

    if np.iscomplexobj(u) or np.iscomplexobj(v):
        return np.where(np.real(u) < np.real(v), u, v)
    return np.minimum(u, v)


_ENTRIES = (
    Elementwise2("max", ("max", "maximum"), maximum, "maximum"),
    Elementwise2("min", ("min", "minimum"), minimum, "minimum"),
)
EXTREMA: dict[str, Elementwise2] = {entry.name: entry for entry in _ENTRIES}
EXTREMA_SPELLINGS: dict[str, str] = {s: entry.name for entry in _ENTRIES for s in entry.spellings}


def excess(e: Extremum) -> Expression:
    """What is positive where `left` is chosen: u - v for max(u, v), v - u for min(u, v)."""
    more, less = (e.left, e.right) if e.function == "max" else (e.right, e.left)
    return total(more, negative(less))
