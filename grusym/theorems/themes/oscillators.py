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
            Neighbour("(y' - y) / Δt tends to the force too", (Limit("(y' - y) / Δt", "Δt", "0+", FORCE),)),
        ),
        source=CO,
    ),
    Identity(
        id="osc-02",
        statement="A coRNN moves by its new velocity: y' - y = Δt z', at every step size",
        about="co_rnn",
        shows=(Equality("y' - y", "Δt z'"),),
        false=(Neighbour("by its old one: y' - y = Δt z", (Equality("y' - y", "Δt z"),)),),
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
        false=(Neighbour("With Δt = 1 it keeps y", (Equality(Value("lem", "y'", {"Δt": "1"}), "y"),)),),
        source=LEM,
    ),
    Identity(
        id="osc-04",
        statement="With Δt = 1 the memory z of a LEM is driven as the state of a GRU without reset, z turned",
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
                "z not turned",
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
