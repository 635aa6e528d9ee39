"""The catalogue of a DuckDB file. Runs in a process of its own (`worker`): a DuckDB file is locked for other processes
while it is open, so it is opened read-only, asked, and closed with the process, whatever happens to that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from polycell.core.types import Column
from polycell.tables.databases.catalogue import MOST_COLUMNS, Database, Relation, column, relation_table
from polycell.tables.duckdb_safety import SAFE
from polycell.tables.duckdb_types import from_duckdb

_CONFIG = {**SAFE, "memory_limit": "512MB", "enable_external_access": "false"}
_COLUMNS = """
    select c.schema_name, c.table_name, c.column_name, c.data_type, c.is_nullable, c.comment,
        coalesce(v.view_name is not null, false)
    from duckdb_columns() c left join duckdb_views() v
        on v.database_name = c.database_name and v.schema_name = c.schema_name and v.view_name = c.table_name
    where c.database_name = current_database() and not c.internal
    order by c.schema_name, c.table_name, c.column_index"""
_KEYS = """
    select schema_name, table_name, constraint_type, constraint_text, constraint_column_names
    from duckdb_constraints() where database_name = current_database()"""


def read_duckdb(path: Path, label: str) -> Database:
    """Raises duckdb.Error when it is locked or no database."""
    import duckdb

    with duckdb.connect(str(path), read_only=True, config=_CONFIG) as connection:
        rows = connection.execute(f"{_COLUMNS} limit {MOST_COLUMNS + 1}").fetchall()
        keys = _keys(connection)
        named = connection.execute("select schema_name from duckdb_schemas() where database_name = current_database()")
        schemas = tuple(dict.fromkeys(n for (n,) in named.fetchall() if n not in ("information_schema", "pg_catalog")))
        (catalog,) = connection.execute("select current_database()").fetchone() or ("",)
    grouped: dict[tuple[str, str, bool], list[Column]] = {}
    for schema, table, name, type_, nullable, comment, view in rows[:MOST_COLUMNS]:
        said = [_short(type_).lower(), *keys.get((schema, table, name), ())]
        text = ", ".join(said) + (f" · {comment}" if comment else "")
        grouped.setdefault((schema, table, view), []).append(
            column(name, from_duckdb(type_), text, None if view else bool(nullable))
        )
    relations = tuple(
        Relation(table, relation_table(columns), schema, "view" if view else "table")
        for (schema, table, view), columns in grouped.items()
    )
    return Database(
        label, "duckdb", relations, ("main",), schemas, complete=len(rows) <= MOST_COLUMNS, catalog=str(catalog)
    )


def _keys(connection: Any) -> dict[tuple[str, str, str], list[str]]:
    made: dict[tuple[str, str, str], list[str]] = {}
    for schema, table, kind, text, columns in connection.execute(_KEYS).fetchall():
        if kind == "PRIMARY KEY":
            said = "primary key"
        elif kind == "FOREIGN KEY":
            said = f"references {str(text).partition('REFERENCES ')[2]}"
        else:
            continue
        for name in columns:
            made.setdefault((schema, table, name), []).append(said)
    return made


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
