"""What each framework's recurrent layer computes and how it stores its weights, as data.

Six switches describe them all: the order of the gates; whether z or 1 - z keeps the old state; the reset
before or after the recurrent product; a bias inside the reset or not; the number of bias vectors; an
offset added to the forget gate at run time. The fourth and fifth follow from the arrays stored.

Gates have the letters of the cells in `grusym.cells`: r, z, c of a GRU (c, the candidate, is n, h, a or o
elsewhere) and i, f, g, o of an LSTM (g is c or j elsewhere). The conventions of one framework stand in one
file of `grusym/models/frameworks/`; `Convention.cell` is the layer as equations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from grusym.errors import GrusymError, UnknownNameError, unknown
from grusym.language.cell import Cell
from grusym.models.stored import Stored

KINDS = ("gru", "lstm", "rnn")


@dataclass(frozen=True)
class Convention:
    """One framework's layer: the switches, and the arrays it is stored in.

    `framework` may name an option: "keras reset_after=False". `unread` maps arrays that this layer does not
    have to the convention that has them.
    """

    framework: str
    kind: str  # gru, lstm or rnn
    gates: tuple[str, ...]  # in the order of storage
    arrays: tuple[Stored, ...]
    keeps_old: str = ""  # z or 1 - z
    reset: str = ""  # before or after the recurrent product
    forget_offset: float = 0.0
    activation: str = "tanh"  # of the candidate, or of a network without gates
    unread: tuple[tuple[str, str], ...] = ()
    source: str = ""

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of all parameters stored, in the order of storage."""
        return tuple(name for stored in self.arrays for name in stored.parameters)

    @property
    def biases(self) -> int:
        """The number of bias vectors that every gate has."""
        suffixes = [f"_{gate}" if gate else "" for gate in self.gates]
        return min(sum(f"{letter}{end}" in self.parameters for letter in "bd") for end in suffixes)

    @property
    def bias_inside_reset(self) -> bool:
        """Whether the reset gate multiplies a bias along with the recurrent product."""
        return self.reset == "after" and "d_c" in self.parameters

    @property
    def projected(self) -> bool:
        """Whether a matrix makes the state smaller before it feeds back."""
        return any(stored.holds == "P" for stored in self.arrays)

    @property
    def peepholes(self) -> bool:
        """Whether gates see the cell state."""
        return any(stored.holds == "p" for stored in self.arrays)

    @property
    def cell_name(self) -> str:
        """The cell of `grusym.cells` that computes the same function."""
        if self.kind == "gru":
            return "gru_reset_after" if self.reset == "after" else "gru"
        if self.kind == "lstm":
            return "lstm_projection" if self.projected else "lstm_peephole" if self.peepholes else "lstm"
        return "rnn" if self.activation == "tanh" else f"rnn_{self.activation}"

    @property
    def cell(self) -> Cell:
        """The layer itself as a cell: its equations with its own biases, in its own order of gates."""
        from grusym.models.layer_text import layer_cell

        return layer_cell(self)

    def parameter_count(self, n: int, m: int, p: int | None = None) -> int:
        """How many numbers the framework stores, identifiable or not."""
        from math import prod

        return sum(prod(array.shape(n, m, p)) for array in self.arrays)

    def __str__(self) -> str:
        return f"{self.framework} {self.kind.upper()}"


def convention(framework: str, kind: str) -> Convention:
    """The convention of a framework's layer, e.g. of ("torch", "gru").

    Raises UnknownNameError with the nearest known name.
    """
    known = {f"{c.framework} {c.kind}": c for c in conventions()}
    asked = f"{framework} {kind}"
    if asked not in known:
        own = [c.kind for c in conventions() if c.framework == framework]
        if own:
            raise UnknownNameError(
                f"asked for the {kind} of {framework}, which has {', '.join(own)}; ask for one of those, or "
                "for another framework's"
            )
        raise unknown("convention", asked, known)
    return known[asked]


def frameworks() -> tuple[str, ...]:
    """The names of all frameworks and their options."""
    return tuple(dict.fromkeys(c.framework for c in conventions()))


@cache
def conventions() -> tuple[Convention, ...]:
    """Every convention of every file in `grusym/models/frameworks/`."""
    import grusym.models.frameworks as folder

    found: list[Convention] = []
    for module in sorted(iter_modules(folder.__path__), key=lambda m: m.name):
        own = getattr(import_module(f"{folder.__name__}.{module.name}"), "CONVENTIONS", None)
        if not own or not all(isinstance(c, Convention) for c in own):
            raise GrusymError(
                f"grusym/models/frameworks/{module.name}.py was taken for a framework but has no "
                "CONVENTIONS; define a tuple of Convention in it"
            )
        found.extend(own)
    names: Mapping[str, int] = {}
    names = {str(c): [str(d) for d in found].count(str(c)) for c in found}
    twice = [name for name, count in names.items() if count > 1]
    if twice:
        raise GrusymError(f"the convention {twice[0]} is stated twice in grusym/models/frameworks/; drop one")
    return tuple(found)
