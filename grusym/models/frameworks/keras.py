"""Keras 3: GRU, LSTM and SimpleRNN (documentation of keras.layers)."""

from __future__ import annotations

from grusym.models.conventions import Convention
from grusym.models.stored import Stored

ZRC, IFGO, ONE = ("z", "r", "c"), ("i", "f", "g", "o"), ("",)
SOURCE = "Keras 3 documentation of keras.layers.{}"


def _arrays(gates: tuple[str, ...], biases: str = "b") -> tuple[Stored, ...]:
    return (
        Stored("kernel", "W", gates, columns=True),
        Stored("recurrent_kernel", "U", gates, columns=True),
        Stored("bias", biases, gates, lead=(2,) if len(biases) == 2 else ()),
    )


CONVENTIONS = (
    Convention(
        "keras",
        "gru",
        ZRC,
        _arrays(ZRC, "bd"),
        keeps_old="z",
        reset="after",
        source=SOURCE.format("GRU")
        + " and its code; one paragraph of it says that the default resets before",
    ),
    Convention(
        "keras reset_after=False",
        "gru",
        ZRC,
        _arrays(ZRC),
        keeps_old="z",
        reset="before",
        source=SOURCE.format("GRU"),
    ),
    Convention("keras", "lstm", IFGO, _arrays(IFGO), source=SOURCE.format("LSTM")),
    Convention("keras", "rnn", ONE, _arrays(ONE), source=SOURCE.format("SimpleRNN")),
)
