"""How far gradients reach in untrained cells."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from grusym.cells.library import cell
from grusym.chapters.findings import Findings, about, horizon
from grusym.pictures.curves import LN10
from grusym.reports.page.content import Column, Section, Table, Tex, Text, Value

if TYPE_CHECKING:
    import xarray


def chapter(found: Findings) -> Section:
    """How far gradients reach in untrained cells."""
    data = found.data("gradient_horizon")
    if data is None:
        return Section("Gradient flow", found.missing("gradient_horizon"))
    far = int(data.lag[-1])
    rows: list[list[Value]] = []
    for name in map(str, data.cell.values):
        exponent = data.leading_exponent.sel(cell=name)
        norms = data.log_norm.sel(cell=name, lag=far)
        low, median, high = (float(exponent.quantile(q)) for q in (0.05, 0.5, 0.95))
        rows.append(
            [
                cell(name).title,
                median,
                low,
                high,
                horizon(median),
                float(norms.median()),
                float(norms.median()) / LN10,
            ]
        )
    table = Table(
        (
            Column("Cell"),
            Column("Leading exponent, median", unit="nats/step", format=".4f"),
            Column("5 %", format=".4f"),
            Column("95 %", format=".4f"),
            Column("Horizon", unit="steps", format=".3g"),
            Column(Tex(f"$\\ln$ norm at lag {far}"), format=".4g"),
            Column("as a power of ten", format=".0f"),
        ),
        rows,
        title="How fast gradients fade",
        note=(
            "The horizon is the number of steps in which the gradient shrinks by a factor e. A "
            "product formed in float64 is zero below a power of ten of -308; these are logarithms throughout."
        ),
        name="gradient_horizon",
    )
    return Section(
        "Gradient flow of untrained cells",
        (*about(data), Text(_answer(data)), *found.figure("gradient_norm"), table),
    )


def _answer(data: xarray.Dataset) -> str:
    """The answer in words, from the numbers."""
    names = list(map(str, data.cell.values))
    found = {name: horizon(float(data.leading_exponent.sel(cell=name).median())) for name in names}
    said = ", ".join(f"{steps:.3g} steps in a {name.upper()}" for name, steps in found.items())
    settings = json.loads(str(data.attrs["settings"]))
    return (
        f"With weights drawn as PyTorch does at width {settings['width']}, a gradient fades by a factor e in "
        f"{said} (medians over {data.sizes['seed']} seeds). How the cells compare depends on the "
        "initialisation."
    )
