"""A chain of equal amounts, judged amount by amount: the first wrong one is where the chain breaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from grusym.counts.context import Context
from grusym.counts.finding import Finding
from grusym.counts.letters import readings
from grusym.counts.matching import Match, matches
from grusym.counts.mending import Mended, mended, place_words
from grusym.counts.numbers import Progress, bare, compared, judge_number
from grusym.counts.statements import Said, Statement
from grusym.counts.truths import exact, maps
from grusym.language.amounts.tree import Amount, Number, letters, polynomial, value

EXPANDED = "formula and count expanded: the same polynomial in all sizes"


def judge_chain(
    statement: Statement, text: str, context: Context, bound: Mapping[str, int], last: Any = None
) -> Finding:
    """The verdict on a chain.

    `bound` are the numbers that letters stand for, `last` is the last number of the text so far.
    """
    if statement.order:
        return _growth(statement, text, context)
    known = Progress(number=last if bare(statement) else None)
    for i, said in enumerate(statement.chain):
        found = _judged(said, i, statement, text, context, bound, known)
        if found is not None:
            return found
    if known.common is None and known.number is not None and bare(statement):
        return Finding("proved", statement, "exact arithmetic", value=known.number, cell=context.cell.name)
    if known.common is None:
        numbers = "; ".join(known.open) or "the numbers"
        told = f"the sizes for {numbers} are not given; give the state's and the input's"
        return Finding("undecided", statement, detail=told, cell=context.cell.name, quantity=context.quantity)
    best = next(iter(known.common.values()))
    detail = "; ".join(word for word in (best.letters(), known.turned, *known.open) if word)
    return Finding(
        "proved",
        statement,
        EXPANDED,
        assumes=(*best.assumes(), *known.assumes),
        detail=detail,
        common=known.common,
        sizes=known.sizes or best.reading.sizes,
        value=known.number,
        cell=context.cell.name,
        quantity=context.quantity,
    )


def arithmetic(statement: Statement, text: str, context: Context) -> Finding:
    """The numbers of a chain that is about no cell: each must be the value of the one before it."""
    known = Progress()
    for said in statement.chain:
        if letters(said.tree):
            return Finding("undecided", statement, detail=f"{said.text} is not about the cell")
        number = value(said.tree, {})
        if known.number is not None and (found := compared(number, said, statement, text, context, known)):
            return found
        known.number = number
    return Finding("proved", statement, "exact arithmetic", value=known.number)


def _growth(statement: Statement, text: str, context: Context) -> Finding:
    """O(n² + nm): the terms that grow fastest, whatever their coefficients."""
    import sympy

    said = statement.chain[0]
    seen = ""
    for reading in readings(said.tree, context):
        suited = context.suited(reading.roles)
        sizes = reading.completed({size: sympy.Symbol(size, positive=True) for size in "nmpkLDTBV"})
        g = int(maps(context.cell))
        own = {name: reading.value(name, sizes, g, sizes["n"]) for name in reading.meaning}
        claimed = _fastest(polynomial(said.tree, own))
        for count in suited.counts():
            for extent in suited.extents(reading.roles, False):
                true = _fastest(sympy.expand(exact(count, extent, sizes)))
                seen = seen or " + ".join(map(str, sorted(true, key=str)))
                if true == claimed:
                    return Finding(
                        "proved", statement, "leading terms compared", assumes=("up to constant factors",)
                    )
    where = place_words(said.place, said.text, text)
    return Finding(
        "refuted", statement, "leading terms compared", where=where, error="another growth", fix=f"O({seen})"
    )


def _fastest(formula: Any) -> frozenset[Any]:
    """The monomials that no other monomial of a formula outgrows."""
    import sympy

    found = {term.as_coeff_Mul()[1] for term in sympy.Add.make_args(formula)}
    return frozenset(a for a in found if not any(b != a and (b / a).is_polynomial() for b in found))


def _turned(found: Sequence[Match]) -> str:
    """That the letters could be read the other way round, where they could."""
    best, other = found[0], {"n": "m", "m": "n"}
    turned = {name: other.get(size, size) for name, size in best.reading.meaning.items()}
    both = any(m.reading.meaning == turned and m.key == best.key for m in found)
    if {"n", "m"} <= best.reading.roles and both:
        return "the letters of state and input may be exchanged: both readings make it right"
    return ""


def _judged(
    said: Said,
    i: int,
    statement: Statement,
    text: str,
    context: Context,
    bound: Mapping[str, int],
    known: Progress,
) -> Finding | None:
    """A finding that ends the chain, or None where it goes on."""
    if isinstance(said.tree, Number):
        return judge_number(said, statement, text, context, known)
    if not letters(said.tree):
        number = value(said.tree, {})
        if known.number is not None:
            return compared(number, said, statement, text, context, known)
        known.number = number
    elif bound and set(letters(said.tree)) <= bound.keys() | {"g"}:
        own = {"g": int(maps(context.cell)), **bound}
        known.number = value(said.tree, {name: Fraction(own[name]) for name in letters(said.tree)})
    found = matches(said.tree, context)
    if not found:
        return _refuted(said, statement, text, context, mended(said.tree, text, context, known.common))
    known.turned = known.turned if known.common is not None else _turned(found)
    keys: dict[Any, Match] = {}
    for match in found:
        keys.setdefault(match.key, match)
        if _readings_agree(known.common, match):
            keys[match.key] = keys[match.key] if _readings_agree(known.common, keys[match.key]) else match
    if known.common is not None:
        left = {key: known.common[key] for key in known.common if key in keys}
        if not left:
            return _parted(said, i, statement, text, context, known, found[0])
        keys = left
    known.common = keys
    lifted = next((m for m in found if m.key in keys and "n" in m.reading.sizes), None)
    if lifted is not None:
        known.sizes = lifted.reading.sizes
    return None


def _readings_agree(common: Mapping[Any, Match] | None, match: Match) -> bool:
    """Whether letters have the meaning that they have in the amounts before."""
    first = None if common is None else common.get(match.key)
    if first is None:
        return common is None
    shared = first.reading.meaning.keys() & match.reading.meaning.keys()
    return all(first.reading.meaning[name] == match.reading.meaning[name] for name in shared)


def _refuted(said: Said, statement: Statement, text: str, context: Context, right: Mended | None) -> Finding:
    if right is None:
        where = place_words(said.place, said.text, text)
        if letters(said.tree):
            detail = "no count of this cell is near it"
            return Finding("refuted", statement, EXPANDED, detail=detail, where=where, cell=context.cell.name)
        detail = "which number is which size was not found; give the sizes"
        return Finding("undecided", statement, EXPANDED, detail=detail, where=where, cell=context.cell.name)
    fix_in = right.match.assumes()
    hint = _hint(said.tree, context)
    detail = "; ".join(
        word
        for word in (
            f"the mended formula: {', '.join(fix_in)}" if fix_in else "",
            right.match.letters(),
            hint,
        )
        if word
    )
    return Finding(
        "refuted",
        statement,
        EXPANDED,
        where=place_words(right.place, right.quoted, text),
        error=right.error,
        fix=right.fix,
        counterexample=right.counterexample,
        detail=detail,
        cell=context.cell.name,
        quantity=context.quantity,
    )


def _hint(tree: Amount, context: Context) -> str:
    """What else a formula would be right for."""
    wider: list[tuple[str, Context]] = []
    if context.directions == 1:
        wider.append(("two directions", replace(context, directions=2)))
    if not context.quantity:
        wider.append(("one gate", replace(context, quantity="gate", frameworks=(), layer="")))
        wider.append(
            ("floating-point operations", replace(context, quantity="operations", frameworks=(), layer=""))
        )
    for words, other in wider:
        if matches(tree, other):
            return f"it is right for {words}: say so if that is meant"
    return ""


def _parted(
    said: Said, i: int, statement: Statement, text: str, context: Context, known: Progress, found: Match
) -> Finding:
    """An amount that is a count, but by another convention than the amounts before it."""
    assert known.common is not None
    before = next(iter(known.common.values()))
    a, b = (", ".join(m.assumes()) or "the plain count" for m in (before, found))
    return Finding(
        "refuted",
        statement,
        EXPANDED,
        where=place_words(said.place, said.text, text),
        error="two conventions in one chain",
        fix=statement.chain[i - 1].text,
        detail=f"before it: {a}; here: {b}",
        cell=context.cell.name,
    )
