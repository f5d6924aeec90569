"""Arithmetic modulo a large prime, in which an activation has a random residue for every argument.

Two formulas that differ as rational functions of the entries and the activations' outputs differ at a random
point save with a chance of about degree / 2^61 (Schwartz and Zippel).
"""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import numpy as np

from grusym.language.activations import ACTIVATIONS
from grusym.language.evaluation import Arithmetic, evaluate
from grusym.language.expression import Name

PRIME = 2**61 - 1
OPAQUE = frozenset({"σ", "tanh", "relu", "step", "sin", "cos", "softplus"})  # others have laws not kept here


class Residue:
    """A whole number modulo PRIME."""

    __slots__ = ("value",)

    def __init__(self, value: int) -> None:
        self.value = value % PRIME

    def __add__(self, other: Any) -> Any:
        if isinstance(other, Dual):
            return NotImplemented
        return Residue(self.value + _int(other))

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Dual):
            return NotImplemented
        return Residue(self.value * _int(other))

    def __truediv__(self, other: Any) -> Any:
        if isinstance(other, Dual):
            return NotImplemented
        return Residue(self.value * pow(_int(other), -1, PRIME))

    def __rtruediv__(self, other: Any) -> Any:
        return Residue(_int(other) * pow(self.value, -1, PRIME))

    def __sub__(self, other: Any) -> Any:
        return self + -other

    def __neg__(self) -> Residue:
        return Residue(-self.value)

    def __eq__(self, other: object) -> bool:
        return (other.value if isinstance(other, Residue) else other) == self.value

    def __hash__(self) -> int:
        return hash(self.value)

    __radd__, __rmul__ = __add__, __mul__


class Dual:
    """value + slope ε with ε² = 0: a residue and its derivative."""

    __slots__ = ("slope", "value")

    def __init__(self, value: Residue, slope: Residue) -> None:
        self.value, self.slope = value, slope

    def __add__(self, other: Any) -> Dual:
        if isinstance(other, Dual):
            return Dual(self.value + other.value, self.slope + other.slope)
        return Dual(self.value + other, self.slope)

    def __mul__(self, other: Any) -> Dual:
        if isinstance(other, Dual):
            return Dual(self.value * other.value, self.value * other.slope + self.slope * other.value)
        return Dual(self.value * other, self.slope * other)

    def __truediv__(self, other: Any) -> Dual:
        return self * _inverse(other)

    def __rtruediv__(self, other: Any) -> Dual:
        return _inverse(self) * other

    def __neg__(self) -> Dual:
        return Dual(-self.value, -self.slope)

    def __sub__(self, other: Any) -> Dual:
        return self + -other

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dual) and self.value == other.value and self.slope == other.slope

    __hash__ = None  # type: ignore[assignment]
    __radd__, __rmul__ = __add__, __mul__


def _inverse(x: Any) -> Any:
    if not isinstance(x, Dual):
        return Residue(1) / x
    inverse = Residue(1) / x.value
    return Dual(inverse, -(x.slope * inverse * inverse))


def _int(x: Any) -> int:
    return x.value if isinstance(x, Residue) else int(x)


class Field:
    """Residues with activations: the same argument has the same output, and f(-u) obeys its law."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.outputs: dict[tuple[str, int], Residue] = {}
        self.rectified: dict[int, int] = {}  # relu's outputs, and the step at their arguments
        self.on = False
        self.arithmetic = Arithmetic(self.number, self._each(self.output))
        self.duals = Arithmetic(self.number, self._each(self.dual_output))

    def number(self, value: Fraction | int) -> Residue:
        """An exact constant."""
        exact = Fraction(value)
        return (
            Residue(exact.numerator) / exact.denominator
            if exact.denominator > 1
            else Residue(exact.numerator)
        )

    def random(self, shape: tuple[int, ...]) -> Any:
        """An array of random residues."""
        array = np.empty(shape, dtype=object)
        for i in np.ndindex(shape):
            array[i] = Residue(self.draw.randrange(2, PRIME))
        return array

    def _each(self, function: Any) -> Any:
        def apply(name: str, array: Any) -> Any:
            if not isinstance(array, np.ndarray) or array.ndim == 0:
                return function(name, array[()] if isinstance(array, np.ndarray) else array)
            result = np.empty(array.shape, dtype=object)
            for i in np.ndindex(array.shape):
                result[i] = function(name, array[i])
            return result

        return apply

    def output(self, function: str, u: Any) -> Residue:
        """function(u)."""
        u = u if isinstance(u, Residue) else Residue(int(u))
        if function == "relu":
            on = self.output("step", u)
            y = u * on
            self.rectified[y.value] = on.value
            return y
        if function == "step" and u.value in self.rectified:
            return Residue(self.rectified[u.value])
        entry = ACTIVATIONS[function]
        if u.value == 0 and entry.at_zero is not None:
            return self.number(entry.at_zero)
        if entry.mirror is not None and u.value > PRIME // 2:
            a, b, c = entry.mirror
            return self.output(function, -u) * b + a + (-u) * c
        key = (function, u.value)
        if key not in self.outputs:
            if function == "step":  # now on, now off, so that no vector is off as a whole
                self.on = not self.on
                self.outputs[key] = Residue(int(self.on))
            else:
                self.outputs[key] = Residue(self.draw.randrange(PRIME))
        return self.outputs[key]

    def dual_output(self, function: str, u: Any) -> Any:
        """function(u) with its derivative."""
        if not isinstance(u, Dual):
            return self.output(function, u)
        y = self.output(function, u.value)
        arrays = {"u": _array(u.value), "y": _array(y)}
        slope = ACTIVATIONS[function].slope(Name("u"), Name("y"))
        rate = evaluate(slope, arrays, arithmetic=self.arithmetic)
        return Dual(y, u.slope * (rate[()] if isinstance(rate, np.ndarray) else rate))


def _array(x: Residue) -> Any:
    array = np.empty((), dtype=object)
    array[()] = x
    return array
