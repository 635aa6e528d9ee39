"""The columns of `VALUES (1, 2), (3, 4)`."""

from __future__ import annotations

from collections.abc import Callable

from polycell.core.types import Anchor, Certainty, Column, Table
from polycell.core.values import replace
from polycell.languages.sql.relations.sources import listed_names
from polycell.languages.sql.syntax.blocks import Block
from polycell.languages.sql.syntax.lexer import Token
from polycell.languages.sql.syntax.scan import Statement


def values(statement: Statement, block: Block, anchor: Callable[[Token], Anchor | None]) -> Table:
    """Open where no row is there."""
    segment, tokens = block.segment("values"), statement.tokens
    inside = [block.children[i] for i in range(segment.start, segment.end) if i in block.children] if segment else []
    rows = [b for b in inside if tokens[b.start - 1].value in ("VALUES", "ROW", ",")]
    pattern = {"duckdb": "col{}", "postgres": "column{}", "spark": "col{}", "databricks": "col{}"}.get(
        statement.dialect.name
    )
    if not rows:
        return Table(open=True, case_sensitive=False)
    count = 1 + sum(
        tokens[i].value == "," and child is None for i, child in rows[0].walk(rows[0].start + 1, rows[0].end - 1)
    )
    named = listed_names(tokens, inside[-1]) if inside[-1] is not rows[-1] else []
    if named:  # `VALUES (1, 2) AS t(a, b)`
        columns = tuple(Column(statement.name(t), origin=anchor(t)) for t in named)
        return Table(columns, open=len(columns) != count, case_sensitive=False)
    first = 0 if statement.dialect.name == "duckdb" else 1
    # Without a known pattern the count still serves a column list: `(VALUES (1, 2)) t(a, b)`.
    names = [(pattern or "column{}").format(i + first) for i in range(count)]
    certainty = Certainty.CERTAIN if pattern else Certainty.WEAK
    return Table(tuple(Column(n, certainty=certainty) for n in names), case_sensitive=False)


def by_name(one: Column, other: Column) -> Column:
    """The column of UNION BY NAME that two arms have. An arm may lack it, and then its type does not count."""
    type_ = one.type if one.type == other.type else None
    return replace(one, type=type_, maybe=one.maybe and other.maybe).one_with(other)
