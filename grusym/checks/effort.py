"""How many terms a formula would have if it were multiplied out: an upper bound, found without doing so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from grusym.language.evaluation import Arithmetic


@dataclass(frozen=True, eq=False)
class Terms:
    """A sum of so many terms; arithmetic on it counts instead of calculating."""

    count: int

    def __add__(self, other: Any) -> Terms:
        return Terms(self.count + _count(other))

    def __mul__(self, other: Any) -> Terms:
        return Terms(self.count * _count(other))

    def __neg__(self) -> Terms:
        return self

    def __eq__(self, other: object) -> bool:
        return self.count == _count(other)

    __hash__ = None  # type: ignore[assignment]

    __radd__, __rmul__ = __add__, __mul__


def _count(other: Any) -> int:
    return other.count if isinstance(other, Terms) else int(other != 0)


class Counting:
    """An arithmetic of `Terms`: an activation hides its argument behind one symbol."""

    def __init__(self) -> None:
        self.hidden = 0  # terms of all arguments
        self.arithmetic = Arithmetic(lambda value: Terms(int(value != 0)), self.apply)

    def apply(self, function: str, array: Any) -> Any:
        """One term for every entry."""
        self.hidden += total(array)
        result = np.empty(np.shape(array), dtype=object)
        result[...] = Terms(1)
        return result if result.ndim else Terms(1)


def total(array: Any) -> int:
    """All terms of an array."""
    return sum(_count(entry) for entry in np.ravel(np.asarray(array, dtype=object)))


def symbols(shape: tuple[int, ...]) -> Any:
    """An array of single terms."""
    array = np.empty(shape, dtype=object)
    array[...] = Terms(1)
    return array
