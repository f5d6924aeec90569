"""What the report is made from: saved results and drawn figures by name, and what could not be had."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from grusym.reports.drawing import card
from grusym.reports.page.content import Block, FigureBlock, Tex, Text
from grusym.reports.runner import Outcome
from grusym.reports.store import load

if TYPE_CHECKING:
    import xarray


class Findings:
    """Saved results and drawn figures by name, and what could not be had."""

    def __init__(self, results: Path, figures: Path, outcomes: Sequence[Outcome]) -> None:
        self.results, self.figures, self.outcomes = results, figures, outcomes
        self.failed = {o.name: o.error for o in outcomes if o.status == "failed"}
        self.shown: set[str] = set()
        self._loaded: dict[str, xarray.Dataset | None] = {}

    def data(self, name: str) -> xarray.Dataset | None:
        """A saved result, or None where the analysis failed or is not there."""
        if name not in self._loaded:
            path = self.results / f"{name}.nc"
            self._loaded[name] = load(path) if path.exists() and name not in self.failed else None
        return self._loaded[name]

    def figure(self, name: str) -> tuple[Block, ...]:
        """A figure as a block; a failed one as a note that says why; nothing where there is none."""
        if name in self.failed:
            return (Text(f"The figure {name} could not be drawn: {self.failed[name]}", "note"),)
        about = card(self.figures, name)
        if not about:
            return ()
        self.shown.add(name)
        svg = (self.figures / f"{name}.svg").read_text(encoding="utf-8")
        return (
            FigureBlock(
                about["title"].rstrip(".") + ".",
                svg=svg,
                caption=Tex(about["caption"]),
                alt=about["title"],
                name=name,
            ),
        )

    def missing(self, name: str) -> tuple[Block, ...]:
        """A note in place of a section whose analysis has no result."""
        reason = self.failed.get(name, "it has not been run")
        return (Text(f"The analysis {name} has no result: {reason}", "note"),)


def rows(data: xarray.Dataset, dimension: str) -> list[dict[str, str]]:
    """The variables along one dimension as texts, a row for each of its places."""
    columns = {
        str(k): [str(x) for x in v.values] for k, v in data.data_vars.items() if v.dims == (dimension,)
    }
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def about(data: xarray.Dataset) -> tuple[Text, ...]:
    """What an analysis says of itself: its question, then its setting and method, from its docstring."""
    first, *rest = (" ".join(p.split()) for p in str(data.attrs["question"]).split("\n\n"))
    notes = (re.sub(r"\s(?=(?:Source|Expect): )", "\n", p).split("\n") for p in rest)
    return (Text(first, "lead"), *(Text(line, "note") for lines in notes for line in lines))


def near(data: xarray.Dataset, lag: int) -> int:
    """The lag of the data's grid nearest to the one wanted."""
    return int(data.lag.sel(lag=lag, method="nearest"))


def horizon(exponent: float) -> float:
    """Steps in which a gradient fades by a factor e; infinite where it does not fade."""
    return -1 / exponent if exponent < 0 else float("inf")
