"""What each container holds, at its place; malformed ones give a problem, never a traceback."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable

import pytest
from hypothesis import given, settings, strategies as st

from grusym.documents.checking import claims
from grusym.documents.passages import Document
from grusym.documents.reader import READERS, read_document
from grusym.errors import DataError
from tests.documents.written import DOCUMENTS


def texts(name: str, source: str, kind: str) -> list[str]:
    return [p.text.chars.strip() for p in read_document(name, source).passages if p.kind == kind]


def test_markdown() -> None:
    source = (
        "# T $a$\n\ntext $x_t$ and `y = 1` and $`z`$ \\$5\n\n```math\nu\n```\n\n~~~\ncode\n~~~\n\n\\[ v \\]\n"
    )
    assert texts("a.md", source, "inline") == ["x_t", "z"]
    assert texts("a.md", source, "code") == ["y = 1", "code"]
    assert texts("a.md", source, "display") == ["u", "v"]
    assert texts("a.md", source, "heading") == ["# T $a$"]


def test_money_is_no_mathematics() -> None:
    assert texts("a.md", "It costs $5 and then $6.", "inline") == []


def test_latex_macros_are_written_out_at_their_place() -> None:
    source = "\\newcommand{\\w}[1]{\\mathbf{W}_{#1}}\n$\\w{h} x$"
    document = read_document("a.tex", source)
    (passage,) = (p for p in document.passages if p.kind == "inline")
    assert passage.text.chars == "\\mathbf{W}_{h} x"
    assert document.lines.place(passage.text.places[0]) == (2, 2)
    assert source[passage.text.places[-1]] == "x"


def test_macros_that_grow_are_stopped() -> None:
    source = "\\newcommand{\\a}{\\a\\a\\a\\a}\n$\\a$"
    assert all(len(p.text) < 1_000_000 for p in read_document("a.tex", source).passages)


def test_html_entities_and_scripts() -> None:
    source = "<p>h<sub>t</sub> = &sigma;(a)</p><script type='math/tex'>b_t</script><pre>c = 1</pre>"
    source += "<script>d = 2</script>"
    assert texts("a.html", source, "prose") == ["h_{t} = σ(a)"]
    assert texts("a.html", source, "inline") == ["b_t"]
    assert texts("a.html", source, "code") == ["c = 1"]


def test_a_notebook_says_the_cell() -> None:
    source = json.dumps({"cells": [{"cell_type": "markdown", "source": ["a\n", "$x$"]}], "nbformat": 4})
    (passage,) = (p for p in read_document("a.ipynb", source).passages if p.kind == "inline")
    assert passage.unit == "cell 1"
    assert source[passage.text.start] == "x"


def test_python_is_parsed_and_never_run() -> None:
    source = "import nowhere\nraise SystemExit\n\ndef f(x):\n    h = np.tanh(W @ x)\n"
    assert texts("a.py", source, "code") == ["h = np.tanh(W @ x)"]


def test_an_unknown_suffix_is_refused_with_those_that_are_read() -> None:
    with pytest.raises(DataError, match=r"\.docx.*\.ipynb"):
        read_document("a.docx", "")


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a.ipynb", "{"),
        ("a.ipynb", "[]"),
        ("a.ipynb", '{"cells": 3}'),
        ("a.py", "def f(:\n"),
        ("a.md", "\\[ never closed"),
        ("a.tex", "\\begin{align} x"),
    ],
)
def test_what_is_broken_is_a_problem_at_a_place(name: str, source: str) -> None:
    (problem,) = read_document(name, source).problems
    assert problem.message
    assert 0 <= problem.offset < len(source)


PIECES = st.sampled_from(
    [
        *(
            "$",
            "$$",
            "`",
            "```",
            "\n",
            "\\[",
            "\\]",
            "\\begin{align}",
            "\\end{align}",
            "{",
            "}",
            "\\a",
            "<sub>",
            "</sub>",
        ),
        *(
            "\\newcommand{\\a}[1]{#1}",
            "&amp;",
            "<script type='math/tex'>",
            "</script>",
            "<!--",
            "-->",
            ":math:`",
            "%",
        ),
        *(
            ".. math::",
            '"',
            '"source": [',
            "]",
            "\\u00e9",
            "\\ud800",
            "#",
            "|",
            "> ",
            "- ",
            "h_t = tanh(W h)",
            "x",
            " ",
        ),
        *("é", "𝛼"),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join), st.sampled_from(sorted(READERS)))
def test_any_text_is_taken_apart(source: str, suffix: str) -> None:
    check(read_document(f"a{suffix}", source), source)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(DOCUMENTS), st.integers(0, 10**6), st.integers(0, 9), PIECES)
def test_spoilt_documents_are_taken_apart(document: tuple[str, str], at: int, lost: int, put: str) -> None:
    name, source = document[0], document[1]
    at %= len(source)
    spoilt = source[:at] + put + source[at + lost :]
    check(read_document(name, spoilt), spoilt)


def check(document: Document, source: str) -> None:
    for p in document.passages:
        assert len(p.text.chars) == len(p.text.places)
        assert all(0 <= place < max(len(source), 1) for place in p.text.places)
    assert all(0 <= p.offset <= len(source) for p in document.problems)


def within(seconds: float, function: Callable[[], object]) -> bool:
    """Whether something ends before an alarm: a regular expression that never would is stopped."""

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        function()
    except TimeoutError:
        return False
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    return True


@pytest.mark.parametrize("piece", ["_", "<!--", "`", "$", "h_t = ", "\\[", "{", "<", "^_"])
@pytest.mark.parametrize("suffix", [".md", ".tex", ".html", ".rst", ".py"])
def test_what_is_repeated_is_no_trap(piece: str, suffix: str) -> None:
    source = piece * (20_000 // len(piece))
    assert within(20, lambda: claims(read_document(f"a{suffix}", source)))
