"""Relatives of the GRU: one another by some weights being 0 or shared."""

from grusym.theorems.equality import Equality
from grusym.theorems.sides import Value
from grusym.theorems.statement import Identity, Neighbour

DEY = "follows from Dey & Salem 2017 (arXiv 1701.05923); there 1 - z keeps the old state"
HECK = "follows from Heck & Salem 2017 (arXiv 1701.03452) and Zhou et al. 2016 (arXiv 1603.09420)"
MUT = "follows from Jozefowicz, Zaremba & Sutskever 2015 (PMLR 37); there 1 - z keeps the old state"
BRC = "follows from Vecoven, Ernst & Drion 2021 (arXiv 2006.05252)"


def _whole(cell: str, **where: str) -> Value:
    return Value(cell, "h'", where)


IDENTITIES = (
    Identity(
        id="rel-01",
        statement="A GRU whose reset gate stays open (r = 1) is the UGRNN",
        about="gru",
        shows=(Equality(_whole("gru", r="1"), _whole("ugrnn")),),
        false=(
            Neighbour(
                "A GRU whose reset gate stays shut (r = 0) is the UGRNN",
                (Equality(_whole("gru", r="0"), _whole("ugrnn")),),
            ),
        ),
        source="follows from Collins, Sohl-Dickstein & Sussillo 2016 (arXiv 1611.09913) and Cho et al. 2014",
    ),
    Identity(
        id="rel-02",
        statement="JANET is the UGRNN by another name of its gate",
        about="janet",
        shows=(Equality(_whole("janet"), _whole("ugrnn", W_z="W_f", U_z="U_f", b_z="b_f")),),
        false=(
            Neighbour("JANET is the MGU with the same weights", (Equality(_whole("janet"), _whole("mgu")),)),
        ),
        source="follows from van der Westhuizen & Lasenby 2018 (arXiv 1804.04849) and Collins et al. 2016",
    ),
    Identity(
        id="rel-03",
        statement="The light GRU is a GRU with r = 1 and a rectifier in place of the tanh",
        about="gru",
        shows=(Equality(Value("gru", "h'", {"r": "1"}, {"c": ("tanh", "relu")}), _whole("light_gru")),),
        false=(
            Neighbour(
                "The light GRU is a GRU with r = 1", (Equality(_whole("gru", r="1"), _whole("light_gru")),)
            ),
        ),
        source="follows from Ravanelli et al. 2018 (arXiv 1803.10225) and Cho et al. 2014",
    ),
    Identity(
        id="rel-04",
        statement="An MGU is a GRU whose reset gate is f and whose update gate is 1 - f, by its weights",
        about="mgu",
        shows=(
            Equality(
                _whole("gru", W_r="W_f", U_r="U_f", b_r="b_f", W_z="-W_f", U_z="-U_f", b_z="-b_f"),
                _whole("mgu"),
            ),
        ),
        false=(
            Neighbour(
                "An MGU is a GRU whose reset gate and update gate both are f",
                (
                    Equality(
                        _whole("gru", W_r="W_f", U_r="U_f", b_r="b_f", W_z="W_f", U_z="U_f", b_z="b_f"),
                        _whole("mgu"),
                    ),
                ),
            ),
        ),
        assumes=("in the MGU 1 - f keeps the old state",),
        source="follows from Zhou et al. 2016 (arXiv 1603.09420) and Cho et al. 2014",
    ),
    Identity(
        id="rel-05",
        statement="MGU1 is the MGU with W_f = 0",
        about="mgu1",
        shows=(Equality(_whole("mgu", W_f="0"), _whole("mgu1")),),
        false=(
            Neighbour(
                "MGU2 is the MGU with W_f = 0 alone", (Equality(_whole("mgu", W_f="0"), _whole("mgu2")),)
            ),
        ),
        source=HECK,
    ),
    Identity(
        id="rel-06",
        statement="MGU2 is the MGU with W_f = 0 and b_f = 0",
        about="mgu2",
        shows=(Equality(_whole("mgu", W_f="0", b_f="0"), _whole("mgu2")),),
        false=(
            Neighbour(
                "MGU2 is the MGU with all of its gate's weights 0",
                (Equality(_whole("mgu", W_f="0", U_f="0", b_f="0"), _whole("mgu2")),),
            ),
        ),
        source=HECK,
    ),
    Identity(
        id="rel-07",
        statement="MGU3 is the MGU with W_f = 0 and U_f = 0",
        about="mgu3",
        shows=(Equality(_whole("mgu", W_f="0", U_f="0"), _whole("mgu3")),),
        false=(
            Neighbour(
                "MGU3 is the vanilla network with the candidate's weights",
                (Equality(_whole("rnn", W="W_c", U="U_c", b="b_c"), _whole("mgu3")),),
            ),
        ),
        source=HECK,
    ),
    Identity(
        id="rel-08",
        statement="GRU1 is the GRU with W_r = W_z = 0 and the signs of U_z and b_z turned",
        about="gru1",
        shows=(Equality(_whole("gru", W_r="0", W_z="0", U_z="-U_z", b_z="-b_z"), _whole("gru1")),),
        false=(
            Neighbour(
                "GRU1 is the GRU with W_r = W_z = 0, no sign turned",
                (Equality(_whole("gru", W_r="0", W_z="0"), _whole("gru1")),),
            ),
        ),
        source=DEY,
    ),
    Identity(
        id="rel-09",
        statement="GRU2 is GRU1 without the biases of its gates",
        about="gru2",
        shows=(Equality(_whole("gru1", b_r="0", b_z="0"), _whole("gru2")),),
        false=(
            Neighbour(
                "GRU2 is GRU1 without biases, that of its candidate included",
                (Equality(_whole("gru1", b_c="0", b_r="0", b_z="0"), _whole("gru2")),),
            ),
        ),
        source=DEY,
    ),
    Identity(
        id="rel-10",
        statement="GRU3 is GRU1 with U_r = U_z = 0",
        about="gru3",
        shows=(Equality(_whole("gru1", U_r="0", U_z="0"), _whole("gru3")),),
        false=(
            Neighbour(
                "GRU3 is GRU1 with U_r = U_z = U_c = 0",
                (Equality(_whole("gru1", U_r="0", U_z="0", U_c="0"), _whole("gru3")),),
            ),
        ),
        source=DEY,
    ),
    Identity(
        id="rel-11",
        statement="MUT2 is a GRU whose reset gate sees the input as it is (W_r = I), with z turned",
        about="mut2",
        shows=(Equality(_whole("gru", W_r="I", W_z="-W_z", U_z="-U_z", b_z="-b_z"), _whole("mut2")),),
        false=(
            Neighbour(
                "MUT2 is a GRU whose reset gate does not see the input (W_r = 0), with z turned",
                (Equality(_whole("gru", W_r="0", W_z="-W_z", U_z="-U_z", b_z="-b_z"), _whole("mut2")),),
            ),
        ),
        assumes=("m = n",),
        source=MUT,
    ),
    Identity(
        id="rel-12",
        statement="MUT3 with U_z = 0, so that its update gate sees the input only, is a GRU with U_z = "
        "0, with z turned",
        about="mut3",
        shows=(Equality(_whole("gru", W_z="-W_z", U_z="0", b_z="-b_z"), _whole("mut3", U_z="0")),),
        false=(
            Neighbour(
                "MUT3 is a GRU for any U_z, with z turned",
                (Equality(_whole("gru", W_z="-W_z", U_z="-U_z", b_z="-b_z"), _whole("mut3")),),
            ),
        ),
        source=MUT,
    ),
    Identity(
        id="rel-13",
        statement="The BRC is the nBRC whose gates have diagonal recurrent matrices",
        about="brc",
        shows=(Equality(_whole("nbrc", U_a="diag(w_a)", U_c="diag(w_c)"), _whole("brc")),),
        false=(
            Neighbour(
                "The BRC is the nBRC with the diagonals of its two gates exchanged",
                (Equality(_whole("nbrc", U_a="diag(w_c)", U_c="diag(w_a)"), _whole("brc")),),
            ),
        ),
        source=BRC,
    ),
    Identity(
        id="rel-14",
        statement="With W_a = U_a = 0 the feedback of an nBRC is a = 1, and it is a UGRNN with U_c = I "
        "and no biases",
        about="nbrc",
        shows=(
            Equality(Value("nbrc", "a", {"W_a": "0", "U_a": "0"}), "1"),
            Equality(
                _whole("nbrc", W_a="0", U_a="0"),
                _whole("ugrnn", W_z="W_c", U_z="U_c", b_z="0", W_c="W", U_c="I", b_c="0"),
            ),
        ),
        false=(
            Neighbour(
                "With W_a = U_a = 0 the feedback of an nBRC is 0: a = 0",
                (Equality(Value("nbrc", "a", {"W_a": "0", "U_a": "0"}), "0"),),
            ),
        ),
        source=BRC,
    ),
    Identity(
        id="rel-15",
        statement="The IndRNN is the vanilla network with a rectifier and a diagonal recurrent matrix",
        about="ind_rnn",
        shows=(Equality(_whole("rnn_relu", U="diag(w)"), _whole("ind_rnn")),),
        false=(
            Neighbour(
                "The IndRNN is the vanilla network with a tanh and a diagonal recurrent matrix",
                (Equality(_whole("rnn", U="diag(w)"), _whole("ind_rnn")),),
            ),
        ),
        source=(
            "follows from Li et al. 2018 (arXiv 1803.04831) and Le, Jaitly & Hinton 2015 (arXiv 1504.00941)"
        ),
    ),
    Identity(
        id="rel-16",
        statement="A FastRNN with α = 1 and β = 0 is the vanilla network",
        about="fast_rnn",
        shows=(Equality(_whole("fast_rnn", α="1", β="0"), _whole("rnn")),),
        false=(
            Neighbour(
                "A FastRNN with α = 1 is the vanilla network for any β",
                (Equality(_whole("fast_rnn", α="1"), _whole("rnn")),),
            ),
        ),
        source="follows from Kusupati et al. 2018 (arXiv 1901.02358)",
    ),
    Identity(
        id="rel-17",
        statement=(
            "A FastGRNN with ζ = 1 and ν = 0 is the UGRNN whose gate and candidate share their matrices"
        ),
        about="fast_grnn",
        shows=(
            Equality(_whole("fast_grnn", ζ="1", ν="0"), _whole("ugrnn", W_z="W", U_z="U", W_c="W", U_c="U")),
        ),
        false=(
            Neighbour(
                "A FastGRNN with ζ = 1 is that UGRNN for any ν",
                (Equality(_whole("fast_grnn", ζ="1"), _whole("ugrnn", W_z="W", U_z="U", W_c="W", U_c="U")),),
            ),
        ),
        source="follows from Kusupati et al. 2018 (arXiv 1901.02358) and Collins et al. 2016",
    ),
    Identity(
        id="rel-18",
        statement="Without input the state of a chaos-free network can only shrink: h' = θ ⊙ tanh(h)",
        about="cfn",
        shows=(Equality(_whole("cfn", x="0"), "σ(U_θ h + b_θ) ⊙ tanh(h)"),),
        false=(
            Neighbour(
                "Without input a chaos-free network has h' = θ ⊙ h",
                (Equality(_whole("cfn", x="0"), "σ(U_θ h + b_θ) ⊙ h"),),
            ),
        ),
        source="follows from Laurent & von Brecht 2017 (arXiv 1612.06212)",
    ),
)
