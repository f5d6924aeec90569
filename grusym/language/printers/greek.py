"""The Greek letters by their names, which LaTeX and Typst share."""

LETTERS = dict(
    zip(
        "αβγδεζηθικλμνξοπρστυφχψω" "ΓΔΘΛΞΠΣΥΦΨΩ",
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau "
        "upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split(),
        strict=True,
    )
)
