"""The counts that a cell really has, one for each bias convention, and how layers and more extend them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from grusym.calculus.counting import operation_count, parameter_count, product_count, state_size
from grusym.calculus.identifiable import identifiable
from grusym.calculus.kinds import BIAS, INPUT, RECURRENT, parameter_kinds
from grusym.language.amounts.tree import PRIME
from grusym.language.cell import Cell
from grusym.models.conventions import Convention, conventions

if TYPE_CHECKING:
    import sympy

Sizes = Mapping[str, Any]
FIRST_STATE = "with a trained first state"


@dataclass(frozen=True)
class Count:
    """One true count of a cell: a polynomial in its sizes, and the convention under which it is the count.

    `biases` is the part of it that are biases; `frameworks` lists the layers that store it so; `quantity` is
    parameters, operations, or the part of the parameters that is counted: weights, biases, input, recurrent,
    gate. A lower `rank` is a plainer convention.
    """

    formula: sympy.Expr
    biases: sympy.Expr
    convention: str
    frameworks: tuple[str, ...] = ()
    quantity: str = "parameters"
    rank: int = 0
    foreign: bool = False  # of a relative: with peepholes or a projection that the cell does not have


@dataclass(frozen=True)
class Extent:
    """How much of a network is counted. A letter stands for a number that the formula leaves open."""

    layers: int | str = 1
    directions: int | str = 1
    output: str = ""  # "k" with a read-out layer; "k, no bias" with one that has none
    steps: str = ""
    batch: str = ""
    embedding: str = ""
    flops: bool = False

    def total(self, count: Callable[[Any], Any], sizes: Sizes, out: Any) -> Any:
        """The whole, from a layer's count as a function of its input width.

        A layer after the first has as many inputs as the layers before it have outputs, `out` for each
        direction.
        """
        m = sizes["m"]
        layers: Any = sizes["L"] if self.layers == "L" else self.layers
        both = sizes["D"] if self.directions == "D" else self.directions
        found = both * count(m)
        if layers != 1:
            found = found + (layers - 1) * both * count(both * out)
        if self.steps:
            found = found * sizes["T"]
        if self.batch:
            found = found * sizes["B"]
        if self.flops:
            found = 2 * found
        if self.output:
            k = sizes["k"]
            found = found + k * both * out + (k if self.output == "k" else 0)
        if self.embedding:
            found = found + sizes["V"] * m
        return found

    def words(self) -> tuple[str, ...]:
        """What is counted besides one layer of the cell."""
        found = []
        if self.directions == 2:
            found.append("two directions, each with its own weights")
        elif self.directions == "D":
            found.append("one set of weights for each direction")
        if self.layers != 1:
            found.append(f"{self.layers} stacked layers, later ones fed by the states below")
        if self.output:
            found.append(
                "with a read-out layer" + (" that has a bias" if self.output == "k" else " without a bias")
            )
        if self.embedding:
            found.append("with an embedding table")
        if self.flops:
            found.append("a multiply-add counted as two operations")
        return tuple(found)


@lru_cache(maxsize=64)
def layer_counts(cell: Cell) -> tuple[Count, ...]:
    """Every true count of one layer of a cell: as printed, in each framework, without biases and so on."""
    import sympy

    plain = _count(cell, rank=0)
    found = [plain]
    relatives = _relatives(cell)
    for layer in relatives:
        own = _count(layer.cell, rank=2)
        words = ", ".join(word for word in (own.convention, _extras(layer, cell)) if word)
        foreign = bool(_extras(layer, cell))
        found.append(replace(own, frameworks=(str(layer),), convention=words, foreign=foreign))
    weights = sympy.expand(plain.formula - plain.biases)
    zero = sympy.Integer(0)
    if plain.biases != 0:
        found.append(Count(weights, zero, "no biases", rank=1))
        if not relatives:
            twice = Count(
                weights + 2 * plain.biases,
                2 * plain.biases,
                "two bias vectors where the cell has one",
                rank=3,
            )
            found.append(twice)
    for shape in dict.fromkeys(layer.cell_name for layer in relatives):
        found += _without_biases(cell, relatives, shape, weights)
    start = Count(sympy.expand(plain.formula + state_size(cell)), plain.biases, FIRST_STATE, rank=6)
    return _merged([*found, start])


@lru_cache(maxsize=64)
def identifiable_counts(cell: Cell) -> tuple[Count, ...]:
    """The number of parameters that the cell's function depends on, where it is known exactly."""
    import sympy

    seen = identifiable(cell)
    if not seen.exact:
        return ()
    return (Count(sympy.expand(seen.count), sympy.Integer(0), "the identifiable ones only", rank=4),)


