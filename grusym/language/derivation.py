"""Step and Derivation: what was done, in order. Records without rules; anyone may judge them."""

from __future__ import annotations

from dataclasses import dataclass

from grusym.language.expression import Expression


@dataclass(frozen=True)
class Step:
    """One line of a derivation: by `rule`, `before` equals `after`."""

    rule: str
    before: Expression
    after: Expression

    def __str__(self) -> str:
        return f"{self.before} = {self.after}    [{self.rule}]"


@dataclass(frozen=True)
class Derivation:
    """The steps that lead to `goal`."""

    goal: str
    steps: tuple[Step, ...]

    def __len__(self) -> int:
        return len(self.steps)

    def __str__(self) -> str:
        wide = len(str(len(self.steps)))
        lines = [f"{self.goal}"]
        for i, step in enumerate(self.steps, 1):
            lines.append(f"  {i:>{wide}}. {step.rule}")
            lines.append(f"  {'':>{wide}}  {step.before}")
            lines.append(f"  {'':>{wide}}    = {step.after}")
        return "\n".join(lines)
