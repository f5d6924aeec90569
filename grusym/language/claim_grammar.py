r"""Formulas of derivations: what a cell's text may hold, and ∂h'/∂h, \frac{dL}{dU}, σ'(a), tanh²(c)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from grusym.errors import read_error
from grusym.language.activations import SPELLINGS
from grusym.language.expression import Activation, Diagonal, Expression, Power
from grusym.language.grammar import DEEPEST, Grammar
from grusym.language.lexer import Token
from grusym.language.scanner import NameToken
from grusym.language.surface import Written

LOSSES = ("L", "E", "J", "ℓ", "l", "loss", "Loss", "𝓛")


@dataclass(frozen=True, slots=True)
class Ratio(Expression):
    """∂of/∂by as written."""

    of: Written
    by: Written


class ClaimGrammar(Grammar):
    """Reads one side of an equation of a derivation."""

    def begins_factor(self) -> bool:
        """Whether a further factor of a juxtaposition follows."""
        return self.is_sign("∂") or super().begins_factor()

    def atom(self) -> Expression:
        """An atom of a cell's text, or a derivative."""
        if self.is_sign("∂"):
            token = self.take()
            of = self._differentiated("∂")
            self._sign("/", token)
            self._sign("∂", token)
            return Ratio(of, self._differentiated("∂"), span=token.span)
        if self.is_sign("frac") and (above := self._small_change(self.i + 2)) is not None:
            return self._fraction(above)
        return super().atom()

    def named(self, token: Token, name: NameToken) -> Expression:
        """A name, dL/dU, or a function: σ(a), σ'(a), tanh²(a)."""
        plain = replace(name, primes=0)
        bare = not (name.accents or name.subscript or name.label) and name.time is None
        if bare and plain.base in SPELLINGS:
            return self._function(token, SPELLINGS[plain.base], name.primes)
        if bare and name.base == "diag" and self.is_sign("[", "{"):  # diag[v]
            return Diagonal(self.bracketed(self.take()), span=token.span)
        if name.base.startswith("d") and len(name.base) > 1 and self.is_sign("/"):
            below = self.tokens[self.i + 1]
            tight = not self.next.spaced and not below.spaced
            if tight and below.name is not None and _undone(below.name) and _undone(name):
                self.i += 2
                of, by = _undone(name), _undone(below.name)
                assert of is not None and by is not None
                return Ratio(Written(of, span=token.span), Written(by, span=below.span), span=token.span)
        if name.base in ("δ", "Δ") and not self.next.spaced and name == NameToken(name.base):
            following = self.next.name
            if following is not None:  # δc, δh_{t-1}: one name
                self.take()
                script = replace(following, time=None).canonical
                return Written(NameToken("δ", subscript=script, time=following.time), span=token.span)
        return super().named(token, name)

    def called(self, f: Written) -> Expression:
        """A product: δ (r ⊙ h)ᵀ transposes the bracket alone."""
        return f

    def _function(self, token: Token, function: str, primes: int) -> Expression:
        while self.is_sign("'", "′", "’"):
            primes += len(self.take().text)
        if self.is_sign("^") and self._prime_above():
            primes += 1
        exponent = 1
        if self.next.kind == "power":
            exponent = int(self.take().text)
        elif self.is_sign("^"):
            raised = self.raised(Activation(function, Written(NameToken("u"))))
            if not isinstance(raised, Power):
                raise self.fail(
                    f"{token.text} can be raised to a whole power or have a prime, no more", token
                )
            exponent = raised.exponent
        if primes > 1:
            raise self.fail(f"second derivatives of {token.text} are not read", token)
        if not (self.begins_factor() or self.is_sign("-")):
            raise self.fail(f"{token.text} needs an argument, as in {token.text}(W x + b)", token)
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.fail(f"functions and brackets nested deeper than {DEEPEST}", token)
        argument = self.atom() if self.is_sign("(", "[", "{") else self.chain()
        self.depth -= 1
        whole = Activation(function + "'" * primes, argument, span=token.span)
        return whole if exponent == 1 else Power(whole, exponent, span=token.span)

    def _prime_above(self) -> bool:
        r"""Read ^{\prime} or ^\prime."""
        ahead = [t.text for t in self.tokens[self.i + 1 : self.i + 4]]
        for spelled in (["{", "'", "}"], ["'"]):
            if ahead[: len(spelled)] == spelled:
                self.i += 1 + len(spelled)
                return True
        return False

    def _small_change(self, i: int) -> NameToken | str | None:
        """What stands at the head of a fraction's part: ∂, or dL as one name; None elsewhere."""
        token = self.tokens[min(i, len(self.tokens) - 1)]
        if token.kind == "operator" and token.text == "∂":
            return "∂"
        return _undone(token.name) if token.name is not None else None

    def _fraction(self, above: NameToken | str) -> Expression:
        start, begun = self.i, self.take()
        parts = []
        for _ in range(2):
            opened = self.next
            if not self.is_sign("{"):
                break
            self.take()
            if self.is_sign("∂"):
                self.take()
                parts.append(self._differentiated("∂"))
            elif self.next.name is not None and (name := _undone(self.next.name)) is not None:
                parts.append(Written(name, span=self.take().span))
            else:
                break
            self.expect("}", opened)
        if len(parts) == 2:
            return Ratio(parts[0], parts[1], span=begun.span)
        if above == "∂":
            raise self.fail(
                r"a derivative is read as \frac{\partial h_t}{\partial h_{t-1}}: one name in each part", begun
            )
        self.i = start
        return super().atom()

    def _differentiated(self, sign: str) -> Written:
        """The name after ∂, in braces or not."""
        opened = []
        while self.is_sign("{"):  # \partial{h}
            opened.append(self.take())
            if len(opened) > DEEPEST:
                raise self.fail(f"brackets nested deeper than {DEEPEST}")
        token = self.next
        if token.name is None:
            raise self.fail(f"one name must stand after {sign}, as in ∂h'/∂h")
        self.take()
        for brace in reversed(opened):
            self.expect("}", brace)
        return Written(token.name, span=token.span)

    def _sign(self, sign: str, begun: Token) -> None:
        if not self.is_sign(sign):
            raise read_error(begun.span, "a derivative is read as ∂h'/∂h: one name after each ∂")
        self.take()


def _undone(name: NameToken) -> NameToken | None:
    """The U_c of dU_c, or None."""
    if name.base.startswith("d") and len(name.base) > 1:
        return replace(name, base=name.base[1:])
    return None
