"""Changed sides in the author's notation: what is left as it was stands as the author wrote it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from grusym.errors import GrusymError
from grusym.language.expression import (
    Activation,
    Concatenation,
    Diagonal,
    Expression,
    Hadamard,
    Identity,
    Negative,
    Number,
    Power,
    Quotient,
    Sum,
    Transpose,
    children,
    rebuilt,
)
from grusym.language.scanner import NameToken
from grusym.language.surface import Call, Chain, Starred, Written
from grusym.unrolled.index import Index
from grusym.unrolled.lexer import PARTED, WideLexer
from grusym.unrolled.notation import COMMANDS, Notation
from grusym.unrolled.places import Places
from grusym.unrolled.tree import (
    OUTER,
    Crossed,
    Dots,
    GradientOf,
    Largest,
    Norm,
    Partial,
    Raised,
    Relation,
    Repeated,
    Rest,
    Sliced,
    SlopeAt,
    Summed,
    Vectorised,
)

SUM, PRODUCT, FACTOR = 0, 1, 2  # how tightly a node binds
LOOSE = {
    Sum: SUM,
    Negative: SUM,
    Chain: PRODUCT,
    Hadamard: PRODUCT,
    Starred: PRODUCT,
    Quotient: PRODUCT,
    Crossed: PRODUCT,
}


@dataclass(frozen=True)
class Speller:
    """Writes trees in the notation of a source text."""

    source: str

    @cached_property
    def notation(self) -> Notation:
        """The signs of the author."""
        return Notation(self.source)

    @cached_property
    def places(self) -> Places:
        """Where the nodes of the source stand."""
        return Places.of(self.source)

    def relation(self, relation: Relation, changed: int | None) -> str:
        """A whole claim with one side written anew, or its signs alone."""
        texts = [text.replace("\u200b", "") for text in relation.texts]
        if changed is not None:
            texts[changed] = self.of(relation.sides[changed])
        parts = [texts[0]]
        for sign, text in zip(relation.signs, texts[1:], strict=True):
            parts += [self._relation_sign(sign), text]
        return " ".join(parts)

    def _relation_sign(self, sign: str) -> str:
        if not self.notation.latex:
            return sign if sign in self.source else {"≤": "<=", "≥": ">="}.get(sign, sign)
        return {"≤": r"\le", "≥": r"\ge", "≈": r"\approx", "≲": r"\lesssim", "∼": r"\sim"}.get(sign, sign)

    def of(self, e: Expression, at: int = SUM) -> str:
        """The text of a tree; in brackets where it binds less tightly than its place asks."""
        key = (e.span, e)
        if key in self.places.inside:
            return self._kept(e, at)
        text = self._patched(e)
        binds = LOOSE.get(type(e), FACTOR)
        text = (self._written(e) if text is None else text).replace("\u200b", "")
        return f"({text})" if binds < at else text

    def _kept(self, e: Expression, at: int) -> str:
        """What stands in the source, with its own brackets where some are needed."""
        inside, around = self.places.inside[(e.span, e)], self.places.around[(e.span, e)]
        text, whole = (self.source[a:b].replace("\u200b", "") for a, b in (inside, around))
        if at == FACTOR and whole != text and not isinstance(e, Written | Number):
            visible = not whole.startswith("{")
            return whole if visible or LOOSE.get(type(e), FACTOR) == FACTOR else f"({text})"
        return f"({text})" if LOOSE.get(type(e), FACTOR) < at else text

    def _patched(self, e: Expression) -> str | None:
        """The text of the node that this one was made of, with the changed parts written anew."""
        olds = self.places.kinds.get((e.span, type(e)), ())
        for old in sorted(olds, key=lambda old: _strange(parts(e), parts(old))):
            text = self._patch(e, old)
            if text is not None:
                return text
        return None

    def _patch(self, e: Expression, old: Expression) -> str | None:
        before, after = parts(old), parts(e)
        if not before or len(before) != len(after) or with_parts(old, after) != e:
            return None
        start, end = self.places.inside[(old.span, old)]
        if isinstance(e, Transpose) and (start, end) == self.places.inside.get((before[0].span, before[0])):
            return self._turned(after[0])  # x^{(t)\top}: the sign stands inside the name
        changes: list[tuple[int, int, str]] = []
        for i, (a, b) in enumerate(zip(before, after, strict=True)):
            while isinstance(a, Negative) and isinstance(b, Negative) and a != b:
                a, b = a.operand, b.operand
            if a == b and a.span == b.span:
                continue
            key = (a.span, a)
            if key not in self.places.inside or isinstance(a, Negative) or isinstance(b, Negative):
                return None
            inside, around = self.places.inside[key], self.places.around[key]
            if not start <= around[0] <= around[1] <= end:
                return None
            moved = (b.span, b) in self.places.inside or isinstance(b, Transpose)
            if moved and not isinstance(old, Activation):  # tanh keeps the brackets of its argument
                changes.append((*around, self.of(b, _level(old, i))))
                continue
            opened = self.source[around[0] : inside[0]].strip()
            if inside != around and (opened != "{" or self._closed(around)):
                changes.append((*inside, self.of(b, SUM)))
            else:
                made = isinstance(b, Chain) and not isinstance(a, Chain)
                changes.append((*around, self.of(b, FACTOR if made else _level(old, i))))
        text, at = "", start
        join = self._joined if isinstance(old, Chain) else str.__add__
        for first, last, new in sorted(changes):
            text, at = join(join(text, self.source[at:first]), new), last
        return join(text, self.source[at:end])

    def _turned(self, u: Expression) -> str:
        """A transposed name, the sign in its superscript as the author has it."""
        text = self.of(u, FACTOR)
        sign = self.notation.transpose.removeprefix("^").strip("{}")
        if isinstance(u, Written) and u.name.label and text.endswith("}"):
            return f"{text[:-1]}{sign}}}"
        return self._raisable(u) + self.notation.transpose

    def _joined(self, text: str, new: str) -> str:
        """Two pieces, with a blank between what would be read as one name or command."""
        command = re.search(r"\\[A-Za-z]+\Z", text) is not None and new[:1].isalpha()
        word = not self.notation.latex and text[-1:].isalnum() and new[:1].isalnum()
        return f"{text} {new}" if command or word else text + new

    def _closed(self, around: tuple[int, int]) -> bool:
        """Whether braces are those of a fraction or a script, which need no brackets inside."""
        return self.source[: around[0]].rstrip().endswith(("}", "frac", "_", "^"))

    # ---- written anew --------------------------------------------------------------------------

    def _written(self, e: Expression) -> str:
        sign = self.notation
        match e:
            case Number(value=x):
                return str(x.numerator) if x.denominator == 1 else _decimal(x)
            case Written():
                return self._name(e)
            case Identity():
                return "I"
            case Negative(operand=u):
                return f"-{self.of(u, PRODUCT)}"
            case Sum(terms=terms):
                return self._sum(terms)
            case Hadamard(left=u, right=v):
                at = self._beside(u)
                return f"{self.of(u, at)} {sign.elementwise} {self.of(v, FACTOR)}"
            case Starred(left=u, right=v):
                at = self._beside(u)
                return f"{self.of(u, at)} * {self.of(v, FACTOR)}"
            case Quotient(left=u, right=v):
                return f"{self.of(u, FACTOR)} / {self.of(v, FACTOR)}"
            case Chain(factors=factors, signs=signs):
                return self._chain(factors, signs)
            case Call(function=f, argument=v):
                return f"{self.of(f)}({self.of(v)})"
            case Transpose(operand=u):
                return self._raisable(u) + sign.transpose
            case Power(base=u, exponent=k):
                return self._raisable(u) + self._power(k)
            case Activation(function=f, operand=u):
                return f"{sign.function(f)}({self.of(u)})"
            case Diagonal(vector=u):
                return f"{sign.diagonal}({self.of(u)})"
            case Concatenation(parts=pieces):
                return f"[{', '.join(map(self.of, pieces))}]"
        return self._over_steps(e)

    def _over_steps(self, e: Expression) -> str:
        latex = self.notation.latex
        match e:
            case Repeated():
                return self._repeated(e)
            case Partial(of=u, by=v):
                return self._partial(self.of(u), self.of(v))
            case GradientOf(target=u, mark=mark):
                return self._gradient(u, mark)
            case SlopeAt(value=u):
                return f"{self.notation.function('σ')}'({self.of(u)})"
            case Norm(operand=u, which=which):
                bar = r"\|" if latex else "‖" if "‖" in self.source else "||"
                if which == "|":
                    return f"|{self.of(u)}|"
                return f"{bar}{self.of(u)}{bar}" + (f"_{which}" if which else "")
            case Largest(which=which, operand=u):
                return self.notation.largest(which) + (f"({self.of(u)})" if u is not None else "")
            case Raised(base=u, exponent=k):
                return f"{self._raisable(u)}^{{{k}}}" if latex else f"{self._raisable(u)}^{k}"
            case Sliced(operand=u, ranges=ranges):
                shown = ", ".join(a if a == "None" else f"{a}:{b}" for a, b in ranges)
                return f"{self.of(u, FACTOR)}[{shown.replace('_', chr(92) + '_') if latex else shown}]"
            case Crossed(left=u, right=v, kronecker=kronecker):
                cross = r"\otimes" if latex else "⊗"
                if kronecker:
                    return f"{self.notation.module}kron({self.of(u)}, {self.of(v)})"
                return f"{self.of(u, FACTOR)} {cross} {self.of(v, FACTOR)}"
            case Vectorised(operand=u, rows=rows):
                if rows:
                    return f"{self.of(u, FACTOR)}.ravel()"
                return (r"\mathrm{vec}" if latex else "vec") + f"({self.of(u)})"
            case Summed(operand=u, arguments=given, method=method):
                if method:
                    return f"{self.of(u, FACTOR)}.sum({given})"
                return f"{self.notation.module}sum({self.of(u)}{', ' if given else ''}{given})"
            case Dots():
                return r"\dots" if latex else "..."
            case Rest():
                return r"\cdot" if latex else "·"
        raise TypeError(f"no spelling for {type(e).__name__}")

    def _beside(self, u: Expression) -> int:
        """How tightly the first factor of an elementwise product must bind: W δ that is new has brackets."""
        return FACTOR if isinstance(u, Chain) and (u.span, u) not in self.places.inside else PRODUCT

    def _raisable(self, u: Expression) -> str:
        """The base of a power or transpose: a name with something above it stands in brackets."""
        text = self.of(u, FACTOR)
        above = isinstance(u, Written | GradientOf | Power | Transpose) and "^" in text
        return f"({text})" if above and not text.startswith("(") else text

    def _power(self, k: int) -> str:
        if self.notation.code:
            return f"**{k}"
        if not self.notation.latex and "²" in self.source and k in (2, 3):
            return {2: "²", 3: "³"}[k]
        return f"^{k}" if k < 10 else f"^{{{k}}}"

    def _partial(self, of: str, by: str) -> str:
        if not self.notation.latex:
            return f"d{of}_d{by}" if self.notation.code else f"∂{of}/∂{by}"
        return rf"\frac{{\partial {of}}}{{\partial {by}}}"

    def _sum(self, terms: tuple[Expression, ...]) -> str:
        text = self.of(terms[0], PRODUCT) if not isinstance(terms[0], Negative) else self.of(terms[0])
        for term in terms[1:]:
            negative = isinstance(term, Negative)
            inner = term.operand if isinstance(term, Negative) else term
            text += f" {'-' if negative else '+'} {self.of(inner, PRODUCT)}"
        return text

    def _chain(self, factors: tuple[Expression, ...], signs: tuple[str, ...]) -> str:
        if signs == (OUTER,):
            return f"{self.notation.module}outer({self.of(factors[0])}, {self.of(factors[1])})"
        last = factors[-1]
        if self.notation.code and len(factors) == 2 and isinstance(last, Transpose) and signs == ("",):
            return f"{self.notation.module}outer({self.of(factors[0])}, {self.of(last.operand)})"
        text = self.of(factors[0], FACTOR)
        for f, sign in zip(factors[1:], signs, strict=True):
            joint = self.notation.sign(sign)
            text += (f" {joint} " if joint else " ") + self.of(f, FACTOR)
        return text

    def _gradient(self, target: Expression, mark: str) -> str:
        text = self.of(target)
        if mark == "∇":
            return rf"\nabla_{{{text}}} L" if self.notation.latex else f"∇_{{{text}}} L"
        if self.notation.latex:
            return f"{COMMANDS.get(mark, mark)} {text}"
        return f"{mark}{text}"

    def _repeated(self, e: Repeated) -> str:
        latex = self.notation.latex
        sign = ("\\prod" if e.kind == "prod" else "\\sum") if latex else "∏" if e.kind == "prod" else "∑"
        low = f"_{{{e.letter}={_index(e.low)}}}" if e.low is not None else f"_{e.letter}"
        high = f"^{{{_index(e.high)}}}" if e.high is not None else ""
        body = e.body if e.kind == "sum" else None
        return f"{sign}{low}{high} {self.of(e.body, PRODUCT if body is not None else FACTOR)}"

    # ---- names ---------------------------------------------------------------------------------

    def _name(self, w: Written) -> str:
        """The name as it stands in the source, its index changed, or spelled out."""
        if w.span is not None:
            line = self.source.split("\n")[w.span.line - 1 : w.span.line]
            text = line[0][w.span.column - 1 : w.span.end - 1].strip() if line else ""
            if text and self._reads(text) == w.name:
                return text
            changed = self._indexed(text, w.name) if text else None
            if changed is not None:
                return changed
        return self._spelled(w.name)

    def _indexed(self, text: str, name: NameToken) -> str | None:
        r"""A name's text with one of its scripts changed: \mathbf{h}_{t-1} as \mathbf{h}_{t}."""
        old = self._reads(text)
        if old is None or (old.base, old.accents) != (name.base, name.accents):
            return None
        for part in ("subscript", "label"):
            before, after = getattr(old, part).split(PARTED), getattr(name, part).split(PARTED)
            if len(before) != len(after):
                continue
            for a, b in zip(before, after, strict=True):
                a, b = _differing(a, b)
                pattern = re.compile(r"\s*".join(map(re.escape, re.sub(r"\s", "", a))))
                for m in reversed(list(pattern.finditer(text)) if a != b and a else []):
                    word = self.notation.code and b.isalnum()  # c_prev of code has no braces
                    bare = text[: m.start()].endswith(("_", "^")) and len(b) > 1 and not word
                    new = text[: m.start()] + (f"{{{b}}}" if bare else b) + text[m.end() :]
                    if self._reads(new) == name:
                        return new
        return None

    def _reads(self, text: str) -> NameToken | None:
        lexer = WideLexer(text)
        lexer.latex = self.notation.latex
        try:
            name = lexer.name() if lexer.starts_name() else None
        except GrusymError:
            return None
        return name if lexer.at >= len(lexer.text.rstrip()) else None

    def _spelled(self, name: NameToken) -> str:
        latex = self.notation.latex
        base = COMMANDS.get(name.base, name.base) if latex else name.base
        for accent, command in (("\u0303", "tilde"), ("\u0302", "hat"), ("\u0304", "bar")):
            if accent in name.accents:
                base = f"\\{command}{{{base}}}" if latex else base + accent
        plain = not latex and re.search(r"[A-Z]_[a-z]{2,}", self.source) and name.subscript.isalnum()
        words = plain or (re.fullmatch(r"[\w\x1f]+", name.subscript) and self.notation.code)
        sub, sup = (s.replace(PARTED, "_" if words else ",") for s in (name.subscript, name.label))
        text = base + ("'" * name.primes)
        if sub:
            short = len(sub) == 1 and not re.search(r"_\{\w\}", self.source)
            text += f"_{sub}" if words or short else f"_{{{sub}}}"
        if not sup:
            return text
        sup = (
            sup.replace("<", r"\langle ").replace(">", r" \rangle")
            if latex and "langle" in self.source
            else sup
        )
        return f"{text}^{{{sup}}}" if latex or len(sup) > 1 else f"{text}^{sup}"


