"""What is known of a formula before it is judged: the cell, the sizes given, what the words around it say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from grusym.counts.truths import (
    FIRST_STATE,
    Count,
    Extent,
    identifiable_counts,
    layer_counts,
    operation_counts,
    part_counts,
)
from grusym.counts.words import (
    biases_named,
    directions_named,
    embedding_named,
    frameworks_named,
    layers_named,
    output_named,
    quantity_named,
    size_of,
)
from grusym.language.cell import Cell

IS = r"\s*(?:is|are|=|:|denotes|being|represents|stands for)\s+(?:the\s+|number of\s+|no\.? of\s+)*"
SAID = re.compile(
    rf"(?<![\w\\^])\$?(?P<letter>[A-Za-z](?:_\{{?\w+\}}?)?)\$?{IS}(?P<words>[A-Za-z][A-Za-z -]{{2,40}})"
)
BEHIND = re.compile(
    r"(?P<words>(?:hidden|input|output|state|embedding|feature|cell)\w*"
    r"(?:[ -](?:size|units?|dim\w*|width|features?|neurons|state))*)"
    r"\s+(?:\$|\()?(?P<letter>[A-Za-z](?:_\{?\w+\}?)?)\b(?![\w(])"
)


@dataclass(frozen=True)
class Context:
    """Of one statement: its cell, what is counted, and what is given.

    `sizes` are numbers for n, m, k and so on; `meaning` says which size a letter is; `frameworks` restricts
    the conventions to those that a text names.
    """

    cell: Cell
    quantity: str = ""
    frameworks: tuple[str, ...] = ()
    layer: str = ""  # one framework's layer exactly: "keras reset_after=False"
    directions: int = 1
    layers: int | None = None
    biases: bool | None = None
    output: bool = False
    embedding: bool = False
    first_state: bool = False
    sizes: Mapping[str, int] = field(default_factory=dict)
    meaning: Mapping[str, str] = field(default_factory=dict)
    more: bool = False  # identifiable parameters and multiply-adds too
    flops: bool = False  # floating-point operations are spoken of, two for a multiply-add
    own: bool = False  # nothing but the cell's own counts, where all cells are searched

    def suited(self, roles: frozenset[str]) -> Context:
        """The context of a formula with such sizes in it: one with steps or batches counts operations."""
        return (
            replace(self, quantity="operations")
            if roles & {"T", "B"} and self.quantity != "operations"
            else self
        )

    def counts(self) -> Iterator[Count]:
        """The true counts that a formula may be, the plainest first."""
        for count in sorted(self._all(), key=lambda c: c.rank):
            if (count.convention == FIRST_STATE and not self.first_state) or (self.own and count.foreign):
                continue
            if self.biases is False and count.biases != 0:
                continue
            stored = count.quantity not in ("operations", "input", "recurrent", "weights")
            restricted = self.frameworks and self.biases is not False and stored
            if not restricted or any(self._named(name) for name in count.frameworks):
                yield count

    def _named(self, layer: str) -> bool:
        """Whether a framework's layer is among those named: "keras" in words is any of Keras."""
        if self.layer:
            return layer.rsplit(" ", 1)[0] == self.layer
        return layer.split()[0] in self.frameworks

    def _all(self) -> tuple[Count, ...]:
        if self.quantity == "operations":
            return operation_counts(self.cell)
        if self.quantity == "weights":
            return part_counts(self.cell, "weights") + layer_counts(self.cell)
        if self.quantity == "matrix":  # W may be the input's weights or all of them
            return part_counts(self.cell, "input") + part_counts(self.cell, "weights")
        if self.quantity:
            return part_counts(self.cell, self.quantity)
        if self.more:
            return layer_counts(self.cell) + identifiable_counts(self.cell) + operation_counts(self.cell)
        return layer_counts(self.cell)

    def extents(self, roles: frozenset[str], twice: bool) -> Iterator[Extent]:
        """How much may be counted, by a formula's sizes; `twice` if it has a factor 2 of its own."""
        both: list[int | str] = (
            ["D"] if "D" in roles else [2] if self.directions == 2 else [1, 2] if twice else [1]
        )
        deep: list[int | str] = (
            ["L"] if "L" in roles else [1] if self.layers in (None, 1) else [self.layers or 1, 1]
        )
        outputs = ["k", "k, no bias"] if "k" in roles else [""]
        doubled = [self.flops, not self.flops] if self.quantity == "operations" else [False]
        for directions in both:
            for layers in deep:
                for output in outputs:
                    for flops in doubled:
                        yield Extent(
                            layers=layers,
                            directions=directions,
                            output=output,
                            steps="T" if "T" in roles else "",
                            batch="B" if "B" in roles else "",
                            embedding="V" if "V" in roles else "",
                            flops=flops,
                        )


def from_words(
    cell: Cell, own: str, around: str, sizes: Mapping[str, int], meaning: Mapping[str, str], label: str
) -> Context:
    """The context that words make: `own` beside a statement, `around` in all the text, `label` before it."""
    everywhere = f"{own} {around}"
    return Context(
        cell,
        quantity=quantity_named([label]) or quantity_named([own]) or quantity_named([around]),
        frameworks=frameworks_named(everywhere),
        directions=2 if directions_named(everywhere) else 1,
        layers=layers_named(everywhere),
        biases=biases_named(own),
        output=output_named(everywhere) or "k" in sizes,
        embedding=embedding_named(everywhere),
        first_state=bool(
            re.search(
                r"(?:initial|first|trainable|learn\w+) (?:hidden )?state|\bh0\b|state0", everywhere.lower()
            )
        ),
        sizes=sizes,
        meaning=meaning,
        flops="flop" in everywhere.lower(),
    )


def meanings(text: str) -> dict[str, str]:
    """Which size a letter is, where a text says it: n is the number of units, hidden size h, m = inputs."""
    found: dict[str, str] = {}
    for pattern in (SAID, BEHIND):
        for m in pattern.finditer(text):
            sizes = [size_of(word) for word in re.split(r"[ -]", m["words"]) if len(word) > 1]
            size = next((s for s in sizes if s and s != "bias"), "")
            if size and not (len(m["letter"]) == 1 and m["letter"] in "aI" and pattern is SAID):
                found.setdefault(re.sub(r"[{}]", "", m["letter"]), size)
    return found
