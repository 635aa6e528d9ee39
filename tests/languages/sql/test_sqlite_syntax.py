"""What SQLite's parser cannot read, and that nothing else is said of."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing

import pytest

from polycell.languages.sql.checks.sqlite_syntax import syntax_error
from polycell.languages.sql.syntax.dialects import DIALECTS
from polycell.languages.sql.syntax.scan import scan
from tests import dsl
from tests.languages.sql.damage import queries
from tests.shared import SHARED

SQLITE = DIALECTS["sqlite"]


def reported(text: str) -> str | None:
    """The words that are reported in the text's first statement."""
    found = syntax_error(scan(text, SQLITE).statements[0])
    return found.span.of(text) if found is not None else None


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("select a form t", "t"),
        ("select a, from t", "from"),
        ("select a from t group a", "a"),
        ("select case when a then b from t", "from"),
        ("select count(*) filter (a) from t", "a"),
        ("delete from t wher a = 1", "wher"),
        ("insert into t value (1)", "value"),
        ("select from_, a, from from_", "from"),
        ("select a from t where", "where"),
        ("update t set a =", "="),
        ("/* é */ select a,, b from t", ","),
    ],
)
def test_the_word_is_found(text: str, word: str) -> None:
    assert reported(text) == word


@pytest.mark.parametrize(
    "text",
    [
        "select a from t where b = :b and c = ? and d = @d",
        "select group_concat(a, ',' order by b) from t",  # since 3.44
        "select 1_000",  # since 3.46
        "select percentile(a) within group (order by b) from t",  # since 3.47
        "select [a b], `c`, \"d\" from 't'",
        "select a ->> '$.b' from t right join u on a is distinct from b",
        "with recursive n(i) as (values (1) union all select i + 1 from n) select * from n",
        "select a from {{ t }} where where",
        "selec a",
        ".tables",
        "pragma table_info(t)",
        "select (a from t",  # the parenthesis is reported in every dialect
        "",
    ],
)
def test_silence(text: str) -> None:
    assert reported(text) is None


def test_only_where_sqlite_reads_it() -> None:
    dsl.check_findings("""
        %%sql sqlite://
        select a form t;
                      ^ sql-syntax: SQLite expects no `t` here.
        select b from t
        # %%
        import sqlite3
        con = sqlite3.connect(":memory:")
        con.execute("select a, from t")
                               ^^^^ sql-syntax: SQLite expects no `from` here.
        con.execute("select (a from t")
                            ^ sql-syntax: This `(` is never closed.
        # %%
        %%sql postgresql://host/db
        select a form t
    """)


def _complaint(text: str) -> str:
    with closing(sqlite3.connect(":memory:")) as connection:
        try:
            connection.execute(f"explain {text}")
        except sqlite3.Error as error:
            return str(error)
    return ""


def test_damaged_queries() -> None:
    """One word of a query is taken away, doubled or changed: what is reported SQLite refuses, and nothing before it."""
    if not (SHARED / "sql-queries").is_dir():
        pytest.skip("TPC-H and TPC-DS are not there")
    chance = random.Random(5)
    told = 0
    for query in (*queries(SHARED / "sql-queries", "tpch"), *queries(SHARED / "sql-queries", "tpcds")):
        statement = scan(query, SQLITE).statements[0]
        if not statement.tokens or "syntax error" in _complaint(statement.text):
            continue  # not SQLite's SQL
        assert syntax_error(statement) is None
        for _ in range(3):
            token = chance.choice(statement.tokens)
            made = chance.choice(["", statement.text[token.start : token.end] * 2, ",", "from"])
            text = f"{statement.text[: token.start]} {made} {statement.text[token.end :]}"
            found = syntax_error(scan(text, SQLITE).statements[0])
            if found is not None and "complete" not in found.message:
                told += 1
                assert "syntax error" in _complaint(text)
                assert "syntax error" in _complaint(text[: found.span.end])
                assert "syntax error" not in _complaint(text[: found.span.start])
    assert told > 100
