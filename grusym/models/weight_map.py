"""Weights of one cell as formulas in those of another, so that both compute the same function.

A map is proposed by the places where parameters stand and accepted only when the normal form proves that
the two next states are equal, for every size, input and state. So the proposal may be bold: gates may
change places or turn into one minus themselves, and nothing wrong gets through.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import islice, product as combinations

from grusym.algebra.inlining import inlined
from grusym.algebra.normal_form import equal
from grusym.language.activations import ACTIVATIONS
from grusym.language.build import hadamard, number, total
from grusym.language.cell import Cell
from grusym.language.expression import ZERO, Activation, Expression, Name, Number, Quotient, walk
from grusym.language.fixed import Fixed
from grusym.models.commuting import Pair, drawn_out
from grusym.models.terms import BIAS, Argument, Term, arguments

MOST = 256  # ways to match gates that are tried, those a person would try first
WAYS = 20_000  # ways that are put in order
Partners = dict[str, tuple[str, int]]  # target value -> source value, 1, or -1 for one minus it


@dataclass(frozen=True)
class WeightMap:
    """`of` maps every weight of the target cell to an expression in those of the source cell.

    It holds where the parameters `zero` of the source are zero, and where each pair of `commuting` commutes:
    these are to be seen from the numbers.
    """

    source: Cell
    target: Cell
    of: Mapping[str, Expression]
    zero: tuple[str, ...]
    commuting: tuple[Pair, ...] = ()

    @property
    def assumes(self) -> tuple[str, ...]:
        """The conditions in words."""
        return (*(f"{name} = 0" for name in self.zero), *map(str, self.commuting))

    @property
    def sides(self) -> tuple[tuple[Expression, Expression], ...]:
        """Each next state of the source and of the target with these weights, in the source's names."""
        without: dict[str, Expression] = dict.fromkeys(self.zero, ZERO)
        source = drawn_out(self.source, {pair.own for pair in self.commuting})
        target = drawn_out(self.target, {pair.theirs for pair in self.commuting})
        return tuple(
            (inlined(source, new, without), inlined(target, new, self.of)) for new in self.source.next_states
        )

    @property
    def divides(self) -> bool:
        """Whether something is divided by what may be 0: there the proof says nothing."""
        cells = (self.source, self.target)
        nodes = (node for c in cells for e in c.equations for node in walk(e.right))
        return any(isinstance(node, Quotient) and not isinstance(node.right, Number) for node in nodes)

    @property
    def is_proved(self) -> bool:
        """Whether the normal form finds each pair of sides equal."""
        return all(equal(a, b, self.source.shapes) for a, b in self.sides)

    def __str__(self) -> str:
        wide = max(map(len, self.of), default=0)
        return "\n".join(f"{name:{wide}} = {e}" for name, e in self.of.items())


@lru_cache(maxsize=256)
def weight_maps(source: Cell, target: Cell) -> tuple[WeightMap, ...]:
    """The maps that are proved to carry weights of the source into the target, fewest conditions first.

    None where there are none, or where states or inputs differ.
    """
    if not same_carriers(source, target) or not {*target.constants} <= {*source.constants}:
        return ()
    found: list[WeightMap] = []
    for proposed in _proposals(source, target):
        if proposed not in found and proposed.is_proved:
            found.append(proposed)
            if not proposed.assumes:
                break
    return tuple(sorted(found, key=_demands))


def _proposals(source: Cell, target: Cell) -> Iterator[WeightMap]:
    yield _by_name(source, target)
    for commute in (False, True):
        for partners in _matchings(source, target):
            proposed = _proposed(source, target, partners, commute)
            if proposed is not None:
                yield proposed


def _by_name(source: Cell, target: Cell) -> WeightMap:
    """Every weight of the target the source's of the same name and shape, others zero."""
    same = {p for p in target.weights if source.shapes.get(p) == target.shapes[p] and p in source.weights}
    of: dict[str, Expression] = {p: Name(p) if p in same else ZERO for p in target.weights}
    return WeightMap(source, target, Fixed(of), tuple(p for p in source.parameters if p not in same))


def _demands(found: WeightMap) -> tuple[int, ...]:
    """How much a map asks of weights: matrices that are zero, matrices that commute, biases that are zero."""
    matrices = sum(len(found.source.shapes[name]) == 2 for name in found.zero)
    return matrices, len(found.commuting), len(found.zero)


def same_carriers(source: Cell, target: Cell) -> bool:
    """Whether two cells have the same states and inputs, of the same sizes, whatever their order."""
    carriers = [{v: c.shapes[v] for v in (*c.states, *c.inputs)} for c in (source, target)]
    return carriers[0] == carriers[1] and set(source.states) == set(target.states)


