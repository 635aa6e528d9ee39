"""Names that certainly mean nothing, in dialects other than DuckDB's. The oracle for SQLite is SQLite itself."""

from __future__ import annotations

import json
import random
import re
import sqlite3

import pytest
import sqlglot

from polycell.core import features
from polycell.languages.sql.syntax.dialects import DIALECTS
from polycell.languages.sql.syntax.scan import scan
from tests import dsl
from tests.shared import FULL, SHARED, needs_shared

SCHEMES = {"spark": "databricks", "postgres": "postgresql", "tsql": "mssql"}
OTHERS = sorted(name for name in DIALECTS if name not in ("", "duckdb", "hive", "presto", "databricks", "polars"))
DDL = "create table orders (id int, total int, customer_id int); create table customers (id int, name varchar(9))"


def url(dialect: str) -> str:
    return f"%%sql {SCHEMES.get(dialect, dialect)}://{'' if dialect == 'duckdb' else 'x'}"


def found(dialect: str, query: str, ddl: str = DDL) -> list[tuple[str, str]]:
    """(code without `sql-`, the word) of each finding in the query, below the tables, in the order of the text."""
    case = dsl.load(f"# %%\n{url(dialect)}\n{ddl}\n# %%\n{url(dialect)}\n{query}")
    text = case.notebook.cells[1].text
    found = sorted(features.findings(case.snapshot, 1), key=lambda f: f.span)
    return [(f.code.removeprefix("sql-"), f.span.of(text)) for f in found]


@pytest.mark.parametrize("dialect", OTHERS)
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("select totl from orders", [("unknown-column", "totl")]),
        ("select o.totl from orders o", [("unknown-column", "totl")]),
        ("select count(*) from orders where total > 1 and nam = 'x'", [("unknown-column", "nam")]),
        ("with a as (select id as i from orders) select id from a", [("unknown-column", "id")]),
        ("select x.total from orders o", [("unknown-table", "x")]),
        ("select id, total from orders join customers c on customer_id = c.id", [("ambiguous-column", "id")]),
        ("select o.id from orders o, customers c where name = 'x' and o.id = c.id", []),
    ],
)  # fmt: skip
def test_findings(dialect: str, query: str, expected: list[tuple[str, str]]) -> None:
    if dialect == "clickhouse":
        expected = [e for e in expected if e[0] != "ambiguous-column"]
    assert found(dialect, query) == expected


@pytest.mark.parametrize(
    ("dialect", "query", "expected"),
    [
        ("bigquery", "declare low, high int64; select total from orders where total between low and high", []),
        ("bigquery", "declare low int64; select total from orders where total > lwo", [("unknown-column", "lwo")]),
        ("spark", "declare or replace variable low int default 5; select total from orders where total > low", []),
        ("bigquery", "begin declare low int64; select total from orders where total > low; end", []),
        ("bigquery", "if true then declare low int64; end if; select total from orders where total > low", []),
        ("bigquery", "for r in (select id from orders) do select total from orders where id = r.id; end for", []),
        ("mysql", "create procedure p(low int) begin set @a = 1; select total from orders where id > low; end", []),
        ("tsql", "declare @low int = 5; select totl from orders where id > @low", [("unknown-column", "totl")]),
    ],
)  # fmt: skip
def test_variables(dialect: str, query: str, expected: list[tuple[str, str]]) -> None:
    assert found(dialect, query) == expected


def test_a_variable_of_a_cell_above() -> None:
    cells = ["declare variable low int", f"{DDL}", "select total from orders where total > low and totl > 1"]
    case = dsl.load("\n".join(f"# %%\n{url('spark')}\n{cell}" for cell in cells))
    assert [f.span.of(case.notebook.cells[2].text) for f in features.findings(case.snapshot, 2)] == ["totl"]


