"""ONNX: the operators GRU, LSTM and RNN, one direction (operator documentation, versions 7 to 22)."""

from __future__ import annotations

from grusym.models.conventions import Convention
from grusym.models.stored import Stored

ZRC, IOFG, ONE = ("z", "r", "c"), ("i", "o", "f", "g"), ("",)
SOURCE = "ONNX operator documentation of {}, one direction"


def _arrays(gates: tuple[str, ...]) -> tuple[Stored, ...]:
    names = {"W": "W", "R": "U", "B": "bd"}
    return tuple(Stored(name, letters, gates, lead=(1,)) for name, letters in names.items())


CONVENTIONS = (
    Convention("onnx", "gru", ZRC, _arrays(ZRC), keeps_old="z", reset="before", source=SOURCE.format("GRU")),
    Convention(
        "onnx linear_before_reset=1",
        "gru",
        ZRC,
        _arrays(ZRC),
        keeps_old="z",
        reset="after",
        source=SOURCE.format("GRU"),
    ),
    Convention(
        "onnx", "lstm", IOFG, _arrays(IOFG), unread=(("P", "onnx peepholes"),), source=SOURCE.format("LSTM")
    ),
    Convention(
        "onnx peepholes",
        "lstm",
        IOFG,
        (*_arrays(IOFG), Stored("P", "p", ("i", "o", "f"), lead=(1,))),
        source=SOURCE.format("LSTM") + ", with its input P",
    ),
    Convention("onnx", "rnn", ONE, _arrays(ONE), source=SOURCE.format("RNN")),
)
