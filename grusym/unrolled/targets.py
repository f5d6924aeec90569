"""Which value a named gradient belongs to: δ_c, d_{z_t}, g_{h_{t-1}}, dh_prev, dL_dC, δ^{(t)}."""

from __future__ import annotations

from dataclasses import replace

from grusym.unrolled import fused
from grusym.unrolled.index import Index
from grusym.unrolled.meaning import Meaning
from grusym.unrolled.meanings import GRADIENT_LETTERS, Names
from grusym.unrolled.names import Parts

TOGETHER = ("arguments", "parts", "fused", "biases")
ADORNMENTS = frozenset({"total", "tot", "all", "full", "new"})
TAKEN = ("value", "argument", "weight", "weights", "output_weight", "product", *TOGETHER)


def gradient_target(p: Parts, names: Names) -> tuple[list[Meaning], str] | None:
    """What a name is a gradient of, found once a name."""
    key = ("gradient", p)
    if key not in names.kept:
        names.kept[key] = _gradient_target(p, names)
    found: tuple[list[Meaning], str] | None = names.kept[key]
    return found


def _gradient_target(p: Parts, names: Names) -> tuple[list[Meaning], str] | None:
    """The values whose gradient a name may be: δ_c, d_{z_t}, g_{h_{t-1}}, dh_prev, dL_dC, δ^{(t)}."""
    letter, labels = p.letter, p.labels
    for mark in ("dL", "dE", "dJ", "dl"):
        if letter == mark and labels and labels[0].startswith("d"):
            return _targets(names, labels[0][1:], labels[1:], p), "∂"
    if letter in GRADIENT_LETTERS or letter == "λ":
        if labels:
            found = _targets(names, labels[0], labels[1:], p)
            return (found, "δ" if letter == "δ" else "d") if found else None
        if letter in ("δ", "λ", "delta", "grad", "∂", "ε", "e", "grad_output", "dout"):
            hidden = names.cell.equations[-1].left
            out = hidden.rstrip("'") if hidden in names.cell.next_states else names.cell.states[-1]
            found = [Meaning("value", out, p.times)]
            found += [Meaning("argument", v, p.times) for v in reversed(names.activations)]
            return found, "δ"
        return None
    for mark in ("dp", "d"):
        rest = letter[len(mark) :]
        if letter.startswith(mark) and rest:
            found = _targets(names, rest, labels, p)
            if found:
                return found, "d"
    return None


def _targets(names: Names, letter: str, labels: tuple[str, ...], p: Parts) -> list[Meaning]:
    """The meanings of what follows the mark of a gradient."""
    times = p.times
    for word, index in (
        ("Next", Index(word="next")),
        ("next", Index(word="next")),
        ("prev", Index(word="prev")),
    ):
        if letter.endswith(word) and len(letter) > len(word):
            letter, times = letter[: -len(word)], (index,)
    for word in ("raw", "Raw", "pre"):
        stripped = letter.removesuffix(word)
        if stripped != letter and stripped:
            name = names.own(stripped)
            if name is not None:
                value = names.cell.next_of(name) if name in names.cell.states else name
                return [Meaning("argument", value, times)]
    if letter in ("pre", "a", "z", "net") and labels:
        gates = names.gates_in(labels)
        if gates:
            return [Meaning("argument", v, times) for v in gates if v in names.activations]
    if letter in ("tanh", "raw", "pre", "net"):
        return [Meaning("argument", names.activations[-1], times)]
    inner = Parts(letter, labels, times)
    found = names.meanings(inner) or fused.sides(inner, names)
    if not found and names.own(letter) and set(labels) <= ADORNMENTS:
        found = names.meanings(Parts(letter, (), times))
    if not found and not labels:  # δ^all, where a_all is a value
        found = [Meaning("value", v) for v in names.cell.values if v.partition("_")[2].strip("{}") == letter]
    usable = [m for m in found if m.kind in TAKEN]
    if not usable and not labels and letter in ("y", "o", "ŷ", "logits"):
        usable = [Meaning("logit")]
    return [replace(m, times=times) for m in usable]
