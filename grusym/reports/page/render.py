"""A page to one HTML file that opens from disk: style, script, font and pictures are all inside."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from grusym.errors import GrusymError
from grusym.reports.page import formulas, tables, verdicts
from grusym.reports.page.content import Block, FigureBlock, Page, Section
from grusym.reports.page.fonts import font_face

if TYPE_CHECKING:
    from jinja2 import Environment

HERE = Path(__file__).parent
# Stands where the font goes until it is known which characters the page uses.
FONT_PLACE = "/*the font*/"


@dataclass(frozen=True)
class ShownSection:
    """A section with the address it has in this page."""

    id: str
    title: str
    blocks: tuple[Block, ...]
    sections: tuple[ShownSection, ...]
    open: bool


@dataclass(frozen=True)
class Picture:
    """A picture as a data address, which keeps its ids and styles apart from the page's."""

    address: str
    kind: str


def render(page: Page) -> str:
    """The page as one self-contained HTML text.

    Raises GrusymError for content it cannot show, saying what and where.
    """
    from markupsafe import Markup

    script = _resource("script.js")
    html = (
        _environment()
        .get_template("page.html")
        .render(
            page=page,
            sections=_shown_sections(page.sections, set()),
            counts=verdicts.counted(verdicts.verdicts_of(page)),
            signs=verdicts.OUTCOMES,
            meaning=verdicts.MEANING,
            font=Markup(FONT_PLACE),
            style=Markup(_resource("style.css")),
            script=Markup(script),
            script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii"),
        )
    )
    return html.replace(FONT_PLACE, font_face(html), 1)


def write(page: Page, path: Path) -> Path:
    """Write the page beside its target, then rename: what stands at `path` is always whole."""
    html = render(page)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(html, encoding="utf-8", newline="\n", errors="replace")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return path


def picture(block: FigureBlock) -> Picture:
    """A figure's SVG or PNG as a data address."""
    if bool(block.svg) == bool(block.png):
        found = "both" if block.svg else "neither"
        raise GrusymError(f"figure {block.name!r}: {found} of svg and png given; give exactly one")
    data, kind, type_ = (block.svg.encode(), "svg", "svg+xml") if block.svg else (block.png, "png", "png")
    return Picture(f"data:image/{type_};base64,{base64.b64encode(data).decode('ascii')}", kind)


def slug(title: str) -> str:
    """A title as an address or a file name: ASCII words joined by hyphens."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "part"


def _shown_sections(sections: tuple[Section, ...], taken: set[str]) -> tuple[ShownSection, ...]:
    return tuple(
        ShownSection(
            _free(slug(section.title), taken),
            section.title,
            section.blocks,
            _shown_sections(section.sections, taken),
            section.open,
        )
        for section in sections
    )


def _free(wanted: str, taken: set[str]) -> str:
    """An address no other part of the page has."""

    def choices() -> Iterator[str]:
        yield wanted
        count = 1
        while True:
            count += 1
            yield f"{wanted}-{count}"

    taken |= {"content", "summary", "provenance"}
    chosen = next(choice for choice in choices() if choice not in taken)
    taken.add(chosen)
    return chosen


def _kind(block: Block) -> str:
    """The name of a block's type, for the template that shows it."""
    if not isinstance(block, get_args(Block)):
        raise GrusymError(
            f"showing a {type(block).__name__} on a page: it is no block; give one of "
            f"{', '.join(kind.__name__ for kind in get_args(Block))}"
        )
    return type(block).__name__


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=False
    )
    environment.filters |= {
        "inline": formulas.inline,
        "plain": formulas.plain,
        "line": formulas.shown_line,
        "step": formulas.shown_step,
        "copies": formulas.copies,
        "cell": tables.cell,
        "cells": tables.shown_table,
        "value": lambda value: tables.cell(value).shown,
        "verdicts": verdicts.shown_verdicts,
        "picture": picture,
        "filename": slug,
        "kind": _kind,
    }
    return environment


@cache
def _resource(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8").strip()
