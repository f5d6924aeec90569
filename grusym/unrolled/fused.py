"""What stands for all gates at once, and the sides of a pre-activation: W_ih of 4n × m, dgates, h_n."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from grusym.language.expression import Activation, Expression, Hadamard, Name, Sum, children, names_in
from grusym.unrolled.meaning import Meaning

if TYPE_CHECKING:
    from grusym.unrolled.meanings import Names
    from grusym.unrolled.names import Parts

TOGETHER = (
    "gates",
    "gate",
    "ifgo",
    "ifog",
    "preact",
    "preactivations",
)  # all pre-activations, one under another
WITH_LETTER = ("a", "A", "z", "Z", "s", "pre", "net", "activations")
SIDES = {"x": ("i", "x", "in", "input", "ih"), "h": ("h", "hh", "hid", "hidden", "rec")}
BOTH = {"x": "input", "h": "state", "hx": "state and the input", "xh": "input and the state"}


def stacked(names: Names) -> tuple[str, ...]:
    """The gates and candidates of a cell in order; nothing where there is but one."""
    found = tuple(v for v in names.activations if any(w in names.matrices for w in names.used(v)))
    return found if len(found) > 1 else ()


def arguments(p: Parts, names: Names) -> list[Meaning]:
    """All pre-activations as one vector, under a word or a letter that has no gate with it."""
    gates = stacked(names)
    if not gates or p.labels or p.letter not in (*TOGETHER, *WITH_LETTER, *names.together):
        return []
    said = f"{p.letter} read as all pre-activations, {', '.join(gates)}, one after another"
    cost = 0.0 if p.letter in (*TOGETHER, *names.together) else 0.35
    return [Meaning("arguments", " ".join(gates), p.times, said=said, cost=cost)]


def sides(p: Parts, names: Names) -> list[Meaning]:
    """What input and state each bring to all pre-activations: gi and gh, g_i and g_h."""
    gates = stacked(names)
    text = p.letter + "".join(p.labels)
    block = next(
        (b for b, words in SIDES.items() if text in {f"{g}{w}" for g in ("g", "gates") for w in words}), ""
    )
    if not gates or not block:
        return []
    said = f"{text} read as what the {BOTH[block]} brings to all pre-activations, {', '.join(gates)}"
    return [Meaning("parts", " ".join(gates), p.times, block=block, said=said)]


def side(p: Parts, names: Names) -> list[Meaning]:
    """What the input or the state brings to one pre-activation: i_n and h_n."""
    block = next((b for b, words in SIDES.items() if p.letter in words), "")
    gates = names.gates_in(p.labels[:1]) if len(p.labels) == 1 else ()
    gates = tuple(g for g in gates if g in stacked(names))
    if not block or len(gates) != 1 or part(names, gates[0], block) is None:
        return []
    said = (
        f"{p.letter}_{p.labels[0]} read as what the {BOTH[block]} brings to the pre-activation of {gates[0]}"
    )
    return [Meaning("parts", gates[0], p.times, block=block, said=said, cost=0.2)]


def part(names: Names, value: str, block: str) -> Expression | None:
    """The part of a pre-activation with the matrix of the input ("x") or of the state ("h")."""
    key = ("part", value, block)
    if key not in names.kept:
        names.kept[key] = _part_of(names, value, block)
    found: Expression | None = names.kept[key]
    return found


def _part_of(names: Names, value: str, block: str) -> Expression | None:
    right = names.cell.equation(value).right
    inner = right.operand if isinstance(right, Activation) else right
    if isinstance(inner, Name) and inner.name in names.cell.values:
        inner = names.cell.equation(inner.name).right
    return _part(names, inner, block)


def _part(names: Names, e: Expression, block: str) -> Expression | None:
    found = {names.hint(w) for w in names_in(e) if w in names.matrices}
    if block not in found:
        return None
    if isinstance(e, Sum) and not (found == {block} and _plain(names, e)):
        inside = [t for t in e.terms if block in {names.hint(w) for w in names_in(t) if w in names.matrices}]
        return _part(names, inside[0], block) if len(inside) == 1 else None
    if isinstance(e, Hadamard):
        return next((x for x in (_part(names, c, block) for c in children(e)) if x is not None), None)
    return e if found == {block} else None


def _plain(names: Names, e: Expression) -> bool:
    """Whether a sum stands in a bracket of its own: no gate in it."""
    return not any(v in names.activations for v in names_in(e))


def weights(p: Parts, names: Names, block: str, own: Iterable[str]) -> list[Meaning]:
    """One matrix for all gates, under a letter that names no gate; `own` are the gates that it names."""
    gates = stacked(names)
    if not gates or any(own):
        return []
    shown = p.letter + (f"_{''.join(p.labels)}" if p.labels else "")
    result = []
    lettered = [b for b in "xh" if all(w.startswith(p.letter) for g in gates for w in _matrices(names, g, b))]
    if len(lettered) == 1 and not block:  # U, where the recurrent weights are U_i, U_f, U_o
        block = lettered[0]
    for cost, which in _wanted(p.letter, block):
        rows = [_matrices(names, gate, which) for gate in gates]
        if all(rows):
            said = f"{shown} read as the weights of {', '.join(gates)} together, for the {BOTH[which]}"
            result.append(
                Meaning("fused", " ".join(w for r in rows for w in r), block=which, said=said, cost=cost)
            )
    return result


def _wanted(letter: str, block: str) -> list[tuple[float, str]]:
    if block:
        return [(0.0, block)]
    if letter in ("U", "u", "R"):
        return [(0.0, "h"), (0.5, "x")]
    return [(0.0, "x"), (0.2, "hx"), (0.3, "xh"), (0.6, "h")]


def _matrices(names: Names, gate: str, which: str) -> list[str]:
    by_hint = {names.hint(w): w for w in names.used(gate) if w in names.matrices}
    return [by_hint[b] for b in which] if set(which) <= set(by_hint) else []


def biases(p: Parts, names: Names) -> list[Meaning]:
    """One bias for all gates: b, b_ih, b_hh."""
    gates = stacked(names)
    text = p.letter[1:] + "".join(p.labels)
    block = next((b for b, words in SIDES.items() if text in words), "")
    if not gates or not p.letter.startswith("b") or (text and not block):
        return []
    block = {"ih": "x", "hh": "h"}.get(text, block)
    shown = p.letter + (f"_{''.join(p.labels)}" if p.labels else "")
    said = f"{shown} read as the biases of {', '.join(gates)} together"
    return [Meaning("biases", " ".join(gates), block=block, said=said, cost=0.2)]
