"""verify_count: whether what is said of a count is right, in which convention, and what is right instead."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from grusym.counts.chains import arithmetic, judge_chain
from grusym.counts.context import Context, from_words, meanings
from grusym.counts.finding import Finding
from grusym.counts.layer_lines import Layer, layer_lines
from grusym.counts.layers import judge_layer
from grusym.counts.matching import Match
from grusym.counts.mending import place_words
from grusym.counts.ratios import cells_of_letters, judge_equation, judge_ratio
from grusym.counts.statements import Statement, statements
from grusym.counts.truths import exact, layer_counts
from grusym.counts.words import cells_named, frameworks_named, other_part, parts, size_of
from grusym.errors import DataError, ReadError, whole
from grusym.language.amounts.tree import Amount, Letter, Number, letters, rebuilt
from grusym.language.cell import Cell
from grusym.language.claim import Claim, Verdict

SIZES = {"hidden": "n", "input": "m", "output": "k"}
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
class _Around:
    """What is said around a text, and the framework's layer that is meant, if one is named exactly."""

    words: str
    layer: str = ""


@dataclass
class _Known:
    """What earlier statements of a text have said: definitions, numbers of letters, sizes, conventions."""

    names: dict[str, Amount] = field(default_factory=dict)
    bound: dict[str, int] = field(default_factory=dict)
    meaning: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    last: Finding | None = None
    number: Any = None
    values: list[Any] = field(default_factory=list)


def verify_count(
    cell: Cell | str | None,
    text: str,
    *,
    hidden: int | None = None,
    input: int | None = None,
    output: int | None = None,
    framework: str | None = None,
    about: str = "",
) -> Verdict:
    """Judge a formula, a chain of equalities, a number or a ratio that is said of a cell's count.

    `cell` is a cell, its name, or None: then the cells that the text names, or every known cell. Sizes may
    be given for numbers; `framework` restricts the bias conventions; `about` is what is said around the text
    ("bidirectional", "two layers, PyTorch").
    Method: letters are taken for sizes in every way that their names allow, numbers for sizes where they
    stand written out; the formula is expanded and compared with every count that the cell has.
    The verdict `assumes` the convention that makes the formula right; where none does, it has the right
    formula in the author's letters, the wrong place and the smallest sizes that tell them apart.
    Raises ReadError, with line and column, for a text that cannot be read.
    """
    if not isinstance(text, str) or not text.strip():
        raise DataError(
            "a count was to be verified, but no text was given; give a formula such as 3(n² + nm + n)"
        )
    sizes = {
        SIZES[k]: whole(k, v, 1)
        for k, v in (("hidden", hidden), ("input", input), ("output", output))
        if v is not None
    }
    around = _Around(f"{about} {framework or ''}", _exact_layer(framework, cell) if framework else "")
    claim = Claim(id="count", statement=text.strip())
    layers = layer_lines(text)
    said = statements(_without(text, layers))
    if not said and not layers:
        raise ReadError(
            "no formula, number or ratio was found in the text; give one such as 3(n² + nm + n)", 1, 1
        )
    if cell is None:
        subjects = _subjects(said, layers, text)
        if not subjects:
            return _searched(claim, said, text, sizes, around)
        return _worst(
            [_verdict(claim, _findings(_named(name), said, layers, text, sizes, around)) for name in subjects]
        )
    of = cell if isinstance(cell, Cell) else _named(cell)
    return _verdict(claim, _findings(of, said, layers, text, sizes, around))


def _named(name: str) -> Cell:
    from grusym.cells.library import cell

    return cell(name)


def _exact_layer(framework: str, cell: Cell | str | None) -> str:
    """The framework's layer that is asked for by name; empty where words such as PyTorch name a framework.

    Raises UnknownNameError for a framework nobody knows, DataError where it has no such layer.
    """
    from grusym.errors import unknown
    from grusym.models.conventions import frameworks

    if framework not in frameworks() and not frameworks_named(framework):
        raise unknown("framework", framework, frameworks())
    of = _named(cell) if isinstance(cell, str) else cell
    if of is not None and not any(count.frameworks for count in layer_counts(of)):
        raise DataError(f"{framework} was asked for a {of.name}, which it has not; leave the framework out")
    return framework if framework in frameworks() else ""


def _without(text: str, layers: Sequence[Layer]) -> str:
    """The text with layers and their numbers made blank, every character where it was."""
    for layer in layers:
        start, end = layer.place.start, layer.end
        text = text[:start] + ";" + " " * (end - start - 1) + text[end:]
    return text


def _subjects(said: Sequence[Statement], layers: Sequence[Layer], text: str) -> tuple[str, ...]:
    """The cells that a text speaks of, those that are only a measure left out."""
    found = [layer.cell for layer in layers]
    for statement in said:
        if cells_of_letters(statement):
            found += list(cells_of_letters(statement).values())[:1]
            continue
        named = cells_named(" ".join((*statement.label, statement.name)))
        if not named:
            named = cells_named(statement.all_words)
            named = (named[:1] if len(named) > 1 else ()) if statement.ratio is not None else named
        found += named
    return tuple(dict.fromkeys(found))


def _findings(
    cell: Cell,
    said: Sequence[Statement],
    layers: Sequence[Layer],
    text: str,
    sizes: Mapping[str, int],
    around: _Around,
) -> list[Finding]:
    known = _Known(meaning=meanings(text), sizes=dict(sizes))
    found = [judge_layer(layer, cell, text, sizes, around.words) for layer in layers]
    bare = any(not cells_named(statement.all_words) for statement in said)
    own_labels = len({cell.name, *_subjects(said, (), text)} if bare else _subjects(said, (), text)) > 1
    later = [name for statement in said for item in statement.chain for name in letters(item.tree)]
    for statement in said:
        of = cell
        labels = cells_named(" ".join((*statement.label, statement.name)))
        if own_labels and len(labels) == 1:
            of = _named(labels[0])
        finding = _one(statement, of, text, around, known, later)
        if finding is not None:
            found.append(finding)
    return found


