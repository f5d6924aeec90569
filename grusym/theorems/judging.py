"""Judging: an identity must be proved, and each of its false neighbours refuted, by the same machinery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from grusym.language.claim import Claim, Verdict
from grusym.theorems import library
from grusym.theorems.sides import Context
from grusym.theorems.statement import Form, Identity


@dataclass(frozen=True)
class Judged:
    """An identity with its verdict and those on its false neighbours."""

    identity: Identity
    verdict: Verdict
    refusals: tuple[Verdict, ...]

    @property
    def ok(self) -> bool:
        """Proved, and every neighbour refuted with a counterexample."""
        refused = all(v.outcome == "refuted" and v.counterexample for v in self.refusals)
        return self.verdict.outcome == "proved" and refused and bool(self.refusals)

    def __str__(self) -> str:
        from grusym.theorems.telling import told

        return told(self)

    def to_json(self) -> dict[str, Any]:
        """The verdicts as plain data."""
        return {
            "id": self.identity.id,
            "ok": self.ok,
            "cell": self.identity.context.cell.name,
            "source": self.identity.source,
            **self.verdict.to_json(),
            "false_neighbours": [v.to_json() for v in self.refusals],
        }


def prove(identity: Identity | str) -> Judged:
    """Prove an identity, given whole or by its id, and refute its false neighbours.

    Method: that of its forms, all of which must be proved. Of a false neighbour one form has to be
    refuted, by numbers. Both are verdicts: look at `.ok`.
    Raises UnknownNameError for an id nobody has.
    """
    identity = library.identity(identity) if isinstance(identity, str) else identity
    verdict = _whole(identity.claim, identity.shows, identity.context)
    refusals = [_whole(identity.claim_of(f), f.shows, identity.context_of(f)) for f in identity.false]
    return Judged(identity, verdict, tuple(refusals))


def _whole(claim: Claim, forms: Sequence[Form], context: Context) -> Verdict:
    """One verdict on several forms: the first that is not proved, or proved by all their methods."""
    verdicts = []
    for form in forms:
        verdicts.append(form.judge(claim, context))
        if verdicts[-1].outcome == "refuted":
            return verdicts[-1]
    failed = [v for v in verdicts if v.outcome != "proved"]
    if failed:
        return failed[0]
    methods = dict.fromkeys(v.method for v in verdicts)
    details = dict.fromkeys(v.detail for v in verdicts if v.detail)
    assumes = tuple(dict.fromkeys(said for v in verdicts for said in v.assumes))
    return replace(verdicts[0], method="; ".join(methods), detail="; ".join(details), assumes=assumes)
