"""The main report: what it tells, and in which order. All numbers come from saved results."""

from __future__ import annotations

import platform
import shlex
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import sympy

from grusym.assemble import kernel
from grusym.calculus.adjoint import gradients
from grusym.calculus.counting import parameter_count
from grusym.calculus.jacobian import Jacobian, blocks
from grusym.cells.library import cell, cell_names
from grusym.language.cell import Cell
from grusym.language.expression import Name
from grusym.language.printers.order import Partial
from grusym.language.printers.polynomial import counted
from grusym.reports.drawing import card
from grusym.reports.page.content import (
    Block,
    Code,
    Column,
    Equations,
    FigureBlock,
    Highlight,
    Line,
    Page,
    Section,
    Steps,
    Strong,
    Summary,
    Table,
    Tex,
    Text,
    Value,
    VerdictTable,
)
from grusym.reports.runner import Outcome
from grusym.reports.store import load

if TYPE_CHECKING:
    import xarray

    from grusym.reports.discovery import Project

GRAPH = "graph_"  # figures of this name show the computation graph of the cell named after it


def report_page(project: Project, results: Path, figures: Path, outcomes: Iterable[Outcome]) -> Page:
    """The whole report as plain content, from saved results and drawn figures.

    What failed to run is said at its place; the rest of the report stands.
    """
    found = Findings(results, figures, tuple(outcomes))
    sections = (
        cells_section(found),
        counts_section(found),
        flow_section(found),
        trained_section(found),
        checks_section(found),
        other_section(found, project),
    )
    return Page(
        title="Gated recurrent cells: derivatives, counts and gradient flow",
        subtitle=(
            "Everything below is derived from the printed equations of the cells, and "
            "checked by what did not derive it."
        ),
        summary=summary(found),
        sections=tuple(s for s in sections if s.blocks or s.sections),
        provenance=provenance(found),
    )


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


def summary(found: Findings) -> Summary:
    """The first screen."""
    highlights = [Highlight(_ratio_text(), "of an LSTM's parameters in a GRU, at every width")]
    flow, trained = found.data("gradient_horizon"), found.data("trained_gru")
    if flow is not None:
        for name in ("gru", "lstm"):
            if name in flow.cell.values:
                horizon = -1 / float(flow.leading_exponent.sel(cell=name).median())
                highlights.append(
                    Highlight(
                        f"{horizon:.3g}",
                        f"steps in which a gradient fades by a factor e in an untrained {name.upper()}",
                    )
                )
    if trained is not None:
        leading = float(trained.exponent[0])
        steps = f"{-1 / leading:.3g}" if leading < 0 else "∞"
        highlights.append(Highlight(steps, "steps in a trained GRU that reads a text"))
    text = (
        "Each cell is stated once, as the equations a paper prints. Its Jacobians, gradients, "
        "counts, NumPy code "
        "and graph follow from that text; two oracles that do not know the calculus judge every formula."
    )
    return Summary(text, tuple(highlights))


def cells_section(found: Findings) -> Section:
    """Every cell: equations, graph, Jacobians, gradients, code."""
    return Section("Cells", sections=tuple(_cell(cell(name), found) for name in cell_names()))


def _cell(c: Cell, found: Findings) -> Section:
    shown = kernel(c)
    lines = tuple(Line(c.written.get(e.left, e.left), e.right, e.role) for e in c.equations)
    equations = Equations(lines, title="Equations", note=c.source, names=c.written)
    jacobians = [block for J in blocks(c).values() for block in _jacobian(J)]
    inner = (
        Section("Jacobians of one step", tuple(jacobians)),
        Section("Gradients of a loss", tuple(_gradients(c)), open=False),
        Section("NumPy code", (Code(shown.source, title="Emitted source", open=True),), open=False),
    )
    return Section(c.title or c.name, (equations, *found.figure(GRAPH + c.name)), inner)


