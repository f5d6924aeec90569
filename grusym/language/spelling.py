"""How mathematics is spelled: accents, wrappers, Greek letters and signs, in LaTeX and in Unicode."""

from __future__ import annotations

import re
import unicodedata

DASHES = str.maketrans("−–—‐‑﹣－", "-------")  # one character for one: columns stay where they are
# The mathematical alphabets, \u03f5 and \u210e: the plain letter each stands for, one character for one.
LETTERS = {
    code: unicodedata.normalize("NFKC", chr(code))
    for code in (*range(0x1D400, 0x1D800), *range(0x2100, 0x2150), 0x3D1, 0x3D5, 0x3D6, 0x3F0, 0x3F1, 0x3F5)
    if len(unicodedata.normalize("NFKC", chr(code))) == 1
}
# {\rm tanh} is \rm{ tanh}, with as many characters.
SWITCH = re.compile(r"\{([ \t]*)(\\(?:rm|bf|it|cal|sf|tt)(?![A-Za-z]))")
ACCENTS = {"tilde": "\u0303", "widetilde": "\u0303", "hat": "\u0302", "widehat": "\u0302"}
ACCENTS |= {"bar": "\u0304", "overline": "\u0304", "dot": "\u0307", "ddot": "\u0308", "check": "\u030c"}
WRAPPERS = {"mathbf", "boldsymbol", "bm", "mathit", "mathrm", "text", "textrm", "textbf", "textit", "vec"}
WRAPPERS |= {
    "operatorname",
    "mathcal",
    "mathsf",
    "mathtt",
    "texttt",
    "pmb",
    "mbox",
    "rm",
    "bf",
    "it",
    "cal",
    "sf",
    "tt",
}
WRAPPERS |= {"mathbb", "mathop", "it", "cal", "sf", "tt"}
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
            "vartheta",
            "varrho",
            "varkappa",
            "varpi",
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
        "αβγδεεζηθικλμνξπρστυφφθρκπχψωΓΔΘΛΞΠΣΦΨΩ",
        strict=True,
    )
)
COMMANDS = {"odot": "⊙", "circ": "⊙", "otimes": "⊙", "ast": "*", "cdot": "·", "times": "×", "top": "ᵀ"}
COMMANDS |= {"intercal": "ᵀ", "leftarrow": "=", "gets": "=", "colon": ":", "partial": "∂"}
COMMANDS |= {
    "lbrack": "[",
    "rbrack": "]",
    "lbrace": "{",
    "rbrace": "}",
    "frac": "frac",
    "dfrac": "frac",
    "tfrac": "frac",
}
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
SKIPPED |= {"displaystyle", "textstyle", "limits", "hfill", "bigg", "Bigg", "biggl", "biggr", "middle"}
OPERATORS = {
    "∘": "⊙",
    "◦": "⊙",
    "⨀": "⊙",
    "∗": "*",
    "⋅": "·",
    "•": "·",
    "⊤": "ᵀ",
    "←": "=",
}
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧ", "0123456789+-aehijklmnoprstuvxβγ")
SUPERSCRIPTS = {"⁰": 0, "¹": 1, "²": 2, "³": 3, "⁴": 4, "⁵": 5, "⁶": 6, "⁷": 7, "⁸": 8, "⁹": 9}
LIBRARIES = re.compile(
    r"(?:np|numpy|torch|jnp|tf|math|F|K|nn|jax)(?:\.(?:nn|math|functional|special|linalg))?\.(?=[a-z]|[A-Z]\w+\(\))"
)
OWNER = re.compile(r"self\.(?=[^\W\d])")  # self.W is W
ENTRY = re.compile(r"[^\W\d]\w*\[\s*(?P<quote>['\"])(?P<name>[^'\"\s]+)(?P=quote)\s*\]")  # P['W_z'] is W_z
MODULE = re.compile(
    r"(?P<name>Tanh|Sigmoid|ReLU|Softplus)\(\)(?:\.forward)?(?=\()"
)  # nn.Tanh()(u) is tanh(u)
CASTS = {"T", "float", "double", "float32", "float64"}  # T(1) is 1
TIME = re.compile(r"(?:(?P<label>[^()<>⟨⟩]+?)[,\s_;]\s*)?[(<⟨]?\s*t\s*(?P<shift>[+-]\s*\d+)?\s*[)>⟩]?")
ARGUMENT = re.compile(r"\(\s*t\s*([+-]\s*\d+)?\s*\)|\[\s*t\s*([+-]\s*\d+)?\s*\]")
NUMBERED = re.compile(r"\(\d+(?:\.\d+)*[a-z]?\)[ \t$]*(?=\n|$|#|%|//|\\\\|\\end\b)")  # an equation's number
GAP = re.compile(r"(?:[ \t]{2}|\t|\\q?quad\s*|\\hfill\s*)$")
WORDS_OF_TIME = {"prev": -1, "tm1": -1, "previous": -1, "old": -1, "new": 0, "next": 0, "t": 0}
WORD = r"(?:[A-Za-zα-ωΑ-Ω0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u017f][\u0300-\u036f]*)+"
SCALARS = {word for word in GREEK if word.islower()} | {"eps", "lam", "dt"}  # a scalar's name, spelled out
