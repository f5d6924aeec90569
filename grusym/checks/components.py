"""The exact oracle: a cell's equations component by component, differentiated by SymPy.

Every entry of every vector and matrix is a symbol, every application of an activation one more, whose
slope is known. Then all values are polynomials in those symbols, the chain rule needs SymPy's `diff`
only, and a formula is right if its difference from the derivative is the zero polynomial.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Any

import numpy as np

from grusym.checks.effort import Counting, symbols, total
from grusym.checks.opaque import Opaque, undivided
from grusym.checks.points import Point
from grusym.checks.subject import Subject
from grusym.language.arrays import concrete, needed
from grusym.language.claim import Verdict
from grusym.language.evaluation import Arithmetic, evaluate, evaluate_cell, evaluate_equations
from grusym.language.expression import Activation, Extremum, walk

EXTRA_SIZE = 2  # of letters other than n and m; 1 would not see a transposition
POINTS = 20  # at most: random points at which a difference is confirmed before it is called one
SAME = 1e-9  # relative to the terms; floats of a dozen operations
LARGEST = 10_000  # terms: more are not multiplied out; these take up to a second


def compare(subject: Subject, n: int = 2, m: int = 1, largest: int = LARGEST) -> Verdict:
    """Whether a formula is the derivative it is said to be, exactly, at one small size.

    Method: every entry of (derivative - formula), expanded, is 0: proved. A difference is confirmed
    at random rational points before it is called refuted; one that is 0 at all of them may hide an
    identity of the activations: undecided, as is a formula of more than `largest` terms.
    """
    return _Components(subject, n, m).verdict(largest)


class _Components:
    """One cell at one size, written out in scalars."""

    def __init__(self, subject: Subject, n: int, m: int) -> None:
        lines = tuple(replace(e, right=undivided(e.right)) for e in subject.lines)
        equations = tuple(replace(e, right=undivided(e.right)) for e in subject.cell.equations)
        cell = replace(subject.cell, equations=equations)
        self.claim, self.method = subject.claim, f"component-wise SymPy, exact at n={n}, m={m}"
        self.subject = replace(subject, cell=cell, lines=lines, expression=undivided(subject.expression))
        self.sizes = {s.name: {"n": n, "m": m}.get(s.name, EXTRA_SIZE) for s in cell.sizes}
        self.own = {name: self._concrete(shape) for name, shape in subject.shapes.items()}
        self.given = dict.fromkeys((*needed(cell), *subject.cotangents.values()))
        self.is_value = subject.by in cell.values

    def _concrete(self, shape: tuple[Any, ...]) -> tuple[int, ...]:
        return tuple(concrete(d, self.sizes) or 1 for d in shape)

    def _run(
        self, arrays: dict[str, Any], by: Any, arithmetic: Arithmetic
    ) -> tuple[dict[str, Any], dict[str, Any], Any]:
        """All values of the cell, the lines, and what the formula says, in any arithmetic."""
        subject = self.subject
        fixed = {subject.by: by} if self.is_value else {}
        values = evaluate_cell(subject.cell, arrays, fixed, arithmetic, self.sizes)
        lines = evaluate_equations(subject.lines, arrays | values, subject.shapes, arithmetic)
        known, shape = arrays | values | lines, self._concrete(subject.shape)
        return values, lines, evaluate(subject.expression, known, subject.shapes, shape, arithmetic)

    def effort(self) -> int:
        """A bound on the number of terms of everything, multiplied out."""
        counting = Counting()
        arrays = {name: symbols(self.own[name]) for name in self.given}
        values, lines, formula = self._run(arrays, symbols(self.own[self.subject.by]), counting.arithmetic)
        return counting.hidden + sum(map(total, (*values.values(), *lines.values(), formula)))

    def verdict(self, largest: int) -> Verdict:
        """The judgement on the formula."""
        effort = self.effort()
        if effort > largest:
            detail = f"multiplied out it could have {effort} terms, more than the {largest} that are tried"
            return Verdict(self.claim, "undecided", self.method, detail=detail)
        self.opaque = Opaque(self._symbols(), self._room())
        rest = iter(self.opaque.given)
        arrays = {name: self._next(rest, self.own[name]) for name in self.given}
        by = self._next(rest, self.own[self.subject.by]) if self.is_value else arrays[self.subject.by]
        self.values, _, found = self._run(arrays, by, self.opaque.arithmetic)
        expected = self._derivative(arrays, by)
        wrong = [
            i
            for i in np.ndindex(found.shape)
            if self.opaque.reduced(self.opaque.element(found[i]) - expected[i]) != 0
        ]
        return self._refuted(found, expected, wrong) if wrong else Verdict(self.claim, "proved", self.method)

    def _symbols(self) -> list[str]:
        names = [*self.given, *([self.subject.by] if self.is_value else [])]
        return [f"{name}{list(i) or ''}" for name in names for i in np.ndindex(self.own[name])]

    def _room(self) -> int:
        """How many applications of activations there can be; a slope may add one to each."""
        lines = (*self.subject.cell.equations, *self.subject.lines)
        all_ = [*(e.right for e in lines), self.subject.expression]
        applied = sum(isinstance(node, Activation | Extremum) for e in all_ for node in walk(e))
        return 2 * applied * max(max(shape, default=1) for shape in self.own.values())

    def _next(self, entries: Any, shape: tuple[int, ...]) -> Any:
        return _array([next(entries) for _ in range(math.prod(shape))], shape)

    def _derivative(self, arrays: dict[str, Any], by: Any) -> Any:
        """What the formula should be, entry by entry."""
        subject = self.subject
        if subject.of is None:
            products = (np.dot(arrays[g], self.values[v]) for v, g in subject.cotangents.items())
            of = [self.opaque.element(sum(products, start=0))]
        else:
            of = [self.opaque.element(e) for e in np.ravel(self.values[subject.of])]
        entries = [self.opaque.derivative(e, v) for e in of for v in by.ravel()]
        return _array(entries, self._concrete(subject.shape))

    def _refuted(self, found: Any, expected: Any, wrong: list[tuple[int, ...]]) -> Verdict:
        seen = self._seen(found, expected, wrong)
        if seen is None:
            places = ", ".join(str(list(i)) for i in wrong)
            detail = (
                f"entries {places} differ as polynomials, not in numbers: an identity of activations may hide"
            )
            return Verdict(self.claim, "undecided", self.method, detail=detail)
        i, point = seen
        says, is_ = self.opaque.element(found[i]), expected[i]
        values = {"formula": round(point.value(says), 9), "derivative": round(point.value(is_), 9)}
        return Verdict(
            self.claim,
            "refuted",
            self.method,
            where=f"entry {list(i)}: derivative - formula = {self._shown(is_ - says)}",
            counterexample={**self.sizes, "entry": list(i), **values, "at": point.shown()},
        )

    def _shown(self, element: Any, longest: int = 160) -> str:
        """An element in the cell's names where it has them."""
        symbols = self.opaque.ring.symbols
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
