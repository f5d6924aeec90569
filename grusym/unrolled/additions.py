"""What may be missing: a slope, a gate, a recurrent matrix, the gradient from above, a sum over steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from grusym.language.expression import (
    ONE,
    Activation,
    Diagonal,
    Expression,
    Hadamard,
    Name,
    Negative,
    Power,
    Sum,
    Transpose,
    walk,
)
from grusym.language.scanner import NameToken
from grusym.language.surface import Chain, Written
from grusym.language.times import surface, written
from grusym.unrolled import kinds
from grusym.unrolled.index import Index, read_index
from grusym.unrolled.meanings import Names
from grusym.unrolled.names import ALWAYS, parts
from grusym.unrolled.sites import Edit, Rebuild, flat, gradientlike, is_weight, product, sites
from grusym.unrolled.slips import named, retimed, time_of
from grusym.unrolled.tree import GradientOf, Partial, Repeated, SlopeAt


@dataclass(frozen=True)
class Author:
    """The names that an author uses for the values of a cell."""

    names: Names
    left: Expression
    right: Expression

    @cached_property
    def own(self) -> dict[str, NameToken]:
        """The author's name for each value that the claim speaks of."""
        found: dict[str, NameToken] = {}
        for w in (*_spoken(self.left), *_spoken(self.right)):
            meanings = self.names.meanings(parts(w.name, ALWAYS))
            if meanings and meanings[0].kind == "value":
                found.setdefault(meanings[0].name.rstrip("'"), w.name)
        return found

    def value(self, name: str, like: Expression) -> Written:
        """A value at the time that something else has."""
        time, part = time_of(_target(like).name) if _target(like) is not None else ("", "")  # type: ignore[union-attr]
        own = self.own.get(name.rstrip("'"))
        if own is not None and not time and (old := time_of(own)[0]):  # h_prev or h[t-1], where h is meant
            return Written(retimed(own, "" if old in ("prev", "next") else old[:1]) or own)
        if own is not None:
            return Written(own if not time else retimed(own, time) or own)
        return Written(named(name, time, part))

    def slope(self, name: str, like: Expression) -> Expression:
        """The slope of a value's activation, written in the value."""
        right = self.names.cell.equation(name).right
        function = right.function if isinstance(right, Activation) else ""
        v = self.value(name, like)
        return _slope(function, v)

    def inside(self, like: Expression) -> Iterator[tuple[Expression, Expression]]:
        """Functions of values inside equations, as the tanh(c) of h = o ⊙ tanh(c), each with its slope."""
        for equation in self.names.cell.equations:
            for node in walk(equation.right):
                if isinstance(node, Activation) and isinstance(node.operand, Name):
                    u = Activation(node.function, self.value(node.operand.name, like))
                    yield u, _slope(node.function, u)

    def slopes(self, like: Expression) -> list[Expression]:
        """All slopes at a time."""
        own = [self.slope(v, like) for v in self.names.activations]
        return [*own, *(slope for _, slope in self.inside(like))]

    def factors(self, like: Expression) -> list[Expression]:
        """All that may stand as a factor at a time: slopes, functions, values, one less a gate."""
        values = [v for v in self.names.cell.values if v not in self.names.cell.next_states]
        found = [*self.slopes(like), *(u for u, _ in self.inside(like))]
        for v in values:
            w = self.value(v, like)
            found += [w, Sum((ONE, Negative(w)))]
        return [*found, *(self.value(s, like) for s in self.names.cell.states)]

    def gradient(self, name: str, like: Expression) -> Expression:
        """The gradient at a value, in the form that the left side has."""
        v = self.value(name, like)
        if isinstance(self.left, Partial):
            return replace(self.left, by=v)
        if isinstance(self.left, GradientOf):
            return replace(self.left, target=v)
        if isinstance(self.left, Written) and self.left.name.base.startswith("d"):
            return Written(replace(v.name, base="d" + v.name.base))
        return GradientOf(v, "δ")

    @cached_property
    def weights(self) -> list[Written]:
        """The recurrent matrices, as the author names them if he does."""
        named_here = {
            meanings[0].name: w
            for w in (*_spoken(self.left), *_spoken(self.right))
            if (meanings := self.names.meanings(parts(w.name, ALWAYS))) and meanings[0].kind == "weight"
        }
        recurrent = [w for w in self.names.matrices if self.names.hint(w) == "h"][:4]
        return [named_here.get(w) or Written(named(w, "", "")) for w in recurrent]


def _slope(function: str, v: Expression) -> Expression:
    if function == "tanh":
        return Sum((ONE, Negative(Power(v, 2))))
    if function == "σ":
        return Hadamard(v, Sum((ONE, Negative(v))))
    return SlopeAt(v)


def times(e: Expression, x: Expression) -> Expression:
    """e ⊙ x, without brackets around a product x."""
    if isinstance(x, Hadamard):
        return Hadamard(Hadamard(e, x.left), x.right)
    return Hadamard(e, x)


def _spoken(e: Expression) -> list[Written]:
    return list(written(e))


def _target(e: Expression) -> Written | None:
    """The name in a gradient, or the first one with a time."""
    inner = e.by if isinstance(e, Partial) else e.target if isinstance(e, GradientOf) else e
    if isinstance(inner, Written):
        return inner
    timed = [w for w in _spoken(inner) if time_of(w.name)[0]]
    return timed[0] if timed else None


