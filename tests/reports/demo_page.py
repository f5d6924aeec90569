"""A page like the ones grusym writes, of every kind of block: what the page tests look at."""

import io
import math
from dataclasses import dataclass
from functools import cache

import sympy

from grusym.cells.gru import CELL as GRU
from grusym.cells.lstm import CELL as LSTM
from grusym.language.derivation import Step
from grusym.language.expression import Name
from grusym.language.printers.order import Partial
from grusym.language.printers.polynomial import counted
from grusym.language.reader import read_expression
from grusym.reports.page.content import (
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
    VerdictTable,
)

JACOBIANS = {
    "gru": [
        (
            ("h'", "h"),
            "diag(z) + diag((h - c) ⊙ z ⊙ (1 - z)) U_z"
            " + diag((1 - z) ⊙ (1 - c²)) U_c (diag(r) + diag(h ⊙ r ⊙ (1 - r)) U_r)",
        ),
        (
            ("h'", "x"),
            "diag((h - c) ⊙ z ⊙ (1 - z)) W_z"
            " + diag((1 - z) ⊙ (1 - c²)) (W_c + U_c diag(h ⊙ r ⊙ (1 - r)) W_r)",
        ),
    ],
    "lstm": [
        (("c'", "c"), "diag(f)"),
        (
            ("c'", "h"),
            "diag(c ⊙ f ⊙ (1 - f)) U_f + diag(g ⊙ i ⊙ (1 - i)) U_i + diag(i ⊙ (1 - g²)) U_g",
        ),
        (("h'", "c"), "diag(o ⊙ (1 - tanh(c')²) ⊙ f)"),
        (
            ("h'", "h"),
            "diag(tanh(c') ⊙ o ⊙ (1 - o)) U_o + diag(o ⊙ (1 - tanh(c')²)) (diag(c ⊙ f ⊙ (1 - f)) U_f"
            " + diag(g ⊙ i ⊙ (1 - i)) U_i + diag(i ⊙ (1 - g²)) U_g)",
        ),
    ],
}
STEPS = [
    ("d(u + v) = du + dv", "z ⊙ h + (1 - z) ⊙ c", "h ⊙ z + z ⊙ h - c ⊙ z + (1 - z) ⊙ c"),
    ("dσ(u) = diag(σ ⊙ (1 - σ)) du", "U_z h", "diag(z ⊙ (1 - z)) U_z h"),
    ("terms by what they multiply", "(h - c) ⊙ z", "diag(h - c) U_z h"),
]
SOURCE = '''def step(x, h, W_r, U_r, b_r, W_z, U_z, b_z, W_c, U_c, b_c):
    """One step of the gated recurrent unit."""
    r = sigmoid(x @ W_r.T + h @ U_r.T + b_r)
    z = sigmoid(x @ W_z.T + h @ U_z.T + b_z)
    c = np.tanh(x @ W_c.T + (r * h) @ U_c.T + b_c)
    return z * h + (1 - z) * c
'''


@dataclass(frozen=True)
class Judgement:
    """A verdict as the page sees one."""

    claim: str
    outcome: str
    method: str
    error: float | None = None
    where: str = ""
    fix: str = ""
    counterexample: str = ""
    assumes: tuple[str, ...] = ()
    detail: str = ""


def verdicts():
    """Verdicts of all four kinds."""
    blocks = [(cell, of, by) for cell, found in JACOBIANS.items() for (of, by), _ in found]
    exact = [
        Judgement(f"{c}: ∂{a}/∂{b}", "proved", "component-wise SymPy at n = 2, m = 1") for c, a, b in blocks
    ]
    sizes = [(3, 5), (8, 2), (64, 32)]
    numeric = [
        Judgement(f"{c}: ∂{a}/∂{b}", "agrees", f"complex step at n = {n}, m = {m}", 1.7e-16 * (1 + i % 4))
        for i, (c, a, b) in enumerate(blocks)
        for n, m in sizes
    ]
    wrong = Judgement(
        "A derivation from a blog post: ∂h'/∂h = diag(z) + diag((1 - z) ⊙ (1 - c²)) U_c diag(r)",
        "refuted",
        "normal form",
        where="the path h → z → h' is missing (line 1, column 8)",
        fix="add diag((h - c) ⊙ z ⊙ (1 - z)) U_z",
        counterexample="n = 1, h = 1/2, U_z = 1, all else 0: yours 1/2, true 5/8",
        assumes=("gates are independent of each other",),
    )
    open_ = Judgement("softmax attention over the states", "undecided", "normal form", where="softmax(W h)")
    return [*exact, *numeric], [wrong, open_]


