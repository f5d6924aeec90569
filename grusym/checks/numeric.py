"""The numeric oracle: complex steps through a cell's equations, at several sizes and generic points.

At h = 0, at n = 1 or with an absolute tolerance many wrong formulas look right, so: no state near 0,
n != m, and errors relative to the sizes of the terms.
"""

from __future__ import annotations

import numpy as np

from grusym.checks.explain import explained
from grusym.checks.subject import Subject
from grusym.checks.trial import DRAWS, FLOOR, TOLERANCE, trial
from grusym.language.claim import Verdict
from grusym.language.expression import ZERO

SIZES = ((3, 2), (5, 7), (32, 12))  # (n, m)


def compare(
    subject: Subject, sizes: tuple[tuple[int, int], ...] = SIZES, seed: int = 0, mend: bool = True
) -> Verdict:
    """Whether a formula agrees with complex steps at every size.

    Method: the derivative by each entry is Im f(x + i 1e-20)/1e-20; the entries of one variable form
    one batch. The error is relative to the sum of the sizes of the formula's terms. With
    `mend`, a wrong formula is compared after each edit that could mend it.
    """
    method = "complex step at n×m = " + ", ".join(f"{n}×{m}" for n, m in sizes)
    worst = (0.0, "")
    for k, (n, m) in enumerate(sizes):
        one = trial(subject, n, m, seed + 1000 * k)
        if one is None:
            detail = f"in {DRAWS} draws at n={n}, m={m} no point was found where all values are finite"
            return Verdict(subject.claim, "undecided", method, detail=detail)
        at = one(subject.expression)
        place, i = f"n={n}, m={m}, entry {at.place}", at.worst
        if not at.agrees:
            found, expected = float(f"{at.found[i]:.9g}"), float(f"{at.expected[i]:.9g}")
            error, fix = explained(subject, one, at) if mend else ("", "")
            return Verdict(
                subject.claim,
                "refuted",
                method,
                where=place,
                error=error,
                fix=fix,
                counterexample={"n": n, "m": m, "entry": at.place, "formula": found, "derivative": expected},
                detail=f"relative error {at.error[i]:.1e}",
            )
        worst = max(worst, (float(at.error[i]), place))
    return Verdict(
        subject.claim, "agrees", method, detail=f"worst relative error {worst[0]:.1e} at {worst[1]}"
    )


def is_zero(subject: Subject) -> bool:
    """Whether a formula is 0 at a generic point of the largest size: then no multiple of it is wrong."""
    if subject.expression == ZERO:
        return True
    one = trial(subject, *SIZES[-1], seed=0)
    if one is None:
        return True
    at = one(subject.expression)
    return bool(np.all(np.abs(at.found) <= TOLERANCE * (at.terms + FLOOR)))
