"""A differential told in lines, as a person would write them: one idea a line, no line that says nothing.

What a reader sees at a glance (sums, signs, constant factors) joins the line beside it; a matrix product
gives a line; so does a rule with a slope in it. Each line is the whole differential, its open ends still
written as d(something).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from grusym.algebra.differential import Differential, identity
from grusym.calculus.rules import RULES, differential, one_step
from grusym.language.expression import (
    Expression,
    Hadamard,
    Name,
    Quotient,
    children,
)

CONSTANT_FACTOR = "constant factor"
EQUATION = "equation"  # of a value that is another: there is no rule to name
GLANCE = ("sum rule", "sign rule", CONSTANT_FACTOR)
LINEAR = (*GLANCE, "matrix product", "blocks")
Of = Callable[[Expression], Differential]


@dataclass(frozen=True)
class Line:
    """The rules used since the line before, and what the differential is now."""

    rules: tuple[str, ...]
    differential: Differential


def lines_of(e: Expression, active: frozenset[str], y: Expression) -> tuple[Line, ...]:
    """The differential of e in the `active` names, line by line; none if it is zero.

    `y` is the value e is equal to.
    """
    telling = _Telling(e, active, y)
    if not telling.alive(e):
        return ()
    found, now = [], identity(e)
    if isinstance(e, Name):
        return (Line((EQUATION,), now),)
    while any(not isinstance(v, Name) for v in now.variables()):
        telling.rules = []
        of = telling.round([v for v in now.variables() if not isinstance(v, Name)])
        then, later = now.chained(of), set[Expression]()
        while again := later_ones(now, then, of):  # met inside another: left to a later line
            later |= again
            telling.rules = []
            of = telling.round([v for v in now.variables() if not isinstance(v, Name)], later)
            then = now.chained(of)
        now = then
        found.append(Line(tuple(dict.fromkeys(telling.rules)), now))
    return tuple(found)


def later_ones(now: Differential, then: Differential, of: Of) -> set[Expression]:
    """The open ends that were opened in one place and are met again in another."""
    return {v for v in now.variables() if of(v) != identity(v)}.intersection(then.variables())


@dataclass
class _Telling:
    whole: Expression
    active: frozenset[str]
    y: Expression
    rules: list[str] = field(default_factory=list)
    known: dict[Expression, bool] = field(default_factory=dict)

    def alive(self, e: Expression) -> bool:
        """Whether e changes."""
        if e not in self.known:
            self.known[e] = not differential(e, self.active, self.y if e == self.whole else e).is_zero
        return self.known[e]

    def rule(self, e: Expression) -> str:
        """The name of the theorem of a node; of a product of which one factor is held, another."""
        match e:
            case Hadamard() if sum(map(self.alive, children(e))) == 1:
                return CONSTANT_FACTOR
            case Quotient(right=v) if not self.alive(v):
                return CONSTANT_FACTOR
        return RULES[type(e)][0]

    def once(self, e: Expression) -> Differential:
        """The theorem of a node applied, noted down."""
        self.rules.append(self.rule(e))
        found = one_step(e, self.active, self.y if e == self.whole else e)
        return found.chained(lambda v: identity(v) if self.alive(v) else Differential())

    def through(self, e: Expression, rules: tuple[str, ...]) -> Differential:
        """All of these rules applied, until nodes of other rules are met."""
        if isinstance(e, Name) or self.rule(e) not in rules:
            return identity(e)
        return self.once(e).chained(lambda v: self.through(v, rules))

    def ends(self, e: Expression, rules: tuple[str, ...]) -> tuple[Expression, ...]:
        """What `through` would arrive at."""
        before = list(self.rules)
        found = self.through(e, rules).variables()
        self.rules = before
        return found

    def round(self, pending: list[Expression], later: Collection[Expression] = ()) -> Of:
        """What the next line puts in the place of each open end, but those that are left to a later line."""
        pending = [e for e in pending if e not in later]
        curved = {v for e in pending for v in self.ends(e, GLANCE) if self.is_curved(v) and v not in later}
        found: dict[Expression, Differential] = {}
        for e in pending:
            if not curved:
                found[e] = self.through(e, LINEAR)
            elif curved.intersection(self.ends(e, GLANCE)):
                found[e] = self.through(e, GLANCE).chained(
                    lambda v: self.once(v).chained(self.finished) if v in curved else identity(v)
                )
        return lambda v: found.get(v) or identity(v)

    def is_curved(self, e: Expression) -> bool:
        """Whether the rule of a node is more than linear."""
        return not isinstance(e, Name) and self.rule(e) not in LINEAR

    def finished(self, e: Expression) -> Differential:
        """What can be seen at a glance to its end, done; the rest left open."""
        if all(isinstance(v, Name) for v in self.ends(e, GLANCE)):
            return self.through(e, GLANCE)
        return identity(e)
