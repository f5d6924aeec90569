"""Reset before and after: when the two products are the same."""

from grusym.theorems.equality import Equality
from grusym.theorems.sides import Value
from grusym.theorems.statement import Identity, Neighbour

SOURCE = (
    "follows from Cho et al. 2014 (arXiv 1406.1078), reset before, and the documentation of torch.nn.GRU, "
    "reset after"
)
BEFORE = Value("gru", "c", instead={"c": ("tanh", "")})
AFTER = Value("gru_reset_after", "c", {"d_c": "0"}, instead={"c": ("tanh", "")})

IDENTITIES = (
    Identity(
        id="reset-01",
        statement=(
            "The arguments of the candidate's tanh with the reset before (a) and after the product "
            "(e) differ "
            "by a commutator: a - e = (U_c diag(r) - diag(r) U_c) h. So the two GRUs agree wherever U_c "
            "commutes with diag(r)"
        ),
        about="gru",
        shows=(Equality("a - e", "(U_c diag(r) - diag(r) U_c) h", let={"a": BEFORE, "e": AFTER}),),
        false=(
            Neighbour(
                "The arguments of the candidate's tanh do not differ: a = e",
                (Equality("a", "e", let={"a": BEFORE, "e": AFTER}),),
            ),
            Neighbour(
                "The GRUs with the reset before and after the product are the same, whatever U_c is",
                (Equality(Value("gru", "h'"), Value("gru_reset_after", "h'", {"d_c": "0"})),),
            ),
        ),
        assumes=("no bias inside the reset: d_c = 0",),
        source=SOURCE,
    ),
    Identity(
        id="reset-02",
        statement=(
            "With a diagonal U_c, and so always with one unit, the GRUs with the reset before and after the "
            "product are the same"
        ),
        about="gru",
        names={"w": "n"},
        shows=(
            Equality(
                Value("gru", "h'", {"U_c": "diag(w)"}),
                Value("gru_reset_after", "h'", {"U_c": "diag(w)", "d_c": "0"}),
            ),
        ),
        false=(
            Neighbour(
                "With a symmetric U_c the GRUs with the reset before and after the product are the same",
                (
                    Equality(
                        Value("gru", "h'", {"U_c": "U_c + U_cᵀ"}),
                        Value("gru_reset_after", "h'", {"U_c": "U_c + U_cᵀ", "d_c": "0"}),
                    ),
                ),
            ),
        ),
        assumes=("no bias inside the reset: d_c = 0",),
        source=SOURCE,
    ),
    Identity(
        id="reset-03",
        statement="With one reset gate ρ for all units the GRUs with the reset before and after the "
        "product are the same, whatever U_c is",
        about="gru",
        names={"ρ": ""},
        within={"ρ": (0, 1)},
        shows=(
            Equality(Value("gru", "h'", {"r": "ρ"}), Value("gru_reset_after", "h'", {"r": "ρ", "d_c": "0"})),
        ),
        false=(
            Neighbour(
                "With one update gate ρ for all units the GRUs with the reset before and after the "
                "product are the same",
                (
                    Equality(
                        Value("gru", "h'", {"z": "ρ"}), Value("gru_reset_after", "h'", {"z": "ρ", "d_c": "0"})
                    ),
                ),
            ),
        ),
        assumes=("no bias inside the reset: d_c = 0",),
        source=SOURCE,
    ),
    Identity(
        id="reset-04",
        statement=(
            "With r = 1 the two biases of the candidate, outside (b_c) and inside the reset (d_c),"
            " act by their sum alone"
        ),
        about="gru_reset_after",
        names={"s": "n"},
        shows=(
            Equality(
                Value("gru_reset_after", "h'", {"r": "1", "b_c": "b_c + s", "d_c": "d_c - s"}),
                Value("gru_reset_after", "h'", {"r": "1"}),
            ),
        ),
        false=(
            Neighbour(
                "The two biases of the candidate act by their sum alone, whatever r is",
                (
                    Equality(
                        Value("gru_reset_after", "h'", {"b_c": "b_c + s", "d_c": "d_c - s"}),
                        Value("gru_reset_after", "h'"),
                    ),
                ),
            ),
        ),
        source=SOURCE,
    ),
)
