"""Prove the identities of cells, and refute a false neighbour of each.

  grusym identities            all of them, one a line, with verdict and method
  grusym identities gru-03     one whole: formulas, assumptions, method, its false neighbour's counterexample
  grusym identities --bounded  which states stay in [-1, 1], for every cell

Exits with 1 if an identity is not proved or a neighbour is not refuted, and if a bound is not decided.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from grusym.terminal import answer, answer_options

if TYPE_CHECKING:
    from grusym.theorems.judging import Judged


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("ids", nargs="*", metavar="ID", help="an identity, such as gru-03")
    parser.add_argument("--bounded", action="store_true", help="which states of which cells stay in [-1, 1]")
    answer_options(parser)


def run(options: argparse.Namespace) -> int:
    """Print the verdicts."""
    if options.bounded:
        return _bounded(options)
    import grusym
    from grusym.reports.progress import progress, quiet

    asked = [grusym.identity(id) for id in options.ids] or list(grusym.identities())
    with quiet(options.quiet or len(asked) < 5):
        found = [grusym.prove(one) for one in progress(asked, "identities")]
    failed = [judged for judged in found if not judged.ok]
    if options.ids:
        text = "\n\n".join(map(str, found))
    elif options.quiet:
        text = _summary(found)
    else:
        text = "\n".join([*map(_line, found), "", _summary(found)])
    data = {
        "proved": len(found) - len(failed),
        "failed": len(failed),
        "identities": [j.to_json() for j in found],
    }
    answer(options, text, data)
    return int(bool(failed))


def _line(judged: Judged) -> str:
    outcome = (
        judged.verdict.outcome if judged.ok or judged.verdict.outcome != "proved" else "neighbour stands"
    )
    own = judged.identity
    assumed = f"; assuming {'; '.join(own.assumes)}" if own.assumes else ""
    return f"{own.id:9} {outcome}: {own.statement}{assumed} ({judged.verdict.method})"


def _summary(found: list[Judged]) -> str:
    proved = sum(judged.verdict.outcome == "proved" for judged in found)
    neighbours = [v for judged in found for v in judged.refusals]
    refuted = sum(v.outcome == "refuted" for v in neighbours)
    return (
        f"{proved} of {len(found)} identities proved; {refuted} of {len(neighbours)} false neighbours "
        "refuted with a counterexample"
    )


def _bounded(options: argparse.Namespace) -> int:
    import grusym
    from grusym.errors import DataError
    from grusym.theorems.bounded_states import ASSUMED, bounded_states
    from grusym.theorems.telling import counterexample

    if options.ids:
        asked = ", ".join(options.ids)
        raise DataError(f"--bounded looks at all cells, but {asked} was asked for; leave one of them out")
    found = bounded_states(map(grusym.cell, grusym.cell_names()))
    lines = [f"|s| ≤ 1 after a step, if {ASSUMED}:", ""]
    for b in found:
        numbers = counterexample(b.verdict) if b.verdict.counterexample else b.verdict.detail
        lines.append(f"{b.cell.name:24}{b.state:3} {b.verdict.outcome:8} {numbers}")
    data = [{"cell": b.cell.name, "state": b.state, **b.verdict.to_json()} for b in found]
    answer(options, "\n".join(lines), data)
    return int(any(b.verdict.outcome not in ("proved", "refuted") for b in found))
