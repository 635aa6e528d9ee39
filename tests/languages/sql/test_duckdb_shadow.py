"""The locked-down DuckDB: it binds queries over our tables, and can be made to do nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polycell.core.text import Span
from polycell.languages.sql.duckdb import shadow as duckdb_shadow
from polycell.languages.sql.duckdb.shadow import Bound, Refused, bind, may_bind, rows
from polycell.tables.duckdb_types import from_duckdb, to_duckdb

pytest.importorskip("duckdb")

TABLES = ((("data/x.csv",), (("a", "BIGINT"),)), (("main", "m"), (("a", "DATE"),)), (("t",), (("a", "BIGINT"),)))


def names() -> set[str]:
    return {row[0] for row in rows("select table_name from duckdb_tables() union select view_name from duckdb_views()")}


def test_binds_over_tables_files_and_schemas() -> None:
    assert bind("select a + 1 as b from t", TABLES) == Bound((("b", "BIGINT"),))
    assert bind("from 'data/x.csv'", TABLES) == Bound((("a", "BIGINT"),))
    assert bind("select m.a from main.m", TABLES) == Bound((("a", "DATE"),))


def test_only_the_tables_asked_with_are_there() -> None:
    assert isinstance(bind("from t", TABLES), Bound)
    other = ((("u",), (("b", "VARCHAR"),)),)
    assert isinstance(bind("from t", other), Refused)
    assert bind("from u", other) == Bound((("b", "VARCHAR"),))


def test_a_table_that_changed_is_made_anew_and_others_stay() -> None:
    assert isinstance(bind("select a from t", TABLES), Bound)
    wider = ((("T",), (("a", "VARCHAR"), ("b", "DATE"))),)
    assert bind("from T", wider) == Bound((("a", "VARCHAR"), ("b", "DATE")))
    assert bind("select a, 1 from t", TABLES) == Bound((("a", "BIGINT"), ("1", "INTEGER")))
    untyped = ((("t",), (("a", ""),)),)
    assert isinstance(bind("select a, 2 from t", untyped), Bound)
    assert {"m", "data/x.csv", "t"} <= names()


@pytest.mark.parametrize(
    "text", ["from t", "from 'T'", 'select 1, "t".a from "t"', "from x, 't'", "select /* */ t.a from t"]
)
def test_a_table_of_an_earlier_query_is_gone_where_it_may_be_meant(text: str) -> None:
    assert isinstance(bind("from t", TABLES), Bound)
    assert isinstance(bind(text, ((("x",), (("a", "DATE"),)),)), Refused)


def test_a_table_stays_where_its_name_is_only_said() -> None:
    assert isinstance(bind("select a, 3 from t", TABLES), Bound)
    assert isinstance(bind("select 't', 'it''s t', 1 -- t\n/* t */ from u", ((("u",), (("b", "DATE"),)),)), Bound)
    assert "t" in names()


def test_our_own_variables_are_not_seen() -> None:
    pandas = pytest.importorskip("pandas")
    secret = pandas.DataFrame({"password": ["x"]})
    assert len(secret) == 1
    assert isinstance(bind("select * from secret", TABLES), Refused)
    assert isinstance(bind("select password from secret", ()), Refused)


@pytest.mark.parametrize("second", ["create table evil (a int)", "create view evil as select 1", "drop view t"])
def test_a_second_statement_is_never_run(second: str) -> None:
    bind("from t", TABLES)
    assert bind(f"select 1; {second}", TABLES) is None
    assert bind(f"select 1;{second};", TABLES) is None
    assert "evil" not in names()
    assert "t" in names()


@pytest.mark.parametrize(
    "text",
    [
        "copy t to '{0}/out.csv'",
        "attach '{0}/x.db'",
        "install httpfs",
        "load httpfs",
        "set threads = 4",
        "pragma enable_external_access",
        "select * from read_text('{0}/secret.txt')",
        "from '{0}/secret.txt'",
        "from glob('{0}/*')",
        "from read_csv('{0}/secret.txt')",
        "from 'https://example.com/x.parquet'",
        "explain analyze select 1",
        "create table evil as select 1",
        "export database '{0}/dump'",
    ],
)
def test_nothing_outside_is_reached(text: str, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("a\n1\n", encoding="utf-8")
    assert not isinstance(bind(text.format(tmp_path), TABLES), Bound)
    assert [p.name for p in tmp_path.iterdir()] == ["secret.txt"]
    assert "evil" not in names()


def test_the_lock_cannot_be_opened_again() -> None:
    found = rows(
        "select current_setting('enable_external_access'), current_setting('temp_directory'),"
        " current_setting('allowed_directories'), current_setting('allowed_paths'),"
        " current_setting('lock_configuration')"
    )
    assert found == [(False, "", [], [], True)]
    assert rows("set enable_external_access = true") == []
    assert rows("select current_setting('enable_external_access')") == [(False,)]


@pytest.mark.parametrize(
    "text",
    [
        "select * from unnest(range(1000000000))",
        "select repeat('x', 999999999)",
        'select "range"(1000000000)',
        "select Range /* ( */ -- (\n (1000000000)",
        "select 1000000000.range()",
        "select 1\0",
        "select '\ud800'",
    ],
)
def test_what_would_take_for_ever_is_not_asked(text: str) -> None:
    assert not may_bind(text)
    assert bind(text, TABLES) is None


def test_places_are_code_points() -> None:
    found = bind("select 'é𝒳', b from t", TABLES)
    assert isinstance(found, Refused)
    assert found.span is not None
    assert found.span.start == 13


def test_a_span_in_bytes_is_read_in_both_forms() -> None:
    assert duckdb_shadow._span("é b", {"location": "[12,1]"}) == Span(2, 3)
    assert duckdb_shadow._span("é b", {"position": "12"}) == Span(2, 2)
    assert duckdb_shadow._span("é b", {}) is None


@pytest.mark.parametrize(
    "name",
    [
        "BIGINT",
        "DECIMAL(10,2)",
        "VARCHAR[]",
        "INTEGER[3]",
        'STRUCT("a b" INTEGER, c VARCHAR[])',
        "MAP(VARCHAR, DECIMAL(4,1))",
        "TIMESTAMP WITH TIME ZONE",
        "TIMESTAMP_NS",
        "STRUCT(s STRUCT(x DATE), y TIME)[]",
    ],
)
def test_types_survive_both_ways(name: str) -> None:
    made = from_duckdb(name)
    assert made is not None
    again = to_duckdb(made)
    assert again is not None
    assert from_duckdb(again) == made
    assert bind(f"select x from t, (select null::{name} as x)", TABLES) == bind(
        f"select x from t, (select null::{again} as x)", TABLES
    )


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40))
def test_never_raises(text: str) -> None:
    bind(text, TABLES)
    from_duckdb(text)


def test_a_query_that_took_too_long_is_asked_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    bind("select 1", ())  # the connection is there
    shadow = duckdb_shadow._shadow()
    assert shadow is not None
    asked: list[str] = []

    def slow(text: str, tables: object) -> None:
        asked.append(text)
        shadow.watch.ended = True

    monkeypatch.setattr(shadow, "describe", slow)
    monkeypatch.setattr(duckdb_shadow, "RESTS", 1e9)
    assert bind("select 'slow'", ()) is None
    assert bind("select 'slow'", ()) is None
    assert len(asked) == 1  # it rests
    monkeypatch.setattr(duckdb_shadow, "RESTS", 0.0)
    assert bind("select 'slow'", ()) is None
    assert len(asked) == 2
    assert bind("select 'slow'", ()) is None
    assert len(asked) == 2  # never a third time
    monkeypatch.undo()
    assert bind("select 'slow'", ()) is None
    assert bind("select 'other'", ()) == Bound((("'other'", "VARCHAR"),))
