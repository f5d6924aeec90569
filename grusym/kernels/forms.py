"""Code that forms matrices at many steps at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from grusym.kernels.lowering import FIXED
from grusym.kernels.operators import Outer, Scaled, Term, Through
from grusym.kernels.writer import Writer
from grusym.language.expression import ONE, Expression


class Forms:
    """Lines that write sums of terms to arrays (steps, rows, columns); a writer writes their vectors."""

    def __init__(self, writer: Writer, like: str) -> None:
        self.writer, self.like = writer, like
        self.add = writer.before.append
        self.numbers = 0  # of scratch arrays in use

    def form(self, found: tuple[Term, ...], out: str) -> None:
        """Write the sum of the terms to `out`: products of matrices, then scaled rows, then diagonals."""
        rows = [t for t in found if isinstance(t, Scaled) and t.matrix is not None]
        begun = False
        for t in found:
            if isinstance(t, Through):
                self._into(out, begun, partial(self._through, t))
                begun = True
        if rows:
            self._into(out, begun, partial(self._scaled_rows, rows))
        elif not begun:
            self.add(f"{out}[...] = 0")
        for t in found:
            if isinstance(t, Scaled) and t.matrix is None:
                name = self.writer.names.fresh("on_diagonal")
                code = self.writer.vector(t.coefficient)
                self.add(f"{name} = diagonal({out})")
                self.add(f"{name} += {code}")
            elif isinstance(t, Outer):
                self.add(f"{out} += {self._column(t.coefficient)} * {self._row(t.right)}")

    def _into(self, out: str, begun: bool, write: Callable[[str], None]) -> None:
        """Write one part to `out`, or add it by way of an array of its own."""
        if not begun:
            write(out)
            return
        part = self._scratch("part", f"{out}.shape")
        write(part)
        self.add(f"{out} += {part}")

    def _scratch(self, wanted: str, shape: str) -> str:
        name = self.writer.names.fresh(wanted)
        self.add(f"{name} = scratch({self.numbers}, {shape}, {self.like}.dtype)")
        self.numbers += 1
        return name

    def _scaled_rows(self, rows: list[Scaled], out: str) -> None:
        pairs = [f"({self.writer.vector(t.coefficient)}, {self._matrix(t)})" for t in rows]
        self.add(f"scaled_rows({out}, {', '.join(pairs)})")

    def _matrix(self, t: Scaled | Through) -> str:
        assert t.matrix is not None
        return self.writer.matrix(t.matrix)

    def _through(self, t: Through, out: str) -> None:
        """diag(c) A (Σ inner): scaling the rows of A first is cheaper than scaling those of the product."""
        left = self._matrix(t)
        if t.coefficient != ONE:
            scaled = self._scratch("scaled", f"(len({self.like}), *{left}.shape)")
            self.add(f"scaled_rows({scaled}, ({self.writer.vector(t.coefficient)}, {left}))")
            left = scaled
        only = t.inner[0] if len(t.inner) == 1 else None
        if isinstance(only, Scaled) and only.matrix is None:  # A diag(d): scaled columns
            self.add(f"np.multiply({left}, {self._row(only.coefficient)}, out={out})")
            return
        inner = self._scratch("inner", f"(len({self.like}), {left}.shape[-1], {out}.shape[-1])")
        self.form(t.inner, inner)
        self.add(f"np.matmul({left}, {inner}, out={out})")

    def _column(self, c: Expression) -> str:
        """Code for a scalar or vector as a column beside a matrix at each step."""
        return f"{self.writer.factor(c)}[..., :, None]" if self._has_axes(c) else self.writer.factor(c)

    def _row(self, c: Expression) -> str:
        return f"{self.writer.factor(c)}[..., None, :]" if self._has_axes(c) else self.writer.factor(c)

    def _has_axes(self, c: Expression) -> bool:
        return self.writer.lowering.rank(c) == 1 or self.writer.lowering.level(c) > FIXED
