"""Layout of SQL: white space alone changes, and what comes out is laid out already.

The oracles: sqlglot reads the same statement before and after, on TPC-H, TPC-DS and its own dialects' spellings.
"""

from __future__ import annotations

import asyncio
import re
import textwrap

import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st

from polycell.core import features
from polycell.core.actions import apply
from polycell.core.formatting import formatted
from polycell.core.notebook import Cell
from polycell.core.results import Layout
from polycell.core.text import Span
from polycell.languages.sql.formatting import formatted as laid_out
from polycell.languages.sql.syntax.dialects import DIALECTS, dialect
from polycell.languages.sql.syntax.scan import scan
from tests.dsl import load
from tests.shared import SHARED, needs_shared


def layout(text: str, name: str = "duckdb") -> tuple[str, str]:
    """(the text laid out, why something of it is not)."""
    answer = laid_out(Cell("c", "sql", text), text, scan(text, dialect(name)), Span(0, len(text)), Layout(2))
    return apply(text, answer.edits), answer.refusal


def cell(text: str, span: Span | None = None, host: str = "jupyter") -> str:
    """The last cell of a notebook, formatted as an editor asks for it."""
    case = load(f"host: {host}\n{text}")
    index = len(case.notebook.cells) - 1
    answer = asyncio.run(formatted(case.snapshot, case.session.services, index, Layout(2), span))
    return apply(case.notebook.cells[index].text, answer.edits)


def test_each_clause_has_a_line() -> None:
    made, _ = layout(
        "select a,b, sum(c)as total -- of all\nfrom sales s left join customers c on s.cid=c.id and c.x=1, z where "
        "a between 1 and 2 and(b=3 or c in(select id from u where z='--x'))\n-- groups\ngroup by 1,2 having sum(c)>10"
    )
    assert made == textwrap.dedent("""\
        select
          a,
          b,
          sum(c) as total -- of all
        from sales s
        left join customers c on s.cid = c.id and c.x = 1,
        z
        where a between 1 and 2 and (b = 3 or c in (select id from u where z = '--x'))
        -- groups
        group by 1, 2
        having sum(c) > 10""")


def test_long_clauses_are_broken_at_commas_and_conditions() -> None:
    made, _ = layout(
        "with a as (select case when x > 1 then 'a rather long text' else 'another rather long text' end as k from t "
        "where first_condition = 'something' and second_condition = 'something else' or third) select * from a"
    )
    assert made == textwrap.dedent("""\
        with a as (
          select
            case
              when x > 1 then 'a rather long text'
              else 'another rather long text'
            end as k
          from t
          where
            first_condition = 'something'
            and second_condition = 'something else'
            or third
        )
        select *
        from a""")


def test_short_statements_stay_on_one_line() -> None:
    assert layout("select  a , b from t;  select 2\n;\n")[0] == "select a, b from t;\nselect 2\n;\n"
    assert layout("select  a , b\nfrom t")[0] == "select a, b\nfrom t"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("select a from `my-project.data.t` where x = @p", "bigquery"),
        ("select a from my-project.data.t", "bigquery"),
        ("select cast(x as array<struct<a int64>>) from t", "bigquery"),
        ("select a->>'b', c #> '{d}', e @> f, g<->h, i !~ j from t", "postgres"),
        ("select {{ a }}, ${b}, %(c)s, :d, {e} from {{ ref('t') }} where '{{ x }}' = y", "snowflake"),
        ("select t.*, count(*), -1, a - -1, b*2 from t", "mysql"),
        ("select $1:a.b::string from @stage/path/x", "snowflake"),
        ("select [a b], @x from [dbo].[t] where a=@y", "tsql"),
    ],
)
def test_signs_stay_together(text: str, name: str) -> None:
    made, refusal = layout(text, name)
    assert not refusal
    assert re.sub(r"\s", "", made) == re.sub(r"\s", "", text)
    for sign in ("->>", "#>", "@>", "<->", "!~", "- -1", "my-project.data", "@stage/path/x", "array<struct<a int64>>"):
        assert (sign in made) == (sign in text)


@pytest.mark.parametrize(
    "text",
    [
        "select (a from t",
        "select 'a from t",
        "{% if x %} select a  from t {% endif %}",
        "begin select  a from t",
        "grant  all on t to u",
        "create function f() returns int as  $$ select 1 $$",
        "",
        ";;",
        "-- only a comment",
    ],
)
def test_what_is_not_understood_stays(text: str) -> None:
    assert layout(text, "snowflake")[0] == text


def test_the_magics_line_stays() -> None:
    assert cell("# %%\n%%sql duckdb:// -o x\nselect a ,b  from t") == "%%sql duckdb:// -o x\nselect a, b from t"
    assert cell("# %%\n%%sql out <<\nselect a ,b  from t") == "%%sql out <<\nselect a, b from t"
    assert cell("# %%\n%%sql out << select a ,b  from t") == "%%sql out << select a ,b  from t"
    assert cell("# %%\n%sql\nselect a ,b  from t", host="databricks") == "%sql\nselect a, b from t"


def test_only_what_is_marked() -> None:
    assert cell("# %% [sql]\nselect  1;\nselect  2", Span(12, 13)) == "select  1;\nselect 2"


def test_a_query_in_a_string_by_an_action() -> None:
    text = (
        'x = spark.sql("""\n    select a ,b from t\n""")\ny = spark.sql("select a ,b from t")\n'
        f'z = spark.sql("select {", ".join("abcdefghijklmnopqrstuvwxyz")} from t where x = 1")'
    )
    text += '\nw = spark.sql(f"select a ,{x[0]} from t")\nspark.sql("select a ,b "  "from t")'
    case = load(f"# %%\n{text}")
    made = []
    for at in (30, 68, 110, text.index("w =") + 20, len(text) - 20):
        found = features.actions(case.snapshot, case.session.services, "c0", Span(at, at))
        made += [apply(text, a.edits) for a in found if a.title == "Format this SQL"]
    assert made == [
        text.replace("\n    select a ,b", "\n    select a, b"),
        text.replace('"select a ,b', '"select a, b', 1),
    ]


@needs_shared
@pytest.mark.parametrize("bench", ["tpch", "tpcds"])
def test_real_queries_keep_their_meaning(bench: str) -> None:
    text = (SHARED / "sql-queries" / f"{bench}.sql").read_text(encoding="utf-8")
    queries = [q for q in re.split(r";\s*\n", text) if q.strip()]
    refused = 0
    for query in queries:
        made, refusal = layout(query)
        refused += bool(refusal)
        assert layout(made)[0] == made
        if bench == "tpch":
            assert sqlglot.parse_one(made, dialect="duckdb") == sqlglot.parse_one(query, dialect="duckdb")
    assert refused <= len(queries) // 50


WORDS = (
    "select from where and or ( ) , ; a b.c * = < - -- /*x*/ 'x' \" case when end join on union all with as in {{x}} "
    ":y group by order insert into values create table over partition"
)


@given(st.lists(st.sampled_from([*WORDS.split(" "), "\n"]), max_size=40), st.sampled_from(sorted(DIALECTS)))
def test_any_text(words: list[str], name: str) -> None:
    text = " ".join(words)
    made, _ = layout(text, name)
    assert re.sub(r"\s", "", made) == re.sub(r"\s", "", text)
    assert layout(made, name)[0] == made
