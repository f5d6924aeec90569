"""The sides of identities in numbers, from the cells' own equations taken one by one.

Nothing here is inlined, simplified or derived: where an identity puts something in place of a name, an
array is put there, and a Jacobian is taken by complex steps.
"""

from __future__ import annotations

import re
from fractions import Fraction

import numpy as np

from grusym.language.activations import ACTIVATIONS
from grusym.language.arrays import concrete
from grusym.language.evaluation import Arithmetic, evaluate
from grusym.theorems.sides import Block, Value, found

STEP = 1e-30
SIZES = {"n": 4, "m": 3, "p": 2}


def sizes_for(context, sizes=None):
    """Numbers for all letters; one that the context's cell lacks (m of a cell with x : n) is n."""
    sizes = sizes or SIZES
    own = {s.name for s in context.cell.sizes} | {str(d) for s in context.shapes.values() for d in s}
    return {letter: sizes.get(letter, sizes["n"]) if letter in own else sizes["n"] for letter in "nmp"}


def drawn(context, seed, sizes=None):
    """Arrays for everything that the context's cell is given, and for the further names."""
    rng, sizes = np.random.default_rng(seed), sizes_for(context, sizes)
    given = [name for name in context.shapes if name not in context.cell.values]
    arrays = {}
    for name in given:
        shape = tuple(concrete(d, sizes) for d in context.shapes[name])
        low, high = context.within.get(name, (-1.5, 1.5))
        arrays[name] = rng.uniform(low, high, shape)
    return arrays


def stepped(cell, arrays, fixed=None, instead=None):
    """All values of a cell, equation by equation; `fixed` ones are taken as they are."""
    known = dict(arrays)
    for equation in cell.equations:
        if equation.left in (fixed or {}):
            known[equation.left] = fixed[equation.left]
            continue
        old, new = (instead or {}).get(equation.left, ("", ""))

        def apply(function, u, old=old, new=new):
            name = new if function == old else function
            return ACTIVATIONS[name].value(u) if name else u

        known[equation.left] = evaluate(equation.right, known, cell.shapes, None, Arithmetic(float, apply))
    return known


def formula(text, context, arrays, let=None, shape=None):
    """A formula, its names standing for what the context's cell computes."""
    inner = context.with_names({name: v.shape() for name, v in (let or {}).items()})
    known = stepped(context.cell, arrays)
    known |= {name: side(v, context, arrays) for name, v in (let or {}).items()}
    return evaluate(inner.read(text), known, inner.shapes, shape)


def side(what, context, arrays, let=None, shape=None):
    """The number that stands on a side of an identity."""
    if isinstance(what, str):
        return formula(what, context, arrays, let, shape)
    cell = found(what.cell)
    sizes = sizes_of(context, arrays)
    put = {
        name: formula(text, context, arrays, None, tuple(concrete(d, sizes) for d in cell.shapes[name]))
        for name, text in what.where.items()
    }
    given = {k: put.get(k, arrays.get(k)) for k in (*cell.states, *cell.inputs, *cell.weights)}
    for name, array in given.items():
        if array is None:  # whatever it is, it must not matter
            given[name] = np.random.default_rng(1).normal(
                size=tuple(concrete(d, sizes) for d in cell.shapes[name])
            )
    fixed = {name: array for name, array in put.items() if name in cell.values}
    if isinstance(what, Value):
        return stepped(cell, given, fixed, what.instead)[what.of]
    assert isinstance(what, Block)
    for gate in [name for name, v in fixed.items() if not np.all(np.isin(v, (0, 1)))]:
        given |= biased(cell, given, gate, fixed.pop(gate))  # others are shut or open: their slope is 0
    columns = []
    for k in range(len(given[what.by])):
        moved = given | {what.by: given[what.by].astype(complex)}
        moved[what.by][k] += 1j * STEP
        columns.append(np.imag(stepped(cell, moved, fixed)[what.of]) / STEP)
    return (
        np.stack(np.broadcast_arrays(*columns, given[cell.states[0]])[:-1], axis=1)
        if (np.ndim(columns[0]) == 0)
        else np.stack(columns, axis=1)
    )


def biased(cell, given, gate, value):
    """A bias with which a σ gate has the value here, so that its slope is that of the value."""
    terms = cell.equation(gate).right.operand.terms
    bias = next(t.name for t in terms if getattr(t, "name", "") in cell.parameters)
    without = evaluate(
        cell.equation(gate).right.operand, given | {bias: np.zeros_like(given[bias])}, cell.shapes
    )
    return {bias: np.log(value / (1 - value)) - without}


def sizes_of(context, arrays):
    """The numbers behind the letters of given arrays."""
    found_ = {}
    for name, array in arrays.items():
        for d, size in zip(context.shapes[name], np.shape(array), strict=True):
            found_.setdefault(str(d), size)
    n = found_.get("n", 1)
    return {letter: found_.get(letter, n) for letter in "nmp"}


def jacobian(context, states, arrays):
    """The Jacobian over all of some states, by complex steps."""
    cell = context.cell
    rows = []
    for of in states:
        rows.append([side(Block(context.about, cell.next_of(of), by), context, arrays) for by in states])
    return np.block(rows)


def read_arrays(text):
    """The arrays of a counterexample's text: W = [[1/2, -1]], h = [3/2], γ = 1."""
    pairs = re.findall(r"([^\s,=]+) = (\[.*?\]|[^,\[]+)(?=, [^\s,=\[\]]+ = |$)", text)
    assert ", ".join(f"{name} = {value}" for name, value in pairs) == text
    return {name: np.array(_numbers(value)) for name, value in pairs}


def _numbers(text):
    if text.startswith("[["):
        return [_numbers(f"[{row}]") for row in re.findall(r"\[([^\[\]]+)\]", text)]
    if text.startswith("["):
        return [float(Fraction(part)) for part in text.strip("[]").split(", ")]
    return float(Fraction(text))


def completed(context, at, seed=3):
    """The arrays of a counterexample with others for what it does not name, which must not matter."""
    sizes = {}
    for name, array in at.items():
        for d, size in zip(context.shapes[name], np.shape(array), strict=True):
            sizes[str(d)] = size
    return drawn(context, seed, {"n": 1, "m": 1, "p": 1} | sizes) | at
