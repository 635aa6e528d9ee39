"""Texts that name columns only further down: `cols = ["a", "…"]` above `df[cols]`, `for c in ["…"]` around `df[c]`.

The variable is followed by its name through what stands behind the text, without asking whether it is bound anew there:
good for completion, never for a finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from polycell.core.patterns import pattern
from polycell.core.service import Context
from polycell.languages.python.columns.places import Offer, offer
from polycell.languages.python.flow.at_cursor import Place

DEEPEST = 3  # names that a name is handed on to: `for c in cols`, `features = cols + …`
MOST = 40  # places that are looked at
_LARGEST = 200_000  # characters of a cell that is looked through

_BOUND = pattern(
    r"""(?:^|[\n;:])[^\S\n]*(?:
        (?P<name>[^\W\d]\w*)\s*(?::[^=\n]*)?\+?=\s*(?:[\w.*+\s()]*\+\s*)?
        |for\s+(?P<item>[^\W\d]\w*)\s+in\s+
        |(?P<list>[^\W\d]\w*)\.(?:append|extend|insert)\(\s*(?:\d+\s*,\s*)?
    )[\[({]?\s*\Z""",
    re.VERBOSE,
)
# What hands a name on: `for c in cols`, `for i, c in enumerate(cols)`, `features = cols`, `features = other + cols`
_HANDED_ON = pattern(
    r"""(?:\bfor\s+(?:\(?[^\W\d]\w*\s*,\s*)?(?P<item>[^\W\d]\w*)\)?\s+in\s+(?:(?:enumerate|sorted|list|set|tqdm)\(\s*)?
        |(?:^|[\n;])[^\S\n]*(?P<name>[^\W\d]\w*)\s*\+?=\s*(?:list\(\s*)?(?:\[\s*\*)?(?:[\w.\s]+\+\s*)?
    )\Z""",
    re.VERBOSE,
)


def offered_below(place: Place) -> Offer | None:
    """What the text at the cursor will name, by the first use of what it is put in; None where nothing tells."""
    name = _bound_name(place)
    if not name or not place.site.quote:
        return None
    left = [MOST]
    return _first_use(place.context, name, place.site.span.end, DEEPEST, left)


def _bound_name(place: Place) -> str:
    """The name of the list, or the variable, that the text at the cursor is put in."""
    site, text = place.site, place.context.cell.text
    at = site.span.start - len(site.quote)
    brackets = [b for b in site.brackets if not b.receiver]
    calls = [b for b in site.brackets if b.receiver]
    if len(brackets) > 1 or any(not b.receiver.endswith((".append", ".extend", ".insert")) for b in calls):
        return ""
    if brackets:
        if brackets[0].kind == "{" and not brackets[0].key:
            return ""
        at = brackets[0].start
    elif calls:
        at = calls[0].start + 1
    found = _BOUND.search(text, max(0, at - 300), at)
    return (found["name"] or found["item"] or found["list"]) if found is not None else ""


def _first_use(context: Context, name: str, start: int, depth: int, left: list[int]) -> Offer | None:
    for cell, at in _uses(context, name, start):
        if left[0] <= 0:
            return None
        left[0] -= 1
        found = offer(Place(cell, at), variable=True)
        if found is not None and found.role not in ("python", "sql", "formula", "keys"):
            return found
        handed = _HANDED_ON.search(cell.cell.text, max(0, at - 300), at) if depth > 1 else None
        if handed is not None and (other := handed["item"] or handed["name"]) != name:
            line = cell.cell.text.rfind("\n", 0, at) + 1  # a comprehension uses the name before it binds it
            found = _first_use(cell, other, line, depth - 1, left)
            if found is not None:
                return found
    return None


def _uses(context: Context, name: str, start: int) -> Iterator[tuple[Context, int]]:
    """Where the name stands from an offset on, in the cell and those below."""
    word = re.compile(rf"(?<![\w.\"']){re.escape(name)}(?![\w\"'])")
    for index in range(context.index, len(context.notebook.cells)):
        cell = context.notebook.cells[index]
        here = index == context.index
        if cell.language != "python" or cell.kind != "code" or len(cell.text) > _LARGEST or name not in cell.text:
            continue
        found = [match.start() for match in word.finditer(cell.text, start if here else 0)]
        if found:
            other = context if here else context.neighbour(index)
            yield from ((other, at) for at in found)
