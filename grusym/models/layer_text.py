"""A framework's layer written out as equations, from its switches and the arrays it stores."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from grusym.language.cell import Cell
from grusym.models.conventions import Convention

ROLES = {"r": "reset gate", "z": "update gate", "c": "candidate", "i": "input gate", "f": "forget gate"}
ROLES |= {"o": "output gate", "g": "candidate"}


@lru_cache(maxsize=256)
def layer_cell(convention: Convention) -> Cell:
    """The layer as a cell; its parameters are those it stores, W_z, U_z, b_z, d_z, ..."""
    c = convention
    return Cell.read(
        name=str(c),
        title=f"{c.kind.upper()} layer of {c.framework}",
        source=c.source or "the framework's documentation",
        equations="\n".join({"gru": _gru, "lstm": _lstm, "rnn": _rnn}[c.kind](c)),
    )


def _rnn(c: Convention) -> list[str]:
    return [f"h' = {c.activation}({_argument(c, '')})    # new state"]


def _gru(c: Convention) -> list[str]:
    gates = [f"{gate} = σ({_argument(c, gate)})    # {ROLES[gate]}" for gate in c.gates if gate != "c"]
    inner = " + ".join(["U_c h", *(["d_c"] if "d_c" in c.parameters else [])])
    own = "".join(f" + {name}" for name in ("b_c",) if name in c.parameters)
    if c.reset == "before":
        recurrent = inner.replace("U_c h", "U_c (r ⊙ h)")
    else:
        recurrent = f"r ⊙ ({inner})"
    candidate = f"c = {c.activation}(W_c x{own} + {recurrent})    # candidate"
    keep, take = ("z", "(1 - z)") if c.keeps_old == "z" else ("(1 - z)", "z")
    return [*gates, candidate, f"h' = {keep} ⊙ h + {take} ⊙ c    # new state"]


def _lstm(c: Convention) -> list[str]:
    lines = {
        gate: f"{gate} = {c.activation if gate == 'g' else 'σ'}({_argument(c, gate)})    # {ROLES[gate]}"
        for gate in c.gates
    }
    late = "p_o" in c.parameters  # the output gate sees the new cell state
    new = "c' = f ⊙ c + i ⊙ g    # new cell state"
    first = [line for gate, line in lines.items() if not (late and gate == "o")]
    output = f"o ⊙ {c.activation}(c')"
    end = f"h' = W_h ({output})    # new state, projected" if c.projected else f"h' = {output}    # new state"
    declared = ["h : p"] if c.projected else []
    return [*declared, *first, new, *([lines["o"]] if late else []), end]


def _argument(c: Convention, gate: str) -> str:
    """What a gate's function is applied to."""
    end = f"_{gate}" if gate else ""
    state = "c'" if gate == "o" else "c"
    terms = {f"W{end}": f"W{end} x", f"b{end}": f"b{end}", f"U{end}": f"U{end} h", f"d{end}": f"d{end}"}
    terms |= {f"p{end}": f"p{end} ⊙ {state}"}
    shown = [text for name, text in terms.items() if name in c.parameters]
    offset = Fraction(c.forget_offset) if gate == "f" else Fraction(0)
    return " + ".join([*shown, *([str(offset)] if offset else [])])
