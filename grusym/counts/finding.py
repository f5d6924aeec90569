"""What was found of one statement, before the findings of a text become one verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from grusym.counts.matching import Match
from grusym.counts.statements import Statement
from grusym.language.claim import Outcome


@dataclass(frozen=True)
class Finding:
    """The judgement of one statement; `common` are the conventions that all its amounts have."""

    outcome: Outcome
    statement: Statement
    method: str = ""
    assumes: tuple[str, ...] = ()
    where: str = ""
    error: str = ""
    fix: str = ""
    counterexample: Mapping[str, Any] = field(default_factory=dict)
    detail: str = ""
    common: Mapping[Any, Match] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)
    value: Any = None  # the number that the statement ends with
    cell: str = ""
    quantity: str = ""
