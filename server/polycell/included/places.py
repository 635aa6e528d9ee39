"""Places of another notebook's cells, said as places of its file: its cells' ids mean nothing elsewhere."""

from __future__ import annotations

from typing import Any, TypeVar

from msgspec import Struct, structs

from polycell.core.environment import Binding
from polycell.core.text import Span
from polycell.core.types import Anchor
from polycell.formats.model import Document

T = TypeVar("T")


def placed_in(binding: Binding, document: Document, text: str) -> Binding:
    """The binding with every place in it, down to those of columns, in the file whose text that is."""
    (notebook,) = document.notebooks
    cells = {cell.id: cell.text for cell in notebook.cells}
    known: dict[Anchor, Anchor] = {}

    def place(anchor: Anchor) -> Anchor:
        if not anchor.cell:
            return anchor
        if anchor not in known:
            found = anchor.find(cells.get(anchor.cell, ""))
            span = document.map.span_to_document(anchor.cell, Span(*found)) if found is not None else None
            start = span.start if span is not None else 0
            known[anchor] = Anchor.at(text, start, anchor.token, uri=notebook.uri)
        return known[anchor]

    return _moved(binding, place)


def _moved(value: T, place: Any) -> T:
    """A value made of frozen data, with each anchor in it put elsewhere; the same object where there is none."""
    made: Any = value
    if isinstance(value, Anchor):
        made = place(value)
    elif isinstance(value, tuple):
        parts = tuple(_moved(part, place) for part in value)
        made = parts if any(new is not old for new, old in zip(parts, value, strict=True)) else value
    elif isinstance(value, Struct):
        changed = {}
        for name in value.__struct_fields__:
            old = getattr(value, name)
            new = _moved(old, place)
            if new is not old:
                changed[name] = new
        made = structs.replace(value, **changed) if changed else value
    return made  # type: ignore[no-any-return]
