"""A page is one file that needs nothing else, says what it was given, and refuses what it cannot show."""

import base64
import io
import re
from dataclasses import dataclass
from fractions import Fraction

import pytest
from fontTools.ttLib import TTFont

from grusym.errors import GrusymError
from grusym.language.expression import Name
from grusym.language.printers.order import Partial
from grusym.reports.page import fonts
from grusym.reports.page.content import (
    Column,
    Equations,
    FigureBlock,
    Line,
    Page,
    Section,
    Summary,
    Table,
    Tex,
    Text,
    VerdictTable,
)
from grusym.reports.page.formulas import copies, inline
from grusym.reports.page.render import render, write
from grusym.reports.page.tables import cell, number, shown_table
from grusym.reports.page.verdicts import counted, shown_verdicts
from tests.language.samples import c, h, keep, next_state
from tests.reports.demo_page import Judgement, demo_page


@pytest.fixture(scope="module")
def html():
    return render(demo_page())


def one(*blocks, **more):
    return Page("Title", sections=(Section("Part", blocks),), **more)


def test_the_page_asks_nothing_of_the_network(html):
    markup = html[: html.rindex("<script>")]
    addresses = re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?([^"')\s>]+)""", markup)
    assert addresses and all(address.startswith(("data:", "#")) for address in addresses)
    assert "default-src 'none'" in html


def test_every_address_in_the_page_is_its_own_and_every_link_meets_one(html):
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)


def test_the_page_is_the_same_every_time(html):
    assert render(demo_page()) == html


def test_the_font_has_the_glyphs_of_the_formulas_and_no_more_than_it_needs(html):
    coded = re.search(r"font/woff;base64,([^)]+)\)", html)[1]
    font = TTFont(io.BytesIO(base64.b64decode(coded)))
    has = font.getBestCmap()
    assert fonts.used(html) - set(has) <= {0x2061}
    assert {ord("⊙"), 0x210E, 0x1D467, ord("′")} <= set(has)
    assert "MATH" in font and len(coded) < 80_000


def test_a_page_without_formulas_brings_no_font():
    assert "@font-face" not in render(one(Text("Words.")))


def test_counts_of_passes_and_failures_stand_on_top(html):
    assert html.index("1 of 26 checks failed; 1 could not be decided.") < html.index("<h2>")
    assert "All 24 checks passed." in render(demo_page(failing=False))


def test_the_counts_have_a_sentence_for_every_case():
    def said(*outcomes):
        return counted([Judgement("a", outcome, "m") for outcome in outcomes]).sentence

    assert said() == "No checks were run."
    assert said("proved") == "The one check passed."
    assert said("refuted") == "1 of 1 check failed."
    assert said("proved", "undecided") == "1 of 2 checks could not be decided."
    assert said("agrees", "refuted", "refuted") == "2 of 3 checks failed."


def test_verdicts_on_one_claim_stand_together_the_refuted_first():
    given = [("a", "proved"), ("b", "agrees"), ("a", "agrees"), ("b", "refuted")]
    rows = shown_verdicts(VerdictTable([Judgement(claim, outcome, "m") for claim, outcome in given]))
    assert [(row.claim, row.outcome, row.again) for row in rows] == [
        ("b", "agrees", False),
        ("b", "refuted", True),
        ("a", "proved", False),
        ("a", "agrees", True),
    ]


def test_a_claim_with_a_permanent_id_shows_it():
    @dataclass
    class Claim:
        id: str
        statement: str

    (row,) = shown_verdicts(VerdictTable([Judgement(Claim("gru-03", "r has three uses"), "proved", "m")]))
    assert (row.id, row.claim) == ("gru-03", "r has three uses")


def test_the_details_of_a_verdict_are_those_it_has():
    given = Judgement("a", "refuted", "m", error="a sign", counterexample={"h": "1/2", "U": "1"})
    (row,) = shown_verdicts(VerdictTable([given]))
    assert row.error is None
    assert row.details == (("Kind of error", "a sign"), ("Counterexample", "h = 1/2\nU = 1"))
    (row,) = shown_verdicts(VerdictTable([Judgement("a", "agrees", "m", error=1e-16)]))
    assert row.error == 1e-16 and row.details == ()
    (row,) = shown_verdicts(VerdictTable([Judgement("a", "agrees", "m", detail="worst at n = 3")]))
    assert row.remark == "worst at n = 3" and row.details == ()


