"""Rows that SQLAlchemy hands out: what they have by attribute and by key, held against SQLAlchemy itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy

from polycell.languages.python.known.members import MEMBERS
from tests import dsl

SET_UP = """\
import pandas as pd
from sqlalchemy import create_engine, text
engine = create_engine("sqlite:///shop.db")
with engine.begin() as connection:
    connection.execute(text("create table items (id integer, title text, price real)"))
# %%
with engine.connect() as connection:
    result = connection.execute(text("select id, title from items"))
"""

# (code inside the block, what is offered first)
OFFERED = [
    ("for row in result:\n        row.<|>", ["id", "title"]),
    ("result.first().<|>", ["id", "title"]),
    ("result.fetchall()[0].<|>", ["id", "title"]),
    ("[row.<|> for row in result.all()]", ["id", "title"]),
    ('for row in result.mappings():\n        row["<|>"]', ["id", "title"]),
    ('result.mappings().one()["<|>"]', ["id", "title"]),
    ('pd.DataFrame(result.fetchall())["<|>"]', ["id", "title"]),
    ('pd.DataFrame(result.mappings().all())["<|>"]', ["id", "title"]),
    ("for n in result.scalars():\n        n.<|>", []),  # it may be NULL
]


@pytest.mark.parametrize(("code", "first"), OFFERED)
def test_columns_of_a_result(tmp_path: Path, code: str, first: list[str]) -> None:
    assert dsl.labels(f"{SET_UP}    {code}", tmp_path)[: max(len(first), 1)] == first


@pytest.mark.parametrize("code", ['connection.execute("select id from items").<|>', "result.<|>"])
def test_what_is_no_row_has_no_columns(tmp_path: Path, code: str) -> None:
    assert "id" not in dsl.labels(f"{SET_UP}    {code}", tmp_path)


def test_a_query_in_a_text_clause_gives_its_columns_to_pandas(tmp_path: Path) -> None:
    code = 'pd.read_sql(text("select title, price from items"), engine)["<|>"]'
    assert dsl.labels(f"{SET_UP}    {code}", tmp_path) == ["title", "price"]


def test_sqlalchemy_has_these_members() -> None:
    engine = sqlalchemy.create_engine("sqlite://")
    with engine.connect() as connection:
        row: Any = connection.execute(sqlalchemy.text("select 1 as a, 'x' as b")).first()
        assert [name for name, _ in MEMBERS["result row"] if not hasattr(row, name)] == []
        assert (row.a, row._mapping["b"]) == (1, "x")
        with pytest.raises(TypeError):
            row["a"]
