"""One statement of a text after the other: what each defines for those behind it, and what is found of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from grusym.counts.chains import arithmetic, judge_chain
from grusym.counts.context import from_words
from grusym.counts.finding import Finding
from grusym.counts.matching import Match
from grusym.counts.mending import place_words
from grusym.counts.numbers import bare
from grusym.counts.ratios import cells_of_letters, judge_equation, judge_ratio
from grusym.counts.statements import Statement
from grusym.counts.truths import exact
from grusym.counts.words import cells_named, other_part, parts, size_of
from grusym.language.amounts.tree import Amount, Letter, Number, letters, rebuilt
from grusym.language.cell import Cell

BOUNDS = {
    "max": "max",
    "maximum": "max",
    "upper": "max",
    "most": "max",
    "min": "min",
    "minimum": "min",
    "lower": "min",
    "least": "min",
}


TOTAL = re.compile(r"\b(?:total|sum|altogether|overall|in all|together)\b", re.IGNORECASE)


SPEAKS_OF_BIAS = re.compile(r"bias|pytorch|torch|keras|onnx|cudnn", re.IGNORECASE)


@dataclass(frozen=True)
class Around:
    """What is said around a text, and the framework's layer that is meant, if one is named exactly."""

    words: str
    layer: str = ""


@dataclass
class Known:
    """What earlier statements of a text have said: definitions, numbers of letters, sizes, conventions."""

    names: dict[str, Amount] = field(default_factory=dict)
    bound: dict[str, int] = field(default_factory=dict)
    meaning: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    last: Finding | None = None
    number: Any = None
    values: list[Any] = field(default_factory=list)


def cell_named(name: str) -> Cell:
    """The known cell of a name."""
    from grusym.cells.library import cell

    return cell(name)


def judge_statement(
    statement: Statement,
    cell: Cell,
    text: str,
    around: Around,
    known: Known,
    later: Sequence[str],
    own: bool = False,
) -> Finding | None:
    """The finding on one statement; None where it only says what a letter is."""
    if statement.ratio is not None:
        named = cells_named(" ".join(statement.words))
        if len(named) > 1 and cell.name in named[1:]:  # GRU has 75 % of the parameters of an LSTM
            return judge_ratio(statement, cell_named(named[0]), named[1:], text)
        return judge_ratio(statement, cell, named, text)
    if cells_of_letters(statement):
        return judge_equation(statement, text)
    if defines(statement, known) or _of_time(statement):
        return None
    bound = _bound_of(statement)
    if (
        bound
        and known.last is not None
        and len(statement.chain) == 1
        and isinstance(statement.chain[0].tree, Number)
    ):
        return _bounded(statement, bound, known.last, text)
    label = " ".join((*statement.label, statement.name))
    if (total := _total(statement, label, known, text)) is not None:
        return total
    statement = _substituted(statement, known)
    sizes = (
        {**_bound_sizes(known), **known.sizes}
        if bare(statement)
        else {k: v for k, v in known.sizes.items() if k not in ("n", "m") or _given(known, k)}
    )
    context = from_words(cell, statement.all_words, around.words, sizes, known.meaning, label)
    named = (around.layer.split()[0],) if around.layer else context.frameworks
    context = replace(context, own=own, layer=around.layer, frameworks=named)
    if other_part(label):
        finding = arithmetic(statement, text, context)
        known.values += [finding.value] if finding.value is not None else []
        return finding
    finding = judge_chain(statement, text, context, known.bound, known.number)
    known.values += [finding.value] if finding.value is not None else []
    if statement.name and len(statement.chain) >= 1:
        known.names[statement.name] = statement.chain[0].tree
        if finding.outcome in ("refuted", "undecided") and statement.name in later:
            return None
    if (
        finding.outcome == "proved"
        and known.last is not None
        and (clash := _clash(finding, known.last, text))
    ):
        return clash
    if finding.outcome == "proved" and finding.common:
        known.last = finding
        known.number = finding.value if finding.value is not None else known.number
        known.sizes = {**finding.sizes, **known.sizes}
    return finding


