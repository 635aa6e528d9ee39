"""How notebooks spell connections: URLs and their dialects, names, and those under which the catalogue keeps them."""

from __future__ import annotations

from collections.abc import Mapping

from polycell.core.types import Connection, Opaque, Scalar, Type
from polycell.core.values import replace

# The name under which the last connection of `%sql` is bound in the space "catalog"; behind it, after a blank, the name
# that `--alias` gives one.
CONNECTION = "%sql connection"

# The part of a database URL before `://` or `+driver` (SQLAlchemy's names), to sqlglot's name of the dialect.
_SCHEMES: Mapping[str, str] = {
    "duckdb": "duckdb",
    "motherduck": "duckdb",
    "postgresql": "postgres",
    "postgres": "postgres",
    "cockroachdb": "postgres",
    "redshift": "redshift",
    "mysql": "mysql",
    "mariadb": "mysql",
    "sqlite": "sqlite",
    "snowflake": "snowflake",
    "bigquery": "bigquery",
    "trino": "trino",
    "presto": "presto",
    "awsathena": "trino",
    "mssql": "tsql",
    "databricks": "databricks",
    "spark": "spark",
    "hive": "hive",
    "oracle": "oracle",
    "clickhouse": "clickhouse",
    "clickhousedb": "clickhouse",
}


# Without a file these are in memory; a connection to anything else is one to a server.
_IN_MEMORY = frozenset({"duckdb", "sqlite"})


def called(connection: Connection, variable: str) -> Connection:
    """The connection that a variable holds: to a server of which the code tells nothing more, it is meant by the
    variable's name, which the user's settings may know."""
    nameless = not connection.source and connection.dialect not in _IN_MEMORY
    return replace(connection, source=variable) if nameless else connection


def dialect_of_url(url: str) -> str | None:
    """The dialect that a database URL names, "" for a scheme nobody knows; None for what is no URL."""
    scheme, separator, _ = url.partition("://")
    if not separator or not scheme.replace("+", "").replace("_", "").isalnum():
        return None
    return _SCHEMES.get(scheme.partition("+")[0].lower(), "")


def connection_in(value: Type | None, variable: str) -> Connection | None:
    """The connection that a variable of Python holds: one that was made, a URL as text, DuckDB's module."""
    if isinstance(value, Connection):
        return called(value, variable)
    if isinstance(value, Scalar) and isinstance(value.value, str):
        dialect = dialect_of_url(value.value)
        return Connection(dialect, value.value) if dialect is not None else None
    if isinstance(value, Opaque) and value.name.startswith("duckdb."):
        return Connection("duckdb", variable)
    return None


def connection_meant(word: str, alias: Type | None = None, value: Type | None = None) -> Connection | None:
    """What a word on a magic's line means: a URL, an `alias` that a line above gave, the variable that holds `value`,
    or else a name that the user's settings may know; None for what names no connection."""
    dialect = dialect_of_url(word)
    if dialect is not None:
        return Connection(dialect, word)
    name = word.removeprefix("$")
    found = alias if isinstance(alias, Connection) else connection_in(value, name)
    if found is not None:
        return found
    return Connection("", name) if name.isidentifier() or name.startswith("[") else None
