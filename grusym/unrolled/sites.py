"""Every place in a surface tree, and what puts another tree there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from grusym.language.claim_grammar import LOSSES
from grusym.language.expression import Expression, Hadamard, children, rebuilt
from grusym.language.surface import Chain, Starred, Written
from grusym.unrolled.meanings import Names
from grusym.unrolled.names import ALWAYS, parts
from grusym.unrolled.targets import gradient_target
from grusym.unrolled.tree import GradientOf, Partial, SlopeAt

Rebuild = Callable[[Expression], Expression]


@dataclass(frozen=True)
class Edit:
    """A changed tree, the kind of error it mends, and the node that was changed.

    `tier`: 0 for what stands elsewhere, 1 for what is missing, 2 for another name or one too many.
    """

    kind: str
    tree: Expression
    node: Expression
    tier: int = 0


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


def is_weight(e: Expression, names: Names) -> bool:
    """Whether a node is the name of a weight."""
    if not isinstance(e, Written) or not e.name.base[:1].isalpha():
        return False
    found = names.meanings(parts(e.name, ALWAYS))
    return bool(found) and found[0].kind in ("weight", "weights", "output_weight", "block", "fused")


def gradientlike(e: Expression, names: Names) -> bool:
    """Whether a node is a gradient of the loss."""
    if isinstance(e, GradientOf):
        return True
    if isinstance(e, Partial):
        p = parts(e.of.name, ALWAYS) if isinstance(e.of, Written) else None
        return p is not None and p.letter in LOSSES and not names.owns(p.key)
    if isinstance(e, Written):
        p = parts(e.name, ALWAYS)
        return not names.meanings(p) and gradient_target(p, names) is not None
    return False


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
