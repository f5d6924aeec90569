"""State a recurrent cell once, as the equations a paper prints; derive and check everything else.

Nothing heavy is imported before it is used: each public name is loaded from its home when first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grusym.assemble import (
        check as check,
        kernel as kernel,
        random_weights as random_weights,
        simulate as simulate,
    )
    from grusym.calculus.adjoint import gradients as gradients
    from grusym.calculus.counting import (
        operation_count as operation_count,
        parameter_count as parameter_count,
    )
    from grusym.calculus.jacobian import jacobian as jacobian
    from grusym.calculus.paths import graph as graph
    from grusym.cells.library import cell as cell, cell_names as cell_names
    from grusym.dynamics.gradient_flow import gradient_flow as gradient_flow
    from grusym.dynamics.lyapunov import lyapunov_spectrum as lyapunov_spectrum
    from grusym.errors import GrusymError as GrusymError
    from grusym.language.reader import read_cell as read_cell

HOMES = {
    "GrusymError": "grusym.errors",
    "cell": "grusym.cells.library",
    "cell_names": "grusym.cells.library",
    "check": "grusym.assemble",
    "gradient_flow": "grusym.dynamics.gradient_flow",
    "gradients": "grusym.calculus.adjoint",
    "graph": "grusym.calculus.paths",
    "jacobian": "grusym.calculus.jacobian",
    "kernel": "grusym.assemble",
    "lyapunov_spectrum": "grusym.dynamics.lyapunov",
    "operation_count": "grusym.calculus.counting",
    "parameter_count": "grusym.calculus.counting",
    "random_weights": "grusym.assemble",
    "read_cell": "grusym.language.reader",
    "simulate": "grusym.assemble",
}

__all__ = list(HOMES)


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("grusym")
    if name not in HOMES:
        raise AttributeError(f"grusym has no public name {name!r}; it has {', '.join(HOMES)}")
    from importlib import import_module

    value = getattr(import_module(HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *HOMES])
