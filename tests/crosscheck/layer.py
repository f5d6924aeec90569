"""What a framework's layer is to the cross-check, and where the layers are found.

A file `NAME_layers.py` beside this one holds LAYERS, the recurrent layers of one framework. Frameworks are
imported where a layer is made, so that these files can be collected where none is installed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from grusym.cells.library import cell
from grusym.models.conventions import convention

N, M, P = 5, 3, 2  # units, inputs, what a projection feeds back; unequal, so that a transpose is seen
Tensors = dict[str, Any]  # by name, of the framework's own kind


@dataclass(frozen=True)
class Built:
    """A layer of the framework, made for certain widths.

    `parameters` are NumPy arrays of all that the layer stores, by the names of its convention.
    `run(arrays, inputs, state)` is the framework's own loop over time from inputs (T, B, m) and a dictionary
    of first states (B, n), with the arrays given in place of the parameters. It returns the outputs
    (T, B, n) and the last states. It must be differentiable by the layer's engine.
    """

    parameters: dict[str, Any]
    run: Callable[[Tensors, Any, Tensors], tuple[Any, Tensors]]


@dataclass(frozen=True)
class Layer:
    """One layer of a framework: its convention, its count as a formula, who makes and differentiates it."""

    framework: str
    kind: str
    engine: str
    count: Callable[[Any, Any], Any]  # parameters at n and m, as the framework's documentation has it
    build: Callable[[int, int], Built] = field(repr=False)  # of n and m, in float64
    called: str = ""  # the framework's name, where two layers have one convention
    same: float = 1e-12  # the largest relative error: T steps of rounding in float64; 4e-15 seen

    @property
    def style(self):
        return convention(self.framework, self.kind)

    @property
    def fed_back(self):
        """The entries that a projected layer feeds back; None of others."""
        return P if self.style.projected else None

    @property
    def cell(self):
        return cell(self.style.cell_name)

    def __str__(self) -> str:
        return "-".join(filter(None, (self.framework, self.kind, self.called))).replace(" ", "-")


def layers_held(name: str) -> tuple[Layer, ...]:
    """The layers of one file."""
    found = getattr(import_module(name), "LAYERS", ())
    assert found, f"{name} must hold LAYERS, a tuple of one Layer or more"
    return found


def every_layer() -> list[Layer]:
    """The layers of all files here that are called NAME_layers.py."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("*_layers.py"))
    return [layer for name in names for layer in layers_held(f"tests.crosscheck.{name}")]
