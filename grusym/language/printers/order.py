"""What every printer shares: which node binds how tightly, and where brackets are needed.

Sums bind loosest, then ⊙ and / (read from the left), then the matrix product by juxtaposition (written
without brackets when it nests to the right), then powers and transposes. A printer for one notation
gives only the signs; the order of terms and the brackets are decided here, once, so that no notation
can say another thing than the next.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction
from typing import TypeAlias

from grusym.errors import GrusymError
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
    Sum,
    Transpose,
    names_in,
)


class Binding(IntEnum):
    """How tightly a node holds its parts together, loosest first."""

    SUM = 1
    TIMES = 2
    PRODUCT = 3
    POSTFIX = 4
    ATOM = 5


@dataclass(frozen=True, slots=True)
class Partial:
    """∂of/∂by, as the left side of an equation."""

    of: str
    by: str


LeftSide: TypeAlias = str | Partial | None


class Printer(ABC):
    """A walk over an expression that writes one notation.

    `names` puts other names in place of the cell's own, for instance `{"h'": "h_t", "h": "h_{t-1}"}`.
    What is made of the names in `scalars` alone scales what follows it without a sign. Each node type
    has a method of its name in lower case.
    """

    equals: str
    plus: str
    minus: str
    sign: str
    times: str
    beside: str
    scaling = " * "  # by a scalar that cannot stand before what it scales

    def __init__(self, names: Mapping[str, str] | None = None, scalars: Iterable[str] = ()) -> None:
        self.names = names or {}
        self.scalars = frozenset(scalars)

    def write(self, e: Expression) -> str:
        """The expression in this notation, without brackets around it."""
        method = getattr(self, type(e).__name__.lower(), None)
        if method is None:
            raise GrusymError(
                f"printing a {type(e).__name__}: {type(self).__name__} has no method "
                f"{type(e).__name__.lower()!r}; add it to {type(self).__module__}"
            )
        return str(method(e))

    def binding(self, e: Expression) -> Binding:
        """How tightly the printed form of a node holds together."""
        match e:
            case Sum() | Negative():
                return Binding.SUM
            case Hadamard() | Quotient():
                return Binding.TIMES
            case Product():
                return Binding.PRODUCT
            case Power() | Transpose():
                return Binding.POSTFIX
            case Number(value=value) if value < 0:
                return Binding.SUM
        return Binding.ATOM

    def part(self, e: Expression, least: Binding) -> str:
        """A part of a larger expression, in brackets if it holds less tightly than its place asks."""
        written = self.write(e)
        return self.bracketed(written) if self.binding(e) < least else written

    def sum(self, e: Sum) -> str:
        """Terms with the signs between them."""
        return "".join(self.terms(e))

    def terms(self, e: Sum) -> list[str]:
        """The terms of a sum, each with the sign it carries there."""
        first, *others = e.terms
        written = [self.negative(first) if isinstance(first, Negative) else self.part(first, Binding.TIMES)]
        for term in others:
            if isinstance(term, Negative):
                written.append(self.minus + self.part(term.operand, Binding.TIMES))
            else:
                written.append(self.plus + self.part(term, Binding.TIMES))
        return written

    def negative(self, e: Negative) -> str:
        """-operand."""
        return self.sign + self.part(e.operand, Binding.TIMES)

    def hadamard(self, e: Hadamard) -> str:
        """left ⊙ right."""
        beside, scalar = not _starts_with_number(e.right), self.is_scalar(e.left)
        if beside and scalar:  # γ h: a vector γ would stand before ⊙
            return self.part(e.left, Binding.POSTFIX) + self.beside + self.part(e.right, Binding.PRODUCT)
        sign = self.scaling if scalar or self.is_scalar(e.right) else self.times
        if beside and isinstance(e.left, Number):
            sign = self.beside  # 2 h, as everyone writes it
        return self.part(e.left, Binding.TIMES) + sign + self.part(e.right, Binding.PRODUCT)

    def is_scalar(self, e: Expression) -> bool:
        """Whether an expression is made of scalars' names."""
        names = names_in(e)
        return bool(names) and self.scalars.issuperset(names)

    def product(self, e: Product) -> str:
        """Factors side by side."""
        return self.beside.join(self.factors(e))

    def factors(self, e: Product) -> list[str]:
        """The factors of a matrix product that nests to the right."""
        written = [self.part(e.left, Binding.POSTFIX)]
        while isinstance(e.right, Product):
            e = e.right
            written.append(self.part(e.left, Binding.POSTFIX))
        return [*written, self.part(e.right, Binding.POSTFIX)]

    def activation(self, e: Activation) -> str:
        """function(operand)."""
        return self.applied(self.function(e.function), self.write(e.operand))

    def extremum(self, e: Extremum) -> str:
        """max(left, right)."""
        arguments = self.separated([self.write(e.left), self.write(e.right)])
        return self.applied(self.function(e.function), arguments)

    def separated(self, items: Sequence[str]) -> str:
        """item, item."""
        return ", ".join(items)

    def diagonal(self, e: Diagonal) -> str:
        """diag(vector)."""
        return self.applied(self.function("diag"), self.write(e.vector))

    def concatenation(self, e: Concatenation) -> str:
        """[part, part, ...]."""
        return self.listed([self.write(part) for part in e.parts])

    def power(self, e: Power) -> str:
        """The base, in brackets if it is not a single thing, to a whole power."""
        return self.raised(self.part(e.base, Binding.ATOM), e.base, e.exponent)

    def transpose(self, e: Transpose) -> str:
        """The operand, in brackets if it is not a single thing, transposed."""
        return self.transposed(self.part(e.operand, Binding.ATOM), e.operand)

    def name(self, e: Name) -> str:
        """A name, or the one to be shown in its place."""
        return self.named(self.names.get(e.name, e.name))

    def columns(self, e: Columns) -> str:
        """The columns of a matrix that meet one part of a concatenation."""
        return self.indexed(self.part(e.matrix, Binding.ATOM), self.place(e), whole_rows=True)

    def section(self, e: Section) -> str:
        """The entries of a vector that stand where one part does."""
        return self.indexed(self.part(e.vector, Binding.ATOM), self.place(e), whole_rows=False)

    def place(self, e: Columns | Section) -> str:
        """The part of a concatenation that columns or entries belong to."""
        return self.write(e.stacked.parts[e.index])

    def increment(self, e: Increment) -> str:
        """dz, d(z ⊙ h)."""
        plain = isinstance(e.operand, Name)
        written = self.write(e.operand)
        return self.small_change(written if plain else self.bracketed(written))

    def equation(self, left: LeftSide, right: Expression, align: str = "") -> str:
        """One line left = right, with a mark before the equals sign that aligns it with other lines."""
        if left is None:
            return align + self.write(right)
        equals = f" {align}{self.equals.lstrip()}" if align else self.equals
        return self.left_side(left) + equals + self.write(right)

    def left_side(self, left: str | Partial) -> str:
        """A name or a partial derivative before the equals sign."""
        if isinstance(left, Partial):
            return self.partial(self.write(Name(left.of)), self.write(Name(left.by)))
        return self.write(Name(left))

    @abstractmethod
    def partial(self, of: str, by: str) -> str:
        """∂of/∂by."""

    @abstractmethod
    def number(self, e: Number) -> str:
        """An exact rational constant."""

    @abstractmethod
    def quotient(self, e: Quotient) -> str:
        """left / right."""

    @abstractmethod
    def identity(self, e: Identity) -> str:
        """The identity matrix."""

    @abstractmethod
    def named(self, name: str) -> str:
        """A canonical name."""

    @abstractmethod
    def function(self, name: str) -> str:
        """The name of an activation, `max`, `min` or `diag`."""

    @abstractmethod
    def bracketed(self, inner: str) -> str:
        """Something in round brackets."""

    @abstractmethod
    def applied(self, function: str, inner: str) -> str:
        """function(inner)."""

    @abstractmethod
    def listed(self, items: Sequence[str]) -> str:
        """[item, item, ...]."""

    @abstractmethod
    def raised(self, base: str, of: Expression, exponent: int) -> str:
        """The base, written and as a node, to a whole power."""

    @abstractmethod
    def transposed(self, base: str, of: Expression) -> str:
        """The base, written and as a node, transposed."""

    @abstractmethod
    def indexed(self, whole: str, place: str, whole_rows: bool) -> str:
        """whole[:, place], or whole[place]."""

    @abstractmethod
    def small_change(self, of: str) -> str:
        """d before something: dz."""


def _starts_with_number(e: Expression) -> bool:
    match e:
        case Number():
            return True
        case Hadamard(left=first) | Product(left=first) | Power(base=first) | Transpose(operand=first):
            return _starts_with_number(first)
    return False


def decimal(value: Fraction) -> str | None:
    """A rational as an exact decimal, or None if its decimals never end."""
    rest = value.denominator
    twos = fives = 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return None
    places = max(twos, fives)
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    whole = digits if not places else f"{digits[:-places]}.{digits[-places:]}"
    return f"-{whole}" if value < 0 else whole
