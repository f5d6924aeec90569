"""A cell over a few steps at one generic point: every value at every time, every derivative by complex step.

The loss is L = Σ_t e_tᵀ V h_t, whose error e_t at the outputs V h_t is any vector; with `last` there is a
loss at the last step alone. Derivatives are found by running the steps again, never by the calculus.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from grusym.language.activations import ACTIVATIONS
from grusym.language.arrays import concrete
from grusym.language.cell import Cell
from grusym.language.evaluation import evaluate, evaluate_cell
from grusym.language.expression import Activation, Expression, Hadamard, Name, children, rebuilt

Array = Any
STEP = 1e-20
OPEN = 40.0  # a bias at which a gate is open
Held = frozenset[tuple[str, int | None]]  # a value's name, and the time at which it is held, or all times
FREE: Held = frozenset()


def _with(e: Expression, inner: Expression, new: Expression) -> Expression:
    """A tree with a part of it replaced."""
    if e == inner:
        return new
    return rebuilt(e, tuple(_with(child, inner, new) for child in children(e)))


def product_in(e: Expression, factors: frozenset[str]) -> Expression | None:
    """The elementwise product of two names in a tree."""
    if isinstance(e, Hadamard) and {str(e.left), str(e.right)} == factors:
        return e
    return next((x for x in (product_in(child, factors) for child in children(e)) if x is not None), None)


@dataclass(frozen=True)
class Point:
    """Where a claim is tried: sizes, seed, number of steps, scale of the weights.

    `last`: there is a loss at the last step only; `calm`: states are so small that slopes are near 1;
    `far`: how much larger states are that no output is taken of; `open`: biases saturate every gate;
    `sizes`: how much larger each name is; `first`: "unit" where first states are within ±1, "zero" where 0.
    """

    n: int = 3
    m: int = 2
    seed: int = 0
    steps: int = 4
    last: bool = False
    scale: float = 0.7
    outputs: int = 4
    constant: frozenset[str] = frozenset()  # values through which no derivative goes
    calm: bool = False
    far: float = 1.0
    open: bool = False
    sizes: tuple[tuple[str, float], ...] = ()
    first: str = ""
    bound: bool = False  # whether bounds are tried, in which numbers are fractions of 1


class World:
    """A cell's values and derivatives over the steps of a point."""

    def __init__(self, cell: Cell, point: Point) -> None:
        self.cell, self.point = cell, point
        self.sizes = {
            s.name: {"n": point.n, "m": point.m}.get(s.name, point.n + point.m + i)
            for i, s in enumerate(cell.sizes)
        }
        self.rng = np.random.default_rng([7, point.seed])
        self.weights = {name: self._draw(name, point.scale) for name in cell.weights}
        small = 1e-3 / max(point.scale, 1.0) ** point.steps if point.calm else 0.8
        self.first = {s: self._draw(s, small) for s in cell.states}
        self.inputs = [{x: self._draw(x, small) for x in cell.inputs} for _ in range(point.steps + 1)]
        if point.calm:
            self.weights = {k: v * (small if v.ndim < 2 else 1.0) for k, v in self.weights.items()}
        self._extreme(point)
        width = self.sizes.get("n", point.n) if self.shape(cell.next_of(self.out)) is None else 0
        width = self.shape(cell.next_of(self.out))[0] if self.shape(cell.next_of(self.out)) else width or 1
        self.V = self.rng.normal(size=(point.outputs, width))
        self.errors = self.rng.normal(size=(point.steps + 1, point.outputs))
        self.targets = self.rng.normal(size=(point.steps + 1, point.outputs))
        if point.last:
            self.errors[:-1] = 0
        self._moved: dict[Any, list[dict[str, Array]]] = {}
        self._jacobians: dict[Any, Array] = {}
        self._gradients: dict[Any, Array] = {}
        self.kept: dict[Any, Array] = {}  # what a reader of claims found and may ask for again
        self.shares: dict[tuple[str, int], dict[str, Array]] = {}  # what each value brings
        self.values = self._run({}, {})

    def _extreme(self, point: Point) -> None:
        """Move weights and states to where a bound may break."""
        others = [s for s in self.cell.states if s != self.out] if point.far != 1 or point.open else []
        self.first |= {s: np.abs(self._draw(s, 0.8)) * point.far for s in others}
        for name, w in self.weights.items() if point.bound or point.open else ():
            if w.ndim == 0:
                self.weights[name] = 0.1 + 0.8 * np.asarray(self.rng.random())
            elif w.ndim == 1 and point.open:
                self.weights[name] = w + OPEN
        for name, size in point.sizes:
            if name in self.first:
                self.first[name] = self.first[name] * size
            elif name in self.weights and self.weights[name].ndim:
                self.weights[name] = self.weights[name] * size
            elif name in self.cell.inputs:
                self.inputs = [{**x, name: x[name] * size} for x in self.inputs]
        if point.first:
            most = 1.0 if point.first == "unit" else 0.0
            self.first = {s: np.clip(v, -most, most) for s, v in self.first.items()}

    def _draw(self, name: str, scale: float) -> Array:
        shape = self.shape(name)
        sign = np.where(self.rng.random(shape) < 0.5, -1.0, 1.0)
        return sign * scale * (0.4 + self.rng.random(shape))

    def shape(self, name: str) -> tuple[int, ...]:
        """A name's shape in numbers."""
        return tuple(concrete(d, self.sizes) or 1 for d in self.cell.shapes[name])

    @cached_property
    def out(self) -> str:
        """The state that the outputs are taken of: the one that the last equation gives."""
        last = self.cell.equations[-1].left
        for s in self.cell.states:
            if self.cell.next_of(s) == last:
                return s
        return self.cell.states[-1]

    # ---- values --------------------------------------------------------------------------------

    def at(self, name: str, time: int) -> Array:
        """The array of a state, value, input or weight at a time; KeyError where it has none."""
        if name in self.weights:
            return self.weights[name]
        if not 0 <= time <= self.point.steps:
            raise KeyError(name)
        if name in self.cell.inputs:
            return self.inputs[time][name]
        if name in self.first:
            return self.first[name] if time == 0 else self.values[time][self.cell.next_of(name)]
        if time == 0 and name.endswith("'") and name[:-1] in self.first:
            return self.first[name[:-1]]
        return self.values[time][name]

    def argument(self, value: str, time: int) -> Array:
        """The argument of the activation that gives a value."""
        key = ("argument", value, time)
        if key not in self.kept:
            operand = self._activation(value).operand
            self.kept[key] = evaluate(operand, self._known(time), self.cell.shapes, self.shape(value))
        return self.kept[key]

    def slope(self, value: str, time: int) -> Array:
        """The slope of a value's activation at its argument."""
        key = ("slope", value, time)
        if key not in self.kept:
            self.kept[key] = self.slope_of(self._activation(value).function, self.argument(value, time))
        return self.kept[key]

    @staticmethod
    def slope_of(function: str, u: Array) -> Array:
        """The slope of a function, by complex step."""
        return np.imag(ACTIVATIONS[function].value(np.asarray(u) + 1j * STEP)) / STEP

    def _activation(self, value: str) -> Activation:
        e = self.cell.equation(value).right
        if not isinstance(e, Activation):
            raise KeyError(value)
        return e

    def _known(self, time: int) -> dict[str, Array]:
        states = {s: self.at(s, time - 1) for s in self.cell.states}
        return {**self.weights, **self.inputs[time], **states, **self.values[time]}

    def evaluate(self, e: Expression, time: int, shape: tuple[int, ...]) -> Array:
        """The value of an expression in the cell's own names at a step."""
        return evaluate(e, self._known(time), self.cell.shapes, shape)

    # ---- derivatives ---------------------------------------------------------------------------

    def jacobian(self, of: str, i: int, by: str, j: int | None, held: Held = FREE, kind: str = "") -> Array:
        """∂of_i/∂by_j, axes of `of` first, along all paths that do not pass through what is held.

        `j` None moves a weight at all steps; `kind` "argument" moves the argument of by's activation.
        """
        key = (of, i, by, j, held, kind)
        if key not in self._jacobians:
            self._jacobians[key] = self._jacobian(of, i, by, j, held, kind)
        return self._jacobians[key]

    def _jacobian(self, of: str, i: int, by: str, j: int | None, held: Held, kind: str) -> Array:
        held = held | {(v, None) for v in self.point.constant if v not in (of, by)}
        moved = self._steps(by, j, held, kind)
        name = self.cell.next_of(of) if of in self.cell.states else of
        base = self.shape(by)
        own = self.shape(name)
        if i < 1 or name not in moved[i]:
            if i == j and i == 0 and of == by:
                return np.eye(base[0])
            return np.zeros((*own, *base))
        count = int(np.prod(base, dtype=int))
        stepped = np.broadcast_to(np.imag(moved[i][name]) / STEP, (count, *own))
        return np.moveaxis(stepped, 0, -1).reshape(*own, *base)

    def gradient(
        self, by: str, j: int | None, held: Held = FREE, kind: str = "", only: int | None = None
    ) -> Array:
        """∂L/∂by_j, or of the loss at step `only` alone."""
        key = (by, j, held, kind, only)
        if key not in self._gradients:
            self._gradients[key] = self._gradient(by, j, held, kind, only)
        return self._gradients[key]

    def _gradient(self, by: str, j: int | None, held: Held, kind: str, only: int | None) -> Array:
        total = np.zeros(self.shape(by))
        for i in range(1, self.point.steps + 1):
            if only is not None and i != only:
                continue
            local = self.V.T @ self.errors[i]
            total = total + np.tensordot(local, self.jacobian(self.out, i, by, j, held, kind), 1)
        return total

    def by_part(self, value: str, part: Expression, time: int) -> Array:
        """The derivative of a value, or of its activation's argument, by a vector that is part of it."""
        e = self.cell.equation(value).right
        e = e.operand if isinstance(e, Activation) else e
        if isinstance(e, Name) and e.name in self.cell.values:  # the argument has a name
            e = self.cell.equation(e.name).right
        mark = Name("part")
        known = self._known(time)
        base = evaluate(part, known, self.cell.shapes, self.shape(value))
        inside = _with(e, part, mark)
        shapes = {**self.cell.shapes, mark.name: self.cell.shapes[value]}
        columns = []
        for k in range(base.size):
            stepped = base.astype(complex)
            stepped[k] += 1j * STEP
            found = evaluate(inside, {**known, mark.name: stepped}, shapes, self.shape(value))
            columns.append(np.imag(found) / STEP)
        return np.stack(columns, axis=-1)

    def local(self, time: int) -> Array:
        """What the loss of a step adds to the gradient at its state."""
        return self.V.T @ self.errors[time]

    def later(self, value: str, time: int) -> Held:
        """The values that a step computes after one, at its time."""
        names = list(self.cell.values)
        return frozenset((v, time) for v in names[names.index(value) + 1 :])

    def _steps(self, by: str, j: int | None, held: Held, kind: str) -> list[dict[str, Array]]:
        key = (by, j, held, kind)
        if key not in self._moved:
            base = np.asarray(self.at(by, j or 0) if kind != "argument" else self.argument(by, j or 0))
            entries = list(np.ndindex(base.shape))
            stepped = np.broadcast_to(base, (len(entries), *base.shape)).astype(complex)
            for k, entry in enumerate(entries):
                stepped[(k, *entry)] += 1j * STEP
            if kind == "argument":
                stepped = ACTIVATIONS[self._activation(by).function].value(stepped)
            self._moved[key] = self._run({by: (j, stepped)}, held)
        return self._moved[key]

    def _run(self, moved: Mapping[str, tuple[int | None, Array]], held: Any) -> list[dict[str, Array]]:
        """The values of all steps; with something moved, complex, and those before it left out."""
        cell = self.cell
        states = dict(self.first)
        result: list[dict[str, Array]] = [{}]
        start = 1
        for by, (j, stepped) in moved.items():
            name = by[:-1] if by.endswith("'") and by[:-1] in cell.states else by
            if j == 0 and name in states:
                states[name] = stepped
            elif j is not None:
                start = j
        for time in range(1, self.point.steps + 1):
            if time < start:
                result.append({})
                continue
            if moved and time == start and start > 1:
                states = {s: self.at(s, start - 1) for s in cell.states}
            given = {**self.weights, **self.inputs[time], **states}
            fixed: dict[str, Array] = {}
            for name, when in held:
                if when in (None, time) and name in cell.values:
                    fixed[name] = self.values[time][name].astype(complex)
            for by, (j, stepped) in moved.items():
                if j not in (None, time):
                    continue
                if by in cell.states and j is not None:
                    fixed[cell.next_of(by)] = stepped
                elif by in cell.values:
                    fixed[by] = stepped
                else:
                    given[by] = stepped
            found = evaluate_cell(cell, given, fixed, sizes=self.sizes)
            result.append(found)
            states = {s: found[cell.next_of(s)] for s in cell.states}
            for name, when in held:  # a state held at a time before this one
                if name in cell.states and (when is None or when == time):
                    states[name] = self.values[time][cell.next_of(name)].astype(complex)
        return result
