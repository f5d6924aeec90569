"""The number that a text says of a layer in code or in a model's summary, against what such a layer has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from grusym.counts.context import Context
from grusym.counts.finding import Finding
from grusym.counts.layer_lines import Layer
from grusym.counts.mending import place_words
from grusym.counts.statements import Statement
from grusym.counts.truths import Count, Extent, exact
from grusym.counts.words import directions_named, frameworks_named
from grusym.language.cell import Cell


def judge_layer(layer: Layer, cell: Cell, text: str, sizes: Mapping[str, int], around: str) -> Finding:
    """Compare the number with the count of the layer in every convention that its spelling allows."""
    from grusym.cells.library import cell as named

    statement = Statement(place=layer.place)
    of = named(layer.cell) if layer.cell != cell.name and not cell.name.startswith(layer.cell) else cell
    known = {**dict.fromkeys("pkLDTBV", 1), **sizes, "n": layer.hidden}
    width = layer.input or sizes.get("m")
    ways = list(_ways(layer, of, around))
    values: dict[int, tuple[Count, Extent]] = {}
    for count, extent in ways:
        if width is None:
            found = _width(count, extent, known, layer.number)
            if found is not None:
                words = _words(count, extent, (f"the input is {found} wide",))
                return Finding("proved", statement, "exact arithmetic", assumes=words, cell=of.name)
            continue
        value = int(exact(count, extent, {**known, "m": width, "p": layer.projection or 1}))
        if value == layer.number:
            return Finding(
                "proved", statement, "exact arithmetic", assumes=_words(count, extent, ()), cell=of.name
            )
        values.setdefault(value, (count, extent))
    where = place_words(layer.place, text[layer.place.start : layer.place.end], text)
    if not values:
        detail = f"no whole input width gives {layer.number}"
        return Finding(
            "refuted",
            statement,
            "exact arithmetic",
            where=where,
            error="a wrong number",
            detail=detail,
            cell=of.name,
        )
    best = next(iter(values))
    detail = "; ".join(
        f"{value} with {', '.join(_words(*way, ())) or 'the plain count'}" for value, way in values.items()
    )
    return Finding(
        "refuted",
        statement,
        "exact arithmetic",
        where=where,
        error="a wrong number",
        fix=str(best),
        counterexample={"claimed": layer.number, "true": best},
        detail=detail,
        cell=of.name,
    )


def _ways(layer: Layer, cell: Cell, around: str) -> Iterator[tuple[Count, Extent]]:
    named = frameworks_named(around)
    frameworks = named or ((layer.style,) if layer.style in ("torch", "keras") else ())
    bias = layer.switches.get("use_bias", layer.switches.get("bias", True))
    both = 2 if layer.switches.get("bidirectional") or directions_named(around) else 1
    context = Context(
        cell, frameworks=frameworks, biases=None if bias else False, first_state=layer.style == "flux"
    )
    counts = list(context.counts())
    for count in counts:
        projected = "p" in {s.name for s in count.formula.free_symbols}
        if (
            (count.biases == 0) == bias
            or projected != bool(layer.projection)
            or "peephole" in count.convention
        ):
            continue
        if _switched(layer, count):
            yield count, Extent(layers=layer.layers, directions=both)


def _switched(layer: Layer, count: Count) -> bool:
    """Whether a count is that of a Keras layer with its reset_after as given."""
    after = layer.switches.get("reset_after")
    return after is None or any(
        ("reset_after=False" in name) != after and name.startswith("keras") for name in count.frameworks
    )


def _width(count: Count, extent: Extent, known: Mapping[str, Any], number: int) -> int | None:
    """The input width at which a count has a value; None where there is none."""
    start = int(exact(count, extent, {**known, "m": 0}))
    slope = int(exact(count, extent, {**known, "m": 1})) - start
    width = Fraction(number - start, slope) if slope else Fraction(0)
    return int(width) if width.denominator == 1 and width > 0 else None


def _words(count: Count, extent: Extent, more: tuple[str, ...]) -> tuple[str, ...]:
    from grusym.counts.matching import stored_by

    return tuple(word for word in (count.convention + stored_by(count), *extent.words(), *more) if word)
