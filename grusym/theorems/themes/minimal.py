"""Minimal cells: gates that see the input only, as limits and special cases."""

from grusym.theorems.equality import Equality
from grusym.theorems.limit import Limit
from grusym.theorems.sides import Block, Value
from grusym.theorems.statement import Identity, Neighbour

FENG = "follows from Feng et al. 2024 (arXiv 2410.01201), plain form; there 1 - z keeps the old state"
SCALED = {"U_z": "0", "U_c": "0", "W_c": "ε W_c", "b_c": "ε b_c", "h": "ε h"}
TURNED = {"W_z": "-W_z", "b_z": "-b_z"}

IDENTITIES = (
    Identity(
        id="min-01",
        statement=(
            "The minGRU is a limit of the GRU: with U_z = U_c = 0, W_c and b_c times ε, and the "
            "state measured "
            "in units of ε, h'/ε tends to a step of the minGRU as ε → 0, with z turned"
        ),
        about="gru",
        names={"ε": ""},
        shows=(
            Limit("e / ε", "ε", "0+", Value("min_gru", "h'", TURNED), let={"e": Value("gru", "h'", SCALED)}),
        ),
        false=(
            Neighbour(
                "h'/ε tends to a step of the minGRU with the same gate, z not turned",
                (Limit("e / ε", "ε", "0+", Value("min_gru", "h'"), let={"e": Value("gru", "h'", SCALED)}),),
            ),
            Neighbour(
                "The GRU with U_z = U_c = 0 is the minGRU, not only in the limit",
                (Equality(Value("gru", "h'", {"U_z": "0", "U_c": "0"}), Value("min_gru", "h'", TURNED)),),
            ),
        ),
        source=FENG,
    ),
    Identity(
        id="min-02",
        statement="The minGRU is the GRU with U_z = U_c = 0 and without the tanh of its candidate, z turned",
        about="min_gru",
        shows=(
            Equality(
                Value("gru", "h'", {"U_z": "0", "U_c": "0", **TURNED}, {"c": ("tanh", "")}),
                Value("min_gru", "h'"),
            ),
        ),
        false=(
            Neighbour(
                "The minGRU is the GRU with U_z = U_c = 0, z turned",
                (Equality(Value("gru", "h'", {"U_z": "0", "U_c": "0", **TURNED}), Value("min_gru", "h'")),),
            ),
        ),
        source=FENG,
    ),
    Identity(
        id="min-03",
        statement="The Jacobian of a minGRU does not depend on its state: ∂h'/∂h = diag(1 - z)",
        about="min_gru",
        shows=(Equality(Block("min_gru", "h'", "h"), "diag(1 - z)"),),
        false=(
            Neighbour(
                "The Jacobian of a minGRU is diag(z)", (Equality(Block("min_gru", "h'", "h"), "diag(z)"),)
            ),
        ),
        source=FENG,
    ),
    Identity(
        id="min-04",
        statement="The scaled gates of a minLSTM add up to one: f̂ + î = 1",
        about="min_lstm",
        shows=(Equality("f̂ + î", "1"),),
        false=(
            Neighbour(
                "The gates of a minLSTM add up to one before scaling: f + i = 1", (Equality("f + i", "1"),)
            ),
        ),
        source="follows from Feng et al. 2024 (arXiv 2410.01201)",
    ),
    Identity(
        id="min-05",
        statement="A minLSTM with i = 1 - f, by its weights, is a minGRU with z = i",
        about="min_gru",
        shows=(
            Equality(
                Value("min_lstm", "h'", {"W_f": "-W_z", "b_f": "-b_z", "W_i": "W_z", "b_i": "b_z"}),
                Value("min_gru", "h'"),
            ),
        ),
        false=(
            Neighbour(
                "A minLSTM with i = f, by its weights, is a minGRU with z = i",
                (
                    Equality(
                        Value("min_lstm", "h'", {"W_f": "W_z", "b_f": "b_z", "W_i": "W_z", "b_i": "b_z"}),
                        Value("min_gru", "h'"),
                    ),
                ),
            ),
        ),
        source="follows from Feng et al. 2024 (arXiv 2410.01201)",
    ),
    Identity(
        id="min-06",
        statement="A minLSTM whose gates have the same weights takes the mean of state and candidate",
        about="min_lstm",
        shows=(Equality(Value("min_lstm", "h'", {"W_i": "W_f", "b_i": "b_f"}), "(h + c) / 2"),),
        false=(
            Neighbour(
                "A minLSTM whose gates have the same weights takes the sum of state and candidate",
                (Equality(Value("min_lstm", "h'", {"W_i": "W_f", "b_i": "b_f"}), "h + c"),),
            ),
        ),
        source="follows from Feng et al. 2024 (arXiv 2410.01201)",
    ),
    Identity(
        id="min-07",
        statement="A small vanilla network is linear: with W, b and h in units of ε, h'/ε → W x + U h + b",
        about="rnn",
        names={"ε": ""},
        shows=(
            Limit(
                "e / ε",
                "ε",
                "0+",
                "W x + U h + b",
                let={"e": Value("rnn", "h'", {"W": "ε W", "b": "ε b", "h": "ε h"})},
            ),
        ),
        false=(
            Neighbour(
                "A small vanilla network is linear also with U in units of ε: h'/ε → W x + U h + b",
                (
                    Limit(
                        "e / ε",
                        "ε",
                        "0+",
                        "W x + U h + b",
                        let={"e": Value("rnn", "h'", {"W": "ε W", "U": "ε U", "b": "ε b", "h": "ε h"})},
                    ),
                ),
            ),
        ),
    ),
)
