"""Sizes of every name, found by unification: n and m are never typed by hand.

States have n rows and inputs m unless the text declares otherwise; everything else follows. Where
two places ask for different sizes, both are named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from grusym.errors import ReadError, ShapeError, read_error
from grusym.language.expression import (
    ZERO,
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
)
from grusym.language.sizes import Clash, Size, Sizes, size_symbol, unify

if TYPE_CHECKING:
    pass

ROW = "a transposed vector"
FREE_LETTERS = ("k", "p", "q", "l", "d", "e")


class Shapes:
    """The shapes of names, refined by each expression that is read."""

    def __init__(self, kinds: Mapping[str, str], known: Mapping[str, tuple[str, ...]]) -> None:
        self.kinds = kinds
        self.names: dict[str, tuple[Size, ...]] = {}
        for name, letters in known.items():
            self.names[name] = tuple(Size(letter, place=f"{name} has size {letter}") for letter in letters)

    def of_name(self, name: str) -> tuple[Size, ...]:
        """The sizes of a name, unknown ones made on first sight."""
        if name not in self.names:
            rank = {"scalar": 0, "vector": 1, "matrix": 2}[self.kinds.get(name, "vector")]
            self.names[name] = tuple(Size() for _ in range(rank))
        return self.names[name]

    def of(self, e: Expression) -> Sizes:
        """The sizes of an expression; raises ShapeError naming both places of a clash."""
        match e:
            case Number():
                return None
            case Name(name=name):
                return self.of_name(name)
            case Negative(operand=u) | Increment(operand=u) | Activation(operand=u) | Power(base=u):
                return self.of(u)
            case Sum(terms=terms):
                return self._same(e, terms)
            case Extremum(left=u, right=v):
                return self._same(e, (u, v))
            case Hadamard(left=u, right=v) | Quotient(left=u, right=v):
                return self._scaled(e, u, v)
            case Concatenation(parts=parts):
                return (Size(parts=tuple(self._vector(p) for p in parts)),)
            case Product(left=u, right=v):
                return self._product(e, u, v)
            case Transpose(operand=u):
                return self._transposed(u)
            case Diagonal(vector=u):
                size = self._vector(u)
                return (size, size)
            case Identity():
                size = Size()
                return (size, size)
            case Columns(matrix=u, stacked=stacked, index=i):
                rows, columns = self._matrix(u)
                whole = self.of(stacked)
                assert whole is not None
                self._join(e, columns, whole[0], u, stacked)
                return (rows, whole[0].root().parts[i])
            case Section(vector=u, stacked=stacked, index=i):
                whole = self.of(stacked)
                assert whole is not None
                self._join(e, self._vector(u), whole[0], u, stacked)
                return (whole[0].root().parts[i],)
        raise TypeError(f"no shape for {type(e).__name__}")

    def _vector(self, e: Expression) -> Size:
        sizes = self.of(e)
        if sizes is None or len(sizes) != 1:
            raise _clash(e, f"a vector was expected; {_shown(e)} is {_rank(sizes)}")
        return sizes[0]

    def _matrix(self, e: Expression) -> tuple[Size, Size]:
        return self._as_matrix(e, self.of(e))

    def _as_matrix(self, e: Expression, sizes: Sizes) -> tuple[Size, Size]:
        if sizes is None or len(sizes) != 2:
            raise _clash(e, f"a matrix was expected; {_shown(e)} is {_rank(sizes)}")
        return sizes

    def _transposed(self, e: Expression) -> Sizes:
        sizes = self.of(e)
        if not sizes:
            return None  # 1ᵀ, which sums a vector
        if len(sizes) == 1:
            return (Size("1", place=ROW), sizes[0])
        rows, columns = self._as_matrix(e, sizes)
        return columns, rows

    def _same(self, e: Expression, terms: Iterable[Expression]) -> Sizes:
        first, result = None, None
        for term in terms:
            sizes = self.of(term)
            if not sizes:
                result = sizes if result is None else result
                continue
            if first is not None and result is not None:
                if len(result) != len(sizes):
                    raise _clash(
                        term, f"{_shown(first)} is {_rank(result)} but {_shown(term)} is {_rank(sizes)}"
                    )
                for a, b in zip(result, sizes, strict=True):
                    self._join(e, a, b, first, term)
            else:
                first, result = term, sizes
        return result

    def _scaled(self, e: Expression, u: Expression, v: Expression) -> Sizes:
        a, b = self.of(u), self.of(v)
        if not a or not b:
            return a or b
        if len(a) != len(b):
            raise _clash(e, f"{_shown(u)} is {_rank(a)} but {_shown(v)} is {_rank(b)}")
        for x, y in zip(a, b, strict=True):
            self._join(e, x, y, u, v)
        return a

    def _product(self, e: Expression, u: Expression, v: Expression) -> Sizes:
        left, right = self.of(u), self.of(v)
        if left is not None and len(left) == 1 and right is not None and len(right) == 2:
            self._join(e, right[0], Size("1"), u, v)  # an outer product u vᵀ
            return (left[0], right[1])
        if (
            isinstance(u, Transpose)
            and right is not None
            and len(right) == 1
            and (left is None or left[0].place == ROW)  # not merely a matrix of one row
        ):
            if left is not None:
                self._join(e, left[1], right[0], u, v)  # a scalar product uᵀ v
            return ()
        rows, columns = self._as_matrix(u, left)
        if right is None or not right:
            raise _clash(
                v, f"a matrix cannot multiply {_shown(v)}, which is a scalar; write it before the matrix"
            )
        self._join(e, columns, right[0], u, v)
        return (rows, *right[1:])

    def _join(self, e: Expression, a: Size, b: Size, u: Expression, v: Expression) -> None:
        before = str(a), str(b)
        try:
            unify(a, b)
        except Clash:
            what, has = ("multiplies", "takes") if isinstance(e, Product) else ("meets", "has")
            one = f"{_shown(u)}{_place(u.span)}, which {has} size {before[0]},"
            other = f"{_shown(v)}{_place(v.span)}, which has size {before[1]}"
            advice = "" if isinstance(e, Product) and len(before[0]) > 1 else _advice(before)
            raise _clash(v, f"shape clash: {one} {what} {other}{advice}") from None

    def result(self) -> dict[str, tuple[Any, ...]]:
        """Every name's shape in SymPy symbols; sizes nothing fixes get letters of their own."""
        used = {str(leaf) for sizes in self.names.values() for s in sizes for leaf in s.leaves()}
        letters = _free_letters(used)
        return {name: tuple(_symbolic(s, letters) for s in sizes) for name, sizes in self.names.items()}


