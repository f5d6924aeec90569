"""Open products closed: each becomes an elementwise or a matrix product by the kinds of its factors."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from grusym.errors import read_error
from grusym.language.build import hadamard, transpose
from grusym.language.expression import (
    ZERO,
    Activation,
    Expression,
    Extremum,
    Hadamard,
    Name,
    Negative,
    Power,
    Product,
    Span,
    Sum,
    Transpose,
    children,
    names_in,
    rebuilt,
)
from grusym.language.kinds import MATRIX, PRODUCTS, SCALAR, VECTOR, WORDS, Kind, Kinds, upper
from grusym.language.surface import Call, Chain, Starred


class Closing(Kinds):
    """Kinds of names that can say what an open product means, or why it means nothing."""

    row_products: list[Span | None]  # where a row stands before a matrix
    column_products: list[Span | None]  # where a matrix stands before a column

    def __init__(self, *given: Any, in_rows: bool = False, **named: Any) -> None:
        super().__init__(*given, **named)
        self.in_rows = in_rows
        self.row_products, self.column_products = [], []

    def close(self, e: Expression) -> Expression:
        """The same expression with every open product made an elementwise or a matrix product."""
        match e:
            case Starred(left=u, right=v):
                if self.kind(u) == MATRIX and self.kind(v) == MATRIX:
                    raise read_error(
                        e.span,
                        "'*' between matrices is elementwise in code and a product in papers; write W @ M "
                        "for the product (elementwise products of matrices are not read)",
                    )
                if self.kind(u) == MATRIX or self.kind(v) == MATRIX:
                    return self._joined(e, (u, v), ("*",))
                return Hadamard(self.close(u), self.close(v), span=e.span)
            case Call(function=Name() as f, argument=v):
                return self._joined(e, (f, v), ("",))
            case Chain(factors=factors, signs=signs):
                return self._joined(e, factors, signs)
            case Hadamard(left=u, right=v):
                if SCALAR not in (self.kind(u), self.kind(v)):
                    self._not_matrix(u, "⊙")
                    self._not_matrix(v, "⊙")
            case Activation(operand=u):
                self._not_matrix(u, e.function)
            case Extremum(left=u, right=v):
                self._not_matrix(u, e.function)
                self._not_matrix(v, e.function)
            case Power(base=u):
                self._not_matrix(u, "a power")
            case Transpose(operand=u):
                self._may_turn(u)
            case Sum(terms=terms):
                closed = rebuilt(e, tuple(self.close(child) for child in terms))
                self._one_kind(terms)
                return closed
        return rebuilt(e, tuple(self.close(child) for child in children(e)))

    def _not_matrix(self, e: Expression, what: str) -> None:
        if self.kind(e) == MATRIX:
            raise read_error(
                e.span, f"{what} acts on vectors, but {_shown(e)} is a matrix; did you mean a matrix product?"
            )

    def _may_turn(self, e: Expression) -> None:
        kind = self.kind(e)
        guessed = isinstance(e, Name) and e.name not in self.bound and not upper(e)
        if guessed and kind == MATRIX:
            raise read_error(
                e.span,
                f"{_shown(e)} is transposed, but nothing says whether it is a vector or a matrix; declare a "
                f"matrix, as in '{_shown(e)} : n × m'; sums over the entries of a vector are not derived yet",
            )
        if kind == SCALAR or (kind == VECTOR and not self.rows):
            raise read_error(
                e.span,
                f"only a matrix can be transposed in a cell, but {_shown(e)} is {WORDS[kind]}; "
                "sums over the entries of a vector are not derived yet",
            )

    def _one_kind(self, terms: tuple[Expression, ...]) -> None:
        matrices = [t for t in terms if self.kind(t) == MATRIX]
        vectors = [t for t in terms if self.kind(t) == VECTOR]
        numbers = [t for t in terms if self.kind(t) == SCALAR and t != ZERO]
        if matrices and numbers:
            raise read_error(
                numbers[0].span,
                f"a matrix and a number are added: {_shown(matrices[0])} is a matrix; write the number times "
                "I, as in U - 2 I",
            )
        if matrices and vectors:
            raise read_error(
                matrices[0].span,
                f"a matrix and a vector are added: {_shown(matrices[0])} is a matrix, "
                f"{_shown(vectors[0])} is a vector",
            )

    def _joined(self, e: Expression, factors: tuple[Expression, ...], signs: tuple[str, ...]) -> Expression:
        """Close a chain from its right end: (A B) v and A (B v) are the same vector."""
        kinds = [self.kind(f) for f in factors]
        result, kind = self.close(factors[-1]), kinds[-1]
        for factor, k, sign in zip(factors[-2::-1], kinds[-2::-1], signs[::-1], strict=True):
            left = self.close(factor)
            if self.in_rows and (k, kind) == (VECTOR, MATRIX):  # x W, in columns Wᵀ x
                result, kind = Product(transpose(result), left, span=factor.span), VECTOR
                self.row_products.append(factor.span)
            elif (k, kind) in PRODUCTS:
                if (k, kind) == (MATRIX, VECTOR):
                    self.column_products.append(factor.span)
                result, kind = Product(left, result, span=factor.span), PRODUCTS[k, kind]  # type: ignore[index]
            elif SCALAR in (k, kind):
                scalar, other = (result, left) if k == MATRIX else (left, result)  # U γ is γ U
                result = Hadamard(scalar, other, span=factor.span)
                kind = k if kind == SCALAR else kind
            elif k == VECTOR and kind == VECTOR and sign != "@" and not self._like_matrix(factor):
                result = replace(hadamard(left, result), span=factor.span)
            else:
                raise read_error(factor.span, self._no_product(factor, k, kind))
        return result

    def _like_matrix(self, e: Expression) -> bool:
        """Whether a vector is written as a matrix would be: M = W + V, or W ⊙ M, before another vector."""
        if isinstance(e, Name):
            return e.name in self.places and e.name[0].isascii() and e.name[0].isupper()
        if not isinstance(e, Hadamard | Starred | Sum | Negative):
            return False
        return all(
            self._like_matrix(u) or (upper(u) and not self.bound & {*names_in(u)}) for u in children(e)
        )

    def _no_product(self, e: Expression, k: Kind, kind: Kind) -> str:
        """What to say of a factor that cannot stand before the others."""
        if (k, kind) == (VECTOR, MATRIX):
            return (
                f"{_shown(e)} stands before a matrix, as a row does; vectors are columns here: write W x "
                "for x W, and ⊙ for an elementwise product"
            )
        if not isinstance(e, Name) and self._like_matrix(e):
            return "elementwise products of matrices are not read; give the product one name, as in M x"
        if isinstance(e, Name) and self._like_matrix(e):
            place = self.places[e.name]
            return (
                f"{e.name} stands where a matrix would, but its equation in line "
                f"{place.line if place else '?'} makes it a vector; write {e.name} ⊙ ... for an "
                "elementwise product (equations for matrices are not read yet)"
            )
        return (
            f"cannot multiply {WORDS[k]}, {_shown(e)}, by {WORDS[kind]}; vectors are columns: write W x, "
            "and ⊙ for an elementwise product"
        )


def _shown(e: Expression) -> str:
    return str(e) if isinstance(e, Name) else "this"
