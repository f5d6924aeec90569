"""The identifiers of emitted code: safe, and no two alike, whatever a cell calls its values."""

from __future__ import annotations

import keyword
from collections.abc import Iterable

from grusym.errors import GrusymError
from grusym.language.activations import ACTIVATIONS
from grusym.language.expression import Activation, Expression, Hadamard, Name, Negative, Number, Power, Sum
from grusym.language.extrema import EXTREMA
from grusym.language.names import code_names

PARTS = (
    "diagonal",
    "joined",
    "one_below_another",
    "scaled_rows",
    "scratch",
    "side_by_side",
    "sigmoid",
    "sigmoid_into",
    "relu_into",
    "maximum_into",
    "minimum_into",
    "summed",
    "summed_outer",
    "summed_products",
)
# What emitted code itself names: `w` holds the weights, `size` the numbers n, m, ...
RESERVED = ("np", "w", "size", "t", "out", "product", "range", "reversed", "len", *PARTS)


class Names:
    """An identifier for each name of a cell, and fresh ones for what has no name."""

    def __init__(self, names: Iterable[str], sizes: Iterable[str]) -> None:
        own = [entry.numpy for entry in ACTIVATIONS.values()] + [entry.numpy for entry in EXTREMA.values()]
        self.used = {*RESERVED, *own}
        self.codes = {name: self._unused(code) for name, code in code_names(names).items()}
        self.sizes = code_names(sizes)
        self.spent: set[str] = set()
        for name, code in (*self.codes.items(), *self.sizes.items()):
            if not (code.isascii() and code.isidentifier()) or keyword.iskeyword(code):
                raise GrusymError(
                    f"the name {name!r} was given the identifier {code!r}, which is none; rename it"
                )

    def __getitem__(self, name: str) -> str:
        return self.codes[name]

    def fresh(self, wanted: str) -> str:
        """An identifier nobody has yet: the one wanted, or that with a number."""
        return self._unused(wanted)

    def fresh_for(self, name: str) -> str:
        """An identifier for what holds a value of the cell: the value's own, the first time it is asked."""
        code = self.codes[name]
        if code in self.spent:
            return self.fresh(code)
        self.spent.add(code)
        return code

    def copy(self) -> Names:
        """Names of another function: the same for the cell's values, its own for what is fresh."""
        twin = object.__new__(Names)
        twin.used, twin.codes, twin.sizes, twin.spent = set(self.used), self.codes, self.sizes, set()
        return twin

    def _unused(self, wanted: str) -> str:
        code, count = wanted, 1
        while code in self.used:
            count += 1
            code = f"{wanted}_{count}"
        self.used.add(code)
        return code

    def describing(self, e: Expression, otherwise: str = "part") -> str:
        """A fresh identifier that says what a shared sub-expression is, where that is short."""
        match e:
            case Sum(terms=(Number(value=1), Negative(operand=Name(name=name)))):
                return self.fresh(f"one_minus_{self[name]}")
            case Sum(terms=(Number(value=1), Negative(operand=Power(base=Name(name=name), exponent=2)))):
                return self.fresh(f"slope_{self[name]}")
            case Hadamard(
                left=Name(name=name), right=Sum(terms=(Number(value=1), Negative(operand=Name(name=same))))
            ):
                if name == same:
                    return self.fresh(f"slope_{self[name]}")
            case Activation(function=function, operand=Name(name=name)):
                return self.fresh(f"{ACTIVATIONS[function].numpy.rpartition('.')[2]}_{self[name]}")
        return self.fresh(otherwise)