@pytest.mark.parametrize(
    ("dialect", "query"),
    [
        ("postgres", "select ctid, current_date, current_user, total::text from orders"),
        ("postgres", "select id from orders join customers using (id)"),
        ("postgres", "select total as t from orders union select id from customers order by t"),
        ("postgres", "select o.id, c.name from orders o join customers c on o.customer_id = c.id order by id"),
        ("postgres", "select total from orders, generate_series(1, 3) as g(n) where n = 1"),
        ("mysql", 'select id, "some text", @rank := 1 from orders'),
        ("mysql", "select date_add(now(), interval 1 day), group_concat(total separator ',') from orders"),
        ("sqlite", 'select rowid, "no such column" from orders'),
        ("sqlite", "select total collate nocase from orders"),
        ("tsql", "select top 5 dateadd(day, 1, getdate()), datepart(year, total) from orders"),
        ("tsql", "select x.value from orders o cross apply string_split(o.total, ',') x"),
        ("oracle", "select rownum, sysdate, level from orders"),
        ("snowflake", "select total, $1, metadata$filename, total:a.b::string from orders"),
        ("snowflake", "select total * 2 as t2, t2 + 1 as t3 from orders where t3 > 1"),
        ("bigquery", "select _table_suffix, date_trunc(current_date(), month) from orders"),
        ("bigquery", "select x from orders, unnest([1, 2]) as x"),
        ("spark", "select _metadata.file_path, word from orders lateral view explode(split(total, ' ')) t as word"),
        ("spark", "select transform(array(1), x -> x + totl) from orders"),
        ("clickhouse", "select total, arrayJoin([1]) as y, _part from orders where y = 1"),
        ("trino", "select t.total from orders t cross join unnest(array[1]) as u(n) where n = 1"),
        ("redshift", "select nowhere.x from orders, other_table"),
        ("postgres", "select {{ column }} from orders"),
        ("postgres", "select total from orders where :what"),
        ("postgres", "select nam from orders left join lateral (select 1 as nam) x on true"),
        # What sqlfluff's and sqlglot's own collections of valid statements taught.
        ("postgres", "select name is nfc normalized, name is not normalized from customers"),
        ("bigquery", "from orders |> aggregate sum(total) as s group by id |> select s |> where s > 1"),
        ("bigquery", "select total.x[0].* except (inner) from orders"),
        ("bigquery", "select o.total.* except (inner) from orders o"),
        ("bigquery", "select * except (id) from orders, customers"),
        ("clickhouse", "select id from orders where id in known settings max_threads = 1"),
        ("clickhouse", "with (1, 2) as known select * from orders where id in known"),
        ("clickhouse", "select orders.id from orders global any left join customers on orders.id = customers.id"),
        ("mysql", "select orders.id from orders force index (i) join customers c on orders.id = c.id"),
        ("mysql", "select o.id from orders partition (p0) o"),
        ("mysql", "select straight_join o.id from orders o straight_join customers c on o.id = c.id"),
        ("mysql", "select o.id, then_ from orders for system_time as of now() as o"),
        ("oracle", "select dbtimezone, sessiontimezone, ids.nextval from orders"),
        (
            "snowflake",
            "select o.id, c.name from orders at (offset => -60) o join customers before (statement => 'x') c",
        ),
        ("snowflake", "select s.total from orders sample (10) s"),
        ("redshift", "select o.*, c.* exclude (id, name) from orders o, customers c"),
        ("redshift", "select c[0].x, o from customers c, c.orders o"),
        ("tsql", "select next value for dbo.ids over (order by id), json_arrayagg(id returning json) from orders"),
        ("spark", "with t as (values (1, 'a') as v(n, word)) select n, word from t"),
        ("spark", "select d.n, word from values (1, 'a'), (2, 'b') as d(n, word)"),
        ("spark", "select o.id from orders timestamp as of '2024-01-01' o"),
        ("mysql", "insert into orders (id, total) select id, id from customers on duplicate key update total = total"),
        ("mysql", "update orders, customers set orders.total = 1, name = 'x' where orders.id = customers.id"),
        ("postgres", "insert into orders (id) select id from customers on conflict (id) do update set total = 1"),
        ("postgres", "update orders o set total = default from customers c where c.id = o.id and name = 'x'"),
        ("bigquery", "delete orders where not exists (select 1 from customers where orders.id = customers.id)"),
        ("oracle", "insert all into orders (x) values (1) into customers (y) values (2) select 1 from dual"),
        ("tsql", "select orders.id, identity(int) as n into made from orders option (label = 'x')"),
        ("tsql", "update o set total = 1 from orders as o where o.total = 2"),
    ],
)
def test_silence(dialect: str, query: str) -> None:
    assert found(dialect, query) == []


