"""What the stabiliser of the sLSTM is for: nothing that anyone sees outside."""

from grusym.theorems.equality import Equality
from grusym.theorems.sides import Value
from grusym.theorems.statement import Identity, Neighbour

SOURCE = "Beck et al. 2024 (arXiv 2405.04517), sec. 2.2 and appendix A.2"
BARE_C = "σ(f̃) ⊙ exp(μ) ⊙ c + exp(ĩ) ⊙ z"  # of the cell without stabiliser, whose states are exp(μ) times
BARE_N = "σ(f̃) ⊙ exp(μ) ⊙ ν + exp(ĩ)"  # those of the cell with it
MOVED = {"c": "exp(s) ⊙ c", "ν": "exp(s) ⊙ ν", "μ": "μ - s"}

IDENTITIES = (
    Identity(
        id="slstm-01",
        statement="-softplus(-u) is the logarithm of a gate: exp(l) = σ(f̃)",
        about="slstm",
        shows=(Equality("exp(l)", "σ(f̃)"),),
        false=(Neighbour("softplus(u) is", (Equality("exp(-softplus(f̃))", "σ(f̃)"),)),),
        source=SOURCE,
    ),
    Identity(
        id="slstm-02",
        statement=(
            "The stabiliser changes nothing: h' is the same whatever q the new stabiliser is, and so are its "
            "derivatives"
        ),
        about="slstm",
        shows=(Equality(Value("slstm", "h'", {"μ'": "q"}), Value("slstm", "h'")),),
        false=(
            Neighbour(
                "the new cell state is the same, too",
                (Equality(Value("slstm", "c'", {"μ'": "q"}), Value("slstm", "c'")),),
            ),
        ),
        source=SOURCE,
        names={"q": "n"},
    ),
    Identity(
        id="slstm-03",
        statement=(
            "h' is that of the cell without stabiliser, h' = o ⊙ C' / N' with C' = σ(f̃) ⊙ C + exp(ĩ) ⊙ z and "
            "N' = σ(f̃) ⊙ N + exp(ĩ), whose states are C = exp(μ) ⊙ c and N = exp(μ) ⊙ ν, before and after"
        ),
        about="slstm",
        shows=(
            Equality(Value("slstm", "h'"), f"o ⊙ ({BARE_C}) / ({BARE_N})"),
            Equality("exp(μ') ⊙ c'", BARE_C),
            Equality("exp(μ') ⊙ ν'", BARE_N),
        ),
        false=(
            Neighbour(
                "without scaling c and ν",
                (Equality(Value("slstm", "h'"), "o ⊙ (σ(f̃) ⊙ c + exp(ĩ) ⊙ z) / (σ(f̃) ⊙ ν + exp(ĩ))"),),
            ),
        ),
        source=SOURCE,
    ),
    Identity(
        id="slstm-04",
        statement="c and ν may be exp(s) times larger where μ is less by s: h' is the same",
        about="slstm",
        shows=(Equality(Value("slstm", "h'", MOVED), Value("slstm", "h'")),),
        false=(
            Neighbour(
                "μ may stay",
                (Equality(Value("slstm", "h'", {**MOVED, "μ": "μ"}), Value("slstm", "h'")),),
            ),
        ),
        source=SOURCE,
        names={"s": "n"},
    ),
    Identity(
        id="slstm-05",
        statement=(
            "The stabiliser keeps both gates from exceeding 1: the larger of their logarithms is "
            "max(ĩ - μ', l + μ - μ') = 0"
        ),
        about="slstm",
        shows=(Equality("max(ĩ - μ', l + μ - μ')", "0"),),
        false=(Neighbour("the smaller is", (Equality("min(ĩ - μ', l + μ - μ')", "0"),)),),
        source=SOURCE,
    ),
)
