"""What is wrong with a formula that is no count: the smallest edit that makes it one, and the slip's name."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import Any

from grusym.counts.context import Context
from grusym.counts.edits import Edit, applied, edits, style_of
from grusym.counts.letters import Reading, readings
from grusym.counts.matching import SEEDS, Match, fits, matches, proved
from grusym.counts.truths import Count, Extent, exact, maps, residue
from grusym.language.amounts.tree import (
    PRIME,
    Amount,
    Letter,
    Operation,
    Place,
    letters,
    line_column,
    polynomial,
    residue as tree_residue,
    value,
    walk,
)

READINGS = 40  # ways to read one formula that edits are tried on
ORDER = (
    "factor",
    "number",
    "letter",
    "square missing",
    "power",
    "sign",
    "factor missing",
    "term missing",
    "term too many",
)


@dataclass(frozen=True)
class Mended:
    """A wrong formula set right: the formula in the author's writing, the slip, and where it stands."""

    match: Match
    fix: str
    error: str
    place: Place
    quoted: str
    counterexample: dict[str, Any]


def mended(
    tree: Amount, text: str, context: Context, conventions: Collection[Any] | None = None
) -> Mended | None:
    """The best way to set a formula right; None where nothing near it is a count.

    `conventions` are the keys of those that may be meant, if only some may.
    """
    return (
        _other_convention(tree, text, context)
        or _exchanged(tree, text, context)
        or _edited(tree, text, context, conventions)
        or _written_anew(tree, text, context)
    )


def _other_convention(tree: Amount, text: str, context: Context) -> Mended | None:
    """A right formula for another framework than the one that is named."""
    if not context.frameworks or context.biases is False:
        return None
    free = matches(tree, replace(context, frameworks=(), layer=""))
    if not free:
        return None
    found = free[0]
    own = _edited(tree, text, context) or _written_anew(tree, text, context)
    if own is None:
        return None
    said = found.count.convention or "the cell's own biases"
    return replace(own, error=f"{said} given for {context.layer or ' and '.join(context.frameworks)}")


def _exchanged(tree: Amount, text: str, context: Context) -> Mended | None:
    """The state's and the input's letters exchanged, where their names say which is which."""
    for reading in islice(readings(tree, context), READINGS):
        other = {"n": "m", "m": "n"}
        if not {"n", "m"} <= reading.roles or any(name.startswith("#") for name in reading.meaning):
            continue
        turned = replace(
            reading, meaning={name: other.get(size, size) for name, size in reading.meaning.items()}
        )
        for match in fits(turned, context):
            by_size = {size: name for name, size in reading.meaning.items()}
            fix = _swapped(tree, text, by_size["n"], by_size["m"])
            right = replace(match, reading=reading)
            where = _counterexample(reading, right, context)
            return Mended(
                right, fix, "sizes exchanged", tree.place, text[tree.place.start : tree.place.end], where
            )
    return None


def _swapped(tree: Amount, text: str, a: str, b: str) -> str:
    style = style_of(tree, text)
    places = sorted(
        {
            (n.place.start, n.place.end, n.name)
            for n in walk(tree)
            if isinstance(n, Letter) and n.name in (a, b)
        }
    )
    out, at = "", tree.place.start
    for start, end, name in places:
        out += text[at:start] + style.written[b if name == a else a]
        at = end
    return out + text[at : tree.place.end]


def _edited(
    tree: Amount, text: str, context: Context, conventions: Collection[Any] | None = None
) -> Mended | None:
    best: tuple[tuple[int, ...], Edit, Match, Reading] | None = None
    for i, reading in enumerate(islice(readings(tree, context), READINGS)):
        for edit, match, order in _reached(reading, text, context):
            if conventions is not None and match.key not in conventions:
                continue
            rank = ORDER.index(edit.kind) if edit.kind in ORDER else len(ORDER)
            beside = bool(match.extent.output or match.extent.embedding)
            key = (match.count.rank, int(beside), order, rank, i)
            if best is None or key < best[0]:
                best = (key, edit, match, reading)
    if best is None:
        return None
    _, edit, match, reading = best
    if not proved(match, context):
        return None
    fix = applied(edit, text, tree.place)
    place = edit.place if edit.place.end > edit.place.start else Place(edit.place.start, edit.place.start + 1)
    quoted = edit.old or text[place.start : place.end]
    return Mended(
        match,
        fix,
        _named(edit, reading, match, context),
        place,
        quoted,
        _counterexample(reading, match, context),
    )


