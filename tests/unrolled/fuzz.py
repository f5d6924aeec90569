"""Spoilt claims over spoilt lines of a document: an answer or a clear error, within a second, and no more.

python -m tests.unrolled.fuzz --inputs 100000 --seed 1    prints the counts
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

import grusym
from grusym.errors import GrusymError
from grusym.reports.progress import progress
from grusym.unrolled.document import verify_in
from tests.unrolled.formulas import CELLS, FORMULAS

PIECES = [
    *"hcfz_^{}()[]'\\=+-*/.,;:|⊙∂∏∑‖≤²ᵀ 0129tTkijWUδσ\n\"@&#%$~é𝐖\u200b",
    *(r"\frac", r"\partial", r"\prod", r"\sum", r"\left(", r"\tilde", r"\odot", r"\|", r"\dots", r"\nabla"),
    *(r"\begin{pmatrix}", r"^{\top}", "_{t-1}", "^{<t>}", ".T", "np.dot(", "[:H]", "+=", "prev", "next"),
    *("diag(", "__import__('os').system('true')", "lambda x: x", "{" * 40, "(" * 400, "_" * 30),
]
SECONDS = 1.0
CORRECTED = 0.2  # share of the inputs for which a correction is looked for


@dataclass
class Tally:
    """How inputs were answered, and what should not have happened."""

    outcomes: Counter[str] = field(default_factory=Counter)
    offences: list[str] = field(default_factory=list)


def spoilt(text: str, rng: random.Random) -> str:
    """A text with a piece lost, exchanged or put in."""
    at = rng.randrange(len(text) + 1)
    piece = rng.choice(["", rng.choice(PIECES), rng.choice(FORMULAS)[1][: rng.randint(0, 20)]])
    return text[:at] + piece + text[at + rng.randint(0, 3) :]


def made(number: int, seed: int) -> tuple[list[str], str, bool, bool]:
    """One input by its number: lines, claim, whether to correct it, whether over a cell of the library."""
    rng = random.Random(f"{seed} {number}")
    cell, claim, _ = rng.choice(FORMULAS)
    lines = list(CELLS[cell])
    for _ in range(rng.randint(1, 4)):
        if rng.random() < 0.8:
            claim = spoilt(claim, rng)
        else:
            i = rng.randrange(len(lines))
            lines[i] = spoilt(lines[i], rng)
    return lines, claim, rng.random() < CORRECTED, rng.random() < 0.3


def answered(number: int, seed: int, tally: Tally) -> None:
    """Judge one input and note how it was answered."""
    lines, claim, mend, library = made(number, seed)
    start = time.process_time()
    try:
        if library:
            verdict = grusym.verify(("gru", "lstm", "rnn")[number % 3], claim, mend=mend)
        else:
            verdict = verify_in(lines, claim, mend=mend)
        assert str(verdict) and verdict._repr_html_() and verdict.to_json()
        tally.outcomes[verdict.outcome] += 1
        if verdict.defect:
            tally.offences.append(f"{number}: a defect is reported for {claim!r}")
    except GrusymError as error:
        tally.outcomes["clear error"] += 1
        if not str(error).strip():
            tally.offences.append(f"{number}: an error without words for {claim!r}")
    except Exception as error:
        tally.outcomes["traceback"] += 1
        tally.offences.append(f"{number}: {error!r} for {claim!r} over {lines!r}")
    if time.process_time() - start > SECONDS:
        tally.offences.append(f"{number}: {time.process_time() - start:.1f} s for {claim!r} over {lines!r}")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    tally = Tally()
    for name in ("gru", "lstm", "rnn"):  # the first use of a cell derives it
        grusym.verify(name, "∂h'/∂h = ∂h'/∂h")
    number = options.start
    try:
        for number in progress(range(options.start, options.inputs), "inputs"):
            answered(number, options.seed, tally)
    except KeyboardInterrupt:
        print(f"stopped; --start {number} goes on there")
    for offence in tally.offences[:20]:
        print(offence[:300])
    print(", ".join(f"{outcome} {count}" for outcome, count in tally.outcomes.most_common()))
    print(f"offences: {len(tally.offences)}")
    return int(bool(tally.offences))


if __name__ == "__main__":
    sys.exit(main())
