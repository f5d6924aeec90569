"""Fixed points: gates that change how fast they are reached, but not where they are."""

from grusym.theorems.equality import Equality
from grusym.theorems.fixed_point import FixedPoints
from grusym.theorems.sides import Value
from grusym.theorems.statement import Identity, Neighbour

Z = FixedPoints("z", "1 - z", "c - h")
R = FixedPoints("r", "1 - z", "c - h")

IDENTITIES = (
    Identity(
        id="fix-01",
        statement=(
            "The fixed points of a GRU do not depend on its update gate: h' - h = (1 - z) ⊙ (c - h), "
            "1 - z > 0, "
            "and c does not mention z. So h' = h exactly where h = c"
        ),
        about="gru",
        shows=(Z,),
        false=(Neighbour("The fixed points of a GRU do not depend on its reset gate", (R,)),),
        assumes=("the same input at every step",),
        source="follows from Cho et al. 2014 (arXiv 1406.1078), sec. 2.3",
    ),
    Identity(
        id="fix-02",
        statement="The fixed points of a GRU with the reset after the product do not depend on its "
        "update gate",
        about="gru_reset_after",
        shows=(Z,),
        false=(
            Neighbour(
                "The fixed points of a GRU with the reset after the product do not depend on its reset gate",
                (R,),
            ),
        ),
        assumes=("the same input at every step",),
        source="follows from the form of cuDNN and PyTorch (documentation of torch.nn.GRU)",
    ),
    Identity(
        id="fix-03",
        statement=(
            "The fixed points of a UGRNN do not depend on its gate; they are those of the vanilla "
            "network with the candidate's weights"
        ),
        about="ugrnn",
        shows=(Z, Equality("c", Value("rnn", "h'", {"W": "W_c", "U": "U_c", "b": "b_c"}))),
        false=(
            Neighbour(
                "The fixed points of an MGU do not depend on its gate, which also resets",
                (FixedPoints("f", "f", "c - h"),),
                about="mgu",
            ),
        ),
        assumes=("the same input at every step",),
        source="follows from Collins, Sohl-Dickstein & Sussillo 2016 (arXiv 1611.09913)",
    ),
    Identity(
        id="fix-04",
        statement="The fixed points of an nBRC do not depend on its update gate c",
        about="nbrc",
        shows=(FixedPoints("c", "1 - c", "tanh(W x + a ⊙ h) - h"),),
        false=(
            Neighbour(
                "The fixed points of an nBRC do not depend on its feedback a",
                (FixedPoints("a", "1 - c", "tanh(W x + a ⊙ h) - h"),),
            ),
        ),
        assumes=("the same input at every step",),
        source="follows from Vecoven, Ernst & Drion 2021 (arXiv 2006.05252)",
    ),
    Identity(
        id="fix-05",
        statement="A MinimalRNN stays exactly where its state is the encoded input z, whatever its gate u is",
        about="minimal_rnn",
        shows=(FixedPoints("u", "1 - u", "z - h"),),
        false=(
            Neighbour(
                "The fixed points of a chaos-free network do not depend on its forget gate",
                (FixedPoints("θ", "1 - θ", "tanh(h) - h"),),
                about="cfn",
            ),
        ),
        assumes=("the same input at every step",),
        source="follows from Chen 2017 (arXiv 1711.06788)",
    ),
)