def _reached(reading: Reading, text: str, context: Context) -> Iterator[tuple[Edit, Match, int]]:
    """The edits of a reading that make it a true count."""
    at = reading.point(SEEDS[0])
    g = int(maps(context.cell))
    own = {name: reading.value(name, at, g, at["n"]) for name in reading.meaning}
    if "bias" in reading.meaning.values():
        return
    truths = _truths(reading, context)
    for edit in edits(reading.tree, text, g):
        found = truths.get(tree_residue(edit.tree, own))
        if found is not None:
            count, extent, order = found
            yield edit, Match(count, extent, replace(reading, tree=edit.tree)), order


def _truths(reading: Reading, context: Context) -> dict[int, tuple[Count, Extent, int]]:
    at = reading.point(SEEDS[0])
    found: dict[int, tuple[Count, Extent, int]] = {}
    context = context.suited(reading.roles)
    for order, extent in enumerate(context.extents(reading.roles, False)):
        for count in context.counts():
            if "p" in {s.name for s in count.formula.free_symbols} and "p" not in reading.roles:
                continue
            found.setdefault(residue(count, extent, at), (count, extent, order))
    return found


def _named(edit: Edit, reading: Reading, match: Match, context: Context) -> str:
    """What a slip is called."""
    cell = context.cell.name
    role = _roles_by_text(reading)
    if (
        edit.kind == "factor"
        and _scales(edit, reading, context)
        and (edit.new == str(maps(context.cell)) or edit.new == "1")
    ):
        return f"factor {edit.old} for {_article(cell)}"
    if (
        edit.kind == "letter"
        and role.get(edit.old) == "m"
        and role.get(edit.new) == "n"
        and _linear(edit, reading, context)
    ):
        return "bias of the input's size"
    if edit.kind == "term too many" and role.get(edit.old.strip(" ()")) == "m":
        return "bias of the input's size"
    if edit.kind == "letter":
        return "one size in place of another"
    return {"power": "a power too high", "number": "a wrong number", "factor": "a wrong factor"}.get(
        edit.kind, edit.kind
    )


def _article(cell: str) -> str:
    return f"{'an' if cell.startswith(('rnn', 'lstm', 'mgu', 'a', 'i')) else 'a'} {cell}"


def _roles_by_text(reading: Reading) -> dict[str, str]:
    found = {name: size for name, size in reading.meaning.items() if not name.startswith("#")}
    return found | {str(number): size for size, number in reading.sizes.items()}


def _scales(edit: Edit, reading: Reading, context: Context) -> bool:
    """Whether the factor exchanged multiplies the whole formula."""
    at = reading.point(SEEDS[0])
    own = {name: reading.value(name, at, int(maps(context.cell)), at["n"]) for name in reading.meaning}
    before, after = (tree_residue(tree, own) for tree in (reading.tree, edit.tree))
    return edit.old.isdigit() and (before * int(edit.new) - after * int(edit.old)) % PRIME == 0


def _linear(edit: Edit, reading: Reading, context: Context) -> bool:
    """Whether the letter exchanged stands as a term of its own."""
    import sympy

    _, own = _symbols(reading, context)
    change = sympy.expand(polynomial(edit.tree, own) - polynomial(reading.tree, own))
    return all(sympy.total_degree(term) == 1 for term in sympy.Add.make_args(change))


def _written_anew(tree: Amount, text: str, context: Context) -> Mended | None:
    """The plain count in the author's letters, where no single edit makes the formula right."""
    best: tuple[int, Reading, Count, Extent] | None = None
    for reading in islice(readings(tree, context), READINGS):
        if not ("n" in reading.known or "n" in reading.sizes):
            continue
        suited = context.suited(reading.roles)
        for extent in suited.extents(reading.roles, False):
            for count in islice(suited.counts(), 3):
                if "p" in {s.name for s in count.formula.free_symbols} and "p" not in reading.roles:
                    continue
                far = _distance(reading, count, extent, context)
                if far is not None and (best is None or far < best[0]):
                    best = (far, reading, count, extent)
    if best is None:
        return None
    _, reading, count, extent = best
    match = Match(count, extent, reading)
    quoted = text[tree.place.start : tree.place.end]
    fix = _in_letters(reading, match, tree, text, context)
    example = _counterexample(reading, match, context)
    return Mended(match, fix, "another polynomial", tree.place, quoted, example) if example else None


