"""Lists of columns behind a table's alias: `FROM t AS x (a, b)`, `WITH x (a, b) AS …`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from polycell.core.types import Anchor, Certainty, Column, Table
from polycell.core.values import replace
from polycell.languages.sql.syntax.lexer import Token


def renamed(
    table: Table, names: Sequence[str], tokens: Sequence[Token], anchor: Callable[[Token], Anchor | None]
) -> Table:
    """A table under a column list; a list that is too short leaves the table open."""
    columns = list(table.columns)
    if table.open or any(c.maybe for c in columns):
        # Nobody knows which of the columns the names are, or whether there are as many.
        made = [Column(n, certainty=Certainty.LIKELY, origin=anchor(t)) for n, t in zip(names, tokens, strict=True)]
        return Table(tuple(made), True, case_sensitive=False)
    made = [
        replace(column.named(name, anchor(token)), certainty=Certainty.CERTAIN)
        for column, name, token in zip(columns, names, tokens, strict=False)
    ]
    # A list that is too short leaves names whose suffixes (`id_1`) are made after the renaming.
    rest = [replace(c, certainty=min(c.certainty, Certainty.LIKELY)) for c in columns[len(names) :]]
    return replace(table, columns=(*made, *rest), open=table.open or bool(rest))
