"""Exact arithmetic in which an activation's output is a symbol of its own, of known slope.

Elements are SymPy polynomials with rational coefficients: always expanded, so that equal means identical.
A quotient is a product with a reciprocal, which is one more function of known slope: no fractions, no
common divisors, and yet every identity of fractions is seen by clearing the denominators.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from grusym.errors import DataError
from grusym.language.activations import ACTIVATIONS
from grusym.language.evaluation import Arithmetic, evaluate
from grusym.language.expression import (
    Activation,
    Expression,
    Hadamard,
    Name,
    Power,
    Quotient,
    children,
    rebuilt,
)

Element = Any
RECIPROCAL = "reciprocal"
LARGEST = 20_000  # terms: more are not multiplied out when denominators are cleared


@dataclass(frozen=True)
class Output:
    """One application of an activation: symbol = function(argument)."""

    function: str
    argument: Element
    symbol: Element


def undivided(e: Expression) -> Expression:
    """The expression with u / v as u ⊙ reciprocal(v), and reciprocals of factors for those of products."""
    parts = tuple(undivided(child) for child in children(e))
    if isinstance(e, Quotient):
        return Hadamard(parts[0], _reciprocal(parts[1]))
    if isinstance(e, Power) and e.exponent < 0:
        return Power(_reciprocal(parts[0]), -e.exponent)
    return rebuilt(e, parts)


def _reciprocal(e: Expression) -> Expression:
    if isinstance(e, Hadamard):
        return Hadamard(_reciprocal(e.left), _reciprocal(e.right))
    return Power(_reciprocal(e.base), e.exponent) if isinstance(e, Power) else Activation(RECIPROCAL, e)


class Opaque:
    """Polynomials in the entries given, and in one symbol for each application of an activation.

    `room` is how many applications there may be.
    """

    def __init__(self, names: Sequence[str], room: int) -> None:
        from sympy import QQ, Symbol
        from sympy.polys.orderings import lex
        from sympy.polys.rings import PolyRing

        symbols = [Symbol(name) for name in names] + [Symbol(f"output {i + 1}") for i in range(room)]
        self.ring = PolyRing(symbols or [Symbol("nothing")], QQ, lex)
        self.rationals = QQ
        self.given: tuple[Element, ...] = self.ring.gens[: len(names)]
        self.free = iter(enumerate(self.ring.gens[len(names) :], len(names)))
        self.outputs: dict[int, Output] = {}  # by the index of the symbol, in the order of making
        self.index: dict[tuple[str, Element], int] = {}
        self.rates: dict[tuple[int, Element], Element] = {}
        self.arithmetic = Arithmetic(self.number, self.apply)

    def number(self, value: Fraction) -> Element:
        """An exact constant."""
        return self.ring(self.rationals(value.numerator, value.denominator))

    def element(self, value: Any) -> Element:
        """A value of the arithmetic as an element; matrices may hold plain zeros."""
        return self.ring(value)

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

        step(relu(u)) is step(u), relu(relu(u)) is relu(u), and reciprocal(2u) is half of reciprocal(u).
        """
        inner = self.outputs.get(self._symbol(argument))
        if function in ("relu", "step") and inner is not None and inner.function == "relu":
            argument = inner.argument
        factor = self.rationals.one
        if function == RECIPROCAL:
            if argument == 0:
                raise DataError("a formula divides by 0 whatever its arguments are; mend its denominator")
            factor = factor / argument.LC
            argument = argument.monic()
            if argument == 1:
                return self.ring(factor)
        key = (function, argument)
        if key not in self.index:
            i, symbol = next(self.free)
            self.index[key], self.outputs[i] = i, Output(function, argument, symbol)
        return self.outputs[self.index[key]].symbol * factor

    def _symbol(self, element: Element) -> int:
        """The index of an element that is one symbol, else -1."""
        used = self.used(element) if len(element) == 1 else []
        return used[0] if len(used) == 1 and element == self.ring.gens[used[0]] else -1

    def used(self, element: Element) -> list[int]:
        """The indices of the symbols an element mentions."""
        return sorted({i for powers in element.itermonoms() for i, e in enumerate(powers) if e})

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
        if out.function == RECIPROCAL:
            return -(out.symbol**2)
        slope = undivided(ACTIVATIONS[out.function].slope(Name("argument"), Name("output")))
        arrays = {"argument": _single(out.argument), "output": _single(out.symbol)}
        return self.element(evaluate(slope, arrays, arithmetic=self.arithmetic)[()])

    def reduced(self, element: Element) -> Element:
        """An element that is 0 only if the given one is.

        Used up are step(u)² = step(u), relu(u) step(u) = relu(u) and, unless that takes too many terms,
        u reciprocal(u) = 1.
        """
        for i, out in reversed(self.outputs.items()):
            if element != 0 and out.function == RECIPROCAL:
                element = self._multiplied_out(element, i, out.argument)
        for i, out in self.outputs.items():
            if element != 0 and out.function == "step":
                element = self._stepped(element, i, self.index.get(("relu", out.argument)))
        return element

    def _multiplied_out(self, element: Element, i: int, denominator: Element) -> Element:
        """The element times the denominator to the highest power of its reciprocal."""
        by_power: dict[int, dict[tuple[int, ...], Any]] = {}
        for powers, coefficient in element.iterterms():
            by_power.setdefault(powers[i], {})[(*powers[:i], 0, *powers[i + 1 :])] = coefficient
        highest = max(by_power)
        if not highest or len(element) * len(denominator) ** highest > LARGEST:
            return element
        return sum(
            (self.ring.from_dict(terms) * denominator ** (highest - k) for k, terms in by_power.items()),
            start=self.ring.zero,
        )

    def _stepped(self, element: Element, step: int, relu: int | None) -> Element:
        terms: dict[tuple[int, ...], Any] = {}
        for powers, coefficient in element.iterterms():
            kept = list(powers)
            if kept[step]:
                kept[step] = 0 if relu is not None and kept[relu] else 1
            key = tuple(kept)
            terms[key] = terms.get(key, 0) + coefficient
        return self.ring.from_dict({powers: c for powers, c in terms.items() if c})


def _single(element: Element) -> Any:
    array = np.empty((), dtype=object)
    array[()] = element
    return array