def _total(statement: Statement, label: str, known: Known, text: str) -> Finding | None:
    """A number called the total, against the sum of the numbers before it."""
    if not bare(statement) or len(known.values) < 2 or not TOTAL.search(f"{label} {statement.all_words}"):
        return None
    item, total = statement.chain[0], sum(known.values)
    assert isinstance(item.tree, Number)
    if item.tree.value == total:
        return Finding("proved", statement, "exact arithmetic", value=total)
    where = place_words(item.place, item.text, text)
    example = {"claimed": item.text, "true": str(total)}
    return Finding(
        "refuted",
        statement,
        "exact arithmetic",
        where=where,
        error="a wrong sum",
        fix=str(total),
        counterexample=example,
    )


def _bound_sizes(known: Known) -> dict[str, int]:
    """The sizes that letters with numbers stand for: hidden_size = 128."""
    named = {known.meaning.get(name) or size_of(name): number for name, number in known.bound.items()}
    return {size: number for size, number in named.items() if size and size in "nmk"}


def _given(known: Known, size: str) -> bool:
    return size in known.sizes and known.last is None


def defines(statement: Statement, known: Known) -> bool:
    """Whether a statement gives a letter its number or its meaning, and nothing else."""
    first = statement.chain[0].tree
    if not isinstance(first, Letter) or len(statement.chain) != 2:
        return isinstance(first, Letter) and len(statement.chain) == 1
    second = statement.chain[1].tree
    if isinstance(second, Number) and second.value.denominator == 1:
        known.bound[first.name] = int(second.value)
        return True
    if isinstance(second, Letter) and len(second.name) > 2 and size_of(second.name):
        known.meaning[first.name] = size_of(second.name)
        return True
    return isinstance(second, Letter)


def _of_time(statement: Statement) -> bool:
    """Whether it is about values at a time, i_t = 1 - f_t, and not about counts."""
    names = [statement.name, *(name for item in statement.chain for name in letters(item.tree))]
    return any(re.search(r"_\(?t\b|_t-1|\{t", name) for name in names)


def _bound_of(statement: Statement) -> str:
    return next((BOUNDS[word] for word in parts(statement.name) if word in BOUNDS), "")


def _bounded(statement: Statement, bound: str, last: Finding, text: str) -> Finding:
    """A number that a count is said not to pass."""
    item = statement.chain[0]
    assert isinstance(item.tree, Number)
    sizes = {**dict.fromkeys("pkLDTBV", 1), **last.sizes}
    if not {"n", "m"} <= sizes.keys():
        return Finding("undecided", statement, detail="the sizes are not given", cell=last.cell)
    values = [int(exact(match.count, match.extent, sizes)) for match in last.common.values()]
    holds = [v <= item.tree.value if bound == "max" else v >= item.tree.value for v in values]
    if any(holds):
        return Finding("proved", statement, "exact arithmetic", cell=last.cell)
    return Finding(
        "refuted",
        statement,
        "exact arithmetic",
        where=place_words(item.place, item.text, text),
        error="a bound that the count passes",
        fix=str(values[0]),
        counterexample={"claimed": f"{bound} {item.text}", "true": values[0]},
        cell=last.cell,
    )


def _substituted(statement: Statement, known: Known) -> Statement:
    """Names that the text has defined exchanged for what they stand for."""
    if not known.names:
        return statement

    def change(node: Amount) -> Amount | None:
        return known.names.get(node.name) if isinstance(node, Letter) else None

    chain = tuple(replace(item, tree=rebuilt(item.tree, change)) for item in statement.chain)
    return replace(statement, chain=chain)


def _clash(finding: Finding, last: Finding, text: str) -> Finding | None:
    """Two formulas of one text that hold only under different conventions, though nothing is said of it."""
    same = finding.cell == last.cell and finding.quantity == last.quantity and finding.common and last.common
    words = f"{finding.statement.all_words} {last.statement.all_words}"
    if not same or finding.common.keys() & last.common.keys() or SPEAKS_OF_BIAS.search(words):
        return None
    if finding.statement.label != last.statement.label:
        return None
    a, b = (", ".join(next(iter(f.common.values())).assumes()) for f in (last, finding))
    sizes = {**dict.fromkeys("pkLDTBV", 1), **finding.sizes}
    first: Match = next(iter(last.common.values()))
    item = finding.statement.chain[0]
    true = str(exact(first.count, first.extent, sizes)) if {"n", "m"} <= sizes.keys() else ""
    return replace(
        finding,
        outcome="refuted",
        where=place_words(item.place, item.text, text),
        error="two conventions in one text",
        fix=true or last.statement.chain[0].text,
        detail=f"before: {a}; here: {b}",
        common={},
    )
