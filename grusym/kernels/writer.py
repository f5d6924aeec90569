"""Lowered expressions as lines of NumPy: each named value and each shared part is computed once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from grusym.errors import GrusymError
from grusym.kernels.lowering import FIXED, Lowering, unknown
from grusym.kernels.names import Names
from grusym.kernels.operations import LOOP
from grusym.language.activations import ACTIVATIONS
from grusym.language.expression import (
    Activation,
    Columns,
    Concatenation,
    Diagonal,
    Expression,
    Extremum,
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
    children,
    walk,
)
from grusym.language.extrema import EXTREMA
from grusym.language.shapes import shape_of

SUM, PRODUCT, UNARY, ATOM = 1, 2, 3, 4  # how tightly a piece of code binds
Code = tuple[str, int]


class Writer:
    """The body of one emitted function.

    `values` are the definitions it may draw on: lines are written when a goal first needs them. Scalars
    that change with time keep a last axis of length 1, so that they meet vectors. In a function with a
    loop, what is known before it goes to `before` and is read as `name[t]` by `inside`. `like[level]` is
    an array with the batch axes and the dtype of that level.
    """

    def __init__(
        self,
        lowering: Lowering,
        values: Mapping[str, Expression],
        names: Names,
        goals: Iterable[Expression],
        given: Iterable[str],
        like: Sequence[str],
    ) -> None:
        self.lowering, self.values, self.names, self.like = lowering, values, names, like
        self.before: list[str] = []
        self.inside: list[str] = []
        self.otherwise = "part"  # what a shared part is called that has no better name
        self.known: dict[Expression, str] = {Name(name): names[name] for name in given}
        self.uses: Counter[Expression] = Counter()
        self.parameters = {
            name for name in lowering.shapes if name not in values and Name(name) not in self.known
        }
        for goal in goals:
            self._count(goal)

    def _count(self, e: Expression) -> None:
        self.uses[e] += 1
        if self.uses[e] > 1:
            return
        if isinstance(e, Name) and e.name in self.values and e not in self.known:
            self._count(self.values[e.name])
        for child in children(e)[:1] if isinstance(e, Columns | Section) else children(e):
            self._count(child)

    # ---- lines ----------------------------------------------------------------------------------

    def vector(self, e: Expression, looped: bool = False) -> str:
        """Code for a scalar or vector; `looped`: to stand in the loop, at one step."""
        return self._code(e, looped)[0]

    def factor(self, e: Expression, looped: bool = False) -> str:
        """Code that may stand beside any operator."""
        return _bound(self._code(e, looped), ATOM)

    def assign(self, e: Expression, name: str, looped: bool) -> str:
        """Write the line `name = e`; return the name."""
        code = self._composed(e, looped)[0]
        (self.inside if looped else self.before).append(f"{name} = {code}")
        return name

    def _code(self, e: Expression, looped: bool) -> Code:
        if isinstance(e, Name) and e.name in self.parameters:
            return f"w.{self.names[e.name]}", ATOM
        level = self.lowering.level(e)
        if looped and level < LOOP and any(isinstance(node, Name) for node in walk(e)):
            name = self._named(e)
            return (f"{name}[t]" if level > FIXED else name), ATOM
        if isinstance(e, Name) or e in self.known or (self.uses[e] > 1 and not _trivial(e)):
            return self._named(e, looped), ATOM
        return self._composed(e, looped)

    def _named(self, e: Expression, looped: bool = False) -> str:
        """The variable that holds an expression, its line written where it is first needed."""
        if e not in self.known:
            looped = looped and self.lowering.level(e) == LOOP
            if isinstance(e, Name):
                self._define(e, looped)
            else:
                self.known[e] = self.assign(e, self.names.describing(e, self.otherwise), looped)
        return self.known[e]

    def _define(self, e: Name, looped: bool) -> None:
        if e.name not in self.values:
            raise GrusymError(
                f"asked for code of {e.name}, which nothing defines before it is used; define it first"
            )
        right = self.values[e.name]
        if self.lowering.rank(right) < len(self.lowering.shapes[e.name]):
            # A number or scalar where a vector is wanted: the constant vector.
            width = self.dimension(self.lowering.shapes[e.name][0])
            code = f"np.broadcast_to({self.vector(right, looped)}, ({self._batch(e)}{width},))"
            (self.inside if looped else self.before).append(f"{self.names[e.name]} = {code}")
            self.known[e] = self.names[e.name]
        elif right in self.known:
            self.known[e] = self.known[right]
        else:
            self.known[e] = self.assign(right, self.names[e.name], looped)
            self.known.setdefault(right, self.known[e])

    # ---- vectors and scalars --------------------------------------------------------------------

    def _composed(self, e: Expression, looped: bool) -> Code:
        match e:
            case Number(value=value):
                return _number(value)
            case Name():
                return self._code(e, looped)
            case Negative(operand=u):
                return "-" + _bound(self._code(u, looped), UNARY), UNARY
            case Sum(terms=terms):
                return _added(terms, lambda t: self._code(t, looped))
            case Hadamard(left=u, right=v):
                return self._joined(u, "*", v, looped)
            case Quotient(left=u, right=v):
                return self._joined(u, "/", v, looped)
            case Power(base=u, exponent=2):
                return f"np.square({self.vector(u, looped)})", ATOM
            case Power(base=u, exponent=k):
                return f"{self.factor(u, looped)} ** {k}", UNARY
            case Activation(function=f, operand=u):
                return f"{ACTIVATIONS[f].numpy}({self.vector(u, looped)})", ATOM
            case Extremum(function=f, left=u, right=v):
                return f"{EXTREMA[f].numpy}({self.vector(u, looped)}, {self.vector(v, looped)})", ATOM
            case Concatenation():
                return self._stacked(e, looped), ATOM
            case Section(vector=u, stacked=stacked, index=i):
                return f"{self.factor(u, looped)}[..., {self.place(stacked, i)}]", ATOM
            case Product(left=Transpose(operand=u), right=v) if self.lowering.is_row(e.left):
                return self._scalar_product(u, v, looped), ATOM
            case Product(left=matrix, right=v):
                return self._matrix_times(matrix, v, looped)
        raise unknown(e)

    def _joined(self, u: Expression, sign: str, v: Expression, looped: bool) -> Code:
        left = _bound(self._code(u, looped), PRODUCT)
        return f"{left} {sign} {_bound(self._code(v, looped), UNARY)}", PRODUCT

    def _batch(self, e: Expression) -> str:
        """The batch axes of an expression, as the head of a shape."""
        level = self.lowering.level(e)
        return f"*{self.like[level]}.shape[:-1], " if level > FIXED else ""

    def _stacked(self, e: Concatenation, looped: bool) -> str:
        codes = []
        for part in e.parts:
            code = self.vector(part, looped)
            if self.lowering.level(part) == FIXED and self.lowering.level(e) > FIXED:
                width = self.dimension(shape_of(part, self.lowering.shapes)[0])
                code = f"np.broadcast_to({code}, ({self._batch(e)}{width}))"
            codes.append(code)
        return f"np.concatenate([{', '.join(codes)}], axis=-1)"

    def _scalar_product(self, u: Expression, v: Expression, looped: bool) -> str:
        """uᵀ v, with a last axis of length 1; a number for u sums v."""
        if isinstance(u, Number) and u.value == 1:
            return f"np.sum({self.vector(v, looped)}, axis=-1, keepdims=True)"
        if self.lowering.rank(u) == 0:
            return f"({self.factor(u, looped)} * np.sum({self.vector(v, looped)}, axis=-1, keepdims=True))"
        return f"np.sum({self._joined(u, '*', v, looped)[0]}, axis=-1, keepdims=True)"

    def _matrix_times(self, matrix: Expression, v: Expression, looped: bool) -> Code:
        if self.lowering.rank(v) == 0:  # a constant where a vector is wanted
            return f"{self.factor(v, looped)} * {self.matrix(matrix)}.sum(axis=1)", PRODUCT
        code = self.matrix(matrix.operand) if isinstance(matrix, Transpose) else f"{self.matrix(matrix)}.T"
        return f"{self.factor(v, looped)} @ {code}", PRODUCT

    # ---- matrices of weights --------------------------------------------------------------------

    def matrix(self, e: Expression) -> str:
        """Code for a matrix of weights; one that is made of others is computed once, before everything."""
        match e:
            case Name(name=name):
                return f"w.{self.names[name]}"
            case Transpose(operand=u):
                return f"{self.matrix(u)}.T"
            case Columns(matrix=u, stacked=stacked, index=i):
                whole = self._eye(stacked) if isinstance(u, Identity) else self.matrix(u)
                return f"{whole}[:, {self.place(stacked, i)}]"
        if e not in self.known:
            name = self.names.fresh("matrix")
            rows = shape_of(e, self.lowering.shapes)[0]
            self.before.append(f"{name} = {self._made(e, self.dimension(rows))[0]}")
            self.known[e] = name
        return self.known[e]

    def _made(self, e: Expression, rows: str) -> Code:
        """Code that makes a matrix from others; `rows` sizes an identity in it."""
        match e:
            case Identity():
                return f"np.eye({rows}, dtype={self.like[1]}.dtype)", ATOM
            case Diagonal(vector=u) if self.lowering.rank(u) == 0:
                return f"{self.factor(u)} * np.eye({rows}, dtype={self.like[1]}.dtype)", PRODUCT
            case Diagonal(vector=u):
                return f"np.diag({self.vector(u)})", ATOM
            case Negative(operand=u):
                return "-" + _bound(self._made(u, rows), UNARY), UNARY
            case Sum(terms=terms):
                return _added(terms, lambda t: self._made(t, rows))
            case Hadamard(left=u, right=v) | Quotient(left=u, right=v):
                sign = "*" if isinstance(e, Hadamard) else "/"
                left, right = (
                    self._made(s, rows) if self.lowering.rank(s) == 2 else self._code(s, False)
                    for s in (u, v)
                )
                return f"{_bound(left, PRODUCT)} {sign} {_bound(right, UNARY)}", PRODUCT
            case Product(left=u, right=Transpose(operand=v)) if self.lowering.rank(u) < 2:
                return f"np.outer({self.vector(u)}, {self.vector(v)})", ATOM
            case Product(left=u, right=v):
                inner = self.dimension(shape_of(u, self.lowering.shapes)[1])
                left, right = self._made(u, rows), self._made(v, inner)
                return f"{_bound(left, ATOM)} @ {_bound(right, ATOM)}", PRODUCT
        return self.matrix(e), ATOM

    def _eye(self, stacked: Concatenation) -> str:
        whole = shape_of(stacked, self.lowering.shapes)[0]
        return f"np.eye({self.dimension(whole)}, dtype={self.like[1]}.dtype)"

    # ---- sizes ----------------------------------------------------------------------------------

    def place(self, stacked: Concatenation, index: int) -> str:
        """The slice of a concatenation where one part stands."""
        widths = [shape_of(p, self.lowering.shapes)[0] for p in stacked.parts]
        start, stop = sum(widths[:index]), sum(widths[: index + 1])
        return f"{self.dimension(start) if index else ''}:{self.dimension(stop)}"

    def dimension(self, dimension: Any) -> str:
        """Code for a size: `size.n + size.m`."""
        if not getattr(dimension, "free_symbols", None):
            return str(int(dimension))
        terms = []
        for symbol, times in sorted(dimension.as_coefficients_dict().items(), key=lambda item: str(item[0])):
            code = f"size.{self.names.sizes[symbol.name]}" if symbol.free_symbols else ""
            terms.append(code if times == 1 and code else f"{int(times)}" + (f" * {code}" if code else ""))
        return " + ".join(terms)


def _trivial(e: Expression) -> bool:
    return isinstance(e, Number) or (isinstance(e, Negative) and isinstance(e.operand, Name | Number))


def _bound(code: Code, tightness: int) -> str:
    return code[0] if code[1] >= tightness else f"({code[0]})"


def _added(terms: tuple[Expression, ...], code: Callable[[Expression], Code]) -> Code:
    text = code(terms[0])[0]
    for term in terms[1:]:
        bare = term.operand if isinstance(term, Negative) else term
        text += (" + " if bare is term else " - ") + _bound(code(bare), PRODUCT)
    return text, SUM


def _number(value: Fraction) -> Code:
    if value.denominator == 1:
        return str(value.numerator), ATOM if value >= 0 else UNARY
    if Fraction(float(value)) == value:
        return repr(float(value)), ATOM if value >= 0 else UNARY
    return f"{value.numerator} / {value.denominator}", PRODUCT
