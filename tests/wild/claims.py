"""Claims about derivatives as they stand in public documents: what is read, and whether verdicts fit.

    python -m tests.wild.claims        prints the table by kind and notation

The collection is not part of the project: it is read from $GRUSYM_WILD, else from ../shared/corpus.
The cell is the document's own where its equations are a whole cell, else the standard one of that name.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections import Counter, defaultdict
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import grusym
from grusym.errors import GrusymError
from grusym.language.cell import Cell

FOLDER = Path(os.environ.get("GRUSYM_WILD") or Path(__file__).parents[3] / "shared" / "corpus")

# The standard cells in the letters that documents use for them; a claim is read over the first that knows
# its letters.
STANDARD = {
    "rnn": [
        "h_t = tanh(W_{hh} h_{t-1} + W_{xh} x_t + b_h)",
        "h_t = tanh(W_h h_{t-1} + W_x x_t + b)",
        "h_t = tanh(W_h h_{t-1} + U_h x_t + b_h)",
        "h_t = tanh(W h_{t-1} + U x_t + b)",
        "h_t = tanh(U h_{t-1} + W x_t + b)",
    ],
    "lstm": [
        f"i_t = σ(W_i x_t + U_i h_{{t-1}} + b_i)\nf_t = σ(W_f x_t + U_f h_{{t-1}} + b_f)\n"
        f"o_t = σ(W_o x_t + U_o h_{{t-1}} + b_o)\n{g}_t = tanh(W_g x_t + U_g h_{{t-1}} + b_g)\n"
        f"{c}_t = f_t ⊙ {c}_{{t-1}} + i_t ⊙ {g}_t\nh_t = o_t ⊙ tanh({c}_t)"
        for c in "cC"
        for g in ("g", f"{c}̃")
    ],
    "gru": [
        f"r_t = σ(W_r x_t + U_r h_{{t-1}} + b_r)\nz_t = σ(W_z x_t + U_z h_{{t-1}} + b_z)\n"
        f"{c}_t = tanh(W_h x_t + U_h (r_t ⊙ h_{{t-1}}) + b_h)\nh_t = {new}"
        for c in ("h̃", "n", "c")
        for new in (
            f"(1 - z_t) ⊙ h_{{t-1}} + z_t ⊙ {c}_t",
            f"z_t ⊙ h_{{t-1}} + (1 - z_t) ⊙ {c}_t",
        )
    ],
}
_GATE, _TIMES = r"\(1\s*[-−]\s*\\?\w*\{?z[^()]*\)\s*", r"(?:\\odot|⊙|\*|\\cdot|\\circ|\.)?\s*"
KEEPS = re.compile(_GATE + _TIMES + r"\\?\w*\{?h(?:_\{?t\s*[-−]|_prev)")  # (1 - z) before the old state
TURNED = re.compile(_GATE + _TIMES + r"(?:\\tilde|n|p|h̃|g|c)")  # (1 - z) stands before the candidate
RIGHT, CONDITIONAL, WRONG = "right", "right-if", "wrong"


def kind_of(cell_lines: list[str]) -> str:
    words = " ".join(cell_lines).lower()
    for name, signs in {
        "lstm": ("lstm", "c_t", "c_{t", "c^{", "f_t", "gamma_f"),
        "gru": ("gru", "z_t", "z_{t", "\\tilde{h}", "z*", "z ⊙", "self.z"),
    }.items():
        if any(sign in words for sign in signs):
            return name
    return "rnn"


@cache
def cells_for(lines: tuple[str, ...]) -> tuple[tuple[str, Cell], ...]:
    """The document's own cell, if its equations are one, and the standard cells of its kind."""
    found = []
    with suppress(GrusymError):
        found.append(("document", grusym.read_cell("\n".join(lines))))
    words = " ".join(lines)
    for text in [] if "scalar" in words else STANDARD[kind_of(list(lines))]:
        keeps = "(1 - z_t) ⊙ h_" in text  # of the GRU's two conventions, the document's own
        if "z_t" in text and ((KEEPS.search(words) and not keeps) or (TURNED.search(words) and keeps)):
            continue
        found.append(("standard", grusym.read_cell(text)))
    return tuple(found)


def judged(entry: dict[str, Any]) -> tuple[str, str, Any]:
    """Which cell the claim was read over, an error if it was read over none, and the verdict."""
    errors = []
    claim = entry["claim"].replace(r"\'", "'")
    for origin, cell in cells_for(tuple(line.replace(r"\'", "'") for line in entry["cell"])):
        try:
            return origin, "", grusym.verify(cell, claim)
        except GrusymError as error:
            errors.append(str(error))
    return "", errors[0] if errors else "no cell", None


def fits(label: str, verdict: Any) -> bool:
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
    disagreements, refuted = [], []
    for entry in entries:
        row = table[entry["kind"], entry.get("notation", "?")]
        label = entry["verdict"]
        if label == "informal":
            row["informal"] += 1
            continue
        row["well-formed"] += 1
        origin, error, verdict = judged(entry)
        if verdict is None:
            row["not read"] += 1
            reasons[error.split(": ", 1)[-1][:70]] += 1
            print(f"not read {entry['id']}: {entry['claim'][:90]} | {error[:150]}")
            continue
        row["read"] += 1
        agrees = fits(label, verdict)
        row["agrees" if agrees else "differs"] += 1
        if not agrees:
            disagreements.append((entry, origin, verdict))
            if label == RIGHT and verdict.outcome == "refuted":
                refuted.append(entry["id"])
    for entry, origin, verdict in disagreements:
        print(
            f"\ndiffers {entry['id']} ({entry['verdict']}; {entry.get('assumes') or entry.get('error', '')})"
        )
        print(f"  over the {origin}'s cell\n  {verdict}")
    print(f"\n{'kind':18} {'notation':10} {'well-formed':>11} {'read':>5} {'agrees':>6} {'differs':>7}")
    for (kind, notation), row in sorted(table.items()):
        cells = (row["well-formed"], row["read"], row["agrees"], row["differs"])
        print(f"{kind:18} {notation:10} {cells[0]:11} {cells[1]:5} {cells[2]:6} {cells[3]:7}")
    total: Counter[str] = sum(table.values(), Counter())
    print(f"all: {total['well-formed']} well-formed, {total['read']} read, {total['agrees']} agree")
    print("why not read:")
    for reason, count in reasons.most_common(25):
        print(f"  {count:3}  {reason}")
    print(f"right claims refuted: {refuted or 'none'}")
    return int(bool(refuted))


if __name__ == "__main__":
    sys.exit(main())
