"""The derivation of a Jacobian: the equations from first to last, each changed as the ones before it are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from grusym.algebra.differential import Differential, identity
from grusym.calculus.jacobian import local_in, scalars, values_behind
from grusym.calculus.lines import Line, lines_of
from grusym.language.cell import Cell
from grusym.language.derivation import Derivation, Step
from grusym.language.expression import Expression, Increment, Name, names_in, unplaced


def derivation(cell: Cell, of: str, by: str, result: Expression) -> Derivation:
    """The steps that lead to `result`, which is ∂of/∂by."""
    changes = changing(cell, by, values_behind(cell, of, by))
    known: dict[str, Differential] = {by: identity(Name(by))}
    last: dict[str, int] = {}
    steps: list[Step] = []
    for value in changes:
        if value == by:
            continue
        now = told(cell, value, changes, steps)
        through = [v.name for v in now.variables() if isinstance(v, Name) and v.name != by]
        if through:
            uses = (len(steps), *(last[v] for v in through))
            now = now.chained(lambda v: known[str(v)])
            rule = f"chain rule through {', '.join(through)}"
            steps.append(Step(rule, Increment(Name(value)), now.line(scalars(cell)), uses))
        known[value], last[value] = now, len(steps)
    return Derivation(of, by, needed(steps), result)


def changing(cell: Cell, by: str, among: Collection[str] | None = None) -> tuple[str, ...]:
    """A name and all values that change with it, in the order of the equations."""
    found = [by]
    for value in cell.values:
        asked = value != by and (among is None or value in among)
        if asked and not local_in(cell, value, found).is_zero:
            found.append(value)
    return tuple(found)


def told(cell: Cell, value: str, active: Iterable[str], steps: list[Step]) -> Differential:
    """The differential of one equation in the `active` names; its lines are added to the steps."""
    e = unplaced(cell.equation(value).right)
    lines = list(lines_of(e, frozenset(active).intersection(names_in(e)), Name(value)))
    now = local_in(cell, value, active)
    lines[-1] = Line(lines[-1].rules, now)  # the same, its terms in the order that the Jacobian has
    for i, line in enumerate(lines):
        uses = (len(steps),) if i else ()
        steps.append(
            Step(", ".join(line.rules), Increment(Name(value)), line.differential.line(scalars(cell)), uses)
        )
    return now


def needed(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps that the last one rests on, in their order."""
    open_, kept = [len(steps)] if steps else [], set()
    while open_:
        k = open_.pop()
        if k not in kept:
            kept.add(k)
            open_.extend(steps[k - 1].uses)
    number = {k: i for i, k in enumerate(sorted(kept), 1)}
    return tuple(
        replace(steps[k - 1], uses=tuple(number[u] for u in steps[k - 1].uses)) for k in sorted(kept)
    )
