"""Haiku: GRU, LSTM and VanillaRNN (documentation of hk)."""

from __future__ import annotations

from grusym.models.conventions import Convention
from grusym.models.stored import Stored

ZRC, IGFO, ONE = ("z", "r", "c"), ("i", "g", "f", "o"), ("",)
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
        source=SOURCE.format("LSTM") + " and its code, which adds 1 to f at every step; the former says once",
    ),
    Convention(
        "haiku",
        "rnn",
        ONE,
        (
            Stored("linear/w", "W", ONE, columns=True),
            Stored("linear/b", "b", ONE),
            Stored("linear_1/w", "U", ONE, columns=True),
            Stored("linear_1/b", "d", ONE),
        ),
        activation="relu",
        source=SOURCE.format("VanillaRNN") + ", whose activation is fixed",
    ),
)
