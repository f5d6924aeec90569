"""Why a framework's layer has the number of parameters it has, in words made from its switches."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from grusym.calculus.counting import parameter_count
from grusym.calculus.identifiable import identifiable
from grusym.language.printers.polynomial import counted
from grusym.models.conventions import Convention

if TYPE_CHECKING:
    import sympy

NUMBERS = ("no", "one", "two", "three", "four", "five", "six")


def explained(convention: Convention) -> tuple[str, ...]:
    """Sentences that account for every number a layer stores, and say what it computes."""
    found = [_gates(convention), _biases(convention)]
    if convention.peepholes:
        held = ", ".join(p for p in convention.parameters if p.startswith("p_"))
        found.append(f"peepholes {held}: a vector of n each, through which gates see the cell state")
    if convention.projected:
        found.append("a projection W_h, p × n, makes the state smaller before it feeds back")
    if convention.forget_offset:
        found.append(
            f"{convention.forget_offset:g} is added to the forget gate's argument at run time: it is neither "
            "stored nor counted"
        )
    if convention.keeps_old:
        found.append(f"{convention.keeps_old} keeps the old state")
    return tuple(found)


def ratio_explained(one: Convention, other: Convention) -> str:
    """Why the parameters of two layers are in the ratio of their gates, or why they are not."""
    import sympy

    gates = Fraction(len(one.gates), len(other.gates))
    found = sympy.cancel(parameter_count(one.cell) / parameter_count(other.cell))
    if found == sympy.Rational(gates.numerator, gates.denominator):
        return (
            f"the ratio is {gates}, that of the gates, at every size: both store as many biases for each gate"
        )
    a, b = (_bias_numbers(c) for c in (one, other))
    each = [sympy.cancel(total / len(c.gates)) for total, c in ((a, one), (b, other))]
    shares = [_share(c, k) for c, k in ((one, each[0]), (other, each[1]))]
    said = f"the ratio is {counted(sympy.factor(found))}, not the {gates} of the gates"
    if each[0] != each[1]:
        x, y = (f"{counted(whole)} biases, {share}" for whole, share in zip((a, b), shares, strict=True))
        said += f": {one} stores {x}, and {other} {y}"
    if one.projected != other.projected or one.peepholes != other.peepholes:
        extra = one if one.projected or one.peepholes else other
        said += f"; {extra} has a {'projection' if extra.projected else 'peephole'} beside its gates"
    return said


def _share(c: Convention, each: sympy.Expr) -> str:
    """How the biases are spread over the gates."""
    if c.bias_inside_reset and c.biases == 1:
        return "n for each gate and n more inside the reset"
    return f"{counted(each)} for each gate"


def _gates(c: Convention) -> str:
    count = len(c.gates)
    state = "p" if c.projected else "n"
    weights = f"n × m weights on the input and n × {state} on the state"
    if count == 1:
        return f"no gates: {weights}"
    return f"{NUMBERS[count]} gates {', '.join(c.gates)} with {weights} each, the candidate counted as one"


def _biases(c: Convention) -> str:
    stored, left = _bias_numbers(c), _identifiable_biases(c)
    only = f"of the {counted(stored)} stored biases {counted(left)} are identifiable"
    if c.reset == "after" and c.biases == 2:
        return (
            "two bias vectors, because the reset is applied after the product: the bias inside, d_c, is "
            f"multiplied by r and does not merge with b_c outside; the others are only ever added: {only}"
        )
    if c.biases == 2:
        return f"two bias vectors that are only ever added: {only}"
    if c.bias_inside_reset:
        return (
            "one bias vector for each gate, and one more, d_c, inside the reset, which is applied after the "
            "product"
        )
    if c.reset == "after":
        return "one bias vector for each gate; the reset is applied after the product, with no bias inside it"
    if c.reset == "before":
        return "one bias vector for each gate, because the reset is applied before the product"
    return "one bias vector for each gate" if len(c.gates) > 1 else "one bias vector"


def _bias_numbers(c: Convention) -> sympy.Expr:
    import sympy

    shapes = c.cell.shapes
    return sum((sympy.prod(shapes[p]) for p in c.parameters if p[0] in "bd"), start=sympy.Integer(0))


def _identifiable_biases(c: Convention) -> sympy.Expr:
    """What is identifiable, less the weights, all of which are."""
    import sympy

    weights = parameter_count(c.cell) - _bias_numbers(c)
    return sympy.expand(identifiable(c.cell).count - weights)
