"""The words a correction may use: names alike in shape, and the factors and terms of the true formula."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from grusym.calculus.jacobian import local, scalars
from grusym.errors import GrusymError
from grusym.language.build import product
from grusym.language.cell import Cell, Shape
from grusym.language.claim_text import ClaimText
from grusym.language.derivatives import LOSS, Derivative, cotangents, derivative, shape_of_derivative
from grusym.language.expression import (
    ONE,
    Activation,
    Columns,
    Diagonal,
    Expression,
    Hadamard,
    Identity,
    Name,
    Negative,
    Number,
    Product,
    Sum,
    Transpose,
    names_in,
    substituted,
    unplaced,
    walk,
)
from grusym.verifying.readings import Reading, outputs
from grusym.verifying.sites import factors_of
from grusym.verifying.truth import Meaning, by_path, derived, gradient, pulled


@dataclass(frozen=True, eq=False)
class Words:
    """What may be written in a correction of one formula; `target` is what it is a formula for."""

    claim: ClaimText
    target: str
    gradients: tuple[str, ...]
    factors: tuple[Expression, ...]
    matrices: tuple[Expression, ...]
    terms: tuple[Expression, ...]
    functions: tuple[str, ...] = ("σ", "tanh")
    kept: dict[str, tuple[Name, ...]] = field(default_factory=dict)

    def alike(self, name: str) -> tuple[Name, ...]:
        """Names of the same shape, those of values first."""
        if name not in self.kept:
            found = _alike(self.claim.cell, name, self.gradients)
            self.kept[name] = tuple(Name(other) for other in found if other not in (self.target, name))
        return self.kept[name]

    def is_matrix(self, e: Expression) -> bool:
        """Whether a closed formula is a matrix."""
        return is_matrix(e, self.claim)


def is_matrix(e: Expression, claim: ClaimText) -> bool:
    """Whether a closed formula is a matrix."""
    match e:
        case Name(name=name):
            return len(claim.shapes.get(name, _shape(claim.cell, name))) == 2
        case Diagonal() | Identity() | Columns():
            return True
        case Transpose(operand=u) | Negative(operand=u):
            return is_matrix(u, claim)
        case Product(left=u, right=v):
            outer = isinstance(v, Transpose) and not is_matrix(v, claim)
            return outer or (
                is_matrix(v, claim) and not (isinstance(u, Transpose) and not is_matrix(u, claim))
            )
        case Sum(terms=terms):
            return any(is_matrix(t, claim) for t in terms)
        case Hadamard(left=u, right=v):
            return is_matrix(u, claim) or is_matrix(v, claim)
    return False


def _shape(cell: Cell, name: str) -> Shape:
    d = derivative(name)
    if d is not None:
        return shape_of_derivative(d, cell.shapes)
    values = {g: v for v, g in cotangents(cell).items()}
    return cell.shapes.get(name) or cell.shapes.get(values.get(name, ""), ())


@lru_cache(maxsize=8192)
def _alike(cell: Cell, name: str, gradients: tuple[str, ...]) -> tuple[str, ...]:
    d = derivative(name)
    if d is not None:
        values = [v for v in cell.values if len(cell.shapes[v]) == 1]
        others = [Derivative(of, d.by) for of in values if of != d.of] if d.of != LOSS else []
        others += [Derivative(d.of, by) for by in (*cell.states, *cell.values, *cell.inputs)]
        fit = [o for o in others if _shape(cell, o.name) == _shape(cell, name) and o != d and o.of != o.by]
        return tuple(o.name for o in fit)
    shape = _shape(cell, name) if name not in gradients else None
    own = [*cell.states, *cell.values, *cotangents(cell).values(), *cell.inputs, *cell.weights]
    found = [
        n for n in own if (shape is None and len(cell.shapes.get(n, ())) == 1) or _shape(cell, n) == shape
    ]
    return (*(g for g in gradients if g != name), *found)


def truth_of(
    cell: Cell, reading: Reading, target: Expression
) -> tuple[Expression, Derivative | Meaning | None]:
    """What a left side stands for, in the cell's names, and which derivative it is."""
    if isinstance(target, Name):
        d = derivative(target.name)
        meaning = reading.gradients.get(target.name)
        if meaning is not None:
            return gradient(cell, meaning), meaning
        if d is not None:
            return derived(cell, d), d
        if target.name in cell.values:
            return cell.equation(target.name).right, None
    return reading.exact(target), None


@lru_cache(maxsize=2048)
def _parts(truth: Expression) -> tuple[tuple[Expression, ...], tuple[Expression, ...]]:
    """The elementwise factors of a formula, and the terms of its sums."""
    factors: list[Expression] = []
    terms: list[Expression] = []
    for node in walk(unplaced(truth)):
        match node:
            case Hadamard():
                factors += [f for f in factors_of(node) if not isinstance(f, Product)]
            case Diagonal(vector=v) if not isinstance(v, Hadamard):
                factors.append(v)
            case Sum(terms=parts) if ONE not in parts:
                terms += parts
    return tuple(dict.fromkeys(factors)), tuple(dict.fromkeys(terms))


