"""Claims and verdicts: records of what is said and of how it was judged. The judges live elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any, Literal, get_args

from grusym.errors import GrusymError
from grusym.language.drawn_paths import svg
from grusym.language.expression import Expression

Outcome = Literal["proved", "agrees", "refuted", "undecided"]
OUTCOMES: tuple[str, ...] = get_args(Outcome)


@dataclass(frozen=True)
class Claim:
    """left = right, said of a cell. `id` is permanent; `assumes` are the readings it is made under."""

    id: str
    statement: str
    left: Expression | None = None
    right: Expression | None = None
    assumes: tuple[str, ...] = ()
    source: str = ""

    def __str__(self) -> str:
        return self.statement


@dataclass(frozen=True)
class Verdict:
    """How a claim was judged.

    `outcome`: proved is exact, agrees is numbers within a tolerance, refuted comes with a place and a
    counterexample, undecided says what lies outside what can be decided. `method` says who decided,
    `where` the place, `fix` the smallest edit, `error` its kind, `detail` anything more.
    `mended` is the whole claim after the edit, `holds_if` a condition under which a refuted claim would
    hold, `steps` the verdicts on the equalities of a derivation. Where methods contradict each other the
    outcome is undecided and `defect` holds all that is needed to report it. `missed` are the paths of the
    cell's graph that a formula leaves out, drawn in a notebook on the graph that `edges` give.
    """

    claim: Claim
    outcome: Outcome
    method: str
    where: str = ""
    error: str = ""
    fix: str = ""
    counterexample: Mapping[str, Any] = field(default_factory=dict)
    assumes: tuple[str, ...] = ()
    detail: str = ""
    mended: str = ""
    holds_if: tuple[str, ...] = ()
    steps: tuple[Verdict, ...] = ()
    defect: Mapping[str, Any] = field(default_factory=dict)
    missed: tuple[tuple[str, ...], ...] = ()
    edges: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if self.outcome not in OUTCOMES:
            known = ", ".join(OUTCOMES)
            raise GrusymError(f"a verdict was asked to say {self.outcome!r}; it says one of {known}")

    @property
    def holds(self) -> bool:
        """Whether the claim was found true, exactly or in numbers."""
        return self.outcome in ("proved", "agrees")

    def __str__(self) -> str:
        lines = [f"{self.outcome}: {self.claim} ({self.method})"]
        lines += [f"  {label}: {text}" for label, text in self._remarks()]
        if len(self.steps) > 1:
            lines += [f"  {step.outcome}: {step.claim}" for step in self.steps]
        return "\n".join(lines)

    def _remarks(self) -> list[tuple[str, str]]:
        shown = ", ".join(f"{name} = {value}" for name, value in self.counterexample.items())
        remarks = [
            ("assuming", "; ".join(self.assumes)),
            ("where", self.where),
            ("error", self.error),
            ("fix", self.fix),
            ("mended", self.mended),
            ("would hold", "; ".join(self.holds_if)),
            ("counterexample", shown),
            ("detail", self.detail),
        ]
        return [(label, text) for label, text in remarks if text]

    def _repr_html_(self) -> str:
        remarks = "".join(f"<dt>{escape(a)}</dt><dd>{escape(b)}</dd>" for a, b in self._remarks())
        steps = "".join(f"<li>{step._repr_html_()}</li>" for step in self.steps if len(self.steps) > 1)
        if self.missed and self.edges:
            remarks += f"<dt>missed</dt><dd>{svg(self.edges, self.missed)}</dd>"
        remarks += f"<dt>steps</dt><dd><ol>{steps}</ol></dd>" if steps else ""
        return (
            f'<div class="verdict {self.outcome}"><strong>{self.outcome}</strong> {escape(str(self.claim))} '
            f"<em>({escape(self.method)})</em>{f'<dl>{remarks}</dl>' if remarks else ''}</div>"
        )

    def to_json(self) -> dict[str, Any]:
        """The verdict as plain data, empty fields left out."""
        data = {"claim": self.claim.id, "statement": self.claim.statement, "outcome": self.outcome}
        data |= {"method": self.method, "where": self.where, "error": self.error, "fix": self.fix}
        plain = {
            "counterexample": dict(self.counterexample),
            "assumes": list(self.assumes),
            "detail": self.detail,
            "mended": self.mended,
            "holds_if": list(self.holds_if),
            "steps": [step.to_json() for step in self.steps] if len(self.steps) > 1 else [],
            "defect": dict(self.defect),
            "missed": [list(path) for path in self.missed],
        }
        return {name: value for name, value in (data | plain).items() if value}
