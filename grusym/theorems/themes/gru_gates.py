"""Gates of a GRU: what it becomes when they are open or shut."""

from grusym.theorems.equality import Equality
from grusym.theorems.limit import Limit
from grusym.theorems.sides import Block, Value
from grusym.theorems.statement import Identity, Neighbour

CHO = "follows from Cho et al. 2014 (arXiv 1406.1078), sec. 2.3, with biases"
CUDNN = "follows from the form of cuDNN and PyTorch (documentation of torch.nn.GRU)"
RNN = {"W": "W_c", "U": "U_c", "b": "b_c"}

IDENTITIES = (
    Identity(
        id="gru-01",
        statement="With the update gate z = 1 a GRU keeps its state: h' = h",
        about="gru",
        shows=(Equality(Value("gru", "h'", {"z": "1"}), "h"),),
        false=(
            Neighbour("With z = 0 a GRU keeps its state", (Equality(Value("gru", "h'", {"z": "0"}), "h"),)),
        ),
        assumes=("z near 1 keeps the old state",),
        source=CHO,
    ),
    Identity(
        id="gru-02",
        statement="With z = 1 the Jacobian of a step of a GRU is the identity: ∂h'/∂h = I",
        about="gru",
        shows=(Equality(Block("gru", "h'", "h", {"z": "1"}), "I"),),
        false=(
            Neighbour(
                "With z = 0 the Jacobian of a step of a GRU is the identity",
                (Equality(Block("gru", "h'", "h", {"z": "0"}), "I"),),
            ),
        ),
        assumes=("z near 1 keeps the old state", "the gate's slope is z ⊙ (1 - z)"),
        source=CHO,
    ),
    Identity(
        id="gru-03",
        statement="With z = 0 and r = 1 a GRU is the vanilla network with the candidate's weights",
        about="gru",
        shows=(
            Equality(Value("gru", "h'", {"z": "0", "r": "1"}), Value("rnn", "h'", RNN)),
            Equality(Block("gru", "h'", "h", {"z": "0", "r": "1"}), Block("rnn", "h'", "h", RNN)),
        ),
        false=(
            Neighbour(
                "With z = 0 alone a GRU is the vanilla network",
                (Equality(Value("gru", "h'", {"z": "0"}), Value("rnn", "h'", RNN)),),
            ),
        ),
        source=CHO,
    ),
    Identity(
        id="gru-04",
        statement="With r = 0 the candidate of a GRU is feed-forward: c = tanh(W_c x + b_c)",
        about="gru",
        shows=(Equality(Value("gru", "c", {"r": "0"}), "tanh(W_c x + b_c)"),),
        false=(
            Neighbour(
                "With z = 0 the candidate is feed-forward",
                (Equality(Value("gru", "c", {"z": "0"}), "tanh(W_c x + b_c)"),),
            ),
        ),
        source=CHO,
    ),
    Identity(
        id="gru-05",
        statement=(
            "With r = 0 the candidate of a GRU with the reset after the product is feed-forward too, and the "
            "bias d_c inside the reset goes with it"
        ),
        about="gru_reset_after",
        shows=(Equality(Value("gru_reset_after", "c", {"r": "0"}), "tanh(W_c x + b_c)"),),
        false=(
            Neighbour(
                "With r = 0 the bias d_c inside the reset stays",
                (Equality(Value("gru_reset_after", "c", {"r": "0"}), "tanh(W_c x + b_c + d_c)"),),
            ),
        ),
        source=CUDNN,
    ),
    Identity(
        id="gru-06",
        statement=(
            "With all biases outside the reset, as CoreML has them, r = 0 leaves them: c = "
            "tanh(W_c x + b_c + d_c)"
        ),
        about="gru_reset_after",
        shows=(
            Equality(
                Value("gru_reset_after", "c", {"r": "0", "b_c": "b_c + d_c", "d_c": "0"}),
                "tanh(W_c x + b_c + d_c)",
            ),
        ),
        false=(
            Neighbour(
                "With all biases outside the reset, d_c goes when r = 0",
                (
                    Equality(
                        Value("gru_reset_after", "c", {"r": "0", "b_c": "b_c + d_c", "d_c": "0"}),
                        "tanh(W_c x + b_c)",
                    ),
                ),
            ),
        ),
        source=CUDNN,
    ),
    Identity(
        id="gru-07",
        statement="As the bias of the update gate grows without bound, a GRU keeps its state: h' → h",
        about="gru",
        names={"t": ""},
        shows=(Limit(Value("gru", "h'", {"b_z": "b_z + t"}), "t", "∞", "h"),),
        false=(
            Neighbour(
                "As the bias of the reset gate grows without bound, a GRU keeps its state",
                (Limit(Value("gru", "h'", {"b_r": "b_r + t"}), "t", "∞", "h"),),
            ),
        ),
        assumes=("z near 1 keeps the old state",),
        source=CHO,
    ),
    Identity(
        id="gru-08",
        statement="As the bias of the update gate falls without bound, the candidate takes over: h' → c",
        about="gru",
        names={"t": ""},
        shows=(Limit(Value("gru", "h'", {"b_z": "b_z - t"}), "t", "∞", "c"),),
        false=(
            Neighbour(
                "As the bias of the update gate grows without bound, the candidate takes over",
                (Limit(Value("gru", "h'", {"b_z": "b_z + t"}), "t", "∞", "c"),),
            ),
        ),
        assumes=("z near 1 keeps the old state",),
        source=CHO,
    ),
    Identity(
        id="gru-09",
        statement=(
            "At the zero state, without input and with b_c = 0, the Jacobian of a GRU is "
            "diag(z) + diag(1 - z) U_c diag(r), with z = σ(b_z) and r = σ(b_r)"
        ),
        about="gru",
        shows=(
            Equality(
                Block("gru", "h'", "h", {"h": "0", "x": "0", "b_c": "0"}),
                "diag(σ(b_z)) + diag(1 - σ(b_z)) U_c diag(σ(b_r))",
            ),
        ),
        false=(
            Neighbour(
                "At the zero state and without input it is that for any b_c",
                (
                    Equality(
                        Block("gru", "h'", "h", {"h": "0", "x": "0"}),
                        "diag(σ(b_z)) + diag(1 - σ(b_z)) U_c diag(σ(b_r))",
                    ),
                ),
            ),
        ),
        source=CHO,
    ),
    Identity(
        id="gru-10",
        statement=(
            "At the zero state, without input and with b_c = d_c = 0, the Jacobian of a GRU with "
            "the reset after the product is diag(z) + diag((1 - z) ⊙ r) U_c: the reset gate stands"
            " on the other side of U_c"
        ),
        about="gru_reset_after",
        shows=(
            Equality(
                Block("gru_reset_after", "h'", "h", {"h": "0", "x": "0", "b_c": "0", "d_c": "0"}),
                "diag(σ(b_z)) + diag((1 - σ(b_z)) ⊙ σ(b_r)) U_c",
            ),
        ),
        false=(
            Neighbour(
                "At the zero state the Jacobian is the same with the reset before and after the product",
                (
                    Equality(
                        Block("gru_reset_after", "h'", "h", {"h": "0", "x": "0", "b_c": "0", "d_c": "0"}),
                        "diag(σ(b_z)) + diag(1 - σ(b_z)) U_c diag(σ(b_r))",
                    ),
                ),
            ),
        ),
        source=CUDNN,
    ),
    Identity(
        id="gru-11",
        statement=(
            "A GRU whose candidate and update gate see no state (U_z = U_c = 0) has the Jacobian diag(z)"
        ),
        about="gru",
        shows=(Equality(Block("gru", "h'", "h", {"U_z": "0", "U_c": "0"}), "diag(σ(W_z x + b_z))"),),
        false=(
            Neighbour(
                "A GRU whose candidate sees no state (U_c = 0) has the Jacobian diag(z)",
                (Equality(Block("gru", "h'", "h", {"U_c": "0"}), "diag(z)"),),
            ),
        ),
        source=CHO,
    ),
    Identity(
        id="gru-12",
        statement="The state of a GRU moves towards the candidate: h' - h = (1 - z) ⊙ (c - h)",
        about="gru",
        shows=(Equality("h' - h", "(1 - z) ⊙ (c - h)"),),
        false=(
            Neighbour(
                "The state of a GRU moves by h' - h = z ⊙ (c - h)", (Equality("h' - h", "z ⊙ (c - h)"),)
            ),
        ),
        assumes=("z near 1 keeps the old state",),
        source=CHO,
    ),
)
