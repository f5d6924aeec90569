"""What a cell's next states really depend on: the coefficients of their normal form.

With every value put in place of its name and all products multiplied out, a next state, and the argument of
every function in it, is a sum of functions of states and inputs, each under a coefficient made of parameters
alone: W_r, b_r + d_r, U - Uᵀ - γ I, U_c diag(σ(b_r)). Parameters act through these coefficients only.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from grusym.algebra.atoms import Letter
from grusym.algebra.normal_form import Word, vector_form
from grusym.algebra.polynomial import Atom, Monomial, Polynomial, TooLarge, add, monomial_product
from grusym.errors import GrusymError
from grusym.language.activations import ACTIVATIONS
from grusym.language.cell import Cell
from grusym.language.expression import (
    Activation,
    Concatenation,
    Expression,
    Extremum,
    Hadamard,
    Name,
    Number,
    Power,
    Product,
    Quotient,
    children,
    substituted,
    walk,
)
from grusym.language.shapes import shape_of

LARGEST_READING = 15_000  # names and numbers in a value, all products multiplied out; a second or two

Extent = tuple[int, int]  # terms, and parts of all of them
Key = tuple[Monomial, ...]  # (v,): v times a vector; (u, v): u ⊙ (a matrix times v)


class TooDeep(TooLarge):
    """Values are put into one another so often that the whole is too large to read."""

    def __init__(self, name: str, size: int) -> None:
        GrusymError.__init__(
            self,
            f"{name} with all values put in and multiplied out has up to {size:,} parts; "
            f"at most {LARGEST_READING:,} are read",
        )


@dataclass(frozen=True)
class Place:
    """A coefficient where it stands: its words in parameters, and the function of the state it multiplies.

    A word without letters is diagonal. `key` has one monomial where the coefficient is a vector, and two, to
    its left and right, where it is a matrix.
    """

    words: tuple[tuple[Word, Fraction], ...]
    key: Key

    @property
    def is_matrix(self) -> bool:
        """Whether it acts as a matrix; else as a vector, or a scalar."""
        return len(self.key) == 2


@dataclass
class Reading:
    """The coefficients of a cell, and the pieces of its equations that could not be taken apart.

    `sums` are the polynomials found, of next states (these are `tops`) and of arguments, as lists of places;
    `calls` the functions of states that were met, each with its argument; `opaque` the parameters in pieces
    left whole, with the piece's words.
    """

    cell: Cell
    sums: list[list[Place]] = field(default_factory=list)
    divisors: list[list[Place]] = field(default_factory=list)
    tops: list[list[Place]] = field(default_factory=list)
    calls: dict[Atom, list[Place]] = field(default_factory=dict)
    inverses: dict[Atom, None] = field(default_factory=dict)
    opaque: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.moving = {*self.cell.states, *self.cell.inputs}
        check_size(self.cell)
        known: dict[str, Expression] = {}
        for e in self.cell.equations:
            known[e.left] = substituted(e.right, known)
        self.cuts = _cuts(known.values(), self.cell)
        for state in self.cell.next_states:
            self.read(vector_form(known[state], self.cell.shapes), self.sums)
            self.tops.append(self.sums[-1])

    def read(self, p: Polynomial, into: list[list[Place]]) -> None:
        """Sort the terms of a polynomial by the function of the state they hold."""
        found: dict[Key, dict[Word, Fraction]] = {}
        for monomial, c in p.items():
            taken = self._word(monomial)
            if taken is None:
                self._leave(monomial, "a product of several terms that hold parameters")
            else:
                key, word = taken
                add(found.setdefault(key, {}), word, c)
        into.append([Place(tuple(words.items()), key) for key, words in _merged(found).items()])

    def is_known(self, place: Place) -> bool:
        """Whether no parameter stands in a coefficient."""
        return not any(name in self.cell.parameters for word, _ in place.words for name in names_of(word))

    def _leave(self, part: Any, why: str) -> None:
        inside = tuple(_function_atoms(part, self.moving))
        for name in names_of(part, but=inside):
            if name in self.cell.parameters:
                self.opaque.setdefault(name, why)
        for atom in inside:
            self._visit(atom)

    def _word(self, monomial: Monomial) -> tuple[Key, Word] | None:
        """A monomial as (the functions it holds, its word in parameters); None if these cannot be parted."""
        gaps: list[Monomial] = []
        functions: list[Monomial] = []
        letters: list[Letter] = []
        rest: Monomial | None = monomial
        while rest is not None:
            fixed: list[tuple[Atom, int]] = []
            moving: list[tuple[Atom, int]] = []
            images: list[tuple[Atom, int]] = []
            for atom, k in rest:
                kind = self._kind(atom)
                (fixed if kind == "fixed" else moving if kind == "moving" else images).append((atom, k))
            if len(images) > 1 or any(k != 1 for _, k in images):
                return None
            gaps.append(tuple(fixed))
            functions.append(tuple(moving))
            rest = None
            for atom, _ in images:
                if atom[0] != "image":
                    return None
                letters.append(atom[1])
                rest = atom[2]
        if any(functions[1:-1]):
            return None
        for gap in functions:
            for atom, _ in gap:
                self._visit(atom)
        word = _columned(gaps, letters)
        if len(functions) == 1 or not functions[-1]:
            return (functions[0],), word
        return (functions[0], functions[-1]), word

    def _kind(self, atom: Atom) -> str:
        """fixed: parameters alone; moving: a function of states; image: a matrix, or both at once."""
        moves = any(name in self.moving for name in names_of(atom))
        if atom[0] == "image":
            return "image"
        if not moves:
            return "fixed"
        return "both" if atom[0] == "sum" and self._holds(atom) else "moving"

    def _holds(self, part: Any) -> bool:
        return any(name not in self.moving for name in names_of(part))

    def _visit(self, atom: Atom) -> None:
        """Read what stands inside a function of states, once."""
        if atom[0] == "call" and atom not in self.calls:
            self.calls[atom] = []
            self.read(dict(atom[2]), self.sums)
            self.calls[atom] = self.sums[-1]
        elif atom[0] == "inverse" and atom not in self.inverses:
            self.inverses[atom] = None
            self.read(dict(atom[1]), self.divisors)
        elif atom[0] == "image":
            for inner, _ in atom[2]:
                self._visit(inner)


def names_of(part: Any, but: tuple[Atom, ...] = ()) -> Iterator[str]:
    """Every name in an atom, a letter, a monomial, a word or a polynomial, but those inside some atoms."""
    if isinstance(part, tuple) and part not in but:
        if len(part) >= 2 and part[0] in ("name", "matrix", "columns") and isinstance(part[1], str):
            yield part[1]
            return
        for inner in part:
            yield from names_of(inner, but)


def _function_atoms(part: Any, moving: set[str]) -> Iterator[Atom]:
    """The outermost functions of states in a piece left whole."""
    if isinstance(part, tuple):
        if len(part) >= 2 and part[0] in ("call", "inverse"):
            if any(name in moving for name in names_of(part)):
                yield part
            return
        for inner in part:
            yield from _function_atoms(inner, moving)


def _columned(gaps: list[Monomial], letters: list[Letter]) -> Word:
    """The word of gaps and letters; a matrix before the slot of a concatenation is those columns of it."""
    word: list[Any] = [gaps[0]]
    for letter, gap in zip(letters, gaps[1:], strict=True):
        before = word[-2] if len(word) > 1 else None
        cuts = letter[0] == "slot" and not letter[-1] and not word[-1]
        if cuts and before and before[0] == "matrix" and not before[-1]:
            word[-2:] = [("columns", before[1], *letter[1:3]), gap]
        else:
            word += [letter, gap]
    return tuple(word)


def _merged(found: dict[Key, dict[Word, Fraction]]) -> dict[Key, dict[Word, Fraction]]:
    """p ⊙ h is diag(p) h: beside U h, both are one coefficient."""
    result = dict(found)
    for (whole,) in [key for key in found if len(key) == 1 and key[0]]:
        partners = [key for key in found if len(key) == 2 and monomial_product(*key) == whole]
        if len(partners) == 1:
            words = dict(result[partners[0]])
            for word, c in result.pop((whole,)).items():
                add(words, word, c)
            result[partners[0]] = words
    return result


def _cuts(expressions: Iterable[Expression], cell: Cell) -> dict[str, Any]:
    """Where the parts of the concatenations begin and end: the printed size to the size."""
    cuts: dict[str, Any] = {"0": 0}
    for e in expressions:
        for node in walk(e):
            if isinstance(node, Concatenation):
                end: Any = 0
                for part in node.parts:
                    end = end + shape_of(part, cell.shapes)[0]
                    cuts[str(end)] = end
    return cuts


def check_size(cell: Cell) -> None:
    """Refuse a cell whose values, multiplied out, would be too large to read: raises TooDeep."""
    sizes: dict[str, Extent] = {}
    for e in cell.equations:
        sizes[e.left] = extent(e.right, sizes)
        if sizes[e.left][1] > LARGEST_READING:
            raise TooDeep(e.left, sizes[e.left][1])


def extent(e: Expression, known: dict[str, Extent]) -> Extent:
    """How many terms an expression has at most when multiplied out, and how many parts these have in all."""
    match e:
        case Name(name=name):
            return known.get(name, (1, 1))
        case Number():
            return 1, 1
        case Power(base=base, exponent=k):
            terms, parts = extent(base, known)
            if terms == 1:
                return 1, parts
            many = math.comb(terms + k - 1, k)
            return many, many * k * -(-parts // terms)
    inside = [extent(part, known) for part in children(e)]
    match e:
        case Hadamard() | Product():
            return _multiplied(*inside)
        case Quotient():
            over, below = inside
            return _multiplied(over, below if below[0] == 1 else (1, below[1] + 1))
        case Activation(function=f):
            return _called(f, *inside[0])
        case Extremum():  # v + relu(u - v)
            (terms, parts), (more, others) = inside
            kinked = _called("relu", terms + more, parts + others)
            return kinked[0] + more, kinked[1] + others
        case _:
            return sum(terms for terms, _ in inside) or 1, sum(parts for _, parts in inside) or 1


def _multiplied(one: Extent, other: Extent) -> Extent:
    return one[0] * other[0], one[0] * other[1] + other[0] * one[1]


def _called(function: str, terms: int, parts: int) -> Extent:
    """A function of some terms, where f(-u) may have been written as a + b f(u) + c u."""
    a, _, c = ACTIVATIONS[function].mirror or (0, 1, 0)
    return 1 + bool(a) + terms * bool(c), 1 + parts + bool(a) + parts * bool(c)
