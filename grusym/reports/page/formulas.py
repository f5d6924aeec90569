"""Mathematics on a page: inline pieces, lines of equations, and what their buttons copy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

from markupsafe import Markup, escape

from grusym.errors import GrusymError
from grusym.language.derivation import Step
from grusym.language.expression import Expression, Name
from grusym.language.printers.latex import LatexPrinter, latex_equations
from grusym.language.printers.mathml import MathMLPrinter, broken, mathml
from grusym.language.printers.order import Partial
from grusym.language.printers.text import TextPrinter, text, text_equation
from grusym.language.printers.typst import TypstPrinter, typst_equations
from grusym.reports.page.content import Equations, Inline, Line, Strong, Tex

MOST_STACKED = 3
EQUALS = '<mo form="infix">=</mo>'
PARTIAL = '<mi mathvariant="normal">∂</mi>'


@dataclass(frozen=True)
class ShownLine:
    """One line of an equation block in markup; `said` is its text."""

    left: Markup
    right: Markup
    note: Markup
    said: str


def inline(body: Inline, names: Mapping[str, str] | None = None) -> Markup:
    """Text and mathematics for the middle of a sentence."""
    match body:
        case str():
            return escape(body)
        case Expression():
            return Markup(mathml(body, names))
        case Partial():
            return left_side(body, names)
        case Strong(text=words):
            return Markup("<strong>{}</strong>").format(words)
        case Tex(source=source):
            return _with_tex(source)
        case tuple():
            return Markup("").join(inline(piece, names) for piece in body)
    raise _not_text(body)


def left_side(left: str | Partial, names: Mapping[str, str] | None = None, display: bool = False) -> Markup:
    """A name or a partial derivative as one `<math>` element: a fraction in a display, else ∂h'/∂h."""
    printer = MathMLPrinter(names)
    said = TextPrinter(names).left_side(left)
    if isinstance(left, Partial) and not display:
        shown = printer.mark("/").join(PARTIAL + printer.write(Name(name)) for name in (left.of, left.by))
    else:
        shown = printer.left_side(left)
    style = Markup(' displaystyle="true"') if display else ""
    return Markup('<math alttext="{}"{}>{}</math>').format(said, style, Markup(shown))


def formula(e: Expression, names: Mapping[str, str] | None = None, before: str = "") -> Markup:
    """An expression that may end its lines where a reader would."""
    return Markup(broken(e, names, before))


def shown_line(line: Line, block: Equations) -> ShownLine:
    """A line of an equation block; in a long list of derivatives their fractions lie on their sides."""
    names, display = block.names, len(block.lines) <= MOST_STACKED
    left = Markup("") if line.left is None else left_side(line.left, names, display)
    right = formula(line.right, names, before="" if line.left is None else EQUALS)
    return ShownLine(left, right, inline(line.note, names), text_equation(line.left, line.right, names))


def shown_step(step: Step, names: Mapping[str, str]) -> ShownLine:
    """A step of a derivation: before = after, by a rule."""
    said = f"{text(step.before, names)} = {text(step.after, names)}"
    after = formula(step.after, names, before=EQUALS)
    return ShownLine(formula(step.before, names), after, escape(step.rule), said)


def copies(block: Equations) -> dict[str, str]:
    """What the buttons of an equation block copy, by their labels."""
    lines, names = [(line.left, line.right) for line in block.lines], block.names
    if len(lines) == 1:
        in_latex = LatexPrinter(names).equation(*lines[0])
        in_typst = TypstPrinter(names).equation(*lines[0])
    else:
        in_latex = f"\\begin{{aligned}}\n{latex_equations(lines, names)}\n\\end{{aligned}}"
        in_typst = typst_equations(lines, names)
    in_text = "\n".join(text_equation(left, right, names) for left, right in lines)
    found = {"LaTeX": in_latex, "Typst": f"$ {in_typst} $", "Text": in_text}
    return found | ({"NumPy": block.numpy} if block.numpy else {})


def plain(body: Inline) -> str:
    """Text and mathematics without markup, for files and for names of things."""
    match body:
        case str():
            return body
        case Expression():
            return text(body)
        case Partial():
            return TextPrinter().left_side(body)
        case Strong(text=words):
            return words
        case Tex(source=source):
            return source
        case tuple():
            return "".join(plain(piece) for piece in body)
    raise _not_text(body)


_TEX = re.compile(r"(?<!\\)\$(.+?)(?<!\\)\$", re.DOTALL)
_MATHML = "math mrow mi mn mo ms mtext mspace msub msup msubsup mfrac msqrt mroot mover munder munderover"
_TAGS = frozenset([*_MATHML.split(), "mtable", "mtr", "mtd", "mpadded", "mstyle", "mphantom"])
_SPACING = ("form", "lspace", "rspace", "width")
_ATTRIBUTES = frozenset([*_SPACING, "stretchy", "fence", "accent", "mathvariant", "separator"])


def _with_tex(source: str) -> Markup:
    shown = Markup("")
    for place, piece in enumerate(_TEX.split(source)):
        shown += _tex(piece) if place % 2 else escape(piece.replace(r"\$", "$"))
    return shown


def _tex(source: str) -> Markup:
    """LaTeX in MathML, by the converter that comes with ziamath; kept as text where it cannot be read."""
    try:
        from latex2mathml.converter import convert
    except ModuleNotFoundError:
        return escape(source)
    try:
        tree = ElementTree.fromstring(re.sub(r"&(?!#x)", "&amp;", convert(source)))
    except Exception:  # the converter raises errors of many kinds
        return Markup("<code>{}</code>").format(source)
    return Markup(f'<math alttext="{escape(source)}">{"".join(map(_clean, tree))}</math>')


def _clean(element: ElementTree.Element) -> str:
    """An element with nothing but mathematics in it."""
    tag = element.tag.rpartition("}")[2]
    inner = escape(element.text or "") + Markup("".join(map(_clean, element)))
    if tag not in _TAGS:
        return str(inner)
    if tag == "msup" and len(element) == 2 and element[1].text in ("′", "'", "\u2032"):
        return f"<mrow>{inner}</mrow>"  # Chromium shrinks and lifts a prime that stands in a superscript
    kept = "".join(f' {k}="{escape(v)}"' for k, v in element.attrib.items() if k in _ATTRIBUTES)
    return f"<{tag}{kept}>{inner}</{tag}>"


def _not_text(body: object) -> GrusymError:
    return GrusymError(
        f"showing {body!r} as text: a {type(body).__name__} was found; give a str, an expression, Tex, "
        "Strong, or a tuple of these"
    )
