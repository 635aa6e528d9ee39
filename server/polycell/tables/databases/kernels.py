"""Kernels of .NET Interactive that are connections to databases: `#!connect sqlite --kernel-name shop "Data
Source=shop.db"` makes the kernel `sql-shop`.

Source: dotnet/interactive, docs and its packages for SQL Server, PostgreSQL, SQLite and DuckDB.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from polycell.core.patterns import pattern
from polycell.core.types import Connection

_CONNECT = pattern(r"^[ \t]*#!connect[ \t]+(\w+)([^\r\n]*)", re.MULTILINE)
_NAME = pattern(r"--kernel-name[ \t]+[\"']?([\w.-]+)")
_SOURCE = pattern(r"\bdata ?source\s*=\s*([^;\"'\r\n]+)", re.IGNORECASE)
_DIALECTS = {
    "mssql": "tsql",
    "postgres": "postgres",
    "postgresql": "postgres",
    "sqlite": "sqlite",
    "duckdb": "duckdb",
    "mysql": "mysql",
    "snowflake": "snowflake",
}
_FILES = frozenset({"sqlite", "duckdb"})


def kernels_in(text: str) -> Iterator[tuple[str, Connection]]:
    """(kernel's name, its connection) of each `#!connect`."""
    for kind, options in _CONNECT.findall(text) if "#!connect" in text else ():
        name, dialect = _NAME.search(options), _DIALECTS.get(kind.lower(), "")
        source = _SOURCE.search(options) if dialect in _FILES else None
        if name is not None and dialect:
            yield f"sql-{name[1]}", Connection(dialect, source[1].strip() if source else "")
