"""Random weights for a cell, in the names of its text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from grusym.errors import DataError, unknown, whole
from grusym.language.arrays import concrete
from grusym.language.cell import Cell
from grusym.language.standing import only_added

Array = Any
Draw = Callable[[np.random.Generator, tuple[int, ...]], Array]


def random_weights(
    cell: Cell,
    hidden: int | None = None,
    input: int | None = None,
    init: str = "torch",
    seed: int = 0,
    sizes: Mapping[str, int] | None = None,
) -> dict[str, Array]:
    """Random float64 weights for every parameter of a cell, and 0.5 for its constants, by name.

    `hidden` is the size n, `input` the size m, which a cell whose inputs have size n does not use; `sizes`
    gives any other letter of the cell's shapes. `init` is

    - "torch": all uniform in ±1/√n, as torch.nn.RNN, LSTM and GRU draw them (PyTorch 2 documentation);
    - "keras": recurrent matrices orthogonal, others as "xavier", biases 0 (Keras 3 documentation of GRU and
      LSTM, without the LSTM's forget bias of 1);
    - "xavier": matrices uniform in ±√(6/(rows + columns)), biases 0 (Glorot & Bengio 2010, eq. 16);
    - "he": matrices normal with variance 2/columns, biases 0 (He et al. 2015, eq. 10);
    - "normal": matrices normal with variance 1/columns, biases 0 (LeCun et al. 1998, "Efficient BackProp",
      sec. 4.6);
    - "orthogonal": matrices with orthonormal rows or columns, whichever are fewer, biases 0 (Saxe et al.
      2014);
    - "identity": recurrent matrices the identity, others normal with deviation 0.001, biases 0 (Le, Jaitly &
      Hinton 2015).

    Recurrent matrices are those of shape n × n in the text, a bias is a vector or scalar that is only ever
    added. Save with "torch", a vector that multiplies (a peephole) is uniform in ±1/√n, since 0 would cut its
    path, and a scalar that multiplies is 1. A constant is a setting that nobody trains, so none is drawn:
    0.5 is a step or a damping of the right order, to be replaced by the one that is meant.

    Raises UnknownNameError for an init nobody has; DataError for a size that is missing or not positive.
    """
    if not isinstance(init, str) or init not in _MATRICES:
        raise unknown("init", str(init), _MATRICES)
    known = _known_sizes(cell, hidden, input, sizes or {})
    rng = np.random.default_rng(whole("seed", seed))
    added = {name for name in cell.parameters if only_added(cell, name)}
    reach = 1 / np.sqrt(known.get("n", 1))
    weights = {}
    for name in cell.parameters:
        shape = tuple(_size(cell, name, d, known) for d in cell.shapes[name])
        if init == "torch" or (len(shape) == 1 and name not in added):
            array = rng.uniform(-reach, reach, shape)
        elif len(shape) == 2:
            rows, columns = cell.shapes[name]
            array = _MATRICES[init][rows != columns](rng, shape)
        else:
            array = np.full(shape, 0.0 if name in added else 1.0)
        weights[name] = np.asarray(array, dtype=float)
    for name in cell.constants:
        weights[name] = np.full(tuple(_size(cell, name, d, known) for d in cell.shapes[name]), 0.5)
    return weights


def _known_sizes(
    cell: Cell, hidden: int | None, input: int | None, sizes: Mapping[str, int]
) -> dict[str, int]:
    letters = [s.name for s in cell.sizes]
    given = {"n": hidden, "m": input, **sizes}
    for letter, size in given.items():
        if size is not None:
            whole(f"size {letter}", size, 1)
        if letter not in letters and letter not in ("n", "m"):
            raise DataError(
                f"size {letter} was given, but cell {cell.name!r} has {', '.join(letters)}; leave it out"
            )
    known = {letter: int(given[letter]) for letter in letters if given.get(letter) is not None}  # type: ignore[arg-type]
    missing = [letter for letter in letters if letter not in known]
    if missing:
        said = {"n": "hidden=", "m": "input="}
        asked = ", ".join(said.get(letter, f"sizes={{{letter!r}: ...}}") for letter in missing)
        raise DataError(
            f"cell {cell.name!r} has sizes {', '.join(letters)}, but {', '.join(missing)} was not given; "
            f"give {asked}"
        )
    return known


def _size(cell: Cell, name: str, dimension: Any, known: Mapping[str, int]) -> int:
    size = concrete(dimension, known)
    if size is None:
        raise DataError(
            f"{name} of cell {cell.name!r} has size {dimension}, which is not given; give it in sizes"
        )
    return size


def _uniform(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    reach = np.sqrt(6 / sum(shape))
    return rng.uniform(-reach, reach, shape)


def _orthogonal(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    tall = rng.standard_normal((max(shape), min(shape)))
    columns, upper = np.linalg.qr(tall)
    columns *= np.sign(np.diag(upper))  # without this the factor is not uniformly distributed (Mezzadri 2007)
    return columns if shape[0] >= shape[1] else columns.T


def _normal(variance: float) -> Draw:
    return lambda rng, shape: rng.standard_normal(shape) * np.sqrt(variance / shape[1])


# Of each init, how recurrent matrices are drawn, and how others are.
_MATRICES: dict[str, tuple[Draw, Draw]] = {
    "torch": (_uniform, _uniform),
    "keras": (_orthogonal, _uniform),
    "xavier": (_uniform, _uniform),
    "he": (_normal(2), _normal(2)),
    "normal": (_normal(1), _normal(1)),
    "orthogonal": (_orthogonal, _orthogonal),
    "identity": (lambda rng, shape: np.eye(shape[0]), lambda rng, shape: 0.001 * rng.standard_normal(shape)),
}
