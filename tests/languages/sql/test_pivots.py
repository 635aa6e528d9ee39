"""Columns of PIVOT and UNPIVOT, and of functions that stand for a table. DuckDB is the oracle of its own dialect."""

from __future__ import annotations

import pytest

from polycell.core.types import Column, Table
from polycell.languages.sql.facts import NoTables
from polycell.languages.sql.relations.columns import Relations
from polycell.languages.sql.syntax.dialects import dialect
from polycell.languages.sql.syntax.scan import scan
from tests import dsl

T = Table(tuple(Column(name) for name in ("id", "name", "price", "q")), case_sensitive=False)


class OneTable(NoTables):
    def table(self, parts: object) -> Table | None:  # type: ignore[override]
        return T


def names(query: str, spoken: str) -> list[str] | None:
    """The names of the columns of a query over t, None where they are not all known."""
    statement = scan(query, dialect(spoken)).statements[0]
    table = Relations(statement, OneTable()).output(statement.root)
    return None if table.open else [c.name for c in table.columns]


@pytest.mark.parametrize(
    "behind",
    [
        "pivot (sum(price) for name in ('a', 'b'))",
        "pivot (sum(price) as s for name in ('a' as x, 'b'))",
        "pivot (sum(price) as s, avg(q) as m for name in ('a'))",
        "pivot (max(price) for name in ('A b'))",
        "pivot (max(price) for q in (3, 4))",
        "pivot (sum(price) for name in ('a')) as p (i, j, k)",
        "unpivot (v for k in (id, q))",
        "unpivot include nulls (v for k in (id as 'x', q as 'y'))",
        "unpivot (v for k in (id, q)) u where k = 'id'",
    ],
)
def test_names_are_those_of_duckdb(behind: str) -> None:
    duckdb = pytest.importorskip("duckdb")
    connection = duckdb.connect(":memory:")
    connection.execute("create table t (id integer, name varchar, price double, q integer)")
    query = f"select * from t {behind}"
    assert names(query, "duckdb") == [row[0] for row in connection.execute(f"describe {query}").fetchall()]


@pytest.mark.parametrize(
    ("spoken", "behind", "expected"),
    [
        # documentation of each database: "PIVOT"
        ("snowflake", "pivot (sum(price) for name in ('a', 'b'))", "id q 'a' 'b'"),
        ("snowflake", "pivot (sum(price) for name in ('a')) as p (one, two, a)", "ONE TWO A"),
        ("oracle", "pivot (sum(price) as s, max(q) as m for name in ('a' as x))", "id X_S X_M"),
        ("snowflake", "pivot (sum(price) for name in (any order by name))", None),
        ("snowflake", "pivot (sum(price) for name in (select name from t))", None),
        ("bigquery", "pivot (sum(price) as s, count(*) as n for q in (1 as one, 2))", "id name s_one n_one s__2 n__2"),
        ("bigquery", "pivot (sum(price) for name in ('a', 'b c'))", None),
        ("spark", "pivot (sum(price) as s for name in ('a' as x, 'b'))", "id q x b"),
        ("spark", "pivot (sum(price) as s, avg(q) as m for name in ('a'))", "id a_s a_m"),
        ("databricks", "pivot (sum(price), avg(q) for name in ('a'))", None),
        ("spark", "pivot (sum(price) for (name, q) in (('a', 1)))", None),
        ("tsql", "pivot (sum(price) for name in ([a], [b c])) as p", "id q a b c"),
        ("oracle", "pivot (sum(price) for name in ('a'))", None),
        ("bigquery", "unpivot (v for k in (id, q))", "name price v k"),
        ("tsql", "unpivot (v for k in (id, q)) as u", "name price v k"),
        ("spark", "unpivot (v for k in (id, q as Q))", "name price k v"),
        ("spark", "unpivot ((v, w) for k in ((id, q)))", None),
        ("snowflake", "unpivot (v for k in (id, q))", "name price K V"),
    ],
)
def test_names_by_the_dialect(spoken: str, behind: str, expected: str | None) -> None:
    found = names(f"select * from t {behind}", spoken)
    assert (None if found is None else " ".join(found)) == expected


FRAME = '# %%\nimport pandas as pd\nt = pd.DataFrame({"id": [1], "name": ["x"], "price": [1.5]})\n# %%\n'


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("pivot t on name in ('a', 'b') using sum(price) as s group by id", ["id", "a_s", "b_s"]),
        ("unpivot t on id, price into name k value v", ["name", "k", "v"]),
        ("pivot t on name using sum(price)", []),  # the data decide
    ],
)
def test_results_of_statements_that_only_duckdb_has(query: str, expected: list[str]) -> None:
    pytest.importorskip("duckdb")
    assert dsl.labels(f'{FRAME}%%dql -o x\n{query}\n# %%\nx["<|>"]') == sorted(expected, key=expected.index)


def test_columns_inside_and_behind_a_pivot() -> None:
    inside = dsl.labels(f"{FRAME}%%sql duckdb://\nselect * from t pivot (sum(<|>) for name in ('a'))")
    assert {"id", "name", "price"} <= set(inside)
    behind = dsl.labels(f"{FRAME}%%sql duckdb://\nselect p.<|> from t pivot (sum(price) for name in ('a')) as p")
    assert behind == ["a", "id"]


