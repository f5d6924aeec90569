"""The places of a formula at which an edit can be made.

Products that stand side by side, elementwise or of matrices, are taken as one group of factors, so that
dropping, adding or exchanging a factor is one edit wherever the brackets fall.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from grusym.language.expression import (
    Diagonal,
    Expression,
    Hadamard,
    Negative,
    Product,
    Sum,
    children,
    rebuilt,
)

Put = Callable[[Expression], Expression]


@dataclass(frozen=True)
class Site:
    """A node, and what puts another in its place; `role` says what the node is to its parent."""

    node: Expression
    put: Put
    role: str = "whole"


def sites(e: Expression, put: Put = lambda new: new, role: str = "whole") -> Iterator[Site]:
    """Every node of a formula, parents first; a group of factors is one node with its factors below."""
    yield Site(e, put, role)
    if isinstance(e, Hadamard | Product):
        whole = joined_by(type(e))
        parts = factors_of(e)
        below = "factor" if isinstance(e, Hadamard) else "matrix factor"
    else:
        parts = children(e)
        whole = _rebuilder(e)
        below = {Sum: "term", Diagonal: "diagonal", Negative: "signed"}.get(type(e), "inside")
    for i, part in enumerate(parts):

        def placed(new: Expression, i: int = i) -> Expression:
            return put(whole([*parts[:i], new, *parts[i + 1 :]]))

        yield from sites(part, placed, below)


def _rebuilder(e: Expression) -> Callable[[Sequence[Expression]], Expression]:
    return lambda parts: rebuilt(e, tuple(parts))


def factors_of(e: Expression) -> tuple[Expression, ...]:
    """The factors of a group of one kind of product, left to right."""
    if isinstance(e, Hadamard):
        return (*factors_of(e.left), e.right) if isinstance(e.left, Hadamard) else (e.left, e.right)
    if isinstance(e, Product):
        return (e.left, *factors_of(e.right)) if isinstance(e.right, Product) else (e.left, e.right)
    return (e,)


def joined_by(kind: type[Expression]) -> Callable[[Sequence[Expression]], Expression]:
    """What makes one group of factors again."""

    def hadamards(parts: Sequence[Expression]) -> Expression:
        result = parts[0]
        for part in parts[1:]:
            result = Hadamard(result, part, span=parts[0].span)
        return result

    def products(parts: Sequence[Expression]) -> Expression:
        result = parts[-1]
        for part in reversed(parts[:-1]):
            result = Product(part, result, span=part.span)
        return result

    return hadamards if kind is Hadamard else products


def regrouped(site: Site) -> Iterator[tuple[Expression, Put]]:
    """Neighbouring factors of an elementwise group, to be taken as one term of a sum that has lost others."""
    e = site.node
    if not isinstance(e, Hadamard):
        return
    parts = factors_of(e)
    for i in range(len(parts)):
        for k in range(i + 1, len(parts) + (i > 0)):
            part = joined_by(Hadamard)(parts[i:k])

            def placed(new: Expression, i: int = i, k: int = k) -> Expression:
                return site.put(joined_by(Hadamard)([*parts[:i], new, *parts[k:]]))

            yield part, placed