def words(claim: ClaimText, reading: Reading, target: Expression, formula: Expression) -> Words:
    """The words for a formula that should equal `target`."""
    cell = reading.cell
    truth, which = truth_of(cell, reading, target)
    known = written_cotangents(claim, reading)
    truth = substituted(truth, known) if known else truth
    factors, terms = _parts(truth)
    own_factors, _ = _parts(formula)
    plain: list[Expression] = [Name(n) for n in (*cell.values, *cell.states)]
    plain = [p for p in plain if len(_shape(cell, str(p))) == 1]
    names = [Name(n) for n in names_in(formula) if n in claim.gradients]
    elementwise = (*factors, *own_factors, *names, *plain)
    elementwise = tuple(f for f in elementwise if not is_matrix(f, claim) and not isinstance(f, Number))
    found: list[Expression] = []
    for n in dict.fromkeys((*names_in(truth), *names_in(formula))):
        if is_matrix(Name(n), claim):
            found += [Name(n), Transpose(Name(n))] if derivative(n) is None else [Name(n)]
    along = [e for _, e in by_path(cell, which)] if which is not None else []
    along = [substituted(e, known) for e in along] if known else along
    chained = list(_chained(claim, reading, which))
    used = {n.function.rstrip("'") for n in walk(formula) if isinstance(n, Activation)}
    used |= {cell.equation(v).right.function for v in outputs(cell)}  # type: ignore[attr-defined]
    whole = [truth] if not isinstance(truth, Sum) else []
    all_terms = tuple(dict.fromkeys((*chained, *terms, *along, *whole)))
    name = target.name if isinstance(target, Name) else ""
    return Words(
        claim,
        name,
        tuple(reading.gradients),
        tuple(dict.fromkeys(elementwise)),
        tuple(found),
        all_terms,
        tuple(sorted(used)),
    )


def written_cotangents(claim: ClaimText, reading: Reading) -> dict[str, Expression]:
    """For each cotangent the name that the author has for it, or ∂L/∂h'."""
    known: dict[str, Expression] = {}
    for value, g in cotangents(claim.cell).items():
        if g in claim.spellings:
            continue
        names = [
            n for n, m in reading.gradients.items() if m.value == value and m.kind in ("incoming", "total")
        ]
        incoming = [n for n in names if reading.gradients[n].kind == "incoming"]
        alone = not any(value in names_in(e.right) for e in claim.cell.equations)
        if incoming or (names and alone):
            known[g] = Name((incoming or names)[0])
        elif alone:
            known[g] = Name(Derivative(LOSS, value).name)
    return known


def _chained(claim: ClaimText, reading: Reading, which: Derivative | Meaning | None) -> Iterator[Expression]:
    """The terms of the chain rule's first step, in the derivatives that the author has names for."""
    cell = reading.cell
    if isinstance(which, Derivative) and which.of != LOSS:
        if not any(derivative(n) for n in claim.shapes if n != which.name):
            return
        for v in names_in(cell.equation(which.of).right):
            if v in cell.values and len(cell.shapes[v]) == 1 and v != which.by:
                outer = local(cell, which.of).by(v).matrix(scalars(cell))
                yield product(outer, Name(Derivative(v, which.by).name))
        return
    value = which.by if isinstance(which, Derivative) else which.value if which is not None else ""
    if value not in cell.shapes or len(cell.shapes[value]) != 1:
        return
    for name, meaning in reading.gradients.items():
        v = meaning.value
        if v in cell.values and value in names_in(cell.equation(v).right) and meaning != which:
            try:
                yield pulled(_step(cell, v, value, meaning.kind == "argument"), Name(name))
            except GrusymError:
                continue
    for name in claim.shapes:
        d = derivative(name)
        if d is None or d.of != LOSS or d.by not in cell.values or name in reading.gradients:
            continue
        if value in names_in(cell.equation(d.by).right):
            yield pulled(_step(cell, d.by, value, False), Name(name))


@lru_cache(maxsize=4096)
def _step(cell: Cell, value: str, by: str, argument: bool) -> Expression:
    """The derivative of one equation, or of its activation's argument, by a name in it."""
    from grusym.algebra.differential import identity
    from grusym.calculus.rules import differential

    e = cell.equation(value).right
    if argument:
        assert isinstance(e, Activation)
        e = e.operand
    found = differential(unplaced(e), frozenset({by}), Name(value))
    return found.chained(lambda v: identity(v)).matrix(scalars(cell))
