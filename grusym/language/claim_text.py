"""The text of a derivation over a cell: chains of equalities, each side typed, with line and column.

A name that the cell does not have may be a gradient of the loss (δ_c, dz, g_h), the argument of an
activation inside its slope (σ'(a_z)), or be given by a line of its own (`a = W x + U h + b`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from grusym.errors import ReadError, read_error, unknown
from grusym.language.cell import Cell, Shape
from grusym.language.claim_closing import ClaimClosing
from grusym.language.claim_grammar import LOSSES, ClaimGrammar, Ratio
from grusym.language.derivatives import LOSS, Derivative, cotangents, shape_of_derivative
from grusym.language.expression import Expression, Name, Span, children, rebuilt
from grusym.language.lexer import Token, tokens
from grusym.language.scanner import EXAMPLE, NameToken
from grusym.language.statements import equation_lines
from grusym.language.surface import Call, Chain, Written
from grusym.language.times import written

LONGEST = 40_000  # characters of one derivation: some 300 long lines, read in half a second
RANKS = ("scalar", "vector", "matrix")


@dataclass(frozen=True)
class Side:
    """One side of an equality: as a tree, as the author wrote it, and where."""

    expression: Expression
    text: str
    span: Span
    adjusted: tuple[str, ...] = ()  # readings without which its products have no meaning


@dataclass(frozen=True)
class ChainOfSides:
    """A = B = C."""

    sides: tuple[Side, ...]


@dataclass(frozen=True)
class ClaimText:
    """A derivation as read.

    `gradients` maps a name to the values whose gradient it may be, likeliest first; `arguments` a name
    inside a slope to the value whose argument it is; `definitions` names that lines of their own give.
    """

    cell: Cell
    chains: tuple[ChainOfSides, ...]
    gradients: Mapping[str, tuple[str, ...]]
    arguments: Mapping[str, str]
    definitions: Mapping[str, Expression]
    shapes: Mapping[str, Shape]
    spellings: Mapping[str, str] = field(default_factory=dict)  # names as the author writes them
    timed: bool = False


def read_claims(text: str, cell: Cell) -> ClaimText:
    """Read a derivation: one equality or chain of equalities a line; a line that begins with = goes on.

    Raises ReadError with line and column at what is no formula or no name of the cell.
    """
    return _Reader(text, cell).read()


class _Reader:
    def __init__(self, text: str, cell: Cell) -> None:
        if not isinstance(text, str):
            raise ReadError(
                f"a claim is a text, but {type(text).__name__} was given; pass a string, as in "
                '"∂h\'/∂h = diag(z)"'
            )
        if len(text) > LONGEST:
            raise ReadError(
                f"a derivation of {len(text)} characters was given, and at most {LONGEST} are read at once; "
                "pass its lines in several calls"
            )
        self.text, self.cell = text, cell
        self.lines = text.split("\n")
        self.shapes: dict[str, Shape] = dict(cell.shapes)
        self.shapes |= {g: cell.shapes[v] for v, g in cotangents(cell).items()}
        self.gradients: dict[str, tuple[str, ...]] = {}
        self.arguments: dict[str, str] = {}
        self.definitions: dict[str, Expression] = {}
        self.spellings: dict[str, str] = {}
        self.shift = 0
        self.own: set[str] = set()  # names that the text defines itself

    def read(self) -> ClaimText:
        rows = [self._sides(line) for line, _ in equation_lines(tokens(self.text))]
        if not rows:
            raise ReadError(
                f"the text holds no claim; write an equality, as in {EXAMPLE} or ∂h'/∂h = diag(z)"
            )
        uses = [w for row in rows for e, _ in row for w in written(e)]
        self._one_loss(uses)
        self._times(uses)
        for row in rows:
            first = row[0][0]
            if not isinstance(first, Written) or self._known(first.name) is not None:
                continue
            if not self._gradient_of(first.name):
                self.own.add(_bare(first.name))
        chains = [c for row in rows if (c := self._chain(row))]
        if not chains:
            raise ReadError(
                "the text defines names but claims nothing; add an equality about the cell's names"
            )
        timed = any(w.name.time is not None for w in uses)
        return ClaimText(
            self.cell,
            tuple(chains),
            self.gradients,
            self.arguments,
            self.definitions,
            self.shapes,
            self.spellings,
            timed,
        )

    # ---- lines and sides -----------------------------------------------------------------------

    def _sides(self, line: Sequence[Token]) -> list[tuple[Expression, Sequence[Token]]]:
        sides: list[list[Token]] = [[]]
        depth = 0
        for token in line:
            if token.kind == "operator":
                depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
            if token.kind == "operator" and token.text == "=" and depth == 0:
                sides.append([])
            else:
                sides[-1].append(token)
        if len(sides) < 2:
            raise read_error(
                line[0].span, "no '=' in this line; an equality was expected, as in ∂h'/∂h = diag(z)"
            )
        for side in sides:
            if not side:
                raise read_error(line[0].span, "nothing stands on one side of '='; write both sides")
        return [(ClaimGrammar(side).whole(), side) for side in sides]

    def _chain(self, row: list[tuple[Expression, Sequence[Token]]]) -> ChainOfSides | None:
        first = row[0][0]
        if isinstance(first, Written) and _bare(first.name) in self.own:
            name = _bare(first.name)
            if name in self.definitions:
                raise read_error(first.span, f"{name} is defined twice; keep one definition or rename one")
            given, rest = row[1], row[1:]
            tree = self._resolved(given[0])
            self.definitions[name] = self._closing().close(tree)
            self.shapes[name] = _shape(self.definitions[name], self.shapes)
            self.spellings.setdefault(name, self._source(first))
            row = rest
            if len(row) < 2:
                return None
        trees = [self._resolved(e) for e, _ in row]
        kinds = [self._closing().kind(tree) for tree in trees]
        bare = [k for k, tree in zip(kinds, trees, strict=True) if isinstance(tree, Name)]
        matrix = "matrix" in (bare or kinds)
        sides = []
        for tree, (_, line) in zip(trees, row, strict=True):
            closing = self._closing()
            closed = closing.close(tree) if not matrix else closing.matrix(tree)
            sides.append(Side(closed, self._written(line), line[0].span, tuple(dict.fromkeys(closing.said))))
        return ChainOfSides(tuple(sides))

    def _closing(self) -> ClaimClosing:
        declared = {n: RANKS[len(s)] for n, s in self.shapes.items()}
        return ClaimClosing((), declared, self.gradients)

    # ---- names ---------------------------------------------------------------------------------

    def _one_loss(self, uses: list[Written]) -> None:
        """Refuse L_t beside L, the loss of a step beside that of all: one step has but one loss."""
        losses = [w for w in uses if self._is_loss(w.name)]
        other = next((w for w in losses if w.name != losses[0].name), None)
        if other is not None:
            raise read_error(
                other.span,
                f"{self._source(other)} stands beside {self._source(losses[0])}, and one step has one loss; "
                "write one of them, or the sum over the steps",
            )

    def _times(self, uses: list[Written]) -> None:
        """The latest time written is t: ∂h_{t+1}/∂h_t is ∂h_t/∂h_{t-1}."""
        times = [w.name.time for w in uses if w.name.time is not None and not self._is_loss(w.name)]
        self.shift = max(0, max(times, default=0))
        if times and max(times) < 0:
            self.shift = 0

    def _at(self, name: NameToken) -> NameToken:
        return name if name.time is None or not self.shift else replace(name, time=name.time - self.shift)

    def _known(self, name: NameToken) -> str | None:
        """The cell's own name, or that of a cotangent."""
        name = self._at(name)
        bare = _bare(name)
        if name.time is not None and bare in self.cell.states:
            return self.cell.next_of(bare) if name.time == 0 else bare if name.time == -1 else None
        if bare in self.cell.shapes:
            moving = name.time is None or bare in self.cell.weights or name.time == 0
            return bare if moving else None
        if bare in cotangents(self.cell).values() and name.time in (None, 0):
            return bare
        return None

    def _is_loss(self, name: NameToken) -> bool:
        plain = not (name.accents or name.label or name.primes) and name.subscript in ("", "T", "t")
        return plain and name.base in LOSSES and _bare(name) not in self.cell.shapes

    def _gradient_of(self, name: NameToken) -> tuple[str, ...]:
        """The values whose gradient a name may be: δ_c, δ^c, dz, g_{h'}, dh_{t-1}."""
        name = self._at(name)
        script = name.label or name.subscript
        if name.base in ("δ", "g", "δL", "grad", "G") and not name.accents:
            inner = script.replace("'", "") if script else ""
            primes = name.primes or script.count("'")
        elif name.base.startswith("d") and len(name.base) > 1:
            inner = _bare(replace(name, base=name.base[1:], primes=0))
            primes = name.primes
        else:
            return ()
        inner = {"prev": "", "next": ""}.get(inner, inner)
        return self._values_of(inner, primes, name.time, name.fresh)

    def _values_of(self, inner: str, primes: int, time: int | None, fresh: bool) -> tuple[str, ...]:
        cell, found = self.cell, inner
        if not inner:
            last = cell.states[-1]
            if time == -1:
                return (last,)
            if time == 0 or fresh or primes:
                return (cell.next_of(last),)
            return tuple(reversed(cell.values))
        if inner not in cell.shapes:
            return ()
        if inner in cell.states:
            if primes or time == 0:
                return (cell.next_of(inner),)
            return (inner,) if time == -1 else (cell.next_of(inner), inner)
        return (found,) if time in (None, 0) else ()

    def _source(self, w: Written) -> str:
        span = w.span
        if span is None or not 1 <= span.line <= len(self.lines):
            return w.name.canonical
        found = self.lines[span.line - 1][span.column - 1 : span.end - 1].strip() or w.name.canonical
        undone = found.startswith("d") and not w.name.base.startswith("d")  # the U_c of dU_c
        return found[1:] if undone else found

    def _written(self, line: Sequence[Token]) -> str:
        first, last = line[0].span, line[-1].span
        rows = self.lines[first.line - 1 : last.line]
        if len(rows) == 1:
            return rows[0][first.column - 1 : last.end - 1].strip()
        middle = " ".join(r.strip() for r in rows[1:-1])
        whole = f"{rows[0][first.column - 1 :].strip()} {middle} {rows[-1][: last.end - 1].strip()}"
        return " ".join(whole.split())

    def _name(self, w: Written, slope: str = "") -> str:
        known = self._known(w.name)
        if known is None:
            known = self._unknown(w, slope)
        self.spellings.setdefault(known, self._source(w))
        return known

    def _unknown(self, w: Written, slope: str) -> str:
        bare = _bare(w.name)
        if bare in self.own:
            if bare not in self.definitions:
                raise read_error(w.span, f"{bare} is used before the line that gives it; move that line up")
            return bare
        values = self._gradient_of(w.name)
        if values:
            at = self._at(w.name)
            key = bare if at.time in (None, 0) else f"{bare}_{{t{at.time:+d}}}"
            self.gradients.setdefault(key, values)
            self.shapes.setdefault(key, self.cell.shapes[values[0]])
            return key
        free = bare not in self.cell.shapes and self._at(w.name).time in (None, 0)
        if slope and free and (value := self._argument_of(w.name, slope)):
            self.arguments[bare] = value
            self.shapes[bare] = self.cell.shapes[value]
            return bare
        at = self._at(w.name)
        if bare in self.cell.shapes:
            raise read_error(
                w.span,
                f"{self._source(w)} is the value of another step; one step knows its states at t-1 and t and "
                "its other values at t, where the latest time written is t",
            )
        raise read_error(
            w.span, str(unknown("name", at.canonical, self.cell.shapes, f"cell {self.cell.name!r}"))
        )

    def _argument_of(self, name: NameToken, function: str) -> str | None:
        """The value whose activation takes the argument that a name in its slope stands for."""
        from grusym.language.expression import Activation

        applied = {e.left: e.right.function for e in self.cell.equations if isinstance(e.right, Activation)}
        fitting = [v for v, f in applied.items() if f == function]
        script = (name.subscript or name.label).replace("'", "")
        named = [v for v in applied if script and v.rstrip("'") == script]
        return named[0] if named else fitting[0] if len(fitting) == 1 else None

    # ---- trees ---------------------------------------------------------------------------------

    def _resolved(self, e: Expression, slope: str = "") -> Expression:
        from grusym.language.expression import Activation

        match e:
            case Written():
                return Name(self._name(e, slope), span=e.span)
            case Ratio():
                return self._derivative(e)
            case Call():
                function = self._resolved(e.function, slope)
                return Call(function, self._resolved(e.argument, slope), span=e.span)  # type: ignore[arg-type]
            case Chain(factors=factors):
                return Chain(tuple(self._resolved(f, slope) for f in factors), e.signs, span=e.span)
            case Activation(function=f) if f.endswith("'"):
                return replace(e, operand=self._resolved(e.operand, f[:-1]))
        return rebuilt(e, tuple(self._resolved(child, slope) for child in children(e)))

    def _derivative(self, e: Ratio) -> Expression:
        by = self._name(e.by)
        if self._is_loss(e.of.name):
            of = LOSS
            self.spellings.setdefault(LOSS, self._source(e.of))
        else:
            of = self._name(e.of)
            if of not in self.cell.values:
                raise read_error(
                    e.span,
                    f"{self._source(e.of)} is differentiated, which the cell does not compute; it computes "
                    f"{', '.join(self.cell.values)}",
                )
        if by not in self.cell.shapes or (of != LOSS and len(self.cell.shapes[by]) != 1):
            raise read_error(
                e.span,
                f"the derivative by {self._source(e.by)} is no matrix; derivatives of vectors are "
                "taken by vectors, and those of the loss L by anything the cell has",
            )
        if of != LOSS and len(self.cell.shapes[of]) != 1:
            raise read_error(e.span, f"{of} is no vector; its derivative is not read")
        d = Derivative(of, by)
        self.shapes[d.name] = shape_of_derivative(d, self.cell.shapes)
        return Name(d.name, span=e.span)


def _bare(name: NameToken) -> str:
    return replace(name, time=None).canonical


def _shape(e: Expression, shapes: Mapping[str, Shape]) -> Shape:
    from grusym.language.shapes import shape_of

    return shape_of(e, shapes)
