"""PyTorch: torch.nn.RNN, LSTM, GRU and their cells (documentation of PyTorch 2)."""

from __future__ import annotations

from grusym.models.conventions import Convention
from grusym.models.stored import Stored

RZC, IFGO, ONE = ("r", "z", "c"), ("i", "f", "g", "o"), ("",)
SOURCE = "PyTorch 2 documentation of torch.nn.{}; cuDNN stores the same two biases"


def _arrays(gates: tuple[str, ...]) -> tuple[Stored, ...]:
    names = {"weight_ih": "W", "weight_hh": "U", "bias_ih": "b", "bias_hh": "d"}
    return tuple(Stored(name, letter, gates) for name, letter in names.items())


CONVENTIONS = (
    Convention("torch", "gru", RZC, _arrays(RZC), keeps_old="z", reset="after", source=SOURCE.format("GRU")),
    Convention(
        "torch",
        "lstm",
        IFGO,
        _arrays(IFGO),
        unread=(("weight_hr", "torch proj_size"),),
        source=SOURCE.format("LSTM"),
    ),
    Convention(
        "torch proj_size",
        "lstm",
        IFGO,
        (*_arrays(IFGO), Stored("weight_hr", "P", ("h",))),
        source=SOURCE.format("LSTM") + "; proj_size is p",
    ),
    Convention("torch", "rnn", ONE, _arrays(ONE), source=SOURCE.format("RNN")),
    Convention(
        "torch nonlinearity=relu",
        "rnn",
        ONE,
        _arrays(ONE),
        activation="relu",
        source=SOURCE.format("RNN"),
    ),
)
