"""Flax nnx: GRUCell, OptimizedLSTMCell, LSTMCell and SimpleCell (code and documentation of flax.nnx)."""

from __future__ import annotations

from grusym.models.conventions import Convention
from grusym.models.stored import Stored

RZC, IFGO, ONE = ("r", "z", "c"), ("i", "f", "g", "o"), ("",)
SOURCE = "documentation of flax.nnx.{}"


def _packed(gates: tuple[str, ...], biased: str) -> tuple[Stored, ...]:
    """All gates in one layer on the input and one on the state; one of the two has the bias."""
    matrices = {"dense_i": "W", "dense_h": "U"}
    kernels = tuple(
        Stored(f"{layer}.kernel", holds, gates, columns=True) for layer, holds in matrices.items()
    )
    return (*kernels, Stored(f"{biased}.bias", "b", gates))


def _separate(gates: tuple[str, ...]) -> tuple[Stored, ...]:
    """Two layers for each gate, on the input and on the state, which has the bias; `if` is a keyword."""
    arrays = []
    for gate in gates:
        arrays.append(Stored("if_.kernel" if gate == "f" else f"i{gate}.kernel", "W", (gate,), columns=True))
        arrays.append(Stored(f"h{gate}.kernel", "U", (gate,), columns=True))
        arrays.append(Stored(f"h{gate}.bias", "b", (gate,)))
    return tuple(arrays)


CONVENTIONS = (
    Convention(
        "flax nnx",
        "gru",
        RZC,
        _packed(RZC, "dense_i"),
        keeps_old="z",
        reset="after",
        source="code of flax.nnx.GRUCell; its documentation shows a bias b_hn that the code does not have",
    ),
    Convention("flax nnx", "lstm", IFGO, _packed(IFGO, "dense_h"), source=SOURCE.format("OptimizedLSTMCell")),
    Convention("flax nnx LSTMCell", "lstm", IFGO, _separate(IFGO), source=SOURCE.format("LSTMCell")),
    Convention("flax nnx", "rnn", ONE, _packed(ONE, "dense_i"), source=SOURCE.format("SimpleCell")),
)
