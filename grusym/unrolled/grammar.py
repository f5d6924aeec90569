"""One line of a claim over steps: a chain of sides with = or ≤ between them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from grusym.errors import GrusymError, ReadError, read_error
from grusym.language.claim_grammar import LOSSES, ClaimGrammar, Ratio
from grusym.language.expression import (
    ONE,
    Activation,
    Diagonal,
    Expression,
    Identity,
    Power,
    Sum,
    Transpose,
)
from grusym.language.grammar import DEEPEST
from grusym.language.lexer import Token
from grusym.language.scanner import NameToken
from grusym.language.surface import Chain, Written
from grusym.unrolled.index import Index, read_index
from grusym.unrolled.lexer import IMMEDIATE, PARTED, WideLexer
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

_COMPARED = r"\s*(\\geq?|\\leq?|≥|≤|>=|<=|>|<|\\gt|\\lt)\s*"
_BETWEEN = re.compile(rf"([\w+-]+?){_COMPARED}([A-Za-z]){_COMPARED}([\w+-]+)")
SIGNS = ("=", "≤", "≥", "≈", "+=", "-=", "∼", "≲")
GENERIC = ("f", "φ", "ϕ", "g", "ψ", "F", "act")  # functions that documents leave unnamed
_WORDS = {"sigmoid": "σ'", "sigma": "σ'", "tanh": "tanh'", "relu": "relu'"}
SLOPES = {  # what code calls a slope: dsigmoid(x), tanh_prime(x), sigmoid_derivative(x)
    form.format(word): slope
    for word, slope in _WORDS.items()
    for form in ("d{}", "{}prime", "{}derivative", "{}deriv", "{}grad", "deriv{}", "grad{}")
}
MARKS = ("δ", "Δ", "d", "dp", "∇", "grad")  # before a name: the gradient at it
AXIS = re.compile(r"(?:^|axis=|dim=)\(?(-?\s*\d)")
SIZED = re.compile(r"(?:[nmdNHDkpq]|h|n_?[hxa]|d_?[hx]|hidden|([nmdNH])\s*(?:×|\\times|,)\s*\1)")  # I_n
OF_MATRICES = {"tr": "trace", "Tr": "trace", "trace": "trace", "det": "det"}
_RANGE = re.compile(r"\s*([A-Za-zτ])\s*(?:=|:|≥|<)\s*([^.…]+?)\s*(?:(?:\.\.+|…|\\ldots|\\dots|,|:)\s*(.+))?")


def relations(
    tokens: Sequence[Token], source: str, reader: Callable[[Sequence[Token]], WideGrammar] | None = None
) -> list[Relation]:
    """The claims of a text: one a line, or several with commas between them; `reader` reads each side."""
    reader = reader or WideGrammar
    found = []
    for line in _lines(tokens):
        sides: list[list[Token]] = [[]]
        signs: list[str] = []
        depth = 0
        for token in line:
            depth += _opening(token)
            if depth == 0 and token.kind == "operator" and token.text in SIGNS:
                signs.append(token.text)
                sides.append([])
            else:
                sides[-1].append(token)
        if not signs:
            raise read_error(
                line[0].span, "no '=' or '≤' in this line; a claim states one, as in J = diag(z)"
            )
        if any(not side for side in sides):
            raise read_error(line[0].span, "nothing stands on one side of the relation; write both sides")
        trees = tuple(reader(side).whole() for side in sides)
        found.append(Relation(trees, tuple(signs), tuple(_text(side, source) for side in sides)))
    if not found:
        raise ReadError("the text holds no claim; write one, as in ∂h_t/∂h_{t-1} = diag(1 - h_t²) W", 1, 1)
    return found


def _opening(token: Token) -> int:
    if token.kind != "operator":
        return 0
    return (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))


def _text(side: Sequence[Token], source: str) -> str:
    lines = source.split("\n")
    first, last = side[0].span, side[-1].span
    if first.line != last.line:
        return " ".join(" ".join(lines[first.line - 1 : last.line]).split())
    return lines[first.line - 1][first.column - 1 : last.end - 1].strip()


def _lines(tokens: Sequence[Token]) -> list[list[Token]]:
    """Tokens cut at line ends, and at commas where a further relation follows."""
    lines: list[list[Token]] = [[]]
    depth = 0
    for i, token in enumerate(tokens):
        depth += _opening(token)
        if token.kind in ("comment", "end"):
            continue
        cut = token.kind == "line" and not _goes_on(lines[-1], tokens, i)
        comma = depth == 0 and token.kind == "operator" and token.text == ","
        if cut or (comma and any(t.text in SIGNS for t in tokens[i:])):
            lines.append([])
        elif token.kind != "line" and not (comma or (token.text == "." and _last(tokens, i))):
            lines[-1].append(token)
    return [line for line in lines if line]


def _last(tokens: Sequence[Token], i: int) -> bool:
    return tokens[i + 1].kind in ("line", "end", "comment")


def _goes_on(line: list[Token], tokens: Sequence[Token], i: int) -> bool:
    following = next((t for t in tokens[i:] if t.kind not in ("line", "comment")), None)
    going = (*SIGNS, "+", "-", "⊙", "⊗", "*", "·", "×", "@")
    before = bool(line) and line[-1].kind == "operator" and line[-1].text in going
    after = following is not None and following.kind == "operator" and following.text in going
    return before or (after and bool(line))


class WideGrammar(ClaimGrammar):
    """One side of a relation."""

    def begins_factor(self) -> bool:
        """Whether a further factor follows."""
        return (
            self.next.kind in ("big", "dots")
            or (self.is_sign("‖", "|") and self.bars == 0)
            or super().begins_factor()
        )

    bars = 0  # norms that are open
    joints: ClassVar[Mapping[str, Callable[..., Expression]]] = {**ClaimGrammar.joints, "⊗": Crossed}

    def signed(self) -> Expression:
        """A term, or an ellipsis in its place."""
        if self.next.kind == "dots":
            return Dots(span=self.take().span)
        return super().signed()

    def chain(self, first: Expression | None = None) -> Expression:
        """Factors side by side; after a product or sum sign, its body."""
        if first is None and self.next.kind == "big":
            return self._repeated(self.take())
        return super().chain(first)

    def postfix(self) -> Expression:
        """An atom with powers, transposes and slices."""
        e = self._powers(super().postfix())
        while self.is_sign("[") and not self.next.spaced and self._colon_ahead():
            e = self._sliced(e)
            e = self._powers(e)
        return e

    def _powers(self, e: Expression) -> Expression:
        while True:
            method = self.tokens[self.i + 1].name if self.is_sign(".") else None
            called = self.tokens[min(self.i + 2, len(self.tokens) - 1)].text == "("
            if method is not None and not called and method != NameToken("T"):
                return e
            if method is not None and method.base in ("dot", "matmul", "mm") and not method.subscript:
                self.i += 2
                e = Chain((e, self.bracketed(self.take())), ("@",), span=e.span)
                continue
            if method is not None and method.base in ("flatten", "ravel") and not method.subscript:
                self.i += 2
                self._arguments_skipped(self.take())
                e = Vectorised(e, rows=True, span=e.span)
                continue
            if method is not None and method.base == "sum":
                self.i += 2
                e = self._summed(e, self.take(), True)
                continue
            if self.is_sign("ᵀ"):
                self.take()
                e = Transpose(e, span=e.span)
            elif self.is_sign(".") and self.tokens[self.i + 1].text == "T":
                self.i += 2
                e = Transpose(e, span=e.span)
            else:
                return e

    def raised(self, e: Expression) -> Expression:
        """A power, a transpose, a prime above a slope's name, or a number of steps."""
        ahead = [t.text for t in self.tokens[self.i + 1 : self.i + 4]]
        if "'" in ahead[:2] and isinstance(e, Written) and e.name.base == "σ":
            self.i += 4 if ahead[0] == "{" else 2
            return SlopeAt(replace(e, name=_of_script(e.name)), span=e.span)
        found = self._index_ahead(isinstance(e, Norm | Largest))
        if found is not None:
            index, self.i = found
            return Raised(e, index, span=e.span)
        return super().raised(e)

    def _index_ahead(self, scalar: bool) -> tuple[Index, int] | None:
        """The number of steps after ^ and the place behind it: t-k, k, or T where no matrix is raised."""
        braced = self.tokens[self.i + 1].text == "{"
        end = start = self.i + 1 + braced
        while braced and self.tokens[end].text != "}" and self.tokens[end].kind != "end":
            end += 1
        end = end if braced else min(start + 1, len(self.tokens) - 1)
        text = "".join(t.text for t in self.tokens[start:end])
        index = read_index(text)
        if index is None or not index.letters or (text == "T" and not scalar):
            return None
        return index, min(end + braced, len(self.tokens) - 1)

    # ---- atoms ---------------------------------------------------------------------------------

    def atom(self) -> Expression:
        """An atom of a claim over steps."""
        if self.next.kind == "big":
            return self._repeated(self.take())
        if self.next.kind == "dots":
            return Dots(span=self.take().span)
        if self.is_sign("·") and self.tokens[self.i + 1].text == ")":  # tanh'(·)
            return Rest(span=self.take().span)
        if self.is_sign("‖"):
            return self._norm(self.take())
        if self.is_sign("|"):
            return self._size(self.take())
        if self.is_sign("∂"):
            begun = self.take()
            kind = self._immediate()
            of = self._changed()
            self._sign("/", begun)
            self._sign("∂", begun)
            return Partial(of, self._changed(), kind or self._immediate(), span=begun.span)
        change = self.tokens[min(self.i + 2, len(self.tokens) - 1)]
        plain_d = change.name is not None and change.name == NameToken("d")
        if self.is_sign("frac") and (plain_d or self._small_change(self.i + 2) is not None):
            return self._derivative_fraction()
        return super().atom()

    def _changed(self) -> Expression:
        """What stands after ∂: a name, or an expression in brackets."""
        if self.is_sign("(", "{"):
            return self.bracketed(self.take())
        token = self.next
        if token.name is None:
            raise self.fail("a name must stand after ∂, as in ∂h_t/∂h_{t-1}")
        self.take()
        if token.name == NameToken("vec"):
            return self.named(token, token.name)
        return Written(token.name, span=token.span)

    def _immediate(self) -> str:
        """The kind of a derivative whose ∂ has just been read."""
        if not self.is_sign(IMMEDIATE):
            return ""
        self.take()
        return "immediate"

    def _derivative_fraction(self) -> Expression:
        start, begun, kind = self.i, self.take(), "total"
        parts: list[Expression] = []
        for _ in range(2):
            opened = self.next
            if not self.is_sign("{"):
                break
            self.take()
            if self.is_sign("∂"):
                self.take()
                kind = self._immediate() or ("" if kind == "total" else kind)
                if self.is_sign("^"):
                    raise self.fail("second derivatives are not read")
                name = self.next.name
                inner: list[Expression] = [] if name is None else [Written(name, span=self.next.span)]
                if inner and self.tokens[self.i + 1].text == "}":
                    self.take()
                    parts += inner
                else:
                    parts.append(self.chain())
            elif self.next.name is not None and self.next.name.base in ("d", "D"):
                self.take()
                parts.append(self._changed())
            elif self.next.name is not None and self.next.name.base.startswith("d"):
                name = self.take().name
                assert name is not None
                parts.append(Written(replace(name, base=name.base[1:]), span=begun.span))
            else:
                break
            self.expect("}", opened)
        if len(parts) == 2:
            return Partial(parts[0], parts[1], kind, span=begun.span)
        self.i = start
        return super(ClaimGrammar, self).atom()

    def _size(self, opened: Token) -> Expression:
        """|u|, entry by entry for a vector."""
        self.bars += 1
        inner = self.sum()
        self.bars -= 1
        self.expect("|", opened)
        return Norm(inner, "|", span=opened.span)

    def _norm(self, opened: Token) -> Expression:
        self.bars += 1
        inner: Expression
        if self.is_sign("·") and self.tokens[self.i + 1].text == "‖":
            inner = Rest(span=self.take().span)
        elif (
            self.next.name is not None
            and self.next.name.base in ("σ", "sigma", "tanh", "φ", "f")
            and "‖" in [t.text for t in self.tokens[self.i + 1 : self.i + 3]]
        ):
            token = self.take()
            while self.is_sign("'"):
                self.take()
            inner = Activation("'", Rest(span=token.span), span=token.span)
        else:
            inner = self.sum()
        self.bars -= 1
        which = self.next.name.base if self.is_sign("‖") and self.next.name is not None else ""
        self.expect("‖", opened)
        return Norm(inner, which, span=opened.span)

    def named(self, token: Token, name: NameToken) -> Expression:
        """A name, or a function, slope, gradient or largest value."""
        base = name.base
        if base == "∇":
            return self._nabla(token, name)
        if base == "diag" and self.is_sign("[", "{", "("):
            return Diagonal(self.bracketed(self.take()), span=token.span)
        if (
            base in OF_MATRICES
            and not name.subscript
            and (self.is_sign("(", "{", "[") or self.begins_factor())
        ):
            return Largest(OF_MATRICES[base], self.postfix(), span=token.span)
        if base == "max" and self.is_sign("(", "{", "[", "‖", "|"):
            return Largest("entry", self.atom(), span=token.span)
        if base in ("ρ", "λ", "σ") and (base == "ρ" or "max" in name.subscript or name.subscript == "1"):
            return self._largest(token, {"ρ": "rho", "λ": "lambda", "σ": "sigma"}[base])
        if base == "σ" and name.subscript and (name.primes or self.is_sign("'")):
            while self.is_sign("'"):
                self.take()
            return SlopeAt(Written(_of_script(name), span=token.span), span=token.span)
        if base in GENERIC and (name.primes or self.is_sign("'")) and self._bracket_after_primes():
            while self.is_sign("'"):
                self.take()
            return Activation("?'", self.bracketed(self.take()), span=token.span)
        slope = SLOPES.get(f"{base}_{name.subscript}".rstrip("_").replace("_", "").lower())
        if slope is not None and self.is_sign("("):
            return Activation(slope, self.bracketed(self.take()), span=token.span)
        if base in MARKS and self._marks_next(token, name):
            following = self.take()
            assert following.name is not None
            target = Written(following.name, span=following.span)
            return GradientOf(target, base, span=token.span)
        if base in ("outer", "ger") and self.is_sign("("):
            opened = self.take()
            u, v = self.sum(), self._second(opened)
            return Chain((u, v), (OUTER,), span=token.span)
        if (
            base == "I"
            and SIZED.fullmatch(name.subscript)
            and not (name.label or name.accents or name.primes)
        ):
            return Identity(span=token.span)
        if base == "kron" and self.is_sign("("):
            opened = self.take()
            u, v = self.sum(), self._second(opened)
            return Crossed(u, v, kronecker=True, span=token.span)
        if base == "vec" and not name.subscript and self.is_sign("(", "[", "{"):
            return Vectorised(self.bracketed(self.take()), span=token.span)
        if base == "vec" and not name.subscript and self.begins_factor():
            return Vectorised(self.postfix(), span=token.span)
        if base == "square" and self.is_sign("("):
            return Power(self.bracketed(self.take()), 2, span=token.span)
        if base == "sum" and self.is_sign("("):
            opened = self.take()
            inner = self.sum()
            if self.is_sign(","):
                self.take()
            return self._summed(inner, opened, False)
        if base in ("ones_like", "ones") and self.is_sign("("):
            self._arguments_skipped(self.take())
            return ONE
        if base == "multiply" and self.is_sign("("):
            from grusym.language.surface import Starred

            opened = self.take()
            u, v = self.sum(), self._second(opened)
            return Starred(u, v, span=token.span)
        if (of := _changed_in_code(name)) is not None:  # dh_dh_prev
            return Partial(
                Written(of, span=token.span),
                Written(WideLexer(name.subscript[1:]).name(), span=token.span),
                span=token.span,
            )
        found = super().named(token, name)
        return Partial(found.of, found.by, span=found.span) if isinstance(found, Ratio) else found

    def _summed(self, e: Expression, opened: Token, method: bool) -> Summed:
        """sum(v, axis=0), sum(v, 0), v.sum(dim=0, keepdims=True): what is summed over is the batch."""
        texts = self._arguments_skipped(opened)
        shown = "".join(texts).replace(",", ", ")
        found = AXIS.search(shown)
        return Summed(e, int(found.group(1).replace(" ", "")) if found else None, shown, method, span=e.span)

    def _arguments_skipped(self, opened: Token) -> list[str]:
        """Move past the arguments of a call whose bracket is open; their texts."""
        depth, texts = 1, []
        while depth:
            if self.next.kind == "end":
                self.expect(")", opened)
            token = self.take()
            depth += (token.text in ("(", "[")) - (token.text in (")", "]"))
            texts.append(token.text)
        return texts[:-1]

    def _second(self, opened: Token) -> Expression:
        self.expect(",", opened)
        e = self.sum()
        self.expect(")", opened)
        return e

    def not_indexed(self, token: Token) -> None:
        """Slices are read after the atom."""

    def _bracket_after_primes(self) -> bool:
        i = self.i
        while self.tokens[i].text == "'":
            i += 1
        return self.tokens[i].text in ("(", "[")

    def _marks_next(self, token: Token, name: NameToken) -> bool:
        """Whether δ, d or Δ stands before the name whose gradient is meant: δh_t, d x, dΓ_u."""
        bare = not (name.subscript or name.label or name.primes or name.accents)
        following = self.next.name
        if not bare or following is None or self.next.kind != "name":
            return False
        near = not self.next.spaced or (token.text.startswith("\\") and following.base != "diag")
        return near or token.text in ("d", "dp")

    def _nabla(self, token: Token, name: NameToken) -> Expression:
        if name.subscript:
            following = self.next.name
            inner = Written(_script_name(name.subscript), span=token.span)
            if following is not None and following.base in LOSSES:
                loss = Written(following, span=self.take().span)
                if following.subscript or following.label or following.time is not None:
                    return Partial(loss, inner, span=token.span)  # ∇_h L_t, the loss of one step
            return GradientOf(inner, "∇", span=token.span)
        if self.next.name is None:
            raise self.fail("a name must stand after ∇, as in ∇W or ∇_h L")
        following_token = self.take()
        assert following_token.name is not None
        return GradientOf(Written(following_token.name, span=following_token.span), "∇", span=token.span)

    def _largest(self, token: Token, which: str) -> Expression:
        operand = self.bracketed(self.take()) if self.is_sign("(") else None
        return Largest(which, operand, span=token.span)

    def _function(self, token: Token, function: str, primes: int) -> Expression:
        i = self.i
        while self.tokens[i].text == "'":
            i += 1
        if self.tokens[i].text == "‖":  # ‖σ'‖
            raise self.fail(f"{token.text} needs an argument", token)
        return super()._function(token, function, primes)

    # ---- products and sums ---------------------------------------------------------------------

    def _repeated(self, token: Token) -> Expression:
        """∑ or ∏ with its limits and its body."""
        assert token.name is not None
        kind = token.text
        if (several := re.fullmatch(r"\s*([A-Za-z])\s*,\s*([A-Za-z])\s*", token.name.subscript)) is not None:
            inner = self._repeated(replace(token, name=replace(token.name, subscript=several[2])))
            return Repeated(kind, several[1], None, None, inner, span=token.span)  # ∑_{i,j}
        letter, low, high = _limits(token.name, self)
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.fail("sums and products nested too deeply", token)
        body = self.term() if kind in ("sum", "max") else self._factors(letter)
        self.depth -= 1
        return Repeated(kind, letter, low, high, body, span=token.span)

    def _factors(self, letter: str) -> Expression:
        """The body of a product sign: a bracket, or the factors up to one that goes without its index."""
        first = self.postfix()
        if isinstance(first, Sum) or (self.tokens[self.i - 1].text in (")", "]") and _bracketed(self)):
            return first
        factors, signs = [first], []
        while self.is_sign("@", "·", "×", "*") or self.begins_factor():
            start = self.i
            sign = self.take().text if self.is_sign("@", "·", "×", "*") else ""
            following = self.postfix()
            if isinstance(following, Partial | GradientOf) and not mentions(following, letter):
                self.i = start
                break
            factors.append(following)
            signs.append(sign)
        return first if len(factors) == 1 else Chain(tuple(factors), tuple(signs), span=first.span)

    # ---- slices --------------------------------------------------------------------------------

    def _colon_ahead(self) -> bool:
        i, depth = self.i, 0
        while self.tokens[i].kind != "end":
            text = self.tokens[i].text
            depth += (text in ("[", "(")) - (text in ("]", ")"))
            if depth == 0:
                return False
            if text == ":":
                return True
            i += 1
        return False

    def _sliced(self, e: Expression) -> Expression:
        opened = self.take()
        words: list[str] = [""]
        while not self.is_sign("]"):
            if self.next.kind == "end":
                self.expect("]", opened)
            token = self.take()
            if token.text == ",":
                words.append("")
            else:
                words[-1] += token.text
        self.take()
        ranges = []
        for word in words:
            low, colon, high = word.partition(":")
            if word in ("None", "np.newaxis", "newaxis"):  # an axis of one: the vector as a column or a row
                low = high = "None"
            elif not colon:
                raise self.fail("a slice is read as [a:b], as in [:H]", opened)
            ranges.append((low, high))
        return Sliced(e, tuple(ranges), span=e.span)


