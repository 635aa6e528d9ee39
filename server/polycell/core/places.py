"""From anchors to places in a notebook as it is now, and how such a place is shown in a sentence."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

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


SHORTEST = 40  # characters of code that a sentence quotes


def quoted(text: str, span: Span, limit: int = SHORTEST) -> str:
    """The line around a place, shortened, as code for people."""
    start = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", span.end)
    line = " ".join(text[start : end if end >= 0 else len(text)].split())
    if len(line) > limit:
        line = " ".join(text[max(start, span.start - limit // 3) : span.end + limit // 3].split("\n")[0].split())
        line = f"…{line}…"
    return f"`{line.replace('`', chr(39))}`"


def cell_name(index: int) -> str:
    """A cell as people count them, at the head of a sentence."""
    return f"Cell {index + 1}"


def file_name(uri: str) -> str:
    return unquote(urlsplit(uri).path).rsplit("/", 1)[-1]
