"""The identities that tie the cells together, their false neighbours, and the states that stay bounded."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from grusym.chapters.findings import Findings, rows
from grusym.language.expression import Expression, Name, Sum
from grusym.reports.page.content import Block, Equations, Line, Section, Strong, Table, Text, VerdictTable
from grusym.theorems.library import themes
from grusym.theorems.statement import Identity

if TYPE_CHECKING:
    import xarray

MEANING = (
    "An equality is decided by the normal form of both sides, which are polynomials in gates and matrix "
    "products at every size; a limit by SymPy for one entry, which stands for all; a determinant by block "
    "elimination; a bound at the vertices of the box in which gates, candidates and states lie."
)

RELATIONS = {"=": "the same", "→": "its limit"}  # where words say no more

ROOM = 40  # characters beside a formula
WIDE = 150  # characters of a term, which does not break


def chapter(found: Findings) -> Section:
    """The identities by theme, their false neighbours, and the bounded states."""
    data = found.data("identities")
    if data is None:
        return Section("Identities", found.missing("identities"))
    verdicts = rows(data, "identity")
    neighbours = rows(data, "neighbour")
    proved = sum(row["outcome"] == "proved" for row in verdicts)
    refuted = sum(row["false_outcome"] == "refuted" for row in neighbours)
    text = (
        f"{proved} of {len(verdicts)} statements about cells are proved for every n and m. Beside each "
        "stands a near one that is false, said and judged in the same way: "
        f"{refuted} of {len(neighbours)} of these were refuted, with numbers that anyone can check."
    )
    stand = [row["false_claim"] for row in neighbours if row["false_outcome"] != "refuted"]
    notes = (Text(("False neighbours that stand: ", Strong(", ".join(stand)))),) if stand else ()
    judged = {row["claim"]: row for row in verdicts}
    inner = [_theme(title, listed, judged, neighbours) for title, listed in themes().items()]
    failed = proved < len(verdicts) or bool(stand)
    table = VerdictTable(list(map(_verdict, verdicts)), title="Every identity, judged", name="identities")
    return Section(
        "Identities",
        (Text(text), Text(MEANING, "note"), *notes),
        (*inner, _bounded(data), Section("All verdicts", (table,), open=failed)),
    )


def _theme(
    title: str, listed: tuple[Identity, ...], judged: dict[str, Any], neighbours: list[dict[str, str]]
) -> Section:
    blocks: list[Block] = []
    for identity in listed:
        row = judged.get(identity.id)
        if row is None:
            blocks.append(Text(f"{identity.id} is new; run the analysis again", "note"))
            continue
        near = [n for n in neighbours if n["false_of"] == identity.id]
        blocks += [_formulas(identity, row), *(_refusal(n) for n in near)]
    return Section(title, tuple(blocks), open=False)


def _formulas(identity: Identity, row: dict[str, str]) -> Equations:
    """What an identity says: under each left side the right one, which is told by its relation."""
    lines, below = [], []

    def beside(words: str) -> str:
        """Words beside a formula; long ones, which would leave it no room, stand below by a number."""
        if len(words) <= ROOM:
            return words
        if words not in below:
            below.append(words)
        return f"({below.index(words) + 1})"

    told = [shown for form in identity.shows for shown in form.lines(identity.context)]
    for shown in told:
        if _fits(shown.left) and (shown.right is None or _fits(shown.right)):
            lines.append(Line(None, shown.left, beside(shown.said)))
            if shown.right is not None:
                said = shown.right_said or RELATIONS[shown.relation]
                lines.append(Line(None, shown.right, beside(said)))
    remarks = [f"({i}) {words}. " for i, words in enumerate(below, 1)]
    remarks += [f"Written out it is too wide for a page; grusym identities {identity.id} shows it. "] * (
        not lines
    )
    remarks += [f"Assumes: {row['assumes']}. "] if row["assumes"] else []
    remarks += [f"{row['outcome'].capitalize()}: {row['method']}. Source: {row['source']}."]
    return Equations(tuple(lines), title=str(identity), note="".join(remarks))


def _fits(e: Expression) -> bool:
    """Whether a formula breaks into parts that a page is wide enough for: it breaks between terms only."""
    terms = e.terms if isinstance(e, Sum) else (e,)
    return all(len(str(term)) <= WIDE for term in terms)


def _refusal(row: dict[str, str]) -> Text:
    return Text(
        (
            Strong(f"False ({row['false_claim']}): "),
            f"{row['false_statement']}. {row['false_outcome'].capitalize()}: {row['false_counterexample']}.",
        ),
        "note",
    )


def _bounded(data: xarray.Dataset) -> Section:
    """Which states stay in the box, cell by cell."""
    found = rows(data, "state")
    listed = [
        (
            row["cell"],
            Name(row["state_name"]),
            {"proved": "yes", "refuted": "no"}.get(row["bounded"], "undecided"),
            f"{float(row['reached']):.4g}" if row["reached"] else "",
            row["leads_outside"],
        )
        for row in found
    ]
    kept = [
        name
        for name in dict.fromkeys(row["cell"] for row in found)
        if all(row["bounded"] == "proved" for row in found if row["cell"] == name)
    ]
    undecided = any(row["bounded"] not in ("proved", "refuted") for row in found)
    table = Table(
        ("Cell", "State", "Stays", "Reached", "By"),
        listed,
        title="Does the state stay in [-1, 1], if all states of the cell lie there before the step?",
        note="Whatever the weights and the input are: yes is proved, no comes with weights at n = m = 1.",
        name="bounded_states",
    )
    cells = len({row["cell"] for row in found})
    text = f"Of {cells} cells {len(kept)} keep every state there: {', '.join(kept)}."
    return Section("States that stay in [-1, 1]", (Text(text), table), open=undecided)


def _verdict(row: dict[str, str]) -> SimpleNamespace:
    claim = SimpleNamespace(id=row["claim"], statement=row["statement"])
    said = {k: row[k] for k in ("outcome", "method", "counterexample", "assumes", "detail")}
    return SimpleNamespace(claim=claim, **said)
