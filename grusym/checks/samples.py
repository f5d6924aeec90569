"""A cell at one generic point, with derivatives found there without the calculus: what formulas are tried on.

Two kinds of numbers: float64, where a derivative is a complex step; and residues modulo a large prime,
where an activation is a random residue for every argument and a derivative is carried along in dual
numbers. A formula that is wrong agrees with neither, save with a chance below 1e-15.
"""

# ruff: noqa: D102 - what each method returns is said once, in Sample.

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np

from grusym.checks.residues import Dual, Field
from grusym.errors import DataError, GrusymError
from grusym.language.activations import ACTIVATIONS
from grusym.language.arrays import concrete, needed
from grusym.language.cell import Cell
from grusym.language.derivatives import LOSS, cotangents
from grusym.language.evaluation import Walk, evaluate, evaluate_cell
from grusym.language.expression import Activation, Expression, Name
from grusym.language.values import Misfit, Value

Array = Any
STEP = 1e-20  # no difference is taken, so it can be far below rounding
DRAWS = 20
SAME = 1e-9  # relative to the largest entry: rounding gives 1e-15, a wrong term 1e-4 or more
FLOOR = 1e-12  # terms of size 1 that cancel leave rounding that is relative to nothing else


class Sample(ABC):
    """A cell at one point; arrays by name are made when they are asked for."""

    def __init__(
        self, cell: Cell, sizes: Mapping[str, int], seed: int, held: frozenset[str] = frozenset()
    ) -> None:
        self.cell, self.sizes, self.seed, self.held = cell, sizes, seed, held
        self.arrays: dict[str, Array] = {}
        self.values: dict[str, Array] = {}
        self.found: dict[tuple[str, ...], Array] = {}
        self._draw()

    @abstractmethod
    def _draw(self) -> None:
        """Set `arrays` for all that is given and `values` for all that is computed."""

    @abstractmethod
    def _jacobian(self, of: str, by: str) -> Array:
        """∂of/∂by, axes of `of` first."""

    @abstractmethod
    def slope(self, value: str) -> Array:
        """The slope of the activation of a value at its argument."""

    @abstractmethod
    def walk(self, arrays: Mapping[str, Array], shapes: Mapping[str, Any]) -> Walk:
        """What evaluates expressions in the sample's numbers, remembering what it met."""

    @abstractmethod
    def same(self, a: Array, b: Array) -> bool:
        """Whether two arrays are equal, up to rounding where there is any."""

    def shape(self, shape: tuple[Any, ...]) -> tuple[int, ...]:
        """A shape in numbers."""
        return tuple(concrete(d, self.sizes) or 1 for d in shape)

    def of(self, name: str) -> Array:
        """The array of a cell's name or of a cotangent."""
        return self.arrays[name] if name in self.arrays else self.values[name]

    def jacobian(self, of: str, by: str) -> Array:
        """∂of/∂by, all paths included, or those alone that do not pass through what is held."""
        if (of, by) not in self.found:
            self.found[of, by] = self._jacobian(of, by)
        return self.found[of, by]

    def gradient(self, by: str) -> Array:
        """∂L/∂by from the cotangents at the next states."""
        key = (LOSS, by)
        if key not in self.found:
            parts = [
                np.tensordot(self.arrays[g], self.jacobian(value, by), 1)
                for value, g in cotangents(self.cell).items()
            ]
            self.found[key] = sum(parts[1:], start=parts[0])
        return self.found[key]

    def argument_gradient(self, value: str) -> Array:
        """The loss's gradient at the argument of a value's activation."""
        return self.gradient(value) * self.slope(value)


class FloatSample(Sample):
    """Numbers of scale 1 away from 0; a derivative is Im f(x + i 1e-20) / 1e-20."""

    def _draw(self) -> None:
        from grusym.checks.subject import Subject
        from grusym.checks.trial import generic_point

        cell = self.cell
        subject = Subject(cell, None, cell.states[0], Name(cell.states[0]), cotangents(cell))
        found = generic_point(subject, self.sizes, self.seed)
        if found is None:
            raise GrusymError(
                f"in {DRAWS} draws no point was found where all values of {cell.name} are finite"
            )
        self.arrays, self.values = found

    def _jacobian(self, of: str, by: str) -> Array:
        base = np.asarray(self.of(by), dtype=float)
        entries = list(np.ndindex(base.shape))
        stepped = np.broadcast_to(base, (len(entries), *base.shape)).astype(complex)
        for k, entry in enumerate(entries):
            stepped[(k, *entry)] += 1j * STEP
        fixed = {name: np.asarray(self.values[name], dtype=complex) for name in self.held}
        if by in self.values:
            fixed[by] = stepped
        given = {n: a for n, a in self.arrays.items() if n not in cotangents(self.cell).values()}
        if by not in self.values:
            given[by] = stepped
        after = {**given, **evaluate_cell(self.cell, given, fixed, sizes=self.sizes)}[of]
        own = self.shape(self.cell.shapes[of])
        moved = np.broadcast_to(np.imag(after) / STEP, (len(entries), *own))
        return np.moveaxis(moved, 0, -1).reshape(*own, *base.shape)

    def slope(self, value: str) -> Array:
        e = self.cell.equation(value).right
        assert isinstance(e, Activation)
        u = evaluate(
            e.operand, {**self.arrays, **self.values}, self.cell.shapes, self.shape(self.cell.shapes[value])
        )
        return np.imag(ACTIVATIONS[e.function].value(u + 1j * STEP)) / STEP

    def walk(self, arrays: Mapping[str, Array], shapes: Mapping[str, Any]) -> Walk:
        return Remembering(arrays, shapes)

    def same(self, a: Array, b: Array) -> bool:
        scale = np.max(np.abs(a), initial=0) + np.max(np.abs(b), initial=0)
        if not np.isfinite(scale):
            return False
        return bool(np.all(np.abs(a - b) <= SAME * scale + FLOOR))