def factors(e: Expression, names: Names, left: Expression) -> Iterator[Edit]:
    """Slopes, gates and recurrent matrices that may be missing at a gradient, in a term or in a product."""
    author = Author(names, left, e)
    for node, put in sites(e):
        if gradientlike(node, names):
            yield from _at_gradient(author, node, put)
    of_values = isinstance(left, Partial) and not gradientlike(left, names)
    when = left.of if isinstance(left, Partial) and of_values else left
    for node, put in _terms(e):
        for x in author.factors(when if of_values else _gradient_in(node, names) or when):
            if of_values:
                yield from _before_matrices(x, node, put)
            else:
                yield Edit(kinds.FACTOR, put(times(node, x)), node, 1)
    for node, put in sites(e):
        if isinstance(node, Chain) and not of_values:
            for x in author.slopes(when):
                for i in range(len(node.factors) + 1):
                    new = (*node.factors[:i], Diagonal(x), *node.factors[i:])
                    yield Edit(kinds.FACTOR, put(Chain(new, (*node.signs, ""))), node, 1)


def _at_gradient(author: Author, node: Expression, put: Rebuild) -> Iterator[Edit]:
    for x in author.slopes(node):
        lit = times(node, x)
        yield Edit(kinds.FACTOR, put(lit), node, 1)
        for w in author.weights:
            for matrix in (Transpose(w), w):
                yield Edit(kinds.FACTOR, put(Chain((matrix, lit), ("",))), node, 1)


def _before_matrices(x: Expression, node: Expression, put: Rebuild) -> Iterator[Edit]:
    """diag(x) before a term that is a matrix, and between its factors."""
    if not isinstance(node, Chain):
        yield Edit(kinds.FACTOR, put(Chain((Diagonal(x), node), ("",))), node, 1)
        return
    for i in range(len(node.factors) + 1):
        new = (*node.factors[:i], Diagonal(x), *node.factors[i:])
        yield Edit(kinds.FACTOR, put(Chain(new, (node.signs[0], *node.signs))), node, 1)


def _terms(e: Expression) -> Iterator[tuple[Expression, Rebuild]]:
    """The terms of sums, and the bodies of repeated products."""
    for node, put in sites(e):
        if isinstance(node, Sum) and ONE not in node.terms:
            for i, term in enumerate(node.terms):
                bare = term.operand if isinstance(term, Negative) else term
                yield bare, _in_sum(node, i, put)
        if isinstance(node, Repeated):
            yield node.body, _in_body(node, put)
    yield e, lambda new: new


def _in_sum(node: Sum, i: int, put: Rebuild) -> Rebuild:
    def rebuild(new: Expression) -> Expression:
        signed = replace(node.terms[i], operand=new) if isinstance(node.terms[i], Negative) else new  # type: ignore[call-arg]
        return put(replace(node, terms=(*node.terms[:i], signed, *node.terms[i + 1 :])))

    return rebuild


def _in_body(node: Repeated, put: Rebuild) -> Rebuild:
    return lambda new: put(replace(node, body=new))


def _gradient_in(e: Expression, names: Names) -> Expression | None:
    return next((n for n in surface(e) if gradientlike(n, names)), None)


def upstream(e: Expression, names: Names, left: Expression) -> Iterator[Edit]:
    """The gradient that comes from above, where none stands on the right."""
    if not gradientlike(left, names) or any(gradientlike(n, names) for n in surface(e)):
        return
    author = Author(names, left, e)
    values = (*names.cell.states, *(v for v in names.cell.values if not v.endswith("'")))
    for value in values:
        for node, put in sites(e):
            if isinstance(node, Chain):
                for i in (len(node.factors) - 1, 0):
                    if is_weight(node.factors[i], names) or isinstance(node.factors[i], Transpose):
                        continue
                    lit = _before(author.gradient(value, node), node.factors[i])
                    new = (*node.factors[:i], lit, *node.factors[i + 1 :])
                    yield Edit(kinds.UPSTREAM, put(replace(node, factors=new)), node, 1)
                whole = (*node.factors, author.gradient(value, left))
                yield Edit(kinds.UPSTREAM, put(Chain(whole, (*node.signs, node.signs[-1]))), node, 1)
        yield Edit(kinds.UPSTREAM, _before(author.gradient(value, left), e), e, 1)


def _before(gradient: Expression, e: Expression) -> Expression:
    """A gradient as the first factor of an elementwise product."""
    found, joints = flat(e)
    return product([gradient, *found], [Hadamard, *joints])


def sums(e: Expression, left: Expression) -> Iterator[Edit]:
    """A sum over a letter that stands on the right alone, up to the time on the left; over all steps."""
    spoken = {time_of(w.name)[0] for w in _spoken(left)}
    letters = {x for t in spoken for x, _ in (_letters(t))}
    bound = {n.letter for n in surface(e) if isinstance(n, Repeated)}
    here = [x for w in _spoken(e) for x, _ in _letters(time_of(w.name)[0])]
    one = Index(constant=1)
    for letter in dict.fromkeys(x for x in here if x not in bound):
        if letter not in letters:
            for high in [read_index(t) for t in spoken if t]:
                yield Edit(kinds.SUM, Repeated("sum", letter, one, high, e), e)
        yield Edit(kinds.SUM, Repeated("sum", letter, None, None, e), e)


def _letters(text: str) -> tuple[tuple[str, int], ...]:
    index = read_index(text) if text else None
    return index.letters if index is not None and not index.word else ()
