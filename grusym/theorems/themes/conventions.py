"""Conventions: which of z and 1 - z keeps the old state, one gate or two."""

from grusym.theorems.equality import Equality
from grusym.theorems.sides import Value
from grusym.theorems.statement import Identity, Neighbour

TURNED = {"W_z": "-W_z", "U_z": "-U_z", "b_z": "-b_z"}
COUPLED = {"W_f": "W_z", "U_f": "U_z", "b_f": "b_z", "W_i": "-W_z", "U_i": "-U_z", "b_i": "-b_z"}

IDENTITIES = (
    Identity(
        id="conv-01",
        statement="Negating W_z, U_z and b_z turns the update gate of a GRU into one minus itself",
        about="gru",
        shows=(Equality(Value("gru", "z", TURNED), "1 - z"),),
        false=(
            Neighbour(
                "Negating W_z and U_z turns the update gate of a GRU into one minus itself",
                (Equality(Value("gru", "z", {"W_z": "-W_z", "U_z": "-U_z"}), "1 - z"),),
            ),
        ),
    ),
    Identity(
        id="conv-02",
        statement=(
            "The two conventions of a GRU are one cell: with W_z, U_z and b_z negated, "
            "h' = (1 - z) ⊙ h + z ⊙ c"
        ),
        about="gru",
        shows=(Equality(Value("gru", "h'", TURNED), "(1 - z) ⊙ h + z ⊙ c"),),
        false=(
            Neighbour(
                "Negating W_c, U_c and b_c exchanges the conventions",
                (
                    Equality(
                        Value("gru", "h'", {"W_c": "-W_c", "U_c": "-U_c", "b_c": "-b_c"}),
                        "(1 - z) ⊙ h + z ⊙ c",
                    ),
                ),
            ),
        ),
    ),
    Identity(
        id="conv-03",
        statement="The two conventions of a GRU with the reset after the product are one cell: with W_z,"
        " U_z and b_z negated, h' = (1 - z) ⊙ h + z ⊙ c",
        about="gru_reset_after",
        shows=(Equality(Value("gru_reset_after", "h'", TURNED), "(1 - z) ⊙ h + z ⊙ c"),),
        false=(
            Neighbour(
                "Without negating anything both conventions of a GRU with the reset after the product "
                "are the same",
                (Equality("h'", "(1 - z) ⊙ h + z ⊙ c"),),
            ),
        ),
    ),
    Identity(
        id="conv-04",
        statement=(
            "A GRU is the coupled case of the GRU with separate gates: with W_f = W_z and W_i = "
            "-W_z, and so for "
            "U and b, i = 1 - f"
        ),
        about="gru",
        shows=(
            Equality(Value("gru_decoupled", "i", COUPLED), "1 - z"),
            Equality(Value("gru_decoupled", "h'", COUPLED), Value("gru", "h'")),
        ),
        false=(
            Neighbour(
                "With the same weights in both gates the GRU with separate gates is a GRU",
                (
                    Equality(
                        Value(
                            "gru_decoupled",
                            "h'",
                            {**COUPLED, "W_i": "W_z", "U_i": "U_z", "b_i": "b_z"},
                        ),
                        Value("gru", "h'"),
                    ),
                ),
            ),
        ),
        source="follows from Cho et al. 2014 (arXiv 1406.1078), sec. 2.3, with i = 1 - f undone",
    ),
    Identity(
        id="conv-05",
        statement=(
            "The vanilla network with tanh is one with σ in the coordinate s = (h + 1) / 2: "
            "s' = σ(2 (W x + U (2 s - 1) + b))"
        ),
        about="rnn",
        names={"s": "n"},
        shows=(
            Equality(
                "(e + 1) / 2",
                "σ(2 (W x + U (2 s - 1) + b))",
                let={"e": Value("rnn", "h'", {"h": "2 s - 1"})},
            ),
        ),
        false=(
            Neighbour(
                "s' = σ(W x + U (2 s - 1) + b), without the factor 2",
                (
                    Equality(
                        "(e + 1) / 2",
                        "σ(W x + U (2 s - 1) + b)",
                        let={"e": Value("rnn", "h'", {"h": "2 s - 1"})},
                    ),
                ),
            ),
        ),
        source="follows from tanh(u) = 2 σ(2u) - 1",
    ),
)
