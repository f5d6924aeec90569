"""A Lyapunov spectrum as a result: what was found, how sure it is, and what a reader must know."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from grusym.dynamics.step_kernel import Array

if TYPE_CHECKING:
    import xarray

DISAGREE = 1e-3  # chance below which runs of one system are said to disagree


@dataclass(frozen=True, eq=False)
class LyapunovSpectrum:
    """Lyapunov exponents in nats per step, largest first.

    exponents, standard_errors, roundoff (the rounding error, estimated on the safe side for the worst) and
    stable (the error bar does not depend on the batch length) are (k,); `members` (B, k) are the runs of a
    batch one by one, of which the exponents are the mean. `structural` exponents are -inf because no Jacobian
    of this system has full rank; any further -inf comes from single steps whose Jacobian is singular to
    rounding. `interval` is the mean QR interval in steps. `converged` says that every error bar is stable,
    rounding stays below the tolerance, and runs agree.
    """

    exponents: Array
    standard_errors: Array
    converged: bool
    roundoff: Array
    stable: NDArray[np.bool_]
    members: Array
    batches: NDArray[np.intp]
    interval: float
    steps: int
    warmup: int
    size: int
    structural: int
    tolerance: float
    agreement: float = 1.0

    @property
    def resolved(self) -> NDArray[np.bool_]:
        """Which exponents are right to the tolerance; rounding ruins the last ones first."""
        return np.logical_and.accumulate(self.roundoff <= self.tolerance)

    @property
    def entropy_rate(self) -> float:
        """Sum of the positive exponents (Pesin), nats per step; a lower bound if the last one is positive."""
        return float(self.exponents[self.exponents > 0].sum())

    @property
    def kaplan_yorke(self) -> float:
        """Kaplan-Yorke dimension; nan if it takes more exponents than were asked for."""
        return kaplan_yorke(self.exponents, self.size)

    @property
    def horizon(self) -> float:
        """-1/(leading exponent): steps over which gradients fade by a factor e; infinite if they do not."""
        leading = float(self.exponents[0])
        return -1.0 / leading if leading < 0 else math.inf

    def confidence(self, level: float = 0.95) -> Array:
        """Return intervals (k, 2) that hold the exponent at this level, by Student's t over the batches."""
        from scipy.stats import t

        half = self.standard_errors * t.ppf(0.5 + level / 2, np.maximum(self.batches - 1, 1))
        return np.stack([self.exponents - half, self.exponents + half], axis=1)

    def to_dataset(self) -> xarray.Dataset:
        """Return the spectrum as an xarray Dataset over `index` (and `run`)."""
        import xarray

        data = {
            "exponent": ("index", self.exponents),
            "standard_error": ("index", self.standard_errors),
            "roundoff": ("index", self.roundoff),
            "member": (("run", "index"), self.members),
        }
        names = ("converged", "interval", "steps", "warmup", "size", "structural", "tolerance")
        attributes = {name: getattr(self, name) for name in names}
        return xarray.Dataset(data, attrs={**attributes, "converged": int(self.converged)})

    def remarks(self) -> list[str]:
        """Return what a reader must know before using the numbers, one sentence each."""
        said = []
        if self.structural:
            said.append(
                f"structural rank deficiency: {self.structural} of {self.size} exponents are -inf exactly"
            )
        infinite = int(np.isneginf(self.exponents).sum())
        beyond = max(0, infinite - max(0, self.structural - (self.size - len(self.exponents))))
        if beyond:
            said.append(f"{beyond} more are -inf: some steps have Jacobians that are singular to rounding")
        lost = int((~self.resolved).sum())
        if lost:
            said.append(
                f"{lost} of {len(self.exponents)} exponents are not resolved at a mean QR interval of "
                f"{self.interval:.3g} steps (rounding above {self.tolerance:g}): "
                + ("the Jacobians are near singular" if self.interval <= 1 else "use interval=None")
            )
        if not self.stable.all():
            said.append(
                f"{int((~self.stable).sum())} error bars are not stable: simulate longer than {self.steps}"
            )
        if self.agreement < DISAGREE:
            said.append("the runs disagree by more than their error bars: the orbits have not mixed")
        return said

    def __str__(self) -> str:
        lines = [
            f"Lyapunov spectrum: {len(self.exponents)} of {self.size} exponents, nats per step, "
            f"over {self.steps} steps after {self.warmup}"
            + (f", mean of {len(self.members)} runs" if len(self.members) > 1 else ""),
            *(f"  {i + 1:>4} {value:>+12.6g} ± {error:.2g}" for i, value, error in self._shown()),
            f"horizon {self.horizon:.4g} steps; entropy rate {self.entropy_rate:.4g}; "
            f"Kaplan-Yorke dimension {self.kaplan_yorke:.4g}; "
            f"{'converged' if self.converged else 'NOT converged'}",
        ]
        return "\n".join(lines + self.remarks())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{i + 1}</td><td>{v:+.6g}</td><td>{e:.2g}</td></tr>" for i, v, e in self._shown()
        )
        notes = [line for line in str(self).split("\n") if not line.startswith("  ")]
        return (
            f"<p>{'<br>'.join(notes)}</p><table><tr><th>i</th><th>exponent</th><th>standard error</th></tr>"
            f"{rows}</table>"
        )

    def _shown(self) -> list[tuple[int, float, float]]:
        """Return at most ten exponents, the last one included."""
        count = len(self.exponents)
        picks = range(count) if count <= 10 else [*range(8), count - 2, count - 1]
        return [(i, float(self.exponents[i]), float(self.standard_errors[i])) for i in picks]


def kaplan_yorke(exponents: Array, size: int) -> float:
    """Return j + (sum of the first j exponents) / |exponent j+1|, with j the most whose sum is not negative.

    `size` is the number of exponents the system has; nan where the ones given do not suffice.
    """
    sums = np.cumsum(exponents)
    below = np.flatnonzero(sums < 0)
    if not len(below):
        return float(size) if len(exponents) == size else math.nan
    j = int(below[0])
    return 0.0 if j == 0 else float(j + sums[j - 1] / -exponents[j])
