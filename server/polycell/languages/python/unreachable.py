"""Databases that a cell opens and that could not be read: said once, where the connection is made."""

from __future__ import annotations

from collections.abc import Iterator

from polycell.core.patterns import pattern
from polycell.core.results import Finding
from polycell.core.service import Context
from polycell.core.text import Span, has_any
from polycell.core.types import Connection
from polycell.languages.python.flow.exports import LARGEST, run
from polycell.languages.python.flow.sql_lines import opened
from polycell.languages.python.flow.state import DELETED
from polycell.tables.databases.catalogue import Database
from polycell.tables.databases.places import DatabaseRequest

_MAKES = pattern(r"\b(?:create_engine|(?:sqlite3|duckdb|psycopg2?)\.connect)\s*\(")
_OPENS = pattern(r"(?m)^\s*%(?:sql|jupysql)\s")
_WORDS = ("create_engine", "connect", "%sql", "%jupysql")


def unreachable_databases(context: Context) -> Iterator[Finding]:
    """One finding a connection, at the name it gets or at what `%sql` is given."""
    text = context.cell.text
    if len(text) > LARGEST or not has_any(text, _WORDS) or not (_MAKES.search(text) or _OPENS.search(text)):
        return
    made = run(context)
    found: list[tuple[Connection, Span]] = []
    for definition in context.facts.definitions:
        slot = made.state.names.get(definition.name)
        if slot is not None and slot.address != DELETED and _MAKES.search(slot.source):
            type_ = made.object(slot.address)
            if isinstance(type_, Connection):
                found.append((type_, definition.span))
    for magic in context.facts.magics:
        connected = opened(made, magic) if not magic.cell else None
        if connected is not None:
            start = magic.arguments_start
            found.append((connected[0], Span(start, start + len(magic.arguments.split(None, 1)[0]))))
    for connection, span in found:
        database = context.view.read(DatabaseRequest.of(connection)) if connection.source else None
        if isinstance(database, Database) and database.problem:
            yield Finding("database-unreachable", span, database.state, "information")
