"""Columns that INSERT, UPDATE and DELETE name behind their values, by dialect."""

from __future__ import annotations

import pytest

from tests import dsl

MAGICS = {
    "postgres": "%%sql postgresql://h/db",
    "mysql": "%%sql mysql://h/db",
    "tsql": "%%tsql",
    "sqlite": "%%sql sqlite://",
    "bigquery": "%%bigquery",
    "duckdb": "%%sql duckdb://",
}
TABLES = "create table t (id int, name varchar(20), price float);\ncreate table o (id int, x int)"


def case(spoken: str, query: str) -> str:
    magic = MAGICS[spoken]
    return f"# %%\n{magic}\n{TABLES}\n# %%\n{magic}\n{query}"


def wrong(spoken: str, query: str) -> str:
    """The words that are reported, in order."""
    made = dsl.load(case(spoken, query))
    text = made.notebook.cells[-1].text
    return " ".join(f.span.of(text) for index, f in dsl.findings(made) if index == 1 and f.code.startswith("sql-"))


INSERT = "insert into t (id, name) values (1, 'a')"


@pytest.mark.parametrize("spoken", ["postgres", "sqlite", "duckdb"])
@pytest.mark.parametrize(
    ("behind", "expected"),
    [
        ("on conflict (idd) do update set nme = excluded.nnme returning idx", "idd nme nnme idx"),
        ("on conflict (id) do update set name = excluded.name, price = t.price returning id as x, price", ""),
        ("on conflict (lower(name), id) do nothing returning *", ""),
        ("returning price * 2, id", ""),
    ],
)
def test_conflicts_and_what_is_returned(spoken: str, behind: str, expected: str) -> None:
    if spoken == "duckdb":
        pytest.importorskip("duckdb")
    assert wrong(spoken, f"{INSERT} {behind}") == expected


@pytest.mark.parametrize(
    ("spoken", "query", "expected"),
    [
        ("postgres", "update t set price = 1 where id = 2 returning pricee, name", "pricee"),
        ("postgres", "update t set price = x from o where o.id = t.id returning x, t.id", ""),
        ("postgres", "delete from t where id = 1 returning nme, ctid", "nme"),
        ("postgres", "insert into t select id from o returning xmax, id, old.id", ""),
        ("postgres", "insert into other (a) values (1) on conflict (b) do update set c = 1 returning d", ""),
        ("postgres", "insert into t (id) values (%(x)s) on conflict (idd) do nothing", ""),
        ("mysql", f"{INSERT} on duplicate key update nme = values(nnme), price = price + values(price)", "nme nnme"),
        ("mysql", f"{INSERT} as n on duplicate key update name = n.name, id = last_insert_id(id)", ""),
        ("mysql", "insert into t set id = 1, nme = 'x'", "nme"),
        ("mysql", "insert t (id, nme) values (1, 'x')", "nme"),
        ("tsql", "insert into t (id) output inserted.id, inserted.nme values (1)", "nme"),
        ("tsql", "insert t output inserted.id, inserted.x into o (id, x) values (1, 'a', 2)", "x"),
        ("tsql", "update t set price = 2 output deleted.price, inserted.pricee, inserted.* where id = 1", "pricee"),
        ("tsql", "delete from t output deleted.nme where id = 1", "nme"),
        ("tsql", "declare @r table (a int, b int); select a, c from @r", "c"),
    ],
)
def test_by_the_dialect(spoken: str, query: str, expected: str) -> None:
    assert wrong(spoken, query) == expected


@pytest.mark.parametrize(
    ("spoken", "query", "expected"),
    [
        ("mysql", f"{INSERT} on duplicate key update <|>", "id name price"),
        ("mysql", f"{INSERT} on duplicate key update name = values(<|>)", "id name price"),
        ("tsql", "insert into t (id) output inserted.<|> values (1)", "id name price"),
        ("tsql", "declare @r table (a int, b int); select r.<|> from @r r", "a b"),
        ("tsql", "declare @r table (a int, b int); insert into @r (<|>)", "a b"),
    ],
)
def test_what_is_offered(spoken: str, query: str, expected: str) -> None:
    found = dsl.labels(case(spoken, query))
    assert found[: len(expected.split())] == expected.split()


def test_a_variable_ends_with_its_cell() -> None:
    below = "# %%\n%%tsql\ndeclare @r table (a int)\n# %%\n%%tsql\nselect r.<|> from @r r"
    assert "a" not in dsl.labels(below)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("select id from (select id, nme from t) s", "nme"),  # a table is not seen from its own query
        ("select id from (select id, nme from t union all select nam, 1 from t) s", "nme nam"),
        ("select s.id from t, lateral (select t.id, t.price from o) s", ""),
        ("select (select max(s.id) from (select id from o where o.id = t.id) s) from t", ""),
    ],
)
def test_derived_tables(query: str, expected: str) -> None:
    assert wrong("postgres", query) == expected
