"""Ratios: 75 % of an LSTM, 4x an RNN, gru_params / lstm_params = 0.75, under one convention for both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from grusym.calculus.counting import parameter_count
from grusym.calculus.kinds import BIAS, parameter_kinds
from grusym.counts.finding import Finding
from grusym.counts.mending import place_words
from grusym.counts.statements import Statement
from grusym.counts.words import cells_named, parts, size_of
from grusym.language.amounts.tree import letters, polynomial
from grusym.language.cell import Cell

COUNTED = {"params", "parameters", "param", "count", "weights", "total", "p"}


def cells_of_letters(statement: Statement) -> dict[str, str]:
    """The cells whose counts the letters of a chain stand for; empty unless every letter does."""
    found = {}
    for name in (name for said in statement.chain for name in letters(said.tree)):
        cells = cells_named(" ".join(parts(name)))
        words = set(parts(name))
        if not cells or (size_of(name) == "n" and not words & COUNTED and len(words) > 1):
            return {}
        found[name] = cells[0]
    return found


def judge_equation(statement: Statement, text: str) -> Finding:
    """gru_params / lstm_params = 0.75, lstm = 4 * rnn: an equation between counts of cells."""
    import sympy

    from grusym.cells.library import cell as named

    cells = {name: named(of) for name, of in cells_of_letters(statement).items()}
    sides = [said.tree for said in statement.chain]
    where = place_words(statement.place, text[statement.place.start : statement.place.end], text)
    first: tuple[Any, ...] | None = None
    for words, counts in _schemes(list(cells.values())):
        own = dict(zip(cells, counts, strict=True))
        values = [sympy.cancel(polynomial_ratio(side, own)) for side in sides]
        if all(sympy.cancel(v - values[0]) == 0 for v in values[1:]) and len(values) > 1:
            return Finding(
                "proved", statement, method="equal as rational functions of the sizes", assumes=(words,)
            )
        first = first or tuple(values)
    if len(sides) < 2 or first is None:
        return Finding("undecided", statement, detail="no equality is stated")
    return Finding(
        "refuted",
        statement,
        method="counts of both cells as polynomials",
        where=where,
        error="a wrong ratio",
        fix=f"{statement.chain[0].text} = {first[0]}",
        counterexample=_at_small_sizes(first[0], first[1]),
    )


def polynomial_ratio(tree: Any, own: dict[str, Any]) -> Any:
    """A tree with rational functions for its letters."""
    import sympy

    return sympy.sympify(polynomial(tree, own))


def judge_ratio(statement: Statement, cell: Cell, named_cells: Sequence[str], text: str) -> Finding:
    """A number of times, or percent, of another cell's parameters."""
    import sympy

    from grusym.cells.library import cell as library_cell

    assert statement.ratio is not None
    said = sympy.Rational(statement.ratio.numerator, statement.ratio.denominator)
    others = [name for name in named_cells if name != cell.name] or _usual(statement.ratio, cell.name)
    seen: list[tuple[str, Any]] = []
    for name in others:
        other = library_cell(name)
        for words, (own, theirs) in _schemes([cell, other]):
            found = sympy.cancel(own / theirs)
            seen.append((name, found))
            if found == said:
                measure = (f"parameters of a {name} of the same sizes are the measure", words)
                return Finding("proved", statement, method="the ratio of two polynomials", assumes=measure)
            if statement.slack and _near(found, said, statement.slack):
                assumes = (f"parameters of a {name} are the measure", words, "in the limit of large sizes")
                return Finding(
                    "agrees", statement, method="limits of the ratio of two polynomials", assumes=assumes
                )
    name, found = seen[0]
    shown = (
        f"{found} of a {name}" if not found.is_Rational else f"{float(found):.4g} times a {name}'s ({found})"
    )
    return Finding(
        "refuted",
        statement,
        method="the ratio of two polynomials",
        where=place_words(statement.place, text[statement.place.start : statement.place.end], text),
        error="a wrong ratio",
        fix=shown,
        counterexample=_at_small_sizes(found, said),
    )


def _usual(ratio: Fraction, own: str) -> list[str]:
    order = ("rnn", "lstm", "gru") if ratio >= 1 else ("lstm", "gru", "rnn")
    return [name for name in order if name != own]


def _schemes(cells: Sequence[Cell]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """The counts of several cells under the same convention, for each convention."""
    biases = [parameter_kinds(cell)[BIAS] for cell in cells]
    whole = [parameter_count(cell) for cell in cells]
    matrices = [_matrices(cell) for cell in cells]
    yield "the same sizes, and one bias vector for each gate in both", tuple(whole)
    yield "the same sizes, and no biases in either", tuple(w - b for w, b in zip(whole, biases, strict=True))
    yield (
        "the same sizes, and two bias vectors for each gate in both",
        tuple(w + b for w, b in zip(whole, biases, strict=True)),
    )
    yield "the same sizes, and no peepholes", tuple(a + b for a, b in zip(matrices, biases, strict=True))


def _matrices(cell: Cell) -> Any:
    import sympy

    return sum(
        (sympy.prod(s) for p in cell.parameters if len(s := cell.shapes[p]) == 2), start=sympy.Integer(0)
    )


def _near(ratio: Any, said: Any, slack: Fraction) -> bool:
    """Whether a ratio is about a number in the limit of large sizes, whatever they have to each other."""
    import sympy

    sizes = sorted(ratio.free_symbols, key=str)
    scale = sympy.Symbol("scale", positive=True)
    for shares in ((1, 1, 1), (1, 3, 1), (3, 1, 1)):
        at = ratio.subs({s: share * scale for s, share in zip(sizes, shares, strict=False)})
        if abs(sympy.limit(at, scale, sympy.oo) - said) > sympy.Rational(slack.numerator, slack.denominator):
            return False
    return True


def _at_small_sizes(found: Any, said: Any) -> dict[str, Any]:
    import sympy

    found, said = sympy.sympify(found), sympy.sympify(said)
    for total in range(2, 8):
        for n in range(1, total):
            at = {s: {"n": n, "m": total - n}.get(s.name, 2) for s in found.free_symbols | said.free_symbols}
            if found.subs(at) != said.subs(at):
                sizes = {str(s): v for s, v in sorted(at.items(), key=lambda pair: str(pair[0]))}
                return {**sizes, "claimed": str(said.subs(at)), "true": str(found.subs(at))}
    return {}
