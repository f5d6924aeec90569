"""The report page in a real browser: laid out, readable, harmless, and its buttons do what they say."""

import base64
import csv
import time

import pytest

from grusym.language.expression import Name
from grusym.reports.page.content import (
    Equations,
    FigureBlock,
    Line,
    Page,
    Section,
    Strong,
    Summary,
    Table,
    Tex,
    Text,
    VerdictTable,
)
from grusym.reports.page.render import write
from tests.language.samples import gru_jacobian, plus
from tests.reports.browser import browser
from tests.reports.demo_page import Judgement, demo_page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def chromium():
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return write(demo_page(), tmp_path_factory.mktemp("page") / "report.html")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 420])
def test_the_page_is_laid_out_and_readable(chromium, demo, width, theme):
    chromium.open(demo, width, theme)
    chromium.open_all()
    assert chromium.problems() == []
    assert chromium.overflow() <= 0
    assert chromium.collapsed() == []
    assert chromium.cut_off() == []
    assert chromium.faint() == []


def test_a_broken_page_would_be_noticed(chromium, demo):
    chromium.open(demo)
    chromium.run(
        """document.querySelector('main').insertAdjacentHTML('afterbegin',
        '<p style="width:2000px;max-width:none;color:#999;background:#fff">wide<math><mi></mi></math></p>');
        document.querySelector('.lines').style.maxWidth = '40px';
        setTimeout(() => { throw new Error('loud'); });"""
    )
    time.sleep(0.1)
    assert "loud" in " ".join(chromium.problems())
    assert chromium.overflow() > 0
    assert "" in chromium.collapsed()
    assert chromium.cut_off()
    assert any(faint.startswith("wide") for faint in chromium.faint())


def test_a_picture_from_the_network_is_refused(chromium, demo):
    chromium.open(demo)
    chromium.run("document.body.append(Object.assign(new Image(), {src: 'http://127.0.0.1:9/x.png'}))")
    time.sleep(0.1)
    assert "Content Security Policy" in " ".join(chromium.problems())


def test_the_formulas_are_set_in_the_font_that_the_page_brings(chromium, demo):
    chromium.open(demo)
    assert chromium.wait(
        "await document.fonts.ready; return [...document.fonts].map(face => [face.family, face.status])"
    ) == [["Page Math", "loaded"]]


def test_a_wide_jacobian_ends_its_lines_before_a_sign(chromium, demo):
    chromium.open(demo, width=1000)
    starts = chromium.run(
        """return [...document.querySelectorAll('#jacobians .lines .right')].flatMap(line => {
            const pieces = [...line.querySelectorAll('math')];
            const left = line.getBoundingClientRect().left;
            return pieces.filter(p => p.getBoundingClientRect().left < left + 2).map(p => p.textContent[0]);
        })"""
    )
    assert "+" in starts and set(starts) <= {"=", "+"}


def test_a_jacobian_that_fits_stands_on_one_line(chromium, demo):
    chromium.open(demo)
    heights = chromium.run(
        "return [...document.querySelectorAll('#jacobians .lines .right')].map(line => line.offsetHeight)"
    )
    assert len(heights) == 2 and max(heights) < 45


