"""State a recurrent cell once, as the equations a paper prints; derive and check everything else.

Nothing heavy is imported before it is used: each public name is loaded from its home when first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from grusym import assemble
    from grusym.assemble import check as check, convert as convert, simulate as simulate
    from grusym.calculus import adjoint, budget, comparing, counting, jacobian as _jacobian, paths
    from grusym.cells.library import cell as cell, cell_names as cell_names, cells_from as cells_from
    from grusym.checks.replay import replay as replay
    from grusym.counts.judging import verify_count as verify_count
    from grusym.dynamics.gradient_flow import gradient_flow as gradient_flow
    from grusym.dynamics.lyapunov import lyapunov_spectrum as lyapunov_spectrum
    from grusym.errors import GrusymError as GrusymError
    from grusym.kernels.kernel import Kernel
    from grusym.language.cell import Cell
    from grusym.language.reader import read_cell as read_cell
    from grusym.theorems.judging import prove as prove
    from grusym.theorems.library import identities as identities, identity as identity
    from grusym.unrolled import document, verify as verifying

    certify = assemble.of_a_cell(assemble.certify)
    compare = assemble.of_two_cells(comparing.compare)
    fit = assemble.of_a_cell(budget.fit)
    gradients = assemble.of_a_cell(adjoint.gradients)
    graph = assemble.of_a_cell(paths.graph)
    jacobian = assemble.of_a_cell(_jacobian.jacobian)
    kernel: Callable[[Cell | str], Kernel]
    operation_count = assemble.of_a_cell(counting.operation_count)
    parameter_count = assemble.of_a_cell(counting.parameter_count)
    assert_derivation = assemble.of_a_cell(verifying.assert_derivation)
    random_weights = assemble.of_a_cell(assemble.random_weights)
    verify = assemble.of_a_cell(verifying.verify)
    verify_in = document.verify_in

HOMES = {
    "GrusymError": "grusym.errors",
    "assert_derivation": "grusym.unrolled.verify",
    "cell": "grusym.cells.library",
    "cell_names": "grusym.cells.library",
    "cells_from": "grusym.cells.library",
    "certify": "grusym.assemble",
    "check": "grusym.assemble",
    "compare": "grusym.calculus.comparing",
    "convert": "grusym.assemble",
    "fit": "grusym.calculus.budget",
    "gradient_flow": "grusym.dynamics.gradient_flow",
    "gradients": "grusym.calculus.adjoint",
    "graph": "grusym.calculus.paths",
    "identities": "grusym.theorems.library",
    "identity": "grusym.theorems.library",
    "jacobian": "grusym.calculus.jacobian",
    "kernel": "grusym.assemble",
    "lyapunov_spectrum": "grusym.dynamics.lyapunov",
    "operation_count": "grusym.calculus.counting",
    "parameter_count": "grusym.calculus.counting",
    "prove": "grusym.theorems.judging",
    "random_weights": "grusym.assemble",
    "read_cell": "grusym.language.reader",
    "replay": "grusym.checks.replay",
    "simulate": "grusym.assemble",
    "verify": "grusym.unrolled.verify",
    "verify_in": "grusym.unrolled.document",
    "verify_count": "grusym.counts.judging",
}

# These take a cell first: here, at the boundary, its name does as well.
OF_A_CELL = (
    *("assert_derivation", "certify", "check", "fit", "gradients", "graph", "jacobian", "kernel"),
    *("operation_count", "parameter_count", "random_weights", "simulate", "verify"),
)
OF_TWO_CELLS = ("compare",)

__all__ = list(HOMES)


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("grusym")
    if name not in HOMES:
        raise AttributeError(f"grusym has no public name {name!r}; it has {', '.join(HOMES)}")
    from importlib import import_module

    value = getattr(import_module(HOMES[name]), name)
    if name in OF_A_CELL:
        value = import_module("grusym.assemble").of_a_cell(value)
    elif name in OF_TWO_CELLS:
        value = import_module("grusym.assemble").of_two_cells(value)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *HOMES])