class ResidueSample(Sample):
    """Residues modulo a prime; activations are opaque: a random residue for every argument."""

    def _draw(self) -> None:
        self.field = Field(self.seed)
        cell = self.cell
        names = (*needed(cell), *cotangents(cell).values())
        shapes = {**cell.shapes, **{g: cell.shapes[v] for v, g in cotangents(cell).items()}}
        self.arrays = {name: self.field.random(self.shape(shapes[name])) for name in names}
        given = {n: a for n, a in self.arrays.items() if n in cell.shapes}
        self.values = evaluate_cell(cell, given, arithmetic=self.field.arithmetic, sizes=self.sizes)

    def _jacobian(self, of: str, by: str) -> Array:
        base = self.of(by)
        own = self.shape(self.cell.shapes[of])
        result = np.empty((*own, *base.shape), dtype=object)
        for entry in np.ndindex(base.shape):
            after = self._steps(by, entry)[of]
            for i in np.ndindex(own):
                found = after[i]
                result[(*i, *entry)] = found.slope if isinstance(found, Dual) else self.field.number(0)
        return result

    @cache  # noqa: B019 - a sample lives as long as its cell is judged
    def _steps(self, by: str, entry: tuple[int, ...]) -> dict[str, Array]:
        dual = np.empty(np.shape(self.of(by)), dtype=object)
        for i in np.ndindex(dual.shape):
            dual[i] = Dual(self.of(by)[i], self.field.number(int(i == entry)))
        fixed = {name: self.values[name] for name in self.held}
        given = {n: a for n, a in self.arrays.items() if n in self.cell.shapes}
        if by in self.values:
            fixed[by] = dual
        else:
            given[by] = dual
        return {**given, **evaluate_cell(self.cell, given, fixed, self.field.duals, self.sizes)}

    def slope(self, value: str) -> Array:
        e = self.cell.equation(value).right
        assert isinstance(e, Activation)
        known = {**self.arrays, **self.values}
        u, y = Name("argument"), Name("output")
        shape = self.shape(self.cell.shapes[value])
        arrays = {
            "argument": evaluate(e.operand, known, self.cell.shapes, shape, self.field.arithmetic),
            "output": self.values[value],
        }
        return evaluate(ACTIVATIONS[e.function].slope(u, y), arrays, None, shape, self.field.arithmetic)

    def walk(self, arrays: Mapping[str, Array], shapes: Mapping[str, Any]) -> Walk:
        return Remembering(arrays, shapes, self.field.arithmetic)

    def same(self, a: Array, b: Array) -> bool:
        return all(x == y for x, y in zip(np.ravel(a), np.ravel(b), strict=True))


class Remembering(Walk):
    """A walk that keeps the value of every node it met: an edit of one leaf costs its ancestors only."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.kept: dict[int, tuple[Expression, Value]] = {}

    def of(self, e: Expression) -> Value:
        """The value of a node."""
        known = self.kept.get(id(e))
        if known is None:
            known = self.kept[id(e)] = (e, self.found(e))
        return known[1]

    def found(self, e: Expression) -> Value:
        """The value of a node that was not met before."""
        return super().of(e)

    def _joined(
        self,
        e: Expression,
        parts: tuple[Expression, ...],
        combine: Callable[[Value, Value], Value],
        of: Callable[[Expression], Value] | None = None,
    ) -> Value:
        """Combine the parts' values; of a formula that is tried nobody reads what does not fit in it."""
        of = of or self.of
        result = of(parts[0])
        for part in parts[1:]:
            try:
                result = combine(result, of(part))
            except (ValueError, Misfit):
                raise DataError("sizes do not fit") from None
        return result