def _changed_in_code(name: NameToken) -> NameToken | None:
    """The h of dh_dh_prev, a derivative in one word; None for other names, dL_dh among them."""
    m = re.fullmatch(r"d([A-Za-z]\w*)", name.base)
    if m is None or m[1] in LOSSES or m[1] == "L" or not re.match(r"d[A-Za-z]", name.subscript):
        return None
    return NameToken(m[1])


def _script_name(script: str) -> NameToken:
    """The name that a script is: the h_{t+1} of ∇_{h_{t+1}}; of more than a name, all of it as a label."""
    lexer = WideLexer(script)
    lexer.latex = True
    try:
        name = lexer.name() if script and lexer.starts_name() else None
    except GrusymError:
        name = None
    return name if name is not None and lexer.at >= len(lexer.text) else NameToken("", subscript=script)


def _of_script(name: NameToken) -> NameToken:
    """The i_t of σ'_{i_t}, with what else the name bears."""
    first, _, rest = name.subscript.partition(PARTED)
    inner = _script_name(first)
    scripts = PARTED.join(x for x in (inner.subscript, rest) if x)
    labels = PARTED.join(x for x in (inner.label, name.label) if x)
    return replace(inner, subscript=scripts, label=labels)


def _bracketed(grammar: WideGrammar) -> bool:
    """Whether what was just read is one bracket."""
    i, depth = grammar.i - 1, 0
    while i >= 0:
        text = grammar.tokens[i].text
        depth += (text in (")", "]", "}")) - (text in ("(", "[", "{"))
        if depth == 0:
            return i == 0 or grammar.tokens[i - 1].kind == "big"
        i -= 1
    return False


