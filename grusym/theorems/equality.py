"""Two sides that are equal for all sizes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from grusym.checks.expressions import compare
from grusym.language.claim import Claim, Verdict
from grusym.language.expression import Expression
from grusym.theorems.sides import Context, Side, Value, expression, in_words, shown
from grusym.theorems.statement import Shown


@dataclass(frozen=True)
class Equality:
    """left = right. `let` gives names to values of cells, to use in formulas."""

    left: Side
    right: Side
    let: Mapping[str, Value] = field(default_factory=dict)

    def sides(self, context: Context) -> tuple[Expression, Expression]:
        """Both sides in what the context's cell is given."""
        return expression(self.left, context, self.let), expression(self.right, context, self.let)

    def judge(self, claim: Claim, context: Context) -> Verdict:
        """By the normal form or in exponentials: proved; by small numbers: refuted."""
        left, right = self.sides(context)
        return compare(replace(claim, left=left, right=right), left, right, context.shapes, context.within)

    def lines(self, context: Context) -> tuple[Shown, ...]:
        """Both sides."""
        left, right = shown(self.left, context, self.let), shown(self.right, context, self.let)
        return (Shown(in_words(self.left, self.let), left, right, "=", in_words(self.right)),)
