"""Trees one edit away from a side of a claim, each with the kind of error that the edit would mend."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from grusym.language.expression import (
    ONE,
    Activation,
    Concatenation,
    Diagonal,
    Expression,
    Hadamard,
    Negative,
    Power,
    Sum,
    Transpose,
    children,
    rebuilt,
)
from grusym.language.scanner import NameToken
from grusym.language.surface import Chain, Starred, Written
from grusym.language.times import surface
from grusym.unrolled import kinds
from grusym.unrolled.lexer import PARTED
from grusym.unrolled.meanings import Names
from grusym.unrolled.names import ALWAYS, parts
from grusym.unrolled.targets import gradient_target
from grusym.unrolled.tree import GradientOf, Largest, Norm, Partial, Repeated, Sliced, SlopeAt

Rebuild = Callable[[Expression], Expression]


@dataclass(frozen=True)
class Edit:
    """A changed tree, the kind of error it mends, and the node that was changed."""

    kind: str
    tree: Expression
    node: Expression


def sites(e: Expression) -> Iterator[tuple[Expression, Rebuild]]:
    """Every node of a tree with what puts another in its place."""
    yield e, lambda new: new
    pieces = inner(e)
    for i, piece in enumerate(pieces):
        for node, put in sites(piece):
            yield node, _placed(e, pieces, i, put)


def _placed(e: Expression, pieces: tuple[Expression, ...], i: int, put: Rebuild) -> Rebuild:
    return lambda new: with_inner(e, (*pieces[:i], put(new), *pieces[i + 1 :]))


def inner(e: Expression) -> tuple[Expression, ...]:
    """The parts of a surface node."""
    if isinstance(e, Chain):
        return e.factors
    if isinstance(e, Partial | GradientOf | SlopeAt):
        return ()
    return children(e)


def with_inner(e: Expression, pieces: tuple[Expression, ...]) -> Expression:
    """The same node over other parts."""
    if isinstance(e, Chain):
        return replace(e, factors=pieces)
    if isinstance(e, Partial | GradientOf | SlopeAt):
        return e
    return rebuilt(e, pieces)


def edits(e: Expression, names: Names, left: Expression) -> Iterator[Edit]:
    """The neighbours of a tree, likeliest kinds of error first."""
    yield from _chains(e, names)
    yield from _transposes(e, names)
    yield from _orders(e, names)
    yield from _brackets(e)
    yield from _signs(e)
    yield from _functions(e)
    yield from _slips(e, names)
    yield from _factors(e, names, left)
    yield from _shapes(e)
    yield from _dropped(e, names)
    yield from _bounds(e)
    yield Edit(kinds.SUM, Repeated("sum", "t", None, None, e), e)


# ---- transposes and orders --------------------------------------------------------------------


def is_weight(e: Expression, names: Names) -> bool:
    """Whether a node is the name of a weight."""
    if not isinstance(e, Written) or not e.name.base[:1].isalpha():
        return False
    found = names.meanings(parts(e.name, ALWAYS))
    return bool(found) and found[0].kind in ("weight", "weights", "output_weight", "block")


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
    under: set[int] = set()
    count = 0
    for node, put in sites(e):
        if isinstance(node, Transpose) and _weightlike(node.operand, names):
            under.add(id(node.operand))
            yield Edit(kinds.TRANSPOSE, put(node.operand), node)
            count += 1
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


def gradientlike(e: Expression, names: Names) -> bool:
    """Whether a node is a gradient of the loss."""
    if isinstance(e, GradientOf):
        return True
    if isinstance(e, Partial):
        return isinstance(e.of, Written) and not names.owns(parts(e.of.name, ALWAYS).key)
    if isinstance(e, Written):
        p = parts(e.name, ALWAYS)
        return not names.meanings(p) and gradient_target(p, names) is not None
    return False


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


def _swapped_inside(e: Chain) -> Chain | None:
    """∏ (Wᵀ D) as ∏ (D Wᵀ)."""
    for i, f in enumerate(e.factors):
        if isinstance(f, Repeated) and isinstance(f.body, Chain) and len(f.body.factors) == 2:
            body = replace(f.body, factors=f.body.factors[::-1])
            return replace(e, factors=(*e.factors[:i], replace(f, body=body), *e.factors[i + 1 :]))
    return None


# ---- brackets, signs, functions ---------------------------------------------------------------


def flat(e: Expression) -> tuple[list[Expression], list[type]]:
    """The factors of a product joined elementwise, and the nodes that join them."""
    if isinstance(e, Starred | Hadamard):
        left, joints = flat(e.left)
        right, more = flat(e.right)
        return [*left, *right], [*joints, type(e), *more]
    return [e], []


def product(factors: list[Expression], joints: list[type]) -> Expression:
    """The product of factors, from the left."""
    result = factors[0]
    for f, joint in zip(factors[1:], joints, strict=True):
        result = joint(result, f)
    return result


def _brackets(e: Expression) -> Iterator[Edit]:
    for node, put in sites(e):
        if isinstance(node, Sum) and len(node.terms) > 1:
            yield from _regrouped(node, put)
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


def _signs(e: Expression) -> Iterator[Edit]:
    for node, put in sites(e):
        if isinstance(node, Sum) and ONE not in node.terms:
            for i, term in enumerate(node.terms):
                flipped = term.operand if isinstance(term, Negative) else Negative(term)
                new = (*node.terms[:i], flipped, *node.terms[i + 1 :])
                yield Edit(kinds.SIGN, put(Sum(new, span=node.span)), node)
            if len(node.terms) == 2:
                both = tuple(t.operand if isinstance(t, Negative) else Negative(t) for t in node.terms)
                yield Edit(kinds.SIGN, put(Sum(both, span=node.span)), node)


def _functions(e: Expression) -> Iterator[Edit]:
    for node, put in sites(e):
        if isinstance(node, Activation):
            slope = node.function.endswith("'")
            for other in ("tanh", "σ"):
                new = other + ("'" if slope else "")
                if new != node.function:
                    yield Edit(kinds.FUNCTION, put(replace(node, function=new)), node)
            if not slope:
                yield Edit(kinds.FUNCTION, put(node.operand), node)
        if isinstance(node, Written) and node.name.base in ("c", "C", "s"):
            yield Edit(kinds.FUNCTION, put(Activation("tanh", node)), node)


# ---- slips ------------------------------------------------------------------------------------

_INDEX = re.compile(r"(?<![A-Za-z\\])([tkijnT])\s*([+-]\s*\d)?(?![A-Za-z])")
_WORD = re.compile(r"(?:(?<=_)|(?<=\x1f)|^)(prev|next|curr)$")


def shifted(name: NameToken, by: int) -> NameToken | None:
    """A name one step later or earlier; None if it has no time to shift."""
    for part in ("subscript", "label"):
        text = getattr(name, part)
        other = {"next": "prev", "prev": "next", "curr": "prev"}
        if (word := _WORD.search(text)) is not None and by == -1:
            return replace(name, **{part: text[: word.start()] + other[word[1]] + text[word.end() :]})
        m = list(_INDEX.finditer(text))
        if not m:
            continue
        last = m[-1]
        offset = int((last[2] or "0").replace(" ", "")) + by
        new = last[1] + (f"{offset:+d}" if offset else "")
        return replace(name, **{part: text[: last.start()] + new + text[last.end() :]})
    return None


def _slips(e: Expression, names: Names) -> Iterator[Edit]:
    for node, put in sites(e):
        if isinstance(node, GradientOf) and isinstance(node.target, Written):
            for by in (1, -1):
                new = shifted(node.target.name, by)
                if new is not None:
                    target = replace(node.target, name=new)
                    yield Edit(kinds.SLIP, put(replace(node, target=target)), node)
        if isinstance(node, Partial) and isinstance(node.by, Written):
            for by in (1, -1):
                new = shifted(node.by.name, by)
                if new is not None:
                    yield Edit(kinds.SLIP, put(replace(node, by=replace(node.by, name=new))), node)
        if not isinstance(node, Written):
            continue
        for by in (1, -1):
            new = shifted(node.name, by)
            if new is not None:
                yield Edit(kinds.SLIP, put(replace(node, name=new)), node)
        yield from _renamed(node, put, names)


def _renamed(node: Written, put: Rebuild, names: Names) -> Iterator[Edit]:
    """Another value or weight in the place of a name, at the same time."""
    found = names.meanings(parts(node.name, ALWAYS))
    if not found or found[0].kind not in ("value", "weight"):
        return
    cell, own = names.cell, found[0].name
    shape = cell.shapes[own]
    pool = (*cell.states, *cell.values) if found[0].kind == "value" else cell.weights
    for other in pool:
        if other != own and other not in cell.next_states and cell.shapes[other] == shape:
            base, _, script = other.partition("_")
            letter = base.removesuffix("'")
            scripts = PARTED.join(x for x in (script.strip("{}"), _times_of(node.name)) if x)
            new = NameToken(letter, subscript=scripts)
            yield Edit(kinds.SLIP, put(replace(node, name=new)), node)


def _times_of(name: NameToken) -> str:
    pieces = [p for s in (name.subscript, name.label) for p in s.split(PARTED) if p]
    return PARTED.join(p for p in pieces if _INDEX.search(p) or _WORD.search(p))


# ---- factors ----------------------------------------------------------------------------------


def _factors(e: Expression, names: Names, left: Expression) -> Iterator[Edit]:
    """Slopes and recurrent matrices that are missing at a gradient or in a product of matrices."""
    values = [Written(NameToken(v.rstrip("'"))) for v in names.activations]
    recurrent = [Written(NameToken(w)) for w in names.matrices if names.hint(w) == "h"][:4]
    for node, put in sites(e):
        if gradientlike(node, names):
            time = _time_script(node)
            for v in values:
                slope = SlopeAt(replace(v, name=replace(v.name, label=time)))
                lit: Expression = Hadamard(node, slope)
                yield Edit(kinds.FACTOR, put(lit), node)
                for w in recurrent:
                    for matrix in (Transpose(w), w):
                        yield Edit(kinds.FACTOR, put(Chain((matrix, lit), ("",))), node)
        if isinstance(node, Chain) and not gradientlike(node, names):
            for v in values:
                for i in range(len(node.factors) + 1):
                    slope = SlopeAt(replace(v, name=replace(v.name, label=_time_script(left))))
                    new = (*node.factors[:i], Diagonal(slope), *node.factors[i:])
                    yield Edit(kinds.FACTOR, put(Chain(new, (*node.signs, ""))), node)
    for v in values:
        slope = SlopeAt(replace(v, name=replace(v.name, label=_time_script(left))))
        yield Edit(kinds.FACTOR, Hadamard(e, slope), e)
    for state in (*names.cell.states, *(v for v in names.cell.values if not v.endswith("'"))):
        value = Written(NameToken(state, label=_time_script(left)))
        yield Edit(kinds.FACTOR, Hadamard(e, value), e)
        gradient = GradientOf(value, "δ")
        if not any(gradientlike(n, names) for n in surface(e)):
            yield Edit(kinds.UPSTREAM, Hadamard(gradient, e), e)


def _time_script(e: Expression) -> str:
    """The time of a gradient as its script has it."""
    target = e.by if isinstance(e, Partial) else e.target if isinstance(e, GradientOf) else e
    if isinstance(target, Written):
        return _times_of(target.name).split(PARTED)[-1].split("_")[-1].strip("{}()<>") or "t"
    return "t"


# ---- shapes, bounds ---------------------------------------------------------------------------


def _shapes(e: Expression) -> Iterator[Edit]:
    for node, put in sites(e):
        if isinstance(node, Starred | Hadamard):
            yield Edit(kinds.OUTER, put(Chain((node.left, Transpose(node.right)), ("",))), node)
        if isinstance(node, Chain):
            for i, f in enumerate(node.factors):
                if isinstance(f, Transpose) and isinstance(f.operand, Sum):
                    rest = node.factors[:i] + node.factors[i + 1 :]
                    turned = Chain((Diagonal(f.operand), *rest), node.signs)
                    yield Edit(kinds.OUTER, put(turned), node)
        if isinstance(node, Transpose) and not isinstance(node.operand, Chain | Sum):
            yield Edit(kinds.OUTER, put(Diagonal(node.operand)), node)
        if isinstance(node, Sliced):
            yield Edit(kinds.OUTER, put(_other_half(node)), node)
            yield Edit(kinds.OUTER, put(node.operand), node)


def _dropped(e: Expression, names: Names) -> Iterator[Edit]:
    """A factor or a term too many."""
    for node, put in sites(e):
        if isinstance(node, Starred | Hadamard):
            factors, joints = flat(node)
            for i, f in enumerate(factors):
                less = factors[:i] + factors[i + 1 :]
                kind = kinds.UPSTREAM if gradientlike(f, names) else kinds.FUNCTION
                yield Edit(kind, put(product(less, joints[: len(less) - 1])), node)
        if isinstance(node, Sum) and len(node.terms) > 2:
            for i in range(len(node.terms)):
                yield Edit(kinds.TYPE, put(replace(node, terms=node.terms[:i] + node.terms[i + 1 :])), node)


def _bounds(e: Expression) -> Iterator[Edit]:
    for node, put in sites(e):
        if isinstance(node, Largest) and node.which in ("rho", "lambda"):
            operand = node.operand
            new: Expression = Norm(operand) if operand is not None else replace(node, which="sigma")
            yield Edit(kinds.NORM, put(new), node)


__all__ = ["Concatenation", "Edit", "edits", "flat", "gradientlike", "sites"]
