"""Functions: offered, explained, and their arguments, in the words of each dialect."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing

import pytest
import sqlglot
from sqlglot import exp

from polycell.core import features
from polycell.languages.sql import more_functions
from polycell.languages.sql.duckdb import functions as duckdb_functions
from polycell.languages.sql.functions import functions, line_of
from polycell.languages.sql.syntax.dialects import DIALECTS
from tests import dsl

SCHEMES = {"postgres": "postgresql", "tsql": "mssql", "spark": "databricks", "hive": "hive"}
NAMED = sorted(name for name, row in DIALECTS.items() if name and not row.like)


def wait_for_catalogues(dialect: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if more_functions.known(dialect) or dialect == "clickhouse":
            return
        time.sleep(0.01)


@pytest.mark.parametrize("dialect", NAMED)
def test_every_function_can_be_called_as_it_is_shown(dialect: str) -> None:
    """sqlglot reads each form, with `…` for what may follow, as a call of that name."""
    for name, line in functions(dialect).items():
        form = line.partition(": ")[0].partition(" or ")[0]
        query = f"select {form.replace(', …', '').replace('…', '')}"
        if name in ("exists", "read_csv", "read_parquet", "read_json") or "input =>" in form or "type" in form:
            continue
        parsed = sqlglot.parse_one(query, dialect=dialect)
        assert isinstance(parsed, exp.Select), form
        assert name.lower() in query.lower()


@pytest.mark.parametrize(
    ("dialect", "prefix", "name"),
    [
        ("postgres", "string_", "string_agg"),
        ("mysql", "group_", "group_concat"),
        ("sqlite", "jul", "julianday"),
        ("tsql", "char", "charindex"),
        ("bigquery", "safe_", "safe_divide"),
        ("trino", "approx_", "approx_distinct"),
        ("oracle", "month", "months_between"),
        ("clickhouse", "toStart", "toStartOfMonth"),
        ("redshift", "json_", "json_extract_path_text"),
        ("bigquery", "parse_t", "parse_timestamp"),  # sqlglot's
    ],
)
def test_offered_behind_columns_and_before_keywords(dialect: str, prefix: str, name: str) -> None:
    wait_for_catalogues(dialect)
    cell = f"%%sql {SCHEMES.get(dialect, dialect)}://x\nselect {prefix}<|> from t"
    found = [i for i in dsl.complete(cell).items if i.kind in ("function", "keyword")]
    item = next(i for i in found if i.label == name)
    assert item.documentation
    assert all(i.rank > item.rank for i in found if i.kind == "keyword")


def test_functions_of_other_dialects_are_not_offered() -> None:
    for dialect in ("sqlite", "tsql"):
        wait_for_catalogues(dialect)
        cell = f"%%sql {SCHEMES.get(dialect, dialect)}://x\nselect to_<|> from t"
        assert [i.label for i in dsl.complete(cell).items if i.label.startswith("to_")] == []


def signature(cell: str) -> tuple[str, str, str] | None:
    """(the likeliest form, the parameter that is written, documentation)."""
    case = dsl.load(cell)
    found = asyncio.run(features.signature(case.snapshot, case.session.services, case.cell, case.offset))
    if found is None:
        return None
    one = found.signatures[found.active]
    return (
        one.label,
        one.parameters[found.parameter].of(one.label) if found.parameter is not None else "",
        one.documentation,
    )


def test_signatures_of_a_dialect() -> None:
    found = signature("%%sql mssql://x\nselect datediff(day, <|>) from t")
    assert found is not None
    assert found[:2] == ("datediff(day, a, b)", "a")
    assert "boundaries" in found[2]
    assert signature("%%sql mssql://x\nselect nobody(<|>) from t") is None


def test_signatures_of_duckdb_are_all_of_its_forms() -> None:
    pytest.importorskip("duckdb")
    while not duckdb_functions.known():
        time.sleep(0.01)
    case = dsl.load("%%sql duckdb://\nselect list_slice(x, 1, 2, <|>)")
    found = asyncio.run(features.signature(case.snapshot, case.session.services, case.cell, case.offset))
    assert found is not None
    assert len(found.signatures) > 1
    assert found.parameter == 3
    assert len(found.signatures[found.active].parameters) >= 4


def test_hover_explains() -> None:
    case = dsl.load("%%sql postgresql://x\nselect string_<|>agg(a, ',') from t")
    found = asyncio.run(features.hover(case.snapshot, case.session.services, case.cell, case.offset))
    assert found is not None
    assert "strings of a group joined" in found.markdown
    assert line_of("clickhouse", "TOSTARTOFMONTH").startswith("toStartOfMonth")


def test_sqlite_has_what_is_offered() -> None:
    """The oracle is SQLite's own list; some came with later versions than the one that is here."""
    with closing(sqlite3.connect(":memory:")) as connection:
        listed = "select name from pragma_function_list union select name from pragma_module_list"
        known = {name for (name,) in connection.execute(listed)}
    later = {"concat", "octet_length", "timediff", "unixepoch", "format", "json_array_length"}
    assert set(functions("sqlite")) - known - later == {"cast", "exists"}


@pytest.mark.parametrize("dialect", NAMED)
def test_the_usual_functions_of_a_dialect_are_many(dialect: str) -> None:
    known = functions(dialect)
    assert len(known) > (60 if dialect == "duckdb" else 90)
    assert all(line.partition(": ")[2] for line in known.values())


@pytest.mark.parametrize(
    ("dialect", "call", "shown"),
    [
        ("postgres", "jsonb_set(<|>)", "json"),
        ("snowflake", "div0(a, <|>)", "b"),
        ("clickhouse", "arraystringconcat(<|>)", "array"),
        ("mysql", "timestampadd(day, 1, <|>)", "d"),
        ("oracle", "ratio_to_report(<|>)", "x"),
    ],
)
def test_arguments_are_named(dialect: str, call: str, shown: str) -> None:
    found = signature(f"%%sql {SCHEMES.get(dialect, dialect)}://x\nselect {call} from t")
    assert found is not None
    assert found[1] == shown
    assert found[2]
