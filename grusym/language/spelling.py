"""How mathematics is spelled: accents, wrappers, Greek letters and signs, in LaTeX and in Unicode."""

from __future__ import annotations

import re

FUNCTIONS = ("tanh", "exp", "log", "ln", "sin", "cos", "max", "min")
ACCENTS = {"tilde": "\u0303", "widetilde": "\u0303", "hat": "\u0302", "widehat": "\u0302"}
ACCENTS |= {"bar": "\u0304", "overline": "\u0304", "dot": "\u0307", "ddot": "\u0308", "check": "\u030c"}
WRAPPERS = {"mathbf", "boldsymbol", "bm", "mathit", "mathrm", "text", "textrm", "textbf", "textit", "vec"}
WRAPPERS |= {"operatorname", "mathcal", "mathsf", "mathtt", "texttt", "pmb", "mbox", "rm", "bf"}
GREEK = dict(
    zip(
        [
            "alpha",
            "beta",
            "gamma",
            "delta",
            "epsilon",
            "varepsilon",
            "zeta",
            "eta",
            "theta",
            "iota",
            "kappa",
            "lambda",
            "mu",
            "nu",
            "xi",
            "pi",
            "rho",
            "sigma",
            "tau",
            "upsilon",
            "phi",
            "varphi",
            "chi",
            "psi",
            "omega",
            "Gamma",
            "Delta",
            "Theta",
            "Lambda",
            "Xi",
            "Pi",
            "Sigma",
            "Phi",
            "Psi",
            "Omega",
        ],
        "αβγδεεζηθικλμνξπρστυφϕχψωΓΔΘΛΞΠΣΦΨΩ",
        strict=True,
    )
)
COMMANDS = {"odot": "⊙", "circ": "⊙", "otimes": "⊙", "ast": "*", "cdot": "·", "times": "×", "top": "ᵀ"}
COMMANDS |= {"intercal": "ᵀ", "leftarrow": "=", "gets": "=", "colon": ":", "partial": "∂"}
COMMANDS |= {"lbrack": "[", "rbrack": "]", "lbrace": "{", "rbrace": "}", "frac": "frac", "dfrac": "frac"}
SKIPPED = {
    "left",
    "right",
    "big",
    "Big",
    "bigl",
    "bigr",
    "Bigl",
    "Bigr",
    "quad",
    "qquad",
    "nonumber",
    "notag",
}
SKIPPED |= {"displaystyle", "limits", "hfill", "bigg", "Bigg", "biggl", "biggr", "middle"}
OPERATORS = {
    "∘": "⊙",
    "◦": "⊙",
    "⨀": "⊙",
    "∗": "*",
    "⋅": "·",
    "•": "·",
    "−": "-",
    "–": "-",
    "⊤": "ᵀ",
    "←": "=",
}
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧ", "0123456789+-aehijklmnoprstuvxβγ")
SUPERSCRIPTS = {"⁰": 0, "¹": 1, "²": 2, "³": 3, "⁴": 4, "⁵": 5, "⁶": 6, "⁷": 7, "⁸": 8, "⁹": 9}
LIBRARIES = re.compile(
    r"(?:np|numpy|torch|jnp|tf|math|F|K|nn|jax)(?:\.(?:nn|math|functional|special|linalg))?\.(?=[a-z])"
)
TIME = re.compile(r"(?:(?P<label>[^()<>⟨⟩]+?)[,\s_;]\s*)?[(<⟨]?\s*t\s*(?P<shift>[+-]\s*\d+)?\s*[)>⟩]?")
ARGUMENT = re.compile(r"\(\s*t\s*([+\-−]\s*\d+)?\s*\)|\[\s*t\s*([+\-−]\s*\d+)?\s*\]")
WORDS_OF_TIME = {"prev": -1, "previous": -1, "old": -1, "new": 0, "next": 0, "t": 0}
WORD = r"[A-Za-zα-ωΑ-Ω0-9]+"
