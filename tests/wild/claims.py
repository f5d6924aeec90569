"""Claims about derivatives as they stand in public documents: what is read, and whether verdicts fit.

    python -m tests.wild.claims        prints the table by kind and notation

The collection is not part of the project: it is read from $GRUSYM_WILD, else from ../shared/corpus.
The cell is what the document says of its cell, completed where it says part of it.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from grusym.errors import GrusymError
from grusym.language.claim import Verdict
from grusym.unrolled.document import verify_in

FOLDER = Path(os.environ.get("GRUSYM_WILD") or Path(__file__).parents[3] / "shared" / "corpus")
RIGHT, CONDITIONAL, WRONG = "right", "right-if", "wrong"


def fits(label: str, verdict: Verdict) -> bool:
    """Whether a verdict says what the label says."""
    if label in (RIGHT, CONDITIONAL):
        return verdict.holds or (label == CONDITIONAL and bool(verdict.holds_if))
    return verdict.outcome == "refuted" if label == WRONG else True


def main() -> int:
    path = FOLDER / "claims.jsonl"
    if not path.exists():
        print(f"skipped: no collection of claims at {path}; GRUSYM_WILD names its folder")
        return 0
    entries = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    table: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    reasons: Counter[str] = Counter()
    refuted: list[str] = []
    slowest = 0.0
    for entry in entries:
        row = table[entry["kind"], entry.get("notation", "?")]
        if entry["verdict"] == "informal":
            row["informal"] += 1
            continue
        row["well-formed"] += 1
        start = time.perf_counter()
        try:
            verdict = verify_in(entry["cell"], entry["claim"])
        except GrusymError as error:
            row["not read"] += 1
            reasons[str(error).split(": ", 1)[-1][:70]] += 1
            print(f"not read {entry['id']}: {entry['claim'][:90]} | {str(error)[:150]}")
            continue
        finally:
            slowest = max(slowest, time.perf_counter() - start)
        row["read"] += 1
        report(entry, verdict, row, refuted)
    summary(table, reasons, refuted, slowest)
    return int(bool(refuted))


def report(entry: dict[str, Any], verdict: Verdict, row: Counter[str], refuted: list[str]) -> None:
    """Count a verdict and print it where it differs from the label."""
    label = entry["verdict"]
    agrees = fits(label, verdict)
    row["agrees" if agrees else "differs"] += 1
    if agrees and label == WRONG:
        row["wrong"] += 1
        row["kind"] += verdict.error == entry["error"]
        if verdict.error != entry["error"]:
            print(f"\nother kind {entry['id']}: {verdict.error!r}, labelled {entry['error']!r}")
    if agrees and label == CONDITIONAL:
        row["conditional"] += 1
        row["said"] += bool(verdict.assumes or verdict.holds_if)
    if not agrees:
        reason = entry.get("assumes") or entry.get("error", "")
        print(f"\ndiffers {entry['id']} ({label}; {reason})\n  {verdict}")
        if label == RIGHT and verdict.outcome == "refuted":
            refuted.append(entry["id"])


def summary(
    table: dict[tuple[str, str], Counter[str]], reasons: Counter[str], refuted: list[str], slowest: float
) -> None:
    """Print the table by kind and notation."""
    print(f"\n{'kind':18} {'notation':10} {'well-formed':>11} {'read':>5} {'agrees':>6} {'differs':>7}")
    for (kind, notation), row in sorted(table.items()):
        cells = (row["well-formed"], row["read"], row["agrees"], row["differs"])
        print(f"{kind:18} {notation:10} {cells[0]:11} {cells[1]:5} {cells[2]:6} {cells[3]:7}")
    total: Counter[str] = sum(table.values(), Counter())
    print(f"all: {total['well-formed']} well-formed, {total['read']} read, {total['agrees']} agree")
    print(f"of {total['wrong']} found wrong, {total['kind']} get the labelled kind of error")
    print(f"of {total['conditional']} right under an assumption, {total['said']} say one")
    print(f"slowest verdict: {slowest:.2f} s")
    print("why not read:")
    for reason, count in reasons.most_common(25):
        print(f"  {count:3}  {reason}")
    print(f"right claims refuted: {refuted or 'none'}")


if __name__ == "__main__":
    sys.exit(main())
