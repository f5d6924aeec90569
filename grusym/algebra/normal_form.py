"""The normal form that decides equality for every size at once.

A vector is a polynomial in atoms. An operator is a sum of words: diagonal, matrix, diagonal, matrix,
..., diagonal. Multiplied out, each word is a monomial between each two matrices; two operators are
equal for all n and m, gates taken as independent, exactly if these tables agree. Of an elementwise
function the laws of `grusym.algebra.elementwise` are known. What is outside the fragment (other
identities of functions, quotients of sums) may be equal and still differ here: "different" is a
reason to look at numbers, "equal" is a proof.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from grusym.algebra import atoms, polynomial as poly
from grusym.algebra.atoms import Letter, Shapes
from grusym.algebra.elementwise import called
from grusym.algebra.polynomial import Monomial, Polynomial, add
from grusym.algebra.rank import ROW, column, rank
from grusym.errors import GrusymError, ShapeError
from grusym.language.expression import (
    Activation,
    Columns,
    Concatenation,
    Diagonal,
    Expression,
    Hadamard,
    Identity,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Section,
    Sum,
    Transpose,
)
from grusym.language.shapes import fit, shape_of

Word = tuple[Any, ...]  # monomial, letter, monomial, letter, ..., monomial
Operator = dict[Word, Fraction]


def equal(a: Expression, b: Expression, shapes: Shapes) -> bool:
    """Whether two expressions are equal for all sizes, as far as the normal form can tell.

    Method: multiplied out and compared; True is a proof, False means "not shown equal".
    Raises ShapeError where the two cannot have one shape, TooLarge where they are too large.
    """
    if not fit(a, b, shapes):
        raise ShapeError(f"{a} and {b} are compared, but they have different shapes")
    if 2 in (rank(a, shapes), rank(b, shapes)):
        return operator_form(a, shapes) == operator_form(b, shapes)
    if ROW in (rank(a, shapes), rank(b, shapes)):
        a, b = column(a), column(b)
    return vector_form(a, shapes) == vector_form(b, shapes)


# ---- scalars and vectors -----------------------------------------------------------------------


def vector_form(e: Expression, shapes: Shapes) -> Polynomial:
    """The normal form of a scalar or vector expression."""
    match e:
        case Number(value=value):
            return poly.constant(value)
        case Name(name=name):
            return poly.of_atom(atoms.name(name))
        case Negative(operand=u):
            return poly.plus({}, vector_form(u, shapes), Fraction(-1))
        case Sum(terms=terms):
            return poly.total(vector_form(t, shapes) for t in terms)
        case Hadamard(left=u, right=v):
            return _times(vector_form(u, shapes), vector_form(v, shapes))
        case Power(base=u, exponent=k):
            return _settled(poly.to_power(vector_form(u, shapes), k))
        case Quotient(left=u, right=v):
            return _times(vector_form(u, shapes), _reciprocal(vector_form(v, shapes)))
        case Activation(function=f, operand=u):
            return called(f, vector_form(u, shapes))
        case Concatenation(parts=parts):
            placed = ((_slot(e, i, shapes), vector_form(part, shapes)) for i, part in enumerate(parts))
            return poly.total(_image(letter, part, shapes) for letter, part in placed)
        case Section(vector=u, stacked=stacked, index=i):
            return _image(atoms.transposed(_slot(stacked, i, shapes)), vector_form(u, shapes), shapes)
        case Product(left=u, right=v) if rank(u, shapes) == ROW and rank(v, shapes) in (0, 1):
            return _inner(column(u), v, shapes)
        case Product(left=a, right=v):
            return _apply(operator_form(a, shapes), vector_form(v, shapes), shapes)
    raise GrusymError(f"{e} is a {type(e).__name__}, which is no vector that can be compared")


def _times(p: Polynomial, q: Polynomial) -> Polynomial:
    return _settled(poly.times(p, q))


def _settled(p: Polynomial) -> Polynomial:
    """The polynomial with the laws of its atoms applied."""
    result: Polynomial = {}
    for monomial, c in p.items():
        after = atoms.settled(monomial)
        if after is not None:
            add(result, after, c)
    return result


def _reciprocal(p: Polynomial) -> Polynomial:
    """1 / p: a single term is inverted; a sum becomes an atom, made unique by its leading coefficient."""
    if not p:
        raise GrusymError("an expression divides by zero; it cannot be compared")
    if len(p) == 1:
        ((monomial, c),) = p.items()
        if not any(a[0] == "call" and a[1] == "step" for a, _ in monomial):
            return {poly.inverted(monomial): 1 / c}
    lead = p[min(p)]
    return {((atoms.inverse({m: c / lead for m, c in p.items()}), 1),): 1 / lead}


def _inner(u: Expression, v: Expression, shapes: Shapes) -> Polynomial:
    """uᵀ v, the sum of the entries of u ⊙ v."""
    size = next((str(s[0]) for s in (shape_of(u, shapes), shape_of(v, shapes)) if s), "?")
    return _summed(_times(vector_form(u, shapes), vector_form(v, shapes)), size, shapes)


def _summed(p: Polynomial, size: str, shapes: Shapes) -> Polynomial:
    result: Polynomial = {}
    for monomial, c in p.items():
        outside, inside = _parted(monomial, shapes)
        add(result, poly.monomial_product(outside, ((atoms.entry_sum(inside, size), 1),)), c)
    return result


def _parted(monomial: Monomial, shapes: Shapes) -> tuple[Monomial, Monomial]:
    """The scalar factors of a monomial, and the others."""
    scalar = tuple(f for f in monomial if atoms.is_scalar(f[0], shapes))
    return scalar, tuple(f for f in monomial if f not in scalar)


def _apply(a: Operator, p: Polynomial, shapes: Shapes) -> Polynomial:
    """An operator applied to a vector, written as a polynomial in new atoms."""
    result: Polynomial = {}
    for word, c in a.items():
        vector = _times(p, {word[-1]: c})
        for letter, before in zip(word[-2::-2], word[-3::-2], strict=True):
            vector = _times({before: Fraction(1)}, _image(letter, vector, shapes))
        result = poly.plus(result, vector)
    return result


def _image(letter: Letter, p: Polynomial, shapes: Shapes) -> Polynomial:
    """A letter applied to a vector, monomial by monomial; scalars come out in front."""
    if letter[0] == "ones":
        return _summed(p, letter[2], shapes)
    result: Polynomial = {}
    for monomial, c in p.items():
        outside, inside = _parted(monomial, shapes)
        if letter[0] == "slot" and letter[-1]:
            part = atoms.taken(letter, inside)
            if part is None:
                continue
            if not isinstance(part, bool):
                add(result, poly.monomial_product(outside, part), c)
                continue
        add(result, poly.monomial_product(outside, ((atoms.image(letter, inside), 1),)), c)
    return result


def _slot(stacked: Concatenation, i: int, shapes: Shapes) -> Letter:
    sizes = [shape_of(p, shapes)[0] for p in stacked.parts]
    return atoms.slot(str(sum(sizes[:i])), str(sum(sizes[: i + 1])), str(sum(sizes)))


# ---- operators ---------------------------------------------------------------------------------


def operator_form(e: Expression, shapes: Shapes) -> Operator:
    """The normal form of a matrix expression: {word: coefficient}."""
    match e:
        case Identity():
            return {((),): Fraction(1)}
        case Number(value=value) if not value:
            return {}
        case Diagonal(vector=u):
            return {(m,): c for m, c in vector_form(u, shapes).items()}
        case Name(name=name):
            return {((), atoms.matrix(name), ()): Fraction(1)}
        case Negative(operand=u):
            return {w: -c for w, c in operator_form(u, shapes).items()}
        case Sum(terms=terms):
            return _sum(operator_form(t, shapes) for t in terms)
        case Columns(matrix=Identity(), stacked=s, index=i):
            return {((), _slot(s, i, shapes), ()): Fraction(1)}
        case Columns(matrix=a, stacked=s, index=i):
            return _multiply(operator_form(a, shapes), {((), _slot(s, i, shapes), ()): Fraction(1)}, shapes)
        case Transpose(operand=u):
            return {_scalars_first(_flipped(w), shapes): c for w, c in operator_form(u, shapes).items()}
        case Hadamard(left=u, right=v) if rank(u, shapes) == 0:
            return _scaled(vector_form(u, shapes), operator_form(v, shapes), shapes)
        case Hadamard(left=u, right=v) if rank(v, shapes) == 0:
            return _scaled(vector_form(v, shapes), operator_form(u, shapes), shapes)
        case Quotient(left=u, right=v) if rank(v, shapes) == 0:
            return _scaled(_reciprocal(vector_form(v, shapes)), operator_form(u, shapes), shapes)
        case Product(left=u, right=v) if rank(u, shapes) == 1 and rank(v, shapes) == ROW:
            return _outer(u, column(v), shapes)
        case Product(left=u, right=v):
            return _multiply(operator_form(u, shapes), operator_form(v, shapes), shapes)
    raise GrusymError(f"{e} is a {type(e).__name__}, which is no matrix that can be compared")


def _outer(u: Expression, v: Expression, shapes: Shapes) -> Operator:
    """u vᵀ as the word diag(u) (1 1ᵀ) diag(v), matrices in front of u and v drawn out."""
    rows, columns = (next(iter(map(str, shape_of(e, shapes))), "?") for e in (u, v))
    letter = atoms.ones(rows, columns)
    result: Operator = {}
    for a, x in vector_form(u, shapes).items():
        for b, y in vector_form(v, shapes).items():
            word = (*_drawn_out(a), letter, *_flipped(_drawn_out(b)))
            add(result, _scalars_first(word, shapes), x * y)
    return result


def _drawn_out(monomial: Monomial) -> Word:
    """The word of diag(monomial) 1: the image of a monomial alone is its letter, then the monomial."""
    if len(monomial) == 1 and monomial[0][1] == 1 and monomial[0][0][0] == "image":
        _, letter, inner = monomial[0][0]
        return ((), letter, *_drawn_out(inner))
    return (monomial,)


def _sum(parts: Iterable[Operator]) -> Operator:
    result: Operator = {}
    for part in parts:
        for word, c in part.items():
            add(result, word, c)
    return result


def _multiply(a: Operator, b: Operator, shapes: Shapes) -> Operator:
    if len(a) * len(b) > poly.LARGEST:
        raise poly.TooLarge
    result: Operator = {}
    for u, x in a.items():
        for v, y in b.items():
            middle = atoms.settled(poly.monomial_product(u[-1], v[0]))
            if middle is not None:
                add(result, _scalars_first((*u[:-1], middle, *v[1:]), shapes), x * y)
    return result


def _scalars_first(word: Word, shapes: Shapes) -> Word:
    """Scalars commute with matrices: all are moved into the first gap."""
    if len(word) == 1 or not any(atoms.is_scalar(f[0], shapes) for gap in word[2::2] for f in gap):
        return word
    parted = [_parted(gap, shapes) for gap in word[::2]]
    gaps = [own for _, own in parted]
    for scalar, _ in parted:
        gaps[0] = poly.monomial_product(scalar, gaps[0])
    result: list[Any] = list(word)
    result[::2] = gaps
    return tuple(result)


def _scaled(p: Polynomial, a: Operator, shapes: Shapes) -> Operator:
    return _multiply({(m,): c for m, c in p.items()}, a, shapes)


def _flipped(word: Word) -> Word:
    return tuple(atoms.transposed(x) if i % 2 else x for i, x in enumerate(reversed(word)))
