"""Which size each letter of a formula may be, and each number of one that is all numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from itertools import islice, product
from typing import Any

from grusym.counts.context import Context
from grusym.counts.truths import maps
from grusym.counts.words import CUSTOM, FIRM, size_of
from grusym.language.amounts.tree import PRIME, Amount, Letter, Number, letters, numbers, rebuilt

MANY = 4000  # assignments of sizes to letters tried for one formula
LIFTS = 256  # ways to read the numbers of one formula as sizes
SMALL = 8  # a number up to here may be itself and no size
FREE = ("n", "m", "k", "p")


@lru_cache(maxsize=8)
def standard_point(seed: int) -> Mapping[str, int]:
    """Residues for all sizes, the same every time."""
    return {size: pow(seed, 5 + 7 * i, PRIME) for i, size in enumerate("nmpkLDTBV")}


@dataclass(frozen=True)
class Reading:
    """A formula whose every letter is a size: `meaning` maps letters to sizes, or to sums of them.

    `sizes` are the numbers that stand for sizes, if numbers were read so; `same` says that the input is as
    wide as the state, because the formula has one letter for both.
    """

    tree: Amount
    meaning: Mapping[str, str]
    sizes: Mapping[str, int] = field(default_factory=dict)
    same: bool = False

    @property
    def roles(self) -> frozenset[str]:
        """The sizes that occur."""
        return frozenset(self.meaning.values())

    def point(self, seed: int) -> dict[str, int]:
        """Residues for all sizes, the input's as given or as the state's where the formula has none."""
        return self.completed(dict(standard_point(seed)))

    def completed(self, at: dict[str, Any]) -> dict[str, Any]:
        """The same sizes where the input has none of its own."""
        if self.same:
            at["m"] = at["n"]
        elif "m" not in self.known:
            at["m"] = self.sizes.get("m", at["m"])
        return at

    @property
    def known(self) -> frozenset[str]:
        """The sizes that stand as letters, lifted numbers among them."""
        return frozenset("".join(self.meaning.values()))

    def value(self, name: str, sizes: Mapping[str, Any], cell_maps: Any, biases: Any) -> Any:
        """What a letter is at some sizes."""
        meaning = self.meaning[name]
        if meaning in sizes:
            return sizes[meaning]
        if meaning == "g":
            return cell_maps
        if meaning == "bias":
            return biases
        return _combined(meaning, sizes, cell_maps)


def readings(tree: Amount, context: Context) -> Iterator[Reading]:
    """Every way to take the letters and numbers of a formula for sizes, the likeliest first."""
    names = letters(tree)
    options = [_options(name, names, context) for name in names]
    for chosen in islice(product(*options), MANY):
        single = [c for c in chosen if c not in ("bias", "one bias")]
        if len(set(single)) < len(single):
            continue
        meaning = {name: "n" if c == "one bias" else c for name, c in zip(names, chosen, strict=True)}
        yield from _lifted(tree, meaning, context)


def _options(name: str, names: tuple[str, ...], context: Context) -> tuple[str, ...]:
    if name in context.meaning:
        return (context.meaning[name],)
    size = size_of(name)
    if size == "bias":
        return ("one bias", "bias")
    if size == "k":  # the output of a recurrent layer is its state, unless the state has its own letter
        return ("k",) if any(_is_state(other, context) for other in names if other != name) else ("n", "k")
    if size == "V":
        return ("V", "m")
    if size == "p":
        return ("p", "n")
    if size:
        return (size,)
    base = name.split("_")[0]
    custom = CUSTOM.get(base, "")
    firm = base in FIRM or (
        base in "iI" and any(_is_state(other, context) for other in names if other != name)
    )
    if custom and firm:
        return (custom,)
    several = sum(len(other) < 5 for other in names) > 2
    open_sizes = FREE if several else tuple(dict.fromkeys((*FREE[:2], *(base if base in FREE else ""))))
    return tuple(dict.fromkeys(([custom] if custom else []) + list(open_sizes)))


def _is_state(name: str, context: Context) -> bool:
    return context.meaning.get(name) == "n" or size_of(name) == "n" or name in ("h", "H")


def _lifted(tree: Amount, meaning: dict[str, str], context: Context) -> Iterator[Reading]:
    """With the letters' meaning fixed: numbers taken for those of n, m and k that no letter is."""
    taken = set(meaning.values())
    if "n" in taken and "m" in taken and ("k" in taken or not context.output):
        yield Reading(tree, meaning, dict(context.sizes))
        return
    if "n" in taken:
        given = "m" in context.sizes and "m" not in taken
        yield Reading(tree, meaning, dict(context.sizes), same="m" not in taken and not given)
    seen = [
        int(number.value) for number in numbers(tree) if number.value.denominator == 1 and number.value > 0
    ]
    for sizes in _guesses(seen, taken, context):
        yield from _with_sizes(tree, meaning, sizes, context)


