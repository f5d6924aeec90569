"""Elementwise functions: what they have to do with one another."""

from grusym.theorems.equality import Equality
from grusym.theorems.statement import Identity, Neighbour

SOURCE = "elementary; u is any vector"
U = {"u": "n"}


def _fact(id: str, statement: str, left: str, right: str, false: str, said: str) -> Identity:
    return Identity(
        id=id,
        statement=statement,
        about="rnn",
        names=U,
        shows=(Equality(left, right),),
        false=(Neighbour(said, (Equality(left, false),)),),
        source=SOURCE,
    )


IDENTITIES = (
    _fact(
        "act-01",
        "The tanh is a σ, stretched and shifted: tanh(u) = 2 σ(2u) - 1",
        "tanh(u)",
        "2 σ(2 u) - 1",
        "2 σ(u) - 1",
        "tanh(u) = 2 σ(u) - 1",
    ),
    _fact(
        "act-02",
        "A gate of the negated argument is one minus the gate: σ(-u) = 1 - σ(u)",
        "σ(-u)",
        "1 - σ(u)",
        "-σ(u)",
        "σ(-u) = -σ(u)",
    ),
    _fact(
        "act-03",
        "The slope of σ is even: σ(u) ⊙ (1 - σ(u)) = σ(-u) ⊙ (1 - σ(-u))",
        "σ(u) ⊙ (1 - σ(u))",
        "σ(-u) ⊙ (1 - σ(-u))",
        "-σ(-u) ⊙ (1 - σ(-u))",
        "The slope of σ is odd",
    ),
    _fact(
        "act-04",
        "The slope of tanh at u is four times that of σ at 2u: 1 - tanh(u)² = 4 σ(2u) ⊙ (1 - σ(2u))",
        "1 - tanh(u)²",
        "4 σ(2 u) ⊙ (1 - σ(2 u))",
        "2 σ(2 u) ⊙ (1 - σ(2 u))",
        "The slope of tanh at u is twice that of σ at 2u",
    ),
    _fact(
        "act-05",
        "A gate and its complement are in the ratio exp(u): σ(u) / σ(-u) = exp(u)",
        "σ(u) / σ(-u)",
        "exp(u)",
        "exp(2 u)",
        "A gate and its complement are in the ratio exp(2u)",
    ),
    _fact(
        "act-06",
        "A rectifier keeps what its mirror image loses: relu(u) - relu(-u) = u",
        "relu(u) - relu(-u)",
        "u",
        "relu(u) + relu(-u)",
        "relu(u) - relu(-u) = |u|, that is relu(u) + relu(-u)",
    ),
    _fact(
        "act-07",
        "A softplus keeps what its mirror image loses: softplus(u) - softplus(-u) = u",
        "softplus(u) - softplus(-u)",
        "u",
        "softplus(u)",
        "softplus(u) - softplus(-u) = softplus(u)",
    ),
    _fact(
        "act-08",
        "A gate divided by the sum of itself and its complement is itself: σ(u) / (σ(u) + σ(-u)) = σ(u)",
        "σ(u) / (σ(u) + σ(-u))",
        "σ(u)",
        "σ(2 u)",
        "A gate divided by the sum of itself and its complement is σ(2u)",
    ),
)
