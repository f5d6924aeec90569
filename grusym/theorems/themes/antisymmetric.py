"""Antisymmetric networks: what their matrix does to a step and to lengths."""

from grusym.theorems.equality import Equality
from grusym.theorems.limit import Limit
from grusym.theorems.sides import Block, Value
from grusym.theorems.statement import Identity, Neighbour

SOURCE = "follows from Chang et al. 2019 (arXiv 1902.09689)"
A = "(U - Uᵀ - γ I)"

IDENTITIES = (
    Identity(
        id="anti-01",
        statement=(
            "The symmetric part of the recurrent matrix A = U - Uᵀ - γ I is the damping: A + Aᵀ = -2γ I"
        ),
        about="antisymmetric_rnn",
        shows=(Equality(f"{A} + {A}ᵀ", "-2 γ I"),),
        false=(Neighbour("A is antisymmetric: A + Aᵀ = 0", (Equality(f"{A} + {A}ᵀ", "0 I"),)),),
        source=SOURCE,
    ),
    Identity(
        id="anti-02",
        statement="An antisymmetric matrix turns a state without stretching it: hᵀ (U - Uᵀ) h = 0",
        about="antisymmetric_rnn",
        shows=(Equality("hᵀ (U - Uᵀ) h", "0"),),
        false=(Neighbour("hᵀ (U + Uᵀ) h = 0", (Equality("hᵀ (U + Uᵀ) h", "0"),)),),
        source=SOURCE,
    ),
    Identity(
        id="anti-03",
        statement="The Jacobian of an antisymmetric network is near the identity: ∂h'/∂h = I + ε diag(1 "
        "- e²) A, e the tanh and A = U - Uᵀ - γ I",
        about="antisymmetric_rnn",
        shows=(
            Equality(
                Block("antisymmetric_rnn", "h'", "h"),
                f"I + ε diag(1 - tanh({A} h + W x + b)²) {A}",
            ),
        ),
        false=(
            Neighbour(
                "The Jacobian of an antisymmetric network is I + ε diag(1 - e²) Aᵀ",
                (
                    Equality(
                        Block("antisymmetric_rnn", "h'", "h"),
                        f"I + ε diag(1 - tanh({A} h + W x + b)²) {A}ᵀ",
                    ),
                ),
            ),
        ),
        source=SOURCE,
    ),
    Identity(
        id="anti-04",
        statement=(
            "With its gate open (z = 1) the gated antisymmetric network is the plain one with the "
            "candidate's weights"
        ),
        about="antisymmetric_rnn_gated",
        shows=(
            Equality(
                Value("antisymmetric_rnn_gated", "h'", {"z": "1"}),
                Value("antisymmetric_rnn", "h'", {"W": "W_c", "b": "b_c"}),
            ),
        ),
        false=(
            Neighbour(
                "With its gate open it is the plain one with the gate's weights",
                (
                    Equality(
                        Value("antisymmetric_rnn_gated", "h'", {"z": "1"}),
                        Value("antisymmetric_rnn", "h'", {"W": "W_z", "b": "b_z"}),
                    ),
                ),
            ),
        ),
        source=SOURCE,
    ),
    Identity(
        id="anti-05",
        statement=(
            "The antisymmetric network is a FastRNN with the recurrent matrix A = U - Uᵀ - γ I, α "
            "= ε and β = 1"
        ),
        about="antisymmetric_rnn",
        shows=(
            Equality(
                Value("antisymmetric_rnn", "h'"),
                Value("fast_rnn", "h'", {"U": A, "α": "ε", "β": "1"}),
            ),
        ),
        false=(
            Neighbour(
                "The antisymmetric network is a FastRNN with that matrix, α = ε and β = 1 - ε",
                (
                    Equality(
                        Value("antisymmetric_rnn", "h'"),
                        Value("fast_rnn", "h'", {"U": A, "α": "ε", "β": "1 - ε"}),
                    ),
                ),
            ),
        ),
        source=(
            "follows from Chang et al. 2019 (arXiv 1902.09689) and Kusupati et al. 2018 (arXiv 1901.02358)"
        ),
    ),
    Identity(
        id="anti-06",
        statement="As its step size shrinks, the gated antisymmetric network keeps its state: h' → h as "
        "ε → 0",
        about="antisymmetric_rnn_gated",
        shows=(Limit("h'", "ε", "0+", "h"),),
        false=(
            Neighbour(
                "As its step size shrinks, the gated antisymmetric network adds z ⊙ c to its state",
                (Limit("h'", "ε", "0+", "h + z ⊙ c"),),
            ),
        ),
        source=SOURCE,
    ),
)
