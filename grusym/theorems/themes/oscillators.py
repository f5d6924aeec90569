"""Oscillators: coRNN and LEM as steps of differential equations."""

from grusym.theorems.equality import Equality
from grusym.theorems.limit import Limit
from grusym.theorems.sides import Value
from grusym.theorems.statement import Identity, Neighbour

CO = "follows from Rusch & Mishra 2021 (arXiv 2010.00951), the explicit form"
LEM = "follows from Rusch et al. 2022 (arXiv 2110.04744)"
FORCE = "tanh(U y + V z + W x + b) - γ y - ε z"

IDENTITIES = (
    Identity(
        id="osc-01",
        statement=(
            "A step of a coRNN is one of an oscillator: as Δt → 0, (z' - z) / Δt → tanh(...) - γ y - ε z"
        ),
        about="co_rnn",
        shows=(Limit("(z' - z) / Δt", "Δt", "0+", FORCE), Limit("(y' - y) / Δt", "Δt", "0+", "z")),
        false=(
            Neighbour(
                "The position of a coRNN is driven by the force: (y' - y) / Δt → tanh(...) - γ y - ε z",
                (Limit("(y' - y) / Δt", "Δt", "0+", FORCE),),
            ),
        ),
        source=CO,
    ),
    Identity(
        id="osc-02",
        statement="A coRNN moves by its new velocity: y' - y = Δt z', at every step size",
        about="co_rnn",
        shows=(Equality("y' - y", "Δt z'"),),
        false=(Neighbour("A coRNN moves by its old velocity: y' - y = Δt z", (Equality("y' - y", "Δt z"),)),),
        source=CO,
    ),
    Identity(
        id="osc-03",
        statement="With Δt = 0 a LEM keeps both states",
        about="lem",
        shows=(
            Equality(Value("lem", "z'", {"Δt": "0"}), "z"),
            Equality(Value("lem", "y'", {"Δt": "0"}), "y"),
        ),
        false=(Neighbour("With Δt = 1 a LEM keeps y", (Equality(Value("lem", "y'", {"Δt": "1"}), "y"),)),),
        source=LEM,
    ),
    Identity(
        id="osc-04",
        statement="With Δt = 1 the memory z of a LEM that sees no y is the state of a UGRNN that sees no"
        " h, with the gate 1 - d",
        about="lem",
        names={"k": "n"},
        shows=(
            Equality(
                Value("lem", "z'", {"Δt": "1", "U_d": "0", "U_z": "0"}),
                Value(
                    "ugrnn",
                    "h'",
                    {
                        "h": "z",
                        "W_z": "-W_d",
                        "U_z": "0",
                        "b_z": "-b_d",
                        "W_c": "W_z",
                        "U_c": "0",
                        "b_c": "b_z",
                    },
                ),
            ),
        ),
        false=(
            Neighbour(
                "It is the state of that UGRNN with the gate d",
                (
                    Equality(
                        Value("lem", "z'", {"Δt": "1", "U_d": "0", "U_z": "0"}),
                        Value(
                            "ugrnn",
                            "h'",
                            {
                                "h": "z",
                                "W_z": "W_d",
                                "U_z": "0",
                                "b_z": "b_d",
                                "W_c": "W_z",
                                "U_c": "0",
                                "b_c": "b_z",
                            },
                        ),
                    ),
                ),
            ),
        ),
        assumes=("the gate and the candidate of z see no state: U_d = U_z = 0",),
        source="follows from Rusch et al. 2022 (arXiv 2110.04744) and Collins et al. 2016 (arXiv 1611.09913)",
    ),
)
