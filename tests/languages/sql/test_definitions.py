"""DDL above changes what the cells below see. The oracle is DuckDB, which runs the same statements."""

from __future__ import annotations

import pytest

from polycell.core import features
from polycell.core.environment import Binding
from polycell.core.types import Table
from polycell.tables.duckdb_types import from_duckdb
from tests import dsl

SCRIPTS = [
    "create table t (a int, b varchar not null, c decimal(10, 2))",
    "create table t (a int, b varchar); alter table t add column c double",
    "create table t (a int, b varchar); alter table t add d date default current_date",
    "create table t (a int, b varchar); alter table t drop column a",
    "create table t (a int, b varchar); alter table t drop b",
    "create table t (a int, b varchar); alter table t rename b to name",
    "create table t (a int, b varchar); alter table t rename column a to id; alter table t drop id",
    "create table t (a int, b varchar); alter table t rename to u",
    "create schema s; create table s.t (a int); alter table s.t rename to u",
    "create table t (a int, b varchar); alter table t alter column a type bigint",
    "create table t (a int, b varchar); alter table t alter a set default 3",
    "create table t as select 1 as x, 'a' as y; create view v as select y, x + 1 as z from t; drop table if exists w",
    "create table t (a int); create table u as from t; drop table t",
    "create table t (a int); create or replace table t (b int)",
    "create view v (p, q) as select 1, 2; alter view v rename to w",
    "create table t (a int, b varchar); create table u as select a + 1 as k, upper(b) as s, null as n from t",
    "create table t as (select 1.5 as x, date '2024-01-01' as d)",
    "create table t as with c as (select 1 as a) select a, a::varchar as b from c",
    "create view v (p, q) as select 1 as a, 'x' as b; create table t as select p, q, count(*) as n from v group by all",
    "create table t (a int); insert into t values (1); update t set a = 2; create table u as select * from t",
]


@pytest.mark.parametrize("script", SCRIPTS)
def test_tables_are_what_duckdb_makes_of_them(script: str) -> None:
    duckdb = pytest.importorskip("duckdb")
    connection = duckdb.connect(":memory:")
    connection.execute(script)
    rows = connection.execute(
        "select if(table_schema = 'main', table_name, table_schema || '.' || table_name), column_name, data_type "
        "from information_schema.columns order by table_schema, table_name, ordinal_position"
    ).fetchall()
    truth: dict[str, list[str]] = {}
    types: dict[tuple[str, str], str] = {}
    for table, column, type_ in rows:
        truth.setdefault(table, []).append(column)
        types[table, column] = type_
    for cell in (f"# %%\n%%sql duckdb://\n{script}", f'# %%\nimport duckdb\nduckdb.sql("{script}")'):
        made = {name: [c.name for c in table.columns] for name, table in catalogue(cell).items()}
        assert made == truth
        said = {
            (n, c.name): c.type for n, table in catalogue(cell).items() for c in table.columns if c.type is not None
        }
        assert said == {at: from_duckdb(types[at]) for at in said}
        if "alter" not in script:  # what only NULL says is left open, all other types are known
            assert set(types) - set(said) <= {("u", "n")}
        assert not any(table.open for table in catalogue(cell).values())


def bindings(text: str) -> list[Binding]:
    """What the last cell gives to the catalogue."""
    case = dsl.load(text)
    case.snapshot.analysis.settle()
    return [b for b in case.snapshot.analysis.exports(len(case.notebook.cells) - 1).bindings if b.space == "catalog"]


def catalogue(text: str) -> dict[str, Table]:
    return {b.name: b.type for b in bindings(text) if isinstance(b.type, Table) and b.kind == "table"}


