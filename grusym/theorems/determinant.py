"""The determinant of a cell's Jacobian over one step, by block elimination.

Of two states, the Jacobian [[A, B], [C, E]] has the determinant det A · det(E - D B) wherever C = D A:
the second block row minus D times the first is [0, E - D B], and a block triangular matrix has the
determinant of its diagonal (Horn & Johnson, Matrix Analysis, sec. 0.8.5).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from grusym.calculus.jacobian import jacobian
from grusym.checks.expressions import NUMBERS, assignments, compare, points, simplified
from grusym.errors import GrusymError
from grusym.language.arrays import concrete
from grusym.language.build import negative, product, total
from grusym.language.claim import Claim, Verdict
from grusym.language.evaluation import evaluate
from grusym.language.expression import ZERO, Expression, names_in
from grusym.language.shapes import shape_of
from grusym.theorems.sides import Block, Context, found
from grusym.theorems.statement import Shown

METHOD = "block elimination, each step by the normal form, for all sizes"
SAME = 1e-7  # relative to the product of the row norms, which no determinant exceeds (Hadamard)


@dataclass(frozen=True)
class Determinant:
    """det J is the product of the determinants of some matrices, J that of `states` in the context's cell.

    `first` is A as a product of matrices; for a cell of two states `multiplier` is D and `second` is
    E - D B as a product of matrices. The last factor may be any matrix; of the others only diagonal ones
    have a determinant of their own, which `factors` are.
    """

    states: tuple[str, ...]
    first: tuple[str, ...]
    multiplier: str = ""
    second: tuple[str, ...] = ()

    def blocks(self, context: Context) -> dict[tuple[str, str], Expression]:
        """The blocks of the Jacobian by (state, state)."""
        cell = found(context.about)
        return {
            (s, t): Block(context.about, cell.next_of(s), t).expression(context)
            for s in self.states
            for t in self.states
        }

    def steps(self, context: Context) -> list[tuple[Expression, Expression]]:
        """What has to be equal."""
        J = self.blocks(context)
        one = self.states[0]
        steps = [(J[one, one], product(*map(context.meant, self.first)))]
        if len(self.states) > 1:
            other, D = self.states[1], context.meant(self.multiplier)
            steps.append((J[other, one], product(D, J[one, one])))
            rest = total(J[other, other], negative(product(D, J[one, other])))
            steps.append((rest, product(*map(context.meant, self.second))))
        return steps

    def factors(self, context: Context) -> list[Expression]:
        """The matrices whose determinants are multiplied."""
        return [context.meant(text) for text in (*self.first, *self.second)]

    def judge(self, claim: Claim, context: Context) -> Verdict:
        """The steps prove; determinants of small numbers refute.

        Raises GrusymError where a factor is not square, or there are more than two states.
        """
        self._check(context)
        verdicts = [compare(claim, a, b, context.shapes, context.within) for a, b in self.steps(context)]
        if all(v.outcome == "proved" for v in verdicts):
            assumes = tuple(dict.fromkeys(said for v in verdicts for said in v.assumes))
            return Verdict(claim, "proved", METHOD, assumes=assumes)
        J, factors = self.blocks(context), self.factors(context)
        names = {name for e in (*J.values(), *factors) for name in names_in(e)}
        for sizes, drawn in points(names, context.shapes, context.within):
            numbers = _Numbers(self.states, J, factors, len(self.first), context, sizes)
            if numbers.differ(drawn):
                simple = simplified(drawn, numbers.differ, context.within)
                left, right, _ = numbers.at(simple)
                shown: dict[str, Any] = {**sizes, "det J": round(left, 9), "claimed": round(right, 9)}
                shown["at"] = assignments(simple)
                return Verdict(claim, "refuted", NUMBERS, counterexample=shown, assumes=claim.assumes)
        failed = next(v for v in verdicts if v.outcome != "proved")
        return replace(failed, claim=claim, outcome="undecided", detail="the elimination fails")

    def _check(self, context: Context) -> None:
        """Only square matrices have determinants: det (A B) is no det A · det B where A is n × p."""
        if len(self.states) not in (1, 2) or (len(self.states) == 1 and self.second):
            raise GrusymError(
                f"a determinant was asked for over {', '.join(self.states) or 'no state'}, but block "
                "elimination is for one state with its factors, or for two with a multiplier; give those"
            )
        for state, texts in zip(self.states, (self.first, self.second), strict=False):
            n = context.shapes[state][0]
            for text in texts:
                factor = context.meant(text)
                shape = (n, n) if factor == ZERO else shape_of(factor, context.shapes)
                known = {letter for sizes in context.shapes.values() for letter in sizes}
                loose = len(shape) == 2 and shape[0] == shape[1] and shape[0] not in known  # an identity
                if shape != (n, n) and not loose:
                    raise GrusymError(
                        f"the determinant of {text} was asked for, but it is "
                        f"{' × '.join(map(str, shape)) or 'a scalar'}, not {n} × {n} as the state {state} "
                        "needs; multiply factors that are not square into one"
                    )

    def lines(self, context: Context) -> tuple[Shown, ...]:
        """The blocks that decide, in the names of the cell."""
        cell, one = context.cell, self.states[0]
        A = jacobian(cell, cell.next_of(one), one).expression
        first = Shown(f"A = ∂{cell.next_of(one)}/∂{one}", A, product(*map(context.read, self.first)))
        if len(self.states) == 1:
            return (first,)
        other = self.states[1]
        new, D = cell.next_of(other), context.read(self.multiplier)
        rest = product(*map(context.read, self.second))
        return (
            first,
            Shown(f"D, with ∂{new}/∂{one} = D A", D),
            Shown(
                f"∂{new}/∂{other} - D ∂{cell.next_of(one)}/∂{other}, what is left of ∂{new}/∂{other}", rest
            ),
        )


@dataclass(frozen=True)
class _Numbers:
    """Both sides of the claim in numbers."""

    states: tuple[str, ...]
    blocks: Mapping[tuple[str, str], Expression]
    factors: list[Expression]
    first: int  # so many of the factors are as large as the first state, the others as the second
    context: Context
    sizes: Mapping[str, int]

    def at(self, arrays: Mapping[str, Any]) -> tuple[float, float, float]:
        """det J, the product claimed, and the product of the row norms of J."""
        shapes = self.context.shapes
        wide = {s: concrete(shapes[s][0], self.sizes) or 1 for s in self.states}
        with np.errstate(all="ignore"):
            rows = [
                [evaluate(self.blocks[s, t], arrays, shapes, (wide[s], wide[t])) for t in self.states]
                for s in self.states
            ]
            J = np.block(rows)
            right = 1.0
            for k, factor in enumerate(self.factors):
                n = wide[self.states[k >= self.first]]
                right *= float(np.linalg.det(evaluate(factor, arrays, shapes, (n, n))))
        return float(np.linalg.det(J)), right, float(np.prod(np.linalg.norm(J, axis=1)))

    def differ(self, arrays: Mapping[str, Any]) -> bool:
        """Whether the two differ by more than rounding."""
        left, right, scale = self.at(arrays)
        return bool(np.isfinite(left + right) and abs(left - right) > SAME * max(scale, abs(right), 1e-3))
