"""A table that a query names and its database does not have.

Said only of a database whose catalogue was read completely, of a name that stands alone or behind a schema which was
read too, where no cell of the notebook makes tables in a way that nobody follows.
"""

from __future__ import annotations

from collections.abc import Iterator

from polycell.core.results import Finding
from polycell.core.text import Span
from polycell.core.types import Table
from polycell.languages.sql.catalogue import ViewCatalogue
from polycell.languages.sql.checks.messages import changes_to, nearest, question
from polycell.languages.sql.facts import NoTables
from polycell.languages.sql.makers import MAKERS
from polycell.languages.sql.relations.columns import Relations
from polycell.languages.sql.relations.sources import Source, sources, target_of
from polycell.languages.sql.syntax.blocks import blocks
from polycell.languages.sql.syntax.dialects import Dialect
from polycell.languages.sql.syntax.scan import Statement
from polycell.tables.databases.catalogue import Database
from polycell.tables.unseen import UNSEEN

CODE = "sql-unknown-table"

_JUDGED = frozenset({"SELECT", "WITH", "FROM", "INSERT", "UPDATE", "DELETE"})
# What databases have without listing it: system tables, sequences, pseudo tables.
_SYSTEM = ("sqlite_", "pg_", "pragma_", "duckdb_", "information_schema", "dbstat", "json_", "excluded")


def missing_tables(statement: Statement, catalogue: ViewCatalogue) -> Iterator[Finding]:
    database = catalogue.database
    if database is None or not database.complete or database.problem or statement.holes or statement.lexed.unclosed:
        return
    if statement.root.statement not in _JUDGED or not _speaks(database, statement.dialect):
        return
    view = catalogue.view
    if view.gathered(MAKERS) or view.lookup(UNSEEN) is not None:
        return
    if catalogue.reads_frames and view.opens():
        return
    if catalogue.used_schema() and statement.dialect.name != "duckdb":
        return  # which may hold tables that were not read
    for source, span in _named(statement):
        parts = [statement.spelling(part) for part in source.parts]
        if _is_missing(parts, catalogue, database):
            yield _finding(statement, span, parts, catalogue, database)


def _speaks(database: Database, dialect: Dialect) -> bool:
    return database.dialect == dialect.name and dialect.name in ("sqlite", "duckdb", "postgres")


def _named(statement: Statement) -> Iterator[tuple[Source, Span]]:
    """The tables from outside the statement that it names, each with the span of its last word."""
    relations = Relations(statement, NoTables())
    named = [(s, b) for b in blocks(statement.root) if b.kind in ("query", "join") for s in sources(statement, b)]
    written = target_of(statement)
    if written is not None:
        named.append((written, statement.root))
    seen: set[int] = set()
    for source, block in named:
        if not source.parts or source.hole is not None or source.lateral or source.strange:
            continue
        token = source.parts[-1]
        cte = relations.cte(statement.spelling(token), block) if len(source.parts) == 1 else None
        if cte is None and token.start not in seen:
            seen.add(token.start)
            yield source, Span(token.start, token.end).shift(statement.start)


def _is_missing(parts: list[str], catalogue: ViewCatalogue, database: Database) -> bool:
    name = parts[-1].casefold()
    if len(parts) > 2 or name.startswith(_SYSTEM) or name.endswith("_seq") or not name.isidentifier():
        return False
    if len(parts) == 2 and parts[0].casefold() not in {s.casefold() for s in database.schemas}:
        return False
    # Made by the notebook, dropped by it, or a variable of Python: some binding of any kind means that it is known.
    for known in (".".join(parts), parts[-1]):
        if known.casefold() in catalogue.local or catalogue.view.lookup_folded(known) is not None:
            return False
    # Another schema may be searched for whoever runs the notebook.
    return not any(relation.name.casefold() == name for relation in database.relations)


def _finding(
    statement: Statement, span: Span, parts: list[str], catalogue: ViewCatalogue, database: Database
) -> Finding:
    schema = parts[0] if len(parts) == 2 else ""
    held = database.of_schema(schema) if schema else database.without_schema()
    names = [relation.name for relation in held]
    names += [b.name for b in catalogue.local.values() if b is not None and isinstance(b.type, Table) and not schema]
    near = nearest(parts[-1], names)
    where = f"schema `{schema}` of {database.label}" if schema else database.label
    text = f"No table `{parts[-1]}` in {where}. {question(near, names)}".rstrip()
    return Finding(CODE, span, text, "warning", fixes=changes_to(near, span))
