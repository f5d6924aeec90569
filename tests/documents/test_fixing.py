"""A corrected copy differs in wrong formulas alone, and nothing is wrong in it that could be put right."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grusym.documents.checking import check_document
from grusym.documents.fixing import corrected, write_beside
from grusym.documents.reader import read_document
from grusym.documents.report import Checked
from tests.documents.written import DOCUMENTS


def checked(name: str, source: str) -> Checked:
    document = read_document(name, source)
    return Checked(document, check_document(document))


@pytest.mark.parametrize(("name", "source"), [d[:2] for d in DOCUMENTS], ids=[d[0] for d in DOCUMENTS])
def test_a_corrected_copy_is_right(name: str, source: str) -> None:
    before = checked(name, source)
    text, left = corrected(before)
    assert len(left) <= (name == "book.ipynb")
    if not left:
        assert checked(name, text).wrong == 0


def test_lines_without_a_wrong_formula_stay() -> None:
    name, source = DOCUMENTS[0][:2]
    before = checked(name, source)
    text, _ = corrected(before)
    wrong = {before.document.lines.place(f.at)[0] for f in before.findings if f.state == "wrong"}
    pairs = list(zip(source.split("\n"), text.split("\n"), strict=True))
    assert {i for i, (a, b) in enumerate(pairs, 1) if a != b} == wrong


def test_a_right_document_stays_as_it_is() -> None:
    claim = "$$\\frac{\\partial h_t}{\\partial h_{t-1}} = diag(1 - h_t^2) W$$\n"
    source = "# RNN\n\n$$h_t = \\tanh(W h_{t-1})$$\n\n" + claim
    assert corrected(checked("a.md", source)) == (source, [])


def test_a_copy_is_written_beside(tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    path.write_text("old", encoding="utf-8")
    target = write_beside(path, "new")
    assert target == tmp_path / "notes.fixed.md"
    assert (path.read_text(encoding="utf-8"), target.read_text(encoding="utf-8")) == ("old", "new")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["notes.fixed.md", "notes.md"]


def test_nothing_is_put_into_a_macro() -> None:
    macros = r"\newcommand{\W}{\mathbf{W}}" + "\n" + r"\newcommand{\hs}{\mathbf{h}_t}" + "\n"
    cell = r"\[ \hs = \tanh(\W \mathbf{h}_{t-1}) \]" + "\n"
    claim = r"\[ \frac{\partial \hs}{\partial \mathbf{h}_{t-1}} = \operatorname{diag}(1 - \hs) \W \]"
    before = checked("a.tex", r"\section{RNN}" + "\n" + macros + cell + claim)
    assert before.wrong == 1
    text, left = corrected(before)
    put_in = all(f.state == "holds" for f in checked("a.tex", text).findings)
    assert put_in or (text == before.document.source and len(left) == 1)


def test_a_corrected_notebook_is_one_still() -> None:
    lines = (
        "# RNN\n",
        "$h_t = \\tanh(W h_{t-1} + U x_t)$\n",
        "\n",
        "$\\frac{\\partial h_t}{\\partial x_t} = U$",
    )
    book = {"cells": [{"cell_type": "markdown", "metadata": {}, "source": list(lines)}], "nbformat": 4}
    before = checked("a.ipynb", json.dumps(book))
    text, left = corrected(before)
    assert before.wrong == 1 and left == []
    cell = json.loads(text)["cells"][0]
    assert cell["source"][:3] == list(lines[:3]) and "\\operatorname{diag}" in cell["source"][3]
    assert checked("a.ipynb", text).wrong == 0


def test_a_place_in_another_line_is_none_of_a_formula_s() -> None:
    lines = "df = dc * c_prev\ndf_in = df * f * (1 - f)\ndi = dc * g\ndx = Wf.T @ df_in\n"
    source = f"# LSTM\n\n```python\n{lines}```\n"
    findings = checked("a.md", source).findings
    assert findings
    for f in findings:
        assert f.formula.text.start <= f.at < f.formula.text.end
