"""Just another network: an LSTM with nothing but its forget gate.

Checked against JosvanderWesthuizen/janet, the authors' code, but for the offset β. Equation numbers
not confirmed.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="janet",
    title="JANET, forget gate only",
    source="van der Westhuizen & Lasenby 2018 (arXiv 1804.04849), the form without the offset β of "
    "the input: their experiments weigh it by 1 - σ(s - 1), s being what f is the σ of; c and "
    "h are one state; f keeps the old state",
    equations="""
        f  = σ(W_f x + U_f h + b_f)       # forget gate
        c  = tanh(W_c x + U_c h + b_c)    # candidate
        h' = f ⊙ h + (1 - f) ⊙ c          # new state
    """,
)
