"""Statements that write: what they hand out to the query around them, the rows they call by other names, and what is
offered in their lists."""

from __future__ import annotations

import pytest

from polycell.core.results import Completion
from tests import dsl
from tests.languages.sql.test_name_check import DDL, found, url


def offered(dialect: str, query: str) -> list[Completion]:
    items = dsl.complete(f"# %%\n{url(dialect)}\n{DDL}\n# %%\n{url(dialect)}\n{query}").items
    return sorted(items, key=lambda item: item.rank)


def columns(dialect: str, query: str) -> list[str]:
    return [item.label for item in offered(dialect, query) if item.kind == "column"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("with u as (update orders set total = 0 returning id, total * 2 as t) select u.<|> from u", ["id", "t"]),
        ("with u as (delete from customers where id = 1 returning *) select u.<|> from u", ["id", "name"]),
        ("with u as (insert into customers values (1, 'a') returning id as made) select <|> from u", ["made"]),
        ("with u as (insert into customers select id, 'a' from orders returning *) select <|> from u", ["id", "name"]),
        ("with u as (update orders o set total = 0 from customers c returning c.*, total) select u.<|> from u",
         ["id", "name", "total"]),
        ("with a as (select 1 as low) update orders set total = low from a where a.<|>", ["low"]),
        ("with a as (select 1 as low) update orders set <|>", ["id", "total", "customer_id"]),
        ("with a as (select 1 as low) insert into customers (<|>) select low from a", ["id", "name"]),
        ("with a as (select 1 as low) delete from customers where <|>", ["id", "name"]),
    ],
)  # fmt: skip
def test_postgres(query: str, expected: list[str]) -> None:
    assert columns("postgres", query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("with u as (update orders set total = 1 returning id, total t) select idd, t from u", ["idd"]),
        ("with u as (insert into customers values (1, 'a') returning id as made) select made, column1 from u",
         ["column1"]),
        ("with u as (delete from customers returning *) select id, foo from u", ["foo"]),
        ("with u as (delete from orders where totl > 1 returning *) select id from u", ["totl"]),
        ("with a as (select id from customers) update orders set totl = 1 from a where a.nam = 1", ["totl", "nam"]),
        ("with u as (update orders set total = 1) select 1", []),
        ("with u as (insert into customers (id) values (1) on conflict (id) do update set name = excluded.name "
         "returning xmax = 0 as fresh, *) select fresh, name from u", []),
    ],
)  # fmt: skip
def test_findings(query: str, expected: list[str]) -> None:
    assert [word for _, word in found("postgres", query)] == expected


def test_replace_writes_like_insert() -> None:
    for dialect in ("mysql", "sqlite"):
        assert columns(dialect, "replace into customers (<|>) values (1)") == ["id", "name"]
        assert found(dialect, "replace into customers (id, nam) values (1, 'a')") == [("unknown-column", "nam")]
    assert columns("mysql", "replace into customers set <|> = 1") == ["id", "name"]


@pytest.mark.parametrize("rows", ["inserted", "deleted"])
def test_rows_of_output(rows: str) -> None:
    assert columns("tsql", f"update customers set name = 'x' output {rows}.<|> where id = 3") == ["id", "name"]
    assert columns("tsql", f"delete from customers output {rows}.<|> where id = 3") == ["id", "name"]
    merge = "merge into customers t using orders s on t.id = s.id when matched then delete output"
    assert columns("tsql", f"{merge} $action, {rows}.<|>;") == ["id", "name"]


def test_rows_that_are_in_the_way() -> None:
    query = "insert into customers select id, 'x' from orders on conflict (id) do update set name = excluded.<|>"
    assert columns("postgres", query) == ["id", "name"]


@pytest.mark.parametrize(
    ("dialect", "query"),
    [
        ("postgres", "insert into customers (id) values (1) on conflict (<|>) do nothing"),
        ("mysql", "insert into customers (id) values (1) on duplicate key update name = values(<|>)"),
        ("postgres", "alter table customers drop column <|>"),
        ("mysql", "alter table customers modify <|> int"),
        ("tsql", "create unique index i on customers (<|>)"),
    ],
)
def test_nothing_but_columns_of_the_table(dialect: str, query: str) -> None:
    found = [(i.label, i.kind) for i in offered(dialect, query)]
    assert found[:2] == [("id", "column"), ("name", "column")]
    assert {kind for _, kind in found[2:]} <= {"keyword"}


def test_no_columns_are_offered_where_rows_are_counted() -> None:
    assert offered("postgres", "select * from orders limit <|>") == []
    assert [item.label for item in offered("postgres", "select * from orders limit 1 <|>")] == ["OFFSET"]


def test_objects_of_redshift_taken_apart() -> None:
    assert found("redshift", "select attr, val from orders o, unpivot o.total as val at attr") == []


def test_columns_of_a_nested_table() -> None:
    assert found("clickhouse", "insert into customers (id, n.a) values (1, [2])") == []
