"""Verify a claim over the cell that a document speaks of, in its letters and its layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grusym.errors import GrusymError, ReadError
from grusym.language.claim import Verdict
from grusym.unrolled.lexer import wide_tokens
from grusym.unrolled.names import ALWAYS, parts
from grusym.unrolled.nothing import has_nothing
from grusym.unrolled.setting import settings
from grusym.unrolled.verdict import Frame, over_steps
from grusym.verifying import verify as one_step


def verify_in(lines: str | Sequence[str], claim: str, mend: bool = True) -> Verdict:
    """The verdict on a claim over the cell that a document speaks of.

    `lines` is what it says of its cell: equations, some of them, shapes of its weights, or a name such as
    "LSTM (standard)" or "GRU, row vectors". The claim is text in any notation that `grusym.verify` reads.

    What was added to fragments, and whose letters were matched to what, stands in `.assumes`. Of several
    cells that the lines may mean, the first over which the claim holds decides.
    Raises: ReadError at what cannot be read, and where no cell can be made of the lines.
    """
    lines = lines.split("\n") if isinstance(lines, str) else lines
    for what in (claim, *lines):
        if not isinstance(what, str):
            raise ReadError(
                f"a claim and the lines on its cell are texts, not {type(what).__name__}; pass a string"
            )
    claim = claim.replace("\\'", "'\u200b")
    frames = settings([line.replace("\\'", "'") for line in lines], _names(claim))
    if not frames:
        raise ReadError("the lines say of no cell what it computes; give its equations or its name", 1, 1)
    failing: list[tuple[Frame, Verdict]] = []
    errors: list[GrusymError] = []
    for frame in frames:
        try:
            verdict = _judged(frame, claim, mend and len(frames) == 1)
        except GrusymError as error:
            errors.append(error)
            continue
        if verdict.holds:
            return _with(frame, verdict)
        failing.append((frame, verdict))
    if not failing:
        raise errors[0]
    frame, verdict = failing[0]
    return _with(frame, _judged(frame, claim, mend) if mend and len(frames) > 1 else verdict)


def _judged(frame: Frame, claim: str, mend: bool) -> Verdict:
    """By one step where that proves the claim, else over steps."""
    proved: Verdict | None = None
    if (
        not frame.rows and not frame.scalar and not frame.primed
    ):  # h' is the next state there, not a candidate
        try:
            proved = one_step.verify(frame.cell, claim, mend=False)
        except GrusymError:
            proved = None
        if proved is not None and proved.holds and not has_nothing(frame.cell, claim):
            return proved
    try:
        return over_steps(frame, claim, mend=mend)
    except ReadError:
        if proved is None:
            raise
        return one_step.verify(frame.cell, claim, mend=mend)


def _with(frame: Frame, verdict: Verdict) -> Verdict:
    """The verdict with what was added to the document's own equations."""
    said = tuple(dict.fromkeys((*frame.said, *verdict.assumes)))
    if frame.unused and verdict.outcome != "undecided":
        outcome = "holds" if verdict.holds else "fails"
        detail = f"over the standard cell of this kind the claim {outcome}, but {UNUSED}"
        verdict = replace(verdict, outcome="undecided", detail=detail)
    return replace(verdict, assumes=said, claim=replace(verdict.claim, assumes=said))


UNUSED = "an equation of the document could not be read"


def _names(claim: str) -> frozenset[str]:
    """The names that a claim uses, without times."""
    try:
        found = [t.name for t in wide_tokens(claim) if t.name is not None and t.kind == "name"]
    except GrusymError:
        return frozenset()
    taken = [parts(name, ALWAYS) for name in found]
    return frozenset(p.letter + ("_{" + "".join(p.labels) + "}" if p.labels else "") for p in taken)
