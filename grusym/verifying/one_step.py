"""What a claim about one step leaves out, where its names have times: other steps and states."""

from __future__ import annotations

from collections.abc import Iterator

from grusym.language.cell import Cell
from grusym.language.derivatives import LOSS, derivative
from grusym.language.expression import names_in
from grusym.verifying.deciding import Pair


def one_step(pair: Pair, held: frozenset[str]) -> tuple[str, ...]:
    """What a derivative holds fixed: other old states, other steps, and what the caller held constant.

    ∂L/∂U of a text with times is the whole gradient; what one step brings to it is a share, and ∂L/∂c_{t-1}
    has the paths of its own step too. Names with primes speak of one step, and nothing is left out.
    """
    said = [f"{v} held constant" for v in sorted(held)]
    for name in pair.names:
        d = derivative(name)
        if d is not None and d.of != LOSS:
            said += _of_value(pair, d.of, d.by)
        elif pair.claim.timed:
            by = d.by if d is not None else (m.value if (m := pair.reading.gradients.get(name)) else "")
            said += _of_loss(pair, name, by)
    return tuple(said)


def _of_value(pair: Pair, of: str, by: str) -> Iterator[str]:
    cell = pair.cell
    if by in cell.weights and not pair.claim.timed:
        return
    for s in cell.states:
        if s != by and (by in cell.states or by in cell.weights) and not _independent(cell, of, s):
            yield f"{cell.written.get(s, s)}, the old {s}, held fixed"


def _of_loss(pair: Pair, name: str, by: str) -> Iterator[str]:
    cell, shown = pair.cell, pair.claim.spellings.get(name, "")
    if by in cell.weights:
        yield f"{shown or f'∂L/∂{by}'} is the share of one step, which is summed over the steps"
    elif by in cell.states:
        new = cell.next_of(by)
        users = [e.left for e in cell.equations if new in names_in(e.right)]
        within = f", the paths of its own step (by {', '.join(users)}) left out" if users else ""
        shown = cell.written.get(by, by)
        yield f"the loss depends on the old {shown} through the step after it alone{within}"


def _independent(cell: Cell, of: str, by: str) -> bool:
    from grusym.calculus.jacobian import jacobian

    return jacobian(cell, of, by).is_zero
