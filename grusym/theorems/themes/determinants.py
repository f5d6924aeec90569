"""Volumes: determinants of Jacobians in closed form, signs included."""

from grusym.theorems.determinant import Determinant
from grusym.theorems.statement import Identity, Neighbour

TANH = "tanh(c')"
D = f"diag(o ⊙ (1 - {TANH}²))"
REST = f"diag({TANH} ⊙ o ⊙ (1 - o))"
PEEP_A = "diag(f + p_f ⊙ c ⊙ f ⊙ (1 - f) + p_i ⊙ g ⊙ i ⊙ (1 - i))"
PEEP_D = f"diag(o ⊙ (1 - {TANH}²) + p_o ⊙ {TANH} ⊙ o ⊙ (1 - o))"
PLAIN = Determinant(("c", "h"), ("diag(f)",), D, (REST, "U_o"))
PEEPHOLE = Determinant(("c", "h"), (PEEP_A,), PEEP_D, (REST, "U_o"))
LEM_D = "diag(e ⊙ (1 - tanh(W_y x + U_y z' + b_y)²)) U_y"
LEM_REST = "diag(1 - e) + diag(tanh(W_y x + U_y z' + b_y) - y) diag(e - e² / Δt) U_e"

IDENTITIES = (
    Identity(
        id="det-01",
        statement=(
            "Over (c, h) the Jacobian of an LSTM has ln|det J| = Σ ln f + Σ ln(|tanh c'| o (1 - o)) "
            "+ ln|det U_o|"
        ),
        about="lstm",
        shows=(PLAIN,),
        false=(
            Neighbour("The same formula holds for the LSTM with peepholes", (PLAIN,), about="lstm_peephole"),
            Neighbour(
                "An LSTM has ln|det J| = Σ ln f + ln|det U_o|, without the output gate",
                (Determinant(("c", "h"), ("diag(f)",), D, ("U_o",)),),
            ),
        ),
        source="block elimination; Horn & Johnson, Matrix Analysis, sec. 0.8.5",
    ),
    Identity(
        id="det-02",
        statement=(
            "The peephole LSTM has ln|det J| = Σ ln|f + p_f c f (1 - f) + p_i g i (1 - i)| + Σ "
            "ln(|tanh c'| o (1 - o)) + ln|det U_o|: the peephole p_o enters only by o"
        ),
        about="lstm_peephole",
        shows=(PEEPHOLE,),
        false=(
            Neighbour(
                "The peephole LSTM has that with Σ ln|f + p_f c f (1 - f)| in front, without p_i",
                (Determinant(("c", "h"), ("diag(f + p_f ⊙ c ⊙ f ⊙ (1 - f))",), PEEP_D, (REST, "U_o")),),
            ),
        ),
        source="block elimination; Horn & Johnson, Matrix Analysis, sec. 0.8.5",
    ),
    Identity(
        id="det-03",
        statement="An LSTM without output gate (NOG) has det J = 0: n directions of (c, h) are lost at "
        "every step",
        about="lstm_nog",
        shows=(
            Determinant(
                ("c", "h"),
                ("diag(f + p_f ⊙ c ⊙ f ⊙ (1 - f) + p_i ⊙ g ⊙ i ⊙ (1 - i))",),
                f"diag(1 - {TANH}²)",
                ("0 I",),
            ),
        ),
        false=(
            Neighbour(
                "An LSTM with an output gate has det J = 0",
                (Determinant(("c", "h"), ("diag(f)",), D, ("0 I",)),),
                about="lstm",
            ),
        ),
        source="block elimination",
    ),
    Identity(
        id="det-04",
        statement=(
            "An LSTM with a projection to p units has det J = Π f · det(W_h diag(tanh(c') ⊙ o ⊙ (1"
            " - o)) U_o), a p by p determinant"
        ),
        about="lstm_projection",
        shows=(Determinant(("c", "h"), ("diag(f)",), f"W_h {D}", (f"W_h {REST} U_o",)),),
        false=(
            Neighbour(
                "An LSTM with a projection has det J = Π f · det(W_h U_o)",
                (Determinant(("c", "h"), ("diag(f)",), f"W_h {D}", ("W_h U_o",)),),
            ),
        ),
        source="block elimination",
    ),
    Identity(
        id="det-05",
        statement="A step of the vanilla network has ln|det J| = Σ ln(1 - h'²) + ln|det U|",
        about="rnn",
        shows=(Determinant(("h",), ("diag(1 - h'²)", "U")),),
        false=(
            Neighbour(
                "A step of the vanilla network has ln|det J| = Σ ln(1 - h²) + ln|det U|, of the old state",
                (Determinant(("h",), ("diag(1 - h²)", "U")),),
            ),
        ),
        source="det of a product",
    ),
    Identity(
        id="det-06",
        statement="A step of the minGRU has ln|det J| = Σ ln(1 - z), unit by unit",
        about="min_gru",
        shows=(Determinant(("h",), ("diag(1 - z)",)),),
        false=(
            Neighbour("A step of the minGRU has ln|det J| = Σ ln z", (Determinant(("h",), ("diag(z)",)),)),
        ),
        source="det of a diagonal matrix",
    ),
    Identity(
        id="det-07",
        statement=(
            "Into volumes in a coRNN U and γ enter by e alone: over (z, y) "
            "det J = det((1 - ε Δt) I + Δt diag(1 - e²) V), e the tanh"
        ),
        about="co_rnn",
        shows=(
            Determinant(
                ("z", "y"),
                ("(1 - ε Δt) I + Δt diag(1 - tanh(U y + V z + W x + b)²) V",),
                "Δt I",
                ("I",),
            ),
        ),
        false=(
            Neighbour(
                "Volumes in a coRNN depend on U: det J = det((1 - ε Δt) I + Δt diag(1 - e²) U)",
                (
                    Determinant(
                        ("z", "y"),
                        ("(1 - ε Δt) I + Δt diag(1 - tanh(U y + V z + W x + b)²) U",),
                        "Δt I",
                        ("I",),
                    ),
                ),
            ),
        ),
        source="block elimination",
    ),
    Identity(
        id="det-08",
        statement=(
            "A LEM has over (z, y) det J = Π(1 - d) · det(diag(1 - e) + diag((a - y) ⊙ e ⊙ (1 - e / "
            "Δt)) U_e), "
            "a the tanh in y'"
        ),
        about="lem",
        shows=(Determinant(("z", "y"), ("diag(1 - d)",), LEM_D, (LEM_REST,)),),
        false=(
            Neighbour(
                "A LEM has det J = Π(1 - d) Π(1 - e)",
                (Determinant(("z", "y"), ("diag(1 - d)",), LEM_D, ("diag(1 - e)",)),),
            ),
        ),
        assumes=("Δt is not 0",),
        source="block elimination",
    ),
    Identity(
        id="det-09",
        statement=(
            "An IndRNN changes volumes by its own weights alone: det J = Π w where all units are on, else 0"
        ),
        about="ind_rnn",
        shows=(Determinant(("h",), ("diag(step(h'))", "diag(w)")),),
        false=(Neighbour("An IndRNN has det J = Π w always", (Determinant(("h",), ("diag(w)",)),)),),
        source="det of a product",
    ),
)
