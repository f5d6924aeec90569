"""Lines of a claim that only give a name: `A = B` where A is no name of the cell and another line uses it."""

from __future__ import annotations

from dataclasses import replace

from grusym.language.expression import Expression, children, rebuilt
from grusym.language.scanner import NameToken
from grusym.language.surface import Call, Chain, Written
from grusym.language.times import written
from grusym.unrolled.meanings import Names
from grusym.unrolled.names import parts
from grusym.unrolled.targets import gradient_target
from grusym.unrolled.tree import Largest, Relation


def without_definitions(relations: list[Relation], names: Names) -> list[Relation]:
    """The claims among several lines, with the names that the other lines give written out."""
    given: dict[NameToken, Expression] = {}
    for relation in relations:
        left = relation.sides[0]
        plain = relation.signs == ("=",) and len(relations) > 1
        if plain and isinstance(left, Written) and not _known(left, names):
            used = any(w.name == left.name for r in relations if r is not relation for w in _names(r))
            if used:
                given[left.name] = relation.sides[1]
        elif plain and isinstance(left, Largest) and left.operand is None:
            given[NameToken(left.which)] = relation.sides[1]
    if not given:
        return relations
    kept = [r for r in relations if not _gives(r, given)]
    return [replace(r, sides=tuple(_put(side, given) for side in r.sides)) for r in kept] or relations


def _gives(relation: Relation, given: dict[NameToken, Expression]) -> bool:
    left = relation.sides[0]
    if isinstance(left, Largest):
        return given.get(NameToken(left.which)) is relation.sides[-1]
    return isinstance(left, Written) and given.get(left.name) is relation.sides[-1]


def _names(relation: Relation) -> list[Written]:
    return [w for side in relation.sides for w in written(side)]


def _known(w: Written, names: Names) -> bool:
    p = parts(w.name, frozenset({"t", "T"}))
    return bool(names.meanings(p)) or gradient_target(p, names) is not None


def _put(e: Expression, given: dict[NameToken, Expression]) -> Expression:
    if isinstance(e, Written):
        return given.get(e.name, e)
    if isinstance(e, Largest) and e.operand is None:
        return given.get(NameToken(e.which), e)
    if isinstance(e, Chain):
        return Chain(tuple(_put(f, given) for f in e.factors), e.signs, span=e.span)
    if isinstance(e, Call):
        return Call(e.function, _put(e.argument, given), span=e.span)
    return rebuilt(e, tuple(_put(child, given) for child in children(e)))
