"""A corrected copy differs in wrong formulas alone, and nothing is wrong in it that could be put right."""

from __future__ import annotations

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
