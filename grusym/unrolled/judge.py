"""Whether a claim over steps holds: under which reading, at generic points of several sizes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from grusym.language.times import surface
from grusym.unrolled.bounds import bounds, broken
from grusym.unrolled.choices import Choices, readings
from grusym.unrolled.comparing import attempt
from grusym.unrolled.meanings import Names
from grusym.unrolled.scene import Scene, holding
from grusym.unrolled.tree import Partial, Relation, Repeated

MOST = 300
AT_ARGUMENT = "if the gradient of a state is taken at the argument of its function"
WORK = 15_000  # nodes evaluated in looking for a reading
FEW = 30  # readings tried where something is held constant


@dataclass(frozen=True)
class Finding:
    """`outcome`: holds, fails, misfit or conflict; `said` under which reading; `why` in words.

    `kinds` is what each name of a gradient was read as.
    """

    outcome: str
    said: tuple[str, ...] = ()
    why: str = ""
    kinds: Mapping[str, str] = field(default_factory=dict)


def judged(
    scene_list: list[Scene], relation: Relation, most: int = MOST, known: Mapping[str, str] | None = None
) -> Finding:
    """The first reading under which a relation holds in all scenes.

    `known` is what lines before it have read names of gradients as: none may be read otherwise here.
    """
    conflict = ""
    first = scene_list[0]
    misfits: list[str] = []
    fits = False
    for choices, result in readings(lambda c: attempt(first, relation, c), most, WORK):
        if isinstance(result, str):
            misfits.append(result)
            continue
        fits = True
        if not result:
            continue
        if not _everywhere(scene_list, relation, choices):
            continue
        kinds = kinds_read(choices)
        other = next((k for k, kind in kinds.items() if (known or {}).get(k, kind) != kind), None)
        if other is None:
            return Finding("holds", choices.said, "", kinds)
        conflict = conflict or other
    if conflict:
        return Finding("conflict", (), conflict)
    if not fits:
        return Finding("misfit", (), misfits[0] if misfits else "")
    return Finding("fails", (), misfits[0] if misfits else "")


def _everywhere(scene_list: list[Scene], relation: Relation, choices: Choices) -> bool:
    """Whether a relation that holds in the first scene holds in all; a bound also where it is searched."""
    if not all(_again(scene, relation, choices) for scene in scene_list[1:]):
        return False
    return not (bounds(relation) and broken(scene_list[-1], relation, choices))


def kinds_read(choices: Choices) -> dict[str, str]:
    """What each name of a gradient is read as: total, incoming, at an argument."""
    found = {}
    for key, options in choices.met.items():
        if key.startswith("gradient "):
            value = options[min(choices.picked.get(key, 0), len(options) - 1)].value
            found[key.split(" ", 2)[2].strip()] = str(value[0])  # type: ignore[index]
    return found


def conditions(scene_list: list[Scene], relation: Relation) -> tuple[str, ...]:
    """What would make a refuted relation right: something held fixed, or a gradient taken elsewhere."""
    raw = [replace(scene, raw=True) for scene in scene_list]
    if judged(raw, relation, FEW).outcome == "holds":
        return (AT_ARGUMENT,)
    names = scene_list[0].names
    jacobian = any(isinstance(n, Partial) for side in relation.sides for n in surface(side))
    gates = [v for v in names.activations if _is_gate(names, v)]
    if jacobian and not any(isinstance(n, Repeated) for side in relation.sides for n in surface(side)):
        fixed = [replace(scene, old_fixed=True) for scene in scene_list]
        if judged(fixed, relation, FEW).outcome == "holds":
            return ("if the old state is held fixed",)
    if not jacobian or not gates:
        return ()
    for group in (*((g,) for g in gates), tuple(gates) if len(gates) > 1 else ()):
        if group:
            held = [holding(scene, group) for scene in scene_list]
            if judged(held, relation, FEW).outcome == "holds":
                verb = "is" if len(group) == 1 else "are"
                return (f"if {', '.join(group)} {verb} held constant",)
    return ()


def _is_gate(names: Names, value: str) -> bool:
    return value not in names.cell.next_states and names.cell.equation(value).right.function == "σ"  # type: ignore[attr-defined]


def _again(scene: Scene, relation: Relation, choices: Choices) -> bool:
    result = attempt(scene, relation, Choices(dict(choices.picked)))
    return result is True
