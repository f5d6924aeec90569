"""One-edit neighbours of a formula: the slips people make in derivations, undone one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from grusym.language.activations import ACTIVATIONS
from grusym.language.build import negative
from grusym.language.derivatives import derivative
from grusym.language.expression import (
    ONE,
    Activation,
    Diagonal,
    Expression,
    Hadamard,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Span,
    Sum,
    Transpose,
)
from grusym.verifying.sites import Site, factors_of, joined_by


@dataclass(frozen=True, eq=False)
class Edit:
    """One change: `before` became `after`. A missing side is None. `kind` names the slip.

    The node of `site` has become `new`; the formula as a whole is written only where it is asked for.
    """

    kind: str
    before: Expression | None
    after: Expression | None
    site: Site
    new: Expression
    span: Span | None

    @property
    def whole(self) -> Expression:
        """The formula after the edit."""
        return self.site.put(self.new)


@dataclass(frozen=True, eq=False)
class Choice:
    """Edits at one site that differ in one expression, so that all of them can be tried at once.

    `build` makes the site's new node from an option, `after` what the edit is said to write.
    """

    site: Site
    kind: str
    options: tuple[Expression, ...]
    build: Callable[[Expression], Expression]
    after: Callable[[Expression], Expression] = lambda option: option
    before: Expression | None = None
    span: Span | None = None

    def edit(self, i: int) -> Edit:
        """The edit with one of the options."""
        option = self.options[i]
        own = self.before.span if self.before is not None else None
        place = self.span or own or self.site.node.span
        return Edit(self.kind, self.before, self.after(option), self.site, self.build(option), place)


Candidates = Iterator[Edit | Choice]


class Vocabulary(Protocol):
    """What an edit may write."""

    @property
    def factors(self) -> tuple[Expression, ...]:
        """Elementwise factors, likeliest first."""

    @property
    def matrices(self) -> tuple[Expression, ...]:
        """The matrices of the cell."""

    @property
    def functions(self) -> Sequence[str]:
        """The activations in use."""

    def alike(self, name: str) -> tuple[Expression, ...]:
        """Names of the same shape, likeliest first."""

    def is_matrix(self, e: Expression) -> bool:
        """Whether a formula is a matrix."""


def edits(found: Sequence[Site], words: Vocabulary) -> Candidates:
    """All one-edit neighbours of a formula by its sites, the smallest slips first."""
    for group in (
        _positive,
        _swapped,
        _signs,
        _turned,
        _exchanged,
        _powers,
        _renamed,
        _dropped,
        _slopes,
        _brackets,
        _inserted,
        _multiplied,
    ):
        for site in found:
            yield from group(site, words)


def _edit(
    site: Site, kind: str, before: Expression | None, after: Expression | None, new: Expression
) -> Edit:
    place = before if before is not None and before.span is not None else site.node
    return Edit(kind, before, after, site, new, place.span)


def _positive(site: Site, _: Vocabulary) -> Candidates:
    e = site.node
    if isinstance(e, Negative):
        yield _edit(site, "sign", e, e.operand, e.operand)


def _swapped(site: Site, _: Vocabulary) -> Candidates:
    """c - h for h - c."""
    e = site.node
    if isinstance(e, Sum) and len(e.terms) == 2 and isinstance(e.terms[1], Negative):
        new = Sum((e.terms[1].operand, Negative(e.terms[0])), span=e.span)
        if site.role in ("factor", "diagonal", "inside", "signed") and not isinstance(
            e.terms[0], Negative | Number
        ):
            yield _edit(site, "sign", e, new, new)


def _signs(site: Site, _: Vocabulary) -> Candidates:
    e = site.node
    if isinstance(e, Negative):
        return
    if site.role in ("term", "whole", "diagonal", "factor") and not (
        site.role == "factor" and not isinstance(e, Sum)
    ):
        yield _edit(site, "sign", e, negative(e), negative(e))


def _turned(site: Site, words: Vocabulary) -> Candidates:
    e = site.node
    if isinstance(e, Transpose):
        yield _edit(site, "transposition", e, e.operand, e.operand)
    elif (isinstance(e, Name) and words.is_matrix(e) and site.role != "inside") or (
        isinstance(e, Product | Sum) and words.is_matrix(e)
    ):
        yield _edit(site, "transposition", e, Transpose(e), Transpose(e))


def _exchanged(site: Site, _: Vocabulary) -> Candidates:
    e = site.node
    if not isinstance(e, Product):
        return
    parts = factors_of(e)
    for i in range(len(parts) - 1):
        new = joined_by(Product)([*parts[:i], parts[i + 1], parts[i], *parts[i + 2 :]])
        yield _edit(site, "order of factors", e, new, new)


def _powers(site: Site, words: Vocabulary) -> Candidates:
    e = site.node
    if isinstance(e, Power):
        yield _edit(site, "power", e, e.base, e.base)
        for k in (e.exponent - 1, e.exponent + 1):
            if k > 1:
                new = Power(e.base, k, span=e.span)
                yield _edit(site, "power", e, new, new)
        if isinstance(e.base, Sum):  # (1 - g)² for 1 - g²
            terms = e.base.terms
            for i, term in enumerate(terms):
                inner = term.operand if isinstance(term, Negative) else term
                raised = Power(inner, e.exponent)
                new_term = Negative(raised) if isinstance(term, Negative) else raised
                inside = Sum((*terms[:i], new_term, *terms[i + 1 :]), span=e.span)
                yield _edit(site, "bracket misplaced", e, inside, inside)
    elif isinstance(e, Activation) or (isinstance(e, Name) and not _is_linear(e, words)):
        new = Power(e, 2, span=e.span)
        yield _edit(site, "power", e, new, new)
    if isinstance(e, Sum):
        for i, term in enumerate(e.terms):
            inner = term.operand if isinstance(term, Negative) else term
            if isinstance(inner, Power):
                bare = negative(inner.base) if isinstance(term, Negative) else inner.base
                new = Power(Sum((*e.terms[:i], bare, *e.terms[i + 1 :])), inner.exponent, span=e.span)
                yield _edit(site, "bracket misplaced", e, new, new)


def _is_linear(e: Name, words: Vocabulary) -> bool:
    """Whether a name is a matrix or a derivative, which nobody raises to a power."""
    return words.is_matrix(e) or derivative(e.name) is not None


def _renamed(site: Site, words: Vocabulary) -> Candidates:
    e = site.node
    if isinstance(e, Name):
        yield Choice(site, "name", words.alike(e.name), lambda other: other, before=e)
        if not words.is_matrix(e) and derivative(e.name) is None:
            new = Sum((ONE, Negative(e)), span=e.span)
            yield _edit(site, "complement", e, new, new)
    if (inner := complement(e)) is not None:
        yield _edit(site, "complement", e, inner, inner)


def complement(e: Expression) -> Expression | None:
    """The v of 1 - v, or None."""
    if isinstance(e, Sum) and len(e.terms) == 2 and e.terms[0] == ONE and isinstance(e.terms[1], Negative):
        return e.terms[1].operand
    return None


def _dropped(site: Site, words: Vocabulary) -> Candidates:
    e = site.node
    if isinstance(e, Hadamard | Product):
        parts = factors_of(e)
        for i, part in enumerate(parts):
            rest = [*parts[:i], *parts[i + 1 :]]
            if isinstance(e, Product) and isinstance(part, Transpose) and not words.is_matrix(part):
                continue
            yield _edit(site, "factor", part, None, joined_by(type(e))(rest))
    elif isinstance(e, Sum):
        for i, term in enumerate(e.terms):
            kept = (*e.terms[:i], *e.terms[i + 1 :])
            yield _edit(site, "term", term, None, kept[0] if len(kept) == 1 else Sum(kept, span=e.span))
    elif isinstance(e, Quotient):
        yield _edit(site, "factor", e.right, None, e.left)
    elif isinstance(e, Number) and site.role == "factor":
        for k in (2, 3):
            yield _edit(site, "factor", e, Number(Fraction(k)), Number(e.value * k))


def _brackets(site: Site, _: Vocabulary) -> Candidates:
    """A factor that reaches only one term of a sum, or all of them where it should reach one."""
    e = site.node
    if isinstance(e, Sum) and len(e.terms) == 2:
        for i in (0, 1):
            term = e.terms[i]
            inner = term.operand if isinstance(term, Negative) else term
            for part in factors_of(inner) if isinstance(inner, Hadamard | Product) else ():
                kind = type(inner)
                rest = [f for f in factors_of(inner) if f is not part]
                bare = joined_by(kind)(rest)
                bare = Negative(bare) if isinstance(term, Negative) else bare
                terms = (bare, e.terms[1]) if i == 0 else (e.terms[0], bare)
                order = [part, Sum(terms)] if inner_first(inner, part) else [Sum(terms), part]
                new = joined_by(kind)(order)
                yield _edit(site, "bracket misplaced", e, new, new)
    if isinstance(e, Hadamard | Product):
        parts = factors_of(e)
        for i, part in enumerate(parts):
            if isinstance(part, Sum) and len(part.terms) > 1:
                for k, term in enumerate(part.terms):
                    minus = isinstance(term, Negative)
                    core = term.operand if isinstance(term, Negative) else term
                    one = joined_by(type(e))([*parts[:i], core, *parts[i + 1 :]])
                    one = Negative(one) if minus else one
                    new = Sum((*part.terms[:k], one, *part.terms[k + 1 :]), span=e.span)
                    yield _edit(site, "bracket misplaced", e, new, new)


def inner_first(group: Expression, part: Expression) -> bool:
    """Whether a factor stands first in its group."""
    return factors_of(group)[0] is part


def _slopes(site: Site, words: Vocabulary) -> Candidates:
    """The slope of another function: z ⊙ (1 - z) for 1 - z², tanh' for σ'."""
    e = site.node
    new: Expression
    if isinstance(e, Activation):
        own = e.function.rstrip("'")
        primes = e.function[len(own) :]
        for function in words.functions:
            if function != own and function in ACTIVATIONS:
                new = Activation(function + primes, e.operand, span=e.span)
                yield _edit(site, "slope of another function", e, new, new)
    if isinstance(e, Hadamard):
        parts = factors_of(e)
        for i, part in enumerate(parts):
            for k, other in enumerate(parts):
                if complement(other) is not None and complement(other) == part and i != k:
                    square = Sum((ONE, Negative(Power(part, 2))), span=part.span)
                    rest = [square if j == i else f for j, f in enumerate(parts) if j != k]
                    new = joined_by(Hadamard)(rest)
                    yield _edit(site, "slope of another function", e, new, new)
    inner = complement(e)
    if isinstance(inner, Power) and inner.exponent == 2:
        new = Hadamard(inner.base, Sum((ONE, Negative(inner.base))), span=e.span)
        yield _edit(site, "slope of another function", e, new, new)


def _inserted(site: Site, words: Vocabulary) -> Candidates:
    """An elementwise factor that was left out."""
    e = site.node
    elementwise = isinstance(e, Hadamard | Name | Sum | Product | Activation | Power | Quotient)
    if not elementwise or site.role == "factor" or words.is_matrix(e):
        return
    parts = factors_of(e) if isinstance(e, Hadamard) else (e,)
    yield Choice(site, "factor", words.factors, lambda factor: joined_by(Hadamard)([*parts, factor]))


def _multiplied(site: Site, words: Vocabulary) -> Candidates:
    """A factor that was left out of a product of matrices."""
    e = site.node
    if not words.is_matrix(e):
        if isinstance(e, Product) or site.role in ("term", "whole", "diagonal", "matrix factor"):
            yield Choice(site, "factor", words.matrices, lambda matrix: Product(matrix, e))
        return
    if site.role == "matrix factor" or isinstance(e, Negative | Sum | Transpose):
        return
    parts = factors_of(e) if isinstance(e, Product) else (e,)
    outer = isinstance(parts[-1], Transpose) and not words.is_matrix(parts[-1])
    for i in range(len(parts) + 1):
        beside = parts[max(i - 1, 0) : i + 1]
        if outer and i >= len(parts) - 1:
            continue

        def between(matrix: Expression, i: int = i) -> Expression:
            return joined_by(Product)([*parts[:i], matrix, *parts[i:]])

        def scaled(factor: Expression, i: int = i) -> Expression:
            return joined_by(Product)([*parts[:i], Diagonal(factor), *parts[i:]])

        if not any(isinstance(p, Diagonal) for p in beside):
            yield Choice(site, "factor", words.factors, scaled, Diagonal)
        yield Choice(site, "factor", words.matrices, between)
