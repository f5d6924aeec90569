"""The mutation study: wrong formulas must be refused and mended, right ones accepted, and soon.

    python -m tests.verify.study --mutants 20000 --rewrites 20000    prints the table

Wrongness is decided by complex steps alone (`grusym.checks.trial`), which no verdict was made with.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field

import numpy as np

from grusym.checks.trial import trial
from grusym.errors import GrusymError
from grusym.language.claim import Verdict
from grusym.language.claim_text import read_claims
from grusym.language.derivatives import cotangents
from grusym.language.expression import Name, substituted
from grusym.verifying.verify import verify
from tests.verify.formulas_of_cells import NOTATIONS, Formula, formulas, library
from tests.verify.mutations import SLIPS, Slips, canonical, rewritten

POINTS = ((3, 2, 11), (4, 3, 12))  # (n, m, seed)


@dataclass
class Tally:
    """What became of the formulas of one kind."""

    judged: int = 0
    accepted: int = 0
    under_reading: int = 0
    unreadable: int = 0
    undecided: int = 0
    mended: int = 0
    exact: int = 0
    seconds: list[float] = field(default_factory=list)


@dataclass
class Study:
    """The tallies, and what should not have happened."""

    tallies: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    offences: list[str] = field(default_factory=list)
    inexact: list[str] = field(default_factory=list)
    harmless: Counter[str] = field(default_factory=Counter)


def right(formula: Formula) -> bool | None:
    """Whether complex steps agree with a formula; None where it cannot be evaluated."""
    try:
        for n, m, seed in POINTS:
            one = trial(formula.subject, n, m, seed)
            if one is None:
                return None
            if not one(formula.expression).agrees:
                return False
    except GrusymError:
        return None
    return True


def timed(formula: Formula, notation: str) -> tuple[Verdict | None, float]:
    start = time.perf_counter()
    try:
        verdict = verify(formula.cell, formula.claim(notation))
    except GrusymError:
        return None, time.perf_counter() - start
    return verdict, time.perf_counter() - start


def all_formulas() -> list[Formula]:
    return [f for cell in library() for f in formulas(cell)]


def mutants(study: Study, count: int, seed: int = 0, edits: int = 1) -> None:
    """Judge so many wrong neighbours of right formulas."""
    rng = random.Random(seed)
    pool, kinds = all_formulas(), list(SLIPS)
    done = 0
    while done < count:
        formula = rng.choice(pool)
        slips = Slips(formula.cell, rng)
        kind, wrong = rng.choice(kinds), formula.expression
        for k in range(edits):
            changed = slips.mutant(wrong, kind if k == 0 else rng.choice(kinds))
            wrong = changed if changed is not None else wrong
        name = kind if edits == 1 else "two edits"
        if wrong == formula.expression:
            continue
        mutant = formula.saying(wrong)
        truth = right(mutant)
        if truth is None:
            continue
        if truth:  # the slip has changed nothing: c c for c² and the like
            study.harmless[name] += 1
            continue
        done += 1
        notation = rng.choice(NOTATIONS)
        verdict, seconds = timed(mutant, notation)
        tally = study.tallies[name]
        tally.judged += 1
        tally.seconds.append(seconds)
        if verdict is None:
            tally.unreadable += 1
        elif verdict.holds:
            _accepted(study, tally, mutant, slips, verdict, notation)
        elif verdict.outcome == "undecided":
            tally.undecided += 1
            study.offences.append(
                f"undecided {name}: {mutant.cell.name}: {mutant.claim(notation)}: {verdict}"
            )
        elif verdict.mended:
            _mended(study, tally, formula, mutant, verdict, name, notation)


def _accepted(
    study: Study, tally: Tally, mutant: Formula, slips: Slips, verdict: Verdict, notation: str
) -> None:
    """A wrong formula that holds: under a reading that is said and that numbers confirm, or an offence."""
    turned = SLIPS["layout"](mutant.expression, slips)
    denominator = any("denominator" in said for said in verdict.assumes)
    if denominator and turned is not None and right(mutant.saying(turned)):
        tally.under_reading += 1
        return
    tally.accepted += 1
    study.offences.append(f"accepted: {mutant.cell.name}: {mutant.claim(notation)}: {verdict}")


def _mended(
    study: Study, tally: Tally, formula: Formula, mutant: Formula, verdict: Verdict, kind: str, notation: str
) -> None:
    given = cotangents(formula.cell)
    known = {f"∂L/∂{value}": Name(g) for value, g in given.items()}  # where no path leads on within the step
    try:
        again = read_claims(verdict.mended, formula.cell).chains[0].sides[-1].expression
        again = substituted(again, known)
        fixed = right(formula.saying(again))
    except GrusymError as error:
        study.offences.append(f"a correction cannot be read: {verdict.mended}: {error}")
        return
    if not fixed:
        study.offences.append(f"a correction is wrong: {mutant.claim(notation)} -> {verdict.mended}")
        return
    tally.mended += 1
    if canonical(again) == canonical(formula.expression):
        tally.exact += 1
    else:
        study.inexact.append(f"{kind}: {formula.cell.name}: {mutant.claim()}\n    -> {verdict.mended}")


def rewrites(study: Study, count: int, seed: int = 1) -> None:
    """Judge so many right formulas, rewritten at random."""
    rng = random.Random(seed)
    pool = all_formulas()
    for k in range(count):
        formula = rng.choice(pool)
        slips = Slips(formula.cell, rng)
        same = formula.saying(rewritten(formula.expression, slips, rng.randint(0, 5)))
        notation = NOTATIONS[k % len(NOTATIONS)]
        verdict, seconds = timed(same, notation)
        tally = study.tallies[f"rewritten, {notation}"]
        tally.judged += 1
        tally.seconds.append(seconds)
        if verdict is None:
            tally.unreadable += 1
            try:
                verify(same.cell, same.claim(notation))
            except GrusymError as error:
                study.offences.append(f"unreadable: {same.cell.name}: {same.claim(notation)}: {error}")
        elif verdict.holds:
            tally.accepted += 1
        else:
            study.offences.append(f"refused: {same.cell.name}: {same.claim(notation)}: {verdict}")


def table(study: Study) -> str:
    lines = [
        f"{'kind':24} {'judged':>7} {'accepted':>8} {'reading':>7} {'unread':>6} {'undec.':>6} "
        f"{'mended':>7} {'exact':>7} {'median':>8} {'99 %':>8}"
    ]
    for name, t in study.tallies.items():
        half, most = np.percentile(t.seconds, [50, 99]) * 1e3
        lines.append(
            f"{name:24} {t.judged:7} {t.accepted:8} {t.under_reading:7} {t.unreadable:6} {t.undecided:6} "
            f"{t.mended:7} {t.exact:7} {half:6.1f}ms {most:6.1f}ms"
        )
    seconds = [s for t in study.tallies.values() for s in t.seconds]
    half, most = np.percentile(seconds, [50, 99]) * 1e3
    lines.append(f"all verdicts: {len(seconds)}, median {half:.1f} ms, 99 % within {most:.1f} ms")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutants", type=int, default=20_000)
    parser.add_argument("--rewrites", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", type=int, default=10)
    options = parser.parse_args()
    study = Study()
    two = options.mutants // 4
    mutants(study, options.mutants - two, options.seed)
    mutants(study, two, options.seed + 1, edits=2)
    rewrites(study, options.rewrites, options.seed + 2)
    print(table(study))
    print(f"slips that changed nothing: {sum(study.harmless.values())}")
    print(f"offences: {len(study.offences)}")
    for line in study.offences[: options.show]:
        print(line)
    print(f"mended, but not by the exact edit: {len(study.inexact)}")
    for line in study.inexact[: options.show]:
        print(line)
    return int(bool(study.offences))


if __name__ == "__main__":
    sys.exit(main())
