"""How many numbers a cell's function really depends on: two biases that are only ever added are one.

Parameters act through the coefficients of the cell's normal form alone (`grusym.calculus.coefficients`), so
what counts is the rank of the map from parameters to coefficients. It is found by elimination: a coefficient
with one unknown parameter determines it; a coefficient with a parameter that stands nowhere else takes any
value whatever the others are. Either way a block of known size splits off.

The result never falls short. It is exact where elimination ends and where the functions under the
coefficients are independent; where that cannot be told, the record says "at most" and why.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, Any

from grusym.calculus.coefficients import Place, Reading
from grusym.calculus.independence import doubts, firm_sums
from grusym.calculus.words import (
    Coefficient,
    Part,
    gap_parts,
    is_simple,
    is_transposed,
    part_of,
    parts_of,
    turned_sum,
)
from grusym.errors import GrusymError
from grusym.language.cell import Cell

if TYPE_CHECKING:
    import sympy


@dataclass(frozen=True)
class Identifiable:
    """How many numbers the next states depend on, for generic parameters, states and inputs.

    `count` is exact where `exact` says so and else an upper bound; `notes` say what is lost, or why it is
    only a bound.
    """

    count: sympy.Expr
    exact: bool
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{'' if self.exact else 'at most '}{self.count}"


@lru_cache(maxsize=256)
def identifiable(cell: Cell) -> Identifiable:
    """The number of parameters that can be told from the cell's next states, whatever data are given.

    Method: the rank of the map from parameters to the coefficients of the normal form, by elimination,
    for sizes from 2 on. It is the largest such rank: at some parameters fewer are seen, as of a relu that is
    never positive. Discrete symmetries, such as the sign of a hidden tanh unit, lose no number.
    """
    import sympy

    try:
        reading = Reading(cell)
    except GrusymError as error:
        whole = sum((sympy.prod(cell.shapes[p]) for p in cell.parameters), start=sympy.Integer(0))
        return Identifiable(sympy.factor(whole), False, (f"the equations were not taken apart: {error}",))
    found = _Elimination(reading)
    known = _Elimination(reading, firm_sums(reading)).determined()
    hidden = {part[0] for part in found.unknown - known}
    found.doubts += doubts(reading, frozenset(cell.parameters) - hidden - reading.opaque.keys())
    found.run()
    return Identifiable(sympy.factor(found.count), not found.doubts, (*found.notes, *found.doubts))


class _Elimination:
    """The rank of the map from parameters to coefficients, block by block."""

    def __init__(self, reading: Reading, among: list[list[Place]] | None = None) -> None:
        self.cell, self.cuts = reading.cell, reading.cuts
        among = [*reading.sums, *reading.divisors] if among is None else among
        places = [place for found in among for place in found]
        self.open = list(
            dict.fromkeys(Coefficient.at(place) for place in places if not reading.is_known(place))
        )
        self.doubts: list[str] = []
        self.notes: list[str] = []
        self.count: Any = 0
        parts = {part for coefficient in self.open for part in coefficient.parts}
        self.unknown = {part for part in parts if part[0] in self.cell.parameters}
        self.seen = {part[0] for part in parts} | set(reading.opaque)
        for name, why in reading.opaque.items():
            self.doubts.append(f"{name} stands in {why}")
            self._know((name,), whole=True)
        self._cut_apart()

    def _cut_apart(self) -> None:
        """Columns of a matrix are parameters of their own, if the matrix is always cut the same way."""
        for name in {part[0] for part in self.unknown}:
            ways = sorted(part[1:] for part in self.unknown if part[0] == name)
            disjoint = all(map(len, ways)) and all(self._apart(a, b) for a, b in combinations(ways, 2))
            if len(ways) > 1 and not disjoint:
                self.doubts.append(f"{name} is cut into columns in more than one way")
                for way in ways:
                    self.unknown.discard((name, *way))
                self._know((name,), whole=True)

    def _apart(self, a: Part, b: Part) -> bool:
        gaps = (self.cuts[b[0]] - self.cuts[a[1]], self.cuts[a[0]] - self.cuts[b[1]])
        return any(gap == 0 or gap.is_nonnegative for gap in gaps)

    def run(self) -> None:
        for name in self.cell.parameters:
            if name not in self.seen:
                self.notes.append(f"{name} reaches no next state")
        while self._determined() or self._absorbed() or self._spanned():
            pass
        for part in sorted(self.unknown):
            if any(part in c.parts for c in self.open):
                self.doubts.append(f"{part[0]} may be tied to others: it could not be told apart")
                self._know(part)

    def determined(self) -> set[Part]:
        """What coefficients determine one after the other, each alone."""
        before = set(self.unknown)
        while self._determined():
            pass
        return before - self.unknown

    def _note(self, parts: list[Part], coefficient: Coefficient) -> None:
        names = [name for name in self.cell.parameters if name in {part[0] for part in parts}]
        verb = "is" if len(names) == 1 else "are"
        shown = coefficient.shown([name for name, shape in self.cell.shapes.items() if shape == ()])
        self.notes.append(f"{', '.join(names)} {verb} seen only as {shown}")

    def _know(self, part: Part, whole: bool = False) -> None:
        self.unknown.discard(part)
        self.count += self._size(part)
        if whole:
            self.unknown -= {p for p in self.unknown if p[0] == part[0]}

    def _size(self, part: Part) -> Any:
        import sympy

        shape = self.cell.shapes[part[0]]
        if len(part) == 3:
            return shape[0] * (self.cuts[part[2]] - self.cuts[part[1]])
        return sympy.prod(shape)

    def _square(self, letter: Any) -> bool:
        if letter[0] != "matrix":
            return False
        rows, columns = self.cell.shapes[letter[1]]
        return bool(rows == columns)

    # ---- the three ways a block splits off -------------------------------------------------------

    def _determined(self) -> bool:
        """A coefficient with one unknown parameter, in one place of it, determines that parameter."""
        for coefficient in self.open:
            unknown = [part for part in coefficient.parts if part in self.unknown]
            if not unknown:
                self.open.remove(coefficient)
                return True
            if len(unknown) == 1 and coefficient.determines(
                unknown[0], self._square, len(self.cell.shapes[unknown[0][0]])
            ):
                self.open.remove(coefficient)
                self._know(unknown[0])
                return True
        return False

    def _absorbed(self) -> bool:
        """A parameter that stands nowhere else, alone in one word, makes its coefficient take any value."""
        for coefficient in self.open:
            for part in coefficient.parts:
                if part in self.unknown and self._is_only_in(part, coefficient):
                    size = self._filled(coefficient, part)
                    if size is None:
                        continue
                    others = [p for p in coefficient.parts if p in self.unknown and p != part]
                    if others:
                        self._note([part, *others], coefficient)
                    self.open.remove(coefficient)
                    self.unknown.discard(part)
                    self.count += size
                    return True
        return False

    def _is_only_in(self, part: Part, coefficient: Coefficient) -> bool:
        return all(part not in other.parts for other in self.open if other is not coefficient)

    def _filled(self, coefficient: Coefficient, part: Part) -> Any:
        """The size of a coefficient that a parameter fills alone, or None."""
        shape = self.cell.shapes[part[0]]
        words = [word for word, _ in coefficient.words if part in parts_of(word)]
        if len(words) != 1 or not is_simple(words[0], part):
            return None
        letters = words[0][1::2]
        if len(shape) < 2:
            ranks = [len(self.cell.shapes[p[0]]) for p in coefficient.parts]
            if letters or coefficient.is_matrix or (shape == () and any(ranks)):
                return None
            return self._size(part)
        if not all(part_of(letter) == part or self._square(letter) for letter in letters):
            return None
        if coefficient.is_matrix:
            return self._size(part)
        return shape[1] if is_transposed(letters, part) else shape[0]

    def _spanned(self) -> bool:
        """A sum of a matrix with its transpose, diagonals and multiples of I, of parameters found here only.

        Its values are a linear space of known dimension.
        """
        for coefficient in self.open:
            unknown = [part for part in coefficient.parts if part in self.unknown]
            if coefficient.is_matrix and all(self._is_only_in(part, coefficient) for part in unknown):
                size = self._product(coefficient) or self._span(coefficient, unknown)
                if size is not None:
                    self._note(unknown, coefficient)
                    self.open.remove(coefficient)
                    self.unknown -= set(unknown)
                    self.count += size
                    return True
        return False

    def _span(self, coefficient: Coefficient, unknown: list[Part]) -> Any:
        kinds = set()
        n: Any = None
        for part in unknown:
            words = [(word, c) for word, c in coefficient.words if part in parts_of(word)]
            rank = len(self.cell.shapes[part[0]])
            if not all(is_simple(word, part) for word, _ in words):
                return None
            if rank == 2:
                kind = turned_sum(words, part)
                n = self.cell.shapes[part[0]][0]
            else:
                kind = ("scalar", "diagonal")[rank] if len(words) == 1 and len(words[0][0]) == 1 else ""
            if not kind:
                return None
            kinds.add(kind)
        scalar_factors = {f for w, _ in coefficient.words for gap in w[::2] for f in gap_parts(gap)}
        if n is None or any(f not in unknown and len(self.cell.shapes[f[0]]) for f in scalar_factors):
            return None
        half = n * (n - 1) / 2
        if "symmetric" in kinds:
            return n**2 if "antisymmetric" in kinds else half + n
        extra = n if "diagonal" in kinds else int("scalar" in kinds)
        return half + extra if "antisymmetric" in kinds else None

    def _product(self, coefficient: Coefficient) -> Any:
        """U V of a narrow middle size k: k (n + m - k), since U S⁻¹ S V is the same for every S."""
        if len(coefficient.words) != 1:
            return None
        ((word, _),) = coefficient.words
        letters, gaps = word[1::2], word[::2]
        if len(letters) != 2 or any(gaps[1:]) or part_of(letters[0]) == part_of(letters[1]):
            return None
        shapes = [self.cell.shapes[letter[1]] for letter in letters]
        if any(letter[0] != "matrix" or letter[-1] for letter in letters) or gaps[0]:
            return None
        (n, k), (_, m) = shapes
        if not all(part_of(letter) in self.unknown for letter in letters) or k in (n, m):
            return None
        self.notes.append(f"for {k} up to {' and '.join(dict.fromkeys((str(n), str(m))))}")
        return k * (n + m - k)
