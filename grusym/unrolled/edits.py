"""Trees one edit away from a side of a claim, each with the kind of error that the edit would mend."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

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
from grusym.language.surface import Chain, Starred, Written
from grusym.language.times import surface
from grusym.unrolled import kinds
from grusym.unrolled.additions import Author, factors, sums, upstream
from grusym.unrolled.entries import exchanged, numbered
from grusym.unrolled.meanings import Names
from grusym.unrolled.sites import (
    Edit,
    Rebuild,
    flat,
    gradientlike,
    inner,
    is_weight,
    product,
    sites,
    with_inner,
)
from grusym.unrolled.slips import named, renamed, slips, time_of
from grusym.unrolled.tree import OUTER as OUTER_SIGN, Entry, Largest, Norm, Partial, Repeated, Sliced


def edits(e: Expression, names: Names, left: Expression) -> Iterator[Edit]:
    """The neighbours of a tree, likeliest kinds of error first."""
    yield from _chains(e, names)
    yield from _transposes(e, names)
    yield from _orders(e, names)
    yield from _brackets(e)
    yield from _signs(e, names)
    yield from functions(e)
    yield from _applied(e, names, left)
    yield from slips(e, names, left)
    yield from factors(e, names, left)
    yield from upstream(e, names, left)
    yield from _shapes(e, names)
    yield from _bounds(e)
    yield from sums(e, left)
    yield from renamed(e, names)
    yield from _other_gradients(e, names)
    yield from _dropped(e, names)


# ---- transposes and orders --------------------------------------------------------------------


def _toggled(e: Expression, names: Names) -> Expression:
    """All weights of a tree transposed, those that are already no longer."""
    if isinstance(e, Transpose) and _weightlike(e.operand, names):
        return e.operand
    if is_weight(e, names):
        return Transpose(e, span=e.span)
    if isinstance(e, Sliced) and is_weight(e.operand, names):
        return Transpose(e, span=e.span)
    pieces = inner(e)
    return with_inner(e, tuple(_toggled(p, names) for p in pieces)) if pieces else e


def _weightlike(e: Expression, names: Names) -> bool:
    return is_weight(e, names) or (isinstance(e, Sliced) and is_weight(e.operand, names))


def _transposes(e: Expression, names: Names) -> Iterator[Edit]:
    for node, put in sites(e):
        if isinstance(node, Entry) and len(node.letters) == 2:  # W_ij as W_ji
            yield Edit(kinds.TRANSPOSE, put(replace(node, letters=node.letters[::-1])), node)
    for first, second in combinations(sorted({x for node in surface(e) for x in numbered(node)}), 2):
        yield Edit(kinds.TRANSPOSE, exchanged(e, {first: second, second: first}), e)
    under: set[int] = set()
    count = 0
    for node, put in sites(e):
        if isinstance(node, Transpose) and _weightlike(node.operand, names):
            under.add(id(node.operand))
            yield Edit(kinds.TRANSPOSE, put(node.operand), node)
            count += 1
        elif isinstance(node, Transpose) and isinstance(node.operand, Repeated | Chain):
            yield Edit(kinds.TRANSPOSE, put(node.operand), node)
        elif isinstance(node, Repeated) and node.kind == "prod":
            yield Edit(kinds.TRANSPOSE, put(Transpose(node, span=node.span)), node)
        elif is_weight(node, names) and id(node) not in under:
            yield Edit(kinds.TRANSPOSE, put(Transpose(node, span=node.span)), node)
            count += 1
    if count > 1:
        whole = _toggled(e, names)
        yield Edit(kinds.TRANSPOSE, whole, e)
        for other in _orders(whole, names):
            yield Edit(kinds.TRANSPOSE, other.tree, e)
        for node, put in sites(whole):
            if isinstance(node, Sliced):
                yield Edit(kinds.TRANSPOSE, put(_other_half(node)), e)


def _other_half(e: Sliced) -> Sliced:
    return replace(e, ranges=tuple((high, low) for low, high in e.ranges))


def _chains(e: Expression, names: Names) -> Iterator[Edit]:
    """A gradient before transposed factors moved behind them, or the factors set in the order of rows."""
    for node, put in sites(e):
        if not isinstance(node, Chain):
            continue
        f, s = node.factors, node.signs
        turned = any(isinstance(n, Transpose) for x in f[1:] for n in surface(x))
        if gradientlike(f[0], names) and turned:
            moved = Chain((*f[1:], f[0]), (*s[1:], s[0]), span=node.span)
            yield Edit(kinds.CHAIN, put(moved), node)
            swapped = _swapped_inside(moved)
            if swapped is not None:
                yield Edit(kinds.CHAIN, put(replace(node, factors=(f[0], *swapped.factors[:-1]))), node)


def _orders(e: Expression, names: Names) -> Iterator[Edit]:
    grouped_all = _grouped(e)
    if grouped_all != e:
        yield Edit(kinds.ORDER, grouped_all, e)
    for node, put in sites(e):
        if not isinstance(node, Chain):
            continue
        f, s = node.factors, node.signs
        if isinstance(f[-1], Starred | Hadamard):  # W (δ ⊙ r) as (W δ) ⊙ r
            out = replace(f[-1], left=Chain((*f[:-1], f[-1].left), s), right=f[-1].right)
            yield Edit(kinds.ORDER, put(out), node)
        for i in range(len(f) - 1):
            order = (*f[:i], f[i + 1], f[i], *f[i + 2 :])
            yield Edit(kinds.ORDER, put(Chain(order, s, span=node.span)), node)
    for node, put in sites(e):  # Wᵀ δ diag(v): a diagonal after the column
        if isinstance(node, Starred | Hadamard):
            left, right = node.left, node.right
            grouped: Expression
            if isinstance(left, Chain):
                grouped = Chain(
                    (*left.factors[:-1], replace(node, left=left.factors[-1], right=right)), left.signs
                )
                yield Edit(kinds.ORDER, put(grouped), node)
            if isinstance(right, Chain):
                inside = Chain((*right.factors[:-1], left), right.signs)
                grouped = replace(node, left=inside, right=right.factors[-1])
                yield Edit(kinds.ORDER, put(grouped), node)


def _grouped(e: Expression) -> Expression:
    """Every W δ ⊙ a ⊙ b as W (δ ⊙ a ⊙ b)."""
    if isinstance(e, Starred | Hadamard):
        found, joints = flat(e)
        first = found[0]
        if isinstance(first, Chain):
            last = product([first.factors[-1], *found[1:]], joints)
            return replace(first, factors=(*first.factors[:-1], last), span=None)
    pieces = inner(e)
    return with_inner(e, tuple(map(_grouped, pieces))) if pieces else e


def _swapped_inside(e: Chain) -> Chain | None:
    """∏ (Wᵀ D) as ∏ (D Wᵀ)."""
    for i, f in enumerate(e.factors):
        if isinstance(f, Repeated) and isinstance(f.body, Chain) and len(f.body.factors) == 2:
            body = replace(f.body, factors=f.body.factors[::-1])
            return replace(e, factors=(*e.factors[:i], replace(f, body=body), *e.factors[i + 1 :]))
    return None


# ---- brackets, signs, functions ---------------------------------------------------------------


def _brackets(e: Expression) -> Iterator[Edit]:
    for node, put in sites(e):
        if isinstance(node, Sum) and len(node.terms) > 1:
            yield from _regrouped(node, put)
        if isinstance(node, Starred | Hadamard):
            found, joints = flat(node)
            first = found[0]
            if isinstance(first, Sum) and ONE not in first.terms:  # (A + B) f as A + B f
                last = product([first.terms[-1], *found[1:]], joints)
                yield Edit(kinds.BRACKET, put(Sum((*first.terms[:-1], last))), node)
        if isinstance(node, Power) and isinstance(node.base, Sum) and len(node.base.terms) == 2:
            one, other = node.base.terms
            bare = other.operand if isinstance(other, Negative) else other
            squared: Expression = Power(bare, node.exponent)
            squared = Negative(squared) if isinstance(other, Negative) else squared
            yield Edit(kinds.BRACKET, put(Sum((one, squared))), node)
        if isinstance(node, Sum) and len(node.terms) == 2 and node.terms[0] == ONE:
            last = node.terms[1]
            if isinstance(last, Negative) and isinstance(last.operand, Power):
                raised = Power(Sum((ONE, Negative(last.operand.base))), last.operand.exponent)
                yield Edit(kinds.BRACKET, put(raised), node)


def _regrouped(node: Sum, put: Rebuild) -> Iterator[Edit]:
    """A + B f g as (A + B) f g, with a factor of B too many left out, or a function taken once too often."""
    factors, joints = flat(node.terms[-1])
    for k in range(1, min(4, len(factors))):
        rest = product(factors[:-k], joints[: len(factors) - k - 1])
        kept = list(factors[-k:])
        for inside in (rest, *_without_one(factors[:-k], joints[: len(factors) - k - 1])):
            whole = Sum((*node.terms[:-1], inside))
            for outside in (kept, *_once(kept)):
                joined = product([whole, *outside], joints[-k:])
                yield Edit(kinds.BRACKET, put(joined), node)


def _without_one(factors: list[Expression], joints: list[type]) -> Iterator[Expression]:
    for i in range(len(factors) if len(factors) > 1 else 0):
        less = factors[:i] + factors[i + 1 :]
        yield product(less, (joints[:i] + joints[i + 1 :])[: len(less) - 1])


def _once(factors: list[Expression]) -> Iterator[list[Expression]]:
    for i, f in enumerate(factors):
        for node, put in sites(f):
            if isinstance(node, Activation) and not node.function.endswith("'"):
                yield [*factors[:i], put(node.operand), *factors[i + 1 :]]


def _signs(e: Expression, names: Names) -> Iterator[Edit]:
    """Signs turned; where a gate opens as another closes, the one in the place of the other."""
    opposed = _opposed(names)
    kind = kinds.SIGN if opposed else kinds.SLIP
    for node, put in sites(e):
        if isinstance(node, Sum) and ONE not in node.terms and len(node.terms) == 2:
            turned = [_negated(t) for t in node.terms]  # a - b as b - a
            both = tuple(sorted(turned, key=lambda t: isinstance(t, Negative)))
            yield Edit(kind, put(replace(node, terms=both)), node)
    for node, put in sites(e):
        if isinstance(node, Sum) and ONE not in node.terms:
            for i, term in enumerate(node.terms):
                new = (*node.terms[:i], _negated(term), *node.terms[i + 1 :])
                yield Edit(kind, put(replace(node, terms=new)), node)
        if isinstance(node, Negative):
            yield Edit(kind, put(node.operand), node)
    if opposed:
        for node, put in sites(e):
            other = _opposite(node, names, opposed)
            if other is not None:
                yield Edit(kinds.SIGN, put(other), node)
        whole = _all_opposite(e, names, opposed)
        if whole != e:
            yield Edit(kinds.SIGN, whole, e)
    yield Edit(kind, Negative(e), e)


def _negated(e: Expression) -> Expression:
    return e.operand if isinstance(e, Negative) else Negative(e)


def _opposed(names: Names) -> frozenset[str]:
    """The gates z of a cell whose equations hold 1 - z."""
    found = set()
    for equation in names.cell.equations:
        for node in walk(equation.right):
            if isinstance(node, Sum) and len(node.terms) == 2 and node.terms[0] == ONE:
                last = node.terms[1]
                if isinstance(last, Negative) and isinstance(last.operand, Name):
                    found.add(last.operand.name)
    return frozenset(found)


def _opposite(e: Expression, names: Names, gates: frozenset[str]) -> Expression | None:
    """1 - z for z, and z for 1 - z; None for other nodes."""
    inside = _one_less(e)
    if inside is not None:
        return inside if _is_value(inside, names, gates) else None
    return Sum((ONE, Negative(e))) if _is_value(e, names, gates) else None


def _one_less(e: Expression) -> Expression | None:
    """The v of 1 - v."""
    if isinstance(e, Sum) and len(e.terms) == 2 and e.terms[0] == ONE and isinstance(e.terms[1], Negative):
        return e.terms[1].operand
    return None


def _is_value(e: Expression, names: Names, values: frozenset[str]) -> bool:
    found = names.meanings_of(e) if isinstance(e, Written) else []
    return bool(found) and found[0].kind == "value" and found[0].name in values


def _all_opposite(e: Expression, names: Names, gates: frozenset[str]) -> Expression:
    other = _opposite(e, names, gates)
    if other is not None:
        return other
    pieces = inner(e)
    return with_inner(e, tuple(_all_opposite(p, names, gates) for p in pieces)) if pieces else e


def functions(e: Expression) -> Iterator[Edit]:
    """The slope of another function in the place of one; a function taken once too often."""
    for node, put in sites(e):
        if isinstance(node, Activation):
            slope = node.function.endswith("'")
            for other in ("tanh", "σ"):
                new = other + ("'" if slope else "")
                if new != node.function:
                    yield Edit(kinds.FUNCTION, put(replace(node, function=new)), node)
            if not slope:
                yield Edit(kinds.FUNCTION, put(node.operand), node)
        plain = _one_less(node)
        if isinstance(plain, Written | Entry):  # 1 - v for 1 - v²
            yield Edit(kinds.FUNCTION, put(Sum((ONE, Negative(Power(plain, 2))))), node)
        v = _squared(plain)
        if v is not None:
            yield Edit(kinds.FUNCTION, put(Hadamard(v, Sum((ONE, Negative(v))))), node)
        if isinstance(node, Sum) and len(node.terms) == 2 and node.terms[0] == ONE:
            yield Edit(kinds.FUNCTION, put(Sum((ONE, _negated(node.terms[1])), span=node.span)), node)
        if isinstance(node, Starred | Hadamard):
            yield from _tanh_for_sigmoid(node, put)


def _applied(e: Expression, names: Names, left: Expression) -> Iterator[Edit]:
    """A function of the cell around a value that stands without it: tanh(c) for c."""
    author = Author(names, left, e)
    for node, put in sites(e):
        if isinstance(node, Written):
            for u, _ in author.inside(node):
                if isinstance(u, Activation) and u.operand == node:
                    yield Edit(kinds.FUNCTION, put(replace(u, operand=node)), node)


def _squared(e: Expression | None) -> Expression | None:
    """The v of v²."""
    if isinstance(e, Power) and e.exponent == 2:
        return e.base
    return e.left if isinstance(e, Starred | Hadamard) and e.left == e.right else None


def _tanh_for_sigmoid(node: Expression, put: Rebuild) -> Iterator[Edit]:
    """1 - v² for the factors v and 1 - v of a product."""
    found, joints = flat(node)
    for i, f in enumerate(found):
        v = _one_less(f)
        if v is not None and v in found:
            k = found.index(v)
            less = [Sum((ONE, Negative(Power(v, 2)))) if j == i else x for j, x in enumerate(found) if j != k]
            yield Edit(kinds.FUNCTION, put(product(less, joints[: len(less) - 1])), node)


def _other_gradients(e: Expression, names: Names) -> Iterator[Edit]:
    """The gradient at another value, where a chain begins with one that it does not lead to."""
    for node, put in sites(e):
        if isinstance(node, Partial) and gradientlike(node, names) and isinstance(node.by, Written):
            time, part = time_of(node.by.name)
            for value in (*names.cell.states, *names.cell.values, "y"):
                if value not in names.cell.next_states:
                    by = Written(named(value, time, part))
                    if by.name != node.by.name:
                        yield Edit(kinds.TYPE, put(replace(node, by=by)), node, 2)


# ---- shapes, bounds ---------------------------------------------------------------------------


def _shapes(e: Expression, names: Names) -> Iterator[Edit]:
    for node, put in sites(e):
        if isinstance(node, Starred | Hadamard):
            yield Edit(kinds.OUTER, put(Chain((node.left, Transpose(node.right)), ("",))), node)
        if isinstance(node, Chain):
            for i, f in enumerate(node.factors):
                if isinstance(f, Transpose) and isinstance(f.operand, Sum):
                    rest = node.factors[:i] + node.factors[i + 1 :]
                    turned = Chain((Diagonal(f.operand), *rest), node.signs)
                    yield Edit(kinds.OUTER, put(turned), node)
        if isinstance(node, Chain) and len(node.factors) == 2:
            u, v = node.factors
            inside = v.operand if isinstance(v, Transpose) else v if node.signs == (OUTER_SIGN,) else None
            if inside is not None and not is_weight(inside, names):
                yield Edit(kinds.OUTER, put(Hadamard(u, inside)), node)
        if isinstance(node, Diagonal) and isinstance(node.vector, Written):
            yield Edit(kinds.OUTER, put(Transpose(node.vector)), node)
        if isinstance(node, Transpose) and not isinstance(node.operand, Chain | Sum):
            yield Edit(kinds.OUTER, put(Diagonal(node.operand)), node)
        if isinstance(node, Sliced):
            yield Edit(kinds.OUTER, put(_other_half(node)), node)
            yield Edit(kinds.OUTER, put(node.operand), node)


def _dropped(e: Expression, names: Names) -> Iterator[Edit]:
    """A factor, a term, a matrix or a sum too many."""
    for node, put in sites(e):
        if isinstance(node, Starred | Hadamard):
            found, joints = flat(node)
            for i, f in enumerate(found):
                less = found[:i] + found[i + 1 :]
                kind = kinds.UPSTREAM if gradientlike(f, names) else kinds.FUNCTION
                yield Edit(kind, put(product(less, joints[: len(less) - 1])), node, 2)
                v = _one_less(f)  # the slope v ⊙ (1 - v) as a whole
                if v is not None and v in less and len(less) > 1:
                    k = less.index(v)
                    rest = less[:k] + less[k + 1 :]
                    yield Edit(kinds.FUNCTION, put(product(rest, joints[: len(rest) - 1])), node, 2)
        if isinstance(node, Chain):
            for i, f in enumerate(node.factors):
                fewer = node.factors[:i] + node.factors[i + 1 :]
                signs = node.signs[1:] if i == 0 else node.signs[: i - 1] + node.signs[i:]
                kind = kinds.UPSTREAM if gradientlike(f, names) else kinds.FACTOR
                yield Edit(kind, put(Chain(fewer, signs) if len(fewer) > 1 else fewer[0]), node, 2)
        if isinstance(node, Sum) and len(node.terms) > 2:
            for i in range(len(node.terms)):
                terms = node.terms[:i] + node.terms[i + 1 :]
                yield Edit(kinds.TYPE, put(replace(node, terms=terms)), node, 2)
        if isinstance(node, Repeated) and node.kind == "sum":
            yield Edit(kinds.SUM, put(node.body), node, 2)


def _bounds(e: Expression) -> Iterator[Edit]:
    for node, put in sites(e):
        if isinstance(node, Largest) and node.which in ("rho", "lambda"):
            operand = node.operand
            new: Expression = Norm(operand) if operand is not None else replace(node, which="sigma")
            yield Edit(kinds.NORM, put(new), node)