def _jacobian(J: Jacobian) -> Iterable[Block]:
    names = J.cell.written
    if J.is_zero:
        yield Text((Name(J.of), " does not depend on ", Name(J.by), "."), "note")
        return
    title = ("Jacobian of ", Name(J.of), " by ", Name(J.by))
    paths = "; ".join(" → ".join(names.get(v, v) for v in t.path) for t in J.terms)
    yield Equations(
        (Line(Partial(J.of, J.by), J.expression),), title=title, note=f"paths: {paths}", names=names
    )
    yield Steps(J.derivation.steps, title="Derivation", names=names)


def _gradients(c: Cell) -> Iterable[Block]:
    G = gradients(c)
    given = ", ".join(f"{g} = ∂L/∂{c.written.get(v, v)}" for v, g in G.cotangents.items())
    yield Equations(
        tuple(Line(line.left, line.right, line.role) for line in G.lines),
        title="Common terms",
        note=f"given {given}",
        names=c.written,
    )
    yield Equations(
        tuple(Line(Partial("L", name), e) for name, e in G.of.items()), title="Gradients", names=c.written
    )


def counts_section(found: Findings) -> Section:
    """Formulas, the 25 % reduction, and numbers."""
    data = found.data("parameter_counts")
    if data is None:
        return Section("Parameters and operations", found.missing("parameter_counts"))
    widths = [int(w) for w in data.width if int(w) in (64, 256, 1024)] or [int(data.width[-1])]
    formulas = Table(
        (
            Column("Cell"),
            Column("Parameters"),
            Column("Multiply-adds a step"),
            Column("State"),
            Column("Parameters, of an LSTM's"),
            *(Column(f"n = m = {w}", format=",d") for w in widths),
        ),
        [
            [
                str(data.title.sel(cell=name).item()),
                *(
                    counted(_formula(data[f"{q}_formula"].sel(cell=name).item(), name, q))
                    for q in ("parameters", "multiply_adds", "state_size")
                ),
                _shown_ratio(name),
                *(int(data.parameters.sel(cell=name, width=w)) for w in widths),
            ]
            for name in map(str, data.cell.values)
        ],
        title="Counts as formulas in the state width n and the input width m",
        note=(
            "One bias for each gate unless the equations say otherwise. A multiply-add is a "
            "multiplication with the addition that goes with it; elementwise functions are not counted."
        ),
        name="counts",
    )
    return Section(
        "Parameters and operations",
        (Text(_reduction()), *found.figure("parameter_counts"), formulas),
    )


def _formula(text: str, name: str, quantity: str) -> sympy.Expr:
    """The formula of a saved count: derived again from the cell, and the same as was saved."""
    from grusym.calculus.counting import operation_count, state_size

    count = {"parameters": parameter_count, "multiply_adds": operation_count, "state_size": state_size}[
        quantity
    ]
    formula = count(cell(name))
    if str(formula) != text:
        from grusym.errors import GrusymError

        raise GrusymError(
            f"the saved {quantity} of {name} is {text}, but its equations give {formula}; run the "
            "analysis again"
        )
    return formula


def _ratio() -> sympy.Expr:
    return sympy.cancel(parameter_count(cell("gru")) / parameter_count(cell("lstm")))


def _ratio_text() -> str:
    return str(_ratio())


def _shown_ratio(name: str) -> Any:
    ratio = sympy.cancel(parameter_count(cell(name)) / parameter_count(cell("lstm")))
    return f"{float(ratio):.0%}" if ratio.is_number else counted(ratio)


def _reduction() -> Any:
    gru, lstm = parameter_count(cell("gru")), parameter_count(cell("lstm"))
    less = 1 - _ratio()
    return (
        "A GRU has ", counted(gru), " parameters and an LSTM ", counted(lstm), ". Both are multiples of the ",
        counted(sympy.factor(gru / 3)), " of one gate, three of them against four, so their ratio is ",
        Strong(str(_ratio())), f" whatever n and m are: a reduction of {float(less):.0%}.",
    )  # fmt: skip