BROKEN = {
    "row 2 has 1 cells for 2 columns": one(Table(("a", "b"), [[1, 2], [3]], title="Sizes")),
    "neither of svg and png given": one(FigureBlock("Flow")),
    "both of svg and png given": one(FigureBlock("Flow", svg="<svg/>", png=b"x")),
    "its outcome is 'fine'": one(VerdictTable([Judgement("a", "fine", "m")])),
    "a Fraction was found": one(Text((Fraction(1, 2),))),
    "in the format 'd'": one(Table((Column("a", format="d"),), [[0.5]])),
    "showing a str on a page": one("words"),
}


@pytest.mark.parametrize(("words", "page"), BROKEN.items(), ids=list(BROKEN))
def test_what_cannot_be_shown_is_refused_in_words(words, page):
    with pytest.raises(GrusymError, match=re.escape(words)):
        render(page)


def test_a_page_that_cannot_be_drawn_leaves_the_old_one_whole(tmp_path):
    path = tmp_path / "new folder" / "report.html"
    assert write(one(Text("first")), path) == path
    with pytest.raises(GrusymError):
        write(BROKEN["showing a str on a page"], path)
    assert "first" in path.read_text(encoding="utf-8")
    write(one(Text("second")), path)
    assert "second" in path.read_text(encoding="utf-8")
    assert [file.name for file in path.parent.iterdir()] == ["report.html"]


def test_parts_with_one_title_get_addresses_of_their_own():
    page = Page("T", sections=(Section("Summary"), Section("∂", sections=(Section("Summary"),)), Section("")))
    assert re.findall(r'<details class="section[^"]*" id="([^"]+)"', render(page)) == [
        "summary-2",
        "part",
        "summary-3",
        "part-2",
    ]


NUMBERS = {
    (295680, ""): "295\u202f680",
    (1234, ""): "1234",
    (98560, "d"): "98\u202f560",
    (98560, ",d"): "98\u202f560",
    (-0.25, ".2f"): "−0.25",
    (1.7e-16, ".1e"): "1.7\u202f×\u202f10<sup>−16</sup>",
    (1234567.5, ".1f"): "1\u202f234\u202f567.5",
    (float("nan"), ""): "not a number",
    (float("-inf"), ""): "−∞",
    (0.123456789, ""): "0.1235",
}


@pytest.mark.parametrize(("given", "shown"), NUMBERS.items())
def test_numbers_are_set_as_a_book_sets_them(given, shown):
    assert number(*given) == shown


def test_a_cell_keeps_its_exact_number_for_the_file():
    assert cell(0.1 + 0.2, ".1f").exact == "0.30000000000000004"
    assert cell(None).exact == "" and cell(keep).exact == "1 - z" and cell(True).exact == "true"


def test_a_column_with_a_number_is_set_flush_right_even_where_it_is_empty():
    shown = shown_table(Table((Column("Loss", unit="nats"), "Cell"), [[None, "gru"], [0.5, "lstm"]]))
    assert [head.numeric for head in shown.heads] == [True, False]
    assert [row[0].numeric for row in shown.rows] == [True, True]
    assert shown.heads[0].exact == "Loss (nats)"


def test_equations_copy_as_latex_typst_text_and_numpy():
    lines = (Line("c", keep), Line("h'", next_state))
    found = copies(Equations(lines, numpy="c = 1 - z", names={"h'": "h_t"}))
    assert list(found) == ["LaTeX", "Typst", "Text", "NumPy"]
    assert found["LaTeX"].startswith("\\begin{aligned}\nc &= 1 - z \\\\\nh_{t} &= ")
    assert found["Typst"].endswith("h_t &= z dot.o h + (1 - z) dot.o c $")
    assert found["Text"].splitlines()[1] == "h_t = z ⊙ h + (1 - z) ⊙ c"
    assert copies(Equations((Line(None, keep),)))["LaTeX"] == "1 - z"


def test_latex_in_a_caption_becomes_a_formula_and_a_slip_stays_readable():
    assert "<msub><mi>h</mi>" in inline(Tex("the state $h_t$ costs \\$5"))
    assert inline(Tex("costs \\$5")) == "costs $5"
    assert "<code>x^</code>" in inline(Tex("a slip: $x^$"))


def test_a_page_may_be_all_summary():
    assert "<h1>Alone</h1>" in render(Page("Alone", Summary(("The state ", h, " and ", Name("z"), c))))


def test_a_derivative_in_a_sentence_takes_the_names_that_are_shown():
    assert "<mi>t</mi>" in inline(Partial("h'", "h"), {"h'": "h_t", "h": "h_{t-1}"})
