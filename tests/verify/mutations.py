"""Slips made on purpose, and rewritings that change nothing; apart from the search that undoes slips."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction

from grusym.language.cell import Cell
from grusym.language.derivatives import cotangents
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
    Power,
    Product,
    Quotient,
    Section,
    Sum,
    Transpose,
    children,
    rebuilt,
    walk,
)

Change = Callable[[Expression, "Slips"], Expression | None]


def flat(e: Expression, kind: type) -> list[Expression]:
    """The parts of nested products of one kind."""
    return [*flat(e.left, kind), *flat(e.right, kind)] if isinstance(e, kind) else [e]  # type: ignore[attr-defined]


def joined(parts: list[Expression], kind: type) -> Expression:
    if kind is Product:
        result = parts[-1]
        for part in parts[-2::-1]:
            result = Product(part, result)
        return result
    result = parts[0]
    for part in parts[1:]:
        result = kind(result, part)
    return result


class Slips:
    """Random slips in formulas over one cell."""

    def __init__(self, cell: Cell, rng: random.Random) -> None:
        self.cell, self.rng = cell, rng
        given = cotangents(cell)
        self.shapes = {**cell.shapes, **{g: cell.shapes[v] for v, g in given.items()}}

    def rank(self, e: Expression) -> int:
        match e:
            case Name(name=name):
                return len(self.shapes.get(name, (0,)))
            case Number():
                return 0
            case Diagonal() | Identity() | Columns():
                return 2
            case Transpose(operand=u):
                return 2 if self.rank(u) == 2 else -1
            case Product(left=u, right=v):
                return 2 if self.rank(v) in (2, -1) else self.rank(v)
            case Section():
                return 1
        return max((self.rank(c) for c in children(e)), key=abs, default=0)

    def alike(self, name: str) -> list[str]:
        return [n for n, s in self.shapes.items() if s == self.shapes.get(name) and n != name]

    def vectors(self, e: Expression) -> list[str]:
        """Names that may stand as a further factor beside a vector."""
        names = [n.name for n in walk(e) if isinstance(n, Name) and len(self.shapes.get(n.name, ())) == 1]
        return self.alike(names[0]) + names[:1] if names else []

    def mutant(self, e: Expression, kind: str) -> Expression | None:
        """The formula with one slip of a kind, or None where it has no place for one."""
        change = SLIPS[kind]
        if kind == "layout":
            return change(e, self)
        places = [p for p in range(_size(e)) if change(_at(e, p), self) is not None]
        if not places:
            return None
        return _changed(e, self.rng.choice(places), lambda node: change(node, self) or node)


def _size(e: Expression) -> int:
    return 1 + sum(map(_size, children(e)))


def _at(e: Expression, place: int) -> Expression:
    for i, node in enumerate(walk(e)):
        if i == place:
            return node
    raise IndexError(place)


def _changed(e: Expression, place: int, change: Callable[[Expression], Expression]) -> Expression:
    if place == 0:
        return change(e)
    place -= 1
    parts = list(children(e))
    for i, part in enumerate(parts):
        size = _size(part)
        if place < size:
            parts[i] = _changed(part, place, change)
            break
        place -= size
    return rebuilt(e, tuple(parts))


def rename(e: Expression, slips: Slips) -> Expression | None:
    if isinstance(e, Name):
        others = slips.alike(e.name)
        return Name(slips.rng.choice(others)) if others else None
    return None


def sign(e: Expression, slips: Slips) -> Expression | None:
    if isinstance(e, Sum) and ONE not in e.terms:
        i = slips.rng.randrange(len(e.terms))
        t = e.terms[i]
        new = t.operand if isinstance(t, Negative) else Negative(t)
        return Sum((*e.terms[:i], new, *e.terms[i + 1 :]))
    if isinstance(e, Sum):
        return Sum(tuple(t.operand if isinstance(t, Negative) else t for t in e.terms))
    return None


def dropped_factor(e: Expression, slips: Slips) -> Expression | None:
    if isinstance(e, Hadamard):
        parts = flat(e, Hadamard)
        parts.pop(slips.rng.randrange(len(parts)))
        return joined(parts, Hadamard)
    if isinstance(e, Product):
        parts = flat(e, Product)
        fit = [i for i, p in enumerate(parts) if slips.rank(p) == 2 and _square(p, slips)]
        if fit and len(parts) > 1:
            parts.pop(slips.rng.choice(fit))
            return joined(parts, Product)
    return None


def _square(e: Expression, slips: Slips) -> bool:
    match e:
        case Diagonal():
            return True
        case Transpose(operand=u):
            return _square(u, slips)
        case Name(name=name):
            return len(set(slips.shapes[name])) == 1
    return False


def extra_factor(e: Expression, slips: Slips) -> Expression | None:
    if isinstance(e, Hadamard):
        names = slips.vectors(e)
        if names:
            new: Expression = Name(slips.rng.choice(names))
            if slips.rng.random() < 0.5:
                new = Sum((ONE, Negative(new)))
            return Hadamard(e, new)
    return None


def dropped_term(e: Expression, slips: Slips) -> Expression | None:
    if isinstance(e, Sum) and ONE not in e.terms:
        i = slips.rng.randrange(len(e.terms))
        kept = (*e.terms[:i], *e.terms[i + 1 :])
        return kept[0] if len(kept) == 1 else Sum(kept)
    return None


def extra_term(e: Expression, slips: Slips) -> Expression | None:
    if isinstance(e, Sum) and ONE not in e.terms:
        return Sum((*e.terms, slips.rng.choice(e.terms)))
    return None


def power(e: Expression, slips: Slips) -> Expression | None:
    if isinstance(e, Power):
        return e.base if slips.rng.random() < 0.5 else Power(e.base, e.exponent + 1)
    if isinstance(e, Name) and len(slips.shapes.get(e.name, ())) == 1:
        return Power(e, 2)
    return None


def order(e: Expression, slips: Slips) -> Expression | None:
    if isinstance(e, Product):
        parts = flat(e, Product)
        fit = [i for i in range(len(parts) - 1) if all(_square(p, slips) for p in parts[i : i + 2])]
        if fit:
            i = slips.rng.choice(fit)
            parts[i], parts[i + 1] = parts[i + 1], parts[i]
            return joined(parts, Product)
    return None


def transposition(e: Expression, slips: Slips) -> Expression | None:
    if isinstance(e, Product):
        parts = flat(e, Product)
        fit = [i for i, p in enumerate(parts) if not isinstance(p, Diagonal) and _square(p, slips)]
        if fit:
            i = slips.rng.choice(fit)
            p = parts[i]
            parts[i] = p.operand if isinstance(p, Transpose) else Transpose(p)
            return joined(parts, Product)
    return None


def layout(e: Expression, slips: Slips) -> Expression | None:
    if slips.rank(e) != 2:
        return None
    match e:
        case Sum(terms=terms):
            return Sum(tuple(layout(t, slips) or t for t in terms))
        case Negative(operand=u):
            inner = layout(u, slips)
            return Negative(inner) if inner else None
        case Product():
            parts = [layout(p, slips) or Transpose(p) for p in flat(e, Product)[::-1]]
            return joined(parts, Product) if all(slips.rank(p) == 2 for p in flat(e, Product)) else None
        case Diagonal() | Identity():
            return e
        case Transpose(operand=u):
            return u
    return Transpose(e)


def time_index(e: Expression, slips: Slips) -> Expression | None:
    cell = slips.cell
    if isinstance(e, Name) and e.name in cell.states:
        return Name(cell.next_of(e.name))
    if isinstance(e, Name) and e.name in cell.next_states:
        return Name(e.name[:-1])
    return None


SLIPS: dict[str, Change] = {
    "rename": rename,
    "sign": sign,
    "dropped factor": dropped_factor,
    "extra factor": extra_factor,
    "dropped term": dropped_term,
    "extra term": extra_term,
    "power": power,
    "order of a product": order,
    "transposition": transposition,
    "layout": layout,
    "time index": time_index,
}


# ---- rewritings that change nothing --------------------------------------------------------------


def commuted(e: Expression, slips: Slips) -> Expression | None:
    if isinstance(e, Hadamard):
        parts = flat(e, Hadamard)
        slips.rng.shuffle(parts)
        return joined(parts, Hadamard)
    if isinstance(e, Sum) and ONE not in e.terms:
        terms = list(e.terms)
        slips.rng.shuffle(terms)
        return Sum(tuple(terms))
    return None


def distributed(e: Expression, slips: Slips) -> Expression | None:
    if isinstance(e, Hadamard) and isinstance(e.right, Sum):
        return Sum(tuple(_times(e.left, t) for t in e.right.terms))
    if isinstance(e, Product) and isinstance(e.right, Sum) and slips.rank(e.right) == 2:
        return Sum(tuple(_before(e.left, t) for t in e.right.terms))
    if isinstance(e, Diagonal) and isinstance(e.vector, Sum) and ONE not in e.vector.terms:
        return Sum(
            tuple(
                Negative(Diagonal(t.operand)) if isinstance(t, Negative) else Diagonal(t)
                for t in e.vector.terms
            )
        )
    return None


def _times(a: Expression, t: Expression) -> Expression:
    if isinstance(t, Negative):
        return Negative(Hadamard(a, t.operand))
    return a if t == ONE else Hadamard(a, t)


def _before(a: Expression, t: Expression) -> Expression:
    return Negative(Product(a, t.operand)) if isinstance(t, Negative) else Product(a, t)


def factored_square(e: Expression, slips: Slips) -> Expression | None:
    match e:
        case Sum(
            terms=(
                Number(value=Fraction(numerator=1, denominator=1)),
                Negative(operand=Power(base=b, exponent=2)),
            )
        ):
            return Hadamard(Sum((ONE, Negative(b))), Sum((ONE, b)))
        case Power(base=b, exponent=2):
            return Hadamard(b, b)
    return None


def split_diagonal(e: Expression, slips: Slips) -> Expression | None:
    if isinstance(e, Diagonal) and isinstance(e.vector, Hadamard):
        return Product(Diagonal(e.vector.left), Diagonal(e.vector.right))
    return None


def doubled(e: Expression, slips: Slips) -> Expression | None:
    if isinstance(e, Sum) and slips.rng.random() < 0.3:
        return Negative(Sum(tuple(t.operand if isinstance(t, Negative) else Negative(t) for t in e.terms)))
    return None


def written_out(e: Expression, slips: Slips) -> Expression | None:
    if isinstance(e, Name) and e.name in slips.cell.values and slips.rng.random() < 0.2:
        return slips.cell.equation(e.name).right
    return None


def as_slope(e: Expression, slips: Slips) -> Expression | None:
    """z ⊙ (1 - z) as σ'(argument), 1 - c² as tanh'(argument)."""
    cell = slips.cell
    for v in cell.values:
        f = cell.equation(v).right
        if not isinstance(f, Activation) or f.function not in ("σ", "tanh"):
            continue
        gate = Name(v)
        complement = Sum((ONE, Negative(gate)))
        if f.function == "tanh" and e == Sum((ONE, Negative(Power(gate, 2)))):
            return Activation("tanh'", f.operand)
        if f.function == "σ" and isinstance(e, Hadamard):
            parts = flat(e, Hadamard)
            if gate in parts and complement in parts:
                parts.remove(complement)
                parts[parts.index(gate)] = Activation("σ'", f.operand)
                return joined(parts, Hadamard)
    return None


def halves(e: Expression, slips: Slips) -> Expression | None:
    if isinstance(e, Name) and slips.rank(e) == 1 and slips.rng.random() < 0.2:
        return Quotient(Sum((e, e)), Number(Fraction(2)))
    return None


REWRITES: dict[str, Change] = {
    "commuted": commuted,
    "distributed": distributed,
    "square factored": factored_square,
    "diagonal split": split_diagonal,
    "minus outside": doubled,
    "gate written out": written_out,
    "slope of the argument": as_slope,
    "two halves": halves,
}


def rewritten(e: Expression, slips: Slips, times: int) -> Expression:
    """The formula after random rewritings that keep its value."""
    for _ in range(times):
        change = REWRITES[slips.rng.choice(list(REWRITES))]
        places = [p for p in range(_size(e)) if change(_at(e, p), slips) is not None]
        if places and _size(e) < 300:
            e = _changed(e, slips.rng.choice(places), lambda node: change(node, slips) or node)  # noqa: B023
    return e


def canonical(e: Expression) -> str:
    """A formula up to the order of terms and of elementwise factors, and signs moved outward."""
    sign, core = _canonical(e)
    return ("-" if sign < 0 else "") + core


def _canonical(e: Expression) -> tuple[int, str]:
    match e:
        case Negative(operand=u):
            sign, core = _canonical(u)
            return -sign, core
        case Hadamard():
            parts = [_canonical(p) for p in flat(e, Hadamard)]
            sign = -1 if sum(s < 0 for s, _ in parts) % 2 else 1
            return sign, "(" + "⊙".join(sorted(c for _, c in parts)) + ")"
        case Product():
            parts = [_canonical(p) for p in flat(e, Product)]
            sign = -1 if sum(s < 0 for s, _ in parts) % 2 else 1
            return sign, "(" + " ".join(c for _, c in parts) + ")"
        case Sum(terms=terms):
            parts = []
            for t in terms:
                for u in t.terms if isinstance(t, Sum) else (t,):
                    parts.append(_canonical(u))
            return 1, "(" + " ".join(sorted(("+" if s > 0 else "-") + c for s, c in parts)) + ")"
        case Diagonal(vector=v):
            sign, core = _canonical(v)
            return sign, f"diag{core}"
        case Transpose(operand=u):
            sign, core = _canonical(u)
            return sign, f"{core}ᵀ"
    parts = [canonical(c) for c in children(e)]
    own = str(e) if not parts else type(e).__name__ + str(getattr(e, "exponent", getattr(e, "function", "")))
    return 1, f"{own}[{','.join(parts)}]" if parts else own
