"""Long short-term memory with exponential gates, a normaliser and a stabiliser.

Checked against NX-AI/xlstm, the authors' code, and a transcription of the paper with its equation
numbers. The code also cuts both gates at 1, which they never exceed, and starts the stabiliser at the
first input gate, which no h shows.
"""

from grusym.language.cell import Cell

CELL = Cell.read(
    name="slstm",
    title="LSTM with exponential gates (sLSTM of xLSTM)",
    source="Beck et al. 2024 (arXiv 2405.04517), sec. 2.2, eqs. 8-17, one head; the input gate is "
    "exponential, the forget gate a sigmoid, as in the authors' code (the paper leaves it open: σ or exp); "
    "ν is the normaliser and μ the stabiliser, which the paper calls n and m, letters that are sizes "
    "here; μ is the logarithm of a scale that divides c and ν alike, so that h does not depend on it; "
    "ĩ and l = log σ(f̃) are the logarithms of the gates, i and f the gates that are used",
    equations="""
        ĩ  = W_i x + U_i h + b_i             # log input gate
        f̃  = W_f x + U_f h + b_f             # argument of the forget gate
        l  = -softplus(-f̃)                   # log forget gate
        z  = tanh(W_z x + U_z h + b_z)       # cell input
        o  = σ(W_o x + U_o h + b_o)          # output gate
        μ' = max(l + μ, ĩ)                   # new stabiliser
        i  = exp(ĩ - μ')                     # stabilised input gate
        f  = exp(l + μ - μ')                 # stabilised forget gate
        c' = f ⊙ c + i ⊙ z                   # new cell state
        ν' = f ⊙ ν + i                       # new normaliser
        h' = o ⊙ c' / ν'                     # new state
    """,
)
