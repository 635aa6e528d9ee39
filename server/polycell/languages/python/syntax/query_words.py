"""Names in texts of `DataFrame.query` and `DataFrame.eval`: pandas' own language, Python with backticks and `@`."""

from __future__ import annotations

import keyword
from collections.abc import Iterator

from polycell.core.patterns import pattern
from polycell.core.text import Span

_PART = pattern(r"""'[^'\n]*'|"[^"\n]*"|`([^`\n]+)`|([@.]\s*)?([^\W\d]\w*)""")
_CALLED = pattern(r"\s*\(")
_ASSIGNED = pattern(r"\s*=(?!=)")
# What a name may mean besides a column: pandas' `DEFAULT_GLOBALS`, and the index.
_GIVEN = frozenset({"index", "columns", "Timestamp", "datetime", "list", "tuple", "inf", "Inf"})


def query_names(text: str) -> Iterator[tuple[str, Span]]:
    """Those that must be columns or levels of the index, with their spans in the text: no function, no variable, no
    attribute, nothing that the text assigns to itself."""
    found: list[tuple[str, Span]] = []
    made: set[str] = set()
    for part in _PART.finditer(text):
        group = 1 if part[1] else 3
        name = part[group]
        if not name or part[2]:
            continue
        if group == 3 and (keyword.iskeyword(name) or name in _GIVEN or name.startswith("ilevel_")):
            continue
        if _ASSIGNED.match(text, part.end()):
            made.add(name)
        elif not _CALLED.match(text, part.end()):
            found.append((name, Span(*part.span(group))))
    yield from ((name, span) for name, span in found if name not in made)
