"""Atoms and letters of normal forms, as tagged tuples, and the few laws they obey by themselves.

Atoms (elementwise): a name; the image of a monomial under a letter; an elementwise function of a
polynomial; the reciprocal of one; the sum over the entries of a monomial (a scalar).
Letters (linear): a matrix; the slot I[:, a:b] that puts a vector into its place of a concatenation;
the matrix of ones 1 1ᵀ, which stands in outer products.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grusym.algebra.polynomial import Atom, Monomial, Polynomial, key, monomial_product

Letter = tuple[Any, ...]
Shapes = Mapping[str, tuple[Any, ...]]


def name(text: str) -> Atom:
    """A name as an atom."""
    return ("name", text)


def image(letter: Letter, of: Monomial) -> Atom:
    """A letter applied to a monomial."""
    return ("image", letter, of)


def call(function: str, of: Polynomial) -> Atom:
    """An elementwise function of a polynomial."""
    return ("call", function, key(of))


def inverse(of: Polynomial) -> Atom:
    """1 over a polynomial."""
    return ("inverse", key(of))


def entry_sum(of: Monomial, size: str) -> Atom:
    """1ᵀ monomial. The size matters only where there is nothing to sum but ones."""
    flipped = _other_side(of)
    return ("sum", min(of, flipped), "" if of else size)


def matrix(text: str) -> Letter:
    """A matrix as a letter."""
    return ("matrix", text, False)


def slot(start: str, stop: str, whole: str) -> Letter:
    """I[:, start:stop] of an identity of size `whole`."""
    return ("slot", start, stop, whole, False)


def ones(rows: str, columns: str) -> Letter:
    """1 1ᵀ of given sizes."""
    return ("ones", rows, columns)


def transposed(letter: Letter) -> Letter:
    """The letter's transpose."""
    if letter[0] == "ones":
        return ("ones", letter[2], letter[1])
    return (*letter[:-1], not letter[-1])


def is_scalar(atom: Atom, shapes: Shapes) -> bool:
    """Whether an atom is a scalar, which commutes with matrices."""
    match atom:
        case ("name", text):
            return shapes.get(text) == ()
        case ("sum", _, _):
            return True
        case ("call", _, of) | ("inverse", of):
            return all(is_scalar(a, shapes) for monomial, _ in of for a, _ in monomial)
    return False


def settled(monomial: Monomial) -> Monomial | None:
    """The monomial after the laws of its atoms; None if it is zero.

    step² = step; vectors in one slot multiply inside it, those in slots side by side give zero.
    """
    steps = any(a[0] == "call" and a[1] == "step" and k > 1 for a, k in monomial)
    if steps:
        monomial = tuple((a, 1 if a[0] == "call" and a[1] == "step" and k > 1 else k) for a, k in monomial)
    placed = [(a, k) for a, k in monomial if _is_placed(a) and k > 0]
    if not placed or (len(placed) == 1 and placed[0][1] == 1):
        return monomial
    first = placed[0][0][1]
    if any(disjoint(first, a[1]) for a, _ in placed):
        return None
    if any(a[1] != first for a, _ in placed):
        return monomial
    inside: Monomial = ()
    for a, k in placed:
        inside = monomial_product(inside, tuple((b, j * k) for b, j in a[2]))
    inner = settled(inside)
    rest = tuple(item for item in monomial if item not in placed)
    return None if inner is None else tuple(sorted((*rest, (image(first, inner), 1))))


def taken(letter: Letter, monomial: Monomial) -> Monomial | bool | None:
    """Iᵀ[:, a:b] of a vector placed by I[:, c:d]: the vector, None for zero, False where neither holds."""
    if len(monomial) != 1 or monomial[0][1] != 1 or not _is_placed(monomial[0][0]):
        return False
    _, other, inner = monomial[0][0]
    own = transposed(letter)
    if own == other:
        return inner
    return None if disjoint(own, other) else False


def disjoint(one: Letter, other: Letter) -> bool:
    """Whether two slots of one concatenation lie side by side."""
    return one[3] == other[3] and (one[2] == other[1] or other[2] == one[1])


def _is_placed(atom: Atom) -> bool:
    return atom[0] == "image" and atom[1][0] == "slot" and not atom[1][-1]


def _other_side(of: Monomial) -> Monomial:
    """1ᵀ(u ⊙ A v) = 1ᵀ(v ⊙ Aᵀ u): the other of two equal ways to write a bilinear form."""
    images = [(a, k) for a, k in of if a[0] == "image"]
    if len(images) != 1 or images[0][1] != 1:
        return of
    (_, letter, inner), _ = images[0]
    outside = tuple(item for item in of if item != images[0])
    turned = monomial_product(inner, ((image(transposed(letter), outside), 1),))
    return turned if settled(turned) == turned else of
