"""Which array each value of a loop lives in: made once before the loop, written to at every step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from grusym.kernels.groups import Group, Grouping
from grusym.kernels.operations import OTHER, TIMES, Operations
from grusym.language.expression import Expression


@dataclass(frozen=True)
class Place:
    """Neighbouring rows start..stop of an array that holds `rows` values of one dimension."""

    array: int
    start: int
    stop: int

    @property
    def count(self) -> int:
        """The number of values in the place."""
        return self.stop - self.start


class Storage:
    """A place for the results of every group that is written with out=.

    A result takes the place of an operand that has no name and is not needed again: a product, what is
    added to it and the gate made of the sum are one piece of memory.
    """

    def __init__(self, grouping: Grouping, operations: Operations, elsewhere: Iterable[Expression]) -> None:
        self.grouping, self.operations = grouping, operations
        self.elsewhere = set(elsewhere)  # written to arrays of the caller
        self.rows: list[int] = []  # of each array
        self.dimension: list[Expression] = []  # a value as wide as the array
        self.places: dict[int, Place] = {}  # by index of group
        self.row: dict[Expression, Place] = {}  # by value
        self.residents: dict[tuple[int, int], list[str]] = {}  # names that live in a row
        self._last_uses()
        for index, group in enumerate(grouping.groups):
            if group.call != OTHER and not self.elsewhere.issuperset(group.results):
                self._settle(index, group)

    def _last_uses(self) -> None:
        self.last: dict[Expression, int] = {}
        for index, group in enumerate(self.grouping.groups):
            for o in group.operations:
                self.last.update(dict.fromkeys(o.late, index))
        self.last.update(dict.fromkeys(self.operations.goals, len(self.grouping.groups)))

    def _settle(self, index: int, group: Group) -> None:
        place = self._taken_over(index, group) if group.call != TIMES else None
        if place is None:
            place = Place(len(self.rows), 0, len(group.operations))
            self.rows.append(place.count)
            self.dimension.append(group.results[0])
        self.places[index] = place
        for i, result in enumerate(group.results):
            row = place.start + i
            self.row[result] = Place(place.array, row, row + 1)
            if result in self.operations.named:
                self.residents.setdefault((place.array, row), []).append(self.operations.named[result])

    def _taken_over(self, index: int, group: Group) -> Place | None:
        for operands in zip(*(o.operands for o in group.operations), strict=True):
            rows = [self.row.get(u) for u in operands]
            first = rows[0]
            if first is None or not all(self._free(u, index, group) for u in operands):
                continue
            if rows == [Place(first.array, first.start + i, first.stop + i) for i in range(len(rows))]:
                return Place(first.array, first.start, first.start + len(rows))
        return None

    def _free(self, u: Expression, index: int, group: Group) -> bool:
        same = self.grouping.dimension(u) == self.grouping.dimension(group.results[0])
        return same and self.last.get(u) == index and u not in self.operations.named
