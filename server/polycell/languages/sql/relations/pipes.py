"""What each step of a piped query yields: `FROM t |> WHERE … |> AGGREGATE … GROUP BY …` (BigQuery, Spark 4).

Source: the pipe syntax in the manuals of BigQuery and of Spark.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from polycell.core.types import Anchor, Column, Table
from polycell.core.values import replace
from polycell.languages.sql.relations.items import Item, items, items_of
from polycell.languages.sql.relations.pivots import pivoted
from polycell.languages.sql.relations.sources import Source, sources
from polycell.languages.sql.syntax.blocks import Block, Segment
from polycell.languages.sql.syntax.lexer import Token
from polycell.languages.sql.syntax.scan import Statement

_PASSING = frozenset({"WHERE", "ORDER", "LIMIT", "TABLESAMPLE", "ASSERT", "DISTINCT", "AS", "SORT", "CLUSTER"})
_JOINS = frozenset({"JOIN", "LEFT", "RIGHT", "FULL", "INNER", "CROSS"})
_UNITING = frozenset({"UNION", "EXCEPT", "INTERSECT"})


class Reader(Protocol):
    """What is asked of `relations`."""

    def table(self, source: Source, block: Block) -> Table: ...
    def star(self, block: Block) -> Table: ...
    def selected(self, block: Block, listed: tuple[Item, ...] | None = None) -> Table: ...
    def anchor(self, token: Token) -> Anchor | None: ...


def stepped(reader: Reader, statement: Statement, step: Block) -> Table:
    """The columns behind a step; open where it is one that nobody knows."""
    before = reader.table(sources(statement, step)[0], step)
    word = step.step
    if word in _PASSING:
        return before
    if word in _JOINS:
        return reader.star(step)
    if word == "SELECT":
        return reader.selected(step)
    if word in ("EXTEND", "WINDOW"):
        return _over(before, reader.selected(step))
    if word == "AGGREGATE":
        made = reader.selected(step) if not _is_empty(statement, step) else Table(case_sensitive=False)
        grouped = step.segment("group")
        if grouped is None:
            return made
        keys = reader.selected(step, items_of(statement, step, _without_by(statement, grouped)))
        return Table((*keys.columns, *made.columns), keys.open or made.open, case_sensitive=False)
    if word == "DROP":
        gone = {statement.spelling(t).casefold() for t in _names(statement, step.segment("drop"))}
        return replace(before, columns=tuple(c for c in before.columns if c.name.casefold() not in gone))
    if word == "SET":
        changed = {statement.spelling(t).casefold() for t in _assigned(statement, step)}
        columns = (replace(c, type=None, nullable=None) if c.name.casefold() in changed else c for c in before.columns)
        return replace(before, columns=tuple(columns))
    if word == "RENAME":
        return _renamed(reader, statement, step, before)
    if word in ("PIVOT", "UNPIVOT"):
        inside = next(iter(step.children.values()), None)
        return (
            pivoted(statement, word, inside, before, reader.anchor)
            if inside is not None
            else replace(before, open=True)
        )
    if word in _UNITING:
        return replace(before, columns=tuple(replace(c, type=None, nullable=None) for c in before.columns))
    return replace(before, open=True)


def _is_empty(statement: Statement, step: Block) -> bool:
    """`AGGREGATE GROUP BY x`."""
    return all(item.empty for item in items(statement, step))


def _over(before: Table, made: Table) -> Table:
    """New columns behind the old ones. A column of a name that is there makes it ambiguous; the new one is kept."""
    names = {c.name.casefold() for c in made.columns}
    kept = tuple(c for c in before.columns if c.name.casefold() not in names)
    return Table((*kept, *made.columns), before.open or made.open, case_sensitive=False)


def _without_by(statement: Statement, segment: Segment) -> Segment:
    """The list behind GROUP BY."""
    start = segment.start
    while start < segment.end and statement.tokens[start].value == "BY":
        start += 1
    return replace(segment, start=start)


def _names(statement: Statement, segment: Segment | None) -> Iterator[Token]:
    if segment is not None:
        yield from (t for t in statement.tokens[segment.start : segment.end] if t.kind in ("word", "name"))


def _assigned(statement: Statement, step: Block) -> Iterator[Token]:
    """`a` of `SET a = …, b = …`."""
    segment, tokens = step.segment("assign"), statement.tokens
    if segment is not None:
        for at, child in step.walk(segment.start, segment.end):
            if child is None and (at == segment.start or tokens[at - 1].value == ","):
                yield tokens[at]


def _renamed(reader: Reader, statement: Statement, step: Block, before: Table) -> Table:
    names: dict[str, Token] = {}
    for item in items(statement, step):
        if item.alias is None or len(item.reference) != 1:
            return replace(before, open=True)
        names[statement.spelling(item.reference[0]).casefold()] = item.alias

    def renamed(column: Column) -> Column:
        token = names.get(column.name.casefold())
        return column if token is None else column.named(statement.name(token), reader.anchor(token))

    return replace(before, columns=tuple(renamed(c) for c in before.columns))
