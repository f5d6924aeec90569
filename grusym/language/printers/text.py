"""Expressions in Unicode text, as grusym reads them: `h' = z ⊙ h + (1 - z) ⊙ c`."""

# ruff: noqa: D102 - what each method writes is said once, in order.py.

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from grusym.language.expression import Expression, Identity, Number, Quotient
from grusym.language.printers.order import Binding, LeftSide, Printer, decimal

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def text(e: Expression, names: Mapping[str, str] | None = None, scalars: Iterable[str] = ()) -> str:
    """The expression in Unicode text, with brackets only where reading it back needs them."""
    return TextPrinter(names, scalars).write(e)


def text_equation(left: LeftSide, right: Expression, names: Mapping[str, str] | None = None) -> str:
    """left = right in Unicode text; the left side is a name, a partial derivative, or nothing."""
    return TextPrinter(names).equation(left, right)


class TextPrinter(Printer):
    """The Unicode notation of the cells' own texts."""

    equals, plus, minus, sign, times, beside = " = ", " + ", " - ", "-", " ⊙ ", " "

    def number(self, e: Number) -> str:
        return decimal(e.value) or f"({e.value})"

    def quotient(self, e: Quotient) -> str:
        return f"{self.part(e.left, Binding.TIMES)} / {self.part(e.right, Binding.POSTFIX)}"

    def partial(self, of: str, by: str) -> str:
        return f"∂{of}/∂{by}"

    def identity(self, e: Identity) -> str:
        return "I"

    def named(self, name: str) -> str:
        return name

    def function(self, name: str) -> str:
        return name

    def bracketed(self, inner: str) -> str:
        return f"({inner})"

    def applied(self, function: str, inner: str) -> str:
        return f"{function}({inner})"

    def listed(self, items: Sequence[str]) -> str:
        return f"[{', '.join(items)}]"

    def raised(self, base: str, of: Expression, exponent: int) -> str:
        if 0 <= exponent <= 9:
            return base + str(exponent).translate(_RAISED)
        return f"{base}^{exponent}" if exponent >= 0 else f"{base}^({exponent})"

    def transposed(self, base: str, of: Expression) -> str:
        return f"{base}ᵀ"

    def indexed(self, whole: str, place: str, whole_rows: bool) -> str:
        return f"{whole}[:, {place}]" if whole_rows else f"{whole}[{place}]"

    def small_change(self, of: str) -> str:
        return f"d{of}"
