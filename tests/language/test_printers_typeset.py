"""LaTeX, MathML and Typst: every node in each, names with their accents and scripts, nothing unescaped."""

import re
from xml.etree import ElementTree

import pytest
import sympy

from grusym.errors import GrusymError, UnknownNameError
from grusym.language.cell import Cell
from grusym.language.expression import Name, Power, Quotient, Transpose
from grusym.language.printers.latex import LatexPrinter, latex, latex_equations
from grusym.language.printers.mathml import MathMLPrinter, broken, mathml, mathml_equation
from grusym.language.printers.notation import shown_names
from grusym.language.printers.order import Partial
from grusym.language.printers.polynomial import counted
from grusym.language.printers.text import TextPrinter, text
from grusym.language.printers.typst import TypstPrinter, typst, typst_equations
from tests.language.samples import (
    EVERY_NODE,
    c,
    candidate,
    gru_jacobian,
    h,
    had,
    half,
    keep,
    mat,
    n,
    next_state,
    plus,
    third,
    x,
)

PRINTERS = (TextPrinter, LatexPrinter, MathMLPrinter, TypstPrinter)


@pytest.mark.parametrize("printer", PRINTERS)
@pytest.mark.parametrize("node", EVERY_NODE, ids=lambda node: node.__name__)
def test_every_printer_has_a_method_for_every_node(printer, node):
    assert callable(getattr(printer, node.__name__.lower()))
    assert printer().write(EVERY_NODE[node][0])


LATEX = {
    r"z \odot h + (1 - z) \odot c": next_state,
    r"\tanh(W_{c} x + U_{c} (r \odot h) + b_{c})": candidate,
    r"\tilde{h}'": n("h̃'"),
    r"U_{hz} + W_{h,z} + h_{t-1} + \delta_{\tilde{h}}": plus(n("U_hz"), n("W_{h,z}"), n("h_{t-1}"), n("δ_h̃")),
    r"\alpha_{\delta z} + \mathrm{bias}_{\mathrm{new}}": plus(n("α_δz"), n("bias_new")),
    r"{W^{(z)}}^{\top} + {h'}^{2} + U_{z}^{\top}": plus(
        Transpose(n("W^{(z)}")), Power(n("h'"), 2), Transpose(n("U_z"))
    ),
    r"\left(\frac{1}{3}\right)^{2}": Power(third, 2),
    r"\frac{h + x}{1 - z} \odot c": had(Quotient(plus(h, x), keep), c),
    r"0.5 h \odot \frac{h}{x}": had(half, h, Quotient(h, x)),
}


@pytest.mark.parametrize(("printed", "expression"), LATEX.items())
def test_latex_is_what_a_paper_would_have(printed, expression):
    assert latex(expression) == printed


def test_latex_sets_in_bold_what_it_is_told_to():
    assert latex(mat(n("U_c"), h), bold={"h"}) == r"U_{c} \boldsymbol{h}"


def test_equations_align_at_their_equals_signs():
    lines = [("h'", next_state), (Partial("h'", "h"), c)]
    assert (
        latex_equations(lines)
        == "h' &= " + latex(next_state) + " \\\\\n\\frac{\\partial h'}{\\partial h} &= c"
    )
    assert typst_equations(lines).endswith("\nfrac(partial h', partial h) &= c")


TYPST = {
    "z dot.o h + (1 - z) dot.o c": next_state,
    "tanh(W_c x + U_c (r dot.o h) + b_c)": candidate,
    "tilde(h)' + U_(h z) + W_(h \\, z)": plus(n("h̃'"), n("U_hz"), n("W_{h,z}")),
    "U_z^top + scripts(h')^2": plus(Transpose(n("U_z")), Power(n("h'"), 2)),
    'op("diag")(1 - z)': EVERY_NODE[next(k for k in EVERY_NODE if k.__name__ == "Diagonal")][0],
}


@pytest.mark.parametrize(("printed", "expression"), TYPST.items())
def test_typst_is_what_its_users_write(printed, expression):
    assert typst(expression) == printed


def test_typst_compiles_every_node(tmp_path):
    compiler = pytest.importorskip("typst", reason="the typst package is an optional extra")
    source = tmp_path / "nodes.typ"
    hostile = [Name(name) for name in ('a"b', "]", "#x", "$", "\\", "a$b_{#,}")]
    lines = [f"$ {typst(e)} $" for e in [*(e for e, _ in EVERY_NODE.values()), gru_jacobian, *hostile]]
    source.write_text("\n".join(lines), encoding="utf-8")
    assert compiler.compile(str(source), format="pdf")[:4] == b"%PDF"


