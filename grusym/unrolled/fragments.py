"""Single equations of a document's cell, as code or papers write them, and what their names do in them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from grusym.language.expression import Activation, Expression, Hadamard, Negative, Number, Sum
from grusym.language.statements import Declarations, statements
from grusym.language.surface import Chain, Starred, Written
from grusym.language.times import surface, written

GENERIC = re.compile(r"(?:\\phi|\\varphi|φ|ϕ|\bf(?:_\{?\w\}?)?|\\psi|ψ|\\mathcal\{?A\}?)\s*(?=\\!|\\left|\()")
UNNAMED = "softplus"  # a smooth function that no document means: nothing holds by the accident of tanh
_KEYED = re.compile(r"\b\w+\[\s*['\"]([^'\"\]]+)['\"]\s*\]")
_PATH = re.compile(r"\b[A-Za-z_]\w+\.(?=[A-Za-z_])(?!T\b)")
_LAYER = re.compile(r"\b(Tanh|Sigmoid|tanh|sigmoid)\(\)(?:\.forward|\.__call__)?\(")
_DOTTED = re.compile(r"(?<=[)\w}])\.(?=[A-Za-z(])(?!T\b)")
_REST = re.compile(r"\+\s*(?:\\[lc]?dots|\.{3}|…|\\cdots)")


@dataclass(frozen=True)
class Fragment:
    """One equation: its text, the name it defines, and the names it uses (canonical, without times)."""

    text: str
    left: str
    right: Expression
    uses: tuple[str, ...]
    rows: bool
    olds: frozenset[str] = frozenset()  # those used as they were a step before

    @property
    def timed(self) -> frozenset[str]:
        """The names that it uses at the time of the step."""
        return frozenset(_bare(w) for w in written(self.right) if w.name.time == 0)

    @property
    def names(self) -> frozenset[str]:
        """All names in it."""
        return frozenset({self.left, *self.uses})

    @property
    def argument(self) -> bool:
        """Whether it gives a pre-activation: a sum with products by weights, and no function."""
        nodes = list(surface(self.right))
        weights = any(
            isinstance(n, Written) and n.name.time is None and n.name.base[:1] in "WURV" for n in nodes
        )
        if self.left in self.uses:
            return False
        return weights and not any(isinstance(n, Activation) for n in nodes)


def prepared(line: str) -> str:
    r"""A line of code or LaTeX in the language of cells: attributes, layers, (...)_n and f(...) undone."""
    text = line.replace("\\'", "'").replace(r"\!", "").replace("h_candidate", "h_tilde")
    latex = re.search(r"\\[A-Za-z]", text) is not None
    if not latex:
        text = _LAYER.sub(lambda m: m[1].lower() + "(", text)
        text = re.sub(r"\b(\w+)\.forward\(", r"\1(", text)
        text = _KEYED.sub(r"\1", text)
        text = _PATH.sub(
            lambda m: (
                m[0]
                if m.string.startswith("dot(", m.end()) or m[0] in ("np.", "torch.", "tf.", "jnp.")
                else ""
            ),
            text,
        )
        text = _DOTTED.sub(" * ", text) if not re.search(r"\bnp\.|\btorch\.|\.T\b", text) else text
        text = re.sub(r"\b([hxcs])s\[", r"\1[", text)
        text = re.sub(r"(\w+(?:\.T)?)\.dot\(([\w.]+)\)", r"\1 @ \2", text)
        text = re.sub(r"\b(prev|next)_([a-z])\b", r"\2_\1", text)
        text = re.sub(r"\bh_p\b", "h_prev", text)
        text = re.sub(r"(?<![\w.])([WUVRwub])([a-z]{1,2})(?![\w(])", _lettered, text)
        text = _old_states(text)
    text = re.sub(r"([A-Z]_[A-Za-z0-9])(?=[a-z]_\{?t)", r"\1 ", text)  # W_Ix_t
    text = re.sub(r"(\\Gamma_\{?\w\}?(?:\^\{?[^{}\s*]*\}?)?)\s*\*", r"\1 \\odot ", text)
    text = _REST.sub(lambda m: r"+ W_{x} x_{t} + b" if latex else "+ W_x x_t + b", text)
    text = GENERIC.sub(lambda m: f"\\operatorname{{{UNNAMED}}}" if latex else UNNAMED, text)
    return _subscripted(text)


def _lettered(m: re.Match[str]) -> str:
    """Wxh of code as W_xh, wn as W_n, bh as b_h."""
    return f"{m[1] if m[1] == 'b' else m[1].upper()}_{m[2]}"


def _old_states(text: str) -> str:
    """The h of code that is neither defined here nor marked as new is the old one: h_prev."""
    left, sign, right = text.partition("=")
    if not sign or re.search(r"h(?:_prev|_\{?t|\[t)", right) or re.fullmatch(r"\s*h\s*", left):
        return text
    return left + sign + re.sub(r"(?<![\w.])h(?![\w_(])", "h_prev", right)


def _subscripted(text: str) -> str:
    """(x_t W + b)_n as x_t W_n + b_n."""
    while m := re.search(r"\)_\{?(\w)\}?", text):
        depth, i = 0, m.start()
        while i >= 0:
            depth += (text[i] == ")") - (text[i] == "(")
            if depth == 0:
                break
            i -= 1
        inner = text[max(i, 0) : m.start() + 1]
        marked = re.sub(r"(?<![A-Za-z\\_{])([WURVb])(?![A-Za-z_])", rf"\1_{{{m[1]}}}", inner)
        text = text[: max(i, 0)] + marked + text[m.end() :]
    return text


def fragments(text: str) -> list[Fragment]:
    """The equations of a text, one by one."""
    found = []
    for s in statements(text, Declarations({}, {})):
        uses = tuple(dict.fromkeys(_bare(w) for w in written(s.right)))
        now = s.left.name.time or 0
        olds = frozenset(_bare(w) for w in written(s.right) if (w.name.time or 0) < now)
        found.append(Fragment(text, _bare(s.left), s.right, uses, _row_first(s.right), olds))
    return found


def _bare(w: Written) -> str:
    return replace(w.name, time=None, primes=0).canonical


def _row_first(e: Expression) -> bool:
    """Whether a vector stands before a weight: x W."""
    for node in surface(e):
        if isinstance(node, Chain):
            for left, right in zip(node.factors, node.factors[1:], strict=False):
                weight = _weight(right) and not _weight(left)
                if weight and (isinstance(left, Sum | Hadamard | Starred) or _moving(left)):
                    return True
    return False


def _weight(e: Expression) -> bool:
    inner = next((n for n in surface(e) if isinstance(n, Written)), None)
    single = not isinstance(e, Sum | Hadamard | Starred)
    return single and inner is not None and inner.name.time is None and inner.name.base[:1] in "WURVKwu"


def _moving(e: Expression) -> bool:
    names = list(written(e))
    return bool(names) and all(w.name.base[:1].islower() or w.name.time is not None for w in names)


def terms(e: Expression) -> list[list[Expression]]:
    """The factors of each term of a sum, signs dropped."""
    parts = e.terms if isinstance(e, Sum) else (e,)
    return [factors(p.operand if isinstance(p, Negative) else p) for p in parts]


def factors(e: Expression) -> list[Expression]:
    """The factors of a product, whatever stands between them."""
    match e:
        case Hadamard(left=u, right=v) | Starred(left=u, right=v):
            return [*factors(u), *factors(v)]
        case Chain(factors=parts):
            return [f for p in parts for f in factors(p)]
    return [e]


def complement(e: Expression) -> Written | None:
    """The z of (1 - z), or None."""
    if isinstance(e, Sum) and len(e.terms) == 2 and isinstance(e.terms[1], Negative):
        one, z = e.terms[0], e.terms[1].operand
        if isinstance(one, Number) and one.value == 1 and isinstance(z, Written):
            return z
    return None
