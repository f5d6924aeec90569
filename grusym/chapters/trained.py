"""The trained GRU that reads words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grusym.chapters.findings import Findings, question
from grusym.reports.page.content import Column, Section, Table, Text, Value

if TYPE_CHECKING:
    import xarray


def chapter(found: Findings) -> Section:
    """The trained GRU that reads words."""
    data = found.data("trained_gru")
    if data is None:
        return Section("A trained GRU", found.missing("trained_gru"))
    rows: list[list[Value]] = [
        [
            str(word),
            str(data.phonemes.sel(word=word).item()),
            *(_last(data[q].sel(word=word)) for q in ("word_log_norm", "word_log_geometric_mean")),
        ]
        for word in data.word.values
    ]
    table = Table(
        (
            Column("Word read"),
            Column("What the model says"),
            Column("ln norm, first letter to end", format=".2f"),
            Column("ln geometric mean", format=".1f"),
        ),
        rows,
        title="Gradients through whole words",
        note=(
            "Spectral norm and geometric mean of the singular values of the product of all step "
            "Jacobians of a word."
        ),
        name="trained_gru_words",
    )
    blocks_ = (
        Text(question(data)),
        *found.figure("trained_gradient"),
        *found.figure("trained_singular"),
        table,
    )
    return Section("A trained GRU", blocks_)


def _last(values: xarray.DataArray) -> float:
    """The last value that is there: words differ in length."""
    there = values.dropna(values.dims[0])
    return float(there[-1]) if there.size else float("nan")