def flow_section(found: Findings) -> Section:
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
                -1 / median,
                float(norms.median()),
                float(norms.median()) / 2.302585092994046,
            ]
        )
    table = Table(
        (
            Column("Cell"),
            Column("Leading exponent, median", unit="nats/step", format=".4f"),
            Column("5 %", format=".4f"),
            Column("95 %", format=".4f"),
            Column("Horizon", unit="steps", format=".3g"),
            Column(f"ln norm at lag {far:,}", format=".4g"),
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
        "Gradient flow of untrained cells", (Text(_question(data)), *found.figure("gradient_norm"), table)
    )


def trained_section(found: Findings) -> Section:
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
        Text(_question(data)),
        *found.figure("trained_gradient"),
        *found.figure("trained_singular"),
        table,
    )
    return Section("A trained GRU", blocks_)


def checks_section(found: Findings) -> Section:
    """The verdicts."""
    data = found.data("formulas_checked")
    if data is None:
        return Section("Checks", found.missing("formulas_checked"))
    verdicts = [
        SimpleNamespace(
            claim=SimpleNamespace(id=row["claim"], statement=row["statement"]),
            **{k: row[k] for k in ("outcome", "method", "where", "fix", "counterexample", "detail")},
        )
        for row in _rows(data, "verdict")
    ]
    refused, twins = int(data.twin_refused.sum()), data.sizes["twin"]
    text = (
        f"{data.sizes['verdict']} verdicts on {len(set(data.claim.values))} formulas. To show "
        "that the oracles can say no, "
        f"each was also given a broken twin of every formula: {refused} of {twins} were refused."
    )
    accepted = [str(t) for t, r in zip(data.twin_of.values, data.twin_refused.values, strict=True) if not r]
    notes = (Text(("Broken twins that were accepted: ", Strong(", ".join(accepted)))),) if accepted else ()
    return Section(
        "Checks", (Text(text), *notes, VerdictTable(verdicts, title="Every derived formula, judged"))
    )


def other_section(found: Findings, project: Project) -> Section:
    """Figures that no other section shows, such as those of a user's own project."""
    rest = [name for name in project.figures if name not in found.shown]
    return Section("More figures", tuple(block for name in rest for block in found.figure(name)))


def provenance(found: Findings) -> Mapping[str, str | Sequence[str]]:
    """Where the report comes from: command, time, versions, seeds, hashes of inputs and sources."""
    from grusym.reports.freshness import versions

    packages = versions(("grusym", "numpy", "scipy", "sympy", "xarray", "networkx", "matplotlib"))
    lines = {
        "Written": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "Command": shlex.join(["grusym", *sys.argv[1:]]),
        "Python": f"{platform.python_version()} on {platform.system()} {platform.machine()}",
        "Versions": [f"{name} {version}" for name, version in packages.items()],
    }
    for o in found.outcomes:
        data = found.data(o.name)
        if data is not None:
            about = data.attrs
            inputs = f", inputs {about['inputs']}" if about.get("inputs", "{}") != "{}" else ""
            lines[f"Analysis {o.name}"] = (
                f"{about.get('seconds')} s; sources {str(about.get('source_hash'))[:12]}; "
                f"settings {_short(str(about.get('settings')))}{inputs}"
            )
    return lines


def _short(text: str, most: int = 200) -> str:
    return text if len(text) <= most else f"{text[:most]} ..."


def _question(data: xarray.Dataset) -> str:
    """The question a result answers: the first paragraph of its analysis's docstring."""
    return " ".join(str(data.attrs["question"]).split("\n\n")[0].split())


def _rows(data: xarray.Dataset, dimension: str) -> list[dict[str, str]]:
    columns = {
        str(k): [str(x) for x in v.values] for k, v in data.data_vars.items() if v.dims == (dimension,)
    }
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _last(values: xarray.DataArray) -> float:
    """The last value that is there: words differ in length."""
    return float(values.dropna(values.dims[0])[-1])
