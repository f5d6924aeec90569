"""Between which numbers a polynomial in bounded atoms lies: exact where it is of degree one in each.

Such a polynomial is affine in every atom, so over a box it is largest and smallest at vertices.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import product

from grusym.algebra.polynomial import Atom, Polynomial
from grusym.language.activations import ACTIVATIONS

Range = tuple[Fraction, Fraction]
MOST_ATOMS = 16  # 65,536 vertices


def vertex_values(p: Polynomial, within: Mapping[str, tuple[int, int]]) -> tuple[Fraction, ...] | None:
    """The values of a polynomial at all vertices of its atoms' ranges.

    `within` says between which numbers the entries of a name lie; elementwise functions have ranges of
    their own. None where an atom has no range, or stands in a power, or there are too many.
    """
    atoms = sorted({atom for monomial in p for atom, _ in monomial})
    ranges = [range_of(atom, within) for atom in atoms]
    affine = all(k == 1 for monomial in p for _, k in monomial)
    if None in ranges or not affine or len(atoms) > MOST_ATOMS:
        return None
    values = []
    for corner in product(*(r for r in ranges if r)):
        at = dict(zip(atoms, corner, strict=True))
        total = Fraction(0)
        for monomial, c in p.items():
            for atom, _ in monomial:
                c *= at[atom]
            total += c
        values.append(total)
    return tuple(values)


def range_of(atom: Atom, within: Mapping[str, tuple[int, int]]) -> Range | None:
    """Between which numbers the entries of an atom lie, or None where nothing bounds them."""
    match atom:
        case ("name", name) if name in within:
            low, high = within[name]
            return Fraction(low), Fraction(high)
        case ("call", function, _):
            entry = ACTIVATIONS[function]
            bound, mirror = entry.bound, entry.mirror
            if bound is None:
                return None
            if mirror and mirror[1:] == (-1, 0):  # f(u) = a - f(-u) >= a - bound
                return max(-bound, mirror[0] - bound), bound
            return -bound, bound
    return None