def _guesses(seen: list[int], taken: set[str], context: Context) -> Iterator[dict[str, int]]:
    """Numbers for the sizes that no letter is: those given, else those that stand in the formula."""
    distinct = sorted(set(seen), key=lambda v: (-seen.count(v) if v > 4 else 0, -v))
    wanted = [size for size in "nmk" if size not in taken and (size != "k" or context.output)]
    if taken & {"n", "m"}:  # beside letters a small number is a number
        distinct = [number for number in distinct if number > SMALL]
    ways: list[list[int]] = []
    for size in wanted:
        own = context.sizes.get(size)
        ways.append([own] if own else distinct[:12])
    for chosen in product(*ways):
        sizes = dict(zip(wanted, chosen, strict=True))
        yield sizes
    if "m" in wanted and "m" not in context.sizes and "n" in wanted:
        for n in distinct[:8]:
            for total in distinct[:12]:
                for more in (0, 1, 2):
                    if total - n - more > 0 and total - n - more not in distinct:
                        yield {"n": n, "m": total - n - more}


def _with_sizes(
    tree: Amount, meaning: dict[str, str], sizes: dict[str, int], context: Context
) -> Iterator[Reading]:
    leaves = numbers(tree)
    g = int(maps(context.cell))
    options = [_lifts(leaf.value, sizes, g) for leaf in leaves]
    same = "n" in sizes and sizes.get("m") == sizes["n"]
    for chosen in islice(product(*options), LIFTS):
        if not any(chosen) or (sizes.keys() & {"n"} and not any("n" in c for c in chosen)):
            continue
        exchanged = {leaf.place: c for leaf, c in zip(leaves, chosen, strict=True) if c}

        def lift(node: Amount, exchanged: dict[Any, str] = exchanged) -> Amount | None:
            if isinstance(node, Number) and node.place in exchanged:
                return Letter(f"#{exchanged[node.place]}", node.place)
            return None

        also = {f"#{c}": c for c in chosen if c}
        yield Reading(rebuilt(tree, lift), {**meaning, **also}, {**context.sizes, **sizes}, same=same)


def _lifts(value: Fraction, sizes: dict[str, int], g: int) -> list[str]:
    """What a number may be: itself (empty), a size, or a sum or product of sizes that has its value."""
    found = [name for name, rule in COMBINED.items() if _possible(name, sizes) and rule(sizes, g) == value]
    if "n" in found and "m" in found:
        found.remove("m")
    if value <= SMALL or not found:
        simple = [name for name in found if len(name) == 1]
        return [*simple, ""]
    return found


def _possible(name: str, sizes: Mapping[str, Any]) -> bool:
    return all(letter in sizes for letter in name if letter in "nmk")


def _combined(name: str, sizes: Mapping[str, Any], g: Any) -> Any:
    return COMBINED[name](sizes, g)


# Sums and products of sizes that authors work out before they write them down.
COMBINED: dict[str, Any] = {
    "n": lambda s, g: s["n"],
    "m": lambda s, g: s["m"],
    "k": lambda s, g: s["k"],
    "2n": lambda s, g: 2 * s["n"],
    "n+m": lambda s, g: s["n"] + s["m"],
    "n+m+1": lambda s, g: s["n"] + s["m"] + 1,
    "n+m+2": lambda s, g: s["n"] + s["m"] + 2,
    "n+1": lambda s, g: s["n"] + 1,
    "m+1": lambda s, g: s["m"] + 1,
    "nn": lambda s, g: s["n"] * s["n"],
    "nm": lambda s, g: s["n"] * s["m"],
    "gn": lambda s, g: g * s["n"],
    "2gn": lambda s, g: 2 * g * s["n"],
}
