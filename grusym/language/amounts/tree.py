"""The tree of an amount: numbers and letters under + - * / and powers, each with its place in the text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from grusym.errors import ReadError

if TYPE_CHECKING:
    import sympy

PRIME = (1 << 61) - 1  # Mersenne: amounts are compared modulo it before they are compared exactly
LARGEST_DEGREE = 12  # counts have degree 3 or so; beyond this a power is a slip or a burden


@dataclass(frozen=True)
class Place:
    """Characters `start` to `end` of a text."""

    start: int
    end: int

    def joined(self, other: Place) -> Place:
        """From the first character of either to the last of either."""
        return Place(min(self.start, other.start), max(self.end, other.end))


@dataclass(frozen=True)
class Number:
    """A number as written; `value` is exact."""

    value: Fraction
    place: Place


@dataclass(frozen=True)
class Letter:
    """A name of one letter or many: n, d_in, hidden_size."""

    name: str
    place: Place


@dataclass(frozen=True)
class Operation:
    """`left` sign `right`, the sign one of + - * / ^; `at` is its place, empty where none is written."""

    sign: str
    left: Amount
    right: Amount
    place: Place
    at: Place


@dataclass(frozen=True)
class Negative:
    """Minus an amount."""

    of: Amount
    place: Place


Amount = Number | Letter | Operation | Negative


def walk(e: Amount) -> Iterator[Amount]:
    """Every node, outermost first."""
    yield e
    if isinstance(e, Operation):
        yield from walk(e.left)
        yield from walk(e.right)
    elif isinstance(e, Negative):
        yield from walk(e.of)


def letters(e: Amount) -> tuple[str, ...]:
    """The names that stand in an amount, in order of appearance."""
    return tuple(dict.fromkeys(node.name for node in walk(e) if isinstance(node, Letter)))


def numbers(e: Amount) -> tuple[Number, ...]:
    """The numbers that stand in an amount, exponents left out."""
    if isinstance(e, Number):
        return (e,)
    if isinstance(e, Negative):
        return numbers(e.of)
    if isinstance(e, Operation):
        return numbers(e.left) + (() if e.sign == "^" else numbers(e.right))
    return ()


def degree(e: Amount) -> int:
    """An upper bound of the degree, for amounts without letters too: each number then counts as 0."""
    match e:
        case Letter():
            return 1
        case Negative(of=of):
            return degree(of)
        case Operation(sign="*" | "/", left=a, right=b):
            return degree(a) + degree(b)
        case Operation(sign="^", left=a, right=Number(value=v)):
            return degree(a) * abs(int(v))
        case Operation(left=a, right=b):
            return max(degree(a), degree(b))
    return 0


def rebuilt(e: Amount, change: Callable[[Amount], Amount | None]) -> Amount:
    """The same amount with nodes exchanged, outermost first, where `change` returns one."""
    other = change(e)
    if other is not None:
        return other
    if isinstance(e, Operation):
        return replace(e, left=rebuilt(e.left, change), right=rebuilt(e.right, change))
    if isinstance(e, Negative):
        return replace(e, of=rebuilt(e.of, change))
    return e


def residue(e: Amount, values: Mapping[str, int]) -> int:
    """The amount modulo PRIME, each letter at its value."""
    match e:
        case Number(value=v):
            return v.numerator * pow(v.denominator, -1, PRIME) % PRIME
        case Letter(name=name):
            return values[name]
        case Negative(of=of):
            return -residue(of, values) % PRIME
    a = residue(e.left, values)
    if e.sign == "^":
        return pow(a, _exponent(e), PRIME)
    b = residue(e.right, values)
    if e.sign == "/":
        return a * pow(b, -1, PRIME) % PRIME if b else 0
    return (a + b if e.sign == "+" else a - b if e.sign == "-" else a * b) % PRIME


def value(e: Amount, values: Mapping[str, Any]) -> Any:
    """The amount with something exact for each letter: integers, fractions or SymPy expressions.

    Raises ZeroDivisionError where it divides by 0.
    """
    match e:
        case Number(value=v):
            return v
        case Letter(name=name):
            return values[name]
        case Negative(of=of):
            return -value(of, values)
    a = value(e.left, values)
    if e.sign == "^":
        return a ** _exponent(e)
    b = value(e.right, values)
    if e.sign == "/":
        return a / b
    return a + b if e.sign == "+" else a - b if e.sign == "-" else a * b


def polynomial(e: Amount, symbols: Mapping[str, Any]) -> sympy.Expr:
    """The amount as an expanded SymPy expression, each letter as given."""
    import sympy

    def exact(node: Amount) -> Any:
        match node:
            case Number(value=v):
                return sympy.Rational(v.numerator, v.denominator)
            case Letter(name=name):
                return symbols[name]
            case Negative(of=of):
                return -exact(of)
        if node.sign == "^":
            return sympy.expand(exact(node.left) ** _exponent(node))
        a, b = exact(node.left), exact(node.right)
        if node.sign == "/":
            return a / b
        return a + b if node.sign == "+" else a - b if node.sign == "-" else sympy.expand(a * b)

    return sympy.expand(exact(e))


def _exponent(e: Operation) -> int:
    assert isinstance(e.right, Number)  # the grammar reads no other
    return int(e.right.value)


def line_column(text: str, at: int) -> tuple[int, int]:
    """The line and column, from 1 on, of a character."""
    before = text[:at]
    return before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1


def failure(text: str, at: int, message: str) -> ReadError:
    """A ReadError at a character of a text."""
    return ReadError(message, *line_column(text, at))