@cache
def gradient_picture():
    """A small line chart as SVG."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 3.2), layout="constrained")
    axes = figure.add_subplot()
    lags = range(201)
    for label, rate, colour in (
        ("LSTM", 0.008, "#0072B2"),
        ("GRU", 0.02, "#D55E00"),
        ("RNN", 0.09, "#666666"),
    ):
        axes.plot(lags, [-rate * t - 0.4 * (1 - math.exp(-t / 9)) for t in lags], color=colour, lw=1.6)
        axes.annotate(
            label, (200, -rate * 200 - 0.4), xytext=(4, 0), textcoords="offset points", color=colour
        )
    axes.set(xlabel="lag (steps)", ylabel="ln ‖∂L/∂h‖", xlim=(0, 225))
    axes.spines[["top", "right"]].set_visible(False)
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue()


def cell_section(cell, note):
    """A cell's equations, Jacobians, derivation and source."""
    equations = Equations(
        tuple(Line(e.left, e.right, e.role) for e in cell.equations),
        title="Equations",
        note=cell.source,
        numpy=SOURCE if cell is GRU else "",
    )
    jacobians = tuple(
        Equations(
            (Line(Partial(of, by), read_expression(text, cell)),),
            title=("Jacobian of ", Name(of), " by ", Name(by)),
        )
        for (of, by), text in JACOBIANS[cell.name]
    )
    blocks = [Text(note), equations]
    extra = []
    if cell is GRU:
        steps = [Step(rule, read_expression(a, cell), read_expression(b, cell)) for rule, a, b in STEPS]
        extra = [Steps(steps, title=("Derivation of ", Partial("h'", "h")))]
        extra.append(Code(SOURCE, title="Emitted NumPy source"))
    return Section(cell.title, tuple(blocks), (Section("Jacobians", (*jacobians, *extra)),))


def demo_page(failing=True):
    """The page; with `failing`, one claim on it is refuted and one undecided."""
    n, m = sympy.symbols("n m", integer=True, positive=True)
    good, bad = verdicts()
    counts = Table(
        ("Cell", Column("Parameters"), Column("n = 256, m = 128"), Column("Ratio to LSTM", format=".2f")),
        [
            ["Recurrent network", counted(n * (m + n + 1)), 98_560, 0.25],
            ["Gated recurrent unit", counted(3 * n * (m + n + 1)), 295_680, 0.75],
            ["Long short-term memory", counted(4 * n * (m + n + 1)), 394_240, 1.0],
        ],
        title="Parameters of each cell",
        note="A GRU has three quarters of an LSTM's parameters at every size: 25 % fewer.",
        name="parameters",
    )
    rates = Table(
        (
            "Weights",
            Column("Seeds"),
            Column("Decay", unit="nats/step", format=".3g"),
            Column("Error", format=".1e"),
        ),
        [
            ["GRU, random", 8, -0.0203, 3.1e-4],
            ["LSTM, random", 8, -0.00812, 1.2e-4],
            ["GRU, trained", None, -1.5e-5, None],
        ],
        title="How fast gradients fade",
        name="gradient decay",
    )
    chart = FigureBlock(
        "Gradient norm against lag.",
        svg=gradient_picture(),
        caption=Tex(
            r"Median over seeds at $n = 64$; after $t$ steps the norm is $\|\partial L / \partial h_{-t}\|$."
        ),
        name="gradient flow",
    )
    return Page(
        "Gated recurrent units and their gradients",
        subtitle="Equations, derivatives and measurements, each derived from the cell's text and checked",
        summary=Summary(
            (
                "The update gate ",
                Name("z"),
                " keeps a share of the old state, so one path of the Jacobian is ",
                read_expression("diag(z)", GRU),
                " alone. A GRU needs ",
                Strong("25\u202f% fewer parameters"),
                " than an LSTM of the same width.",
            ),
            (
                Highlight("25\u202f%", "fewer parameters than an LSTM, at every size"),
                Highlight(4, "paths carry the gradient through one GRU step"),
                Highlight(1.7e-16, "largest relative error of a Jacobian against the complex step"),
            ),
        ),
        sections=(
            Section(
                "Cells",
                (Text("Each cell is stated once; all else on this page follows from these lines."),),
                (
                    cell_section(GRU, "A gate that resets, a gate that updates, and a candidate."),
                    cell_section(LSTM, "Three gates around a cell state that is changed by addition only."),
                ),
            ),
            Section("Counts", (counts,)),
            Section(
                "Gradient flow", (Text("Long products of Jacobians, in logarithms throughout."), chart, rates)
            ),
            Section(
                "Checks",
                (
                    VerdictTable([*good, *bad] if failing else good, title="Jacobians", name="verdicts"),
                    Text("Numbers never say proved: agreement is within the tolerance shown.", "note"),
                ),
            ),
        ),
        provenance={
            "grusym": "0.1.0",
            "Command": "grusym report --out report.html",
            "Seed": "0",
            "Versions": ["Python 3.11.7", "NumPy 2.4.6", "SymPy 1.14.0"],
            "Inputs": [
                "encoder.npz  sha256 9f2c1b5e8d7a40c3b6e1f4a2d5c8b7e0913f6a2d4c5b8e7f0a1d2c3b4e5f6a7b"
            ],
        },
    )
