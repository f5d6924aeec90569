"""A polynomial of elementwise atoms as a SymPy scalar: what one entry of a vector is, to take its limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grusym.algebra.polynomial import Atom, Polynomial
from grusym.errors import GrusymError
from grusym.language.activations import ACTIVATIONS

if TYPE_CHECKING:
    import sympy


class NotElementwise(GrusymError):
    """The variable stands inside a matrix product, where one entry alone has no formula."""


class Entry:
    """Entries of vectors as SymPy scalars: one real symbol for each atom that `variable` is not in.

    `functions` says what those symbols are that stand for functions, to compare limits in the end.
    """

    def __init__(self, variable: str) -> None:
        self.variable = variable
        self.symbols: dict[Atom, sympy.Symbol] = {}
        self.functions: dict[sympy.Symbol, sympy.Expr] = {}

    def symbol(self, atom: Atom) -> sympy.Symbol:
        """The symbol that stands for an atom."""
        import sympy

        return self.symbols.setdefault(atom, sympy.Symbol(f"a_{len(self.symbols)}", real=True))

    def of(self, p: Polynomial) -> sympy.Expr:
        """The entry of a polynomial; raises NotElementwise where a product hides the variable."""
        import sympy

        terms = []
        for monomial, c in p.items():
            factors = [self._atom(atom) ** k for atom, k in monomial]
            terms.append(sympy.Mul(sympy.Rational(c.numerator, c.denominator), *factors))
        return sympy.Add(*terms)

    def _atom(self, atom: Atom) -> Any:
        match atom:
            case ("name", _):
                return self.symbol(atom)
            case ("call", function, of):
                value = ACTIVATIONS[function].sympy(self.of(dict(of)))
                if ("name", self.variable) in _inside(atom):
                    return value
                self.functions[self.symbol(atom)] = value
                return self.symbol(atom)
            case ("inverse", of):
                return 1 / self.of(dict(of))
        if ("name", self.variable) in _inside(atom):
            raise NotElementwise(f"{self.variable} stands inside a matrix product; take its limit in parts")
        return self.symbol(atom)


def _inside(atom: Any) -> list[Any]:
    """Every tuple within an atom, itself included."""
    if not isinstance(atom, tuple):
        return []
    return [atom, *(inner for part in atom for inner in _inside(part))]
