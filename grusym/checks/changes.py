"""What small changes do, written for the checker alone: one rule a node, and what changes add up to.

A change of u is the node `Increment(u)`. This does not know the calculus that wrote a derivation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from grusym.algebra.rank import rank
from grusym.errors import GrusymError
from grusym.language.activations import ACTIVATIONS
from grusym.language.build import hadamard, negative, number, power, product, total, transpose
from grusym.language.cell import Shape
from grusym.language.expression import (
    ONE,
    ZERO,
    Activation,
    Concatenation,
    Diagonal,
    Expression,
    Extremum,
    Hadamard,
    Identity,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Section,
    Sum,
    Transpose,
    names_in,
)

Change = Callable[[Expression], Expression]


def rule_of(e: Expression, d: Change) -> tuple[str, Expression]:
    """The name of the rule that a vector or scalar asks for, and its change; d gives those of its parts."""
    match e:
        case Number():
            return "a constant does not change", ZERO
        case Negative(operand=u):
            return "sign rule", negative(d(u))
        case Sum(terms=terms):
            return "sum rule", total(*map(d, terms))
        case Hadamard(left=u, right=v):
            du, dv = d(u), d(v)
            name = "product rule" if ZERO not in (du, dv) else "constant factor"
            return name, total(hadamard(du, v), hadamard(u, dv))
        case Quotient(left=u, right=v):
            du, dv = d(u), d(v)
            name = "constant factor" if dv == ZERO else "quotient rule"
            over_v = ZERO if du == ZERO else Quotient(du, v)
            return name, total(over_v, negative(hadamard(Quotient(u, power(v, 2)), dv)))
        case Power(base=u, exponent=k):
            return "power rule", hadamard(number(k), power(u, k - 1), d(u)) if k else ZERO
        case Activation(function=f, operand=u):
            return "chain rule", hadamard(ACTIVATIONS[f].slope(u, e), d(u))
        case Extremum(function=f, left=u, right=v):
            first = total(u, negative(v)) if f == "max" else total(v, negative(u))
            chosen = Activation("step", first)
            rest = hadamard(total(ONE, negative(chosen)), d(v))
            return "the larger of two", total(hadamard(chosen, d(u)), rest)
        case Concatenation(parts=parts):
            moved = [(d(p), p) for p in parts]
            if all(dp == ZERO for dp, _ in moved):
                return "blocks", ZERO
            return "blocks", Concatenation(tuple(Hadamard(ZERO, p) if dp == ZERO else dp for dp, p in moved))
        case Product(left=a, right=v):
            return "matrix product", total(product(of_matrix(a, d), v), product(a, d(v)))
    raise GrusymError(f"no rule is known for the change of {e}")


def of_matrix(e: Expression, d: Change) -> Expression:
    """The change of a matrix; d gives those of the names, scalars and vectors in it."""
    match e:
        case Name():
            return d(e)
        case Identity():
            return ZERO
        case Diagonal(vector=u):
            du = d(u)
            return ZERO if du == ZERO else Diagonal(du)
        case Transpose(operand=a):
            da = of_matrix(a, d)
            return ZERO if da == ZERO else transpose(da)
        case Negative(operand=a):
            return negative(of_matrix(a, d))
        case Sum(terms=terms):
            return total(*(of_matrix(a, d) for a in terms))
        case Hadamard(left=s, right=a):  # a scalar times a matrix
            return total(_scaled(d(s), a), _scaled(s, of_matrix(a, d)))
        case Quotient(left=a, right=s):
            under, ds = Quotient(ONE, s), d(s)
            return total(_scaled(under, of_matrix(a, d)), negative(_scaled(hadamard(ds, power(under, 2)), a)))
        case Product(left=a, right=b):
            return total(product(of_matrix(a, d), b), product(a, of_matrix(b, d)))
    raise GrusymError(f"no rule is known for the change of the matrix {e}")


def _scaled(s: Expression, a: Expression) -> Expression:
    return ZERO if ZERO in (s, a) else Hadamard(s, a)


def gathered(e: Expression, names: frozenset[str], shapes: Mapping[str, Shape]) -> dict[str, Expression]:
    """What stands before each of the `names` in a scalar that is linear in them.

    That is g of a vector v where e = gᵀ v + ..., and the sum of u wᵀ of a matrix A where e = uᵀ A w + ...
    """
    found: dict[str, Expression] = {}

    def has(u: Expression) -> bool:
        return not names.isdisjoint(names_in(u))

    def pull(u: Expression, g: Expression) -> None:  # all of gᵀ u, or of g u where u is a scalar
        match u:
            case Name(name=name):
                found[name] = total(found.get(name, ZERO), g)
            case Sum(terms=terms):
                for term in terms:
                    pull(term, g)
            case Negative(operand=v):
                pull(v, negative(g))
            case Hadamard(left=a, right=b) if has(a) != has(b):
                moved, held = (a, b) if has(a) else (b, a)
                summed = rank(moved, shapes) == 0 != rank(held, shapes)  # a scalar before every entry
                pull(moved, Product(Transpose(held), g) if summed else hadamard(held, g))
            case Quotient(left=a, right=b) if not has(b):
                pull(a, Quotient(g, b))
            case Concatenation(parts=parts):
                for i in (i for i, part in enumerate(parts) if has(part)):
                    pull(parts[i], Section(g, u, i))
            case Product(left=Transpose(operand=a), right=b) if rank(u, shapes) == 0 and has(a) != has(b):
                pull(*((a, hadamard(g, b)) if has(a) else (b, hadamard(g, a))))
            case Product(left=a, right=b) if has(b) and not has(a):
                pull(b, product(transpose(a), g))
            case Product(left=a, right=v) if has(a) and not has(v):
                through(a, v, g)
            case _ if u != ZERO:
                raise GrusymError(f"{u} is not linear in changes")

    def through(a: Expression, v: Expression, g: Expression) -> None:  # all of gᵀ a v, where a changes
        match a:
            case Name(name=name):
                found[name] = total(found.get(name, ZERO), Product(g, Transpose(v)))
            case Transpose(operand=b):
                through(b, g, v)
            case Diagonal(vector=u):
                pull(u, hadamard(g, v))
            case Product(left=b, right=c):
                pull(Product(b, product(c, v)), g)
            case Sum(terms=terms):
                pull(Sum(tuple(Product(term, v) for term in terms)), g)
            case Negative(operand=b):
                pull(Product(b, v), negative(g))
            case Hadamard(left=s, right=b):
                pull(Hadamard(s, Product(b, v)), g)
            case _:
                raise GrusymError(f"{a} is not linear in changes")

    for term in e.terms if isinstance(e, Sum) else (e,):
        if term != ZERO and not has(term):
            raise GrusymError(f"{term} is no change")
        pull(term, ONE)
    return found
