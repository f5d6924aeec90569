"""Verdicts on a page: counted for its top, sorted so that what needs attention comes first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from numbers import Real
from typing import Any

from grusym.errors import GrusymError
from grusym.reports.page.content import Judged, Page, Section, VerdictTable

# In the order in which they ask for attention.
OUTCOMES = {"refuted": "✗", "undecided": "?", "agrees": "≈", "proved": "✓"}
PASSED = ("proved", "agrees")
MEANING = {
    "proved": "exact, by the method named",
    "agrees": "numbers within tolerance",
    "refuted": "wrong, with a counterexample",
    "undecided": "outside what can be decided",
}
_ASSIGNED = re.compile(r"(?<=\b\w) = (?=\d)")  # n = 64, which no line end should part
DETAILS = {
    "where": "Where",
    "error": "Kind of error",
    "fix": "Smallest fix",
    "counterexample": "Counterexample",
    "assumes": "Assumes",
    "detail": "Detail",
}


@dataclass(frozen=True)
class ShownVerdict:
    """One row: what was judged and how, and the details that are there."""

    id: str
    claim: str
    outcome: str
    sign: str
    method: str
    error: Any
    remark: str
    details: tuple[tuple[str, str], ...]
    again: bool = False  # the row above judges the same claim


@dataclass(frozen=True)
class Counts:
    """How many verdicts of each outcome a page or a table holds."""

    by_outcome: dict[str, int]

    @property
    def total(self) -> int:
        """All verdicts."""
        return sum(self.by_outcome.values())

    @property
    def failed(self) -> int:
        """Refuted claims."""
        return self.by_outcome["refuted"]

    @property
    def passed(self) -> int:
        """Claims proved, or in agreement."""
        return sum(self.by_outcome[outcome] for outcome in PASSED)

    @property
    def sentence(self) -> str:
        """The counts in one plain sentence."""
        if not self.total:
            return "No checks were run."
        checks = "check" if self.total == 1 else "checks"
        undecided = self.by_outcome["undecided"]
        if self.passed == self.total:
            return f"All {self.total} checks passed." if self.total > 1 else "The one check passed."
        failed = f"{self.failed} of {self.total} {checks} failed"
        if not self.failed:
            return f"{undecided} of {self.total} {checks} could not be decided."
        return f"{failed}; {undecided} could not be decided." if undecided else f"{failed}."


def counted(verdicts: Iterable[Judged]) -> Counts:
    """The counts of some verdicts. Raises GrusymError at an outcome that is none of the four."""
    found = dict.fromkeys(reversed(OUTCOMES), 0)
    for verdict in verdicts:
        found[_outcome(verdict)] += 1
    return Counts(found)


def verdicts_of(page: Page) -> Iterator[Judged]:
    """Every verdict a page shows."""
    yield from (v for section in page.sections for v in _within(section))


def _within(section: Section) -> Iterator[Judged]:
    for block in section.blocks:
        if isinstance(block, VerdictTable):
            yield from block.verdicts
    for inner in section.sections:
        yield from _within(inner)


def shown_verdicts(table: VerdictTable) -> list[ShownVerdict]:
    """The rows of a table, claim by claim: the refuted ones first, otherwise in the order given."""
    attention = list(OUTCOMES).index
    claims: dict[tuple[str, str], list[ShownVerdict]] = {}
    for row in map(_shown, table.verdicts):
        claims.setdefault((row.id, row.claim), []).append(row)
    ordered = sorted(claims.values(), key=lambda rows: min(attention(row.outcome) for row in rows))
    return [replace(row, again=place > 0) for rows in ordered for place, row in enumerate(rows)]


def _shown(verdict: Judged) -> ShownVerdict:
    claim = verdict.claim
    outcome = _outcome(verdict)
    error = getattr(verdict, "error", None)
    number = error if isinstance(error, Real) else None
    said = {name: _said(getattr(verdict, name, None)) for name in DETAILS}
    if number is not None:
        said["error"] = ""
    # What passed needs no drawer for a remark on how.
    remark = said.pop("detail") if outcome in PASSED else ""
    return ShownVerdict(
        id=str(getattr(claim, "id", "")),
        claim=str(getattr(claim, "statement", claim)),
        outcome=outcome,
        sign=OUTCOMES[outcome],
        method=_ASSIGNED.sub("\u00a0=\u00a0", verdict.method),
        error=number,
        remark=remark,
        details=tuple((DETAILS[name], text) for name, text in said.items() if text),
    )


def _outcome(verdict: Judged) -> str:
    if verdict.outcome not in OUTCOMES:
        raise GrusymError(
            f"showing the verdict on {verdict.claim}: its outcome is {verdict.outcome!r}; "
            f"an outcome is one of {', '.join(reversed(OUTCOMES))}"
        )
    return verdict.outcome


def _said(value: object) -> str:
    if isinstance(value, Mapping):
        return "\n".join(f"{name} = {entry}" for name, entry in value.items())
    if isinstance(value, (tuple, list)):
        return "; ".join(map(str, value))
    return "" if value is None else str(value)
