"""Every formula that is one edit away from a given one, and how it is written in the author's own text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from grusym.language.amounts.tree import Amount, Letter, Negative, Number, Operation, Place, rebuilt, walk

FACTORS = (1, 2, 3, 4, 5, 6, 8, 12)


@dataclass(frozen=True)
class Edit:
    """One edit: the formula after it, its kind, and the text it exchanges at a place."""

    tree: Amount
    kind: str  # factor, number, letter, power, sign, term too many, factor too many, term missing
    place: Place
    text: str
    old: str = ""
    new: str = ""


@dataclass(frozen=True)
class Style:
    """How an author writes: the sign of a product, a square, and each letter."""

    times: str
    square: str
    written: dict[str, str]

    def product(self, a: str, b: str) -> str:
        """Two letters multiplied."""
        if a == b and self.square:
            return f"{self.written[a]}{self.square}"
        return f"{self.written[a]}{self.times}{self.written[b]}"


def style_of(tree: Amount, text: str) -> Style:
    """The style of a formula, from its own signs."""
    times, squares, written = Counter[str](), Counter[str](), dict[str, str]()
    for node in walk(tree):
        if isinstance(node, Letter):
            written.setdefault(node.name, _bare(text[node.place.start : node.place.end]))
        if (
            isinstance(node, Operation)
            and node.sign == "*"
            and not (isinstance(node.left, Number) and node.at.start == node.at.end)
        ):
            sign = text[node.at.start : node.at.end]
            spaced = text[node.at.start - 1 : node.at.start] == " "
            times[(f" {sign} " if spaced else f"{sign} " if sign.startswith("\\") else sign)] += 1
        if isinstance(node, Operation) and node.sign == "^":
            squares[_power(text[node.left.place.end : node.place.end])] += 1
    sign = times.most_common(1)[0][0] if times else ""
    if not sign and any(len(name) > 2 and "_" not in name[:2] for name in written):
        sign = " * "
    if not sign and any(len(name) > 1 for name in written):
        sign = " "
    square = (
        squares.most_common(1)[0][0]
        if squares
        else ""
        if sign.strip() == "*"
        else "^2"
        if "\\" in text
        else "²"
    )
    return Style(sign, square, written)


def _power(text: str) -> str:
    """The writing of a square, from that of another power."""
    return "²" if text.strip()[:1] in "⁰¹²³⁴⁵⁶⁷⁸⁹" else "".join("2" if c.isdigit() else c for c in text)


def _bare(text: str) -> str:
    while text[:1] in "([{" and text[-1:] in ")]}" and len(text) > 2:
        text = text[1:-1]
    return text


def edits(tree: Amount, text: str, maps: int) -> Iterator[Edit]:
    """Every formula one edit away, those most often meant first."""
    style = style_of(tree, text)
    exponents = {id(n.right) for n in walk(tree) if isinstance(n, Operation) and n.sign == "^"}
    nodes = [n for n in walk(tree) if id(n) not in exponents]
    parents = {id(child): n for n in nodes for child in _children(n)}
    for node in nodes:
        if isinstance(node, Number):
            yield from _numbers(tree, node, parents.get(id(node)), text, maps)
        elif isinstance(node, Letter):
            yield from _letters(tree, node, style, text)
            yield from _scaled(tree, node, style, maps)
        elif isinstance(node, Operation):
            yield from _operations(tree, node, text)
    yield from _more(tree, nodes, text, style, maps)


def _children(node: Amount) -> tuple[Amount, ...]:
    if isinstance(node, Operation):
        return (node.left, node.right)
    return (node.of,) if isinstance(node, Negative) else ()


def _with(tree: Amount, node: Amount, other: Amount) -> Amount:
    return rebuilt(tree, lambda e: other if e is node else None)


def _numbers(tree: Amount, node: Number, parent: Amount | None, text: str, maps: int) -> Iterator[Edit]:
    product = isinstance(parent, Operation) and parent.sign == "*"
    old = text[node.place.start : node.place.end]
    for value in dict.fromkeys((maps, *FACTORS, 2 * maps)):
        if value == node.value:
            continue
        place, new = node.place, str(value)
        if value == 1 and product:
            place, new = _factor_place(parent, node), ""
        yield Edit(
            _with(tree, node, Number(Fraction(value), node.place)),
            "factor" if product else "number",
            place,
            new,
            old,
            str(value),
        )


def _factor_place(parent: Amount | None, node: Amount) -> Place:
    """Where a factor stands with the sign that joins it to the other."""
    assert isinstance(parent, Operation)
    if parent.left is node:
        return Place(node.place.start, parent.right.place.start)
    return Place(parent.left.place.end, node.place.end)


def _letters(tree: Amount, node: Letter, style: Style, text: str) -> Iterator[Edit]:
    old = style.written[node.name]
    for name, new in style.written.items():
        if name != node.name:
            yield Edit(_with(tree, node, Letter(name, node.place)), "letter", node.place, new, old, new)
    squared = Operation("*", node, node, node.place, node.place)
    yield Edit(
        _with(tree, node, squared), "square missing", node.place, style.product(node.name, node.name), old, ""
    )


def _scaled(tree: Amount, node: Letter, style: Style, maps: int) -> Iterator[Edit]:
    """A number before a letter: 4n for n."""
    old = style.written[node.name]
    for scale in dict.fromkeys((maps, 2, 2 * maps)):
        more = _product(scale, (node.name,), node.place)
        new = f"{scale}{style.times if style.times.strip() else ''}{old}"
        yield Edit(_with(tree, node, more), "factor missing", node.place, new, old, new)


def _operations(tree: Amount, node: Operation, text: str) -> Iterator[Edit]:
    a, b = node.left, node.right
    if node.sign == "^":
        assert isinstance(b, Number)
        if b.value > 1:
            place = Place(a.place.end, node.place.end if not _bracketed(node, text) else b.place.end)
            yield Edit(
                _with(tree, node, a),
                "power",
                place,
                "",
                text[a.place.start : b.place.end],
                text[a.place.start : a.place.end],
            )
            if b.value != 2:
                two = Operation("^", a, Number(Fraction(2), b.place), node.place, node.at)
                new = "²" if text[b.place.start : b.place.end] in "³⁴⁵⁶⁷⁸⁹" else "2"
                yield Edit(
                    _with(tree, node, two), "power", b.place, new, text[b.place.start : b.place.end], new
                )
        return
    if node.sign in "+-":
        other = "-" if node.sign == "+" else "+"
        flipped = Operation(other, a, b, node.place, node.at)
        yield Edit(
            _with(tree, node, flipped), "sign", node.at, other, text[node.at.start : node.at.end], other
        )
    if node.sign in "+-*":
        kind = "factor too many" if node.sign == "*" else "term too many"
        yield Edit(
            _with(tree, node, a), kind, Place(a.place.end, b.place.end), "", text[b.place.start : b.place.end]
        )
        if node.sign != "-":
            yield Edit(
                _with(tree, node, b),
                kind,
                Place(a.place.start, b.place.start),
                "",
                text[a.place.start : a.place.end],
            )


def _bracketed(node: Amount, text: str) -> bool:
    if text[node.place.start : node.place.start + 1] not in ("(", "[", "{"):
        return False
    return not isinstance(node, Operation) or node.place.start < node.left.place.start


def _more(tree: Amount, nodes: list[Amount], text: str, style: Style, maps: int) -> Iterator[Edit]:
    """A term added to a bracket or to the whole, or a factor before the whole."""
    names = [name for name in style.written if len(style.written) <= 6]
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i:]]
    for node in nodes:
        if node is not tree and not _bracketed(node, text):
            continue
        at = node.place.end - (1 if _bracketed(node, text) else 0)
        for scale in dict.fromkeys((1, maps, 2, 2 * maps)):
            for term in [(a,) for a in names] + pairs:
                written = style.product(*term) if len(term) == 2 else style.written[term[0]]
                shown = written if scale == 1 else f"{scale}{style.times}{written}"
                more = _product(scale, term, node.place)
                wider = Operation("+", node, more, node.place, node.place)
                yield Edit(_with(tree, node, wider), "term missing", Place(at, at), f" + {shown}", "", shown)
        if isinstance(node, Operation) and node.sign in "+-":
            wider = Operation("+", node, Number(Fraction(1), node.place), node.place, node.place)
            yield Edit(_with(tree, node, wider), "term missing", Place(at, at), " + 1", "", "1")
    for value in dict.fromkeys((maps, 2 * maps)):
        whole = Operation("*", Number(Fraction(value), tree.place), tree, tree.place, tree.place)
        place = Place(tree.place.start, tree.place.end)
        inner = text[place.start : place.end]
        bare = isinstance(tree, Operation) and tree.sign in "+-" and not _bracketed(tree, text)
        shown = f"{value}{style.times or ''}({inner})" if bare else f"{value}{style.times}{inner}"
        yield Edit(whole, "factor missing", place, shown, "", str(value))


def _product(scale: int, names: tuple[str, ...], place: Place) -> Amount:
    found: Amount = Letter(names[0], place)
    for name in names[1:]:
        found = Operation("*", found, Letter(name, place), place, place)
    return found if scale == 1 else Operation("*", Number(Fraction(scale), place), found, place, place)


def applied(edit: Edit, text: str, whole: Place) -> str:
    """The author's formula with the edit made, from the text that it stands in."""
    changed = text[whole.start : edit.place.start] + edit.text + text[edit.place.end : whole.end]
    return changed.strip()
