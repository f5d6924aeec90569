"""Which names are scalars, vectors and matrices, and what each open product therefore means.

Evidence first (a factor of ⊙ is a vector, what stands left of @ or under ᵀ is a matrix, a bias is
added to a vector); only then the habits of the field (an upper-case letter before a vector is a
matrix, a lower-case Greek one a scalar).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from grusym.errors import read_error
from grusym.language.expression import (
    Activation,
    Columns,
    Concatenation,
    Diagonal,
    Expression,
    Extremum,
    Hadamard,
    Identity,
    Increment,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Section,
    Span,
    Sum,
    Transpose,
    children,
    names_in,
)
from grusym.language.spelling import SCALARS
from grusym.language.surface import Call, Chain, Starred

SCALAR, VECTOR, MATRIX, ROW = "scalar", "vector", "matrix", "row"
WORDS = {SCALAR: "a scalar", VECTOR: "a vector", MATRIX: "a matrix", ROW: "a row", None: "something unknown"}
PRODUCTS = {
    (MATRIX, MATRIX): MATRIX,
    (MATRIX, VECTOR): VECTOR,
    (VECTOR, ROW): MATRIX,
    (ROW, VECTOR): SCALAR,
    (ROW, MATRIX): ROW,
}
Kind = str | None


class Kinds:
    """The kinds of names, learned from the expressions that use them."""

    in_rows = False  # whether a vector before a matrix is a row, as in a cell written x W

    def __init__(
        self,
        bound: Iterable[str],
        declared: dict[str, str],
        rows: bool = False,
        moving: Iterable[str] = (),
        places: Mapping[str, Span | None] | None = None,
    ) -> None:
        self.places = places or {}  # where each value is defined
        self.moving = frozenset(moving)  # names written with a time, which no weight has
        self.rows = rows  # whether vectors may be transposed, as in gradients; no cell sums over a vector yet
        self.known: dict[str, str] = dict.fromkeys(bound, VECTOR) | declared
        self.bound = frozenset(self.known)
        self.habits = False
        self.changed = False
        self.found: dict[tuple[int, Kind, bool, int], tuple[Expression, Kind]] = {}

    def learn_all(self, equations: Iterable[tuple[str, Expression]]) -> None:
        """Find the kind of every name in equations, each of a vector unless its name is known to be none."""
        equations = list(equations)
        for self.habits in (False, True):
            self.changed = True
            while self.changed:
                self.changed = False
                for left, e in equations:
                    self.kind(e, self.known.get(left, VECTOR))

    def learn(self, e: Expression, kind: str) -> str:
        """Note the kind of a name not known yet; anything else is left as it is."""
        if isinstance(e, Name) and e.name not in self.known:
            self.known[e.name] = kind
            self.changed = True
        elif isinstance(e, Sum | Negative) and kind == MATRIX:  # every term of a matrix is one
            for term in children(e):
                self.learn(term, kind)
        elif isinstance(e, Quotient) and kind == MATRIX:
            self.learn(e.left, kind)
        elif isinstance(e, Starred | Hadamard) and kind == MATRIX:  # γ * U
            for factor in children(e):
                self.learn(factor, MATRIX if upper(factor) else SCALAR)
        return kind

    def kind(self, e: Expression, wanted: Kind = None) -> Kind:
        """The kind of an expression as far as it is known; `wanted` is what its place asks for."""
        key = (id(e), wanted, self.habits, len(self.known))  # asked again only when more is known
        if key not in self.found:
            self.found[key] = (e, self._kind(e, wanted))  # e is held, so that its id stays its own
        return self.found[key][1]

    def _kind(self, e: Expression, wanted: Kind) -> Kind:
        match e:
            case Name(name=name):
                known = self.known.get(name)
                return known or (self.learn(e, wanted) if wanted and self.habits else None)
            case Number():
                return SCALAR
            case Negative(operand=u) | Increment(operand=u) | Activation(operand=u) | Power(base=u):
                return self.kind(u, wanted)
            case Sum(terms=terms):
                return self._sum(terms, wanted)
            case Extremum(left=u, right=v):
                return self._sum((u, v), wanted)
            case Hadamard(left=u, right=v):
                return self._elementwise(u, v, wanted)
            case Quotient(left=u, right=v):
                return _widest(self.kind(u, wanted), self._divisor(v))
            case Transpose(operand=u):
                self.learn(u, MATRIX)
                return {VECTOR: ROW, ROW: VECTOR, MATRIX: MATRIX}.get(self.kind(u) or "", MATRIX)
            case Diagonal(vector=u):
                self.learn(u, VECTOR)
                self.kind(u, VECTOR)
                return MATRIX
            case Identity() | Columns():
                return MATRIX
            case Concatenation() | Section():
                for part in children(e):
                    self.kind(part, VECTOR)
                return VECTOR
            case Product(left=u, right=v):
                left = self.kind(self._matrix(u)) or MATRIX
                right = self.kind(
                    v, VECTOR if left == ROW else wanted if wanted in (VECTOR, MATRIX) else None
                )
                return PRODUCTS.get((left, right or VECTOR), right)
            case Starred(left=u, right=v):
                return self._starred(u, v)
            case Call(function=Name() as f, argument=v):
                return self._chain((f, v), ("",), wanted)
            case Chain(factors=factors, signs=signs):
                return self._chain(factors, signs, wanted)
        raise TypeError(f"no kind for {type(e).__name__}")

    def _divisor(self, e: Expression) -> Kind:
        found = self.kind(e)
        return self.kind(e, self._habit(e, VECTOR)) if found is None and self.habits else found

    def _matrix(self, e: Expression) -> Expression:
        self.learn(e, MATRIX)
        return e

    def _sum(self, terms: tuple[Expression, ...], wanted: Kind) -> Kind:
        found = [self.kind(term) for term in terms]
        widest = _widest(*found)
        if widest in (VECTOR, MATRIX) or (self.habits and wanted):
            kind = widest if widest in (VECTOR, MATRIX) else wanted
            for term in terms:
                bare = term.operand if isinstance(term, Negative) else term
                if isinstance(bare, Name) and bare.name not in self.known:
                    self.learn(bare, kind or VECTOR)
                elif kind == MATRIX:
                    self.learn(term, kind)
                elif self.kind(term) is None:
                    self.kind(term, kind)
            return kind
        return None if None in found else widest

    def _elementwise(self, u: Expression, v: Expression, wanted: Kind) -> Kind:
        open_ = (_greek(u) or _greek(v)) and not (self.habits and wanted == VECTOR)  # γ ⊙ U may be a matrix
        for factor, other in ((u, v), (v, u)):
            if _greek(factor) and self.kind(other) == MATRIX:
                self.learn(factor, SCALAR)
            elif not open_:
                self.learn(factor, VECTOR)
        found = (self.kind(u), self.kind(v))
        if None in found and self.habits and not open_:
            found = (self.kind(u, VECTOR), self.kind(v, VECTOR))
        return _widest(*found)

    def _starred(self, u: Expression, v: Expression) -> Kind:
        left, right = self.kind(u), self.kind(v)
        if self.habits:
            left = left or self._settled(
                u, self._habit(u, MATRIX if right != SCALAR and upper(u) else VECTOR)
            )
            right = right or self._settled(v, self._habit(v, VECTOR))
            left, right = left or self.kind(u, VECTOR), right or self.kind(v, VECTOR)
        return VECTOR if (left, right) == (MATRIX, VECTOR) else _widest(left, right)

    def _settled(self, e: Expression, kind: str) -> str:
        """Note what an undecided factor is taken for; of dt/τ, every name is a scalar then."""
        self.learn(e, kind)
        return (self.kind(e, kind) or kind) if kind == SCALAR else kind

    def _chain(self, factors: tuple[Expression, ...], signs: tuple[str, ...], wanted: Kind) -> Kind:
        kinds = [self.kind(f) for f in factors]
        for i, sign in enumerate(signs):
            row = isinstance(factors[i], Name) and not self._may_be_matrix(factors[i])
            if sign == "@" and self.in_rows and kinds[i] == VECTOR and kinds[i + 1] is None:  # h @ w
                kinds[i + 1] = self.kind(factors[i + 1], self.learn(factors[i + 1], MATRIX))
            if sign == "@" and kinds[i] is None and not (row and _upper_turned(factors[i + 1])):  # x @ W
                kinds[i] = self.learn(factors[i], MATRIX)
        if self.habits:
            for i in range(len(factors) - 1, -1, -1):
                if kinds[i] is None:
                    last = all(k == SCALAR for k in kinds[i + 1 :])
                    habit = VECTOR if last and not (wanted == MATRIX or upper(factors[i])) else MATRIX
                    habit = self._habit(factors[i], habit)
                    if habit == MATRIX and not self._may_be_matrix(factors[i]):
                        habit = VECTOR if last else self._no_matrix(factors[i], self._chained(kinds[i + 1 :]))
                    kinds[i] = self.kind(factors[i], self.learn(factors[i], habit)) or habit
        return self._chained(kinds)

    def _chained(self, kinds: list[Kind]) -> Kind:
        """The kind of a product, from its right end."""
        if None in kinds[-1:]:
            return None
        kind = kinds[-1]
        for k in kinds[-2::-1]:
            if self.in_rows and k is None and kind == MATRIX:  # a row or a matrix, not known yet
                return None
            row = self.in_rows and (k, kind) == (VECTOR, MATRIX)
            kind = VECTOR if row else PRODUCTS.get((k, kind), k if kind == SCALAR else kind)  # type: ignore[arg-type]
        return kind

    def _habit(self, e: Expression, otherwise: str) -> str:
        """What the field would take an undecided factor for, by the letters in it."""
        unknown = [Name(name) for name in names_in(e) if name not in self.known]
        if unknown and all(map(_greek, unknown)):
            return SCALAR
        constant = isinstance(e, Sum) and any(self.kind(term) == SCALAR for term in e.terms)
        return VECTOR if constant and otherwise == MATRIX else otherwise

    def _may_be_matrix(self, e: Expression) -> bool:
        return not isinstance(e, Name) or (e.name not in self.moving and _weight(e))

    def _no_matrix(self, e: Expression, following: Kind) -> str:
        """Refuse to take a forgotten gate or input for a matrix; before a matrix it is a misplaced vector."""
        if following == MATRIX:
            return VECTOR
        name = _shown(e)
        raise read_error(
            e.span,
            f"unknown name {name}: it stands before a vector, but nothing says that it is a matrix; add its "
            f"equation, write ⊙ for an elementwise product, or declare it, as in '{name} : n × n'",
        )


def upper(e: Expression) -> bool:
    """Whether an expression is a name with a capital letter, as matrices have."""
    return isinstance(e, Name) and e.name[0].isupper()


def _upper_turned(e: Expression) -> bool:
    return upper(e.operand if isinstance(e, Transpose) else e)


def _greek(e: Expression) -> bool:
    if not isinstance(e, Name):
        return False
    word = re.split("[_^']", e.name)[0]
    return "α" <= word[0] <= "ω" or word in SCALARS or (word[0] == "Δ" and len(word) > 1)


def _weight(e: Name) -> bool:
    """Whether a name may be a matrix by habit: capital letters, and the few small ones papers use so."""
    if len(e.name) == 1 and e.name.islower() and e.name.isascii():
        return False  # w h may as well be w ⊙ h
    return not "b" <= e.name[0] <= "z" or e.name[0] in "uvw"


def _widest(*kinds: Kind) -> Kind:
    for kind in (MATRIX, ROW, VECTOR, None):
        if kind in kinds:
            return kind
    return SCALAR


def _shown(e: Expression) -> str:
    return str(e) if isinstance(e, Name) else "this"
