"""Single formulas out of passages: rows of displays, lines of code, formulas in words; what each may be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from grusym.documents.passages import Passage
from grusym.documents.text import Text, joined

What = Literal["cell", "claim", ""]

_WRAPPER = re.compile(
    r"\\(?:begin|end)\{(?:aligned|split|gathered|array|cases|align|alignedat|eqnarray|equation|gather|multline)\*?\}"
    r"(?:\{[lcr|\s]*\})?|\\(?:label|tag\*?|eqno|leqno)\s*\{[^{}]*\}|\\(?:nonumber|notag|displaystyle|hfill)(?![A-Za-z])"
)
_ROW = re.compile(r"\\\\(?:\s*\[[^\]]*\])?|\\[ \t]*\n|\\newline(?![A-Za-z])|\\cr(?![A-Za-z])")
_GAP = re.compile(r"(?:[,;.]\s*)?\\q?quad(?![A-Za-z])(?:\s*\\q?quad(?![A-Za-z]))*")
_SIGN = re.compile(
    r"(?<![<>!=:])=(?!=)|\\leq?(?![A-Za-z])|≤|\\geq?(?![A-Za-z])|≥|\\approx|≈|:=|\\triangleq|←"
)
_CONTINUES = re.compile(r"\s*(?:[-+=≤≥≈*·⊙]|\\(?:leq?|geq?|approx|odot|cdot|times|circ)(?![A-Za-z]))")
_LABEL = re.compile(
    r"\s*(?:[-*•]\s+|\d{1,2}[.)]\s+)?(?:\*{0,2}[^\W\d][^=:：<>{}\\\n]{1,40}\*{0,2}\s*[:：]\s*\*{0,2}\s+)?\*{0,2}"
)
_REMARK = re.compile(r"\s*\*{0,2}\s*\((?:[A-Z][A-Za-z ]+|\d+)\)\s*$|\*{2}\s*$")
_MATHEMATICAL = re.compile(r"σ|sigmoid|tanh|⊙|∘|∂|δ|∇|∑|∏|softmax|ReLU|[WUV]_?[\w{]|diag")
_TEXTS = re.compile(r"\\(?:text|mbox|textrm)\s*\{[^{}]*\}\s*$|\\;|\\,|\\!")
_DERIVATIVE = re.compile(
    r"\\partial|∂|\\nabla|∇|\\delta|\\Delta|δ|\\frac\s*\{\s*d\s*[A-Za-z\\]|\\prod|∏|\\\||‖|\\lVert|\\left\|"
    r"|\bd[LE]\s*/\s*d|\\lambda_\{?t|λ_\{?t"
)
_GRADIENT = re.compile(
    r"(?<![\w.])(?:self\.)?(?:d(?:[A-Z]\w*|[hcxyoifgzrnab]\w{0,2}|[a-z]{1,2}_\w+|prev_\w+|next_\w+|gates\w*|h(?:raw|next|prev)\w*)"
    r"|grad_[a-z]\w*|delta_?\w*|\w+_grad)(?![\w(.])(?!\s*=\s*(?:\d|['\"\[]))"
)
_COMPUTED = re.compile(
    r"\\sigma|σ|sigm|tanh|[Rr]e[Ll][Uu]|\\odot|⊙|∘|\\circ|@|\\cdot|·|\*|[WUV]|\\phi|φ|softmax|dot\(|matmul"
)
_LEFT = re.compile(r"[^\s=]{1,80}")
_SCRIPTS = re.compile(r"\s*([_^])\s*")


@dataclass(frozen=True)
class Formula:
    """One formula, what it may be, and where it belongs."""

    text: Text
    what: What
    unit: str = ""
    code: bool = False
    passage: Passage | None = field(default=None, compare=False, repr=False)


def formulas(passage: Passage) -> Iterator[Formula]:
    """The formulas of a passage, those without a sign of equality or order left out."""
    if passage.kind == "heading":
        return
    code = passage.kind == "code"
    for text in _single(passage):
        text = text.stripped()
        if text.chars and _SIGN.search(text.chars) and len(text) < 4_000:
            yield Formula(text, what_is(text.chars, code), passage.unit, code, passage)


def _single(passage: Passage) -> Iterator[Text]:
    match passage.kind:
        case "display":
            yield from _rows(passage.text)
        case "inline":
            yield _plain(passage.text)
        case "code":
            yield from _lines(passage.text)
        case "prose":
            yield from _in_words(passage.text)


def _rows(text: Text) -> Iterator[Text]:
    """The equations of a display: its rows, those that go on from the row before joined to it."""
    waiting: Text | None = None
    for row in text.split(_ROW):
        for part in row.split(_GAP):
            part = _plain(part)
            if not part.chars.strip():
                continue
            goes_on = waiting is not None and (_CONTINUES.match(part.chars) or not _SIGN.search(part.chars))
            if waiting is not None and goes_on:
                waiting = joined([waiting, Text("\n", (part.start,)), part])
            else:
                if waiting is not None:
                    yield waiting
                waiting = part
    if waiting is not None:
        yield waiting


def _plain(text: Text) -> Text:
    """A formula without what only sets it: environments, labels, tags, &, a full stop at its end."""
    text = text.replaced(_WRAPPER, " ").replaced(re.compile(r"(?<!\\)&"), " ")
    text = text.replaced(_TEXTS, " ").stripped()
    while text.chars.endswith((",", ".", ";")) and not text.chars.endswith(("..", r"\,", r"\;")):
        text = text.cut(0, len(text) - 1).stripped()
    return text


def _lines(text: Text) -> Iterator[Text]:
    """The lines of code, or of plain text in a fence, without comments; brackets keep lines together."""
    waiting: list[Text] = []
    depth = 0
    for line in text.split(re.compile("\n")):
        bare = line.replaced(re.compile(r"(?<![\"'])#[^\n]*|//[^\n]*"), "")
        prompt = re.match(r"\s*(?:>>>|\.\.\.|In \[\d+\]:)\s?", bare.chars)
        bare = bare.cut(prompt.end()) if prompt is not None else bare
        waiting.append(bare)
        depth += sum(c in "([{" for c in bare.chars) - sum(c in ")]}" for c in bare.chars)
        if depth <= 0 or len(waiting) > 12:
            whole = waiting[0] if len(waiting) == 1 else joined(waiting)
            label = _LABEL.match(whole.chars)
            whole = whole.cut(label.end()) if label is not None else whole
            printed = re.fullmatch(r"\s*print\(\s*[rf]?([\"'])(.*?)\1?\s*\)?\s*", whole.chars)
            yield whole if printed is None else whole.cut(printed.start(2), printed.end(2))
            waiting, depth = [], 0
    if waiting:
        yield joined(waiting)


def _in_words(text: Text) -> Iterator[Text]:
    """Formulas that stand in words without any sign around them: a line of its own, a list's entry."""
    for line in text.split(re.compile("\n")):
        label = _LABEL.match(line.chars)
        bare = (line.cut(label.end()) if label is not None else line).stripped()
        bare = bare.replaced(_REMARK, "").replaced(re.compile(r"\*{2}|&nbsp;"), "").stripped()
        m = re.match(r"\S{1,24}\s*=\s*\S", bare.chars)
        words = len(
            re.findall(
                r"(?<![\w\\])[A-Za-z]{4,}(?![\w(])", re.sub(r"sigmoid|tanh|softmax|diag", "", bare.chars)
            )
        )
        if m is not None and _MATHEMATICAL.search(bare.chars) and words < 3:
            yield bare


def what_is(chars: str, code: bool = False) -> What:
    """Whether a formula says something of derivatives, or computes something of a cell; "" for neither."""
    if _DERIVATIVE.search(chars) or (code and _GRADIENT.search(chars)):
        return "claim"
    left, sign, right = chars.partition("=")
    named = _LEFT.fullmatch(_SCRIPTS.sub(r"\1", left.strip()[:200])) is not None
    return "cell" if sign and named and _COMPUTED.search(right) else ""
