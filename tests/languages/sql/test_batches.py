"""T-SQL's statements without semicolons."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polycell.languages.sql.syntax.batches import batches
from tests import dsl

MERGE = (
    "merge a using b on a.x = b.x\nwhen matched then\nupdate set y = 1\nwhen not matched then\ninsert (x) values (1)"
)


@pytest.mark.parametrize(
    "statements",
    [
        ["declare @d date = '2020'\n", "select a\nfrom t\nwhere x > @d\n", "select 3"],
        ["insert into t (a)\nselect b from u\nunion all\nselect c from v\n", "select 3"],
        ["with x as (\nselect 1 a\n)\nselect * from x\n", "update t\nset a = 1\nwhere b = 2\n", "set nocount on\n"],
        ["with x as (select 1 a)\ninsert into t\nselect a from x\n", "select 1"],
        ["create view v\nas\nwith a as (select 1 b)\nselect * from a"],
        ["create procedure p as\nbegin\nselect 1\nupdate t set a = 1\nend"],
        ["if exists (select 1)\ndrop table #x\n", "select id into #x from t\n", "select * from #x"],
        ["if @a = 1\nselect 1 a into #x\nelse\nselect 1 b into #x\n", "select * from #x"],
        ["if @a = 1\nbegin\nselect 1 a into #x\nselect 2\nend\n", "select case when 1 = 1 then 2 end\n", "select 3"],
        ["select 1\n", "begin\nselect 2\nselect 3\nend\n", "select 4"],
        ["select 1\n", "begin try\n", "select 5\nend try\n", "begin catch\n", "select 6"],
        ["begin tran\n", "delete t\n", "select 1\ncommit"],
        [MERGE],
        ["alter table t\ndrop column a\n", "insert into t\nexec p\n", "print 'select'\n-- select\n/*\nselect*/"],
        ["select a - 1\nfrom t\nwhere b in (\nselect 1\n)\nand c =\n(select 1)\n", "use db", "\nselect 1"],
    ],
)
def test_where_statements_begin(statements: list[str]) -> None:
    text = "".join(statements)
    assert [span.of(text) for span in batches(text) if len(span)] == statements


WORDS = ["select", "\n", "insert", "(", ")", ";", "go\n", "'", "with", "a", " ", "use a", "--", "begin", "end", "if"]


@given(st.lists(st.sampled_from(WORDS)))
def test_they_tile_the_text(words: list[str]) -> None:
    text = " ".join(words)
    found = list(batches(text))
    assert found[-1].end == len(text)
    for before, after in pairwise(found):
        assert before.start <= before.end <= after.start
        assert text[before.end : after.start].strip().upper() in ("", ";", "GO")


def test_tables_and_columns_of_a_script() -> None:
    script = (
        "# %%\n%%tsql\ndrop table if exists #z\ncreate table #z (a int)\ninsert into #z (a) values (1)\n"
        "declare @r table (b int)\nselect {} from #z z cross join @r r\nselect 1"
    )
    assert dsl.labels(script.format("z.<|>")) == ["a"]
    assert dsl.labels(script.format("r.<|>")) == ["b"]
    case = dsl.load(script.format("z.a, z.c"))
    text = case.notebook.cells[0].text
    assert [f.span.of(text) for _, f in dsl.findings(case)] == ["c"]