@pytest.mark.parametrize(
    ("dialect", "script", "columns"),
    [
        ("spark", "create table t (a int); alter table t add columns (b string, c array<int>)", "a b c"),
        ("spark", "create table t (a int, b int, c int); alter table t drop columns (a, c)", "b"),
        ("spark", "create table s (a int); create table t like s; drop table s", "a"),
        ("snowflake", "create table s (a int, B int); create table t clone s; drop table s", "A B"),
        ("mysql", "create table t (a int); alter table t add column b text, add column c int, drop column a", "b c"),
        ("tsql", "create table t (a int); alter table t add b nvarchar(10) not null", "a b"),
        ("oracle", "create table t (a int); alter table t add (b number, c date)", "A B C"),
        ("tsql", "create table t (a int); alter table t add b int, c bit null; alter table t drop column a, b", "c"),
        ("snowflake", "create table t (a int); alter table t add column if not exists b int, comment int",
         "A B COMMENT"),
        ("spark", "create table t (a int, b int); alter table t add columns (c int comment 'x' first, d int after a)",
         "c a d b"),
        ("mysql", "create table t (a int, at datetime default now() on update now(), fulltext key f (a))", "a at"),
        ("mysql", "create table t (a int, foreign key (a) references u (a) on delete cascade on update set null)", "a"),
        ("mysql", "create temporary table t (select 1 as a, 2 as b)", "a b"),
        ("mysql", "create table t (id int primary key) select 1 as a", "id a"),
        ("mysql", "create table t (b bigint, c int) as select 1 as a, 2 as b", "c a b"),
        ("clickhouse", "create table t (a Int8, projection p (select a order by a)); alter table t update a = 1, a = 2 "
         "where a = 3; alter table t delete where a = 1; alter table t materialize index i", "a"),
        ("clickhouse", "create table s (a Int8); create table t as s engine = Memory; drop table s", "a"),
        ("spark", "create table t as select 1 as a; cache table t", "a"),
        ("postgres", "create table t (Ab int); alter table t owner to me; alter table t add check (ab > 1)", "ab"),
    ],
)  # fmt: skip
def test_spellings_of_other_dialects(dialect: str, script: str, columns: str) -> None:
    schemes = {"spark": "databricks", "postgres": "postgresql", "tsql": "mssql"}
    found = catalogue(f"# %%\n%%sql {schemes.get(dialect, dialect)}://x\n{script}")
    assert {n: [c.name for c in t.columns] for n, t in found.items()} == {"t": columns.split()}
    assert not found["t"].open


def test_virtual_tables_have_hidden_columns_too() -> None:
    found = catalogue(
        "# %%\n%%sql sqlite://\ncreate virtual table t using fts5(title, body unindexed, tokenize = 'porter')"
    )
    assert ([c.name for c in found["t"].columns], found["t"].open) == (["title", "body"], True)


@pytest.mark.parametrize(
    "action",
    ["swap with u", "add column a int", "drop column z", "rename z to y", "change a", "add {{ column }} int"],
)
def test_what_is_not_understood_opens_the_table(action: str) -> None:
    found = catalogue(f"# %% [sql]\ncreate table t (a int); alter table t {action}")
    assert found["t"].open


FRAMES = """\
# %%
import duckdb, sqlite3, pandas as pd, polars as pl
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
frame = pd.DataFrame({"id": [1], "price": [2.0]})
other = pl.DataFrame({"id": [1], "price": [2.0]})
sdf = spark.createDataFrame(frame)
con, lite = duckdb.connect(), sqlite3.connect("x.db")
# %%
"""


