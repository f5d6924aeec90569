"""Where functions under coefficients may be tied to one another, so that a count of coefficients is a bound.

W x and W h are independent whatever W is, and so are σ(u) and σ(v). But tanh(u) is 2 σ(2 u) - 1; α relu(β u)
depends on the product of α and β alone; and u / (u + v) and v / (u + v) add up to 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from grusym.algebra.polynomial import Atom, Monomial, monomial_product
from grusym.calculus.coefficients import Place, Reading, names_of

SHIFTED = ("exp", "sin", "cos", "relu", "log", "sqrt", "step")  # exp(u + b) is a multiple of exp(u)
SCALED = ("relu", "exp", "log", "sqrt")  # a change of their argument can be a factor or a term outside


def doubts(reading: Reading, settled: frozenset[str] = frozenset()) -> list[str]:
    """Reasons, in words, why some coefficients may not be independent; none where they are.

    `settled` are parameters that are known from elsewhere, whatever stands in these places.
    """
    return [
        *_two_functions_of_one(reading),
        *_scales(reading, settled),
        *_quotients(reading),
        *_diagonals_in_common(reading),
    ]


def _two_functions_of_one(reading: Reading) -> Iterator[str]:
    """Functions of arguments that are multiples of one another, for some up to a constant term."""
    known: dict[Any, Atom] = {}
    for atom in reading.calls:
        shifts = atom[1] in SHIFTED
        argument = [(m, c) for m, c in atom[2] if not shifts or any(n in reading.moving for n in names_of(m))]
        lead = argument[0][1]
        other = known.setdefault((shifts, tuple((m, c / lead) for m, c in argument)), atom)
        if other is not atom:
            yield f"{other[1]} and {atom[1]} of one argument may be tied"


def firm_sums(reading: Reading) -> list[list[Place]]:
    """The sums that show their coefficients, whatever the others do.

    These are next states in which no function lets a scale through, and the arguments of their functions.
    """
    loose, waiting, firm = _loose(reading), list(reading.tops), []
    while waiting:
        places = waiting.pop()
        atoms = [atom for place in places for atom, _ in _atoms(place)]
        if places not in firm and not any(atom in loose or atom[0] == "inverse" for atom in atoms):
            firm.append(places)
            waiting += [reading.calls[atom] for atom in atoms if atom in reading.calls]
    return firm


def _scales(reading: Reading, settled: frozenset[str]) -> Iterator[str]:
    """Functions that let a scale through, unless all parameters in them are known."""
    for atom in _loose(reading):
        if not settled.issuperset(set(names_of(atom)) & set(reading.cell.parameters)):
            if atom[1] == "step":
                yield "a step does not show the scale of its argument"
            else:
                yield f"{atom[1]} lets the scale of its argument through"


def _loose(reading: Reading) -> list[Atom]:
    """Functions that let a scale through, where a factor or term outside could make up for it."""
    pinned = set()
    for places in reading.sums:
        for place in places:
            scaled = [atom for atom, _ in _atoms(place) if _is_scaled(atom, reading)]
            if reading.is_known(place) and len(scaled) == 1:
                pinned.add(scaled[0])
    free = [atom for atom in reading.calls if atom not in pinned or _has_powers(atom, reading)]
    steps = [atom for atom in reading.calls if atom[1] == "step" and _holds(atom, reading)]
    return [*steps, *(atom for atom in free if _is_scaled(atom, reading))]


def _is_scaled(atom: Atom, reading: Reading) -> bool:
    return atom[0] == "call" and atom[1] in SCALED and _holds(atom, reading)


def _holds(atom: Atom, reading: Reading) -> bool:
    return any(name in reading.cell.parameters for name in names_of(atom))


def _has_powers(atom: Atom, reading: Reading) -> bool:
    places = (place for found in (*reading.sums, *reading.divisors) for place in found)
    return any(other == atom and k != 1 for place in places for other, k in _atoms(place))


def _atoms(place: Place) -> Iterator[tuple[Atom, int]]:
    for monomial in place.key:
        yield from monomial


def _quotients(reading: Reading) -> Iterator[str]:
    """Numerators that could add up to their denominator."""
    for places, atom in zip(reading.divisors, reading.inverses, strict=True):
        if not any(reading.is_known(place) for place in places):
            yield "a quotient does not show a factor of both its parts"
        over = [
            {a for a, _ in _atoms(place) if a != atom}
            for found in reading.sums
            for place in found
            if not reading.is_known(place) and atom in dict(_atoms(place))
        ]
        parts = [{a for a, _ in _atoms(place)} for place in places]
        if over and all(any(part <= top for top in over) for part in parts):
            yield "quotients with one denominator may add up to a constant"


def _diagonals_in_common(reading: Reading) -> Iterator[str]:
    """u ⊙ (U v) and v ⊙ (V u) share what the diagonals of U and V do."""
    for places in reading.sums:
        wholes: Counter[Monomial] = Counter(
            monomial_product(*place.key) for place in places if place.is_matrix
        )
        single = {place.key[0] for place in places if not place.is_matrix and not reading.is_known(place)}
        for whole, count in wholes.items():
            if count > 1 or whole in single:
                yield "two matrices act on the same product of values"
