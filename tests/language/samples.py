"""Expressions the printer tests share: the examples of the papers, and one of every node."""

from fractions import Fraction

from grusym.language.expression import (
    ONE,
    Activation,
    Columns,
    Concatenation,
    Diagonal,
    Expression,
    Extremum,
    Hadamard,
    Identity,
    Increment,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Section,
    Sum,
    Transpose,
)


def n(name: str) -> Name:
    return Name(name)


def had(*factors: Expression) -> Expression:
    result = factors[0]
    for factor in factors[1:]:
        result = Hadamard(result, factor)
    return result


def mat(*factors: Expression) -> Expression:
    result = factors[-1]
    for factor in reversed(factors[:-1]):
        result = Product(factor, result)
    return result


def plus(*terms: Expression) -> Expression:
    return Sum(terms)


def less(left: Expression, right: Expression) -> Expression:
    return Sum((left, Negative(right)))


h, x, z, r, c = map(n, "hxzrc")
third, half = Number(Fraction(1, 3)), Number(Fraction(1, 2))
stacked = Concatenation((h, x))
keep = less(ONE, z)
next_state = plus(had(z, h), had(keep, c))
candidate = Activation("tanh", plus(mat(n("W_c"), x), mat(n("U_c"), had(r, h)), n("b_c")))
gru_jacobian = plus(
    Diagonal(z),
    mat(Diagonal(had(less(h, c), z, keep)), n("U_z")),
    mat(
        Diagonal(had(keep, less(ONE, Power(c, 2)))),
        n("U_c"),
        plus(Diagonal(r), mat(Diagonal(had(h, r, less(ONE, r))), n("U_r"))),
    ),
)

# One expression of every node type, with its text.
EVERY_NODE: dict[type, tuple[Expression, str]] = {
    Number: (third, "(1/3)"),
    Name: (n("h̃'"), "h̃'"),
    Negative: (Negative(had(c, z)), "-c ⊙ z"),
    Sum: (next_state, "z ⊙ h + (1 - z) ⊙ c"),
    Hadamard: (had(keep, keep), "(1 - z) ⊙ (1 - z)"),
    Quotient: (Quotient(plus(h, x), had(z, c)), "(h + x) / (z ⊙ c)"),
    Power: (Power(keep, 2), "(1 - z)²"),
    Activation: (candidate, "tanh(W_c x + U_c (r ⊙ h) + b_c)"),
    Extremum: (Extremum("max", plus(h, x), Extremum("min", z, ONE)), "max(h + x, min(z, 1))"),
    Product: (mat(n("δ_c"), Transpose(had(r, h))), "δ_c (r ⊙ h)ᵀ"),
    Transpose: (mat(Transpose(n("U_z")), n("δ_z")), "U_zᵀ δ_z"),
    Concatenation: (mat(n("W_r"), stacked), "W_r [h, x]"),
    Columns: (Columns(n("W_r"), stacked, 0), "W_r[:, h]"),
    Section: (Section(n("v"), stacked, 1), "v[x]"),
    Diagonal: (Diagonal(keep), "diag(1 - z)"),
    Identity: (plus(Identity(), Diagonal(z)), "I + diag(z)"),
    Increment: (plus(Increment(z), Increment(had(z, h))), "dz + d(z ⊙ h)"),
}