def _without_biases(cell: Cell, relatives: tuple[Convention, ...], shape: str, weights: Any) -> list[Count]:
    """The weights alone of a layer with peepholes or a projection."""
    import sympy

    layer = next(one for one in relatives if one.cell_name == shape)
    kinds = parameter_kinds(layer.cell)
    left = sympy.expand(parameter_count(layer.cell) - kinds[BIAS])
    words = ", ".join(word for word in ("no biases", _extras(layer, cell)) if word)
    return [] if left == weights else [Count(left, sympy.Integer(0), words, rank=3, foreign=True)]


def _extras(layer: Convention, cell: Cell) -> str:
    """What a layer has that the cell does not have, or lacks."""
    if layer.cell_name == cell.name:
        return ""
    if layer.peepholes or layer.projected:
        return "with peepholes" if layer.peepholes else "with a projection"
    own = next(one for one in conventions() if one.cell_name == cell.name)
    return "without peepholes" if own.peepholes else "without a projection" if own.projected else ""


@lru_cache(maxsize=64)
def operation_counts(cell: Cell) -> tuple[Count, ...]:
    """Multiply-adds of one step of one layer: those of the products with matrices, and all of them."""
    import sympy

    zero = sympy.Integer(0)
    plain = _count(cell, rank=0)
    products, all_of_them = sympy.expand(product_count(cell)), sympy.expand(operation_count(cell))
    words = "multiply-adds of the products with matrices"
    found = [
        Count(products, zero, words, quantity="operations", rank=0),
        Count(
            all_of_them,
            zero,
            "all multiply-adds, elementwise products among them",
            quantity="operations",
            rank=1,
        ),
        Count(
            products + plain.biases,
            plain.biases,
            f"{words}, and one for each bias",
            quantity="operations",
            rank=2,
        ),
    ]
    return _merged(found)


@lru_cache(maxsize=64)
def part_counts(cell: Cell, quantity: str) -> tuple[Count, ...]:
    """A part of the parameters in each convention: biases, input or recurrent weights, all, one gate's."""
    import sympy

    found = []
    layers = [(cell, ())] + [(one.cell, (str(one),)) for one in _relatives(cell)]
    for i, (of, names) in enumerate(layers):
        whole, kinds = _count(of, rank=2 * min(i, 1)), parameter_kinds(of)
        g = maps(of)
        part = {
            "biases": kinds[BIAS],
            "input": kinds[INPUT],
            "recurrent": kinds[RECURRENT],
            "weights": whole.formula - kinds[BIAS],
            "gate": whole.formula / g,
        }[quantity]
        biases = (
            whole.biases
            if quantity == "biases"
            else whole.biases / g
            if quantity == "gate"
            else sympy.Integer(0)
        )
        words = {"gate": "one gate", "weights": "weights alone"}.get(quantity, f"{quantity} weights alone")
        words = "biases alone" if quantity == "biases" else words
        convention = (
            f"{words}, {whole.convention}" if quantity in ("gate", "biases") and whole.convention else words
        )
        found.append(Count(sympy.expand(part), sympy.expand(biases), convention, names, quantity, whole.rank))
    if quantity == "gate":
        left = sympy.expand(found[0].formula - found[0].biases)
        found.append(Count(left, sympy.Integer(0), "one gate, no biases", quantity="gate", rank=1))
    return _merged(found)


@lru_cache(maxsize=256)
def maps(cell: Cell) -> Any:
    """The number of maps of the input: gates and candidates, 3 of a GRU and 4 of an LSTM."""
    import sympy

    n, m = (_size(cell, letter) for letter in "nm")
    formula = sympy.Poly(sympy.expand(parameter_count(cell)), n, m)
    found = formula.coeff_monomial(n * m)
    return found if found != 0 else formula.coeff_monomial(n**2)


