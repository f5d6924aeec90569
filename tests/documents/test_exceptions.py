"""What an author excepts with a reason is counted and not told; without a reason it is told."""

from __future__ import annotations

import pytest

from grusym.documents.checking import check_document
from grusym.documents.reader import read_document
from grusym.documents.report import Checked, told

CELL = "# RNN\n\n$$h_t = \\tanh(W h_{t-1})$$\n\n"
WRONG = "$\\frac{\\partial h_t}{\\partial h_{t-1}} = W$"


def checked(name: str, source: str) -> Checked:
    document = read_document(name, source)
    return Checked(document, check_document(document))


@pytest.mark.parametrize(
    ("name", "remark"),
    [("a.md", "<!-- grusym: ignore as printed there -->"), ("a.tex", "% grusym: ignore as printed there")],
)
def test_an_exception_with_a_reason(name: str, remark: str) -> None:
    found = checked(name, f"{CELL}{remark}\n{WRONG}\n")
    assert [(f.state, f.reason) for f in found.findings] == [("excepted", "as printed there")]
    assert found.wrong == 0
    assert "1 excepted" in told([found])


def test_one_line_is_excepted_and_no_more() -> None:
    found = checked("a.md", f"{CELL}<!-- grusym: ignore so there -->\n{WRONG}\n\n{WRONG}\n")
    assert [f.state for f in found.findings] == ["excepted", "wrong"]


def test_an_exception_without_a_reason_excepts_nothing() -> None:
    found = checked("a.md", f"{CELL}<!-- grusym: ignore -->\n{WRONG}\n")
    assert [f.state for f in found.findings] == ["wrong"]
    assert "needs a reason" in told([found])


def test_a_right_formula_stays_right() -> None:
    right = "$\\frac{\\partial h_t}{\\partial h_{t-1}} = diag(1 - h_t^2) W$"
    found = checked("a.md", f"{CELL}<!-- grusym: ignore so there -->\n{right}\n")
    assert [f.state for f in found.findings] == ["holds"]
