"""The places of a formula at which an edit can be made.

Products that stand side by side, elementwise or of matrices, are taken as one group of factors, so that
dropping, adding or exchanging a factor is one edit wherever the brackets fall.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from grusym.language.expression import (
    Activation,
    Columns,
    Diagonal,
    Expression,
    Extremum,
    Hadamard,
    Negative,
    Product,
    Section,
    Sum,
    children,
    rebuilt,
)

Put = Callable[[Expression], Expression]


@dataclass(frozen=True, eq=False)
class Site:
    """A node, and what puts another in its place within the node above; `role` says what it is there.

    `sealed`: what stands above reads the node itself and not its value alone, as the slope of a named gate
    does and the columns of a matrix that meet one part of a concatenation. `bent`: above stands a function,
    so that a change of the value says nothing of a larger one.
    """

    node: Expression
    above: Site | None = None
    within: Put = lambda new: new
    role: str = "whole"
    sealed: bool = False
    bent: bool = False

    def put(self, new: Expression) -> Expression:
        """The whole formula with another node in this place."""
        site: Site | None = self
        while site is not None:
            new = site.within(new)
            site = site.above
        return new


def sites(e: Expression) -> tuple[Site, ...]:
    """Every node of a formula, parents first; a group of factors is one node with its factors below."""
    return tuple(_sites(Site(e)))


def _sites(site: Site) -> Iterator[Site]:
    yield site
    e = site.node
    if isinstance(e, Hadamard | Product):
        whole = joined_by(type(e))
        parts = factors_of(e)
        below = "factor" if isinstance(e, Hadamard) else "matrix factor"
    else:
        parts = children(e)
        whole = _rebuilder(e)
        below = {Sum: "term", Diagonal: "diagonal", Negative: "signed"}.get(type(e), "inside")
    sealed = site.sealed or isinstance(e, Columns | Section)
    sealed = sealed or (isinstance(e, Activation) and e.function.endswith("'"))
    bent = site.bent or isinstance(e, Activation | Extremum)
    for i, part in enumerate(parts):

        def placed(
            new: Expression, i: int = i, parts: Sequence[Expression] = parts, whole: Whole = whole
        ) -> Expression:
            return whole([*parts[:i], new, *parts[i + 1 :]])

        yield from _sites(Site(part, site, placed, below, sealed, bent))


Whole = Callable[[Sequence[Expression]], Expression]


def _rebuilder(e: Expression) -> Whole:
    return lambda parts: rebuilt(e, tuple(parts))


def factors_of(e: Expression) -> tuple[Expression, ...]:
    """The factors of a group of one kind of product, left to right."""
    if isinstance(e, Hadamard):
        return (*factors_of(e.left), e.right) if isinstance(e.left, Hadamard) else (e.left, e.right)
    if isinstance(e, Product):
        return (e.left, *factors_of(e.right)) if isinstance(e.right, Product) else (e.left, e.right)
    return (e,)


def joined_by(kind: type[Expression]) -> Whole:
    """What makes one group of factors again."""
    return _hadamards if kind is Hadamard else _products


def _hadamards(parts: Sequence[Expression]) -> Expression:
    result = parts[0]
    for part in parts[1:]:
        result = Hadamard(result, part, span=parts[0].span)
    return result


def _products(parts: Sequence[Expression]) -> Expression:
    result = parts[-1]
    for part in reversed(parts[:-1]):
        result = Product(part, result, span=part.span)
    return result


def regrouped(e: Expression) -> Iterator[tuple[Expression, Put]]:
    """Neighbouring factors of an elementwise group, to be taken as one term of a sum that has lost others."""
    if not isinstance(e, Hadamard):
        return
    parts = factors_of(e)
    for i in range(len(parts)):
        for k in range(i + 1, len(parts) + (i > 0)):
            part = joined_by(Hadamard)(parts[i:k])

            def placed(new: Expression, i: int = i, k: int = k) -> Expression:
                return joined_by(Hadamard)([*parts[:i], new, *parts[k:]])

            yield part, placed
