"""Where functions under coefficients may be tied to one another, so that a count of coefficients is a bound.

W x and W h are independent whatever W is, and so are σ(u) and σ(v). But tanh(u) is 2 σ(2 u) - 1; α relu(β u)
depends on the product of α and β alone; and u / (u + v) and v / (u + v) add up to 1. By partial
fractions σ(u + b) ⊙ σ(u) is a sum of σ(u + b) and σ(u); 1 / σ(u) is 1 + exp(-u); log(1 + exp(u)) is softplus.
Exponentials whose arguments are linearly independent over the rationals, but for constant terms, satisfy no
algebraic equation (Ax, 1971), and σ, tanh, softplus, sin and cos are made of them; where arguments are
dependent, or one function stands in another that may undo it, there is a doubt.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any

from grusym.algebra.polynomial import Atom, Monomial, monomial_product
from grusym.calculus.coefficients import Place, Reading, names_of

SHIFTED = ("exp", "sin", "cos", "relu", "log", "sqrt", "step")  # exp(u + b) is a multiple of exp(u)
SCALED = ("relu", "exp", "log", "sqrt")  # a change of their argument can be a factor or a term outside

POLES = ("σ", "tanh")  # of dependent arguments they are tied in products only: each has its own poles
EXPONENTIAL = (*POLES, "exp", "softplus", "sin", "cos")
UNDONE = ("log", "softplus", "sqrt", "a quotient")  # by what is made of exponentials, or if added up in it
ROOTS = ("log", "sqrt")


def doubts(reading: Reading, settled: frozenset[str] = frozenset()) -> list[str]:
    """Reasons, in words, why some coefficients may not be independent; none where they are.

    `settled` are parameters that are known from elsewhere, whatever stands in these places.
    """
    return [
        *_two_functions_of_one(reading),
        *_relations(reading, settled),
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
        doubtful = any(atom in loose or atom[0] == "inverse" for atom in atoms)
        if places not in firm and not doubtful and not _is_suspect(places, reading):
            firm.append(places)
            waiting += [reading.calls[atom] for atom in atoms if atom in reading.calls]
    return firm


def _is_suspect(places: list[Place], reading: Reading) -> bool:
    sums, atoms = _within(places, reading)
    poles = _dependent([atom for atom in atoms if atom[1] in POLES], reading)
    return bool(_suspects(sums, atoms, reading)) or any(_fractions(sums, poles))


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


# ---- equations between functions -------------------------------------------------------------


def _relations(reading: Reading, settled: frozenset[str]) -> Iterator[str]:
    """Functions in one next state that an equation may tie, where that hides unknown parameters."""
    for top in reading.tops:
        sums, atoms = _within(top, reading)
        suspects = _suspects(sums, atoms, reading)
        if _matters(sums, suspects, set(reading.cell.parameters) - settled):
            yield from dict.fromkeys(suspects.values())
        yield from _fractions(sums, _dependent([atom for atom in atoms if atom[1] in POLES], reading))


def _within(top: list[Place], reading: Reading) -> tuple[list[list[Place]], list[Atom]]:
    """A sum with the arguments of all functions and quotients in it, and these functions and quotients."""
    below = {**reading.calls, **dict(zip(reading.inverses, reading.divisors, strict=True))}
    sums, atoms = [top], dict[Atom, None]()
    for places in sums:
        for atom in (inner for place in places for m in place.key for inner in _held([(m, 1)])):
            if atom in below and atom not in atoms:
                atoms[atom] = None
                sums.append(below[atom])
    return sums, list(atoms)


def _suspects(sums: list[list[Place]], atoms: list[Atom], reading: Reading) -> dict[Atom, str]:
    """Functions that may satisfy an equation with others, each with the reason."""
    tied = _dependent([atom for atom in atoms if atom[1] in EXPONENTIAL], reading)
    exotic = any(atom[1] not in POLES for atom in tied)
    found = {atom: f"{atom[1]} and others of dependent arguments may be tied" for atom in tied if exotic}
    return {**found, **dict(_nested(atoms, tied, reading)), **dict(_roots(sums, atoms, reading))}


def _matters(sums: list[list[Place]], suspects: dict[Atom, str], unknown: set[str]) -> bool:
    """Whether unknown parameters stand in such a function, or beside it in terms that may cancel.

    What is known can be taken off; a term that is alone with its other functions cancels with nothing.
    """
    if any(not unknown.isdisjoint(names_of(atom)) for atom in suspects):
        return True
    for places in sums if suspects else ():
        groups: dict[Monomial, list[Place]] = {}
        for place in places:
            rest = tuple(
                i for i in _whole(place) if i[0][0] not in ("name", "inverse") and i[0] not in suspects
            )
            groups.setdefault(rest, []).append(place)
        for group in groups.values():
            tied = any(atom in suspects for place in group for atom, _ in _whole(place))
            inside = {name for place in group for name in names_of((place.words, place.key))}
            if tied and len(group) > 1 and not unknown.isdisjoint(inside):
                return True
    return False


def _whole(place: Place) -> Monomial:
    return monomial_product(*place.key) if place.is_matrix else place.key[0]


def _dependent(atoms: Sequence[Atom], reading: Reading) -> set[Atom]:
    """Those of the functions whose argument is a rational combination of others' but for constant terms."""
    columns: dict[Monomial, int] = {}
    rows = [
        {columns.setdefault(m, len(columns)): c for m, c in atom[2] if _moves(m, reading)} for atom in atoms
    ]
    whole = _rank(rows)
    if whole == len(rows):
        return set()
    return {atom for i, atom in enumerate(atoms) if _rank(rows[:i] + rows[i + 1 :]) == whole}


