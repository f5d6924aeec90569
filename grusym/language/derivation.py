"""Step and Derivation: what was done, in order. Records without rules; anyone may judge them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from grusym.language.expression import ZERO, Expression, Increment, Name


@dataclass(frozen=True)
class Step:
    """One line of a derivation: by `rule`, `before` equals `after`.

    `uses` are the numbers, from 1, of the earlier lines that are inserted. The line before that one with
    the same `before` is among them if this line goes on from it.
    """

    rule: str
    before: Expression
    after: Expression
    uses: tuple[int, ...] = ()

    def __str__(self) -> str:
        return f"{self.before} = {self.after}    [{self.rule}]"


@dataclass(frozen=True)
class Derivation:
    """The steps that lead to `result`, which is ∂of/∂by; `of` is None for a loss.

    A loss goes by the name `loss` in the steps, its gradients at the next states by those in `cotangents`.
    What is defined on the way has a step of the rule `abbreviation`.
    """

    of: str | None
    by: str
    steps: tuple[Step, ...]
    result: Expression = ZERO
    loss: str = "L"
    cotangents: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def goal(self) -> str:
        """What is derived: ∂h'/∂h."""
        return f"∂{self.of or self.loss}/∂{self.by}"

    def __len__(self) -> int:
        return len(self.steps)

    def __str__(self) -> str:
        wide = len(str(len(self.steps)))
        lines, last = [self.goal], None
        for i, step in enumerate(self.steps, 1):
            left = "" if step.before == last else str(step.before)
            lines.append(f"  {i:>{wide}}. {left} = {step.after}    [{step.rule}]")
            last = step.before
        return "\n".join([*lines, f"  {'':>{wide}}  {self.goal} = {self.result}"])


def own_line(step: Step, steps: tuple[Step, ...]) -> int | None:
    """The number of the line that a step goes on from: among those it uses, one of the same `before`."""
    return next((k for k in step.uses if steps[k - 1].before == step.before), None)


def about(step: Step) -> str | None:
    """The value whose change a step is about, or what it abbreviates."""
    e = step.before.operand if isinstance(step.before, Increment) else step.before
    return e.name if isinstance(e, Name) else None
