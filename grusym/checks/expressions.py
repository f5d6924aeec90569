"""Whether two expressions are equal: proved for every size, or refuted by small numbers anyone can check.

The normal form decides what is proved, and where it does not, exponentials may; numbers decide what is
refuted; where nothing does, the verdict says that numbers agree and that this is no proof.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from grusym.algebra.exponentials import equal_in_exponentials
from grusym.algebra.normal_form import equal
from grusym.algebra.rank import ROW, rank
from grusym.checks.magnitude import magnitude
from grusym.errors import ShapeError
from grusym.language.activations import ACTIVATIONS
from grusym.language.arrays import concrete
from grusym.language.cell import Shape
from grusym.language.claim import Claim, Verdict
from grusym.language.evaluation import evaluate
from grusym.language.expression import (
    ONE,
    Activation,
    Expression,
    Extremum,
    Hadamard,
    Name,
    Negative,
    Number,
    Power,
    Quotient,
    Sum,
    names_in,
    walk,
)
from grusym.language.shapes import shape_of

NORMAL_FORM = "normal form, for all sizes"
EXPONENTIALS = "σ and tanh written in exponentials, for all sizes"
NUMBERS = "small rational numbers at sizes 1 to 3"
HALVES = tuple(Fraction(k, 2) for k in range(-4, 5) if k)  # -2 ... 2 without 0
DRAWS = 8  # points at each size
SAME = 1e-9  # relative to the terms; rounding gives 1e-15, a difference shows as 1e-3 or more
TOLD = 1e-6  # relative to the terms of an argument: rounding is then below SAME, relative to the argument
WHEREVER = "wherever both sides are defined"
Bounds = Mapping[str, tuple[int, int]]


def compare(
    claim: Claim,
    left: Expression,
    right: Expression,
    shapes: Mapping[str, Shape],
    within: Bounds | None = None,
) -> Verdict:
    """The verdict on left = right.

    `shapes` are those of all names in both; `within` says between which numbers a name's entries lie, such
    as (0, 1) for a gate that stands for itself: a counterexample is looked for only there.
    Method: the normal form, for all sizes at once: proved; for vectors also σ and tanh in exponentials;
    else numbers at the smallest size at which the two differ, as many of them 0 as can be: refuted, with
    the place and both values. A difference that no number shows is no proof of
    equality: agrees. Where a side divides by what may be 0, or takes the logarithm or root of what may not
    be positive, a proof holds wherever both sides are defined, and the verdict assumes so.
    Raises: GrusymError where the two can have no common shape.
    """
    proof = _proof(left, right, shapes)
    if proof:
        return Verdict(claim, "proved", proof, assumes=assumed(claim, left, right))
    seen = tested = 0
    for sizes, arrays in points({*names_in(left), *names_in(right)}, shapes, within or {}):
        tested += 1
        sides = _Sides(left, right, shapes, sizes)
        difference = sides.at(arrays)
        seen += difference is not None
        if difference and difference.seen:
            simple = simplified(arrays, sides.differ, within or {})
            return _refuted(claim, sizes, simple, sides.at(simple) or difference)
    if not seen:
        detail = f"at none of {tested} points are the sides finite and told from rounding"
        return Verdict(claim, "undecided", NUMBERS, assumes=claim.assumes, detail=detail)
    detail = f"no proof was found; the sides agree at {seen} points, which is no proof"
    return Verdict(claim, "agrees", NUMBERS, assumes=claim.assumes, detail=detail)


def assumed(claim: Claim, *sides: Expression, positive: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """What a claim assumes once it is proved, `positive` the names that only stand for positive numbers."""
    everywhere = all(defined_everywhere(e, positive) for e in sides)
    return claim.assumes if everywhere else tuple(dict.fromkeys((*claim.assumes, WHEREVER)))


def defined_everywhere(e: Expression, positive: frozenset[str] = frozenset()) -> bool:
    """Whether every divisor is plainly never 0, and what stands in a logarithm or root positive.

    False means "not seen to be".
    """
    for node in walk(e):
        match node:
            case Quotient(right=u):
                fine = _sign(u, positive) in ("+", "-")
            case Power(base=u, exponent=k) if k < 0:
                fine = _sign(u, positive) in ("+", "-")
            case Activation(function="log", operand=u):
                fine = _sign(u, positive) == "+"
            case Activation(function="sqrt", operand=u):
                fine = _sign(u, positive) in ("+", "0+")
            case _:
                fine = True
        if not fine:
            return False
    return True


def _sign(e: Expression, positive: frozenset[str]) -> str:
    """+ where e is plainly positive, 0+ where it is never negative, - and 0- likewise, else nothing."""
    match e:
        case Number(value=value):
            return "0+" if value == 0 else "+" if value > 0 else "-"
        case Name(name=name) if name in positive:
            return "+"
        case Activation(function="σ" | "exp" | "softplus"):
            return "+"
        case Activation(function="relu" | "step" | "sqrt"):
            return "0+"
        case Negative(operand=u):
            return _sign(u, positive).translate(str.maketrans("+-", "-+"))
        case Sum(terms=terms):
            signs = {_sign(u, positive) for u in terms}
            for side in "+-":
                if signs <= {side, f"0{side}"}:
                    return side if side in signs else f"0{side}"
        case Hadamard(left=u, right=v) | Quotient(left=u, right=v):
            one, other = _sign(u, positive), _sign(v, positive)
            if one and other:
                return ("0" if "0" in one + other else "") + ("+" if one[-1] == other[-1] else "-")
        case Power(base=u, exponent=k):
            sign = _sign(u, positive)
            if k % 2 == 0:
                return "+" if sign in ("+", "-") else "0+"
            return sign
    return ""


def _proof(left: Expression, right: Expression, shapes: Mapping[str, Shape]) -> str:
    """The method that shows the two equal for all sizes, or nothing."""
    if equal(left, right, shapes):
        return NORMAL_FORM
    vectors = max(rank(left, shapes), rank(right, shapes)) < 2 and ROW not in (
        rank(left, shapes),
        rank(right, shapes),
    )
    return EXPONENTIALS if vectors and equal_in_exponentials(left, right, shapes) else ""


@dataclass(frozen=True)
class _Difference:
    """The entry at which two sides differ most, with the values there."""

    entry: tuple[int, ...]
    left: float
    right: float
    seen: bool


@dataclass(frozen=True)
class _Sides:
    """Two expressions at fixed sizes."""

    left: Expression
    right: Expression
    shapes: Mapping[str, Shape]
    sizes: Mapping[str, int]

    def at(self, arrays: Mapping[str, Any]) -> _Difference | None:
        """How the sides differ at a point; None where they are not finite, or only rounding may differ."""
        sides = (self.left, self.right)
        shape = _result(*sides, self.shapes, self.sizes)
        with np.errstate(all="ignore"):
            a, b = (evaluate(e, arrays, self.shapes, shape) for e in sides)
            terms = sum(magnitude(e, arrays, {}, self.shapes, shape) for e in sides)
        if not (np.all(np.isfinite(a)) and np.all(np.isfinite(b))):
            return None
        gap = np.abs(a - b) - SAME * terms
        if np.any(gap > 0) and not all(self._exact(e, arrays) for e in sides):
            return None
        entry = tuple(map(int, np.unravel_index(int(np.argmax(gap)), np.shape(gap))))
        return _Difference(entry, float(a[entry]), float(b[entry]), bool(np.any(gap > 0)))

    def _exact(self, e: Expression, arrays: Mapping[str, Any]) -> bool:
        """Whether rounding decides nothing: no argument or divisor is 0 only up to rounding of its terms.

        At 1e-16 in place of 0, step is 1, a quotient is huge, and relu has lost the size of what cancelled,
        which is what rounding is measured by.
        """
        return all(self._told_from_0(*part, arrays) for node in walk(e) for part in _delicate(node))

    def _told_from_0(self, e: Expression, sum_of: Expression, arrays: Mapping[str, Any]) -> bool:
        with np.errstate(all="ignore"):
            value = np.abs(evaluate(e, arrays, self.shapes))
            terms = magnitude(sum_of, arrays, {}, self.shapes)
        return bool(np.all((value > TOLD * terms) | (terms == 0)))

    def differ(self, arrays: Mapping[str, Any]) -> bool:
        """Whether the sides differ at a point."""
        found = self.at(arrays)
        return found is not None and found.seen


def _delicate(e: Expression) -> tuple[tuple[Expression, Expression], ...]:
    """What of a node must not be mistaken for 0, or 0 for it, each with the terms that may cancel in it.

    Where u and v are alike max(u, v) is as large as both, and where u is 0 exp(u) is 1: neither matters.
    """
    match e:
        case Activation(function="log", operand=u):
            less = Sum((u, Negative(ONE)))
            return (u, u), (less, less)
        case Activation(function=function, operand=u) if ACTIVATIONS[function].at_zero == 0:
            return ((u, u),)
        case Extremum(left=u, right=v):
            return ((e, Sum((u, v))),)
        case Quotient(right=u):
            return ((u, u),)
        case Power(base=u, exponent=k) if k < 0:
            return ((u, u),)
    return ()


def simplified(
    arrays: Mapping[str, Any],
    refutes: Callable[[dict[str, Any]], bool],
    within: Bounds,
    closed: bool = False,
) -> dict[str, Any]:
    """The same counterexample with as many arrays as possible all 0, else all 1.

    The bounds of `within` themselves are taken only where it is `closed`.
    """
    simple = dict(arrays)
    for name in arrays:
        for value in (0.0, 1.0):
            simpler = simple | {name: np.full_like(simple[name], value)}
            low, high = within.get(name, (-1, 2))
            inside = low <= value <= high if closed else low < value < high
            if inside and refutes(simpler):
                simple = simpler
                break
    return simple


def _refuted(
    claim: Claim, sizes: Mapping[str, int], arrays: Mapping[str, Any], found: _Difference
) -> Verdict:
    where = {"entry": list(found.entry)} if found.entry else {}
    values = {"left": round(found.left, 9), "right": round(found.right, 9)}
    return Verdict(
        claim,
        "refuted",
        NUMBERS,
        where=f"entry {list(found.entry)}" if found.entry else "",
        counterexample={**sizes, **where, **values, "at": assignments(arrays)},
        assumes=claim.assumes,
    )


def assignments(arrays: Mapping[str, Any]) -> str:
    """Arrays as a reader types them in: W = [[1/2, -1]], h = [3/2]."""
    return ", ".join(f"{name} = {_written(array)}" for name, array in arrays.items())


def points(
    names: set[str], shapes: Mapping[str, Shape], within: Bounds
) -> Iterator[tuple[dict[str, int], dict[str, Any]]]:
    """Sizes and small rational numbers for all names, smallest sizes first."""
    found = {str(s) for name in names for d in shapes[name] for s in getattr(d, "free_symbols", ())}
    letters = sorted(found, key=lambda letter: (letter != "n", letter))
    for size in (1, 2, 3):
        # No two letters alike from 2 on, so that a transposition or a mix-up of sizes is seen: n = 2, m = 1.
        others = (size, size - 1, *range(size + 1, size + len(letters)))
        sizes = {letter: other if size > 1 else 1 for letter, other in zip(letters, others, strict=False)}
        for seed in range(DRAWS):
            rng = np.random.default_rng((size, seed))
            arrays = {}
            for name in sorted(names):
                shape = tuple(concrete(d, sizes) or 1 for d in shapes[name])
                low, high = within.get(name, (None, None))
                choices = HALVES if low is None else _between(low, high)
                arrays[name] = rng.choice(np.array([float(c) for c in choices]), shape)
            yield sizes, arrays


def _between(low: int, high: int | None) -> tuple[Fraction, ...]:
    top = low + 1 if high is None else high
    return tuple(low + (top - low) * Fraction(k, 8) for k in range(1, 8) if 2 * k != 8)


def _result(
    left: Expression, right: Expression, shapes: Mapping[str, Shape], sizes: Mapping[str, int]
) -> tuple[int, ...] | None:
    """The shape of whichever side has one of its own: a number or an identity takes the other's."""
    for e in (left, right):
        try:
            found = tuple(concrete(d, sizes) for d in shape_of(e, shapes))
        except ShapeError:
            continue
        if found and None not in found:
            return found  # type: ignore[return-value]
    return None


def _written(array: Any) -> str:
    if np.ndim(array):
        return f"[{', '.join(map(_written, array))}]"
    return str(Fraction(float(array)))
