"""Fixed points that do not depend on a gate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from grusym.algebra.inlining import replaced, values_inlined
from grusym.algebra.normal_form import vector_form
from grusym.algebra.ranges import vertex_values
from grusym.checks.expressions import assignments, compare, points
from grusym.language.build import hadamard, negative, total
from grusym.language.cell import Cell
from grusym.language.claim import Claim, Verdict
from grusym.language.evaluation import evaluate_cell
from grusym.language.expression import Expression, Name, names_in
from grusym.theorems.sides import Context
from grusym.theorems.statement import Shown

METHOD = "h' - h factored by the normal form; the sign of the factor at vertices, for all sizes"
SEARCH = "a fixed point at size 1, and another gate"
GRID = np.linspace(-0.96875, 0.96875, 63)
MOVED = 1e-3
OPEN = ("σ", "tanh")  # never as large or as small as their bounds; sin and cos are


@dataclass(frozen=True)
class FixedPoints:
    """Whatever gate stands for `gate`, with values in (0, 1), a step keeps exactly the same states.

    Shown by state' - state = `factor` ⊙ `rest`: a factor that is never 0, and a rest that nothing of the
    gate enters. Formulas in the names of the context's cell.
    """

    gate: str
    factor: str
    rest: str

    def judge(self, claim: Claim, context: Context) -> Verdict:
        """The factored form proves; a fixed point that moves under another gate refutes.

        Only cells of one state are judged: others may move in a state that the factors do not speak of.
        """
        if len(context.cell.states) != 1:
            states = ", ".join(context.cell.states)
            detail = f"{context.cell.name} has the states {states}; only cells of one state are judged"
            return Verdict(claim, "undecided", METHOD, assumes=claim.assumes, detail=detail)
        step, factor, rest = self._parts(context)
        right = hadamard(factor, rest)
        claim = replace(claim, left=step, right=right)
        same = compare(claim, step, right, context.shapes, context.within)
        if same.outcome == "proved" and self.gate not in names_in(rest) and self._never_zero(factor, context):
            return Verdict(claim, "proved", METHOD, assumes=same.assumes)
        shown = next(_moved(context.cell, self.gate), None)
        if shown:
            return Verdict(claim, "refuted", SEARCH, counterexample=shown, assumes=claim.assumes)
        detail = "the step does not factor so, and no fixed point was found that moves"
        return Verdict(claim, "undecided", METHOD, assumes=claim.assumes, detail=detail)

    def _parts(self, context: Context) -> list[Expression]:
        """The step, the factor and the rest, with the gate as a name: it may be any."""
        cell, state = context.cell, Name(context.cell.states[0])
        by = values_inlined(cell, {self.gate: Name(self.gate)})
        step = total(Name(cell.next_of(state.name)), negative(state))
        return [replaced(e, by) for e in (step, context.read(self.factor), context.read(self.rest))]

    def _never_zero(self, factor: Expression, context: Context) -> bool:
        """A mean of vertex values, every vertex with some weight: one sign, and not all zero.

        Every vertex has some weight only where no atom reaches the ends of its range.
        """
        form = vector_form(factor, context.shapes)
        if any(atom[0] == "call" and atom[1] not in OPEN for monomial in form for atom, _ in monomial):
            return False
        values = vertex_values(form, {self.gate: (0, 1)}) or ()
        return any(values) and (min(values) >= 0 or max(values) <= 0)

    def lines(self, context: Context) -> tuple[Shown, ...]:
        """The step, factored."""
        state = context.cell.states[0]
        right = hadamard(context.read(self.factor), context.read(self.rest))
        left = total(Name(context.cell.next_of(state)), negative(Name(state)))
        return (Shown("", left, right, right_said=f"and {self.rest} does not mention {self.gate}"),)


def _moved(cell: Cell, gate: str) -> Iterator[dict[str, Any]]:
    """Fixed points at size 1 that are none after the gate's own parameters have changed."""
    own = [p for p in names_in(cell.equation(gate).right) if p in cell.parameters]
    others = {p for e in cell.equations if e.left != gate for p in names_in(e.right)}
    own = [p for p in own if p not in others]
    state = cell.states[0]
    names = {*cell.parameters, *cell.inputs}
    draws = [drawn for sizes, drawn in points(names, cell.shapes, {}) if set(sizes.values()) == {1}]
    for drawn in draws:
        h = _root(cell, state, drawn)
        if h is None:
            continue
        for other in draws:
            changed = drawn | {p: other[p] for p in own}
            move = float(_step(cell, state, changed, np.array([h]))[0])
            if abs(move) > MOVED:
                shown = {
                    "n": 1,
                    state: round(h, 12),
                    f"{cell.next_of(state)} - {state}": round(move, 9),
                }
                gates = {p: changed[p] for p in own}
                yield {**shown, "at": assignments(drawn), "other gate": assignments(gates)}


def _step(cell: Cell, state: str, given: Mapping[str, Any], h: Any) -> Any:
    """state' - state at several states of one unit."""
    return evaluate_cell(cell, {**given, state: h[:, None]})[cell.next_of(state)][:, 0] - h


def _root(cell: Cell, state: str, given: Mapping[str, Any]) -> float | None:
    """A state other than 0 that a step keeps, by bisection."""
    values = _step(cell, state, given, GRID)
    for i in np.flatnonzero(values[:-1] * values[1:] < 0):
        low, high = GRID[i], GRID[i + 1]
        for _ in range(60):
            middle = (low + high) / 2
            sign = _step(cell, state, given, np.array([middle]))[0] * values[i]
            low, high = (middle, high) if sign > 0 else (low, middle)
        if abs(low) > 1e-3:
            return float(low)
    return None