def parts(e: Expression) -> tuple[Expression, ...]:
    """The parts of a surface node, what is differentiated among them."""
    return e.factors if isinstance(e, Chain) else children(e)


def with_parts(e: Expression, pieces: tuple[Expression, ...]) -> Expression:
    """The same node over other parts."""
    if isinstance(e, Chain):
        return Chain(pieces, e.signs, span=e.span)
    return rebuilt(e, pieces)


def _strange(after: tuple[Expression, ...], before: tuple[Expression, ...]) -> int:
    """How many parts of a node are not those of another."""
    return abs(len(after) - len(before)) + sum(a != b for a, b in zip(after, before, strict=False))


def _level(e: Expression, i: int) -> int:
    """How tightly part i of a node must bind where the source has no brackets around it."""
    if isinstance(e, Sum | Negative | Repeated) or (isinstance(e, Starred | Hadamard) and i == 0):
        return PRODUCT
    return SUM if isinstance(e, Diagonal | Norm | Summed | Concatenation | Partial | Largest) else FACTOR


def _differing(a: str, b: str) -> tuple[str, str]:
    """Two scripts without what they begin with alike, where that ends at a comma."""
    cut = 0
    for i, (x, y) in enumerate(zip(a, b, strict=False)):
        if x != y:
            break
        if x == ",":
            cut = i + 1
    return a[cut:].strip(), b[cut:].strip()


def _index(index: Index | None) -> str:
    return "" if index is None else str(index)


def _decimal(x: Fraction) -> str:
    return f"{x.numerator}/{x.denominator}"
