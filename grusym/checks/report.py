"""All verdicts on a cell: a table, counts, plain data."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

from grusym.checks.equality import Refusal, combined, judge, self_test
from grusym.checks.slopes import judge_slope, slope_of
from grusym.language.activations import ACTIVATIONS
from grusym.language.claim import OUTCOMES, Verdict
from grusym.language.expression import ONE, Sum


@dataclass(frozen=True)
class CheckReport:
    """What the judges said of formulas, and of the same formulas broken on purpose."""

    verdicts: tuple[Verdict, ...]
    refusals: tuple[Refusal, ...] = ()

    @property
    def claims(self) -> dict[str, tuple[Verdict, ...]]:
        """The verdicts by the claim they are about."""
        found: dict[str, tuple[Verdict, ...]] = {}
        for v in self.verdicts:
            found[v.claim.id] = (*found.get(v.claim.id, ()), v)
        return found

    @property
    def accepted(self) -> tuple[Refusal, ...]:
        """The broken formulas that a judge did not refuse."""
        return tuple(r for r in self.refusals if not r.refused)

    @property
    def failures(self) -> tuple[Verdict, ...]:
        """What the judges say together of each claim they did not find true."""
        together = (combined(verdicts) for verdicts in self.claims.values())
        return tuple(v for v in together if not v.holds)

    @property
    def passed(self) -> int:
        """How many claims were found true by judges that also refused their broken twins."""
        return len(self.claims) - self.failed

    @property
    def failed(self) -> int:
        """How many claims were not found true, or have a broken twin that was accepted."""
        wrong = {v.claim.id for v in self.failures} | {r.verdict.claim.id for r in self.accepted}
        return len(wrong)

    @property
    def ok(self) -> bool:
        """Whether every claim was found true and every broken formula refused."""
        return not self.failed

    def counts(self) -> dict[str, int]:
        """How many verdicts say each word."""
        return {outcome: sum(v.outcome == outcome for v in self.verdicts) for outcome in OUTCOMES}

    def summary(self) -> str:
        """One line: passes, fails, and the words behind them."""
        words = ", ".join(f"{count} {outcome}" for outcome, count in self.counts().items() if count)
        refused = len(self.refusals) - len(self.accepted)
        twins = f"; {refused} of {len(self.refusals)} broken twins refused" if self.refusals else ""
        return f"{self.passed} passed, {self.failed} failed ({words or 'nothing to judge'}{twins})"

    def rows(self) -> list[list[str]]:
        """The table: a claim, what each method said of it, and whether its broken twins were refused."""
        twins: dict[str, list[bool]] = {}
        for r in self.refusals:
            twins.setdefault(r.verdict.claim.id, []).append(r.refused)
        methods = list(dict.fromkeys(v.method for v in self.verdicts))
        rows = [["", *methods, *(["broken twins"] if self.refusals else [])]]
        for claim, verdicts in self.claims.items():
            said = {v.method: v.outcome for v in verdicts}
            row = [claim, *(said.get(method, "") for method in methods)]
            if self.refusals:
                refused = twins.get(claim)
                row.append("none: it is 0" if refused is None else "refused" if all(refused) else "ACCEPTED")
            rows.append(row)
        return rows

    def __str__(self) -> str:
        rows = self.rows()
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in rows]
        wrong = [str(v) for v in self.failures]
        wrong += [f"a broken twin was accepted by {r.oracle}: {r.verdict}" for r in self.accepted]
        return "\n".join([*lines, *wrong, self.summary()])

    def _repr_html_(self) -> str:
        rows = "".join(
            "<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>" for row in self.rows()
        )
        return f"<table>{rows}</table><p>{escape(self.summary())}</p>"

    def to_json(self) -> dict[str, Any]:
        """The whole report as plain data."""
        return {
            "passed": self.passed,
            "failed": self.failed,
            "counts": self.counts(),
            "verdicts": [v.to_json() for v in self.verdicts],
            "twins": [
                {"oracle": r.oracle, "refused": r.refused, **r.verdict.to_json()} for r in self.refusals
            ],
        }

    def json(self) -> str:
        """The whole report as JSON."""
        return json.dumps(self.to_json(), ensure_ascii=False, indent=2)

    def __add__(self, other: CheckReport) -> CheckReport:
        return CheckReport(self.verdicts + other.verdicts, self.refusals + other.refusals)


def checked(things: Iterable[Any], twins: bool = True) -> CheckReport:
    """Judge Jacobians and gradients by every oracle, and every oracle by broken twins."""
    things = tuple(things)
    verdicts = tuple(v for thing in things for v in judge(thing))
    return CheckReport(verdicts, tuple(r for thing in things for r in self_test(thing)) if twins else ())


def checked_slopes() -> CheckReport:
    """Judge the slope of every activation, and the judge by a slope that is 1 too large."""
    wrong = {name: Sum((slope_of(name), ONE)) for name in ACTIVATIONS}
    return CheckReport(
        tuple(judge_slope(name) for name in ACTIVATIONS),
        tuple(Refusal("slopes", judge_slope(name, slope)) for name, slope in wrong.items()),
    )
