"""SQL that polars runs over frames: `df.sql("… from self")`, `SQLContext`, `pl.sql`. The oracle is polars."""

from __future__ import annotations

import pytest

from tests import dsl

polars = pytest.importorskip("polars")

DATA = {"id": [1], "Price": [1.0], "s": [{"a": 1}], "n": [["x"]]}
SETUP = f"# %%\nimport polars as pl\ndf = pl.DataFrame({DATA})\nctx = pl.SQLContext(df=df, other=df.lazy())\n# %%\n"

VALID = """
    select id, "Price" from df
    select d.id, o."Price" from df d join other o on d.id = o.id where d."Price" > 0
    select id, count(*) as c from df group by id having c > 0 order by c
    select id as x, id + 1 as y from df where id > 0 order by y
    select * exclude (s, n), s from df
    select * rename (id as k) from df
    with w as (select id as k from df) select k from w union all select id from other
    select s.a, df.id from df
    select n[1] as first from df
    select id::text, cast(id as float), extract(year from date '2024-01-01') from df
    select id from df where id in (select id from other) and "Price" between 0 and 2
    select sum(id) over (partition by id order by "Price") as t from df
    select columns('^i') from df
    select df.* from df cross join other
    select id from df using_ where using_.id = 1
    select unnest(n) as one from df
    select case when id = 1 then 'a' else 'b' end as c, coalesce(id, 0), id is not distinct from 2 from df
    select d.id from df as d left join other using (id)
    select t.a from (select id as a from df) as t
    select id from df limit 1 offset 0
"""


def run(query: str) -> None:
    frame = polars.DataFrame(DATA)
    polars.SQLContext(df=frame, other=frame).execute(query, eager=True)


def findings(query: str) -> list[str]:
    case = dsl.load(f'{SETUP}ctx.execute("""{query}""")')
    text = case.notebook.cells[-1].text
    return [f.span.of(text) for _, f in dsl.findings(case) if f.code.startswith("sql-")]


@pytest.mark.parametrize("query", [line.strip() for line in VALID.strip().splitlines()])
def test_what_polars_takes_is_not_reported(query: str) -> None:
    run(query)
    assert findings(query) == []


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("select idd from df", "idd"),
        ("select d.idd from df d", "idd"),
        ("select id from df where prize > 1", "prize"),
        ("select x.id from df", "x"),
        ("with w as (select id as k from df) select id from w", "id"),
    ],
)
def test_what_it_refuses_is(query: str, word: str) -> None:
    with pytest.raises(polars.exceptions.PolarsError):
        run(query)
    assert findings(query) == [word]


def test_each_way_to_send_a_query() -> None:
    dsl.check_findings(
        SETUP
        + """\
df.sql("select prize from self")
               ^^^^^ sql-unknown-column: in `self`
df.lazy().sql("select prize from self")
pl.sql("select prize from df")
               ^^^^^ sql-unknown-column: in `df`
ctx.execute("select prize from other")
                    ^^^^^ sql-unknown-column: in `other`
ctx.execute("select prize from df, unknown")
df.select(pl.sql_expr("prise * 2 as x"), pl.sql_expr("id * 2 as y"))
                       ^^^^^ sql-unknown-column: No column `prise`
"""
    )


@pytest.mark.parametrize("call", ['df.sql("select <|> from self")', 'ctx.execute("select <|> from other")'])
def test_columns_are_offered(call: str) -> None:
    assert {"id", "Price", "s", "n"} <= set(dsl.labels(f"{SETUP}{call}"))


def test_tables_are_offered() -> None:
    assert {"df", "other"} <= set(dsl.labels(f'{SETUP}ctx.execute("select * from <|>")'))
