"""What the words of a query are, for the editor's colours; and what its outline shows."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polycell.core import features
from polycell.core.results import SemanticToken
from polycell.core.tokens import tokens
from tests.dsl import Case, load

ABOVE = """\
# %%
import pandas as pd
sales = pd.DataFrame({"id": [1], "first": ["x"], "price": [2.0]})
# %%
"""


def of_last(text: str) -> tuple[Case, list[SemanticToken]]:
    case = load(ABOVE + text)
    index = len(case.notebook.cells) - 1
    return case, list(asyncio.run(tokens(case.snapshot, case.session.services, index)))


def shown(text: str) -> str:
    """`word:kind` of each token; `!` where something gets its name."""
    case, found = of_last(text)
    cell = case.notebook.cells[-1]
    return " ".join(f"{t.span.of(cell.text)}:{t.kind}{'!' if 'definition' in t.modifiers else ''}" for t in found)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (
            "select first, count(*) n from sales s -- all",
            "select:keyword first:property count:function *:operator n:property! from:keyword sales:struct "
            "s:variable! -- all:comment",
        ),
        (
            "order by price nulls first",
            "order:keyword by:keyword price:property nulls:keyword first:keyword",
        ),
        (
            "with a(b) as (select s.price::decimal(3) from sales s) select cast(b as int), date '2020-01-01' from a",
            "with:keyword a:struct! b:property! as:keyword select:keyword s:variable price:property :::operator "
            "decimal:type 3:number from:keyword sales:struct s:variable! select:keyword cast:function b:property "
            "as:keyword int:type date:type '2020-01-01':string from:keyword a:struct",
        ),
        (
            "create table t (id int primary key, a.b varchar)",
            "create:keyword table:keyword t:struct! id:property! int:type primary:keyword key:keyword a:property! "
            "b:property varchar:property",
        ),
        ("select {{ x }}, :y, \"q\"", 'select:keyword {{ x }}:parameter :y:parameter "q":property'),
    ],
)  # fmt: skip
def test_words(query: str, expected: str) -> None:
    assert shown(f"%%sql\n{query}") == expected


def test_in_a_string_of_python_without_the_holes() -> None:
    text = 'import duckdb\nduckdb.sql(f"select id from sales where price > {limit}")'
    assert shown(text) == (
        "select:keyword id:property from:keyword sales:struct where:keyword price:property >:operator {limit}:parameter"
    )


def test_the_magics_line_is_not_sql() -> None:
    assert shown("%%sql out <<\nselect 1") == "select:keyword 1:number"


def test_outline() -> None:
    case = load(
        "# %% [sql]\nwith a as (select 1 as x), b as (select * from a) select * from b;\ncreate table t as select 1"
    )
    found = features.symbols(case.snapshot, 0)
    assert [(s.name, s.kind) for s in found] == [("a", "table"), ("b", "table"), ("t", "table")]


@given(st.text("select from (),.;'\"-/*{}:$ \n\r\taé😀[]`", max_size=60))
def test_any_text(text: str) -> None:
    case, found = of_last(f"%%sql\n{text}")
    spans = [t.span for t in found]
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(0 <= s.start < s.end <= len(case.notebook.cells[-1].text) for s in spans)
