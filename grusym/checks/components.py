"""The exact oracle: a cell's equations component by component, differentiated by SymPy.

Every entry of every vector and matrix is a symbol, every application of an activation one more, whose
slope is known. Then all values are polynomials (or fractions) in those symbols, the chain rule needs
SymPy's `diff` only, and a formula is right if its difference from the derivative is the zero polynomial.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from grusym.checks.opaque import Opaque
from grusym.checks.points import Point
from grusym.checks.subject import Subject
from grusym.language.arrays import concrete, needed
from grusym.language.claim import Verdict
from grusym.language.evaluation import evaluate, evaluate_cell, evaluate_equations
from grusym.language.expression import Activation, Expression, Power, Quotient, walk

EXTRA_SIZE = 2  # of letters other than n and m; 1 would not see a transposition
POINTS = 20  # at most: random points at which a difference is confirmed before it is called one
DIVIDING = ("log", "sqrt")  # their slopes divide
SAME = 1e-9  # relative to the terms; floats of a dozen operations


def compare(subject: Subject, n: int = 2, m: int = 1) -> Verdict:
    """Whether a formula is the derivative it is said to be, exactly, at one small size.

    Method: every entry of (derivative - formula), expanded, is 0: proved. A difference is confirmed
    at random rational points before it is called refuted; one that is 0 at all of them may hide an
    identity of the activations: undecided.
    """
    return _Components(subject, n, m).verdict()


class _Components:
    """One cell at one size, written out in scalars."""

    def __init__(self, subject: Subject, n: int, m: int) -> None:
        self.subject, self.cell = subject, subject.cell
        self.at = f"n={n}, m={m}"
        self.sizes = {s.name: {"n": n, "m": m}.get(s.name, EXTRA_SIZE) for s in self.cell.sizes}
        self.given = [*needed(self.cell), *subject.cotangents.values()]
        if subject.by in self.cell.values:
            self.given.append(f"{subject.by} (given)")
        self.opaque = Opaque(self._symbols(), self._room(), self._divides())
        self.arrays: dict[str, Any] = {}
        symbols = iter(self.opaque.given)
        for name in self.given:
            shape = self._concrete(name)
            entries = [next(symbols) for _ in range(int(np.prod(shape)))]
            self.arrays[name] = _array(entries, shape)
        self.fixed = {subject.by: self.arrays[self.given[-1]]} if subject.by in self.cell.values else {}
        self.values = evaluate_cell(self.cell, self.arrays, self.fixed, self.opaque.arithmetic)

    def _concrete(self, name: str) -> tuple[int, ...]:
        name = name.removesuffix(" (given)")
        return tuple(concrete(d, self.sizes) or 1 for d in self.subject.shapes[name])

    def _symbols(self) -> list[str]:
        return [f"{name}{list(i)}" for name in self.given for i in np.ndindex(self._concrete(name))]

    def _expressions(self) -> list[Expression]:
        lines = (*self.cell.equations, *self.subject.lines)
        return [*(e.right for e in lines), self.subject.expression]

    def _room(self) -> int:
        """How many applications of activations there can be, slopes included."""
        applied = sum(isinstance(node, Activation) for e in self._expressions() for node in walk(e))
        widest = max(max(self._concrete(name), default=1) for name in self.cell.shapes)
        return 2 * applied * widest

    def _divides(self) -> bool:
        return any(
            isinstance(node, Quotient)
            or (isinstance(node, Power) and node.exponent < 0)
            or (isinstance(node, Activation) and node.function in DIVIDING)
            for e in self._expressions()
            for node in walk(e)
        )

    def derivative(self) -> Any:
        """What the formula should be, entry by entry."""
        subject = self.subject
        variables = (self.arrays[self.given[-1]] if self.fixed else self.arrays[subject.by]).ravel()
        if subject.of is None:
            loss = sum(
                (np.dot(self.arrays[g], self.values[v]) for v, g in subject.cotangents.items()), start=0
            )
            of = [self.opaque.element(loss)]
        else:
            of = [self.opaque.element(e) for e in np.ravel(self.values[subject.of])]
        entries = [self.opaque.derivative(e, v) for e in of for v in variables]
        return _array(entries, tuple(concrete(d, self.sizes) or 1 for d in subject.shape))

    def formula(self) -> Any:
        """What the formula says, entry by entry."""
        subject = self.subject
        known = {**self.arrays, **self.values}
        lines = evaluate_equations(subject.lines, known, subject.shapes, self.opaque.arithmetic)
        shape = tuple(concrete(d, self.sizes) or 1 for d in subject.shape)
        return evaluate(subject.expression, {**known, **lines}, subject.shapes, shape, self.opaque.arithmetic)

    def verdict(self) -> Verdict:
        """The judgement on the formula."""
        found, expected = self.formula(), self.derivative()
        differences = {
            i: self.opaque.reduced(self.opaque.element(found[i]) - expected[i])
            for i in np.ndindex(found.shape)
        }
        wrong = [i for i, difference in differences.items() if difference != 0]
        claim, method = self.subject.claim, f"component-wise SymPy, exact at {self.at}"
        if not wrong:
            return Verdict(claim, "proved", method)
        seen = self._seen(found, expected, wrong)
        if seen is None:
            detail = (
                f"entries {wrong} differ as polynomials, not in numbers: an identity of activations may hide"
            )
            return Verdict(claim, "undecided", method, detail=detail)
        i, point = seen
        says, is_ = self.opaque.element(found[i]), expected[i]
        values = {"formula": round(point.value(says), 9), "derivative": round(point.value(is_), 9)}
        return Verdict(
            claim,
            "refuted",
            method,
            where=f"entry {list(i)}: the formula gives {self._shown(says)}, and not {self._shown(is_)}",
            counterexample={**self.sizes, "entry": list(i), **values, "at": point.shown()},
        )

    def _shown(self, element: Any, longest: int = 160) -> str:
        """An element in the cell's names where it has them."""
        symbols = self.opaque.domain.symbols
        names = {str(symbols[i]): f"{out.function}({i + 1})" for i, out in self.opaque.outputs.items()}
        for name, array in self.values.items():
            for i in np.ndindex(np.shape(array)):
                names[str(array[i])] = f"{name}{list(i)}"
        text = re.sub(r"output \d+", lambda found: names[found[0]], str(element))
        return text if len(text) <= longest else text[: longest - 1] + "…"

    def _seen(
        self, found: Any, expected: Any, wrong: list[tuple[int, ...]]
    ) -> tuple[tuple[int, ...], Point] | None:
        """The first entry whose difference shows at a random point."""
        for seed in range(POINTS):
            point = Point(self.opaque, seed)
            for i in wrong:
                a, b = self.opaque.element(found[i]), expected[i]
                gap = abs(point.value(a) - point.value(b))
                if gap > SAME * (point.magnitude(a) + point.magnitude(b)):
                    return i, point
        return None


def _array(entries: list[Any], shape: tuple[int, ...]) -> Any:
    array = np.empty(len(entries), dtype=object)
    array[:] = entries
    return array.reshape(shape)
