"""verify_count: whether what is said of a count is right, in which convention, and what is right instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from grusym.counts.context import Context, from_words, meanings
from grusym.counts.finding import Finding
from grusym.counts.layer_lines import Layer, layer_lines
from grusym.counts.layers import judge_layer
from grusym.counts.numbers import bare
from grusym.counts.ratios import cells_of_letters
from grusym.counts.statements import Statement, statements
from grusym.counts.telling import Around, Known, cell_named, defines, judge_statement
from grusym.counts.truths import layer_counts
from grusym.counts.words import cells_named, frameworks_named
from grusym.errors import DataError, ReadError, whole
from grusym.language.amounts.tree import letters
from grusym.language.cell import Cell
from grusym.language.claim import Claim, Verdict

SIZES = {"hidden": "n", "input": "m", "output": "k"}


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
    around = Around(f"{about} {framework or ''}", _exact_layer(framework, cell) if framework else "")
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
            [
                _verdict(claim, _findings(cell_named(name), said, layers, text, sizes, around))
                for name in subjects
            ]
        )
    of = cell if isinstance(cell, Cell) else cell_named(cell)
    return _verdict(claim, _findings(of, said, layers, text, sizes, around))


def _exact_layer(framework: str, cell: Cell | str | None) -> str:
    """The framework's layer that is asked for by name; empty where words such as PyTorch name a framework.

    Raises UnknownNameError for a framework nobody knows, DataError where it has no such layer.
    """
    from grusym.errors import unknown
    from grusym.models.conventions import frameworks

    if framework not in frameworks() and not frameworks_named(framework):
        raise unknown("framework", framework, frameworks())
    of = cell_named(cell) if isinstance(cell, str) else cell
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
    around: Around,
) -> list[Finding]:
    known = Known(meaning=meanings(text), sizes=dict(sizes))
    found = [judge_layer(layer, cell, text, sizes, around.words) for layer in layers]
    unlabelled = any(not cells_named(" ".join((*s.label, s.name))) for s in said)
    own_labels = len({cell.name, *_subjects(said, (), text)} if unlabelled else _subjects(said, (), text)) > 1
    later = [name for statement in said for item in statement.chain for name in letters(item.tree)]
    for statement in said:
        of = cell
        labels = cells_named(" ".join((*statement.label, statement.name)))
        if own_labels and len(labels) == 1:
            of = cell_named(labels[0])
        finding = judge_statement(statement, of, text, around, known, later)
        if finding is not None:
            found.append(finding)
    return found


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
    claim: Claim, said: Sequence[Statement], text: str, sizes: Mapping[str, int], around: Around
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
    claim: Claim, said: Sequence[Statement], text: str, sizes: Mapping[str, int], around: Around
) -> Iterator[tuple[str, Verdict]]:
    from grusym.cells.library import cell_names

    for name in cell_names():
        cell = cell_named(name)
        found = list(_only_matches(cell, said, text, sizes, around))
        yield name, _verdict(claim, found)


def _only_matches(
    cell: Cell, said: Sequence[Statement], text: str, sizes: Mapping[str, int], around: Around
) -> Iterator[Finding]:
    """The findings on a cell, without mending what does not hold."""
    from grusym.counts.matching import matches

    known = Known(meaning=meanings(text), sizes=dict(sizes))
    for statement in said:
        if statement.ratio is None and not bare(statement) and not defines(statement, known):
            label = " ".join((*statement.label, statement.name))
            context: Context = from_words(
                cell, statement.all_words, around.words, sizes, known.meaning, label
            )
            if not matches(statement.chain[0].tree, replace(context, own=True)):
                yield Finding("refuted", statement, cell=cell.name)
                return
        finding = judge_statement(statement, cell, text, around, known, (), own=True)
        if finding is not None:
            yield finding
