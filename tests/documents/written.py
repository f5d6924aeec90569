"""Documents written for these tests, one for each container, with what is wrong in them and where.

Each entry: file name, source, and the findings that are no "holds": (line, column, state, kind of error).
"""

from __future__ import annotations

import json

MARKDOWN = r"""# Notes

## The vanilla RNN

The state is $h_t = \tanh(W_{hh} h_{t-1} + W_{xh} x_t + b_h)$ and costs $3 a month.

$$
\frac{\partial h_t}{\partial h_{t-1}} = \operatorname{diag}(1 - h_t^2) W_{hh}^\top
$$

> quoted: $\frac{\partial h_t}{\partial x_t} = \operatorname{diag}(1 - h_t^2) W_{xh}$

\begin{align}
\frac{\partial h_t}{\partial h_k} &= \prod_{i=k+1}^{t} \frac{\partial h_i}{\partial h_{i-1}} \\
&= \prod_{i=k+1}^{t} \operatorname{diag}(1 - h_i^2) W_{hh}.
\end{align}

<!-- $\frac{\partial h_t}{\partial h_{t-1}} = W_{hh}$ is in a comment -->

## GRU

- z_t = σ(W_z x_t + U_z h_{t-1} + b_z)
- r_t = σ(W_r x_t + U_r h_{t-1} + b_r)
- h̃_t = tanh(W_h x_t + U_h (r_t ⊙ h_{t-1}) + b_h)
- h_t = (1 - z_t) ⊙ h_{t-1} + z_t ⊙ h̃_t

Hence $\delta z_t = \delta h_t \odot (h_{t-1} - \tilde h_t) \odot z_t \odot (1 - z_t)$ and
`dh/dn` is code, but $\frac{\partial h_t}{\partial h_{t-1}} = 1 - z_t$ is wrong.

## LSTM in code

```python
f = sigmoid(x @ Wf + h_prev @ Uf + bf)
i = sigmoid(x @ Wi + h_prev @ Ui + bi)
o = sigmoid(x @ Wo + h_prev @ Uo + bo)
g = np.tanh(x @ Wg + h_prev @ Ug + bg)
c = f * c_prev + i * g
h = o * np.tanh(c)
```

```python
do = dh * np.tanh(c)
dc = dc_next + dh * o * (1 - np.tanh(c))**2   # wrong
df = dc * c_prev
dc_prev = dc * i
```
"""

LATEX = r"""\documentclass{article}
\newcommand{\vect}[1]{\mathbf{#1}}
\newcommand{\h}{\vect{h}}
\def\pd#1#2{\frac{\partial #1}{\partial #2}}
% \[ \pd{\h_t}{o_t} = 1 \] in a comment
\begin{document}
\section{An LSTM}
\begin{align}
f_t &= \sigma(W_f x_t + U_f \h_{t-1} + b_f) \label{eq:f} \\
i_t &= \sigma(W_i x_t + U_i \h_{t-1} + b_i) \\
o_t &= \sigma(W_o x_t + U_o \h_{t-1} + b_o) \\
g_t &= \tanh(W_g x_t + U_g \h_{t-1} + b_g) \\
c_t &= f_t \odot c_{t-1} + i_t \odot g_t \\
\h_t &= o_t \odot \tanh(c_t).
\end{align}
Then
\begin{equation}
\pd{\h_t}{o_t} = \mathrm{diag}(\tanh(c_t)), \qquad \pd{c_t}{i_t} = \mathrm{diag}(c_{t-1}).
\end{equation}
\begin{verbatim}
$\pd{\h_t}{o_t} = 7$
\end{verbatim}
and \( \pd{\h_t}{c_t} = \mathrm{diag}(o_t \odot (1 - \tanh(c_t))^2) \).
\end{document}
"""

RESTRUCTURED = r"""A vanilla RNN
=============

With

.. math::

   h_t = \tanh(W h_{t-1} + U x_t + b)

the Jacobian is :math:`\frac{\partial h_t}{\partial h_{t-1}} = W \operatorname{diag}(1 - h_t^2)`.

.. math::
   :label: right

   \frac{\partial h_t}{\partial x_t} = \operatorname{diag}(1 - h_t^2) U

   \frac{\partial L}{\partial U} = \sum_t \delta_t h_{t-1}^\top

.. code-block:: python

   dh_prev = W.T @ (dh * (1 - h**2))
   dU = np.outer(dh, x)
"""

