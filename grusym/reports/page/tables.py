"""Values in table cells: exact in the file that is downloaded, rounded and set well on the page."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from numbers import Integral, Real
from typing import cast

from markupsafe import Markup, escape

from grusym.errors import GrusymError
from grusym.reports.page.content import Column, Inline, Table, Value
from grusym.reports.page.formulas import inline, plain

THIN = "\u202f"
DIGITS = ".4g"


@dataclass(frozen=True)
class ShownCell:
    """A cell in markup; `exact` is its entry in the CSV file."""

    shown: Markup
    exact: str
    numeric: bool


@dataclass(frozen=True)
class ShownTable:
    """A table's heads and rows, ready to be written."""

    heads: tuple[ShownCell, ...]
    rows: tuple[tuple[ShownCell, ...], ...]


def shown_table(table: Table) -> ShownTable:
    """A table's cells; a column of numbers is set flush right, its head too.

    Raises GrusymError naming the row whose length is not the table's.
    """
    columns = [c if isinstance(c, Column) else Column(c) for c in table.columns]
    for place, row in enumerate(table.rows, 1):
        if len(row) != len(columns):
            raise GrusymError(
                f"table {plain(table.title) or table.name!r}: row {place} has {len(row)} cells for "
                f"{len(columns)} columns; give one value a column, None where there is none"
            )
    rows = tuple(
        tuple(cell(value, column.format) for value, column in zip(row, columns, strict=True))
        for row in table.rows
    )
    numeric = [any(row[place].numeric for row in rows) for place in range(len(columns))]
    rows = tuple(tuple(replace(c, numeric=n) for c, n in zip(row, numeric, strict=True)) for row in rows)
    heads = []
    for column, right in zip(columns, numeric, strict=True):
        unit = Markup(' <span class="unit">{}</span>').format(column.unit) if column.unit else ""
        exact = plain(column.title) + (f" ({column.unit})" if column.unit else "")
        heads.append(ShownCell(inline(column.title) + unit, exact, right))
    return ShownTable(tuple(heads), rows)


def cell(value: Value, format_: str = "") -> ShownCell:
    """One value as it is shown and as it is saved."""
    if value is None:
        return ShownCell(Markup('<span class="none">–</span>'), "", False)
    if isinstance(value, bool):
        return ShownCell(escape("yes" if value else "no"), str(value).lower(), False)
    if isinstance(value, Real):
        exact = str(int(value)) if isinstance(value, Integral) else repr(float(value))
        return ShownCell(number(cast("float", value), format_), exact, True)
    words = cast("Inline", value)
    return ShownCell(inline(words), plain(words), False)


def number(value: float, format_: str = "") -> Markup:
    """A number as a book sets it: real minus signs, thin spaces between thousands, powers of ten."""
    if not math.isfinite(value):
        return Markup({"inf": "∞", "-inf": "−∞"}.get(str(float(value)), "not a number"))
    whole = isinstance(value, Integral)
    try:
        written = format(int(value) if whole else float(value), format_ or ("d" if whole else DIGITS))
    except ValueError as error:
        raise GrusymError(
            f"showing the number {value} in the format {format_!r}: {error}; give a Python format for "
            "it, such as .3g"
        ) from error
    mantissa, mark, exponent = written.replace(",", "").partition("e")
    digits, dot, decimals = mantissa.partition(".")
    if len(digits.lstrip("-")) > 4:
        digits = re.sub(r"(?<=\d)(?=(\d{3})+$)", THIN, digits)
    shown = escape((digits + dot + decimals).replace("-", "−"))
    if mark:
        power = str(int(exponent)).replace("-", "−")
        shown += Markup("{0}×{0}10<sup>{1}</sup>").format(THIN, power)
    return shown
