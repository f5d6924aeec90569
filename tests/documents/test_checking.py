"""Documents of every kind: each wrong formula is found at its line with its kind, and nothing else is."""

from __future__ import annotations

import pytest

from grusym.documents.checking import Finding, check_document
from grusym.documents.passages import Document
from grusym.documents.reader import read_document
from tests.documents.written import DOCUMENTS, MARKDOWN


def found_in(name: str, source: str) -> tuple[Document, list[Finding]]:
    document = read_document(name, source)
    return document, check_document(document)


@pytest.mark.parametrize(("name", "source", "holding", "wrong"), DOCUMENTS, ids=[d[0] for d in DOCUMENTS])
def test_what_is_wrong_is_found_at_its_line_and_nothing_else(
    name: str, source: str, holding: int, wrong: tuple[tuple[int, str], ...]
) -> None:
    document, findings = found_in(name, source)
    bad = [f for f in findings if f.state != "holds"]
    places = [(document.lines.place(f.at)[0], f.verdict.error if f.verdict else f.reason) for f in bad]
    assert tuple(places) == wrong
    assert all(f.state == "wrong" for f in bad)
    assert len(findings) - len(bad) == holding
    assert not document.problems


@pytest.mark.parametrize(("name", "source"), [d[:2] for d in DOCUMENTS], ids=[d[0] for d in DOCUMENTS])
def test_places_are_those_of_the_characters(name: str, source: str) -> None:
    _, findings = found_in(name, source)
    for f in findings:
        for c, at in zip(f.text, f.formula.text.places, strict=True):
            plain = source[at] == c
            assert plain or source[at] in "\\<&\n " or c in " \n"  # an escape, a macro, a tag, an entity


def test_a_column_is_where_the_formula_is_wrong() -> None:
    document, findings = found_in("notes.md", MARKDOWN)
    first = next(f for f in findings if f.state == "wrong")
    line, column = document.lines.place(first.at)
    assert document.lines.line(line)[column - 1 :].startswith(r"W_{hh}^\top")


def test_a_formula_without_a_cell_is_said_to_have_none() -> None:
    _, (found,) = found_in("a.md", r"$$\frac{\partial h_t}{\partial h_{t-1}} = W$$")
    assert found.state == "unread"
    assert "no cell is spoken of" in found.reason


def test_words_name_a_cell() -> None:
    source = "# The LSTM\n\n" + r"$$\frac{\partial h_t}{\partial o_t} = \mathrm{diag}(\tanh(c_t))$$"
    _, (found,) = found_in("a.md", source)
    assert found.state == "holds"
    _, (other,) = found_in("a.md", source.replace(r"\tanh(c_t)", "c_t"))
    assert other.state == "wrong"


def test_symbols_change_their_meaning_between_sections() -> None:
    right = r"$$\frac{\partial h_t}{\partial h_{t-1}} = \mathrm{diag}(1 - h_t^2) A$$"
    one = "# RNN one\n\n$$h_t = \\tanh(A h_{t-1} + B x_t)$$\n\n" + right
    two = "\n\n# RNN two\n\n$$h_t = \\tanh(B h_{t-1} + A x_t)$$\n\n" + right
    _, findings = found_in("a.md", one + two)
    assert [f.state for f in findings] == ["holds", "wrong"]


def test_an_unread_formula_has_a_place_and_a_reason() -> None:
    source = (
        "# RNN\n\n$$h_t = \\tanh(W h_{t-1})$$\n\n$$\\frac{\\partial h_t}{\\partial q} = \\mathrm{foo}(h_t)$$"
    )
    document, (found,) = found_in("a.md", source)
    assert found.state == "unread"
    assert found.reason
    assert document.lines.place(found.at)[0] == 5


def test_no_line_of_code_is_dropped() -> None:
    cell = "# RNN\n\n```\nh = np.tanh(W @ h_prev + U @ x)\n```\n\n"
    source = cell + "```python\ndh_prev = W.T @ dh\ndU = np.outer(dh, x)\n```\n"
    _, findings = found_in("a.md", source)
    assert [f.state for f in findings] == ["wrong", "wrong"]
