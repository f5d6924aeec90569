"""An identity told whole: in words and formulas, how it was judged, and where its neighbours fail."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from grusym.language.claim import Verdict
from grusym.theorems.judging import Judged
from grusym.theorems.statement import Shown

INDENT = " " * 4
_ASSIGNED = re.compile(r"([^\s,=]+) = (\[.*?\]|[^,\[]+)(?=, [^\s,=\[\]]+ = |$)")


def told(judged: Judged) -> str:
    """The whole of it as text."""
    own = judged.identity
    cell = own.context.cell
    lines = [str(own), f"  in the names of {cell.name}: {cell.title}"]
    assumes = judged.verdict.assumes
    lines += [f"  assuming {'; '.join(assumes)}"] if assumes else []
    lines += [f"  source: {own.source}"]
    lines += _formulas(line for form in own.shows for line in form.lines(own.context))
    lines += [f"  {judged.verdict.outcome}: {judged.verdict.method}"]
    lines += [f"{INDENT}{judged.verdict.detail}"] if judged.verdict.detail else []
    for neighbour, refusal in zip(own.false, judged.refusals, strict=True):
        lines += ["", f"  false neighbour {refusal.claim.id}: {neighbour.statement}"]
        context = own.context_of(neighbour)
        lines += _formulas(line for form in neighbour.shows for line in form.lines(context))
        lines += [f"  {refusal.outcome}: {refusal.method}"]
        lines += [f"{INDENT}{counterexample(refusal)}"] if refusal.counterexample else []
    return "\n".join(lines)


def _formulas(shown: Iterable[Shown]) -> list[str]:
    lines = []
    for line in shown:
        for said, mark, e in ((line.said, "", line.left), (line.right_said, f"{line.relation} ", line.right)):
            if e is not None:
                lines.append(f"  {mark}{e}" + (f"    ({said})" if said else ""))
    return lines


def counterexample(verdict: Verdict) -> str:
    """The numbers of a counterexample in one line: what the sides are there, and what is not 0."""
    shown: Mapping[str, Any] = verdict.counterexample
    values = ", ".join(f"{k} = {v}" for k, v in shown.items() if k not in ("at", "other gate"))
    text = f"{values}; at {not_zero(str(shown['at']))}" if shown.get("at") else values
    return f"{text}; with the other gate's {shown['other gate']}" if "other gate" in shown else text


def not_zero(assigned: str) -> str:
    """Arrays as text, those that are all 0 not written out."""
    found = _ASSIGNED.findall(assigned)
    kept = [f"{name} = {value}" for name, value in found if re.search("[1-9]", value)]
    rest = len(found) - len(kept)
    if not kept:
        return "0 everywhere" if found else ""
    return ", ".join(kept) + (", all else 0" if rest else "")
