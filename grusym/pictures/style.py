"""How figures look: a venue's sizes and fonts, colours that mean the same everywhere, reproducible files.

Colours are those of Okabe and Ito (2008), which colour-blind readers can tell apart. A signal has one
colour in every figure: whoever has learnt that blue is the update gate need not learn it again.
"""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from grusym.errors import unknown

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILLION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
GREY = "#767676"  # for what has no colour of its own

SERIES = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, BLACK)  # yellow lines do not show on white

COLOURS: Mapping[str, str] = MappingProxyType(
    {
        # signals, by role
        "state": BLACK, "new state": BLACK, "input": GREY, "cell state": PURPLE, "new cell state": PURPLE,
        "update gate": BLUE, "reset gate": VERMILLION, "candidate": GREEN,
        "forget gate": BLUE, "input gate": ORANGE, "output gate": VERMILLION,
        # signals, by the usual letters
        "h": BLACK, "x": GREY, "z": BLUE, "r": VERMILLION, "f": BLUE, "i": ORANGE, "o": VERMILLION,
        # cells
        "rnn": VERMILLION, "lstm": PURPLE, "gru": BLUE, "gru_reset_after": SKY,
    }
)  # fmt: skip

SEQUENTIAL, DIVERGING = "viridis", "RdBu_r"  # a diverging map is to be centred at 0 by its norm

FORMATS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        # No dates: the same results give the same bytes.
        "pdf": {"metadata": {"CreationDate": None}},
        "svg": {"metadata": {"Date": None}},
        "png": {"dpi": 200},
    }
)

# Fonts that come with matplotlib: a figure looks the same, to the byte, on every machine.
HOUSE: Mapping[str, Any] = MappingProxyType(
    {
        "text.usetex": False,
        "font.family": ["STIXGeneral", "DejaVu Sans"],
        "mathtext.fontset": "stix",
        "pdf.fonttype": 42,
        "ps.fonttype": 42,
        "svg.fonttype": "path",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.linewidth": 0.6,
        "lines.linewidth": 1.2,
        "legend.frameon": False,
        "image.cmap": SEQUENTIAL,
        "figure.constrained_layout.use": True,
        "figure.autolayout": False,
        "savefig.facecolor": "white",
        "savefig.bbox": None,  # a tight box would undo the venue's width
    }
)


@dataclass(frozen=True)
class Style:
    """What a figure is drawn with.

    `width` is that of the venue's text column in inches; `colours` maps roles, letters and cell names to
    colours; `series` are the colours of lines that stand for anything else.
    """

    venue: str
    width: float
    settings: Mapping[str, Any] = field(repr=False)
    colours: Mapping[str, str] = field(default_factory=lambda: COLOURS, repr=False)
    series: tuple[str, ...] = field(default=SERIES, repr=False)
    sequential: str = SEQUENTIAL
    diverging: str = DIVERGING

    def size(self, fraction: float = 1.0, ratio: float = 0.62) -> tuple[float, float]:
        """Width and height in inches: a fraction of the column, and height over width."""
        return (self.width * fraction, self.width * fraction * ratio)

    def colour(self, name: str) -> str:
        """The colour of a role ("update gate"), a letter ("z") or a cell ("gru"); grey for any other."""
        return self.colours.get(name, GREY)

    @contextmanager
    def applied(self, name: str = "figure") -> Iterator[None]:
        """Matplotlib set up in this style inside the `with` block; no window is opened.

        `name` keeps the identifiers inside an SVG apart from those of other figures on the same page.
        """
        import matplotlib
        from cycler import cycler

        own = {
            "svg.hashsalt": f"grusym {name}",
            "axes.prop_cycle": cycler(color=self.series),
            "backend": "agg",
        }
        with matplotlib.rc_context():
            matplotlib.rcdefaults()  # a reader's own matplotlibrc must not show in the figure
            for settings in (self.settings, HOUSE, own):
                matplotlib.rcParams.update(dict[Any, Any](settings))
            yield

    def write(self, figure: Figure, stem: Path) -> tuple[Path, ...]:
        """Save a figure as PDF, SVG and PNG beside each other, the same bytes whenever it is the same."""
        written = []
        for ending, options in FORMATS.items():
            target = stem.with_name(f"{stem.name}.{ending}")
            partial = stem.with_name(f".{stem.name}.partial.{ending}")
            try:
                figure.savefig(partial, format=ending, **options)
                partial.replace(target)
            finally:
                partial.unlink(missing_ok=True)
            written.append(target)
        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].close(figure)
        return tuple(written)


def style(venue: str | None = None) -> Style:
    """The style of a venue: "neurips2024", or "neurips" for its newest; without one, NeurIPS's.

    Source: sizes and font sizes are tueplots'; a venue set in two columns gives the width of one.
    Raises: UnknownNameError with the venues there are.
    """
    from tueplots import bundles

    name = _full_name(venue or "neurips")
    bundle = getattr(bundles, name)()
    width, _ = bundle["figure.figsize"]
    # Sizes only: the venue's fonts are LaTeX's, which few machines have and no two in one version.
    sizes = {key: value for key, value in bundle.items() if key.endswith("size") and key != "figure.figsize"}
    return Style(name, float(width), MappingProxyType(sizes))


@functools.cache
def venues() -> tuple[str, ...]:
    """The venues whose sizes are known, by name and year."""
    from tueplots import bundles

    return tuple(name for name in sorted(dir(bundles)) if re.fullmatch(r"[a-z]+\d{4}", name))


def _full_name(venue: str) -> str:
    years = [name for name in venues() if name == venue or name.rstrip("0123456789") == venue]
    if not years:
        raise unknown("venue", venue, venues())
    return years[-1]