@pytest.mark.parametrize(
    ("dialect", "query", "expected"),
    [
        ("bigquery", "select * except (totl) from orders", [("unknown-column", "totl")]),
        ("bigquery", "select o.* except (nobody), c.* from orders o, customers c", [("unknown-column", "nobody")]),
        ("mysql", "select o.totl from orders o use index (i)", [("unknown-column", "totl")]),
        ("mysql", "select o.totl from orders partition (p0) o", [("unknown-column", "totl")]),
        ("mysql", "select o.totl from orders o straight_join customers c", [("unknown-column", "totl")]),
        ("spark", "with t as (values (1, 'a') as v(n, word)) select wrd from t", [("unknown-column", "wrd")]),
        ("postgres", "insert into orders (id, totl) values (1, 2)", [("unknown-column", "totl")]),
        ("mysql", "update orders set totl = 1 where idd = 2", [("unknown-column", "totl"), ("unknown-column", "idd")]),
        ("sqlite", "delete from orders where idd = 2", [("unknown-column", "idd")]),
        ("snowflake", "create table made as select totl from orders", [("unknown-column", "totl")]),
        ("spark", "insert into customers select id, nam from orders", [("unknown-column", "nam")]),
        ("duckdb", "create view made as select totl from orders", [("unknown-column", "totl")]),
    ],
)  # fmt: skip
def test_found_beside_them(dialect: str, query: str, expected: list[tuple[str, str]]) -> None:
    assert found(dialect, query) == expected


@pytest.mark.parametrize(
    "above",
    [
        "%%sql postgresql://x\ncreate table if not exists t (a int)",
        "%%sql postgresql://y\ncreate table t (a int)",  # another database
        "import pandas as pd\nt = pd.DataFrame({'a': [1]})",  # no table of a server
        "%%sql postgresql://x\ncreate table t (a int)\n# %%\nimport psycopg\npsycopg.connect().execute(query)",
        "%%sql postgresql://x\ncreate table t (a int)\n# %%\n%%sql postgresql://x\nuse other",
        "%%sql postgresql://x\ncreate table t (a int)\n# %%\nimport psycopg\npsycopg.connect().execute('use other')",
        "%%sql postgresql://x\ncreate table t (a int);\ncall change_everything()",
        "%%sql postgresql://x\ncreate table t (a int);\nalter table t attach partition p for values in (1)",
    ],
)
def test_tables_that_may_be_others(above: str) -> None:
    case = dsl.load(f"# %%\n{above}\n# %%\n%%sql postgresql://x\nselect b from t")
    assert [f for _, f in dsl.findings(case) if f.code.startswith("sql-")] == []


def test_behind_use_nothing_is_judged() -> None:
    assert found("mysql", "use shop; select totl from orders") == []
    assert found("mysql", "select totl from orders; use shop") == [("unknown-column", "totl")]