def test_a_copy_button_copies(chromium, demo):
    chromium.open(demo)
    grant = {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
    chromium.driver.execute_cdp_cmd("Browser.grantPermissions", grant)
    chromium.run("document.querySelector('#jacobians').scrollIntoView()")
    button = chromium.driver.find_element("css selector", "#jacobians button.copy")
    button.click()
    time.sleep(0.2)
    assert button.text == "Copied"
    copied = chromium.wait("return await navigator.clipboard.readText()")
    assert copied.startswith(r"\frac{\partial h'}{\partial h} = \operatorname{diag}(z) + ")


def test_a_table_is_saved_with_its_numbers_unrounded(chromium, demo, tmp_path):
    chromium.open(demo)
    allow = {"behavior": "allow", "downloadPath": str(tmp_path)}
    chromium.driver.execute_cdp_cmd("Browser.setDownloadBehavior", allow)
    chromium.run("document.querySelector('button.csv[data-name=\"gradient-decay.csv\"]').click()")
    chromium.run("document.querySelector('button.save').click()")
    wanted = [tmp_path / "gradient-decay.csv", tmp_path / "gradient-flow.svg"]
    for _ in range(50):
        if all(file.exists() for file in wanted):
            break
        time.sleep(0.1)
    with wanted[0].open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["Weights", "Seeds", "Decay (nats/step)", "Error"]
    assert rows[1] == ["GRU, random", "8", "-0.0203", "0.00031"] and rows[3][1] == ""
    assert "</svg>" in wanted[1].read_text(encoding="utf-8")


def test_a_figure_is_enlarged_and_closed(chromium, demo):
    chromium.open(demo)
    chromium.run("document.querySelector('.enlarge').click()")
    assert chromium.run("return document.querySelector('.zoom[open] img').width") > 900
    chromium.run("document.querySelector('.zoom .close').click()")
    assert not chromium.run("return document.querySelector('.zoom').open")


def test_verdicts_that_passed_can_be_hidden(chromium, demo):
    chromium.open(demo)
    shown = (
        "return [...document.querySelectorAll('.verdicts tbody tr')].filter(r => r.checkVisibility()).length"
    )
    assert chromium.run(shown) == 26
    chromium.run("document.querySelector('button.only').click()")
    assert chromium.run(shown) == 2


def test_the_contents_follow_the_reader(chromium, demo):
    chromium.open(demo)
    chromium.run("document.querySelector('#checks').open = false")
    chromium.run("document.querySelector('.contents a[href=\"#checks\"]').click()")
    time.sleep(0.3)
    assert chromium.run("return document.querySelector('#checks').open")
    assert chromium.run("return document.querySelector('[aria-current]').hash") in ("#checks", "#provenance")


def test_paper_shows_what_the_screen_had_closed(chromium, demo):
    chromium.open(demo, media="print")
    assert chromium.run("return document.querySelector('.steps > ol').getBoundingClientRect().height") > 20
    assert not chromium.run("return document.querySelector('.side').checkVisibility()")
    pdf = chromium.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    assert base64.b64decode(pdf["data"]).startswith(b"%PDF")


EVIL = "<script>window.pwned = 1</script><img src=x onerror='window.pwned = 1'>\"'&</svg></style>{{ 7 * 7 }}"
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" id="content"><script>parent.pwned = 1</script></svg>'


def hostile_page():
    line = Line(EVIL, plus(Name(EVIL), Name("h")), note=EVIL)
    blocks = (
        Text((EVIL, Strong(EVIL), Tex(rf"{EVIL} $\text{{{EVIL}}} < 1$"))),
        Equations((line,), title=EVIL, note=EVIL, numpy=EVIL, names={"h": EVIL}),
        Table((EVIL, "b"), [[EVIL, gru_jacobian]], title=EVIL, note=EVIL, name=EVIL),
        FigureBlock(EVIL, svg=PICTURE, caption=EVIL, alt=EVIL, name=EVIL),
        VerdictTable([Judgement(EVIL, "refuted", EVIL, where=EVIL, assumes=(EVIL,))], title=EVIL, name=EVIL),
    )
    return Page(EVIL, Summary(EVIL), (Section(EVIL, blocks),), {EVIL: EVIL})


def test_hostile_names_and_titles_are_only_shown(chromium, tmp_path):
    chromium.open(write(hostile_page(), tmp_path / "evil.html"))
    chromium.open_all()
    time.sleep(0.2)
    assert chromium.problems() == []
    assert chromium.run("return window.pwned") is None
    assert chromium.run("return [document.scripts.length, document.querySelectorAll('main img').length]") == [
        1,
        1,
    ]
    assert chromium.run("return document.title.includes('{{ 7 * 7 }}')")
    assert chromium.run("return document.querySelector('h1').textContent") == EVIL
    assert chromium.run("return document.querySelector('#content').localName") == "main"
    chromium.run("document.querySelector('.lines').closest('figure').querySelector('.copy').click()")
    assert chromium.overflow() <= 0