def parsed(markup: str) -> ElementTree.Element:
    return ElementTree.fromstring(f"<div>{markup}</div>")


ONE_CHILD_EACH = {"msub": 2, "msup": 2, "msubsup": 3, "mfrac": 2, "mover": 2}


@pytest.mark.parametrize("node", EVERY_NODE, ids=lambda node: node.__name__)
def test_mathml_is_well_formed_and_says_its_text(node):
    expression, said = EVERY_NODE[node]
    tree = parsed(mathml(expression))
    assert tree[0].get("alttext") == said
    for element in tree.iter():
        assert len(element) == ONE_CHILD_EACH.get(element.tag, len(element))


HOSTILE = [
    "<script>alert(1)</script>",
    "</math><img src=x onerror=alert(1)>",
    'a"b',
    "a'&b",
    "h_{<b>}",
    "\ue0000;",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_a_name(name):
    for markup in (mathml(Name(name)), broken(plus(Name(name), h)), mathml_equation(name, Name(name))):
        tags = {element.tag for element in parsed(markup).iter()}
        assert tags <= {"div", "math", "mrow", "mi", "mo", "mn", "msub", "msup", "msubsup", "span"}


def shown(markup: str) -> str:
    return "".join(parsed(markup).itertext())


def test_a_broken_formula_says_what_the_whole_one_says():
    assert shown(broken(gru_jacobian)) == shown(mathml(gru_jacobian))


def test_a_wide_jacobian_can_end_a_line_before_every_plus_outside_brackets():
    # The outer spans and pieces are the terms: each begins with its sign.
    terms = list(parsed(broken(gru_jacobian)))
    assert [re.sub(r"\W.*", "", shown_element(term).lstrip("+")) for term in terms] == ["diag"] * 3
    assert [shown_element(term)[0] for term in terms[1:]] == ["+", "+"]


def shown_element(element: ElementTree.Element) -> str:
    return "".join(element.itertext())


def test_a_transpose_stands_over_the_subscript():
    over = '<msubsup><mi>U</mi><mi>z</mi><mi mathvariant="normal">⊤</mi></msubsup>'
    assert over in mathml(Transpose(n("U_z")))
    assert "<msubsup>" not in mathml(Transpose(n("h'")))
    assert "<msup><mrow><msubsup>" in mathml(Transpose(n("W_r^{(z)}")))


def test_a_short_formula_stays_whole():
    assert broken(keep).count("<math>") == 1


def test_a_fraction_keeps_stretching_brackets():
    assert "<mo>(</mo>" in mathml(Power(third, 2)) and "<mo>(</mo>" not in mathml(Power(keep, 2))


CELL = Cell.read(
    name="gru",
    equations="""
        z  = σ(W_z x + U_z h)
        c_1 = tanh(W_c x + U_c h)
        h' = z ⊙ h + (1 - z) ⊙ c_1
    """,
)


def test_a_cell_is_shown_with_times_or_with_primes():
    names = shown_names(CELL, "times")
    lines = [TextPrinter(names).equation(e.left, e.right) for e in CELL.equations]
    assert lines == [
        "z_t = σ(W_z x_t + U_z h_{t-1})",
        "c_{1,t} = tanh(W_c x_t + U_c h_{t-1})",
        "h_t = z_t ⊙ h_{t-1} + (1 - z_t) ⊙ c_{1,t}",
    ]
    assert latex(CELL.equations[-1].right, names) == r"z_{t} \odot h_{t-1} + (1 - z_{t}) \odot c_{1,t}"
    assert shown_names(CELL) == shown_names(CELL, "primes") == {}
    assert text(CELL.equations[-1].right) == "z ⊙ h + (1 - z) ⊙ c_1"


def test_a_notation_nobody_has_is_refused():
    with pytest.raises(UnknownNameError, match="notation 'dots'"):
        shown_names(CELL, "dots")


N, M = sympy.symbols("n m", integer=True, positive=True)
COUNTS = {
    "3 n (m + n + 1)": 3 * N * (M + N + 1),
    "n² - 3 n": N**2 - 3 * N,
    "-2 n": -2 * N,
    "0.75": sympy.Rational(3, 4),
    "n (n + 1) / 2": N * (N + 1) / 2,
    "7": 7,
}


@pytest.mark.parametrize(("printed", "formula"), COUNTS.items())
def test_a_count_prints_as_it_is_said(printed, formula):
    assert text(counted(formula)) == printed


def test_what_is_no_polynomial_is_refused_as_a_count():
    with pytest.raises(GrusymError, match="log was found"):
        counted(sympy.log(N) + 1)
