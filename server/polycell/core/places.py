"""From anchors to places in a notebook as it is now."""

from __future__ import annotations

from polycell.core.notebook import Notebook
from polycell.core.results import Location
from polycell.core.text import Span
from polycell.core.types import Anchor


def located(notebook: Notebook, anchor: Anchor | None) -> Location | None:
    """Where the anchor is; for a file, its start, since the core reads no files. None when it is gone."""
    if anchor is None:
        return None
    if anchor.uri:
        return Location(Span(0, 0), uri=anchor.uri, anchor=anchor)
    index = notebook.index(anchor.cell)
    found = anchor.find(notebook.cells[index].text) if index is not None else None
    return Location(Span(*found), anchor.cell) if found else None
