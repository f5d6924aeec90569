"""The mathematics font of a page: the glyphs it uses of STIX Two Math, as a data address.

The font comes with the ziamath package (SIL Open Font Licence) and is cut down when a page is written;
without it a page names the mathematics fonts that systems carry.
"""

from __future__ import annotations

import base64
import io
import re
from html import unescape
from importlib.util import find_spec
from pathlib import Path

# A browser sets a single letter in a formula in italics: another character of the font.
_ITALIC = (
    {"h": 0x210E}
    | {
        chr(first + i): start + i
        for first, start, count in (
            (ord("A"), 0x1D434, 26),
            (ord("a"), 0x1D44E, 26),
            (ord("Α"), 0x1D6E2, 25),
            (ord("α"), 0x1D6FC, 25),
        )
        for i in range(count)
        if chr(first + i) != "h"
    }
    | {"∂": 0x1D715, "ϕ": 0x1D719, "ϵ": 0x1D716}
)
_FORMULA = re.compile(r"<math\b.*?</math>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def font_face(html: str) -> str:
    """The `@font-face` rule for the formulas in a page, or "" where there is no font or no formula."""
    characters = used(html)
    data = _font_file()
    if not characters or data is None:
        return ""
    coded = base64.b64encode(_subset(data, characters)).decode("ascii")
    return f'@font-face{{font-family:"Page Math";src:url(data:font/woff;base64,{coded}) format("woff")}}'


def used(html: str) -> set[int]:
    """The characters of the formulas in a page, with their italic forms."""
    shown = {c for formula in _FORMULA.findall(html) for c in unescape(_TAG.sub("", formula))}
    return {ord(c) for c in shown} | {_ITALIC[c] for c in shown if c in _ITALIC}


def _font_file() -> bytes | None:
    package = find_spec("ziamath")  # found, not imported: only its font is wanted
    for folder in package.submodule_search_locations or () if package else ():
        file = Path(folder, "fonts", "STIXTwoMath-Regular.ttf")
        if file.is_file():
            return file.read_bytes()
    return None


def _subset(data: bytes, characters: set[int]) -> bytes:
    """The glyphs of some characters, with the taller forms that stretching brackets grow into."""
    import logging

    from fontTools import subset, ttLib

    logging.getLogger("fontTools.subset").setLevel(logging.WARNING)
    options = subset.Options(layout_features=["*"], hinting=False, notdef_outline=True, flavor="woff")
    options.drop_tables += ["DSIG", "FFTM"]
    font = ttLib.TTFont(io.BytesIO(data), recalcTimestamp=False)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(font)
    font.flavor = "woff"
    written = io.BytesIO()
    font.save(written)
    return written.getvalue()
