"""True counts broken by one edit, and which polynomials are true of a cell, worked out apart."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import sympy as sp

from grusym.calculus.counting import operation_count, parameter_count, product_count
from grusym.calculus.identifiable import identifiable
from grusym.calculus.kinds import parameter_kinds
from grusym.cells.library import cell as named
from grusym.language.cell import Cell
from grusym.models.conventions import conventions

n, m, p = (sp.Symbol(letter, integer=True, positive=True) for letter in "nmp")
Terms = tuple[tuple[int, tuple[int, int, int]], ...]  # coefficient, powers of n, m and p


def terms_of(formula: Any) -> Terms:
    return tuple(
        (int(c), tuple(map(int, powers))) for powers, c in sp.Poly(sp.expand(formula), n, m, p).terms()
    )


def formula_of(terms: Terms) -> Any:
    return sp.expand(sum(c * n**a * m**b * p**q for c, (a, b, q) in terms))


def mutants(terms: Terms) -> Iterator[tuple[str, Terms]]:
    """Every count one edit away: its kind and its terms."""
    for factor in (2, 3, 4, 5):
        yield f"factor {factor}", tuple((c * factor, powers) for c, powers in terms)
    for i, (c, powers) in enumerate(terms):
        before, after = terms[:i], terms[i + 1 :]
        if len(terms) > 1:
            yield "dropped", before + after
        for other in (c + 1, c - 1, 2 * c, -c):
            if other:
                yield "coefficient", (*before, (other, powers), *after)
        for j in range(2):
            more = tuple(e + (j == k) for k, e in enumerate(powers))
            yield "power", (*before, (c, more), *after)
            if powers[j]:
                less = tuple(e - (j == k) for k, e in enumerate(powers))
                yield "power", (*before, (c, less), *after)
                turned = tuple(e - (j == k) + (1 - j == k) for k, e in enumerate(powers))
                yield "letter", (*before, (c, turned), *after)
    for extra in ((1, 0, 0), (0, 1, 0), (0, 0, 0)):
        yield "term", (*terms, (1, extra))


@cache
def true_of(cell: Cell) -> frozenset[Any]:
    """Every polynomial in n, m (and p) that is a count of the cell in some convention."""
    layers = [x for x in conventions() if x.cell_name == cell.name and named(x.cell_name) == cell]
    kinds = {x.kind for x in layers}
    cells = [cell, *(x.cell for x in conventions() if x.kind in kinds)]
    found = set()
    for each in cells:
        whole, biases = sp.expand(parameter_count(each)), parameter_kinds(each)["biases"]
        found |= {whole, sp.expand(whole - biases)}
        if not layers:
            found.add(sp.expand(whole + biases))
    if identifiable(cell).exact:
        found.add(sp.expand(identifiable(cell).count))
    products, biases = sp.expand(product_count(cell)), parameter_kinds(cell)["biases"]
    found |= {products, sp.expand(operation_count(cell)), sp.expand(products + biases)}
    return frozenset(found)


def is_true(terms: Terms, cell: Cell, exchangeable: bool) -> bool:
    """Whether a formula is a true count; where letters say nothing, also with state and input exchanged."""
    formula = formula_of(terms)
    ways = [formula]
    if exchangeable:
        ways.append(formula.subs({n: m, m: n}, simultaneous=True))
    if not formula.has(m):  # one letter for both widths
        ways_of_one = [sp.expand(true.subs(m, n)) for true in true_of(cell)]
        if formula in ways_of_one:
            return True
    if (
        exchangeable
        and not formula.has(n)
        and formula.subs(m, n) in [sp.expand(t.subs(m, n)) for t in true_of(cell)]
    ):
        return True
    return any(way in true_of(cell) for way in ways)


NOTATIONS = {
    "words": ("hidden_size", "input_size", "proj_size", " * ", "**{}"),
    "unicode": ("n", "m", "p", "", {2: "²", 3: "³", 4: "⁴"}),
    "latex": ("n_h", "n_x", "n_p", r" \cdot ", "^{{{}}}"),
}


def written(terms: Terms, notation: str) -> str:
    """The sum of the terms in a notation."""
    *names, times, power = NOTATIONS[notation]
    out = ""
    for c, powers in terms:
        factors = [str(abs(c))] if abs(c) != 1 or not any(powers) else []
        for name, e in zip(names, powers, strict=True):
            if e > 1:
                factors.append(name + (power[e] if isinstance(power, dict) else power.format(e)))
            elif e:
                factors.append(name)
        sign = " - " if c < 0 else " + " if out else ""
        out += sign + times.join(factors)
    return out.strip()
