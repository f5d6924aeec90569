"""Two cells by one count: the ratio, the difference, and what the ratio tends to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from grusym.calculus.identifiable import identifiable
from grusym.calculus.measures import MEASURES, measured
from grusym.language.cell import Cell
from grusym.language.expression import ONE, Quotient
from grusym.language.printers.polynomial import counted
from grusym.language.sizes import size_symbol

if TYPE_CHECKING:
    import sympy


@dataclass(frozen=True)
class Comparison:
    """A count of cell a beside that of cell b, for every size at once.

    The limits are those of wide layers: n grows with m/n (and p/n of any further size) held, then m/n goes
    to 0 or to infinity. `wide` is the ratio of wide layers before that, a function of m/n.
    """

    a: str
    b: str
    what: str
    first: sympy.Expr
    second: sympy.Expr
    bounds: tuple[str, ...] = ()  # cells whose count is an upper bound

    @cached_property
    def ratio(self) -> sympy.Expr:
        """First over second; infinite where only the second is 0, and not a number where both are."""
        import sympy

        if self.second == 0:
            return sympy.nan if self.first == 0 else sympy.oo
        return sympy.factor(sympy.cancel(self.first / self.second))

    @cached_property
    def difference(self) -> sympy.Expr:
        """First minus second."""
        import sympy

        return sympy.factor(self.first - self.second)

    @cached_property
    def wide(self) -> sympy.Expr:
        """The ratio for n to infinity with m/n and p/n held."""
        import sympy

        n, others = size_symbol("n"), self._others
        held = {s: s * n for s in others}  # from here on a letter stands for its ratio to n
        ratio = sympy.limit(sympy.cancel(self.ratio.subs(held, simultaneous=True)), n, sympy.oo)
        return ratio.subs({s: s / n for s in others}, simultaneous=True)

    @cached_property
    def small_input(self) -> sympy.Expr:
        """The limit of the ratio of wide layers for m/n to 0."""
        return self._towards(0)

    @cached_property
    def large_input(self) -> sympy.Expr:
        """The limit of the ratio of wide layers for m/n to infinity."""
        import sympy

        return self._towards(sympy.oo)

    @cached_property
    def equal_widths(self) -> sympy.Expr:
        """The ratio at m = n."""
        import sympy

        return sympy.factor(sympy.cancel(self.ratio.subs(size_symbol("m"), size_symbol("n"))))

    @property
    def _others(self) -> list[sympy.Symbol]:
        return sorted(self.ratio.free_symbols - {size_symbol("n")}, key=str)

    def _towards(self, end: Any) -> sympy.Expr:
        import sympy

        m, n = size_symbol("m"), size_symbol("n")
        share = sympy.Dummy("share", positive=True)
        return sympy.limit(sympy.cancel(self.wide.subs(m, share * n)), share, end)

    def lines(self) -> list[tuple[str, str]]:
        """What there is to say, as pairs of words and formulas."""
        label = MEASURES[self.what].label
        found = [
            (f"{self.a}, {label}", _shown(self.first)),
            (f"{self.b}, {label}", _shown(self.second)),
            ("ratio", _shown(self.ratio)),
            ("difference", _shown(self.difference)),
        ]
        if self.ratio.free_symbols:
            held = [str(s) for s in self._others if s.name != "m"]
            also = f", {', '.join(f'{s}/n held' for s in held)}" if held else ""
            found += [
                ("ratio at m = n", _shown(self.equal_widths)),
                (f"ratio of wide layers, m/n → 0{also}", _shown(self.small_input)),
                (f"ratio of wide layers, m/n → ∞{also}", _shown(self.large_input)),
            ]
        return found + [("not exact", f"the count of {name} is an upper bound") for name in self.bounds]

    def __str__(self) -> str:
        lines = self.lines()
        wide = max(len(words) for words, _ in lines)
        return "\n".join(f"{words:{wide}}  {formula}" for words, formula in lines)

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(f"<tr><th>{escape(w)}</th><td>{escape(f)}</td></tr>" for w, f in self.lines())
        return f"<table>{rows}</table>"

    def latex(self) -> str:
        """The ratio in LaTeX."""
        import sympy

        from grusym.language.printers.latex import latex

        if self.ratio in (sympy.oo, sympy.nan):
            return r"\infty" if self.ratio is sympy.oo else r"\tfrac{0}{0}"
        above, below = map(counted, sympy.fraction(self.ratio))
        return latex(above if below == ONE else Quotient(above, below))

    def _repr_latex_(self) -> str:
        return f"${self.latex()}$"

    def to_json(self) -> dict[str, Any]:
        """The comparison as plain data."""
        return {
            "a": self.a,
            "b": self.b,
            "what": self.what,
            "counts": [str(self.first), str(self.second)],
            "ratio": _shown(self.ratio),
            "difference": str(self.difference),
            "equal_widths": _shown(self.equal_widths),
            "small_input": _shown(self.small_input),
            "large_input": _shown(self.large_input),
            "bounds": list(self.bounds),
        }


def compare(a: Cell, b: Cell, what: str = "parameters", labels: tuple[str, str] | None = None) -> Comparison:
    """Cell a beside cell b by one count: the ratio is a's over b's.

    `what` is a name of `grusym.calculus.measures.MEASURES`: parameters, input_weights, recurrent_weights,
    biases, identifiable, multiply_adds, activations, state_size, kept_for_training, ... `labels` are what the
    two are called, if not by their names.
    Raises UnknownNameError for a count nobody has.
    """
    first, second = measured(a, what), measured(b, what)
    one, other = labels or (a.name, b.name)
    inexact = [
        label for label, c in ((one, a), (other, b)) if what == "identifiable" and not identifiable(c).exact
    ]
    return Comparison(one, other, what, first, second, tuple(inexact))


def _shown(formula: sympy.Expr) -> str:
    import sympy

    if formula is sympy.nan:
        return "0/0"
    return "∞" if formula.is_infinite else str(formula)
