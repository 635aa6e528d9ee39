"""Queries that have lost a word: what was meant is offered all the same, behind what is certain."""

from __future__ import annotations

import pytest

from tests.languages.sql.test_writing import columns, offered


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("select * from orders o, customers c and c.id = <|> and total = 1", "customer_id"),
        ("select * from orders, customers <|> = 1", "customer_id"),
        ("select * from orders, customers to<|> = 1", "total"),
        ("select total, <|> from orders, where total = 1", "name"),
        ("select total, <|> from , orders", "name"),
        ("select total, <|> from orders join on id = 1", "name"),
        ("select total, <|> from orders customers", "name"),
        ("select 1, <|>, 2 (select total as t from orders) q", "t"),
    ],
)
def test_is_offered(query: str, name: str) -> None:
    assert name in [label.rpartition(".")[2] for label in columns("postgres", query)]


def test_stands_last() -> None:
    found = offered("postgres", "select <|> from orders, where total = 1")
    assert [i.label for i in found if i.rank > 80] == ["name"]
    assert {i.kind for i in offered("postgres", "select * from orders <|>")} == {"keyword"}
