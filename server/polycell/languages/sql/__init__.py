"""SQL cells, and SQL inside cells of other languages."""

from __future__ import annotations

from collections.abc import Sequence

from polycell.core.results import Action
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.languages.sql.makers import Makers


def query_of_tables(context: Context, span: Span) -> Sequence[Action]:
    """A query over the table under the cursor, as a new cell."""
    from polycell.languages.sql.actions import query_of_tables

    return query_of_tables(context, span)


__all__ = ["Makers", "query_of_tables"]