@pytest.mark.parametrize(
    ("code", "name", "columns"),
    [
        ('sdf.createOrReplaceTempView("v")', "v", "id price"),
        ('sdf.write.mode("overwrite").format("delta").saveAsTable("a.v")', "a.v", "id price"),
        ('sdf.write.saveAsTable("v", mode="overwrite")', "v", "id price"),
        ('sdf.writeTo("a.v").using("iceberg").createOrReplace()', "a.v", "id price"),
        ('spark.sql("create or replace temp view v as select price as p, id from x")', "v", "p id"),
        ('con.register("v", frame)', "v", "id price"),
        ('con.execute("create table v as select price as p from frame")', "v", "p"),
        ('con.sql("select price as p from frame").create_view("v")', "v", "p"),
        ('con.sql("from frame").create("v")', "v", "id price"),
        ('lite.execute("create table v (a int, b text)")', "v", "a b"),
        ('frame.to_sql("v", lite, if_exists="replace", index=False)', "v", "id price"),
        ('frame.to_sql("v", lite)', "v", "index id price"),
        ('frame.to_sql("v", lite, index_label="n")', "v", "n id price"),
        ('other.write_database("v", "sqlite:///x.db")', "v", "id price"),
    ],
)
def test_tables_that_python_makes(code: str, name: str, columns: str) -> None:
    found = catalogue(FRAMES + code)
    assert {n: [c.name for c in t.columns] for n, t in found.items()} == {name: columns.split()}
    assert not found[name].open


@pytest.mark.parametrize(
    "code",
    [
        'con.register("v", unknown)',
        'unknown.create_view("v", replace=True)',
        'con.sql("from frame").mean("price").create_view("v", replace=True)',
        'unknown.to_sql("v", con)',
        'unknown.createOrReplaceTempView(name="v")',
    ],
)
@pytest.mark.parametrize("between", ["", "# %%\n"])
def test_what_nobody_knows_takes_the_place_of_a_table(code: str, between: str) -> None:
    """After the third, DuckDB has `avg(price)` alone in the view."""
    found = catalogue(
        FRAMES + f'import elsewhere\nunknown = elsewhere.made()\ncon.register("v", frame)\n{between}{code}'
    )
    assert found["v"].open
    assert not found["v"].columns


def test_the_last_of_two_registrations_holds() -> None:
    code = 'con.register("v", frame)\ncon.sql("select price as p from frame").create_view("v", replace=True)'
    assert [c.name for c in catalogue(FRAMES + code)["v"].columns] == ["p"]


@pytest.mark.parametrize(
    "code",
    [
        'sdf.write.mode("append").saveAsTable("v")',
        "sdf.write.mode(how).saveAsTable('v')",
        'frame.to_sql("v", lite, if_exists="append", index=False)',
        'frame.set_index("id").to_sql("v", lite)',
        'if frame.empty:\n    con.execute("create table v (a int)")',
    ],
)
def test_tables_that_may_have_other_columns(code: str) -> None:
    found = catalogue(FRAMES + code)
    assert found["v"].open


@pytest.mark.parametrize(
    "code",
    [
        'sdf.write.saveAsTable(f"{x}.v")',
        'frame.to_sql("v", lite, schema="s")',
        'def f():\n    con.sql("create table v (a int)")',
    ],
)
def test_tables_that_nobody_knows(code: str) -> None:
    assert catalogue(FRAMES + code) == {}


def test_dropped_tables_are_gone() -> None:
    for drop in ('con.unregister("v")', 'con.execute("drop view v")', 'spark.catalog.dropTempView("v")'):
        case = dsl.load(FRAMES + f'con.register("v", frame)\n# %%\n{drop}\n# %%\n')
        case.snapshot.analysis.settle()
        assert (
            case.snapshot.analysis.context(len(case.notebook.cells) - 1).view.with_overlay({}, "sql").lookup("v")
            is None
        )


def test_cells_below_are_checked_against_them() -> None:
    pytest.importorskip("duckdb")
    dsl.check_findings(
        FRAMES
        + """\
con.execute("create table v as select price as p from frame")
con.sql("alter table v rename p to cost")
# %%
con.sql("select p, cost from v")
                ^ sql-unknown-column: `v`. There are: cost
"""
    )


def test_in_the_same_cell_too() -> None:
    case = dsl.load(FRAMES + 'con.sql("create table v (a int)")\ncon.sql("select b from v")')
    found = features.findings(case.snapshot, len(case.notebook.cells) - 1)
    assert [f.code for f in found] == ["sql-unknown-column"]


