"""A small change of the state that a claim carries forward: v_t = J_t v_{t-1}, δh_{t+1} = J_{t+1} δh_t."""

from __future__ import annotations

from grusym.language.expression import Expression
from grusym.language.surface import Written
from grusym.language.times import surface
from grusym.unrolled.index import Index
from grusym.unrolled.meanings import Names
from grusym.unrolled.names import ALWAYS, Parts, parts
from grusym.unrolled.targets import gradient_target
from grusym.unrolled.tree import GradientOf, Relation

MARKED = "*"  # a change under the name of a gradient


def carried(relation: Relation, names: Names) -> str:
    """The letter of a small change of the state; MARKED where a gradient's name may be one; else nothing.

    A change is what an equation gives at a time from itself at an earlier one. Of a cell with several states
    the change of one alone is not carried along.
    """
    if relation.signs != ("=",) or len(names.cell.states) != 1:
        return ""
    left = _timed(relation.sides[0])
    if left is None or not left.times:
        return ""
    known = bool(names.meanings(left)) and not isinstance(relation.sides[0], GradientOf)
    olds = [p for p in map(_timed, surface(relation.sides[1])) if p is not None and _same(p, left)]
    if known or not olds or not all(_earlier(p.times[-1], left.times[-1]) for p in olds if p.times):
        return ""
    if isinstance(relation.sides[0], GradientOf) or gradient_target(left, names) is not None:
        return MARKED
    return left.letter


def _timed(e: Expression) -> Parts | None:
    name = e.target if isinstance(e, GradientOf) else e
    return parts(name.name, ALWAYS) if isinstance(name, Written) else None


def _same(a: Parts, b: Parts) -> bool:
    return (a.letter, a.labels) == (b.letter, b.labels) and a.times != b.times


def _earlier(a: Index, b: Index) -> bool:
    return (a.letters == b.letters and a.constant < b.constant) or a.word == "prev"
