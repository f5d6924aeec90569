"""Flax linen: GRUCell, OptimizedLSTMCell, LSTMCell and SimpleCell (documentation of flax.linen)."""

from __future__ import annotations

from grusym.models.conventions import Convention
from grusym.models.stored import Stored

RZC, IFGO, ONE = ("r", "z", "c"), ("i", "f", "g", "o"), ("",)
SOURCE = "documentation of flax.linen.{}"


def _arrays(letters: dict[str, str], biased: str, also: str | None = None) -> tuple[Stored, ...]:
    """One layer of its own for each gate; the layers i or h have the bias; h of `also` has a second."""
    arrays = []
    for layer, holds in (("i", "W"), ("h", "U")):
        for gate, letter in letters.items():
            arrays.append(Stored(f"{layer}{letter}/kernel", holds, (gate,), columns=True))
            if layer == biased:
                arrays.append(Stored(f"{layer}{letter}/bias", "b", (gate,)))
            elif gate == also:
                arrays.append(Stored(f"{layer}{letter}/bias", "d", (gate,)))
    return tuple(arrays)


CONVENTIONS = (
    Convention(
        "flax linen",
        "gru",
        RZC,
        _arrays({"r": "r", "z": "z", "c": "n"}, biased="i", also="c"),
        keeps_old="z",
        reset="after",
        source=SOURCE.format("GRUCell"),
    ),
    Convention(
        "flax linen",
        "lstm",
        IFGO,
        _arrays({g: g for g in IFGO}, biased="h"),
        source=SOURCE.format("LSTMCell"),
    ),
    Convention("flax linen", "rnn", ONE, _arrays({"": ""}, biased="i"), source=SOURCE.format("SimpleCell")),
)