def _one(
    statement: Statement,
    cell: Cell,
    text: str,
    around: _Around,
    known: _Known,
    later: Sequence[str],
    own: bool = False,
) -> Finding | None:
    """The finding on one statement; None where it only says what a letter is."""
    if statement.ratio is not None:
        named = cells_named(" ".join(statement.words))
        if len(named) > 1 and cell.name in named[1:]:  # GRU has 75 % of the parameters of an LSTM
            return judge_ratio(statement, _named(named[0]), named[1:], text)
        return judge_ratio(statement, cell, named, text)
    if cells_of_letters(statement):
        return judge_equation(statement, text)
    if _defines(statement, known) or _of_time(statement):
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
        if _is_bare(statement)
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


def _total(statement: Statement, label: str, known: _Known, text: str) -> Finding | None:
    """A number called the total, against the sum of the numbers before it."""
    if not _is_bare(statement) or len(known.values) < 2 or not TOTAL.search(f"{label} {statement.all_words}"):
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


def _bound_sizes(known: _Known) -> dict[str, int]:
    """The sizes that letters with numbers stand for: hidden_size = 128."""
    named = {known.meaning.get(name) or size_of(name): number for name, number in known.bound.items()}
    return {size: number for size, number in named.items() if size and size in "nmk"}


def _given(known: _Known, size: str) -> bool:
    return size in known.sizes and known.last is None


def _is_bare(statement: Statement) -> bool:
    return len(statement.chain) == 1 and isinstance(statement.chain[0].tree, Number)


def _defines(statement: Statement, known: _Known) -> bool:
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


def _substituted(statement: Statement, known: _Known) -> Statement:
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


def _verdict(claim: Claim, found: Sequence[Finding]) -> Verdict:
    """One verdict on all that a text states: refuted if any of it is, proved if all that was judged is."""
    judged = [f for f in found if f.outcome != "undecided"]
    wrong = next((f for f in found if f.outcome == "refuted"), None)
    if wrong is not None:
        return _of(claim, wrong)
    if not judged:
        first = found[0] if found else None
        detail = first.detail if first else "the text states no count"
        return Verdict(
            claim, "undecided", first.method if first else "", detail=detail or "it could not be judged"
        )
    assumes = tuple(dict.fromkeys(word for f in judged for word in f.assumes))
    details = dict.fromkeys(f.detail for f in judged if f.detail)
    methods = dict.fromkeys(f.method for f in judged if f.method)
    outcome = "agrees" if all(f.outcome == "agrees" for f in judged) else "proved"
    left = [f.statement.chain[0].text for f in found if f.outcome == "undecided" and f.statement.chain]
    if left:
        details[f"not judged, for want of sizes: {', '.join(left)}"] = None
    return Verdict(claim, outcome, "; ".join(methods), assumes=assumes, detail="; ".join(details))  # type: ignore[arg-type]


def _of(claim: Claim, f: Finding) -> Verdict:
    return Verdict(
        claim,
        f.outcome,
        f.method,
        where=f.where,
        error=f.error,
        fix=f.fix,
        counterexample=f.counterexample,
        detail=f.detail,
    )


def _worst(verdicts: Sequence[Verdict]) -> Verdict:
    order = ("refuted", "undecided", "agrees", "proved")
    return min(verdicts, key=lambda v: order.index(v.outcome))


def _searched(
    claim: Claim, said: Sequence[Statement], text: str, sizes: Mapping[str, int], around: _Around
) -> Verdict:
    """Which of all known cells have the count."""
    found = {name: verdict for name, verdict in _each(claim, said, text, sizes, around) if verdict.holds}
    if not found:
        return Verdict(
            claim,
            "undecided",
            "every known cell was tried",
            detail="no known cell has this count in any convention; name the cell that is meant",
        )
    shown = [name + (f" ({'; '.join(v.assumes)})" if v.assumes else "") for name, v in found.items()]
    return replace(
        next(iter(found.values())), assumes=(f"the cell is {' or '.join(found)}",), detail="; ".join(shown)
    )


def _each(
    claim: Claim, said: Sequence[Statement], text: str, sizes: Mapping[str, int], around: _Around
) -> Iterator[tuple[str, Verdict]]:
    from grusym.cells.library import cell_names

    for name in cell_names():
        cell = _named(name)
        found = list(_only_matches(cell, said, text, sizes, around))
        yield name, _verdict(claim, found)


def _only_matches(
    cell: Cell, said: Sequence[Statement], text: str, sizes: Mapping[str, int], around: _Around
) -> Iterator[Finding]:
    """The findings on a cell, without mending what does not hold."""
    from grusym.counts.matching import matches

    known = _Known(meaning=meanings(text), sizes=dict(sizes))
    for statement in said:
        if statement.ratio is None and not _is_bare(statement) and not _defines(statement, known):
            label = " ".join((*statement.label, statement.name))
            context: Context = from_words(
                cell, statement.all_words, around.words, sizes, known.meaning, label
            )
            if not matches(statement.chain[0].tree, replace(context, own=True)):
                yield Finding("refuted", statement, cell=cell.name)
                return
        finding = _one(statement, cell, text, around, known, (), own=True)
        if finding is not None:
            yield finding
