"""The functions that are offered for PostgreSQL. The oracle: what a real server lists."""

from __future__ import annotations

from polycell.languages.sql.functions import functions
from tests.tables.databases.postgres import PASSWORD, Postgres

# The grammar's own; what came with version 16.
_GRAMMAR = {
    "cast",
    "coalesce",
    "current_date",
    "current_timestamp",
    "exists",
    "greatest",
    "grouping",
    "least",
    "nullif",
    "trim",
}
_LATER = {"any_value"}


def test_the_server_has_what_is_offered(postgres: Postgres) -> None:
    import psycopg

    options = {"host": "127.0.0.1", "port": postgres.port, "user": "admin", "password": PASSWORD, "dbname": "postgres"}
    with psycopg.connect(**options) as connection:  # type: ignore[arg-type]
        known = {str(name) for (name,) in connection.execute("select proname from pg_proc")}
    assert set(functions("postgres")) - known <= _GRAMMAR | _LATER
