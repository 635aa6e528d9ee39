"""Statements that hold others, which run or do not: what they may have changed proves nothing any more."""

from __future__ import annotations

import pytest

from polycell.languages.sql.conditional import in_order
from polycell.languages.sql.syntax.dialects import DIALECTS
from polycell.languages.sql.syntax.scan import scan
from tests import dsl
from tests.languages.sql.test_namespaces import SCHEMES

SCHEMES = {**SCHEMES, "bigquery": "bigquery"}


def found(dialect: str, text: str) -> list[str]:
    """The words that findings are about."""
    case = dsl.load(f"\n# %%\n%%sql {SCHEMES[dialect]}://x\n{text}")
    return [f.span.of(case.notebook.cells[0].text) for _, f in dsl.findings(case)]


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("tsql", "create table t (a int)\nIF COL_LENGTH('t','c') IS NULL ALTER TABLE t ADD c int\nGO\nselect c from t"),
        ("tsql", "create table t (a int);\nIF 1 = 1\nBEGIN\n  ALTER TABLE t ADD c int\nEND\nselect c from t"),
        ("tsql", "create table t (a int)\nwhile 1 = 1 alter table t add c int\nselect c from t"),
        ("tsql", "create table t (a int)\nif 1 = 1 exec('alter table t add c int')\nselect c from t"),
        ("tsql", "create table #t (a int)\nif 1 = 1 select 1 as c into #t from s\nselect c from #t"),
        ("tsql", "create table t (a int)\nif 1 = 1 create table t (c int)\nselect c from t"),
        ("postgres", "create table t (a int);\nDO $$ BEGIN ALTER TABLE t ADD COLUMN c int; END $$;\nselect c from t"),
        (
            "bigquery",
            "create table d.t (a int64);\nIF x THEN ALTER TABLE d.t ADD COLUMN c INT64; END IF;\nselect c from d.t",
        ),
        (
            "bigquery",
            "create table d.t (a int64, c int64);\nIF x THEN SELECT 1; ALTER TABLE d.t DROP COLUMN c; END IF;\n"
            "select c from d.t",
        ),
    ],
)
def test_what_may_have_been_changed_is_not_judged(dialect: str, text: str) -> None:
    assert found(dialect, text) == []


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("tsql", "IF OBJECT_ID('t') IS NOT NULL DROP TABLE t\nGO\ncreate table t (a int)\nselect c from t"),
        ("tsql", "create table t (a int)\nif exists (select 1 from t) print 'x'\nselect c from t"),
        ("tsql", "create table t (a int)\nbegin\n insert into t values (1)\nend\nselect c from t"),
        ("postgres", "create table t (a int);\nDO $$ BEGIN RAISE NOTICE 'x'; END $$;\nselect c from t"),
        ("bigquery", "create table d.t (a int64);\nIF x THEN SELECT 1; END IF;\nselect c from d.t"),
    ],
)
def test_what_changes_no_table_hides_nothing(dialect: str, text: str) -> None:
    assert found(dialect, text) == ["c"]


def test_a_table_that_is_made_under_a_condition_has_columns_to_offer() -> None:
    labels = dsl.labels("\n# %%\n%%sql mssql://x\nif 1 = 1 create table t (price int)\nselect <|> from t")
    assert labels[0] == "price"


def test_blocks_go_over_several_statements() -> None:
    block = "if a then select 2; while b do select 3; end while; select 4; end if"
    text = f"select 1; {block}; select case when 1 then 2 end; select 5"
    said = {s.text.strip(): certain for s, certain in in_order(scan(text, DIALECTS["bigquery"]))}
    assert [t for t, certain in said.items() if certain] == [
        "select 1", "if a then select 2", "select case when 1 then 2 end", "select 5",
    ]  # fmt: skip
