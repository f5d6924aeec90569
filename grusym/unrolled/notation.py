"""Which signs an author uses: for products, transposes, diagonals, functions; else the usual ones."""

from __future__ import annotations

import re
from dataclasses import dataclass

from grusym.language.spelling import GREEK

COMMANDS = {letter: f"\\{word}" for word, letter in GREEK.items()}
CODE = re.compile(
    r"\b(?:np|torch|tf|jnp|self|numpy)\.|\.T\b|@|\*\*|\[:|\w+_(?:prev|next)\b|\bd[A-Z]?\w+ \+?= "
)
_DIAGONAL = re.compile(
    r"\\(?:text|mathrm|textrm|mathbf|mathit|operatorname)\*?\s*\{\s*[dD]iag\s*\}|(?:np|torch|jnp|tf\.linalg)"
    r"\.diag|\\diag(?![A-Za-z])|(?<![A-Za-z])[dD]iag"
)
_TURNED = re.compile(
    r"\^\s*(?:\{\s*\\?(?:top|intercal|mathsf\{T\}|T|⊤)\s*\}|\\(?:top|intercal)(?![A-Za-z])|T(?![A-Za-z])|⊤)"
    r"|ᵀ|⊤|\.T\b"
)
_TURNED_INSIDE = re.compile(r"[)>\d]\s*(\\(?:top|intercal)|T)\s*\}")  # x^{(t)\top}
_ELEMENTWISE = re.compile(r"\\(?:odot|circ|otimes)(?![A-Za-z])|⊙|∘|◦|⊗")


@dataclass(frozen=True)
class Notation:
    """The notation of a source text."""

    source: str

    @property
    def latex(self) -> bool:
        """Whether the author writes LaTeX."""
        return "\\" in self.source.replace("\\'", "'")

    @property
    def code(self) -> bool:
        """Whether the author writes code."""
        return not self.latex and CODE.search(self.source) is not None

    @property
    def module(self) -> str:
        """The library of the code."""
        return "torch." if "torch." in self.source else "np."

    @property
    def diagonal(self) -> str:
        """What stands before the bracket of a diagonal matrix."""
        m = _DIAGONAL.search(self.source)
        if m is not None:
            return m.group()
        return r"\operatorname{diag}" if self.latex else f"{self.module}diag" if self.code else "diag"

    @property
    def transpose(self) -> str:
        """What stands behind a transposed matrix."""
        m = _TURNED.search(self.source) or _TURNED_INSIDE.search(self.source)
        if m is not None and m.re is _TURNED_INSIDE:
            return f"^{m[1]}"
        if m is not None and (m.group() == ".T") == self.code:
            return m.group()
        return r"^\top" if self.latex else ".T" if self.code else "ᵀ"

    @property
    def elementwise(self) -> str:
        """The sign of an elementwise product."""
        if self.code:
            return "*"
        m = _ELEMENTWISE.search(self.source)
        if m is not None:
            return m.group()
        if re.search(r"(?<!\*)\*(?!\*)", self.source):
            return "*"
        return r"\odot" if self.latex else "⊙"

    def sign(self, sign: str) -> str:
        """A sign between factors; juxtaposition in code needs one."""
        if sign == "⊙":
            return self.elementwise
        if self.latex:
            return {"·": r"\cdot", "×": r"\times"}.get(sign, sign)
        return sign or ("@" if self.code else "")

    def function(self, function: str) -> str:
        """The name of a function or of its slope."""
        bare, primes = function.rstrip("'?") or "f", function.count("'") * "'"
        if self.latex:
            return {"σ": r"\sigma", "f": "f"}.get(bare, f"\\{bare}") + primes
        if not self.code:
            return bare + primes
        if bare == "σ":
            return next((w for w in ("sigmoid", "sigma") if w in self.source), "sigmoid") + primes
        return (self.module if self.module + bare in self.source else "np.") + bare + primes

    def largest(self, which: str) -> str:
        """The name of the largest entry, value or singular value."""
        if which == "entry":
            return r"\max" if self.latex else "max"
        letter, below = {"rho": ("ρ", ""), "lambda": ("λ", "max"), "sigma": ("σ", "max")}[which]
        shown = COMMANDS[letter] if self.latex else letter
        if not below:
            return shown
        return (
            rf"{shown}_{{\max}}"
            if r"_{\max" in self.source
            else f"{shown}_{{max}}"
            if self.latex
            else (f"{shown}_max")
        )
