"""The normal form that decides equality for every size at once.

A vector is a polynomial in atoms. An operator is a sum of words: diagonal, matrix, diagonal, matrix,
..., diagonal. Multiplied out, each word is a monomial between each two matrices; two operators are
equal for all n and m, gates taken as independent, exactly if these tables agree. What is outside the
fragment (identities between different functions, quotients that cancel) may be equal and still
differ here: "different" is a reason to look at numbers, "equal" is a proof.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from grusym.algebra import polynomial as poly
from grusym.algebra.polynomial import Monomial, Polynomial
from grusym.errors import GrusymError
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

Shapes = Mapping[str, tuple[Any, ...]]
Word = tuple[Any, ...]  # monomial, letter, monomial, letter, ..., monomial
Operator = dict[Word, Fraction]


def vector_form(e: Expression, shapes: Shapes) -> Polynomial:
    """The normal form of a scalar or vector expression."""
    match e:
        case Number(value=value):
            return poly.constant(value)
        case Name(name=name):
            return poly.atom(name)
        case Negative(operand=u):
            return poly.plus({}, vector_form(u, shapes), Fraction(-1))
        case Sum(terms=terms):
            return poly.total(vector_form(t, shapes) for t in terms)
        case Hadamard(left=u, right=v):
            return poly.times(vector_form(u, shapes), vector_form(v, shapes))
        case Power(base=u, exponent=k):
            return poly.to_power(vector_form(u, shapes), k)
        case Quotient(left=u, right=v):
            below = vector_form(v, shapes)
            if set(below) == {()}:
                return poly.times(vector_form(u, shapes), poly.constant(1 / below[()]))
            return poly.times(vector_form(u, shapes), poly.atom(f"1/({poly.shown(below)})"))
        case Activation(function=f, operand=u):
            return poly.atom(f"{f}({poly.shown(vector_form(u, shapes))})")
        case Concatenation(parts=parts):
            placed = ((_slot(e, i, shapes), vector_form(part, shapes)) for i, part in enumerate(parts))
            return poly.total(_image(letter, part, shapes) for letter, part in placed)
        case Section(vector=u, stacked=stacked, index=i):
            return _image(_transposed(_slot(stacked, i, shapes)), vector_form(u, shapes), shapes)
        case Product(left=Transpose(operand=u), right=v) if rank(u, shapes) < 2 and rank(v, shapes) < 2:
            inner = poly.times(vector_form(u, shapes), vector_form(v, shapes))  # uᵀ v sums u ⊙ v
            return _linear(inner, lambda m: f"1ᵀ({poly.monomial_text(m)})", shapes)
        case Product(left=a, right=v):
            return _apply(operator_form(a, shapes), vector_form(v, shapes), shapes)
    raise GrusymError(f"{e} is a {type(e).__name__}, which is no vector that can be compared")


def _linear(p: Polynomial, name: Any, shapes: Shapes) -> Polynomial:
    """A linear map applied monomial by monomial; scalar factors come out in front."""
    result: Polynomial = {}
    for monomial, c in p.items():
        inside = tuple(f for f in monomial if shapes.get(f[0]) != ())
        outside = tuple(f for f in monomial if shapes.get(f[0]) == ())
        result = poly.plus(result, {poly.monomial_product(outside, ((name(inside), 1),)): c})
    return result


def _apply(a: Operator, p: Polynomial, shapes: Shapes) -> Polynomial:
    """An operator applied to a vector, written as a polynomial in new atoms."""
    result: Polynomial = {}
    for word, c in a.items():
        image = poly.times(p, {word[-1]: c})
        for letter, before in zip(word[-2::-2], word[-3::-2], strict=True):
            image = poly.times({before: Fraction(1)}, _image(letter, image, shapes))
        result = poly.plus(result, image)
    return result


def _image(letter: str, p: Polynomial, shapes: Shapes) -> Polynomial:
    """A matrix applied to a vector; Iᵀ[:, u] takes the part u out of a concatenation again."""
    if letter.startswith("I[") and letter.endswith("ᵀ"):
        return poly.total(_taken(letter, m, c, shapes) for m, c in p.items())
    return _linear(p, lambda m: f"{letter}·({poly.monomial_text(m)})", shapes)


def _taken(letter: str, m: Monomial, c: Fraction, shapes: Shapes) -> Polynomial:
    placed = [f for f in m if f[0].startswith("I[")]
    rest = [f for f in m if f not in placed and shapes.get(f[0]) != ()]
    if len(placed) == 1 and placed[0][1] == 1 and not rest and _disjoint(letter, placed[0][0]):
        return {}  # another part of the same concatenation
    return _linear({m: c}, lambda inside: f"{letter}·({poly.monomial_text(inside)})", shapes)


def _disjoint(one: str, other: str) -> bool:
    """Whether two parts I[:, a:b] lie side by side."""
    (a, b), (c, d) = (text[5 : text.index("]")].split(":") for text in (one, other))
    return b == c or d == a


def _slot(stacked: Concatenation, i: int, shapes: Shapes) -> str:
    return f"I[:, {_part(stacked, i, shapes)}]"


def _part(stacked: Concatenation, i: int, shapes: Shapes) -> str:
    """Where a part stands in a concatenation: its offset and its size."""
    from grusym.language.shapes import shape_of

    sizes = [shape_of(p, shapes)[0] for p in stacked.parts]
    return f"{sum(sizes[:i])}:{sum(sizes[: i + 1])}"


def rank(e: Expression, shapes: Shapes) -> int:
    """0 for a scalar, 1 for a vector, 2 for a matrix."""
    match e:
        case Number():
            return 0
        case Name(name=name):
            return len(shapes.get(name, (None,)))
        case Diagonal() | Identity() | Columns():
            return 2
        case Transpose(operand=u):
            return 2 if rank(u, shapes) == 2 else -1  # a row
        case Product(left=u, right=v):
            left, right = rank(u, shapes), rank(v, shapes)
            return 2 if right in (2, -1) and left != -1 else 0 if left == -1 and right == 1 else right
        case Sum(terms=parts):
            return max(rank(p, shapes) for p in parts)
        case Hadamard(left=u, right=v) | Quotient(left=u, right=v):
            return max(rank(u, shapes), rank(v, shapes))
        case Negative(operand=u) | Power(base=u) | Activation(operand=u):
            return rank(u, shapes)
    return 1


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
            return {((), name, ()): Fraction(1)}
        case Negative(operand=u):
            return {w: -c for w, c in operator_form(u, shapes).items()}
        case Sum(terms=terms):
            return _sum(operator_form(t, shapes) for t in terms)
        case Columns(matrix=Identity(), stacked=s, index=i):
            return {((), _slot(s, i, shapes), ()): Fraction(1)}
        case Columns(matrix=a, stacked=s, index=i):
            slot = {((), _slot(s, i, shapes), ()): Fraction(1)}
            return _multiply(operator_form(a, shapes), slot, shapes)
        case Transpose(operand=u):
            return {_flipped(w): c for w, c in operator_form(u, shapes).items()}
        case Hadamard(left=u, right=v) if rank(u, shapes) == 0:
            return _scaled(vector_form(u, shapes), operator_form(v, shapes), shapes)
        case Hadamard(left=u, right=v) if rank(v, shapes) == 0:
            return _scaled(vector_form(v, shapes), operator_form(u, shapes), shapes)
        case Product(left=u, right=Transpose(operand=v)) if rank(u, shapes) == rank(v, shapes) == 1:
            return _outer(vector_form(u, shapes), vector_form(v, shapes), shapes)
        case Product(left=u, right=v):
            return _multiply(operator_form(u, shapes), operator_form(v, shapes), shapes)
    raise GrusymError(f"{e} is a {type(e).__name__}, which is no matrix that can be compared")


def _outer(u: Polynomial, v: Polynomial, shapes: Shapes) -> Operator:
    """u vᵀ as the word diag(u) (1 1ᵀ) diag(v)."""
    result: Operator = {}
    for a, x in u.items():
        for b, y in v.items():
            word = _scalars_first((a, "11ᵀ", b), shapes)
            result[word] = result.get(word, Fraction(0)) + x * y
    return {w: c for w, c in result.items() if c}


def _sum(parts: Any) -> Operator:
    result: Operator = {}
    for part in parts:
        for word, c in part.items():
            result[word] = result.get(word, Fraction(0)) + c
    return {w: c for w, c in result.items() if c}


def _multiply(a: Operator, b: Operator, shapes: Shapes) -> Operator:
    if len(a) * len(b) > poly.LARGEST:
        raise poly.TooLarge
    result: Operator = {}
    for u, x in a.items():
        for v, y in b.items():
            word = _scalars_first((*u[:-1], poly.monomial_product(u[-1], v[0]), *v[1:]), shapes)
            result[word] = result.get(word, Fraction(0)) + x * y
    return {w: c for w, c in result.items() if c}


def _scalars_first(word: Word, shapes: Shapes) -> Word:
    """Scalars commute with matrices: all are moved into the first gap."""
    if len(word) == 1 or not any(_is_scalar(f, shapes) for gap in word[2::2] for f in gap):
        return word
    moved: Monomial = ()
    gaps = []
    for gap in word[::2]:
        moved = poly.monomial_product(moved, tuple(f for f in gap if _is_scalar(f, shapes)))
        gaps.append(tuple(f for f in gap if not _is_scalar(f, shapes)))
    gaps[0] = poly.monomial_product(moved, gaps[0])
    result: list[Any] = list(word)
    result[::2] = gaps
    return tuple(result)


def _is_scalar(factor: tuple[str, int], shapes: Shapes) -> bool:
    return shapes.get(factor[0]) == () or factor[0].startswith("1ᵀ(")


def _scaled(p: Polynomial, a: Operator, shapes: Shapes) -> Operator:
    return _multiply({(m,): c for m, c in p.items()}, a, shapes)


def _flipped(word: Word) -> Word:
    return tuple(_transposed(x) if i % 2 else x for i, x in enumerate(reversed(word)))


def _transposed(letter: str) -> str:
    if letter == "11ᵀ":
        return letter
    return letter[:-1] if letter.endswith("ᵀ") else letter + "ᵀ"


def equal(a: Expression, b: Expression, shapes: Shapes) -> bool:
    """Whether two expressions are equal for all sizes, as far as the normal form can tell.

    Method: multiplied out and compared; True is a proof, False means "not shown equal".
    """
    if rank(a, shapes) == 2 or rank(b, shapes) == 2:
        return operator_form(a, shapes) == operator_form(b, shapes)
    return vector_form(a, shapes) == vector_form(b, shapes)
