"""What the larger and the smaller of two vectors have to do with relu and with each other."""

from grusym.theorems.equality import Equality
from grusym.theorems.statement import Identity, Neighbour


def _fact(id: str, statement: str, left: str, right: str, said: str, false: str) -> Identity:
    return Identity(
        id=id,
        statement=statement,
        about="rnn",
        names={"u": "n", "v": "n", "w": "n"},
        shows=(Equality(left, right),),
        false=(Neighbour(said, (Equality(left, false),)),),
        source="elementary; u, v and w are any vectors",
    )


IDENTITIES = (
    _fact(
        "max-01",
        "The larger of two is the second and what the first has more: max(u, v) = v + relu(u - v)",
        "max(u, v)",
        "v + relu(u - v)",
        "what it has less",
        "v + relu(v - u)",
    ),
    _fact(
        "max-02",
        "The larger and the smaller are the two: max(u, v) + min(u, v) = u + v",
        "max(u, v) + min(u, v)",
        "u + v",
        "they are twice the first",
        "2 u",
    ),
    _fact(
        "max-03",
        "The order does not matter: max(u, v) = max(v, u)",
        "max(u, v)",
        "max(v, u)",
        "it does not matter which is taken",
        "min(v, u)",
    ),
    _fact(
        "max-04",
        "The smaller is the larger, upside down: min(u, v) = -max(-u, -v)",
        "min(u, v)",
        "-max(-u, -v)",
        "without the sign before it",
        "max(-u, -v)",
    ),
    _fact(
        "max-05",
        "What is added to both is added to the larger: max(u + w, v + w) = max(u, v) + w",
        "max(u + w, v + w)",
        "max(u, v) + w",
        "it is added once for each",
        "max(u, v) + 2 w",
    ),
)