def _size(cell: Cell, letter: str) -> Any:
    import sympy

    return next(
        (s for s in cell.sizes if s.name == letter), sympy.Symbol(letter, integer=True, positive=True)
    )


def _count(cell: Cell, rank: int) -> Count:
    import sympy

    formula, biases = sympy.expand(parameter_count(cell)), sympy.expand(parameter_kinds(cell)[BIAS])
    return Count(formula, biases, _biases_said(cell, biases), rank=rank)


def _biases_said(cell: Cell, biases: Any) -> str:
    import sympy

    if biases == 0:
        return ""
    n = _size(cell, "n")
    each = sympy.cancel(biases / (n * maps(cell)))
    one = maps(cell) == 1
    if each in (1, 2):
        vectors = "one bias vector" if each == 1 else "two bias vectors"
        return vectors if one else f"{vectors} for each gate"
    more = sympy.cancel(biases / n - maps(cell))
    if more == 1:
        return "one bias vector for each gate and one more inside the reset"
    return ""


def _relatives(cell: Cell) -> tuple[Convention, ...]:
    """The framework layers of the kind of network that a cell is."""
    from grusym.cells.library import cell as named

    kinds = {
        layer.kind for layer in conventions() if layer.cell_name == cell.name and named(cell.name) == cell
    }
    return tuple(layer for layer in conventions() if layer.kind in kinds)


def _merged(counts: list[Count]) -> tuple[Count, ...]:
    """Counts that are the same polynomial and the same biases are one, with the frameworks of all."""
    found: dict[Any, Count] = {}
    for count in sorted(counts, key=lambda c: c.rank):
        key = count.formula
        if key in found:
            first = found[key]
            names = tuple(dict.fromkeys((*first.frameworks, *count.frameworks)))
            found[key] = replace(first, frameworks=names, convention=first.convention or count.convention)
        else:
            found[key] = count
    return tuple(found.values())


@lru_cache(maxsize=4096)
def _terms(formula: sympy.Expr) -> tuple[tuple[int, tuple[tuple[str, int], ...]], ...]:
    """A polynomial as its terms: an integer modulo PRIME, and the powers of sizes."""
    import sympy

    found = []
    for term, coefficient in sympy.expand(formula).as_coefficients_dict().items():
        powers = tuple((str(s), int(e)) for s, e in term.as_powers_dict().items() if s.is_Symbol)
        scale = sympy.Rational(coefficient)
        found.append((int(scale.p) * pow(int(scale.q), -1, PRIME) % PRIME, powers))
    return tuple(found)


def _residue(terms: Any, sizes: Sizes) -> int:
    total = 0
    for scale, powers in terms:
        for size, exponent in powers:
            scale = scale * pow(sizes[size], exponent, PRIME) % PRIME
        total += scale
    return total % PRIME


def exact(count: Count, extent: Extent, sizes: Sizes) -> Any:
    """The count of an extent, with SymPy expressions or numbers for the sizes."""
    return _whole(
        count.formula,
        extent,
        sizes,
        lambda f, s: f.subs({x: s[x.name] for x in f.free_symbols}, simultaneous=True),
    )


def residue(count: Count, extent: Extent, sizes: Sizes) -> int:
    """The same modulo PRIME."""
    return int(_whole(count.formula, extent, sizes, lambda f, s: _residue(_terms(f), s))) % PRIME


def biases_residue(count: Count, extent: Extent, sizes: Sizes) -> int:
    """The biases in it, modulo PRIME."""
    own = replace(extent, output="", embedding="")
    return int(_whole(count.biases, own, sizes, lambda f, s: _residue(_terms(f), s))) % PRIME


def exact_biases(count: Count, extent: Extent, sizes: Sizes) -> Any:
    """The biases in it, as `exact`."""
    own = replace(extent, output="", embedding="")
    return _whole(
        count.biases,
        own,
        sizes,
        lambda f, s: f.subs({x: s[x.name] for x in f.free_symbols}, simultaneous=True),
    )


def _whole(formula: Any, extent: Extent, sizes: Sizes, value: Callable[[Any, Sizes], Any]) -> Any:
    projected = any(s.name == "p" for s in getattr(formula, "free_symbols", ()))
    return extent.total(lambda m: value(formula, {**sizes, "m": m}), sizes, sizes["p" if projected else "n"])
