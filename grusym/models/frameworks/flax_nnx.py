"""Flax nnx: GRUCell (flax.nnx; its docstring shows a bias b_hn that the code does not have)."""

from __future__ import annotations

from grusym.models.conventions import Convention
from grusym.models.stored import Stored

RZC = ("r", "z", "c")

CONVENTIONS = (
    Convention(
        "flax nnx",
        "gru",
        RZC,
        (
            Stored("dense_i.kernel", "W", RZC, columns=True),
            Stored("dense_i.bias", "b", RZC),
            Stored("dense_h.kernel", "U", RZC, columns=True),
        ),
        keeps_old="z",
        reset="after",
        source="code of flax.nnx.GRUCell; its documentation shows a bias b_hn that the code does not have",
    ),
)
