"""Statements in blocks, behind conditions and in bodies of routines complete like those that stand alone."""

from __future__ import annotations

import pytest

from polycell.languages.sql.syntax.dialects import DIALECTS
from polycell.languages.sql.syntax.nested import nested
from tests import dsl

MADE = {"tsql": "create table t (id int, price money)", "bigquery": "create table t (id int64, price numeric)"}
SCHEMES = {"tsql": "mssql", "bigquery": "bigquery"}


def offered(dialect: str, text: str) -> list[str]:
    scheme = SCHEMES[dialect]
    return dsl.labels(f"\n# %%\n%%sql {scheme}://x\n{MADE[dialect]}\n# %%\n%%sql {scheme}://x\n{text}")


@pytest.mark.parametrize(
    ("dialect", "text", "first"),
    [
        ("tsql", "create procedure p @n int as\nbegin\n select <|> from t\nend", ["id", "price"]),
        ("tsql", "create procedure p @n int as\nselect 1 a into #t from t\ndelete from <|>", ["#t", "t"]),
        (
            "tsql",
            "create procedure p @n int as\nbegin\n if @n = 1\n begin\n  update t set <|>\n end\nend",
            ["id", "price"],
        ),
        (
            "tsql",
            "create procedure p @day date, @n int as\nbegin\n declare @c int\n select @<|>\nend",
            ["c", "day", "n"],
        ),
        ("tsql", "create procedure p @n int <|>", ["OUTPUT", "READONLY", "AS"]),
        ("tsql", "if exists (select 1 from t) drop table <|>", ["t"]),
        ("tsql", "if exists (select <|> from t) print 'x'", ["id", "price"]),
        ("tsql", "if 1 = 1 <|>", ["BEGIN"]),
        ("tsql", "begin <|>", ["TRANSACTION", "TRY", "CATCH"]),
        ("tsql", "begin try\n select <|> from t\nend try", ["id", "price"]),
        ("bigquery", "if n > 3 then select <|> from t; end if", ["id", "price"]),
        ("bigquery", "if n > 3 <|>", ["THEN"]),
        ("bigquery", "while n > 3 <|>", ["DO"]),
        ("bigquery", "while n > 3 do delete from <|>", ["t"]),
        ("bigquery", "create procedure p(x int64) begin select <|> from t; end", ["id", "price"]),
        ("bigquery", "set n = (select max(<|>) from t)", ["id", "price"]),
        ("bigquery", "select 1; end <|>", ["IF", "WHILE", "LOOP"]),
    ],
)
def test_offered(dialect: str, text: str, first: list[str]) -> None:
    assert offered(dialect, text)[: len(first)] == first


def test_a_line_of_tsql_may_begin_a_statement() -> None:
    assert {"SELECT", "DECLARE", "END"} <= set(offered("tsql", "select id from t where id = 1\n<|>"))
    assert "DECLARE" not in offered("tsql", "select id from t where id = 1 <|>")


@pytest.mark.parametrize(
    ("dialect", "text", "part"),
    [
        ("tsql", "if a = 1 begin select 1 end else begin select 2| end", " select 2 end"),
        ("tsql", "begin\nif a = 1 begin select 1 end\nselect 2|", "\nif a = 1 begin select 1 end\nselect 2"),
        ("bigquery", "if case when a then b else c end then select 1|", " select 1"),
        ("bigquery", "select case when a then b else c| end", None),
        ("postgres", "begin; select 1|", None),
    ],
)
def test_parts(dialect: str, text: str, part: str | None) -> None:
    offset = text.index("|")
    text = text.replace("|", "")
    found = nested(text, offset, DIALECTS[dialect])
    assert (found[-1].of(text) if found else None) == part


def test_a_default_is_to_be_written() -> None:
    assert "getdate" in offered("tsql", "create table u (a int, b datetime default <|>)")
