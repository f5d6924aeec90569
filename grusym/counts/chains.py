"""A chain of equal amounts, judged amount by amount: the first wrong one is where the chain breaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from grusym.counts.context import Context
from grusym.counts.finding import Finding
from grusym.counts.letters import readings
from grusym.counts.matching import Match, matches
from grusym.counts.mending import Mended, mended, place_words
from grusym.counts.statements import Said, Statement
from grusym.counts.truths import exact, maps
from grusym.language.amounts.tree import Amount, Number, letters, polynomial, value

EXPANDED = "formula and count expanded: the same polynomial in all sizes"
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


def judge_chain(
    statement: Statement, text: str, context: Context, bound: Mapping[str, int], last: Any = None
) -> Finding:
    """The verdict on a chain.

    `bound` are the numbers that letters stand for, `last` is the last number of the text so far.
    """
    if statement.order:
        return _growth(statement, text, context)
    known = Progress(number=last if _bare(statement) else None)
    for i, said in enumerate(statement.chain):
        found = _judged(said, i, statement, text, context, bound, known)
        if found is not None:
            return found
    if known.common is None and known.number is not None and _bare(statement):
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
        if known.number is not None and (found := _compared(number, said, statement, text, context, known)):
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


def _bare(statement: Statement) -> bool:
    return len(statement.chain) == 1 and isinstance(statement.chain[0].tree, Number)


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
        return _number(said, statement, text, context, known)
    if not letters(said.tree):
        number = value(said.tree, {})
        if known.number is not None:
            return _compared(number, said, statement, text, context, known)
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


def _number(said: Said, statement: Statement, text: str, context: Context, known: Progress) -> Finding | None:
    """A number alone: against the number before it, else against the counts at the sizes given."""
    assert isinstance(said.tree, Number)
    number = said.tree.value
    if known.number is not None:
        if (
            _bare(statement)
            and not _near(number, known.number, said, statement)
            and {"n", "m"} <= context.sizes.keys()
        ):
            known.number = None
        else:
            return _compared(number, said, statement, text, context, known)
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


def _compared(
    number: Any, said: Said, statement: Statement, text: str, context: Context, known: Progress
) -> Finding | None:
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
