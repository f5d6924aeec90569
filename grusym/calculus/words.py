"""A coefficient of a cell's normal form as a sum of words in parameters; what a word says of one of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from grusym.algebra.normal_form import Word
from grusym.calculus.coefficients import Place, names_of
from grusym.language.build import hadamard, negative, number, power, product, total, transpose
from grusym.language.expression import Activation, Diagonal, Expression, Identity, Name, Negative
from grusym.language.printers.text import text

Part = tuple[str, ...]  # a parameter, or (a matrix, first column, end) of a matrix that is cut
MONOTONE = ("σ", "tanh", "exp", "log", "sqrt", "softplus")


@dataclass(frozen=True)
class Coefficient:
    """A sum of words in parameters, its first word without a factor; as a matrix, or as a vector."""

    words: tuple[tuple[Word, Fraction], ...]
    is_matrix: bool

    @classmethod
    def at(cls, place: Place) -> Coefficient:
        """The coefficient at a place."""
        lead = place.words[0][1]
        return cls(tuple((word, c / lead) for word, c in place.words), place.is_matrix)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The parameters in it, each once."""
        return tuple(dict.fromkeys(part for word, _ in self.words for part in parts_of(word)))

    def determines(self, part: Part, is_square: Callable[[Any], bool], rank: int) -> bool:
        """Whether one parameter follows from the coefficient, all others in it being known."""
        words = [word for word, _ in self.words if part in parts_of(word)]
        if len(words) != 1 or not is_simple(words[0], part):
            return False
        others = [letter for letter in words[0][1::2] if part_of(letter) != part]
        if rank == 0 or (rank == 1 and self.is_matrix):
            return True
        return (self.is_matrix or rank == 1) and all(map(is_square, others))

    def shown(self, scalars: Collection[str]) -> str:
        """The coefficient as a formula: U - Uᵀ - γ I."""
        terms = [_written(word, c, self.is_matrix, scalars) for word, c in self.words]
        return text(total(*sorted(terms, key=lambda e: isinstance(e, Negative))), {}, scalars)


def part_of(letter: Any) -> Part:
    """The parameter a letter is, or the columns of one; nothing for the slot of a concatenation."""
    match letter:
        case ("matrix", str(name), _):
            return (name,)
        case ("columns", str(name), start, end):
            return (name, start, end)
    return ()


def gap_parts(gap: Any) -> Iterator[Part]:
    """The parameters among the factors between two letters."""
    for atom, _ in gap:
        for name in names_of(atom):
            yield (name,)


def parts_of(word: Word) -> list[Part]:
    """The parameters in a word, as often as they stand there."""
    found = [part for gap in word[::2] for part in gap_parts(gap)]
    return found + [part for part in map(part_of, word[1::2]) if part]


def is_simple(word: Word, part: Part) -> bool:
    """Whether a parameter stands in a word once, as a letter, a factor, or alone in a monotone function."""
    if parts_of(word).count(part) != 1:
        return False
    if part in map(part_of, word[1::2]):
        return True
    ((name),) = part
    return any(_is_plain(atom, name) for gap in word[::2] for atom, _ in gap)


def _is_plain(atom: Any, name: str) -> bool:
    match atom:
        case ("name", found):
            return bool(found == name)
        case ("call", function, of) if function in MONOTONE:
            return all(m in ((), ((("name", name), 1),)) for m, _ in of) and name in names_of(of)
    return False


def is_transposed(letters: Any, part: Part) -> bool:
    """Whether a parameter stands among the letters, transposed."""
    return any(part_of(letter) == part and letter[0] == "matrix" and letter[-1] for letter in letters)


def turned_sum(words: list[tuple[Word, Fraction]], part: Part) -> str:
    """Whether two words are U and -Uᵀ, or U and Uᵀ, under one factor; else ""."""
    if len(words) != 2 or any(len(word) != 3 or word[2] for word, _ in words):
        return ""
    (one, a), (other, b) = words
    if one[0] != other[0] or {one[1][-1], other[1][-1]} != {True, False} or abs(a) != abs(b):
        return ""
    return "symmetric" if a == b else "antisymmetric"


def _written(word: Word, c: Fraction, is_matrix: bool, scalars: Collection[str]) -> Expression:
    gaps = [_vector(gap) for gap in word[::2]]
    plain = all(name in scalars for name in names_of(word[0]))
    if len(gaps) == 1:
        e = hadamard(number(abs(c)), gaps[0])
        if is_matrix:
            e = hadamard(e, Identity()) if plain else Diagonal(e)
        return negative(e) if c < 0 else e
    factors: list[Expression] = [] if plain else [Diagonal(gaps[0])]
    for letter, gap, raw in zip(word[1::2], gaps[1:], word[2::2], strict=True):
        factors.append(_matrix(letter))
        if raw:
            factors.append(Diagonal(gap))
    if not is_matrix and word[-1]:
        factors[-1] = gaps[-1]
    e = hadamard(number(abs(c)), gaps[0] if plain else number(1), product(*factors))
    return negative(e) if c < 0 else e


def _vector(monomial: Any) -> Expression:
    return hadamard(*(power(_atom(atom), k) for atom, k in monomial))


def _atom(atom: Any) -> Expression:
    if atom[0] == "call":
        return Activation(atom[1], total(*(hadamard(number(c), _vector(m)) for m, c in atom[2])))
    return Name(str(atom[1]))


def _matrix(letter: Any) -> Expression:
    part = part_of(letter)
    if len(part) == 3:
        return Name(f"{part[0]}[:, {part[1]}:{part[2]}]")
    named: Expression = Name(part[0] if part else "I")
    return transpose(named) if letter[0] == "matrix" and letter[-1] else named
