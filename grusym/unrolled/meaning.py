"""What a name of a claim may stand for."""

from __future__ import annotations

from dataclasses import dataclass

from grusym.unrolled.index import Index


@dataclass(frozen=True)
class Meaning:
    """kind: value, weight, argument, logit, output_weight, prediction, target, local, loss, step_jacobian.

    `parts_of` are the sections of a weight that are meant: input or state columns; "" for the whole.
    """

    kind: str
    name: str = ""
    times: tuple[Index, ...] = ()
    block: str = ""
    said: str = ""
    cost: float = 0.0
