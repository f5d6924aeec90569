"""Exact arithmetic in which an activation's output is a symbol of its own, of known slope.

Elements are SymPy polynomials (or fractions of them) with rational coefficients: always expanded, so
that equal means identical.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from grusym.language.activations import ACTIVATIONS
from grusym.language.evaluation import Arithmetic, evaluate
from grusym.language.expression import Name

Element = Any


@dataclass(frozen=True)
class Output:
    """One application of an activation: symbol = function(argument)."""

    function: str
    argument: Element
    symbol: Element


class Opaque:
    """Polynomials in the entries given, and in one symbol for each application of an activation.

    `room` is how many applications there may be; `dividing` allows fractions, which are slower.
    """

    def __init__(self, names: Sequence[str], room: int, dividing: bool = False) -> None:
        from sympy import QQ, Symbol
        from sympy.polys.fields import FracField
        from sympy.polys.orderings import lex
        from sympy.polys.rings import PolyRing

        symbols = [Symbol(name) for name in names] + [Symbol(f"output {i + 1}") for i in range(room)]
        self.dividing = dividing
        self.domain = (FracField if dividing else PolyRing)(symbols or [Symbol("nothing")], QQ, lex)
        self.rationals = QQ
        self.given: tuple[Element, ...] = self.domain.gens[: len(names)]
        self.free = iter(enumerate(self.domain.gens[len(names) :], len(names)))
        self.outputs: dict[int, Output] = {}  # by the index of the symbol, in the order of making
        self.index: dict[tuple[str, Element], int] = {}
        self.rates: dict[tuple[int, Element], Element] = {}
        self.arithmetic = Arithmetic(self.number, self.apply)

    def number(self, value: Fraction) -> Element:
        """An exact constant."""
        return self.domain(self.rationals(value.numerator, value.denominator))

    def element(self, value: Any) -> Element:
        """A value of the arithmetic, 0s of empty matrix entries included, as an element."""
        return self.domain(value)

    def apply(self, function: str, array: Any) -> Any:
        """An activation of every entry of an array."""
        if not isinstance(array, np.ndarray):
            return self.output(function, self.element(array))
        result = np.empty(array.shape, dtype=object)
        for i in np.ndindex(array.shape):
            result[i] = self.output(function, self.element(array[i]))
        return result

    def output(self, function: str, argument: Element) -> Element:
        """The symbol for function(argument), the same one for the same argument.

        step(relu(u)) is step(u), and relu(relu(u)) is relu(u).
        """
        inner = self.outputs.get(self._symbol(argument))
        if function in ("relu", "step") and inner is not None and inner.function == "relu":
            argument = inner.argument
        key = (function, argument)
        if key not in self.index:
            i, symbol = next(self.free)
            self.index[key], self.outputs[i] = i, Output(function, argument, symbol)
        return self.outputs[self.index[key]].symbol

    def _symbol(self, element: Element) -> int:
        """The index of an element that is one symbol, else -1."""
        used = list(self.used(element))
        return used[0] if len(used) == 1 and element == self.domain.gens[used[0]] else -1

    def used(self, element: Element) -> Iterable[int]:
        """The indices of the symbols an element mentions."""
        polynomials = (element.numer, element.denom) if self.dividing else (element,)
        return sorted(
            {i for p in polynomials for powers in p.itermonoms() for i, e in enumerate(powers) if e}
        )

    def derivative(self, element: Element, by: Element) -> Element:
        """The total derivative: SymPy's partial ones, and the chain rule through every activation."""
        result = element.diff(by)
        for i in self.used(element):
            if i in self.outputs:
                rate = self._rate(i, by)
                if rate != 0:
                    result += element.diff(self.outputs[i].symbol) * rate
        return result

    def _rate(self, i: int, by: Element) -> Element:
        if (i, by) not in self.rates:
            argument = self.derivative(self.outputs[i].argument, by)
            self.rates[i, by] = argument if argument == 0 else argument * self._slope(i)
        return self.rates[i, by]

    def _slope(self, i: int) -> Element:
        out = self.outputs[i]
        slope = ACTIVATIONS[out.function].slope(Name("argument"), Name("output"))
        arrays = {"argument": _single(out.argument), "output": _single(out.symbol)}
        return self.element(evaluate(slope, arrays, arithmetic=self.arithmetic)[()])

    def reduced(self, element: Element) -> Element:
        """The element with step(u)² = step(u) and relu(u) step(u) = relu(u) used up; 0 iff the element is."""
        if not self._steps:
            return element
        polynomial = element.numer if self.dividing else element
        terms: dict[tuple[int, ...], Any] = {}
        for powers, coefficient in polynomial.iterterms():
            kept = list(powers)
            for step, relu in self._steps:
                if kept[step]:
                    kept[step] = 0 if relu is not None and kept[relu] else 1
            key = tuple(kept)
            terms[key] = terms.get(key, 0) + coefficient
        ring = self.domain.ring if self.dividing else self.domain
        return ring.from_dict({powers: c for powers, c in terms.items() if c})

    @property
    def _steps(self) -> list[tuple[int, int | None]]:
        """The indices of every step's symbol and of the relu with the same argument, if there is one."""
        return [
            (i, self.index.get(("relu", out.argument)))
            for i, out in self.outputs.items()
            if out.function == "step"
        ]


def _single(element: Element) -> Any:
    array = np.empty((), dtype=object)
    array[()] = element
    return array
