"""The catalogue of a SQLite file, read without a lock and without running anything that is in it.

`immutable=1` takes no lock and makes no file beside it, so that a kernel that writes to it never waits for us. Types
are SQLite's own affinities (its documentation, "Datatypes In SQLite", 3.1): a column may hold anything, so they are
likely at best.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from polycell.core.types import BINARY, BOOL, DATE, FLOAT64, INT64, STRING, TIMESTAMP, Certainty, Column, DataType
from polycell.tables.databases.catalogue import MOST_COLUMNS, Database, Relation, column, relation_table

SECONDS = 2.0


def read_sqlite(path: Path, label: str) -> Database:
    """Raises sqlite3.Error for what is no database, and OSError."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True, timeout=0)) as connection:
        until = time.monotonic() + SECONDS
        connection.set_progress_handler(lambda: time.monotonic() > until, 10_000)
        connection.execute("pragma trusted_schema = off")
        relations: list[Relation] = []
        read = 0
        named = connection.execute("select name, type from sqlite_master where type in ('table', 'view') order by name")
        for name, kind in named.fetchall():
            if name.startswith("sqlite_"):
                continue
            columns = tuple(_columns(connection, name)) if read < MOST_COLUMNS else ()
            read += len(columns)
            relations.append(Relation(name, relation_table(columns), "main", "view" if kind == "view" else "table"))
    # What a writer has not yet moved from its log into the file is not seen.
    log = path.with_name(path.name + "-wal")
    pending = log.exists() and log.stat().st_size > 0
    return Database(
        label, "sqlite", tuple(relations), ("main",), ("main",), complete=not pending and read < MOST_COLUMNS
    )


def _columns(connection: sqlite3.Connection, name: str) -> Iterator[Column]:
    try:
        rows = connection.execute('select name, type, "notnull", pk from pragma_table_xinfo(?)', (name,)).fetchall()
        keys = connection.execute('select "from", "table", "to" from pragma_foreign_key_list(?)', (name,)).fetchall()
    except sqlite3.Error:  # a view over what is gone, a table of a module that is not here
        return
    target = {source: f"{table}.{to}" if to else str(table) for source, table, to in keys}
    single = sum(1 for row in rows if row[3]) == 1
    for column_name, declared, required, key in rows:
        said = [declared.lower() or "any type"]
        if key:
            said.append("primary key")
        if column_name in target:
            said.append(f"references {target[column_name]}")
        never_null = bool(required) or (bool(key) and single and declared.upper() == "INTEGER")
        yield column(column_name, _type(declared), ", ".join(said), False if never_null else None, Certainty.LIKELY)


def _type(declared: str) -> DataType | None:
    upper = declared.upper().partition("(")[0].strip()
    exact = {"BOOLEAN": BOOL, "BOOL": BOOL, "DATE": DATE, "DATETIME": TIMESTAMP, "TIMESTAMP": TIMESTAMP, "JSON": STRING}
    if upper in exact:
        return exact[upper]
    if "INT" in upper:
        return INT64
    if any(word in upper for word in ("CHAR", "CLOB", "TEXT", "STRING", "UUID")):
        return STRING
    if "BLOB" in upper:
        return BINARY
    if any(word in upper for word in ("REAL", "FLOA", "DOUB", "NUMERIC", "DECIMAL")):
        return FLOAT64
    return None