DDL = {
    "snowflake": "host: snowflake\n# %% [sql]\ncreate table t (id int, v variant)\n# %% [sql]\n",
    "bigquery": "# %%\n%%bigquery\ncreate table t (id int, items array<struct<sku string, n int>>, tags array<int>)\n"
    "# %%\n%%bigquery\n",
    "spark": "# %%\n%%sparksql\n"
    "create table t (id int, items array<struct<sku: string, n: int>>, props map<string, int>)\n# %%\n%%sparksql\n",
    "tsql": "# %%\n%%tsql\ncreate table dbo.t (id int, name varchar(10))\n# %%\n%%tsql\n",
    "postgres": "# %%\n%%postgres\ncreate table t (id int, doc jsonb)\n# %%\n%%postgres\n",
    "mysql": "# %%\n%%mysql\ncreate table t (id int, doc json)\n# %%\n%%mysql\n",
}


@pytest.mark.parametrize(
    ("spoken", "query", "expected"),
    [
        ("snowflake", "select f.<|> from t, lateral flatten(input => v:a) f", "INDEX KEY PATH SEQ THIS VALUE"),
        ("snowflake", "select f.<|> from t, table(flatten(t.v)) f", "INDEX KEY PATH SEQ THIS VALUE"),
        ("bigquery", "select i.<|> from t, t.items i", "n sku"),
        ("bigquery", "select i.<|> from t, unnest(items) as i with offset as o", "n sku"),
        ("bigquery", "select o.<|> from t, unnest(items) as i with offset as o", "o"),
        ("postgres", "select u.<|> from t cross join lateral unnest(doc) with ordinality as u(a, n)", "a n"),
        ("bigquery", "select x.<|> from t, unnest(t.tags) as x", "x"),
        ("spark", "select item.<|> from t lateral view explode(items) e as item", "n sku"),
        ("spark", "select p.<|> from t lateral view outer explode(props) p as k, w lateral view explode(x) y", "k w"),
        ("spark", "select e.<|> from t lateral view posexplode(items) e", "col pos"),
        ("tsql", "select x.<|> from t c cross apply (select c.id as z, name from dbo.u) x", "name z"),
        ("tsql", "select s.<|> from t c outer apply string_split(c.name, ',') s", "ordinal value"),
        ("tsql", "select j.<|> from dbo.t c cross apply openjson(c.name) with (a int '$.a', b int) j", "a b"),
        ("tsql", "update c set c.<|> = 1 from t c", "id name"),
        ("postgres", "select e.<|> from t, lateral jsonb_each(doc) e", "key value"),
        ("postgres", "select g.<|> from generate_series(1, 3) g", "g"),
        ("mysql", "select j.<|> from t, json_table(doc, '$[*]' columns (a int path '$.a', b int path '$.b')) j", "a b"),
    ],
)
def test_columns_of_functions_that_stand_for_a_table(spoken: str, query: str, expected: str) -> None:
    assert " ".join(dsl.labels(f"{DDL[spoken]}{query}")) == expected


def test_what_a_result_keeps_of_a_pivot() -> None:
    case = dsl.load(
        "# %%\n%%sparksql\ncreate table t (id int, name string, price double)\n"
        "# %%\n%%sparksql x\nselect * from t pivot (max(price) for name in ('a'))"
    )
    case.snapshot.analysis.settle()
    table = next(b.type for b in case.snapshot.analysis.exports(1).bindings if b.name == "x")
    assert isinstance(table, Table)
    assert [(c.name, str(c.type)) for c in table.columns] == [("id", "int32"), ("a", "double")]
    assert not table.proves_absence


def test_an_array_inside_a_join_that_has_a_name_ends() -> None:
    statement = scan("select * from (t join t.items i on true) as j", dialect("bigquery")).statements[0]
    assert Relations(statement, OneTable()).output(statement.root).open


@pytest.mark.parametrize(
    ("spoken", "query", "expected"),
    [
        ("bigquery", "select id from (select id, nme from p) pivot (sum(id) for nme in ('a' as a))", "id nme"),
        ("bigquery", "select s_x, s_y from p pivot (sum(prce) as s for nme in ('a' as x))", "s_y prce nme"),
        ("bigquery", "select id, v from p unpivot (v for k in (name, prce))", "prce"),
        ("tsql", "select q.[1], q.[3] from (select id, price from p) s pivot (sum(price) for id in ([1])) q", "[3]"),
        ("spark", "select x, y, z from (select name, price from p) pivot (sum(price) for name in (1 as x, 2 y))", "z"),
        ("spark", "select * from p pivot (sum(price) for (name, id) in (('a', 1) as x))", ""),
        ("snowflake", "select * from p pivot (sum(price) for nme in (any order by name))", "nme"),
    ],
)  # fmt: skip
def test_what_is_certain(spoken: str, query: str, expected: str) -> None:
    head, _, magic = DDL[spoken].rpartition("# %%")
    case = dsl.load(f"{head}# %%{magic}create table p (id int, name varchar(9), price int)\n# %%{magic}{query}")
    text = case.notebook.cells[-1].text
    last = len(case.notebook.cells) - 1
    assert " ".join(f.span.of(text) for index, f in dsl.findings(case) if index == last) == expected
