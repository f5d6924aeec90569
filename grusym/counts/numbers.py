"""A number in a chain: against the number before it, else against the counts at the sizes given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from grusym.counts.context import Context
from grusym.counts.finding import Finding
from grusym.counts.matching import Match
from grusym.counts.mending import place_words
from grusym.counts.statements import Said, Statement
from grusym.counts.truths import exact
from grusym.language.amounts.tree import Number

ROUNDED = Fraction(1, 100)


WIDEST = 4096  # state widths tried for a number whose sizes are not given


@dataclass
class Progress:
    """What is known after some amounts of a chain: the conventions left, and the last number."""

    common: dict[Any, Match] | None = None
    number: Any = None
    sizes: Mapping[str, int] = field(default_factory=dict)
    open: tuple[str, ...] = ()
    turned: str = ""
    assumes: tuple[str, ...] = ()


def bare(statement: Statement) -> bool:
    """Whether a statement is one number and nothing else."""
    return len(statement.chain) == 1 and isinstance(statement.chain[0].tree, Number)


def judge_number(
    said: Said, statement: Statement, text: str, context: Context, known: Progress
) -> Finding | None:
    """A number alone: against the number before it, else against the counts at the sizes given."""
    assert isinstance(said.tree, Number)
    number = said.tree.value
    if known.number is not None:
        if (
            bare(statement)
            and not _near(number, known.number, said, statement)
            and {"n", "m"} <= context.sizes.keys()
        ):
            known.number = None
        else:
            return compared(number, said, statement, text, context, known)
    if {"n", "m"} <= context.sizes.keys():
        return _at_sizes(number, said, statement, text, context, known)
    if known.common is not None:
        some = _some_sizes(number, known.common, context)
        if some is None and number.denominator == 1 and said.relation != "≈":
            detail = f"no state and input widths up to {WIDEST} give {number}"
            place = place_words(said.place, said.text, text)
            return Finding(
                "refuted",
                statement,
                "exact arithmetic",
                where=place,
                error="a wrong number",
                detail=detail,
                cell=context.cell.name,
            )
        if some:
            known.open += (f"{said.text} is its value at {some}, for one",)
        known.number = number
        return None
    known.open += (said.text,)
    return None


def compared(
    number: Any, said: Said, statement: Statement, text: str, context: Context, known: Progress
) -> Finding | None:
    """A finding where a value is not that of the amount before it, or None where it is."""
    if _near(number, known.number, said, statement):
        known.assumes += ("rounded",) if number != known.number else ()
        return None
    right = _shown(known.number)
    return Finding(
        "refuted",
        statement,
        "exact arithmetic",
        where=place_words(said.place, said.text, text),
        error="a wrong number" if isinstance(said.tree, Number) else "a step of the chain changes the value",
        fix=right,
        counterexample={"claimed": _shown(number), "true": right},
        cell=context.cell.name,
        common=known.common or {},
    )


def _near(number: Any, true: Any, said: Said, statement: Statement) -> bool:
    if number == true:
        return True
    loose = said.relation == "≈" or statement.about
    return bool(loose and abs(Fraction(number) - Fraction(true)) <= ROUNDED * abs(Fraction(true)))


def _shown(number: Any) -> str:
    return str(int(number)) if number == int(number) else str(number)


def _at_sizes(
    number: Any, said: Said, statement: Statement, text: str, context: Context, known: Progress
) -> Finding | None:
    """Against the counts at the sizes given, in the conventions left."""
    from grusym.counts.letters import Reading

    roles = frozenset({"k"} if "k" in context.sizes else set())
    sizes = {**dict.fromkeys("pkLDTBV", 1), **context.sizes}
    reading = Reading(said.tree, {}, dict(context.sizes))
    ways = list(known.common.values()) if known.common else [
        Match(count, extent, reading, True)
        for count in context.counts()
        for extent in context.extents(roles, False)
        if "p" in context.sizes or "p" not in {s.name for s in count.formula.free_symbols}
    ]  # fmt: skip
    near = [m for m in ways if _near(number, int(exact(m.count, m.extent, sizes)), said, statement)]
    known.number = number
    if near:
        known.common = {m.key: m for m in reversed(near)}
        known.common = {m.key: m for m in near}
        return None
    true = {int(exact(m.count, m.extent, sizes)): m for m in reversed(ways)}
    if not true:
        return Finding(
            "undecided", statement, detail="no convention has such a count", cell=context.cell.name
        )
    best = min(true, key=lambda t: (true[t].count.rank, true[t].extent.output != "k"))
    said_of = true[best].count.convention or "as its equations are printed"
    others = ", ".join(f"{t} ({m.count.convention})" for t, m in sorted(true.items()) if t != best)
    return Finding(
        "refuted",
        statement,
        "exact arithmetic at the sizes given",
        where=place_words(said.place, said.text, text),
        error="a wrong number",
        fix=str(best),
        counterexample={**context.sizes, "claimed": _shown(number), "true": best},
        detail=f"{best} with {said_of}" + (f"; also {others}" if others else ""),
        cell=context.cell.name,
    )


def _some_sizes(number: Any, common: Mapping[Any, Match], context: Context) -> str | None:
    """Sizes at which a formula has a value: words for them, empty where that is not looked for."""
    best = next(iter(common.values()))
    names = {size: name for name, size in best.reading.meaning.items()}
    if not {"n"} <= names.keys() or names.keys() - {"n", "m", "g"}:
        return ""
    slope, start = _in_input(best)
    for n in range(1, WIDEST):
        left = number - _horner(start, n)
        if left < 0:
            return None
        if best.reading.same:
            if left == 0:
                return f"{names['n']} = {n}"
            continue
        each = _horner(slope, n)
        if each and left and (left / each).denominator == 1:
            return f"{names['n']} = {n}, {names.get('m', 'm')} = {left / each}"
    return None


def _in_input(match: Match) -> tuple[list[int], list[int]]:
    """A count as slope · m + start: both as coefficients of a polynomial in n, the highest first."""
    import sympy

    n, m = sympy.symbols("n m")
    sizes = {**dict.fromkeys("pkLDTBV", 1), "n": n, "m": n if match.reading.same else m}
    formula = sympy.expand(exact(match.count, match.extent, sizes))
    parts = (formula.coeff(m, 1), formula.coeff(m, 0))
    slope, start = ([int(c) for c in sympy.Poly(part, n).all_coeffs()] for part in parts)
    return slope, start


def _horner(coefficients: list[int], n: int) -> Fraction:
    found = 0
    for coefficient in coefficients:
        found = found * n + coefficient
    return Fraction(found)