def _limits(name: NameToken, grammar: WideGrammar) -> tuple[str, Index | None, Index | None]:
    r"""Letter and limits: _{i=k+1}^{t}, _{k=1..t}, _i^k, _t."""
    below, above = name.subscript.strip("() "), name.label.strip()
    between = _BETWEEN.fullmatch(below)
    if between is not None:  # t ≥ i > k, k < i ≤ t
        first, sign, letter, other, last = between.groups()
        high_text, low_text = (first, last) if sign[-1] in ">≥" or "g" in sign else (last, first)
        strict = other if high_text == first else sign
        low = read_index(low_text)
        if low is not None:
            open_ = strict in (">", "<", r"\gt", r"\lt")
            return letter, low.shifted(1) if open_ else low, read_index(high_text)
    high = read_index(above) if above else None
    m = _RANGE.fullmatch(below)
    if m is not None:
        low = read_index(m[2])
        high = read_index(m[3]) if m[3] else high
        if low is None:
            raise grammar.fail(f"cannot read the limit {below!r}; write i=k+1")
        return m[1], low, high
    if re.fullmatch("[A-Za-zτ]?", below):
        return below or "?", None, high
    raise grammar.fail(f"cannot read the limits {below!r} and {above!r} of a sum or product")


def mentions(e: Expression, letter: str) -> bool:
    """Whether an index letter occurs in the scripts of a tree's names."""
    from grusym.language.times import written

    pattern = re.compile(rf"(?<![A-Za-z]){re.escape(letter)}(?![A-Za-z])")
    return any(pattern.search(w.name.subscript) or pattern.search(w.name.label) for w in written(e))
