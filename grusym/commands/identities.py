"""Prove what ties the cells together: limits, special cases, determinants, bounds.

  grusym identities            every identity with its verdict
  grusym identities gru-04     one whole: formulas, method, false neighbours and what refutes them
  grusym identities --bounds   which states of which cells stay within [-1, 1]

Each has a false neighbour that the same method must refute with numbers. Exits with 1 if an identity is
not proved, or a neighbour is not refuted.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from grusym.terminal import answer, answer_options, table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from grusym.language.claim import Verdict
    from grusym.theorems.judging import Judged
    from grusym.theorems.sides import Context
    from grusym.theorems.statement import Form


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("ids", nargs="*", metavar="ID", help="identities to show whole, such as gru-04")
    parser.add_argument("--bounds", action="store_true", help="judge |s| <= 1 for every state of every cell")
    answer_options(parser)


def run(options: argparse.Namespace) -> int:
    """Judge and print."""
    if options.bounds:
        return _bounds(options)
    from grusym.reports.progress import progress, quiet
    from grusym.theorems.judging import judged
    from grusym.theorems.library import identities, identity

    wanted = [identity(id) for id in options.ids] or identities()
    with quiet(options.quiet):
        found = [judged(one) for one in progress(wanted, "identities")]
    text = "\n\n".join(map(_whole, found)) if options.ids else _listed(found)
    answer(options, text, [one.to_json() for one in found])
    return int(not all(one.ok for one in found))


def _listed(found: list[Judged]) -> str:
    rows = [(one.identity.id, one.verdict.outcome, _refused(one), one.identity.statement) for one in found]
    good = sum(one.ok for one in found)
    refused = sum(v.outcome == "refuted" for one in found for v in one.refusals)
    neighbours = sum(len(one.refusals) for one in found)
    last = f"{good} of {len(found)} proved; {refused} of {neighbours} false neighbours refuted"
    return f"{table(('id', 'verdict', 'neighbours', 'statement'), rows)}\n\n{last}"


def _refused(one: Judged) -> str:
    return ", ".join(dict.fromkeys(v.outcome for v in one.refusals))


def _whole(one: Judged) -> str:
    own = one.identity
    lines = [f"{own.id}: {own.statement}", f"  cell: {own.context.cell.name}", f"  source: {own.source}"]
    lines += [f"  assuming: {condition}" for condition in own.assumes]
    lines += _formulas(own.shows, own.context)
    lines += _verdict(one.verdict)
    for neighbour, verdict in zip(own.false, one.refusals, strict=True):
        lines += ["", f"  false neighbour: {neighbour.statement}"]
        lines += _formulas(neighbour.shows, own.context_of(neighbour))
        lines += _verdict(verdict)
    return "\n".join(lines)


def _formulas(forms: Iterable[Form], context: Context) -> list[str]:
    return [f"    {line.said}" for form in forms for line in form.lines(context)]


def _verdict(verdict: Verdict) -> list[str]:
    shown = ", ".join(f"{name} = {value}" for name, value in verdict.counterexample.items())
    remarks = [
        f"    {label}: {said}" for label, said in (("counterexample", shown), ("detail", verdict.detail))
    ]
    return [f"    {verdict.outcome}: {verdict.method}", *(line for line in remarks if line[-2:] != ": ")]


def _bounds(options: argparse.Namespace) -> int:
    import grusym
    from grusym.reports.progress import progress, quiet
    from grusym.theorems.bounded_states import bounded_states

    with quiet(options.quiet):
        names = progress(grusym.cell_names(), "cells")
        found = [one for name in names for one in bounded_states([grusym.cell(name)])]
    rows = [(one.cell.name, one.state, one.verdict.outcome, _at(one.verdict)) for one in found]
    text = table(("cell", "state", "|s| <= 1", "counterexample"), rows)
    answer(options, text, [_bound_data(one.cell.name, one.state, one.verdict) for one in found])
    return int(any(one.verdict.outcome == "undecided" for one in found))


def _at(verdict: Verdict) -> str:
    return ", ".join(f"{name} = {value}" for name, value in verdict.counterexample.items())


def _bound_data(cell: str, state: str, verdict: Verdict) -> dict[str, Any]:
    return {"cell": cell, "state": state, **verdict.to_json()}
