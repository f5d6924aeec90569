"""Just another network: an LSTM with nothing but its forget gate."""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="janet",
    title="JANET, forget gate only",
    source="van der Westhuizen & Lasenby 2018 (arXiv 1804.04849), the form without the offset β of the "
    "input; c and h are one state; f keeps the old state",
    equations="""
        f  = σ(W_f x + U_f h + b_f)       # forget gate
        c  = tanh(W_c x + U_c h + b_c)    # candidate
        h' = f ⊙ h + (1 - f) ⊙ c          # new state
    """,
)