def _rank(rows: Sequence[dict[int, Fraction]]) -> int:
    reduced: dict[int, dict[int, Fraction]] = {}
    for row in rows:
        left = dict(row)
        while left:
            lead = min(left)
            if lead not in reduced:
                reduced[lead] = left
                break
            factor = left[lead] / reduced[lead][lead]
            for column, c in reduced[lead].items():
                left[column] = left.get(column, Fraction(0)) - factor * c
            left = {column: c for column, c in left.items() if c}
    return len(reduced)


def _moves(part: Any, reading: Reading) -> bool:
    return any(name in reading.moving for name in names_of(part))


def _fractions(sums: list[list[Place]], tied: set[Atom]) -> Iterator[str]:
    """Products of functions of dependent arguments, with others to which partial fractions may lead."""
    for places in sums:
        groups: dict[Monomial, set[Monomial]] = {}
        for whole in map(_whole, places):
            inside = tuple(item for item in whole if item[0] in tied)
            groups.setdefault(tuple(item for item in whole if item[0] not in tied), set()).add(inside)
        for found in groups.values():
            if any(k < 0 for inside in found for _, k in inside):
                yield "a quotient by one of several functions of dependent arguments may be a sum of others"
            elif len(found) > 2 and any(len(inside) > 1 for inside in found):
                yield "a product of functions of dependent arguments may be a sum of others"


def _nested(atoms: list[Atom], tied: set[Atom], reading: Reading) -> Iterator[tuple[Atom, str]]:
    """Functions that may undo one that stands in their argument."""
    for atom in atoms:
        held = [inner for inner in _held(atom[2] if atom[0] == "call" else atom[1]) if _moves(inner, reading)]
        if atom[0] == "inverse":
            if not tied.isdisjoint(held):
                yield atom, "a quotient by functions of dependent arguments may be a sum of them"
            continue
        for name in sorted({inner[1] if inner[0] == "call" else "a quotient" for inner in held}):
            if atom[1] in ROOTS or (atom[1] in EXPONENTIAL and name in UNDONE):
                yield atom, f"{atom[1]} of {name} may be a simpler function"


def _held(argument: Any) -> list[Atom]:
    """The outermost functions and quotients in an argument."""
    found: dict[Atom, None] = {}
    waiting = [atom for monomial, _ in argument for atom, _ in monomial]
    while waiting:
        atom = waiting.pop()
        if atom[0] in ("call", "inverse"):
            found[atom] = None
        elif atom[0] == "image":
            waiting += [inner for inner, _ in atom[2]]
    return list(found)


def _roots(sums: list[list[Place]], atoms: list[Atom], reading: Reading) -> Iterator[tuple[Atom, str]]:
    """Powers of a root; logarithms, roots and quotients of the same values: log(u v) is log(u) + log(v)."""
    for atom, k in (item for places in sums for place in places for item in _whole(place)):
        if atom[:2] == ("call", "sqrt") and k != 1:
            yield atom, "a power of a root may be a simpler function"
    several = [atom for atom in atoms if atom[0] == "inverse" or atom[1] in ROOTS]
    for one, other in combinations(several, 2):
        if reading.moving.intersection(names_of(one)).intersection(names_of(other)):
            yield from (
                (a, "logarithms, roots or quotients of the same values may be tied") for a in (one, other)
            )
