"""Sizes of every name, found by unification: n and m are never typed by hand.

States have n rows and inputs m unless the text declares otherwise; everything else follows. Where
two places ask for different sizes, both are named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from grusym.errors import ReadError, ShapeError, read_error
from grusym.language.expression import (
    Activation,
    Columns,
    Concatenation,
    Diagonal,
    Expression,
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

if TYPE_CHECKING:
    import sympy

FREE_LETTERS = ("k", "p", "q", "l", "d", "e")


@cache
def size_symbol(letter: str) -> sympy.Symbol:
    """The SymPy symbol of a size: n for states, m for inputs."""
    import sympy

    return sympy.Symbol(letter, integer=True, positive=True)


class Size:
    """An unknown size, a known letter, or a sum of sizes; joined with others by unification."""

    __slots__ = ("letter", "parent", "parts", "place")

    def __init__(self, letter: str = "", parts: tuple[Size, ...] = (), place: str = "") -> None:
        self.parent: Size | None = None
        self.letter, self.parts, self.place = letter, parts, place

    def root(self) -> Size:
        """The representative of all sizes known to equal this one."""
        size = self
        while size.parent is not None:
            size = size.parent
        return size

    def __str__(self) -> str:
        root = self.root()
        return root.letter or " + ".join(map(str, root.parts)) or "?"


Sizes = tuple[Size, ...] | None  # None: a number, which fits anywhere


class Clash(Exception):
    """Two sizes that cannot be one."""


def unify(a: Size, b: Size) -> None:
    """Make two sizes one, or raise Clash."""
    a, b = a.root(), b.root()
    if a is b:
        return
    if a.parts and b.parts:
        if sorted(map(str, a.parts)) == sorted(map(str, b.parts)) and "?" not in str(a):
            return
        if len(a.parts) != len(b.parts):
            raise Clash
        for x, y in zip(a.parts, b.parts, strict=True):
            unify(x, y)
    elif (a.letter or a.parts) and (b.letter or b.parts):
        if not a.letter or a.letter != b.letter:
            raise Clash
    elif a.letter or a.parts:
        if _inside(b, a):
            raise Clash
        b.parent = a
        return
    elif _inside(a, b):
        raise Clash
    a.parent = b


def _inside(small: Size, big: Size) -> bool:
    return any(part.root() is small or _inside(small, part.root()) for part in big.parts)


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
        sizes = self.of(e)
        if sizes is None or len(sizes) != 2:
            raise _clash(e, f"a matrix was expected; {_shown(e)} is {_rank(sizes)}")
        return sizes

    def _transposed(self, e: Expression) -> Sizes:
        sizes = self.of(e)
        if not sizes:
            return None  # 1ᵀ, which sums a vector
        if len(sizes) == 1:
            return (Size("1"), sizes[0])
        rows, columns = self._matrix(e)
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
            and (left is None or str(left[0]) == "1")
        ):
            if left is not None:
                self._join(e, left[1], right[0], u, v)  # a scalar product uᵀ v
            return ()
        rows, columns = self._matrix(u)
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
        used = {str(s) for sizes in self.names.values() for s in sizes}
        letters = iter([c for c in FREE_LETTERS if c not in used] + [f"k_{i}" for i in range(1, 1000)])
        return {name: tuple(_symbolic(s, letters) for s in sizes) for name, sizes in self.names.items()}


def shape_of(e: Expression, known: Mapping[str, tuple[Any, ...]]) -> tuple[Any, ...]:
    """The shape of an expression in names of known shapes, in SymPy symbols; a bare number is a scalar."""
    shapes = Shapes({}, {})
    symbols: dict[Any, Size] = {}

    def size(dimension: Any) -> Size:
        if dimension not in symbols:
            parts = getattr(dimension, "args", ()) if getattr(dimension, "is_Add", False) else ()
            symbols[dimension] = Size(parts=tuple(map(size, parts))) if parts else Size(str(dimension))
        return symbols[dimension]

    shapes.names = {name: tuple(map(size, shape)) for name, shape in known.items()}
    return tuple(_symbolic(s, iter(FREE_LETTERS)) for s in shapes.of(e) or ())


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
