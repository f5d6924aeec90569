"""Variants of the LSTM: one thing taken away, and what an LSTM and a GRU have in common."""

from grusym.theorems.equality import Equality
from grusym.theorems.sides import Block, Value
from grusym.theorems.statement import Identity, Neighbour

GREFF = "follows from Greff et al. 2017 (arXiv 1503.04069)"
NO_PEEPHOLES = {"p_i": "0", "p_f": "0", "p_o": "0"}
FULL = "lstm_peephole"


def _same(one: Value, other: Value) -> tuple[Equality, ...]:
    """Both next states of two LSTMs; another function in h' leaves c' as it is."""
    inner = {v: swap for v, swap in one.instead.items() if v != "h'"}
    return (
        Equality(Value(one.cell, "c'", one.where, inner), Value(other.cell, "c'")),
        Equality(one, other),
    )


def _variant(
    id: str, cell: str, statement: str, taken: Value, false: str, other: Value, **more: str
) -> Identity:
    """The variant is the peephole LSTM with something taken away, and not with something else taken."""
    return Identity(
        id=id,
        statement=statement,
        about=cell,
        shows=_same(taken, Value(cell, "h'")),
        false=(Neighbour(false, _same(other, Value(cell, "h'"))),),
        source=more.get("source", GREFF),
    )


