"""One generic point, and how a formula compares there with complex steps through the cell's equations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np

from grusym.checks.magnitude import magnitude, magnitudes
from grusym.checks.subject import Subject
from grusym.language.arrays import concrete, needed
from grusym.language.evaluation import evaluate, evaluate_cell, evaluate_equations
from grusym.language.expression import Expression

Array = Any
STEP = 1e-20  # no difference is taken, so it can be far below rounding
OTHER_STEPS = (0.7e-20, 0.9e-20, 1.3e-20)  # round differently: their scatter shows rounding that terms cannot
SCATTER = 1000  # times the scatter is still rounding
TOLERANCE = 1e-9  # relative to the terms: rounding gives 1e-15, a wrong term 1e-3 or more
FLOOR = 1e-5  # terms that cancel to 0 leave rounding that is relative to nothing else
ENTRIES = 40  # of a matrix, drawn at random, are compared; all of them where there are no more
DRAWS = 20  # points tried to find one where every value, and then the formula, is a finite real number


@dataclass(frozen=True)
class Comparison:
    """A formula and the derivative at one point, entry by entry; the entries of `by` come last."""

    found: Array
    expected: Array
    terms: Array
    entries: tuple[tuple[int, ...], ...]
    scatter: Callable[[], Array]

    @cached_property
    def error(self) -> Array:
        """The errors relative to the sizes of the terms."""
        size, gap = np.abs(self.expected), np.abs(self.found - self.expected)
        scale = self.terms + size + FLOOR * (1 + np.max(size, initial=0))
        if not np.all(
            gap <= TOLERANCE * scale
        ):  # large terms may have cancelled on the way to the derivative
            gap = np.where(np.isnan(gap), np.inf, np.maximum(gap - SCATTER * self.scatter(), 0))
        return np.where(self.found == self.expected, 0, gap / scale)

    @property
    def worst(self) -> tuple[int, ...]:
        """Where in the arrays the error is largest."""
        return tuple(int(k) for k in np.unravel_index(int(np.argmax(self.error)), self.error.shape))

    @property
    def place(self) -> list[int]:
        """Which entry of the derivative that is, counted from 0."""
        return [*self.worst[:-1], *self.entries[self.worst[-1]]]

    @property
    def agrees(self) -> bool:
        """Whether all errors are within rounding."""
        return bool(np.all(self.error <= TOLERANCE))


Trial = Callable[[Expression], Comparison]


def trial(subject: Subject, n: int, m: int, seed: int) -> Trial | None:
    """What compares any formula with the derivative at one generic point, or None if there is no point.

    A point at which the subject's own formula is not finite is left for another: the derivative of
    sqrt(u²) at u = 0 is nobody's fault. A formula that is finite nowhere is compared at the first.
    """
    first = None
    for again in range(DRAWS):
        found = _at_point(subject, n, m, seed + 100 * again)
        first = first or found
        if found is None or np.all(np.isfinite(found(subject.expression).found)):
            return found or first
    return first


def _at_point(subject: Subject, n: int, m: int, seed: int) -> Trial | None:
    """What compares any formula with the derivative at one generic point, or None if there is no point."""
    sizes = {s.name: {"n": n, "m": m}.get(s.name, n + m + i) for i, s in enumerate(subject.cell.sizes)}
    point = generic_point(subject, sizes, seed)
    if point is None:
        return None
    arrays, values = point
    shape = tuple(concrete(d, sizes) or 1 for d in subject.cell.shapes[subject.by])
    entries = list(np.ndindex(shape))
    if len(shape) == 2 and len(entries) > ENTRIES:
        chosen = np.random.default_rng(seed).choice(len(entries), ENTRIES, replace=False)
        entries = [entries[i] for i in chosen]

    def steps(step: float = STEP) -> Array:
        return _steps(subject, arrays, values, entries, sizes, step)

    expected = steps()

    @cache
    def scatter() -> Array:
        return np.max(np.abs(np.subtract([steps(step) for step in OTHER_STEPS], expected)), axis=0)

    def at(formula: Expression) -> Comparison:
        found, terms = _formula(subject.saying(formula), arrays | values, sizes, entries)
        return Comparison(found, expected, terms, tuple(entries), scatter)

    return at


def generic_point(
    subject: Subject, sizes: Mapping[str, int], seed: int
) -> tuple[dict[str, Array], dict[str, Array]] | None:
    """Arrays of scale 1 away from 0 for all that is given, and the cell's values, all finite, or None."""
    cell = subject.cell
    for draw in range(DRAWS):
        rng = np.random.default_rng((seed, draw))
        arrays = {}
        for name in (*needed(cell), *subject.cotangents.values()):
            shape = tuple(concrete(d, sizes) or 1 for d in subject.shapes[name])
            arrays[name] = rng.uniform(0.3, 1.3, shape) * rng.choice((-1.0, 1.0), shape)
            if len(shape) == 2:
                arrays[name] /= np.sqrt(shape[1])
        try:
            with np.errstate(divide="raise", over="raise", invalid="raise"):
                values = evaluate_cell(cell, arrays, sizes=sizes)
        except FloatingPointError:  # also in the midst: log(0) behind a σ has no derivative
            continue
        if all(np.isfinite(v).all() for v in values.values()):
            return arrays, values
    return None


def _steps(
    subject: Subject,
    arrays: dict[str, Array],
    values: dict[str, Array],
    entries: list[Any],
    sizes: Mapping[str, int],
    step: float,
) -> Array:
    """The derivatives by the entries, which come last, by one complex step each."""
    cell, by = subject.cell, subject.by
    base = np.asarray(values[by] if by in values else arrays[by])
    stepped = np.broadcast_to(base, (len(entries), *base.shape)).astype(complex)
    for k, entry in enumerate(entries):
        stepped[(k, *entry)] += 1j * step
    fixed = {by: stepped} if by in values else {}
    after = evaluate_cell(cell, arrays if fixed else arrays | {by: stepped}, fixed, sizes=sizes)
    if subject.of is None:
        loss = sum(np.sum(arrays[g] * after[v], axis=-1) for v, g in subject.cotangents.items())
        return np.broadcast_to(np.imag(loss), len(entries)) / step
    shape = (len(entries), *np.shape(values[subject.of]))
    return np.moveaxis(np.broadcast_to(np.imag(after[subject.of]), shape), 0, -1) / step


def _formula(
    subject: Subject, known: dict[str, Array], sizes: Mapping[str, int], entries: list[Any]
) -> tuple[Array, Array]:
    """What the formula says, and the sum of the sizes of its terms, at the entries."""
    shape = tuple(concrete(d, sizes) or 1 for d in subject.shape)
    rank = len(subject.cell.shapes[subject.by])
    places = tuple(np.array(entries, dtype=int).reshape(len(entries), rank).T)
    with np.errstate(all="ignore"):
        lines = evaluate_equations(subject.lines, known, subject.shapes)
        whole = evaluate(subject.expression, known | lines, subject.shapes, shape)
        sized = magnitudes(subject.lines, known, subject.shapes)
        terms = magnitude(subject.expression, known | lines, sized, subject.shapes, shape)
    pick = (slice(None),) * (len(shape) - rank) + places
    return (whole[pick], terms[pick]) if rank else (whole[..., None], terms[..., None])
