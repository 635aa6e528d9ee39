"""Statements that are no query: what their grammar offers, and that the grammar is whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import duckdb
import pytest

from polycell.languages.sql.syntax.dialects import DIALECTS
from polycell.languages.sql.syntax.grammar import Node, grammar
from polycell.languages.sql.types import types
from tests.languages.sql.test_writing import offered


def labels(dialect: str, query: str) -> list[str]:
    return [item.label for item in offered(dialect, query)]


@pytest.mark.parametrize(
    ("dialect", "query", "expected"),
    [
        ("snowflake", "CREATE OR <|>", "REPLACE"),
        ("tsql", "CREATE OR <|>", "ALTER"),
        ("duckdb", "CREATE <|>", "TABLE"),
        ("duckdb", "CREATE TABLE <|>", "IF NOT EXISTS"),
        ("duckdb", "CREATE TABLE IF <|>", "NOT EXISTS"),
        ("duckdb", "CREATE TABLE t <|>", "AS"),
        ("duckdb", "CREATE TABLE t AS <|>", "SELECT"),
        ("duckdb", "CREATE TABLE t (id INT <|>", "NOT NULL"),
        ("duckdb", "CREATE TABLE t (id INT DEFAULT 1 <|>", "NOT NULL"),
        ("duckdb", "CREATE TABLE t (id INT, s STRUCT(a INT, b <|>", "VARCHAR"),
        ("sqlite", "CREATE TABLE t (id INTEGER PRIMARY KEY <|>", "AUTOINCREMENT"),
        ("mysql", "CREATE TABLE t (id INT) <|>", "ENGINE"),
        ("postgres", "CREATE TABLE t (a DOUBLE <|>", "PRECISION"),
        ("postgres", "CREATE TABLE t (a INT REFERENCES customers(id) ON <|>", "DELETE"),
        ("bigquery", "CREATE TABLE t (a STRUCT<b ARRAY<<|>", "INT64"),
        ("spark", "CREATE TABLE t (a INT) USING <|>", "DELTA"),
        ("spark", "CREATE OR REPLACE TEMP <|>", "VIEW"),
        ("snowflake", "CREATE OR REPLACE WAREHOUSE w WITH WAREHOUSE_SIZE = 'x' <|>", "AUTO_SUSPEND"),
        ("snowflake", "CREATE FUNCTION f(a <|>", "INT"),
        ("snowflake", "CREATE FUNCTION f(a INT) <|>", "RETURNS"),
        ("snowflake", "CREATE FUNCTION f(a INT) RETURNS INT <|>", "LANGUAGE"),
        ("duckdb", "ALTER TABLE customers <|>", "ADD COLUMN"),
        ("tsql", "ALTER TABLE customers <|>", "ADD"),
        ("duckdb", "ALTER TABLE customers ADD COLUMN a INT <|>", "DEFAULT"),
        ("", "DROP <|>", "TABLE"),
        ("", "DROP TABLE IF <|>", "EXISTS"),
        ("duckdb", "DROP TABLE a, <|>", "customers"),
        ("duckdb", "INSERT <|>", "INTO"),
        ("duckdb", "INSERT INTO customers <|>", "VALUES"),
        ("duckdb", "INSERT INTO customers (id, name) <|>", "SELECT"),
        ("duckdb", "UPDATE customers c <|>", "SET"),
        ("duckdb", "DELETE <|>", "FROM"),
        ("duckdb", "DELETE FROM customers <|>", "WHERE"),
        ("snowflake", "MERGE <|>", "INTO"),
        ("snowflake", "USE <|>", "WAREHOUSE"),
        ("snowflake", "SHOW <|>", "TABLES"),
        ("snowflake", "GRANT SELECT ON <|>", "customers"),
        ("duckdb", "EXPLAIN <|>", "SELECT"),
        ("databricks", "OPTIMIZE customers ZORDER BY (<|>", "id"),
        ("tsql", "DECLARE @a <|>", "INT"),
        ("duckdb", "TRUNCATE <|>", "customers"),
    ],
)
def test_offered(dialect: str, query: str, expected: str) -> None:
    assert expected in labels(dialect, query)


@pytest.mark.parametrize(
    ("dialect", "query", "expected"),
    [
        ("duckdb", "CREATE TABLE t (id INT, name TEXT, PRIMARY KEY (<|>", ["id", "name"]),
        ("postgres", "CREATE TABLE t (a INT REFERENCES customers(<|>", ["id", "name"]),
        ("duckdb", "DROP TABLE IF EXISTS <|>", ["orders", "customers"]),
        ("duckdb", "CREATE TABLE IF NOT EXISTS <|>", []),
        ("duckdb", "ALTER TABLE customers RENAME TO <|>", []),
        ("duckdb", "ALTER TABLE customers RENAME COLUMN <|>", ["id", "name"]),
        ("duckdb", "create table t as sele<|>", ["select", "with"]),
        ("snowflake", "use warehouse <|>", []),
    ],
)
def test_all_that_is_offered(dialect: str, query: str, expected: list[str]) -> None:
    assert labels(dialect, query) == expected


def test_what_a_dialect_does_not_have_is_not_offered() -> None:
    assert "WAREHOUSE" not in labels("postgres", "CREATE <|>")
    assert "OR REPLACE" not in labels("sqlite", "CREATE <|>")
    assert "CASCADE" not in labels("sqlite", "DROP TABLE customers <|>")
    assert labels("duckdb", "SELECT id <|> FROM customers")[:1] != ["TABLE"]


def names(node: Node) -> Iterator[str]:
    if node.what == "rule":
        yield node.text
    for part in node.parts:
        yield from names(part)


def test_every_rule_that_is_named_is_there() -> None:
    rules = {d: grammar(d) for d in DIALECTS}
    known = {name for found in rules.values() for name in found}
    used = {name for found in rules.values() for rule in found.values() for name in names(rule)}
    assert used - known == set()
    assert known - used <= {"statement"}


# Of these the name alone is no whole type.
NESTED = {
    "STRUCT",
    "MAP",
    "LIST",
    "UNION",
    "ENUM",
    "UNIONTYPE",
    "AggregateFunction",
    "Nested",
    "Nullable",
    "LowCardinality",
}


def test_duckdb_has_its_types() -> None:
    con = duckdb.connect()
    for name in types("duckdb"):
        if name not in NESTED:
            con.execute(f"select cast(null as {name})")


def test_sqlite_takes_its_types() -> None:
    con = sqlite3.connect(":memory:")
    for number, name in enumerate(types("sqlite")):
        con.execute(f"create table t{number} (a {name})")


@pytest.mark.parametrize("dialect", sorted(set(DIALECTS) - {"duckdb", "sqlite", "polars"}))
def test_types_are_read_as_types(dialect: str) -> None:
    import sqlglot
    from sqlglot import exp

    for name in types(dialect):
        if name in NESTED or "(" in name:
            continue
        made = sqlglot.parse_one(f"select cast(a as {name})", dialect=dialect or None)
        assert made.find(exp.Cast, exp.DataType) is not None, name


def test_a_long_list_of_columns_is_not_walked() -> None:
    columns = ", ".join(f"c{n} VARCHAR(20) NOT NULL DEFAULT 'x'" for n in range(300))
    assert "NOT NULL" in labels("duckdb", f"CREATE TABLE t ({columns}, z INT <|>")
