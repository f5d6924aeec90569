"""TensorFlow 1: BasicRNNCell, GRUCell and LSTMCell (documentation of tf.nn.rnn_cell in TensorFlow 1.15)."""

from __future__ import annotations

from grusym.models.conventions import Convention
from grusym.models.stored import Stored

IGFO, ONE = ("i", "g", "f", "o"), ("",)
SOURCE = "TensorFlow 1.15 documentation of tf.nn.rnn_cell.{}"
LSTM = (Stored("kernel", "WU", IGFO, columns=True), Stored("bias", "b", IGFO))
PEEPHOLES = tuple(Stored(f"w_{gate}_diag", "p", (gate,)) for gate in ("f", "i", "o"))

CONVENTIONS = (
    Convention(
        "tf1",
        "gru",
        ("r", "z", "c"),
        (
            Stored("gates/kernel", "WU", ("r", "z"), columns=True),
            Stored("gates/bias", "b", ("r", "z")),
            Stored("candidate/kernel", "WU", ("c",), columns=True),
            Stored("candidate/bias", "b", ("c",)),
        ),
        keeps_old="z",
        reset="before",
        source=SOURCE.format("GRUCell"),
    ),
    Convention("tf1", "lstm", IGFO, LSTM, forget_offset=1.0, source=SOURCE.format("LSTMCell")),
    Convention(
        "tf1 use_peepholes",
        "lstm",
        IGFO,
        (*LSTM, *PEEPHOLES),
        forget_offset=1.0,
        source=SOURCE.format("LSTMCell"),
    ),
    Convention(
        "tf1 num_proj",
        "lstm",
        IGFO,
        (*LSTM, Stored("projection/kernel", "P", ("h",), columns=True)),
        forget_offset=1.0,
        source=SOURCE.format("LSTMCell") + "; num_proj is p",
    ),
    Convention(
        "tf1",
        "rnn",
        ONE,
        (Stored("kernel", "WU", ONE, columns=True), Stored("bias", "b", ONE)),
        source=SOURCE.format("BasicRNNCell"),
    ),
)
