"""What is offered first at each kind of place, before a letter is typed; and what is not offered there."""

from __future__ import annotations

import pytest

from tests.languages.sql.test_writing import offered


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        # an operand is to be written: columns, tables, functions over rows
        ("select <|> from orders", "id total customer_id orders count sum avg min max"),
        ("select sum(<|>) from orders", "id total customer_id orders coalesce"),
        ("select * from orders where <|>", "id total customer_id orders coalesce"),
        ("select * from orders where id in (select <|> from customers)", "id name total customer_id"),
        ("select id, sum(total) s from orders group by <|>", "id total customer_id orders coalesce"),
        ("select id, sum(total) s from orders group by id order by <|>", "id s total customer_id orders count"),
        ("select o.total t, o.id from orders o, customers group by <|>", "t o.id total customer_id customers.id name"),
        ("select * from orders o join customers c on <|>", "o.id = c.id o c o.id total customer_id c.id name coalesce"),
        ("update orders set id = <|>", "id total customer_id orders coalesce"),
        ("insert into orders values (<|>", "DEFAULT NULL CASE TRUE FALSE coalesce"),
        # behind an operand: what may follow it
        ("select id <|> from orders", "FROM AS AND OR"),
        ("select sum(id) <|> from orders", "FROM AS OVER AND OR"),
        ("select * <|>", "FROM AND OR"),
        ("select sum(id <|>) from orders", "AND OR"),
        ("select sum(id) over (<|>) from orders", "PARTITION BY ORDER BY ROWS BETWEEN RANGE BETWEEN"),
        ("select sum(id) over (partition by id <|>) from orders", "ORDER BY ROWS BETWEEN RANGE BETWEEN"),
        ("select sum(id) over (partition by id, <|>) from orders", "id total customer_id"),
        ("select sum(id) over (order by id <|>) from orders", "DESC ASC NULLS LAST NULLS FIRST ROWS BETWEEN"),
        ("select sum(id) over (order by id rows between 3 <|>) from orders", "PRECEDING FOLLOWING"),
        ("select sum(id) over (order by id rows between unbounded <|>) from orders", "PRECEDING FOLLOWING"),
        ("select sum(id) over (order by id rows between 3 preceding <|>) from orders", "AND"),
        ("select sum(id) over (order by id rows between 3 preceding and <|>) from orders", "CURRENT ROW"),
        ("select date <|> from orders", "FROM AS"),
        ("select * from orders where exists (<|>)", "SELECT WITH"),
        ("select * from orders where id in (<|>)", "id total customer_id orders SELECT WITH"),
        ("select cast(id <|>) from orders", "AS"),
        ("select extract(year <|>) from orders", "FROM"),
        ("select case <|> from orders", "WHEN id total customer_id orders count"),
        ("select case when id = 1 <|> from orders", "THEN"),
        ("select case when id = 1 then 2 <|> from orders", "WHEN ELSE END"),
        ("select case when id = 1 then 2 else 3 <|> from orders", "END"),
        ("select * from orders <|>", "WHERE JOIN LEFT JOIN INNER JOIN"),
        ("select * from orders join customers <|>", "ON USING WHERE"),
        ("select * from orders cross join customers <|>", "WHERE JOIN"),
        ("select * from orders join customers using (id) <|>", "WHERE JOIN"),
        ("select * from orders o join customers c on o.id = c.id <|>", "AND OR WHERE JOIN"),
        ("select * from orders where id <|>", "IS NULL IS NOT NULL IN LIKE BETWEEN"),
        ("select * from orders where id = 1 <|>", "AND OR"),
        ("select * from orders where id is <|>", "NULL NOT NULL NOT TRUE FALSE DISTINCT FROM"),
        ("select * from orders where id not <|>", "IN LIKE BETWEEN NULL"),
        ("select * from orders group by id <|>", "HAVING ORDER BY LIMIT"),
        ("select * from orders order by id <|>", "DESC ASC NULLS LAST NULLS FIRST LIMIT"),
        ("select id from orders union <|>", "SELECT"),
        ("update orders <|>", "SET"),
        ("update orders set id = 1 <|>", "WHERE FROM RETURNING"),
        ("insert into orders <|>", "VALUES SELECT"),
        ("insert into orders (id) <|>", "VALUES SELECT"),
        ("delete from orders <|>", "WHERE USING RETURNING"),
        ("with a <|>", "AS"),
        ("with a as (select 1) <|>", "SELECT INSERT INTO UPDATE"),
    ],
)  # fmt: skip
def test_first_of_all(query: str, expected: str) -> None:
    found = " ".join(item.label for item in offered("postgres", query))
    assert f"{found} ".startswith(f"{expected} "), found[:200]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("insert into orders (id, <|>) values (1)", ["total", "customer_id"]),
        ("insert into orders (<|>, id) values (1)", ["total", "customer_id"]),
        ("update orders set id = 1, <|>", ["total", "customer_id"]),
        ("select id from orders limit 1 <|>", ["OFFSET"]),
        ("select id from orders group <|>", ["BY"]),
        ("select id from orders order b<|>", ["by"]),
        ("select sum(id) over (partition <|>) from orders", ["BY"]),
        ("select id from orders left <|>", ["JOIN", "OUTER JOIN"]),
        ("select id from orders o full outer <|>", ["JOIN"]),
        ("select id from orders order by id nulls <|>", ["LAST", "FIRST"]),
        ("with <|>", ["RECURSIVE"]),
    ],
)  # fmt: skip
def test_all(query: str, expected: list[str]) -> None:
    assert [item.label for item in offered("postgres", query)] == expected


@pytest.mark.parametrize(
    ("dialect", "query", "absent"),
    [
        ("postgres", "select <|> from orders", "FROM AND OR WHEN AS"),
        ("postgres", "select * from orders where <|>", "AND OR GROUP BY LIMIT"),
        ("postgres", "select id <|> from orders", "count orders DISTINCT"),
        ("tsql", "select * from orders order by id <|>", "LIMIT NULLS FIRST"),
        ("tsql", "select * from orders join customers <|>", "USING LIMIT"),
        ("oracle", "select * from orders where id = 1 <|>", "LIMIT QUALIFY"),
        ("mysql", "select id from orders group by <|>", "ALL CUBE"),
        ("postgres", "<|>", "FROM DESCRIBE"),
        ("postgres", "select sum(total) as s, id from orders group by <|>", "s"),
        ("tsql", "select total + 1 as s, id from orders group by <|>", "s"),
    ],
)
def test_not_offered(dialect: str, query: str, absent: str) -> None:
    labels = [item.label for item in offered(dialect, query)]
    assert labels
    assert [label for label in labels if label.lower() in {word.lower() for word in absent.split()}] == []


def test_what_stands_behind_top_is_an_operand() -> None:
    for query in (
        "select top 10 <|> from orders",
        "select top (10) <|> from orders",
        "select distinct <|> from orders",
    ):
        assert offered("tsql", query)[0].label == "id"
    assert offered("postgres", "select distinct on (id) <|> from orders")[0].label == "id"
