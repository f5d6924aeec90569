"""The catalogue of what goes wrong in derivatives of recurrent networks, as verdicts name it."""

from __future__ import annotations

TRANSPOSE = "transpose missing or superfluous"
PATH = "dependency path missing"
NORM = "norm bound with wrong quantity"
BRACKET = "bracket misplaced (derivative reaches part of a sum, or square outside)"
ORDER = "factor order (diagonal on the wrong side)"
FACTOR = "activation or gate derivative / recurrent factor missing"
CHAIN = "transposed factors in a numerator-layout chain"
OUTER = "outer product / shape / slice / diagonal-only"
FUNCTION = "derivative of another function or cell variant"
SLIP = "time index or symbol slip"
TYPE = "ill-typed or meaningless chain"
SUM = "sum over time missing"
UPSTREAM = "upstream gradient missing or doubled"
SIGN = "sign against the z convention"
KINDS = (
    *(TRANSPOSE, PATH, NORM, BRACKET, ORDER, FACTOR, CHAIN, OUTER, FUNCTION, SLIP, TYPE, SUM, UPSTREAM, SIGN),
)
