"""Code that computes all gates at once and cuts them apart, as one equation a gate.

`a = x @ Wx + h @ Wh + b` with `i = sigmoid(a[:, :H])`, `i, f, o, g = np.split(a, 4, axis=1)` or
`gates.chunk(4, 1)` is `i = sigmoid(x @ Wx_i + h @ Wh_i + b_i)` and so on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_SUM = re.compile(r"\s*([A-Za-z]\w*)\s*=\s*(?![^=]*=)(.*[@(].*\+.*)")
_CUT = re.compile(
    r"\s*((?:[A-Za-z]\w*\s*,\s*)+[A-Za-z]\w*)\s*,?\s*=\s*"
    r"(?:(?:np|torch|tf|jnp|mx)\.(?:split|chunk|array_split)\(\s*([A-Za-z]\w*)\s*,.*\)|([A-Za-z]\w*)\.(?:chunk|split)\(.*\))"
)
_SLICE = r"{}\s*\[(?:[^\[\]]*:[^\[\]]*)\]"
_WEIGHT = re.compile(r"(?<![\w.])((?:self\.)?(?:[WUVR]\w*|w_\w+|weight_\w+|b(?:ias)?(?:_\w+)?))(?![\w(])")
TOLD = "{name} is computed for all gates at once: {gates} are read with weights of their own"


def unsplit(lines: Sequence[str]) -> tuple[list[str], list[str], tuple[str, ...]]:
    """The lines with an equation for each gate, what was done, and the names of what was cut.

    The same lines where nothing is cut.
    """
    text = "\n".join(lines).split("\n")
    said: list[str] = []
    cut: list[str] = []
    for line in list(text):
        m = _SUM.fullmatch(line)
        if m is None or line not in text:
            continue
        name, right = m.groups()
        if (found := _uncut(text, line, name, right)) is not None:
            text, gates = found
            cut.append(name)
            said.append(TOLD.format(name=name, gates=", ".join(gates)))
    return (text, said, tuple(cut)) if said else (list(lines), [], ())


def _uncut(text: list[str], line: str, name: str, right: str) -> tuple[list[str], list[str]] | None:
    """The lines without a sum that is cut apart; None if it is not."""
    slice_ = re.compile(_SLICE.format(re.escape(name)))
    result: list[str] = []
    gates: list[str] = []
    for other in text:
        cut = _CUT.fullmatch(other)
        if other is line or other == line:
            continue
        if cut is not None and name in (cut[2], cut[3]):
            parts = [p.strip() for p in cut[1].split(",")]
            gates += parts
            result += [f"{part} = {_own(right, part)}" for part in parts]
        elif slice_.search(other) and (left := re.match(r"\s*([A-Za-z]\w*)\s*=(?!=)", other)) is not None:
            gates.append(left[1])
            result.append(slice_.sub(lambda _, part=left[1]: f"({_own(right, part)})", other))  # type: ignore[misc]
        else:
            result.append(other)
    return (_applied(result, gates), gates) if len(gates) > 1 else None


def _own(right: str, gate: str) -> str:
    """The sum with weights of one gate."""
    return _WEIGHT.sub(lambda m: f"{m[1].removeprefix('self.')}_{gate}", right)


def _applied(lines: list[str], gates: list[str]) -> list[str]:
    """`i = a sum` with `i = sigmoid(i)` after it as one equation; the sum put into tanh(g)."""
    for gate in gates:
        own = next((k for k, other in enumerate(lines) if other.startswith(f"{gate} = ")), None)
        applied = re.compile(rf"\s*([A-Za-z]\w*)\s*=\s*([\w.]+)\(\s*{re.escape(gate)}\s*\)\s*")
        found = [(k, m) for k, other in enumerate(lines) if k != own and (m := applied.fullmatch(other))]
        if own is not None and found:
            use, m = found[0]
            lines[use] = f"{m[1]} = {m[2]}({lines[own].split('=', 1)[1].strip()})"
            del lines[own]
    return lines