IDENTITIES = (
    _variant(
        "lstm-01",
        "lstm",
        "Without peepholes (p_i = p_f = p_o = 0) the LSTM of Greff et al. is the LSTM that frameworks run",
        Value(FULL, "h'", NO_PEEPHOLES),
        "With p_i = p_o = 0 and p_f = 1 the LSTM of Greff et al. is the LSTM that frameworks run",
        Value(FULL, "h'", {"p_i": "0", "p_f": "1", "p_o": "0"}),
    ),
    _variant(
        "lstm-02",
        "lstm",
        "The variant NP of Greff et al. is the LSTM that frameworks run",
        Value("lstm_np", "h'"),
        "NP with the weights of i and f exchanged is the LSTM that frameworks run",
        Value(
            "lstm_np",
            "h'",
            {"W_i": "W_f", "W_f": "W_i", "U_i": "U_f", "U_f": "U_i", "b_i": "b_f", "b_f": "b_i"},
        ),
    ),
    _variant(
        "lstm-03",
        "lstm_nfg",
        "NFG is the peephole LSTM with f = 1",
        Value(FULL, "h'", {"f": "1"}),
        "NFG is the peephole LSTM with f = 0",
        Value(FULL, "h'", {"f": "0"}),
    ),
    _variant(
        "lstm-04",
        "lstm_nig",
        "NIG is the peephole LSTM with i = 1",
        Value(FULL, "h'", {"i": "1"}),
        "NIG is the peephole LSTM with i = 1 and f = 1",
        Value(FULL, "h'", {"i": "1", "f": "1"}),
    ),
    _variant(
        "lstm-05",
        "lstm_nog",
        "NOG is the peephole LSTM with o = 1",
        Value(FULL, "h'", {"o": "1"}),
        "NOG is the peephole LSTM with o = 1 and no tanh of c'",
        Value(FULL, "h'", {"o": "1"}, {"h'": ("tanh", "")}),
    ),
    _variant(
        "lstm-06",
        "lstm_niaf",
        "NIAF is the peephole LSTM without the tanh of its candidate",
        Value(FULL, "h'", instead={"g": ("tanh", "")}),
        "NIAF is the peephole LSTM",
        Value(FULL, "h'"),
    ),
    _variant(
        "lstm-07",
        "lstm_noaf",
        "NOAF is the peephole LSTM without the tanh of its output",
        Value(FULL, "h'", instead={"h'": ("tanh", "")}),
        "NOAF is the peephole LSTM",
        Value(FULL, "h'"),
    ),
    _variant(
        "lstm-08",
        "lstm_cifg",
        "CIFG is the peephole LSTM with W_f = -W_i, and so for U, p and b, which makes f = 1 - i",
        Value(FULL, "h'", {"W_f": "-W_i", "U_f": "-U_i", "p_f": "-p_i", "b_f": "-b_i"}),
        "CIFG is the peephole LSTM with W_f = W_i, and so for U, p and b",
        Value(FULL, "h'", {"W_f": "W_i", "U_f": "U_i", "p_f": "p_i", "b_f": "b_i"}),
    ),
    _variant(
        "lstm-09",
        FULL,
        "FGR without its nine matrices between gates is the peephole LSTM",
        Value("lstm_fgr", "h'", {f"R_{a}{b}": "0" for a in "ifo" for b in "ifo"}),
        "FGR with all old gates 0 and p_i = 0 is the peephole LSTM",
        Value("lstm_fgr", "h'", {"i": "0", "f": "0", "o": "0", "p_i": "0"}),
    ),
    Identity(
        id="lstm-10",
        statement="An LSTM with the projection W_h = I is the LSTM",
        about="lstm",
        shows=(
            Equality(Value("lstm_projection", "c'", {}), Value("lstm", "c'")),
            Equality(Value("lstm_projection", "h'", {"W_h": "I"}), Value("lstm", "h'")),
        ),
        false=(
            Neighbour(
                "An LSTM with the projection W_h = 2 I is the LSTM",
                (Equality(Value("lstm_projection", "h'", {"W_h": "2 I"}), Value("lstm", "h'")),),
            ),
        ),
        assumes=("p = n",),
        source="follows from Sak, Senior & Beaufays 2014 (arXiv 1402.1128)",
    ),
    Identity(
        id="lstm-11",
        statement=(
            "CIFG without peepholes, with output gate 1 and no tanh at its output, is a GRU with r = 1 and "
            "z = 1 - i: then h' = c', and c' is the GRU's step from c when h = c"
        ),
        about="lstm_cifg",
        names={"s": "n"},
        shows=(
            Equality(
                Value("lstm_cifg", "h'", {"o": "1", "p_i": "0"}, {"h'": ("tanh", "")}),
                Value("lstm_cifg", "c'", {"p_i": "0"}),
            ),
            Equality(
                Value("lstm_cifg", "c'", {"p_i": "0", "c": "s", "h": "s"}),
                Value(
                    "gru",
                    "h'",
                    {
                        "h": "s",
                        "r": "1",
                        "W_z": "-W_i",
                        "U_z": "-U_i",
                        "b_z": "-b_i",
                        "W_c": "W_g",
                        "U_c": "U_g",
                        "b_c": "b_g",
                    },
                ),
            ),
        ),
        false=(
            Neighbour(
                "CIFG without peepholes, with output gate 1 and the tanh at its output, has h' = c'",
                (
                    Equality(
                        Value("lstm_cifg", "h'", {"o": "1", "p_i": "0"}),
                        Value("lstm_cifg", "c'", {"p_i": "0"}),
                    ),
                ),
            ),
            Neighbour(
                "It is a GRU with r = 0",
                (
                    Equality(
                        Value("lstm_cifg", "c'", {"p_i": "0", "c": "s", "h": "s"}),
                        Value(
                            "gru",
                            "h'",
                            {
                                "h": "s",
                                "r": "0",
                                "W_z": "-W_i",
                                "U_z": "-U_i",
                                "b_z": "-b_i",
                                "W_c": "W_g",
                                "U_c": "U_g",
                                "b_c": "b_g",
                            },
                        ),
                    ),
                ),
            ),
        ),
        source="follows from Greff et al. 2017 (arXiv 1503.04069) and Cho et al. 2014 (arXiv 1406.1078)",
    ),
    Identity(
        id="lstm-12",
        statement="CIFG without peepholes steps from c = h as JANET does, with W_f = -W_i, and so for U "
        "and b",
        about="lstm_cifg",
        names={"s": "n"},
        shows=(
            Equality(
                Value("lstm_cifg", "c'", {"p_i": "0", "c": "s", "h": "s"}),
                Value(
                    "janet",
                    "h'",
                    {
                        "h": "s",
                        "W_f": "-W_i",
                        "U_f": "-U_i",
                        "b_f": "-b_i",
                        "W_c": "W_g",
                        "U_c": "U_g",
                        "b_c": "b_g",
                    },
                ),
            ),
        ),
        false=(
            Neighbour(
                "CIFG with peepholes steps from c = h as JANET does",
                (
                    Equality(
                        Value("lstm_cifg", "c'", {"c": "s", "h": "s"}),
                        Value(
                            "janet",
                            "h'",
                            {
                                "h": "s",
                                "W_f": "-W_i",
                                "U_f": "-U_i",
                                "b_f": "-b_i",
                                "W_c": "W_g",
                                "U_c": "U_g",
                                "b_c": "b_g",
                            },
                        ),
                    ),
                ),
            ),
        ),
        source="follows from Greff et al. 2017 and van der Westhuizen & Lasenby 2018 (arXiv 1804.04849)",
    ),
    Identity(
        id="lstm-13",
        statement="Along the cell state alone the Jacobian of an LSTM is the forget gate: ∂c'/∂c = diag(f)",
        about="lstm",
        shows=(Equality(Block("lstm", "c'", "c"), "diag(f)"),),
        false=(
            Neighbour(
                "With peepholes too ∂c'/∂c = diag(f)",
                (Equality(Block(FULL, "c'", "c"), "diag(f)"),),
                about=FULL,
            ),
        ),
        source="follows from Gers, Schmidhuber & Cummins 2000",
    ),
    Identity(
        id="lstm-14",
        statement="With f = 1, i = 0 an LSTM keeps its cell state: c' = c",
        about="lstm",
        shows=(Equality(Value("lstm", "c'", {"f": "1", "i": "0"}), "c"),),
        false=(
            Neighbour(
                "With f = 1 alone an LSTM keeps its cell state",
                (Equality(Value("lstm", "c'", {"f": "1"}), "c"),),
            ),
        ),
        source="follows from Hochreiter & Schmidhuber 1997, the constant error carousel",
    ),
    Identity(
        id="lstm-15",
        statement="The constant error carousel: without forget gate and peepholes ∂c'/∂c = I",
        about="lstm_nfg",
        shows=(Equality(Block("lstm_nfg", "c'", "c", {"p_i": "0"}), "I"),),
        false=(
            Neighbour(
                "Without forget gate, but with peepholes, ∂c'/∂c = I",
                (Equality(Block("lstm_nfg", "c'", "c"), "I"),),
            ),
        ),
        source="follows from Hochreiter & Schmidhuber 1997, as Greff et al. 2017 have it (NFG)",
    ),
)