def test_of_spark_through_python() -> None:
    dsl.check_findings(
        """
        # %%
        import pandas as pd
        from pyspark.sql import SparkSession
        spark = SparkSession.builder.getOrCreate()
        df = spark.createDataFrame(pd.DataFrame({"id": [1], "price": [1.0]}))
        df.createOrReplaceTempView("sales")
        df.write.mode("overwrite").saveAsTable("shop.sales")
        # %%
        spark.sql("select id, prize from sales").show()
                              ^^^^^ sql-unknown-column: Did you mean `price`?
        spark.sql("select s.id, s.cost from shop.sales s")
                                  ^^^^ sql-unknown-column: No column `cost` in `s`
        """
    )


def queries(bench: str) -> tuple[str, list[str]]:
    """(DDL, queries in DuckDB's dialect)."""
    schema = json.loads((SHARED / "sql-queries" / f"{bench}.schema.json").read_text(encoding="utf-8"))
    ddl = "; ".join(
        f"create table {table} ({', '.join(f'{c} varchar(9)' for c in columns)})" for table, columns in schema.items()
    )
    text = (SHARED / "sql-queries" / f"{bench}.sql").read_text(encoding="utf-8")
    return ddl, [q for q in re.split(r";\s*\n", text) if q.strip()]


@pytest.mark.parametrize("clause", ["search depth first by id set z", "cycle id set z using p"])
def test_what_searching_and_cycling_add_is_there(clause: str) -> None:
    """PostgreSQL's documentation of recursive queries."""
    query = f"with recursive s(id) as (select id from t union all select t.id from t, s) {clause} select id, z from s"
    case = dsl.load(f"# %%\n%%sql postgresql://u@h/d\ncreate table t (id int)\n# %%\n%%sql\n{query} order by z")
    assert dsl.findings(case) == []


@needs_shared
@pytest.mark.parametrize("dialect", OTHERS)
def test_no_alarm_on_real_queries(dialect: str) -> None:
    """TPC-H and TPC-DS as sqlglot writes them; each dialect has a share of them."""
    first = 0 if FULL else OTHERS.index(dialect)
    for bench, step in (("tpch", 1 if FULL else 7), ("tpcds", 1 if FULL else 2 * len(OTHERS))):
        ddl, asked = queries(bench)
        written = [
            sqlglot.transpile(q, read="duckdb", write=dialect, unsupported_level=None)[0]
            for q in asked[first % step :: step]
        ]
        cells = "".join(f"\n# %%\n{url(dialect)}\n{query}" for query in written)
        case = dsl.load(f"# %%\n{url(dialect)}\n{ddl}{cells}")
        # sqlglot writes SQLite an INTERVAL, which it does not know: `test_sqlite_syntax` judges that.
        assert [(f.message, i) for i, f in dsl.findings(case) if f.code != "sql-syntax"] == []


@needs_shared
def test_what_sqlite_takes_is_never_reported() -> None:
    """Columns of TPC-H's queries, one after the other, become another column or nothing that exists. What SQLite takes
    is never reported; of what it refuses for a name, most is."""
    ddl, asked = queries("tpch")
    database = sqlite3.connect(":memory:")
    database.executescript(ddl)
    chance = random.Random(7)
    columns = sorted(set(re.findall(r"(\w+) varchar", ddl)))
    refused = reported = 0
    for query in asked:
        text = sqlglot.transpile(query, read="duckdb", write="sqlite")[0]
        places = [t for t in scan(text, DIALECTS["sqlite"]).statements[0].tokens if t.value.lower() in columns]
        for token in chance.sample(places, min(len(places), 12 if FULL else 4)):
            name = chance.choice([*chance.sample(columns, 2), "nobody"])
            changed = f"{text[: token.start]}{name}{text[token.end :]}"
            try:
                database.execute(f"explain {changed}")
                answer = ""
            except sqlite3.OperationalError as error:
                answer = str(error)
            codes = [code for code, _ in found("sqlite", changed, ddl)]
            if not answer:
                assert codes == [], changed
            elif answer.startswith(("no such column", "ambiguous column")):
                refused += 1
                reported += bool(codes)
    assert reported > refused * 0.8
