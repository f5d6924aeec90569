"""HTML: TeX between signs, in scripts and in annotations of KaTeX; code; <sub> and entities as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from grusym.documents.mathematics import mathematics
from grusym.documents.passages import Passage, Problem
from grusym.documents.text import Text, joined

_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<![^>]*>|<(?P<close>/?)(?P<tag>[A-Za-z][\w:-]*)(?P<rest>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>"
    r"|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,30});|[^<&]+|[<&]",
    re.DOTALL,
)
_TEX = re.compile(
    r"""type\s*=\s*["']?math/(?:tex|asciimath)[^"'>]*(?P<display>mode\s*=\s*display)?""", re.IGNORECASE
)
BREAKING = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "form",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "section",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "head",
    ]
)
TITLES = frozenset({"title", "h1", "h2", "h3", "h4", "h5", "h6"})
HIDDEN = frozenset({"style", "script", "svg", "math", "noscript", "template"})
SCRIPTS = {"sub": ("_{", "}"), "sup": ("^{", "}")}


class _Reader:
    """Reads HTML once, tag by tag."""

    def __init__(self, text: Text, lines: bool = False) -> None:
        self.text = text
        self.lines = lines  # whether the end of a line means anything, as in Markdown
        self.words: list[Text] = []
        self.found: list[Passage | Problem] = []
        self.kind = "prose"

    def run(self) -> list[Passage | Problem]:
        at = 0
        chars = self.text.chars
        while (m := _TOKEN.match(chars, at)) is not None:
            at = m.end()
            tag = (m["tag"] or "").lower()
            if not tag:
                self._characters(m)
            elif tag in HIDDEN and not m["close"] and not m["rest"].endswith("/"):
                at = self._hidden(tag, m)
            elif tag == "annotation" and not m["close"]:
                at = self._annotation(m)
            else:
                self._tag(tag, bool(m["close"]))
        self.flush()
        return self.found

    def _characters(self, m: re.Match[str]) -> None:
        piece = m.group()
        if piece.startswith("<!"):
            return
        if piece.startswith("&") and len(piece) > 1:
            new = unescape(piece)
            self.words.append(Text(new, (self.text.places[m.start()],) * len(new)))
        else:
            words = self.text.cut(m.start(), m.end())
            plain = self.lines or self.kind == "code"
            self.words.append(words if plain else Text(words.chars.replace("\n", " "), words.places))

    def _tag(self, tag: str, closes: bool) -> None:
        here = self.words[-1].end - 1 if self.words else 0
        if tag in SCRIPTS:
            sign = SCRIPTS[tag][closes]
            self.words.append(Text(sign, (here,) * len(sign)))
        elif tag in TITLES or tag in ("pre", "code"):
            kind = "heading" if tag in TITLES else "code"
            if tag == "code" and self.kind == "heading":
                return
            self.flush()
            self.kind = "prose" if closes else kind
        elif tag in BREAKING and self.kind == "prose":
            self.flush()
        elif tag == "br":
            self.words.append(Text("\n", (here,)))

    def _hidden(self, tag: str, m: re.Match[str]) -> int:
        """Move past what is not shown; the TeX in a script and in MathML's annotation is read."""
        end = re.compile(rf"</{tag}\s*>", re.IGNORECASE).search(self.text.chars, m.end())
        stop = len(self.text) if end is None else end.start()
        tex = _TEX.search(m["rest"])
        if tag == "script" and tex is not None:
            self.flush()
            kind = "display" if "display" in m["rest"] else "inline"
            self.found.append(Passage(kind, self.text.cut(m.end(), stop)))  # type: ignore[arg-type]
        if tag == "math":
            for note in re.finditer(
                r"<annotation[^>]*tex[^>]*>(.*?)</annotation", self.text.chars[m.end() : stop], re.DOTALL
            ):
                self._tex(m.end() + note.start(1), m.end() + note.end(1))
        return stop if end is None else end.end()

    def _annotation(self, m: re.Match[str]) -> int:
        end = self.text.chars.find("</annotation", m.end())
        end = len(self.text) if end < 0 else end
        if "tex" in m["rest"]:
            self._tex(m.end(), end)
        return end

    def _tex(self, start: int, end: int) -> None:
        self.flush()
        self.found.append(Passage("inline", decoded(self.text.cut(start, end))))

    def flush(self) -> None:
        """End a stretch of words."""
        whole = joined(self.words)
        self.words = []
        if not whole.chars.strip():
            return
        if self.kind == "prose":
            self.found += list(mathematics(whole))
        else:
            self.found.append(Passage(self.kind, whole))  # type: ignore[arg-type]


def html(text: Text) -> Iterator[Passage | Problem]:
    """The passages of HTML in order."""
    yield from _Reader(text).run()


def html_lines(text: Text) -> Iterator[Text]:
    """The lines of words with tags among them, as in Markdown."""
    for found in _Reader(text, lines=True).run():
        if isinstance(found, Passage):
            yield from found.text.split(re.compile("\n"))


def decoded(text: Text) -> Text:
    """A text with its entities as characters."""
    pieces: list[Text] = []
    at = 0
    for m in re.finditer(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,30});", text.chars):
        new = unescape(m.group())
        pieces += [text.cut(at, m.start()), Text(new, (text.places[m.start()],) * len(new))]
        at = m.end()
    return joined([*pieces, text.cut(at)])
