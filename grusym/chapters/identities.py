"""What ties the cells together: identities proved, neighbours refuted, states that stay within bounds."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

from grusym.chapters.findings import Findings, about, rows as rows_of
from grusym.reports.page.content import Section, Table, Text, Value, VerdictTable

if TYPE_CHECKING:
    import xarray

TITLE = "Identities"
SHOWN = ("outcome", "method", "assumes", "where", "fix", "counterexample", "detail")


def chapter(found: Findings) -> Section:
    """The verdicts on identities, their refused neighbours, and bounds."""
    data = found.data("identities")
    if data is None:
        return Section(TITLE, found.missing("identities"))
    whole, refused = data.sizes["verdict"], int((data.neighbour_outcome == "refuted").sum())
    text = (
        f"{int(data.attrs['held'])} of {whole} identities are proved. Beside each stands a false neighbour, "
        f"judged in the same way: {refused} of {data.sizes['neighbour']} were refuted."
    )
    verdicts = [
        SimpleNamespace(
            claim=SimpleNamespace(id=row["claim"], statement=row["statement"]),
            **{name: row[name] for name in SHOWN if name != "assumes"},
        )
        for row in rows_of(data, "verdict")
    ]
    table = VerdictTable(verdicts, title="Identities, judged", name="identities")
    return Section(
        TITLE,
        (*about(data), Text(text)),
        (
            Section("All identities", (table,), open=False),
            Section("False neighbours", (_neighbours(data),), open=False),
            Section("States within bounds", (_bounds(data),)),
        ),
    )


def _neighbours(data: xarray.Dataset) -> Table:
    rows: list[tuple[Value, ...]] = [
        (row["neighbour_of"], row["neighbour_statement"], row["neighbour_outcome"], _one_line(row))
        for row in rows_of(data, "neighbour")
    ]
    return Table(
        ("Identity", "What is not true", "Verdict", "Counterexample"),
        rows,
        title="What looks like an identity and is none",
        name="false_neighbours",
    )


def _one_line(row: dict[str, str]) -> str:
    return row["neighbour_counterexample"].replace("\n", ", ")


def _bounds(data: xarray.Dataset) -> Table:
    kept: dict[str, list[tuple[str, str]]] = {}
    for row in rows_of(data, "bound"):
        kept.setdefault(row["bounded_cell"], []).append((row["bounded_state"], row["bound_outcome"]))
    rows: list[tuple[Value, ...]] = [
        (
            cell,
            ", ".join(state for state, outcome in states if outcome == "proved") or "none",
            ", ".join(state for state, outcome in states if outcome == "refuted") or "none",
        )
        for cell, states in kept.items()
    ]
    return Table(
        ("Cell", "Stays within [-1, 1]", "May leave it"),
        rows,
        title="If every state lies within [-1, 1], does it after a step?",
        note="Proved at the vertices of a box, for all sizes and weights, or refuted by weights.",
        name="bounds",
    )
