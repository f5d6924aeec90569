"""Elementwise products that share factors: r ⊙ (1 - r) is one value wherever it occurs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import combinations

from grusym.kernels.lowering import factors
from grusym.language.expression import Expression, Hadamard, Sum, children, rebuilt

Level = Callable[[Expression], int]
Chains = dict[Expression, list[Expression]]


def factored(expressions: Iterable[Expression], level: Level) -> list[Expression]:
    """The same expressions with factors that often meet brought together, and what is known early apart.

    Method: elementwise products are flattened; as long as two factors of one level meet in two products,
    those that meet most often become one factor. Only the order of factors, and for sums in a loop the
    order of terms, changes.
    """
    expressions = list(expressions)
    chains: Chains = {}
    for e in expressions:
        _collect(e, chains)
    levels = {
        factor: level(factor) for factor in dict.fromkeys(f for chain in chains.values() for f in chain)
    }
    for chain in chains.values():
        chain.sort(key=levels.__getitem__)
    _share(chains, levels)
    done: dict[Expression, Expression] = {}
    return [_rewritten(e, chains, level, done) for e in expressions]


def _collect(e: Expression, chains: Chains) -> None:
    """Note the factors of every elementwise product in a tree."""
    if isinstance(e, Hadamard):
        if e not in chains:
            chains[e] = factors(e)
            for factor in chains[e]:
                _collect(factor, chains)
        return
    for child in children(e):
        _collect(child, chains)


def _share(chains: Chains, levels: dict[Expression, int]) -> None:
    """Make pairs of factors that meet in several products one factor, the commonest first."""
    taken: set[frozenset[Expression]] = set()
    while True:
        meetings: Counter[frozenset[Expression]] = Counter()
        for chain in chains.values():
            pairs = (frozenset(p) for p in combinations(chain, 2) if levels[p[0]] == levels[p[1]])
            meetings.update(p for p in dict.fromkeys(pairs) if len(p) == 2)
        common = [(count, pair) for pair, count in meetings.items() if count > 1 and pair not in taken]
        if not common:
            return
        most = max(count for count, _ in common)
        pair = next(p for count, p in common if count == most)
        taken.add(pair)
        _join(chains, pair, levels)


def _join(chains: Chains, pair: frozenset[Expression], levels: dict[Expression, int]) -> None:
    order: list[Expression] = []
    for chain in chains.values():
        if not pair <= set(chain):
            continue
        order = order or list(dict.fromkeys(f for f in chain if f in pair))
        joint = Hadamard(order[0], order[1])
        levels[joint] = levels[order[0]]
        at = min(chain.index(f) for f in pair)
        for factor in order:
            chain.remove(factor)
        # A product of just these two is the pair itself.
        chain[at:at] = [joint] if chain else order


def _rewritten(e: Expression, chains: Chains, level: Level, done: dict[Expression, Expression]) -> Expression:
    if e in done:
        return done[e]
    if isinstance(e, Hadamard):
        first, *rest = (_rewritten(f, chains, level, done) for f in chains.get(e, (e.left, e.right)))
        result = first
        for factor in rest:
            result = Hadamard(result, factor)
    else:
        result = rebuilt(e, tuple(_rewritten(child, chains, level, done) for child in children(e)))
        if isinstance(result, Sum):
            result = _early_first(result, level)
    done[e] = result
    return result


def _early_first(e: Sum, level: Level) -> Expression:
    """Terms known before a loop, as one sum of their own before those known only inside it."""
    levels = [level(term) for term in e.terms]
    early = tuple(t for t, known in zip(e.terms, levels, strict=True) if known < max(levels))
    if max(levels) < 2 or not early:
        return e
    late = tuple(t for t, known in zip(e.terms, levels, strict=True) if known == max(levels))
    return Sum((early[0] if len(early) == 1 else Sum(early), *late))
