"""Judge every count formula of a collection of public ones, which stays outside the project: `make wild`.

The collection is a folder with counts.jsonl, named by GRUSYM_WILD or found as ../shared/corpus beside the
project. One JSON object a line: id, text, cell (what the formula is about, with the words said around it),
letters (what they mean), verdict (right, right-if, wrong) and truth.
Prints a table, the verdicts that differ from the labels, each with its reason, and exits with 1 where fewer
than 95 in 100 of the formulas are judged as labelled.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from grusym import verify_count
from grusym.counts.words import cells_named
from grusym.errors import GrusymError
from grusym.language.claim import Verdict

WANTED = 0.95
ROOT = Path(__file__).resolve().parents[2]
# Where a label is disputed: what the text alone does not say. Counted as judged otherwise all the same.
ARGUED = {
    "wrong": "the formula is the count with one bias vector for each gate; that it was meant for a framework "
    "that stores two, and for several layers, stands nowhere in its text. With that said (about='PyTorch') "
    "it is refuted and mended",
}


def corpus() -> Path | None:
    """The file with the formulas, if this machine has one."""
    named = os.environ.get("GRUSYM_WILD")
    places = (
        [Path(named)]
        if named
        else [ROOT.parent / "shared" / "corpus", ROOT / ".." / ".." / "shared" / "corpus"]
    )
    return next((place / "counts.jsonl" for place in places if (place / "counts.jsonl").exists()), None)


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The labelled formulas."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def judged(row: dict[str, str]) -> tuple[Verdict, str]:
    """The verdict on a row, and a word if more than its text was needed."""
    cells = cells_named(row["cell"])
    several = len(cells) > 1 and len(cells_named(row["text"])) > 1 and "ratio" not in row["cell"]
    cell = None if several or not cells else cells[0]
    verdict = verify_count(cell, row["text"], about=row["cell"])
    if verdict.outcome != "undecided":
        return verdict, ""
    sizes = {role: size for role in ("hidden", "input", "output") if (size := _stated(row["letters"], role))}
    return verify_count(cell, row["text"], about=row["cell"], **sizes), "sizes given"  # type: ignore[arg-type]


def _stated(letters: str, role: str) -> int | None:
    """The number that a row's key to its letters gives for a size: input 2, 32 hidden."""
    found = re.search(rf"{role} (\d+)|(\d+) {role}", letters)
    return int(found[1] or found[2]) if found else None


def as_labelled(verdict: Verdict, label: str) -> bool:
    """Whether a verdict says what a label says."""
    if label == "wrong":
        return verdict.outcome == "refuted"
    return verdict.holds and (label != "right-if" or bool(verdict.assumes))


def main() -> int:
    """Print the table and what differs."""
    path = corpus()
    if path is None:
        print("skipped: GRUSYM_WILD names no collection of formulas and ../shared/corpus has no counts.jsonl")
        return 0
    seen: Counter[tuple[str, str]] = Counter()
    agreed, read, helped, differing = 0, 0, [], []
    everything = list(rows(path))
    for row in everything:
        try:
            verdict, word = judged(row)
        except GrusymError as error:
            seen[row["verdict"], "not read"] += 1
            differing.append(f"{row['id']}  {row['verdict']}: not read: {error}\n    {row['text']}")
            continue
        read += 1
        seen[row["verdict"], verdict.outcome] += 1
        helped += [f"{row['id']} ({word})"] if word else []
        if as_labelled(verdict, row["verdict"]):
            agreed += 1
        else:
            differing.append(_difference(row, verdict))
    print(_table(seen, everything))
    print(f"\nread {read} of {len(everything)}, judged as labelled {agreed} ({agreed / len(everything):.1%})")
    if helped:
        print(f"with the sizes that the row states beside its text: {', '.join(helped)}")
    if differing:
        print("\njudged otherwise:\n" + "\n".join(differing))
    return int(agreed < WANTED * len(everything))


def _difference(row: dict[str, str], verdict: Verdict) -> str:
    said = verdict.fix or verdict.detail or "; ".join(verdict.assumes)
    lines = [
        f"{row['id']}  {row['verdict']}, but {verdict.outcome}: {row['text']}",
        f"    label: {row['truth']}",
    ]
    lines.append(f"    verdict: {'; '.join(verdict.assumes) or verdict.error}; {said}")
    if row["verdict"] == "wrong" and verdict.holds:
        named = verify_count(cells_named(row["cell"])[0], row["text"], about=f"{row['cell']} PyTorch")
        if named.outcome == "refuted":
            lines.append(f"    argued: {ARGUED['wrong']}: {named.fix}")
    return "\n".join(lines)


def _table(seen: Counter[tuple[str, str]], everything: list[dict[str, str]]) -> str:
    outcomes = ("proved", "agrees", "refuted", "undecided", "not read")
    lines = [f"{'label':10}{'rows':>6}" + "".join(f"{outcome:>11}" for outcome in outcomes)]
    for label in ("right", "right-if", "wrong"):
        total = sum(row["verdict"] == label for row in everything)
        lines.append(f"{label:10}{total:6}" + "".join(f"{seen[label, outcome]:11}" for outcome in outcomes))
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
