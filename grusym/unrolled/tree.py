"""Nodes of claims over many steps, beside those of one step: ∏, ∑, norms, ellipses, slices, derivatives."""

from __future__ import annotations

from dataclasses import dataclass, field

from grusym.language.expression import Expression
from grusym.unrolled.index import Index

OUTER = "outer"  # the sign between the factors of np.outer(u, v)


@dataclass(frozen=True, slots=True)
class Repeated(Expression):
    """∏ or ∑ of a body over an index from `low` to `high`; None where the text leaves a limit out."""

    kind: str  # "prod" or "sum"
    letter: str
    low: Index | None
    high: Index | None
    body: Expression


@dataclass(frozen=True, slots=True)
class Norm(Expression):
    """‖operand‖, by `which`: "" or "2" the spectral norm of a matrix, "F", "∞"."""

    operand: Expression
    which: str = ""


@dataclass(frozen=True, slots=True)
class Dots(Expression):
    """An ellipsis: what stands between its neighbours, or the rest of a sum."""


@dataclass(frozen=True, slots=True)
class Partial(Expression):
    """∂of/∂by, each a name or an expression; `kind` "total" of d of/d by, "immediate" of ∂⁺of/∂by."""

    of: Expression
    by: Expression
    kind: str = ""


@dataclass(frozen=True, slots=True)
class GradientOf(Expression):
    """A gradient of the loss named by what it belongs to: δ_c, δh_t, dz, ∇_h L."""

    target: Expression
    mark: str  # δ, d, g, ∇: as the author writes it


@dataclass(frozen=True, slots=True)
class SlopeAt(Expression):
    """σ'_{i_t}: the slope of the activation that gives a value."""

    value: Expression


@dataclass(frozen=True, slots=True)
class Rest(Expression):
    """The dot of tanh'(·): whatever argument the function has in the cell."""


@dataclass(frozen=True, slots=True)
class Sliced(Expression):
    """Rows or entries of an array: [:H], [:, :H], [m:]."""

    operand: Expression
    ranges: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Raised(Expression):
    """base to a power that is a number of steps, as in ‖W‖^{t-k}."""

    base: Expression
    exponent: Index


@dataclass(frozen=True, slots=True)
class Largest(Expression):
    """ρ(W), λ_max(W), σ_max(W), max |v|: `which` is rho, lambda, sigma or entry."""

    which: str
    operand: Expression | None


@dataclass(frozen=True, slots=True)
class Crossed(Expression):
    """left ⊗ right: the outer or the Kronecker product, or one entry by entry, as the sides fit."""

    left: Expression
    right: Expression
    kronecker: bool = False  # np.kron says which


@dataclass(frozen=True, slots=True)
class Vectorised(Expression):
    """vec(operand): the columns of a matrix one under another; in code its rows, one after another."""

    operand: Expression
    rows: bool = False


@dataclass(frozen=True, slots=True)
class Summed(Expression):
    """np.sum(operand, axis=0): over the examples of a batch; of code alone."""

    operand: Expression
    axis: int | None = None
    arguments: str = ""  # as the text has them
    method: bool = False  # dz.sum(0)


@dataclass(frozen=True, slots=True)
class Entry(Expression):
    """One entry of a vector, a matrix or a derivative, numbered by letters; `written` as the text has it."""

    operand: Expression
    letters: tuple[str, ...]
    written: Expression | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Over(Expression):
    """A sum, product or maximum over the entries that a letter numbers."""

    kind: str  # "sum", "prod" or "max"
    letter: str
    body: Expression
    low: Index | None = None
    high: Index | None = None


@dataclass(frozen=True)
class Relation:
    """A chain of sides with the signs between them: = , ≤, ≥, +=."""

    sides: tuple[Expression, ...]
    signs: tuple[str, ...]
    texts: tuple[str, ...]
