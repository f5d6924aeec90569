"""Verify a claim in any notation: over one step with a proof where it can be, else over several steps."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress

from grusym.errors import ReadError
from grusym.language.cell import Cell
from grusym.language.claim import Verdict
from grusym.unrolled.nothing import has_nothing
from grusym.unrolled.verdict import Frame, guesses, over_steps
from grusym.verifying import verify as one_step

WIDE = re.compile(
    r"∏|∑|\\prod|\\sum|‖|\\\||\\Vert|\\le|≤|≥|\\ge|\+=|\\nabla|∇|\\[lc]?dots|\.\.\.|≈|\\approx|\[:"
)


def verify(
    cell: Cell,
    claim: str,
    layout: str = "",
    constant: Iterable[str] = (),
    mend: bool = True,
    components: bool = False,
) -> Verdict:
    """The verdict on a claim, or on a derivation of several lines, over a cell.

    `claim` is text in Unicode, LaTeX or NumPy-like notation: `∂h'/∂h = ...`, `dL/dU_c = δ_c (r ⊙ h)ᵀ`,
    `A = B = C`, one equality or chain a line. What speaks of one step is judged for all sizes, as
    `grusym.verifying.verify.verify` tells; what speaks of several (∏, ∑, h_k, δ_{t+1}, ‖J‖ ≤ ..., code
    with += and slices) is judged in numbers on the cell run over its steps, and the readings are said.
    `layout` ("numerator" or "denominator") admits one layout alone; `constant` names values that are held
    fixed, so that ∂ is a partial derivative; without `mend` no correction is looked for; with `components`
    SymPy gives its opinion too, which takes up to a second.
    Raises: ReadError with line and column at what cannot be read.
    """
    held = tuple(constant)
    try:
        found = one_step.verify(cell, claim, layout, held, mend, components)
        if found.holds and not layout and has_nothing(cell, claim):
            with suppress(ReadError):
                return over_steps(Frame.whole(cell), claim, held, mend)
        return found
    except ReadError as narrow:
        if not isinstance(claim, str) or layout:
            raise
        frame = Frame.whole(cell)
        try:
            found = over_steps(frame, claim, held, mend)
        except ReadError as wide:
            raise (wide if WIDE.search(claim) else narrow) from None
        if not found.holds and not WIDE.search(claim) and (found.method == "shapes" or guesses(frame, claim)):
            raise  # what is refuted may only be misread
        return found


def assert_derivation(cell: Cell, claim: str, layout: str = "", constant: Iterable[str] = ()) -> None:
    """Raise AssertionError with the whole verdict unless a claim holds; for a test suite of one's own."""
    verdict = verify(cell, claim, layout=layout, constant=constant)
    if not verdict.holds:
        raise AssertionError(str(verdict))
