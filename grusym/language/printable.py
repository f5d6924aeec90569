"""Words from a file as they may be shown: no character in them steers a terminal or turns a line round."""

from __future__ import annotations

import unicodedata

HIDDEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")  # control, format (right-to-left marks), and breaks of lines


def printable(text: str) -> str:
    """The text in one line, with every invisible character written out by its number."""
    if text.isprintable():
        return text
    text = "".join(" " if c in "\n\r\t" else c for c in text)
    return "".join(f"\\u{ord(c):04x}" if unicodedata.category(c) in HIDDEN else c for c in text)
