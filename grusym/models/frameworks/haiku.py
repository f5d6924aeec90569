"""Haiku: GRU, LSTM and VanillaRNN (documentation of hk)."""

from __future__ import annotations

from grusym.models.conventions import Convention
from grusym.models.stored import Stored

ZRC, IGFO = ("z", "r", "c"), ("i", "g", "f", "o")
SOURCE = "documentation of hk.{}"

CONVENTIONS = (
    Convention(
        "haiku",
        "gru",
        ZRC,
        (Stored("w_i", "W", ZRC, columns=True), Stored("w_h", "U", ZRC, columns=True), Stored("b", "b", ZRC)),
        keeps_old="1 - z",
        reset="before",
        source=SOURCE.format("GRU"),
    ),
    Convention(
        "haiku",
        "lstm",
        IGFO,
        (Stored("linear/w", "WU", IGFO, columns=True), Stored("linear/b", "b", IGFO)),
        forget_offset=1.0,
        source=SOURCE.format("LSTM"),
    ),
)
