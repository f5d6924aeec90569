"""Derivatives written by hand, as the papers print them, to be judged without any calculus."""

from dataclasses import dataclass

from grusym.cells.library import cell
from grusym.checks.subject import Subject
from grusym.language.cell import Cell, Equation
from grusym.language.reader import read_expression


def jacobian(a_cell: Cell, of: str, by: str, formula: str) -> Subject:
    return Subject(a_cell, of, by, read_expression(formula, a_cell))


def gru(formula: str, of: str = "h'", by: str = "h") -> Subject:
    return jacobian(cell("gru"), of, by, formula)


RNN = "diag(1 - h'^2) U"
GRU = (
    "diag(z) + diag((h - c) ⊙ z ⊙ (1 - z)) U_z"
    " + diag((1 - z) ⊙ (1 - c²)) U_c (diag(r) + diag(h ⊙ r ⊙ (1 - r)) U_r)"
)
# h → r → c → h' is missed
GRU_WITHOUT_A_PATH = "diag(z) + diag((h - c) ⊙ z ⊙ (1 - z)) U_z + diag((1 - z) ⊙ (1 - c²)) U_c diag(r)"


@dataclass(frozen=True)
class Handmade:
    """The gradients of a vanilla network, by hand: what the judges need of `Gradients`, and no more."""

    cell: Cell
    cotangents: dict
    lines: tuple
    of: dict


def rnn_gradients(**changed: str) -> Handmade:
    """∂L/∂ of everything in the vanilla network, with some formulas replaced."""
    rnn = cell("rnn")
    text = "h' = tanh(W x + U h + b) + δ ⊙ g\nδ : n\ng : n\nδ, g : parameter"
    names = Cell.read(name="names", equations=text)
    formulas = {"W": "δ xᵀ", "U": "δ hᵀ", "b": "δ", "h": "Uᵀ δ", "x": "Wᵀ δ"} | changed
    line = Equation("δ", read_expression("g ⊙ (1 - h'²)", names))
    return Handmade(rnn, {"h'": "g"}, (line,), {k: read_expression(f, names) for k, f in formulas.items()})