def columns(*cells: str, scheme: str = "postgresql") -> list[tuple[str, str]]:
    """(name, type) of the columns of the table that the last cell leaves."""
    case = dsl.load("".join(f"\n# %%\n%%sql {scheme}://x\n{cell}" for cell in cells))
    case.snapshot.analysis.settle()
    (made,) = [
        b for b in case.snapshot.analysis.exports(len(cells) - 1).bindings if b.space == "catalog" and b.is_table
    ]
    assert isinstance(made.type, Table)
    assert not made.type.open
    return [(c.name, str(c.type)) for c in made.type.columns]


TYPED = "create table t (id int, price decimal(10, 2), name varchar(9))"


@pytest.mark.parametrize(
    ("scheme", "text", "expected"),
    [
        ("postgresql", "create view v (a, b) as select id, upper(name) from t", "int32 string"),
        ("duckdb", "create table u (a, b) as select id, price * 2 from t", "int32 decimal128(18, 2)"),
        ("postgresql", "alter table t alter id type bigint, alter price set data type double precision",
         "int64 double string"),
        ("postgresql", "alter table t alter id set default 1, alter name drop not null",
         "int32 decimal128(10, 2) string"),
        ("mssql", "alter table t alter column id bigint not null", "int64 decimal128(10, 2) string"),
        ("mysql", "alter table t modify id bigint not null first, change price cost double", "int64 double string"),
        ("snowflake", "alter table t modify column price number(12, 2)", "int64 decimal128(12, 2) string"),
        ("oracle", "alter table t modify (id float, name clob)", "float decimal128(10, 2) string"),
        ("databricks", "alter table t change column price cost decimal(12, 2) after id",
         "int32 decimal128(12, 2) string"),
        ("postgresql", "create table u (like t including all, day date)", "int32 decimal128(10, 2) string date32"),
        ("mssql", "select id, price into u from t", "int32 decimal128(10, 2)"),
        ("postgresql", "with w as (select id from t) select id into temp table u from w", "int32"),
    ],
)  # fmt: skip
def test_types_are_kept(scheme: str, text: str, expected: str) -> None:
    assert " ".join(type_ for _, type_ in columns(TYPED, text, scheme=scheme)) == expected


def test_a_changed_column_has_its_new_name() -> None:
    assert [n for n, _ in columns(TYPED, "alter table t change price cost double", scheme="mysql")][1] == "cost"


@pytest.mark.parametrize(
    ("magic", "listed", "columns"),
    [
        (
            "%%bigquery",
            "items array<struct<sku string, n int>>, addr struct<city string, zip string>, q int options (d = 'a<b')",
            "items: list<item: struct<sku: string, n: int64>>, addr: struct<city: string, zip: string>, q: int64",
        ),
        (
            "%%sparksql",
            "props map<string, array<int>>, c int check (c < 3), d boolean generated always as (c < 3 and c > 2)",
            "props: map<key: string, value: list<item: int32>>, c: int32, d: bool",
        ),
        ("%%trino", "a row(x int, y varchar), n decimal(3, 1)", "a: struct<x: int32, y: string>, n: decimal128(3, 1)"),
        ("%%bigquery", "n numeric, i integer", "n: decimal128(38, 9), i: int64"),
        ("%%snowflake", "n number, i smallint", "N: decimal128(38, 0), I: int64"),
        ("%%tsql", "m money, d datetime2", "m: decimal128(19, 4), d: timestamp[us]"),
        ("%%mysql", "s enum('a', 'b') not null, t mediumtext", "s: string, t: string"),
    ],
)
def test_types_that_hold_others_and_types_of_dialects(magic: str, listed: str, columns: str) -> None:
    case = dsl.load(f"# %%\n{magic}\ncreate table t ({listed})")
    case.snapshot.analysis.settle()
    table = next(b.type for b in case.snapshot.analysis.exports(0).bindings if b.name == "t")
    assert isinstance(table, Table)
    assert ", ".join(f"{c.name}: {c.type}" for c in table.columns) == columns
