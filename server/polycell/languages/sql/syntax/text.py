"""A cell's SQL at the cell's own offsets."""

from __future__ import annotations

from polycell.core.notebook import Cell
from polycell.core.patterns import pattern

_NOT_LINE_ENDS = pattern(r"[^\r\n]")
_POINTER = pattern(r"\s*[^\W\d]\w*\s*=?\s*<<")


def sql_text(cell: Cell) -> str:
    """The cell's text with everything before its SQL blanked, of the same length: a magic's line, `name <<`."""
    head, body = cell.text[: cell.body], cell.text[cell.body :]
    pointer = _POINTER.match(body)
    if pointer is not None:
        body = _blank(pointer[0]) + body[pointer.end() :]
    return (_blank(head) if head.strip() else head) + body


def _blank(text: str) -> str:
    return _NOT_LINE_ENDS.sub(" ", text)
