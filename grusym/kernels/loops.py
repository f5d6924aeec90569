"""Code of a loop over time: each group of like operations is one call that writes to arrays made before."""

from __future__ import annotations

from collections.abc import Sequence

from grusym.kernels.groups import Group, Grouping
from grusym.kernels.lowering import FIXED
from grusym.kernels.operations import OTHER, TIMES, Operation, Operations
from grusym.kernels.storage import Place, Storage
from grusym.kernels.writer import Writer
from grusym.language.expression import Expression, Name


class Loop:
    """The lines of one step, and those before the loop that they rely on.

    `carried` names the values that a step takes over from the one before it, `goals` what they become;
    step t writes them to row t of the arrays named by `paths`.
    """

    def __init__(
        self, writer: Writer, carried: Sequence[str], goals: Sequence[Expression], paths: Sequence[str]
    ) -> None:
        self.writer, self.carried, self.paths = writer, carried, paths
        self.like = writer.names[carried[0]]
        writer.otherwise = "early"
        together: list[frozenset[Expression]] = []
        for _ in range(2):  # first to see which products stand side by side, then to sum these at once
            self.operations = Operations(writer.lowering, writer.values, goals, together)
            direct = {g: i for i, g in reversed(list(enumerate(self.operations.goals))) if self._direct(g)}
            self.grouping = Grouping(self.operations, direct)
            together = self.grouping.sums_of_products()
        self.storage = Storage(self.grouping, self.operations, direct)
        self.nexts = [writer.names.fresh(f"{writer.names[s]}_next") for s in carried]
        self.direct = {g: self.nexts[i] for g, i in direct.items()}
        self.views: dict[Place, str] = {}
        self.setup: list[str] = []
        self._arrays()
        self.lines = [f"{new} = {path}[t]" for new, path in zip(self.nexts, paths, strict=True)]
        for index, group in enumerate(self.grouping.groups):
            self._group(index, group)
        self._hand_over()

    def _direct(self, goal: Expression) -> bool:
        """Whether a goal's operation can write to the caller's array: not BLAS, which wants its own."""
        found = self.operations.found.get(goal)
        return found is not None and found.call not in (TIMES, OTHER)

    def text(self, steps: str) -> list[str]:
        """All lines of the function's body."""
        return [
            *self.writer.before,
            *self.setup,
            f"for t in {steps}:",
            *(f"    {line}" for line in self.lines),
        ]

    # ---- arrays ---------------------------------------------------------------------------------

    def _arrays(self) -> None:
        """Make every array, and a view for each row."""
        names, storage = self.writer.names, self.storage
        for array, rows in enumerate(storage.rows):
            width = self.writer.dimension(self.grouping.dimension(storage.dimension[array]))
            residents = [storage.residents.get((array, row), []) for row in range(rows)]
            rows_named = [names.fresh_for(r[0]) if r else names.fresh("part") for r in residents]
            lead = "" if rows == 1 else f"{rows}, "
            beside = names.fresh("_".join(rows_named) if any(residents) else "parts") if rows > 1 else ""
            whole = beside or rows_named[0]
            shape = f"({lead}*{self.like}.shape[:-1], {width})"
            self.setup.append(f"{whole} = np.empty({shape}, {self.like}.dtype)")
            self.views[Place(array, 0, rows)] = whole
            if rows > 1:
                self.setup.append(f"{', '.join(rows_named)} = {whole}")
                self.views |= {Place(array, row, row + 1): name for row, name in enumerate(rows_named)}

    def _view(self, place: Place) -> str:
        if place not in self.views:
            rows = [self.views[Place(place.array, row, row + 1)] for row in range(place.start, place.stop)]
            whole = self.views[Place(place.array, 0, self.storage.rows[place.array])]
            self.views[place] = self.writer.names.fresh("_".join(rows))
            self.setup.append(f"{self.views[place]} = {whole}[{place.start}:{place.stop}]")
        return self.views[place]

    # ---- calls ----------------------------------------------------------------------------------

    def _group(self, index: int, group: Group) -> None:
        if group.call == OTHER:
            self._other(group.results[0])
            return
        place = self.storage.places.get(index)
        out = self._view(place) if place else self.direct[group.results[0]]
        if group.call == TIMES and len(group.operations[0].operands) > 2:
            self._summed_products(group.operations[0], out)
        elif group.call == TIMES:
            self._times(group, out)
        else:
            operands = [self._operand(us) for us in zip(*(o.operands for o in group.operations), strict=True)]
            self.lines.append(f"{group.call}({', '.join(operands)}, out={out})")
        for result in group.results:
            row = self.storage.row.get(result)
            self.writer.known[result] = self.views[row] if row else out

    def _other(self, e: Expression) -> None:
        writer = self.writer
        if isinstance(e, Name):
            writer.inside = self.lines
            writer.vector(e, looped=True)
        else:
            writer.inside = self.lines
            name = self.operations.named.get(e)
            code = writer.names.fresh_for(name) if name else writer.names.fresh("part")
            writer.known[e] = writer.assign(e, code, True)

    def _operand(self, us: tuple[Expression, ...]) -> str:
        if len(set(us)) == 1:
            return self.writer.vector(us[0], looped=True)
        rows = [self.storage.row.get(u) for u in us]
        first, last = rows[0], rows[-1]
        if first is not None and last is not None:
            return self._view(Place(first.array, first.start, last.stop))
        return self._early(us)

    def _early(self, us: tuple[Expression, ...]) -> str:
        """Vectors known before the loop, side by side in one array."""
        writer, name = self.writer, self.writer.names.fresh("early")
        codes = [writer.vector(u) for u in us]
        timed = any(writer.lowering.level(u) > FIXED for u in us)
        steps = f"len({self.paths[0]}), " if timed else ""
        width = self._width_beside(us)
        shape = f"({steps}{len(us)}, *{self.like}.shape[:-1], {width})"
        writer.before.append(f"{name} = np.empty({shape}, {self.like}.dtype)")
        writer.before += [f"{name}[{':, ' if timed else ''}{i}] = {code}" for i, code in enumerate(codes)]
        return f"{name}[t]" if timed else name

    def _width_beside(self, us: tuple[Expression, ...]) -> str:
        widths = [self.grouping.dimension(u) for u in us]
        return self.writer.dimension(next((d for d in widths if d is not None), 1))

    def _times(self, group: Group, out: str) -> None:
        matrices = [self.writer.matrix(o.operands[0]) for o in group.operations]
        v = self.writer.vector(group.operations[0].operands[1], looped=True)
        name = self.writer.names.fresh("beside" if len(matrices) > 1 else "transposed")
        self.writer.before.append(f"{name} = side_by_side({self.like}, {', '.join(matrices)})")
        if len(matrices) > 1:
            flat = self.writer.names.fresh(f"flat_{out}")
            self.setup.append(f"{flat} = joined({self.like}, {out})")
            out = flat
        self.lines.append(f"product({v}, {name}, out={out})")

    def _summed_products(self, o: Operation, out: str) -> None:
        """Products of several matrices with vectors that stand side by side, summed."""
        pairs = list(zip(o.operands[1::2], o.operands[::2], strict=True))
        rows = {v: self.storage.row.get(v) for v, _ in pairs}
        places = [row for row in rows.values() if row is not None]
        near = len(places) == len(pairs) == len(set(places)) and len({p.array for p in places}) == 1
        first, last = (min(p.start for p in places), max(p.stop for p in places)) if near else (0, 0)
        if near and last - first == len(pairs):
            pairs.sort(key=lambda pair: rows[pair[0]].start)  # type: ignore[union-attr]
            vectors = self._view(Place(places[0].array, first, last))
        else:
            vectors = f"np.stack([{', '.join(self.writer.vector(v, looped=True) for v, _ in pairs)}])"
        name = self.writer.names.fresh("below")
        matrices = ", ".join(self.writer.matrix(matrix) for _, matrix in pairs)
        self.writer.before.append(f"{name} = one_below_another({self.like}, {matrices})")
        self.lines.append(f"summed_products({vectors}, {name}, out={out})")

    def _hand_over(self) -> None:
        """The new values become the old ones of the next step."""
        for goal, new in zip(self.operations.goals, self.nexts, strict=True):
            if self.direct.get(goal) != new:
                self.lines.append(f"{new}[...] = {self.writer.vector(goal, looped=True)}")
        olds = ", ".join(self.writer.names[s] for s in self.carried)
        self.lines.append(f"{olds} = {', '.join(self.nexts)}")
        if any(line.startswith("product(") for line in self.lines):
            self.setup.append(f"product = np.dot if {self.like}.ndim == 1 else np.matmul")
