"""Whether a formula is a true count: its letters and numbers are taken for sizes in every way they may be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from grusym.counts.context import Context
from grusym.counts.letters import SMALL, Reading, readings, standard_point
from grusym.counts.truths import (
    Count,
    Extent,
    biases_residue,
    exact,
    exact_biases,
    layer_counts,
    maps,
    residue,
)
from grusym.language.amounts.tree import (
    Amount,
    Number,
    Operation,
    letters,
    polynomial,
    residue as tree_residue,
)

SEEDS = (1_000_003, 998_244_353)  # two points: a wrong formula of degree 12 passes both once in 10^34
SIZE_WORDS = {
    "n": "the state width",
    "m": "the input width",
    "p": "the projected width",
    "k": "the output width",
}
SIZE_WORDS |= {"L": "the number of layers", "D": "the number of directions", "T": "the number of steps"}
SIZE_WORDS |= {
    "B": "the batch size",
    "V": "the size of the vocabulary",
    "g": "the number of gates and candidates",
}
SIZE_WORDS |= {"bias": "the number of biases"}


@dataclass(frozen=True)
class Match:
    """A true count that a formula is, and how its letters were read."""

    count: Count
    extent: Extent
    reading: Reading
    competing: bool = False  # frameworks store otherwise

    @property
    def key(self) -> tuple[Any, ...]:
        """The convention: what formulas of one text must have in common."""
        return (self.count.formula, self.extent)

    def assumes(self) -> tuple[str, ...]:
        """What must be said for the formula to be right, in words."""
        found = []
        if self.count.rank or self.competing or self.count.quantity not in ("parameters",):
            found.append(self.count.convention + stored_by(self.count))
        found += self.extent.words()
        small = [
            size
            for name, size in self.reading.meaning.items()
            if name in ("#n", "#m") and self._is_small(size)
        ]
        found += [f"{SIZE_WORDS[size]} {self.reading.sizes[size]}, read from the numbers" for size in small]
        if self.reading.same and not self.reading.sizes.get("n"):
            found.append("the input as wide as the state")
        return tuple(word for word in found if word)

    def _is_small(self, size: str) -> bool:
        """Whether a size that was read from numbers is so small that it might be a factor."""
        return self.reading.sizes.get(size, SMALL + 1) <= SMALL

    def letters(self) -> str:
        """Which letter or number is which size."""
        said = [
            f"{name} is {SIZE_WORDS[size]}"
            for name, size in self.reading.meaning.items()
            if not name.startswith("#") and size in SIZE_WORDS
        ]
        numbers = [
            f"{SIZE_WORDS[size]} is {number}"
            for size, number in self.reading.sizes.items()
            if size in SIZE_WORDS
        ]
        return ", ".join(said or numbers)


def stored_by(count: Count) -> str:
    """The frameworks that store a count, in words."""
    names = [name.rsplit(" ", 1)[0] for name in count.frameworks]
    return f" (as in {', '.join(dict.fromkeys(names))})" if names else ""


def matches(tree: Amount, context: Context) -> tuple[Match, ...]:
    """Every true count that a formula is, the plainest convention first."""
    found = _sorted(_found(tree, context, readings(tree, context)))
    if not found and not context.quantity and not (context.frameworks or context.more or context.own):
        more = replace(context, more=True)
        found = _sorted(_found(tree, more, readings(tree, more)))
    return tuple(m for m in found if proved(m, context))


def fits(reading: Reading, context: Context, twice: bool = False) -> Iterator[Match]:
    """The true counts that a formula is under one reading."""
    yield from _found(reading.tree, context, (reading,), twice)


def _found(
    tree: Amount, context: Context, read: Iterable[Reading], twice: bool | None = None
) -> Iterator[Match]:
    doubled = _doubled(tree, context) if twice is None else twice
    competing = len({c.formula for c in layer_counts(context.cell) if c.frameworks}) > 1
    number = _number(tree)
    known: dict[bool, Any] = {}
    for reading in read:
        suited = context.suited(reading.roles)
        key = suited is context
        if key not in known:
            known[key] = tuple((count, _names(count)) for count in suited.counts())
        counts = known[key]
        if number is not None and not _possible(number, reading, counts, doubled, context):
            continue
        own = _at(reading, SEEDS[0], context) if "bias" not in reading.roles else None
        for extent in suited.extents(reading.roles, doubled):
            for count, needed in counts:
                if _open(reading, needed):
                    continue
                if own is not None and own != _truth(reading, SEEDS[0], count, extent):
                    continue
                if _equal(reading, count, extent, context):
                    yield Match(count, extent, reading, competing and count.quantity == "parameters")


def _number(tree: Amount) -> int | None:
    """The value of a formula without letters, modulo PRIME."""
    return None if letters(tree) else tree_residue(tree, {})


def _possible(number: int, reading: Reading, counts: Any, doubled: bool, context: Context) -> bool:
    """Whether any count has that value at the sizes that numbers were read as."""
    if not {"n", "m"} <= reading.sizes.keys():
        return True
    at = {**dict.fromkeys("pkLDTBV", 1), **reading.sizes}
    return any(
        number == residue(count, extent, at)
        for extent in context.extents(reading.roles, doubled)
        for count, needed in counts
        if "p" not in needed
    )


@lru_cache(maxsize=4096)
def _names(count: Count) -> frozenset[str]:
    return frozenset(s.name for s in count.formula.free_symbols)


def _open(reading: Reading, needed: frozenset[str]) -> bool:
    """Whether a count has a size that the formula says nothing of."""
    if "p" in needed and "p" not in reading.roles:
        return True
    return "m" in needed and not ("m" in reading.known or reading.same or "m" in reading.sizes)


def _sorted(found: Iterable[Match]) -> list[Match]:
    return sorted(
        found, key=lambda m: (m.count.rank, m.extent != Extent(), m.reading.same, _unusual(m.reading))
    )


def _unusual(reading: Reading) -> int:
    """How many letters stand for another size than the one they usually do."""
    return sum(name in "nmkp" and name != size for name, size in reading.meaning.items())


def _equal(reading: Reading, count: Count, extent: Extent, context: Context) -> bool:
    if "bias" in reading.roles:
        return all(_with_biases(reading, seed, count, extent, context) for seed in SEEDS)
    return all(_at(reading, seed, context) == _truth(reading, seed, count, extent) for seed in SEEDS)


def _with_biases(reading: Reading, seed: int, count: Count, extent: Extent, context: Context) -> bool:
    at = reading.point(seed)
    biases = biases_residue(count, extent, at)
    return biases != 0 and _residue(reading, at, context, biases) == residue(count, extent, at)


def _at(reading: Reading, seed: int, context: Context) -> int:
    return _residue(reading, reading.point(seed), context, 0)


def _residue(reading: Reading, at: dict[str, int], context: Context, biases: int) -> int:
    g = int(maps(context.cell))
    return tree_residue(reading.tree, {name: reading.value(name, at, g, biases) for name in reading.meaning})


def _truth(reading: Reading, seed: int, count: Count, extent: Extent) -> int:
    if reading.same or "m" not in reading.known:
        return residue(count, extent, reading.point(seed))
    return _truth_of(count, extent, seed)


@lru_cache(maxsize=100_000)
def _truth_of(count: Count, extent: Extent, seed: int) -> int:
    return residue(count, extent, standard_point(seed))


def proved(match: Match, context: Context) -> bool:
    """Whether formula and count are the same polynomial, by expanding both exactly."""
    import sympy

    sizes: dict[str, Any] = {size: sympy.Symbol(size, integer=True, positive=True) for size in "nmpkLDTBV"}
    sizes = match.reading.completed(sizes)
    biases = exact_biases(match.count, match.extent, sizes)
    g = maps(context.cell)
    own = {name: match.reading.value(name, sizes, g, biases) for name in match.reading.meaning}
    return bool(
        sympy.expand(polynomial(match.reading.tree, own) - exact(match.count, match.extent, sizes)) == 0
    )


def _doubled(tree: Amount, context: Context) -> bool:
    """Whether the number of maps and a 2 stand as factors of their own: 3 * 2 * (...) of a GRU."""
    g = int(maps(context.cell))
    factors = [f.value for f in _factors(tree) if isinstance(f, Number)]
    return 2 in factors and g in factors and g != 2


def _factors(tree: Amount) -> Iterator[Amount]:
    if isinstance(tree, Operation) and tree.sign == "*":
        yield from _factors(tree.left)
        yield from _factors(tree.right)
    else:
        yield tree
