"""The trained GRU that reads words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grusym.chapters.findings import Findings, about
from grusym.reports.page.content import Column, Section, Table, Tex, Text, Value

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
            Column(Tex(r"$\ln$ norm, first letter to end"), format=".2f"),
            Column(Tex(r"$\ln$ geometric mean"), format=".1f"),
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
        *about(data),
        Text(_answer(data)),
        *found.figure("trained_singular"),
        table,
    )
    return Section("A trained GRU", blocks_)


def _last(values: xarray.DataArray) -> float:
    """The last value that is there: words differ in length."""
    there = values.dropna(values.dims[0])
    return float(there[-1]) if there.size else float("nan")


def _answer(data: xarray.Dataset) -> str:
    """The answer in words, from the numbers."""
    norms, far = data.log_norm, int(data.lag[-1])
    low, high = (float(np.exp(f(norms.sel(lag=far)))) for f in (np.min, np.max))
    live = data.live.sel(lag=far)
    exponent, error = float(data.exponent[0]), float(data.exponent_standard_error[0])
    return (
        f"After {far} letters of text the gradient's norm is between {low:.2g} and {high:.2g} at the "
        f"{data.sizes['place']} places looked at, carried by {int(live.min())} to {int(live.max())} of "
        f"{data.attrs['width']} directions with a singular value above {data.attrs['live_threshold']:g}. "
        f"The leading Lyapunov exponent along the text is {exponent:.4f} ± {error:.4f} nats per letter."
    )
