"""Definitions that names alone do not tell: a column leads to the code, or the file, that made it."""

from __future__ import annotations

from collections.abc import Sequence

from polycell.core.places import located
from polycell.core.results import Location
from polycell.core.service import Context
from polycell.languages.python.columns.mentions import mention_at
from polycell.languages.python.columns.named import column_at


def define(context: Context, offset: int) -> Sequence[Location]:
    """Where the column at the offset comes from; empty when that is not known."""
    found = column_at(context, offset)
    made = mention_at(context, offset) if found is None else None
    column = found.column if found is not None else made.column if made is not None else None
    where = located(context.notebook, column.origin) if column is not None else None
    return (where,) if where is not None else ()
