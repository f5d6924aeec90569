"""How deep a tree is, found without recursion: what is read must be small enough for every walk over it."""

from __future__ import annotations

from grusym.language.expression import Expression, children

TALLEST = 64  # nodes above one another; the longest walk takes a dozen Python frames a node, of a thousand


def tall(e: Expression) -> Expression | None:
    """A node that stands too deep in a tree, or None. A chain of factors will nest to the right."""
    waiting = [(e, 1)]
    while waiting:
        node, depth = waiting.pop()
        if depth > TALLEST:
            return node
        chain = getattr(node, "factors", ())
        for i, part in enumerate(chain or children(node)):
            waiting.append((part, depth + 1 + (i if chain else 0)))
    return None