HTML = r"""<!DOCTYPE html><html><head><title>GRU</title><style>p{x=1}</style></head><body>
<h2>GRU</h2>
<ul><li>z<sub>t</sub> = &sigma;(W<sub>z</sub> x<sub>t</sub> + U<sub>z</sub> h<sub>t-1</sub>)</li>
<li>r<sub>t</sub> = &sigma;(W<sub>r</sub> x<sub>t</sub> + U<sub>r</sub> h<sub>t-1</sub>)</li>
<li>n<sub>t</sub> = tanh(W<sub>n</sub> x<sub>t</sub> + U<sub>n</sub> (r<sub>t</sub> &odot;
h<sub>t-1</sub>))</li>
<li>h<sub>t</sub> = (1 - z<sub>t</sub>) &odot; n<sub>t</sub> + z<sub>t</sub> &odot; h<sub>t-1</sub></li></ul>
<p>so \(\frac{\partial h_t}{\partial n_t} = \mathrm{diag}(z_t)\) and
<script type="math/tex; mode=display">
\delta r_t = U_n^\top \delta n_t \odot h_{t-1} \odot r_t \odot (1 - r_t)</script></p>
<span class="katex"><math><annotation encoding="application/x-tex">
\frac{\partial h_t}{\partial z_t} = \mathrm{diag}(h_{t-1} - n_t)</annotation></math></span>
<script>alert("h = tanh(W h) &#8706;")</script>
</body></html>
"""

PYTHON = r'''"""A cell by hand."""
import numpy as np


class RNN:
    r"""An Elman network.

    .. math:: h_t = \tanh(W h_{t-1} + U x_t + b)

    Its Jacobian is :math:`\frac{\partial h_t}{\partial h_{t-1}} = \mathrm{diag}(1 - h_t) W`.
    """

    def forward(self, x, h_prev):
        h = np.tanh(self.W @ h_prev + self.U @ x + self.b)  # the new state
        return h

    def backward(self, dh, x, h, h_prev):
        draw = dh * (1 - h**2)
        dW = np.outer(draw, x)
        dh_prev = self.W.T @ draw
        return dW, dh_prev
'''

NOTEBOOK = json.dumps(
    {
        "cells": [
            {
                "cell_type": "markdown",
                "metadata": {},
                "source": [
                    "# Vanilla RNN 𝛼\n",
                    "$$h_t = \\tanh(W h_{t-1} + U x_t + b)$$\n",
                    "so $$\\frac{\\partial h_t}{\\partial x_t} = \\mathrm{diag}(1 - h_t^2) W$$",
                ],
            },
            {
                "cell_type": "code",
                "metadata": {},
                "outputs": [],
                "source": "%matplotlib inline\ndh_prev = W.T @ (dh * (1 - h**2))\nprint('é')",
            },
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    },
    indent=1,
)

TRANSPOSE = "transpose missing or superfluous"
SIGN = "sign against the z convention"
PATH = "dependency path missing"
BRACKET = "bracket misplaced (derivative reaches part of a sum, or square outside)"
SLIP = "time index or symbol slip"
ORDER = "factor order (diagonal on the wrong side)"
FACTOR = "activation or gate derivative / recurrent factor missing"
FUNCTION = "derivative of another function or cell variant"

Wrong = tuple[int, str]  # the line, and the kind of error
DOCUMENTS: tuple[
    tuple[str, str, int, tuple[Wrong, ...]], ...
] = (  # name, source, formulas that hold, wrong ones
    (
        "notes.md",
        MARKDOWN,
        4,
        ((8, TRANSPOSE), (27, SIGN), (28, PATH), (43, BRACKET), (45, SLIP)),
    ),
    ("paper.tex", LATEX, 1, ((18, SLIP), (23, BRACKET))),
    ("doc.rst", RESTRUCTURED, 2, ((10, ORDER), (17, SLIP), (22, FACTOR))),
    ("page.html", HTML, 2, ((8, SIGN),)),
    ("cell.py", PYTHON, 2, ((10, FUNCTION), (19, SLIP))),
    ("book.ipynb", NOTEBOOK, 1, ((9, SLIP),)),
)
