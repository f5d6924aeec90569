"""Like operations side by side: two gates that differ only in their weights are one call on one array."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grusym.kernels.operations import OTHER, TIMES, Operation, Operations
from grusym.language.expression import Expression, Name, Sum, walk
from grusym.language.shapes import shape_of


@dataclass(frozen=True)
class Group:
    """Operations of one kind on neighbouring parts of an array; often just one."""

    operations: tuple[Operation, ...]

    @property
    def results(self) -> tuple[Expression, ...]:
        """What the group computes, in the order in which it is stored."""
        return tuple(o.result for o in self.operations)

    @property
    def call(self) -> str:
        """The call that all its operations are."""
        return self.operations[0].call


class Grouping:
    """Groups of the operations of one step, in an order in which they can be done.

    Method: products of one vector with several matrices begin groups, and so does what combines one
    vector with several known before; operations that use the members of a group in the same way follow
    it, as long as no operation has to wait for another of its own group.
    """

    def __init__(self, operations: Operations, stays_apart: Iterable[Expression]) -> None:
        self.all = operations
        self.apart = set(stays_apart)
        self.width: dict[Expression, object] = {}
        self.place: dict[Expression, tuple[Group, int]] = {}
        self.groups = [Group((o,)) for o in operations.found.values()]
        self._note()
        for begin in (self._products_of_one_vector, self._uses_of_one_vector):
            begin()
            while self._follow():
                pass
        self.groups = self._ordered(self.groups) or self.groups

    def _note(self) -> None:
        self.place = {r: (g, i) for g in self.groups for i, r in enumerate(g.results)}

    def dimension(self, e: Expression) -> object:
        """The size of a vector; None for a scalar."""
        if e not in self.width:
            self.width[e] = shape_of(e, self.all.lowering.shapes)[0] if self.all.lowering.rank(e) else None
        return self.width[e]

    def _products_of_one_vector(self) -> None:
        """Begin groups with the products of several matrices with one vector."""
        alike: dict[tuple[object, ...], list[Operation]] = {}
        for o in self.all.found.values():
            if o.call == TIMES and len(o.operands) == 2 and o.result not in self.apart:
                alike.setdefault((o.operands[1], self.dimension(o.result)), []).append(o)
        for members in alike.values():
            self._join(sorted(members, key=self._future))

    def _uses_of_one_vector(self) -> None:
        """Begin groups with what combines one vector with several that are known before the loop."""
        alike: dict[tuple[object, ...], list[Operation]] = {}
        for group in self.groups:
            o = group.operations[0]
            early = sum(not self.all.is_late(u) and not _constant(u) for u in o.operands)
            if len(group.operations) == 1 and early == 1 and self._may_join(o):
                way = tuple(u if self.all.is_late(u) else "early" for u in o.operands)
                alike.setdefault((o.call, way, self.dimension(o.result)), []).append(o)
        for members in alike.values():
            self._join(members)

    def _may_join(self, o: Operation) -> bool:
        return o.call not in (OTHER, TIMES) and o.result not in self.apart

    def _future(self, o: Operation) -> tuple[str, ...]:
        """The calls that follow an operation: those with the same future stand side by side."""
        calls: list[str] = []
        result: Expression | None = o.result
        while result is not None and len(calls) < 4:
            users = [u for u in self.all.found.values() if result in u.late]
            calls.append(users[0].call if users else "")
            result = users[0].result if len(users) == 1 else None
        return tuple(calls)

    def _follow(self) -> bool:
        """Let the users of one group's members be a group as well; return whether any joined."""
        for group in [g for g in self.groups if len(g.operations) > 1]:
            ways: dict[tuple[object, ...], list[tuple[int, Operation]]] = {}
            for index, result in enumerate(group.results):
                for user in self._users(result):
                    ways.setdefault(self._way(user, group, index), []).append((index, user))
            for way, members in ways.items():
                for run in _runs(members):
                    if way and len(run) > 1 and self._join(run):
                        return True
        return False

    def sums_of_products(self) -> list[frozenset[Expression]]:
        """Products of neighbouring vectors that are only summed: one product of a wider matrix would do."""
        found = []
        for e in self.all.found:
            if not isinstance(e, Sum):
                continue
            rows: dict[int, list[tuple[int, Expression]]] = {}
            for term in e.terms:
                alone = term in self.place and len(self.place[term][0].operations) == 1
                if alone and self.all.is_product(term):
                    group, row = self.place.get(self.all.found[term].operands[1], (None, 0))
                    rows.setdefault(id(group) if group else 0, []).append((row, term))
            for where, terms in rows.items():
                places = sorted(row for row, _ in terms)
                if where and len(places) > 1 and places == list(range(places[0], places[0] + len(places))):
                    found.append(frozenset(term for _, term in terms))
        return sorted(found, key=len, reverse=True)  # a sum contains the sums of its first terms

    def _users(self, result: Expression) -> list[Operation]:
        alone = (g.operations[0] for g in self.groups if len(g.operations) == 1)
        return [o for o in alone if result in o.late and self._may_join(o)]

    def _way(self, user: Operation, group: Group, index: int) -> tuple[object, ...]:
        """How an operation uses the member at `index` of a group: alike for operations that may join."""
        way: list[object] = [user.call, self.dimension(user.result)]
        for operand in user.operands:
            found, at = self.place.get(operand, (None, 0))
            if not self.all.is_late(operand):
                way.append(operand if _constant(operand) else "early")
            elif found is not None and len(found.operations) > 1:
                way.append((id(found), at - index))
            else:
                way.append(operand)
        return tuple(way)

    def _join(self, members: Sequence[Operation]) -> bool:
        """Make one group of operations, unless one would have to wait for another."""
        if len(members) < 2:
            return False
        joined = Group(tuple(members))
        rest = [g for g in self.groups if g.operations[0] not in members]
        if self._ordered([*rest, joined]) is None:
            return False
        self.groups = [*rest, joined]
        self._note()
        return True

    def _ordered(self, groups: list[Group]) -> list[Group] | None:
        """The groups, each after those it uses; None if they use each other in a circle."""
        home = {r: g for g in groups for r in g.results}
        done: list[Group] = []
        state: dict[int, int] = {}

        def visit(g: Group) -> bool:
            if state.get(id(g)) is not None:
                return state[id(g)] == 2
            state[id(g)] = 1
            for o in g.operations:
                for u in o.late:
                    if u in home and not visit(home[u]):
                        return False
            state[id(g)] = 2
            done.append(g)
            return True

        first = {r: i for i, r in enumerate(self.all.found)}
        for g in sorted(groups, key=lambda g: min(first[r] for r in g.results)):
            if not visit(g):
                return None
        return done


def _constant(e: Expression) -> bool:
    return not any(isinstance(node, Name) for node in walk(e))


def _runs(members: list[tuple[int, Operation]]) -> list[list[Operation]]:
    """The operations on neighbouring members, each member used once."""
    runs: list[list[Operation]] = []
    last = -2
    for index, operation in sorted(dict(reversed(members)).items()):
        if index != last + 1:
            runs.append([])
        runs[-1].append(operation)
        last = index
    return runs
