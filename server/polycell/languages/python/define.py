"""Definitions that names alone do not tell: a column leads to the code, or the file, that made it."""

from __future__ import annotations

from collections.abc import Sequence

from polycell.core.results import Location
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.languages.python.hover import column_at


def define(context: Context, offset: int) -> Sequence[Location]:
    """Where the column at the offset comes from; empty when that is not known."""
    found = column_at(context, offset)
    if found is None or found[0].origin is None:
        return ()
    origin = found[0].origin
    if origin.uri:
        return (Location(Span(0, 0), uri=origin.uri),)
    index = context.notebook.index(origin.cell)
    span = origin.find(context.notebook.cells[index].text) if index is not None else None
    return (Location(Span(*span), origin.cell),) if span is not None else ()
