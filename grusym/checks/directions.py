"""Changes as numbers: complex steps through a cell's equations along a random direction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from grusym.checks.subject import Subject
from grusym.checks.trial import STEP, generic_point
from grusym.errors import GrusymError
from grusym.language.cell import Cell
from grusym.language.evaluation import evaluate, evaluate_cell
from grusym.language.expression import ZERO, Expression, Increment, Name, children, rebuilt

SIZES = ((3, 2), (4, 5))  # (n, m)
TOLERANCE = 1e-9  # relative to the largest entry and 1: rounding gives 1e-14, a wrong term 1e-3 or more


class Direction:
    """One generic point of a cell, and a random direction in which `by` changes there."""

    def __init__(self, cell: Cell, by: str, loss: str, cotangents: Mapping[str, str], size: int) -> None:
        subject = Subject(cell, None, by, ZERO, cotangents)
        n, m = SIZES[size]
        sizes = {s.name: {"n": n, "m": m}.get(s.name, n + m + i) for i, s in enumerate(cell.sizes)}
        point = generic_point(subject, sizes, size)
        if point is None:
            raise GrusymError("no generic point was found at which its values are finite")
        arrays, values = point
        self.shapes, self.loss, self.cotangents = subject.shapes, loss, cotangents
        self.real = arrays | values
        self.abbreviations: dict[tuple[str, Expression], Any] = {}
        base = np.asarray(self.real[by])
        self.along = np.random.default_rng(size).uniform(0.5, 1.5, base.shape)
        stepped = base + 1j * STEP * self.along
        fixed = {by: stepped} if by in values else {}
        after = evaluate_cell(cell, arrays if fixed else arrays | {by: stepped}, fixed, sizes=sizes)
        self.stepped = arrays | {by: stepped} | after

    def differ(self, a: Expression, b: Expression, defined: Mapping[str, Expression]) -> bool:
        """Whether two expressions with changes and abbreviations in them have different values."""
        with np.errstate(all="ignore"):
            one, other = self.value(a, defined), self.value(b, defined)
            scale = 1 + max(np.max(np.abs(one), initial=0), np.max(np.abs(other), initial=0))
            return not np.all(np.abs(one - other) <= TOLERANCE * scale)

    def gradient_differs(self, gradient: Expression, defined: Mapping[str, Expression]) -> bool:
        """Whether the loss changes otherwise along the direction than its gradient says."""
        with np.errstate(all="ignore"):
            terms, found = self.value(gradient, defined) * self.along, self.change(Name(self.loss))
            return not np.abs(np.sum(terms) - found) <= TOLERANCE * (1 + np.sum(np.abs(terms)))

    def value(self, e: Expression, defined: Mapping[str, Expression]) -> Any:
        """The value of an expression at the point, changes along the direction."""
        known, shapes = dict(self.real), dict(self.shapes)

        def named(e: Expression) -> Expression:
            if not isinstance(e, Increment):
                return rebuilt(e, tuple(map(named, children(e))))
            return new(f"change {len(known)}", self.change(e.operand))

        def new(name: str, value: Any) -> Expression:
            known[name], shapes[name] = value, (None,) * np.ndim(value)
            return Name(name)

        for name, meant in defined.items():
            if (name, meant) not in self.abbreviations:
                self.abbreviations[name, meant] = evaluate(meant, known, shapes)
            new(name, self.abbreviations[name, meant])
        return evaluate(named(e), known, shapes)

    def change(self, u: Expression) -> Any:
        """d(u) along the direction."""
        if u == Name(self.loss):
            return sum(np.sum(self.real[g] * self.change(Name(v))) for v, g in self.cotangents.items())
        return np.imag(evaluate(u, self.stepped, self.shapes)) / STEP