def _distance(reading: Reading, count: Count, extent: Extent, context: Context) -> int | None:
    """How many terms of the two polynomials differ."""
    import sympy

    sizes, own = _symbols(reading, context)
    if any(own.get(name) is None for name in letters(reading.tree)):
        return None
    apart = sympy.expand(polynomial(reading.tree, own) - exact(count, extent, sizes))
    return len(apart.as_ordered_terms()) * 10 + count.rank


@lru_cache(maxsize=1)
def _all_symbols() -> dict[str, Any]:
    import sympy

    return {size: sympy.Symbol(size, integer=True, positive=True) for size in "nmpkLDTBV"}


def _symbols(reading: Reading, context: Context) -> tuple[dict[str, Any], dict[str, Any]]:
    sizes = reading.completed(dict(_all_symbols()))
    own = {name: reading.value(name, sizes, maps(context.cell), sizes["n"]) for name in reading.meaning}
    return sizes, own


def _in_letters(reading: Reading, match: Match, tree: Amount, text: str, context: Context) -> str:
    """A count in the author's letters, signs and manner: factored where the author's is a product."""
    import sympy

    style = style_of(tree, text)
    sizes, _ = _symbols(reading, context)
    names = {
        size: style.written.get(name, name)
        for name, size in reading.meaning.items()
        if not name.startswith("#")
    }
    numbers = {size: str(number) for size, number in reading.sizes.items() if size not in names}
    formula = sympy.expand(exact(match.count, match.extent, sizes))
    factored = isinstance(tree, Operation) and tree.sign == "*"
    scale, inner = formula.as_content_primitive() if factored else (sympy.Integer(1), formula)
    order = sorted(inner.as_ordered_terms(), key=lambda t: (-sympy.total_degree(t), str(t)))
    shown = " + ".join(_term(term, {**numbers, **names}, style) for term in order).replace("+ -", "- ")
    if scale == 1:
        return shown
    times = style.times if style.times.strip() else ""
    return f"{scale}{times}({shown})"


def _term(term: Any, names: dict[str, str], style: Any) -> str:
    scale, rest = term.as_coeff_Mul()
    pieces = [] if scale == 1 else [str(scale)]
    numeric = all(names.get(str(s), "").isdigit() for s in rest.free_symbols)
    sign = style.times if style.times.strip() or not numeric else " × "
    for base, exponent in sorted(rest.as_powers_dict().items(), key=lambda pair: str(pair[0])):
        name = names.get(str(base), str(base))
        if int(exponent) == 2 and style.square:
            pieces.append(f"{name}{style.square}")
        else:
            pieces += [name] * int(exponent)
    if len(pieces) > 1 and not sign.strip() and pieces[0].isdigit():
        return pieces[0] + sign.join(pieces[1:])
    return sign.join(pieces) if any(p != "1" for p in pieces) else "1"


def _counterexample(reading: Reading, match: Match, context: Context) -> dict[str, Any]:
    """The smallest sizes at which the formula and the count differ, with both numbers."""
    if any(size in ("bias",) for size in reading.meaning.values()):
        return {}
    g = int(maps(context.cell))
    tree = reading.tree
    for at in _small_sizes(reading):
        own = {name: reading.value(name, at, g, at["n"]) for name in reading.meaning}
        try:
            said = value(tree, own)
        except ZeroDivisionError:
            continue
        true = exact(match.count, match.extent, at)
        if said != true:
            shown = {name: int(own[name]) for name in letters(tree) if not name.startswith("#")}
            if not shown:
                shown = {size: at[size] for size in "nm" if size in reading.sizes}
            return {**shown, "claimed": _plain(said), "true": int(true)}
    return {}


def _plain(number: Any) -> Any:
    return int(number) if number == int(number) else str(number)


def _small_sizes(reading: Reading) -> Iterator[dict[str, int]]:
    fixed = {size: number for size, number in reading.sizes.items() if size in "nmk"}
    for total in range(2, 12):
        for n in range(1, total):
            m = total - n
            at = {**dict.fromkeys("pkLDTBV", 1), "n": n, "m": m}
            if fixed.keys() >= {"n", "m"} and not any(len(name) == 1 for name in reading.meaning):
                at |= fixed
            at["p"], at["k"] = fixed.get("p", n + 1), fixed.get("k", 1 + m % 2)
            at["L"] = at["D"] = 1 + total % 2
            yield reading.completed(at)


def place_words(place: Place, quoted: str, text: str) -> str:
    """Line, column and the words that stand there."""
    line, column = line_column(text, place.start)
    return f"line {line}, column {column}: {quoted.strip()}"
