"""What was found in documents: as a compiler tells it, as JSON, and as SARIF for code hosts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from grusym.documents.checking import Finding, State
from grusym.documents.exceptions import without_reason
from grusym.documents.passages import Document
from grusym.language.printable import printable

WIDEST = 110  # columns of a line that is shown
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {"wrong": "error", "undecided": "note", "unread": "note"}
COUNTED: dict[State, str] = {
    "holds": "hold",
    "wrong": "wrong",
    "undecided": "undecided",
    "unread": "not read",
    "excepted": "excepted",
}


@dataclass(frozen=True)
class Checked:
    """A document and what was found in it."""

    document: Document
    findings: Sequence[Finding]

    @property
    def wrong(self) -> int:
        """How many formulas are wrong."""
        return sum(f.state == "wrong" for f in self.findings)

    def to_json(self) -> dict[str, Any]:
        """All findings with their places, and what could not be read of the file."""
        lines = self.document.lines
        problems = [
            {"line": lines.place(p.offset)[0], "column": lines.place(p.offset)[1], "message": p.message}
            for p in self.document.problems
        ]
        found = [_record(self.document, f) for f in self.findings]
        return {"file": self.document.name, "findings": found, "problems": problems}


def told(checked: Sequence[Checked], quiet: bool = False) -> str:
    """Every wrong, undecided and unread formula under its file, line and column, and a summary."""
    parts = [] if quiet else [part for c in checked for part in _told(c)]
    return "\n\n".join([*parts, summary(checked)])


def summary(checked: Sequence[Checked]) -> str:
    """One line of counts."""
    counts = Counter(f.state for c in checked for f in c.findings)
    total = sum(counts.values())
    files = f"{len(checked)} files" if len(checked) != 1 else checked[0].document.name
    told_ = ", ".join(f"{counts[state]} {word}" for state, word in COUNTED.items() if counts[state])
    return f"{files}: {total} formulas on derivatives" + (f": {told_}" if told_ else "")


def _told(checked: Checked) -> Iterator[str]:
    document = checked.document
    for problem in (*document.problems, *without_reason(document)):
        line, column = document.lines.place(problem.offset)
        yield f"{document.name}:{line}:{column}: {problem.message}"
    for f in checked.findings:
        if f.state not in ("holds", "excepted"):
            yield _finding(document, f)


def _finding(document: Document, f: Finding) -> str:
    line, column = document.lines.place(f.at)
    lines = [f"{document.name}:{line}:{column}: {_headline(f)}", *_shown(document, f)]
    if f.verdict is not None and f.verdict.fix:
        lines.append(f"    fix: {_flat(f.verdict.fix)}")
    if f.verdict is not None and f.verdict.missed:
        lines.append("    missed: " + "; ".join(" → ".join(path) for path in f.verdict.missed))
    if f.verdict is not None and f.verdict.holds_if:
        lines.append(f"    would hold: {'; '.join(f.verdict.holds_if)}")
    return "\n".join(lines)


def _headline(f: Finding) -> str:
    if f.state == "unread":
        return f"not read: {f.reason}"
    if f.state == "undecided":
        return f"undecided: {f.reason}" if f.reason else "undecided"
    return (
        f"wrong: {f.verdict.error or 'no small change makes it right'}" if f.verdict is not None else "wrong"
    )


def _shown(document: Document, f: Finding) -> list[str]:
    """The line of the file with a mark where it is wrong."""
    line, column = document.lines.place(f.at)
    source = document.lines.line(line).expandtabs(1)
    start = max(0, min(column - 1 - WIDEST // 2, len(source) - WIDEST))
    shown = printable(source[start : start + WIDEST])
    last, end = document.lines.place(max(f.end - 1, f.at))
    width = max(1, min((end if last == line else len(source)) - column + 1, start + WIDEST - column + 1))
    return [f"    {shown}", "    " + " " * (column - 1 - start) + "^" + "~" * (width - 1)]


def _flat(text: str) -> str:
    return printable(" ".join(text.split()))


def _record(document: Document, f: Finding) -> dict[str, Any]:
    line, column = document.lines.place(f.at)
    first, left = document.lines.place(f.offset)
    record: dict[str, Any] = {"state": f.state, "line": line, "column": column, "formula": f.text}
    record |= {"formula_line": first, "formula_column": left, "unit": f.formula.unit, "cell": list(f.cell)}
    if f.verdict is not None:
        record["verdict"] = f.verdict.to_json()
    elif f.reason:
        record["reason"] = f.reason
    return {name: value for name, value in record.items() if value not in ("", [])}


def sarif(checked: Sequence[Checked], version: str) -> dict[str, Any]:
    """The findings in SARIF 2.1.0, wrong ones as errors, others as notes; columns count from 1."""
    rules: dict[str, str] = {}
    results = [_result(c.document, f, rules) for c in checked for f in c.findings if f.state in LEVELS]
    described = [{"id": rule, "shortDescription": {"text": text}} for rule, text in rules.items()]
    driver = {"name": "grusym", "version": version, "rules": described}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}


def _result(document: Document, f: Finding, rules: dict[str, str]) -> dict[str, Any]:
    title = (f.verdict.error if f.verdict is not None and f.state == "wrong" else "") or f"formula {f.state}"
    rule = "".join(c if c.isalnum() else "-" for c in title.split("(")[0].strip().lower()).strip("-")
    rules.setdefault(rule, title)
    (line, column), (last, end) = document.lines.place(f.at), document.lines.place(max(f.end - 1, f.at))
    region = {"startLine": line, "startColumn": column, "endLine": last, "endColumn": end + 1}
    fix = f"; fix: {_flat(f.verdict.fix)}" if f.verdict is not None and f.verdict.fix else ""
    place = {"artifactLocation": {"uri": quote(document.name)}, "region": region}
    return {
        "ruleId": rule,
        "level": LEVELS[f.state],
        "message": {"text": _headline(f) + fix},
        "locations": [{"physicalLocation": place}],
    }
