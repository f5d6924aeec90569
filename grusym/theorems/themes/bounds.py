"""Bounded states: cells whose state stays in the box |h| <= 1 once it is there."""

from grusym.theorems.bound import Bounded
from grusym.theorems.sides import Value
from grusym.theorems.statement import Identity, Neighbour

ASSUMED = ("every entry of every state lies in [-1, 1] before the step",)
OWN = "the new state is affine in each gate, candidate and old state, so extreme at vertices"


def _stays(id: str, statement: str, cell: str, false: str, other: str, **more: str) -> Identity:
    of = more.get("of", "h'")
    return Identity(
        id=id,
        statement=statement,
        about=cell,
        shows=(Bounded(Value(cell, of)),),
        false=(Neighbour(false, (Bounded(Value(other, more.get("other_of", "h'"))),), about=other),),
        assumes=ASSUMED,
        source=OWN,
    )


IDENTITIES = (
    _stays("bound-01", "|h| ≤ 1 is kept by a GRU", "gru", "|h| ≤ 1 is kept by a light GRU", "light_gru"),
    _stays(
        "bound-02",
        "|h| ≤ 1 is kept by a GRU with the reset after the product",
        "gru_reset_after",
        "|h| ≤ 1 is kept by a GRU with separate gates",
        "gru_decoupled",
    ),
    _stays("bound-03", "|h| ≤ 1 is kept by an MGU", "mgu", "|h| ≤ 1 is kept by a minGRU", "min_gru"),
    _stays(
        "bound-04",
        "|h| ≤ 1 holds for an LSTM after every step",
        "lstm",
        "|c| ≤ 1 is kept by an LSTM",
        "lstm",
        other_of="c'",
    ),
    _stays(
        "bound-05",
        "|c| ≤ 1 is kept by the CIFG",
        "lstm_cifg",
        "|c| ≤ 1 is kept by the peephole LSTM",
        "lstm_peephole",
        of="c'",
        other_of="c'",
    ),
    Identity(
        id="bound-06",
        statement="|h| ≤ 1 is kept by the CIFG with output gate 1 and no tanh at its output",
        about="lstm_cifg",
        shows=(
            Bounded(Value("lstm_cifg", "h'", {"o": "1"}, {"h'": ("tanh", "")})),
            Bounded(Value("lstm_cifg", "c'")),
        ),
        false=(
            Neighbour(
                "|h| ≤ 1 is kept by that CIFG without the tanh of its candidate too",
                (Bounded(Value("lstm_cifg", "h'", {"o": "1"}, {"h'": ("tanh", ""), "g": ("tanh", "")})),),
            ),
        ),
        assumes=ASSUMED,
        source=OWN,
    ),
    Identity(
        id="bound-07",
        statement="|y| ≤ 1 and |z| ≤ 1 are kept by a LEM with 0 ≤ Δt ≤ 1",
        about="lem",
        shows=(Bounded(Value("lem", "z'"), {"Δt": (0, 1)}), Bounded(Value("lem", "y'"), {"Δt": (0, 1)})),
        false=(
            Neighbour(
                "|y| ≤ 1 and |z| ≤ 1 are kept by a LEM with 0 ≤ Δt ≤ 4",
                (Bounded(Value("lem", "z'"), {"Δt": (0, 4)}),),
            ),
        ),
        assumes=ASSUMED,
        source=OWN,
    ),
    Identity(
        id="bound-08",
        statement="|h| ≤ 1 is kept by a FastRNN with α = 1 - β and 0 ≤ β ≤ 1",
        about="fast_rnn",
        shows=(Bounded(Value("fast_rnn", "h'", {"α": "1 - β"}), {"β": (0, 1)}),),
        false=(
            Neighbour(
                "|h| ≤ 1 is kept by a FastRNN with 0 ≤ α ≤ 1 and 0 ≤ β ≤ 1",
                (Bounded(Value("fast_rnn", "h'"), {"α": (0, 1), "β": (0, 1)}),),
            ),
        ),
        assumes=ASSUMED,
        source=OWN,
    ),
    _stays(
        "bound-09", "|h| ≤ 1 is kept by an nBRC", "nbrc", "|h| ≤ 1 is kept by a chaos-free network", "cfn"
    ),
)
