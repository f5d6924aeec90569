"""Equinox: GRUCell and LSTMCell (documentation of equinox.nn)."""

from __future__ import annotations

from grusym.models.conventions import Convention
from grusym.models.stored import Stored

RZC, IFGO = ("r", "z", "c"), ("i", "f", "g", "o")
SOURCE = "documentation of equinox.nn.{}"

CONVENTIONS = (
    Convention(
        "equinox",
        "gru",
        RZC,
        (
            Stored("weight_ih", "W", RZC),
            Stored("weight_hh", "U", RZC),
            Stored("bias", "b", RZC),
            Stored("bias_n", "d", ("c",)),
        ),
        keeps_old="z",
        reset="after",
        source=SOURCE.format("GRUCell"),
    ),
    Convention(
        "equinox",
        "lstm",
        IFGO,
        (Stored("weight_ih", "W", IFGO), Stored("weight_hh", "U", IFGO), Stored("bias", "b", IFGO)),
        source=SOURCE.format("LSTMCell"),
    ),
)