def shape_of(e: Expression, known: Mapping[str, tuple[Any, ...]]) -> tuple[Any, ...]:
    """The shape of an expression in names of known shapes, in SymPy symbols; a bare number is a scalar.

    Sizes that nothing fixes, such as that of a lone identity, get letters that `known` does not use.
    """
    shapes = _with_known(known)
    used = {str(leaf) for sizes in shapes.names.values() for size in sizes for leaf in size.leaves()}
    letters = _free_letters(used)
    return tuple(_symbolic(s, letters) for s in shapes.of(e) or ())


def fit(a: Expression, b: Expression, known: Mapping[str, tuple[Any, ...]]) -> bool:
    """Whether two expressions can have one shape; numbers fit anywhere, identities are as large as needed."""
    shapes = _with_known(known)
    one, other = shapes.of(a), shapes.of(b)
    if not one or not other:
        return not (one or other) or len(one or other or ()) < 2 or ZERO in (a, b)
    if len(one) != len(other):
        return False
    try:
        for x, y in zip(one, other, strict=True):
            unify(x, y)
    except Clash:
        return False
    return True


def _with_known(known: Mapping[str, tuple[Any, ...]]) -> Shapes:
    shapes = Shapes({}, {})
    letters: dict[str, Size] = {}

    def size(dimension: Any) -> Size:
        counts = (
            dimension.as_coefficients_dict() if hasattr(dimension, "as_coefficients_dict") else {dimension: 1}
        )
        leaves = []
        for letter, count in counts.items():
            text, times = (str(count), 1) if letter == 1 else (str(letter), int(count))
            leaves += [letters.setdefault(text, Size(text))] * times
        return leaves[0] if len(leaves) == 1 else Size(parts=tuple(leaves))

    shapes.names = {name: tuple(map(size, shape)) for name, shape in known.items()}
    return shapes


def _free_letters(used: set[str]) -> Iterator[str]:
    return iter([c for c in FREE_LETTERS if c not in used] + [f"k_{i}" for i in range(1, 1000)])


def _symbolic(size: Size, letters: Any) -> Any:
    root = size.root()
    if root.parts:
        return sum(_symbolic(part, letters) for part in root.parts)
    if not root.letter:
        root.letter = next(letters)
    return int(root.letter) if root.letter.isdigit() else size_symbol(root.letter)


def _advice(sizes: tuple[str, str]) -> str:
    if set(sizes) == {"n", "m"}:
        return "; put a matrix before the input, or declare its size, as in 'x : n'"
    return ""


def _rank(sizes: Sizes) -> str:
    return "a number" if sizes is None else ("a scalar", "a vector", "a matrix")[len(sizes)]


def _shown(e: Expression) -> str:
    return str(e)


def _place(span: Span | None) -> str:
    return "" if span is None else f" (line {span.line}, column {span.column})"


def _clash(e: Expression, message: str) -> ReadError:
    return read_error(e.span, message, ShapeError)
