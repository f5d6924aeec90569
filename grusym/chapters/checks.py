"""The verdicts on every derived formula."""

from __future__ import annotations

from types import SimpleNamespace

from grusym.chapters.findings import Findings, rows
from grusym.reports.page.content import Section, Strong, Text, VerdictTable

MEANING = (
    "Each Jacobian and gradient has two judges. Component-wise SymPy is exact, at n = 2 and m = 1 only: the "
    "smallest size at which transposes and the order of products show. Complex step looks at larger sizes, "
    "to rounding. The slopes of the elementwise functions have one judge, SymPy's own derivative."
)


def chapter(found: Findings) -> Section:
    """The verdicts."""
    data = found.data("formulas_checked")
    if data is None:
        return Section("Checks", found.missing("formulas_checked"))
    verdicts = [
        SimpleNamespace(
            claim=SimpleNamespace(id=row["claim"], statement=row["statement"]),
            **{k: row[k] for k in ("outcome", "method", "where", "fix", "counterexample", "detail")},
        )
        for row in rows(data, "verdict")
    ]
    refused, twins = int(data.twin_refused.sum()), data.sizes["twin"]
    text = (
        f"{data.sizes['verdict']} verdicts on {len(set(data.claim.values))} formulas. To show "
        "that the oracles "
        f"can say no, each was also given a broken twin of every formula: {refused} of {twins} were refused."
    )
    accepted = [str(t) for t, r in zip(data.twin_of.values, data.twin_refused.values, strict=True) if not r]
    notes = (Text(("Broken twins that were accepted: ", Strong(", ".join(accepted)))),) if accepted else ()
    table = VerdictTable(verdicts, title="Every derived formula, judged")
    failed = any(v.outcome in ("refuted", "undecided") for v in verdicts)
    inner = Section("All verdicts", (table,), open=failed or bool(accepted))
    return Section("Checks", (Text(text), Text(MEANING, "note"), *notes), (inner,))
