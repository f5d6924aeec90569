"""Changed sides in the author's notation: LaTeX, Unicode or NumPy code, each name as the author writes it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

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
)
from grusym.language.scanner import NameToken
from grusym.language.spelling import GREEK
from grusym.language.surface import Call, Chain, Starred, Written
from grusym.unrolled.index import Index
from grusym.unrolled.lexer import PARTED, WideLexer
from grusym.unrolled.tree import (
    OUTER,
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
)

COMMANDS = {letter: f"\\{word}" for word, letter in GREEK.items()}
SUM, PRODUCT, FACTOR = 0, 1, 2  # how tightly a node binds


@dataclass(frozen=True)
class Speller:
    """Writes trees in the notation of a source text."""

    source: str

    @property
    def latex(self) -> bool:
        """Whether the author writes LaTeX."""
        return "\\" in self.source

    @property
    def code(self) -> bool:
        """Whether the author writes code."""
        return not self.latex and any(
            sign in self.source for sign in ("np.", "torch.", ".T", "@", "**", "_prev")
        )

    def relation(self, relation: Relation, changed: int) -> str:
        """A whole claim with one side written anew."""
        texts = list(relation.texts)
        texts[changed] = self.of(relation.sides[changed])
        parts = [texts[0]]
        for sign, text in zip(relation.signs, texts[1:], strict=True):
            parts += [sign, text]
        return " ".join(parts)

    def of(self, e: Expression, at: int = SUM) -> str:
        """The text of a tree; in brackets where it binds less tightly than its place asks."""
        text, binds = self._written(e)
        return f"({text})" if binds < at else text

    def _written(self, e: Expression) -> tuple[str, int]:
        match e:
            case Number(value=x):
                return (str(x.numerator) if x.denominator == 1 else _decimal(x)), FACTOR
            case Written():
                return self._name(e), FACTOR
            case Identity():
                return "I", FACTOR
            case Negative(operand=u):
                return f"-{self.of(u, PRODUCT)}", SUM
            case Sum(terms=terms):
                return self._sum(terms), SUM
            case Hadamard(left=u, right=v):
                return f"{self.of(u, PRODUCT)} {self._sign('⊙')} {self.of(v, FACTOR)}", PRODUCT
            case Starred(left=u, right=v):
                return f"{self.of(u, PRODUCT)} * {self.of(v, FACTOR)}", PRODUCT
            case Quotient(left=u, right=v):
                return f"{self.of(u, FACTOR)} / {self.of(v, FACTOR)}", PRODUCT
            case Chain(factors=factors, signs=signs):
                return self._chain(factors, signs), PRODUCT
            case Call(function=f, argument=v):
                return f"{self.of(f)}({self.of(v)})", FACTOR
            case Transpose(operand=u):
                return self.of(u, FACTOR) + (r"^\top" if self.latex else ".T" if self.code else "ᵀ"), FACTOR
            case Power(base=u, exponent=k):
                return self.of(u, FACTOR) + (f"**{k}" if self.code else f"^{k}"), FACTOR
            case Activation(function=f, operand=u):
                return f"{self._function(f)}({self.of(u)})", FACTOR
            case Diagonal(vector=u):
                name = r"\operatorname{diag}" if self.latex else "np.diag" if self.code else "diag"
                return f"{name}({self.of(u)})", FACTOR
            case Concatenation(parts=parts):
                return f"[{', '.join(map(self.of, parts))}]", FACTOR
        return self._over_steps(e), FACTOR

    def _over_steps(self, e: Expression) -> str:
        match e:
            case Repeated():
                return self._repeated(e)
            case Partial(of=u, by=v):
                if self.latex:
                    return rf"\frac{{\partial {self.of(u)}}}{{\partial {self.of(v)}}}"
                return f"∂{self.of(u)}/∂{self.of(v)}"
            case GradientOf(target=u, mark=mark):
                return self._gradient(u, mark)
            case SlopeAt(value=u):
                return (
                    f"{self._function('σ')}'({self.of(u)})" if not self.latex else rf"\sigma'({self.of(u)})"
                )
            case Norm(operand=u):
                bar = r"\|" if self.latex else "‖"
                return f"{bar}{self.of(u)}{bar}"
            case Largest(which=which, operand=u):
                name = {"rho": "ρ", "lambda": "λ_max", "sigma": "σ_max", "entry": "max"}[which]
                return name + (f"({self.of(u)})" if u is not None else "")
            case Raised(base=u, exponent=k):
                return f"{self.of(u, FACTOR)}^{{{k}}}"
            case Sliced(operand=u, ranges=ranges):
                return f"{self.of(u, FACTOR)}[{', '.join(f'{a}:{b}' for a, b in ranges)}]"
            case Dots():
                return r"\dots" if self.latex else "..."
            case Rest():
                return r"\cdot" if self.latex else "·"
        raise TypeError(f"no spelling for {type(e).__name__}")

    def _sum(self, terms: tuple[Expression, ...]) -> str:
        text = self.of(terms[0], PRODUCT) if not isinstance(terms[0], Negative) else self.of(terms[0])
        for term in terms[1:]:
            if isinstance(term, Negative):
                text += f" - {self.of(term.operand, PRODUCT)}"
            else:
                text += f" + {self.of(term, PRODUCT)}"
        return text

    def _chain(self, factors: tuple[Expression, ...], signs: tuple[str, ...]) -> str:
        if signs == (OUTER,):
            return f"np.outer({self.of(factors[0])}, {self.of(factors[1])})"
        text = self.of(factors[0], FACTOR)
        for f, sign in zip(factors[1:], signs, strict=True):
            joint = f" {self._sign(sign)} " if sign else " @ " if self.code else " "
            text += joint + self.of(f, FACTOR)
        return text

    def _sign(self, sign: str) -> str:
        if self.latex:
            return {"⊙": r"\odot", "·": r"\cdot", "×": r"\times"}.get(sign, sign)
        return "*" if self.code and sign == "⊙" else sign

    def _function(self, function: str) -> str:
        bare = function.rstrip("'?") or "f"
        primes = function.count("'") * "'"
        if self.latex:
            return {"σ": r"\sigma", "f": "f"}.get(bare, f"\\{bare}") + primes
        return (f"np.{bare}" if self.code and bare != "σ" else bare) + primes

    def _gradient(self, target: Expression, mark: str) -> str:
        text = self.of(target)
        if mark == "∇":
            return rf"\nabla_{{{text}}} L" if self.latex else f"∇_{text} L"
        shown = COMMANDS.get(mark, mark) + " " if self.latex else mark
        return f"{shown}{text}"

    def _repeated(self, e: Repeated) -> str:
        sign = ("\\prod" if e.kind == "prod" else "\\sum") if self.latex else "∏" if e.kind == "prod" else "∑"
        low = f"_{{{e.letter}={_index(e.low)}}}" if e.low is not None else f"_{e.letter}"
        high = f"^{{{_index(e.high)}}}" if e.high is not None else ""
        return f"{sign}{low}{high} {self.of(e.body, FACTOR)}"

    def _name(self, w: Written) -> str:
        """The name as it stands in the source if it still is that name, else spelled out."""
        if w.span is not None:
            line = self.source.split("\n")[w.span.line - 1 : w.span.line]
            text = line[0][w.span.column - 1 : w.span.end - 1].strip() if line else ""
            if text and _reads(text) == w.name:
                return text
        return self._spelled(w.name)

    def _spelled(self, name: NameToken) -> str:
        base = COMMANDS.get(name.base, name.base) if self.latex else name.base
        for accent, command in (("\u0303", "tilde"), ("\u0302", "hat"), ("\u0304", "bar")):
            if accent in name.accents:
                base = f"\\{command}{{{base}}}" if self.latex else base + accent
        sub, sup = (s.replace(PARTED, ",") for s in (name.subscript, name.label))
        text = base + ("'" * name.primes)
        text += f"_{{{sub}}}" if sub and (len(sub) > 1 or self.latex) else f"_{sub}" if sub else ""
        if not sup:
            return text
        return f"{text}_{{{sup}}}" if not sub else f"{text}^{{{sup}}}"


def _reads(text: str) -> NameToken | None:
    lexer = WideLexer(text)
    try:
        return lexer.name() if lexer.starts_name() else None
    except GrusymError:
        return None


def _index(index: Index | None) -> str:
    return "" if index is None else str(index)


def _decimal(x: Fraction) -> str:
    return f"{x.numerator}/{x.denominator}"