def _matchings(source: Cell, target: Cell) -> Iterator[Partners]:
    """Ways to match the target's values with the source's: by name, gates also with one minus a gate."""
    choices: list[list[tuple[str, tuple[str, int] | None]]] = []
    for value in target.values:
        function = _function(target, value)
        names = [value] if value in source.values else []
        if not names and value not in target.next_states:
            inner = [v for v in source.values if v not in source.next_states]
            names = [v for v in inner if _function(source, v) == function]
        signs = (1, -1) if function == "σ" else (1,)
        own: list[tuple[str, tuple[str, int] | None]] = [(value, (v, sign)) for v in names for sign in signs]
        choices.append(own or [(value, None)])
    # What a person would try first: each value used once, and as few turned as can be.
    for way in sorted(islice(combinations(*choices), WAYS), key=_boldness)[:MOST]:
        yield {value: partner for value, partner in way if partner is not None}


def _boldness(way: tuple[tuple[str, tuple[str, int] | None], ...]) -> tuple[int, int]:
    used = [partner for _, partner in way if partner is not None]
    repeated = len(used) - len({own for own, _ in used})
    return repeated + sum(sign < 0 for _, sign in used), repeated


def _function(cell: Cell, value: str) -> str:
    e = cell.equation(value).right
    return e.function if isinstance(e, Activation) else ""


def _proposed(source: Cell, target: Cell, partners: Partners, commute: bool) -> WeightMap | None:
    """The map that the places of the parameters suggest, or None where a parameter has no place."""
    called = {own: value for value, (own, _) in reversed(partners.items())}
    theirs = {(a.value, a.index): a for a in arguments(source, called)}
    of: dict[str, Expression] = {}
    used: set[str] = set()
    commuting: list[Pair] = []
    unmatched = False
    for argument in arguments(target):
        own, sign = partners.get(argument.value, ("", 1))
        other = theirs.get((own, argument.index))
        unmatched |= other is None and any(term.parameter for term in argument.terms)
        matched = _Matched(argument, other, sign if argument.index else 1, commute, partners)
        for name, e in matched.weights():
            if of.get(name, ZERO) == ZERO:  # in two places it must be the same, which the proof decides
                of[name] = e
        used |= matched.used
        commuting += [pair for pair in matched.commuting if pair not in commuting]
    for name in target.weights:
        if name not in of and name in source.weights and source.shapes[name] == target.shapes[name]:
            of[name] = Name(name)  # in no place of its own, such as a scalar before a matrix: the same number
            used.add(name)
    if set(of) != set(target.weights) or (commute and not commuting):
        return None
    zero = tuple(name for name in source.parameters if name not in used)
    if unmatched and any(len(source.shapes[name]) == 2 for name in zero):
        return None  # that both are nothing there is no way to carry weights
    ordered = {name: of[name] for name in target.weights}
    return WeightMap(source, target, Fixed(ordered), zero, tuple(commuting))


class _Matched:
    """One argument of the target beside the source's: what each of its parameters must be."""

    def __init__(
        self, argument: Argument, other: Argument | None, sign: int, commute: bool, partners: Partners
    ) -> None:
        self.own, self.theirs = argument.terms, other.terms if other else ()
        self.sign, self.commute, self.partners = sign, commute, partners
        self.used: set[str] = set()
        self.commuting: list[Pair] = []

    def weights(self) -> Iterator[tuple[str, Expression]]:
        """Each parameter with its expression: the first of a place gets all, others of the place zero."""
        taken = set()
        for term in self.own:
            if term.parameter is None:
                continue
            place = self._place(term)
            yield term.parameter, ZERO if place in taken else self._sum(term, place)
            taken.add(place)

    def _place(self, term: Term) -> object:
        return term.commuted().place if self.commute else term.place

    def _sum(self, term: Term, place: object) -> Expression:
        parts: list[Expression] = []
        for other in self.theirs:
            if other.parameter is None or self._place(other) != place:
                continue
            self.used.add(other.parameter)
            if other.place != term.place:
                self._assume(term, other)
            parts.append(self._times(other.coefficient / term.coefficient, Name(other.parameter)))
        if term.place == BIAS:  # also makes up for constants, such as an offset added at run time
            gap = self._constant(self.theirs) * self.sign - self._constant(self.own)
            parts.append(number(gap / term.coefficient))
        return total(*parts)

    def _assume(self, term: Term, other: Term) -> None:
        """Note which matrix must commute with which gate for two different places to be one."""
        assert term.parameter is not None and other.parameter is not None
        for (kind, *gate), _ in (*term.factor, *other.factor):
            if kind == "name" and gate[0] in self.partners:
                own = (other.parameter, self.partners[gate[0]][0])
                self.commuting.append(Pair(own, (term.parameter, gate[0])))

    def _times(self, factor: Fraction, e: Expression) -> Expression:
        return hadamard(number(factor * self.sign), e)

    @staticmethod
    def _constant(terms: tuple[Term, ...]) -> Fraction:
        return sum((t.coefficient for t in terms if t.parameter is None and t.factor == ()), Fraction(0))


assert ACTIVATIONS["σ"].mirror == (1, -1, 0)  # what makes one minus a gate a gate
