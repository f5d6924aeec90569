"""One formula, all judges: what each says, what they say together, and whether they can say no."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from grusym.checks import components, numeric
from grusym.checks.subject import Subject, subjects
from grusym.checks.twins import broken
from grusym.errors import GrusymError
from grusym.language.claim import Verdict

Oracle = Callable[[Subject], Verdict]
ORACLES: Mapping[str, Oracle] = {"components": components.compare, "numeric": numeric.compare}


@dataclass(frozen=True)
class Refusal:
    """What an oracle said of a formula broken on purpose, which it must refuse."""

    oracle: str
    verdict: Verdict

    @property
    def refused(self) -> bool:
        """Whether the oracle called the broken formula wrong, as it must."""
        return self.verdict.outcome == "refuted"


def judge(thing: Any) -> tuple[Verdict, ...]:
    """The verdict of every oracle on a Jacobian, or on each of a cell's gradients."""
    return tuple(oracle(subject) for subject in subjects(thing) for oracle in ORACLES.values())


def self_test(thing: Any) -> tuple[Refusal, ...]:
    """The verdict of every oracle on a broken twin of each formula that is not 0 everywhere."""
    return tuple(
        Refusal(name, oracle(subject.saying(broken(subject.expression))))
        for subject in subjects(thing)
        if not numeric.is_zero(subject)
        for name, oracle in ORACLES.items()
    )


def combined(verdicts: Iterable[Verdict]) -> Verdict:
    """What several verdicts on one claim say together: nothing, where they contradict each other."""
    verdicts = tuple(verdicts)
    if not verdicts:
        raise GrusymError("no verdict was given to combine; judge the claim first")
    strongest = {outcome: v for outcome in ("agrees", "proved") for v in verdicts if v.outcome == outcome}
    against = [v for v in verdicts if v.outcome == "refuted"]
    if against and strongest:
        sides = "; ".join(f"{v.outcome} by {v.method}" for v in verdicts)
        detail = f"the judges contradict each other ({sides}): this is a defect of grusym, please report it"
        return Verdict(verdicts[0].claim, "undecided", "all judges", detail=detail)
    if against:
        return max(against, key=lambda v: bool(v.fix))
    return strongest.get("proved") or strongest.get("agrees") or verdicts[0]
