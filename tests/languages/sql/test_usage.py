"""Columns and tables that only the notebook's own queries tell."""

from __future__ import annotations

import pytest

from polycell.core.results import Completion
from tests import dsl

USED = """# %%
%%sql sqlite://
select rch, r.yr, flow_out as f, count(*) n from rivers r where mo > 3
# %%
%%sql sqlite://
"""


def offered(query: str) -> list[Completion]:
    items = dsl.complete(f"{USED}{query}").items
    return sorted(items, key=lambda item: item.rank)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("select <|> from rivers", ["rch", "yr", "flow_out", "mo"]),
        ("select x.<|> from rivers x", ["rch", "yr", "flow_out", "mo"]),
        ("select a from rivers where <|>", ["a", "rch", "yr", "flow_out", "mo"]),
        ("select <|> from lakes", []),
        ("select * from lakes l join rivers r on l.<|> where l.depth > 1", ["depth"]),
        ("with rivers as (select 1 as a) select <|> from rivers", ["a"]),
        ("select rch <|> from rivers", []),
    ],
)
def test_columns(query: str, expected: list[str]) -> None:
    assert [item.label for item in offered(query) if item.kind == "column"] == expected


def test_a_table_that_is_known_has_its_columns_alone() -> None:
    made = "create table rivers (id int);\n"
    assert [i.label for i in offered(f"{made}select <|> from rivers") if i.kind == "column"] == ["id"]


def test_tables() -> None:
    assert [item.label for item in offered("select * from <|>")] == ["rivers"]
    assert "rivers" not in [item.label for item in offered("select * from rivers where <|>") if item.rank == 40]


@pytest.mark.parametrize("query", ["select <|> from rivers r", "select * from lakes l join rivers r on <|>"])
def test_the_tables_of_the_query_stand_before_columns_of_other_queries(query: str) -> None:
    labels = [item.label for item in offered(query)]
    assert labels.index("r") < labels.index("rch")


def test_parts_of_dotted_names_that_other_statements_write() -> None:
    above = (
        "# %%\n%%sql snowflake://x\ncreate table shop.raw.orders (id int);\n"
        "select snowflake.cortex.sentiment(note) from shop.mart.notes\n"
    )
    query = "\n# %%\n%%sql snowflake://x\n"
    assert {"raw", "mart"} <= set(dsl.labels(f"{above}{query}select * from shop.<|>"))
    assert {"notes"} <= set(dsl.labels(f"{above}{query}select * from shop.mart.<|>"))
    assert dsl.labels(f"{above}{query}select snowflake.<|>")[:1] == ["cortex"]
    assert "snowflake.cortex.sentiment" in dsl.labels(f"{above}{query}select <|>")
    assert "mart" not in dsl.labels(f"{above}{query}select shop.<|> from shop.mart.notes shop")
