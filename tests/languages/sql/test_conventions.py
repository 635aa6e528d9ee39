"""Every convention of SQL in notebooks, one row each: dialect, what the result is called and which kind of table it is,
and the tables that the cell makes."""

from __future__ import annotations

import pytest

from polycell.core.types import Table
from polycell.languages.sql import connection
from tests import dsl

ABOVE = """\
import pandas as pd, sqlalchemy as sa
df = pd.DataFrame({"a": [1]})
engine = sa.create_engine("postgresql://host/db")
# %%
"""


def told(cell: str, host: str = "jupyter", above: str = ABOVE) -> tuple[str, dict[str, str], dict[str, str]]:
    """(dialect, result → "kind: columns", table of the catalogue → columns)."""
    case = dsl.load(f"host: {host}\n{above}{cell}")
    case.snapshot.analysis.settle()
    last = len(case.notebook.cells) - 1
    context = case.snapshot.analysis.context(last)
    spoken = (
        connection.resolve(context.cell, case.notebook, context.view)[0].name if context.cell.language == "sql" else ""
    )
    results, tables = {}, {}
    for binding in case.snapshot.analysis.exports(last).bindings:
        if isinstance(binding.type, Table):
            columns = " ".join([c.name for c in binding.type.columns] + ["…"] * binding.type.open)
            if binding.kind == "result":
                results[binding.name] = f"{binding.type.flavour}: {columns}"
            elif binding.space == "catalog":
                tables[binding.name] = columns
    return spoken, results, tables


@pytest.mark.parametrize(
    ("cell", "host", "dialect", "results", "tables"),
    [
        # JupySQL and ipython-sql
        ("%%sql x <<\nselect a from df", "jupyter", "", {"x": "result-set: a"}, {}),
        ("%%sql x= <<\nselect a from df", "jupyter", "", {"x": "result-set: a"}, {}),
        ("%%jupysql duckdb:// x <<\nselect a from df", "jupyter", "duckdb", {"x": "result-set: a"}, {}),
        ("x = %sql select a from df", "jupyter", "", {"x": "result-set: a"}, {}),
        ("%sql x << select a from df", "jupyter", "", {"x": "result-set: a"}, {}),
        ("%%sql engine\nselect 1 as n", "jupyter", "postgres", {}, {}),
        ("%%sql $engine\nselect 1 as n", "jupyter", "postgres", {}, {}),
        ("%%sql [prod] x <<\nselect 1 as n", "jupyter", "", {"x": "result-set: n"}, {}),
        ("%%sql --section prod\nselect 1 as n", "jupyter", "", {}, {}),
        ("%%sql -A shop mysql://host/db\nselect 1 as n", "jupyter", "mysql", {}, {}),
        ("%%sql x << -f query.sql", "jupyter", "", {"x": "result-set: …"}, {}),
        ("%%sql --save s\nselect a from df", "jupyter", "", {}, {"s": "a"}),
        ("%%sql -S s -N\nselect a as b from df", "jupyter", "", {}, {"s": "b"}),
        ("%%sql --persist df", "jupyter", "", {}, {"df": "index a"}),
        ("%sql --persist df", "jupyter", "", {}, {"df": "index a"}),
        ("%sql --persist df --no-index", "jupyter", "", {}, {}),
        ("%sql --no-index --persist df", "jupyter", "", {}, {"df": "a"}),
        ("%sql --persist-replace df", "jupyter", "", {}, {"df": "index a"}),
        ("%sql --append df", "jupyter", "", {}, {"df": "a …"}),
        ("%sql create table t as select a as c from df", "jupyter", "", {}, {"t": "c"}),
        ("%sqlcmd snippets", "jupyter", "", {}, {}),
        ("%sqlplot histogram --table df --column a", "jupyter", "", {}, {}),
        # magic-duckdb
        ("%%dql -o x\nselect a from df", "jupyter", "duckdb", {"x": "pandas: a"}, {}),
        ("%%dql -t arrow -o x\nselect a from df", "jupyter", "duckdb", {"x": "arrow: a"}, {}),
        ("%%dql -co con -o x\nselect a from df", "jupyter", "duckdb", {"x": "pandas: a"}, {}),
        ("%%dql -cn duckdb:///shop.db\nselect 1 as n", "jupyter", "duckdb", {}, {}),
        ("%%dql -j -o x\nselect {{ b }} as c", "jupyter", "duckdb", {"x": "pandas: c"}, {}),
        ("x = %dql select a from df", "jupyter", "", {"x": "pandas: a"}, {}),
        ("x = %dql -t pl select a from df", "jupyter", "", {"x": "polars: a"}, {}),
        ("%dql -o x select a from df", "jupyter", "", {"x": "pandas: a"}, {}),
        # Spark
        ("%%sparksql x\nselect 1 as n", "jupyter", "spark", {"x": "spark: n"}, {}),
        ("%%sparksql --view v --dataframe x\nselect 1 as n", "jupyter", "spark", {"x": "spark: n"}, {"v": "n"}),
        ("%%sql -o x -q\nselect 1 as n", "sparkmagic", "spark", {"x": "pandas: n"}, {}),
        ("%%spark -c sql -o x\nselect 1 as n", "jupyter", "spark", {"x": "pandas: n"}, {}),
        ("%%sql\nselect 1 as n", "synapse", "spark", {"_sqldf": "spark: n"}, {}),
        ("%sql\nselect 1 as n", "databricks", "databricks", {"_sqldf": "spark: n"}, {}),
        # Clouds and products
        ("%%bigquery x --project p\nselect 1 as n", "jupyter", "bigquery", {"x": "pandas: n"}, {}),
        ("%%bigquery --destination_table d.t\nselect 1 as n", "jupyter", "bigquery", {}, {"d.t": "n"}),
        ("%%bqsql x\nselect 1 as n", "jupyter", "bigquery", {"x": "pandas: n"}, {}),
        ("%%sm_sql --dataframe x --connection-name c\nselect 1 as n", "jupyter", "", {"x": "pandas: n"}, {}),
        (
            "%%sm_sql -df x --connection-properties '{\"connection_type\": \"ATHENA\"}'\nselect 1 as n",
            "jupyter", "trino", {"x": "pandas: n"}, {},
        ),
        ("%%tsql -artifact w -type Warehouse -bind x\nselect 1 as n", "jupyter", "tsql", {"x": "pandas: n"}, {}),
        ("%%trino -o x\nselect 1 as n", "jupyter", "trino", {"x": "result-set: n"}, {}),
        ("%%read_sql x -c engine\nselect 1 as n", "jupyter", "postgres", {"x": "pandas: n"}, {}),
        ("%%sql -r x\nselect 1 as n", "snowflake", "snowflake", {"x": "pandas: N"}, {}),
        ("#!sql-shop --name x\nselect 1 as n", "dotnet", "tsql", {"x": "result-set: n"}, {}),
    ],
)  # fmt: skip
def test_rows(cell: str, host: str, dialect: str, results: dict[str, str], tables: dict[str, str]) -> None:
    assert told(cell, host) == (dialect, results, tables)


@pytest.mark.parametrize(
    ("setting", "kind"),
    [("autopandas = True", "pandas"), ("autopolars = True", "polars"), ("autopandas = False", "result-set")],
)
def test_jupysql_settings_choose_the_kind(setting: str, kind: str) -> None:
    above = f"{ABOVE}%config SqlMagic.{setting}\n# %%\n"
    assert told("%%sql x <<\nselect a from df", above=above)[1] == {"x": f"{kind}: a"}
    assert told("x = %sql select a from df", above=above)[1] == {"x": f"{kind}: a"}


def test_columns_as_names() -> None:
    dsl.check_findings(
        "import pandas as pd\ndf = pd.DataFrame({'a': [1]})\n%config SqlMagic.column_local_vars = True\n"
        "# %%\n%%sql\nselect a as total from df\n# %%\nprint(total)"
    )


def test_a_duckdb_that_is_only_imported_is_no_reason_for_other_magics() -> None:
    above = f"import duckdb\n{ABOVE}"
    assert told("%%sql\nselect 1 as n", above=above)[0] == "duckdb"
    assert told("%%sm_sql\nselect 1 as n", above=above)[0] == ""
    assert told("%%sql --section prod\nselect 1 as n", above=above)[0] == ""


@pytest.mark.parametrize(("integration", "dialect"), [("deepnote-dataframe-sql", "duckdb"), ("0a1b", "")])
def test_deepnote(integration: str, dialect: str) -> None:
    from polycell.formats.cells import make_cell
    from polycell.formats.model import CellSource

    case = dsl.load("host: deepnote\nx = 1")
    said = {"deepnote_cell_type": "sql", "sql_integration_id": integration, "deepnote_variable_name": "x"}
    cell = make_cell(CellSource("c", "select 1 as n", "code", metadata=said), case.notebook)
    assert (cell.language, cell.result) == ("sql", "x")
    assert connection.from_text(cell, "deepnote").name == dialect


def test_a_snowflake_cell_hands_out_a_frame() -> None:
    text = "host: snowflake\n# %% [sql] -> cell1\nselect 1 as id, 'x' as name\n# %%\ncell1.to_pandas()[\"<|>\"]"
    assert dsl.labels(text) == ["ID", "NAME"]


@pytest.mark.parametrize("method", ["DataFrame", "PolarsDataFrame"])
def test_a_result_of_jupysql_becomes_a_frame(method: str) -> None:
    assert dsl.labels(f"# %%\n%%sql r <<\nselect 1 as id, 'x' as name\n# %%\nr.{method}()[\"<|>\"]") == ["id", "name"]
    assert dsl.labels(f'# %%\nr = %sql select 1 as id\nr.{method}()["<|>"]') == ["id"]


def test_columns_of_a_frame_that_polynote_makes_a_view() -> None:
    dsl.check_findings(
        """
        host: polynote
        # %%
        from pyspark.sql import SparkSession
        spark = SparkSession.builder.getOrCreate()
        df = spark.createDataFrame([(1, "x")], "id int, name string")
        rows = [1]
        # %% [sql]
        select id, nme from df d where d.nam = 'x'
                   ^^^ sql-unknown-column: Did you mean `name`?
                                         ^^^ sql-unknown-column: in `d`
        # %% [sql]
        select anything from rows
        """
    )


def test_columns_of_a_cell_that_snowflake_names() -> None:
    dsl.check_findings(
        """
        host: snowflake
        # %% [sql]
        create table t (id int, name varchar)
        # %% [sql] -> cheap
        select id, name from t where id < 10
        # %% [sql]
        select id, nme from {{cheap}}
                   ^^^ sql-unknown-column: Did you mean `NAME`?
        # %% [sql]
        select c.idd, t.name from {{ cheap }} c join t on t.id = c.id
                 ^^^ sql-unknown-column: in `c`
        # %% [sql]
        select idd from {{ other }}
        # %% [python]
        x = "t"
        # %% [sql]
        select idd from {{x}}
        """
    )


def test_a_template_for_a_table_leaves_other_queries_judged() -> None:
    dsl.check_findings(
        """
        # %%
        %%sql postgresql://x
        create table t (id int)
        # %%
        %%sql
        select idd from t where id in (select anything from {{ source }})
               ^^^ sql-unknown-column: Did you mean `id`?
        # %%
        %%sql
        select idd from {{ source }}, t
        """
    )


FRAME = '# %%\nimport duckdb, pandas as pd\nt = pd.DataFrame({"id": [1], "price": [1.0]})\n# %%\n'


@pytest.mark.parametrize("line", ["%sql select id from t where <|>", "%sql r << select id, <|>", "r = %sql select <|>"])
def test_columns_are_offered_where_a_line_ends_in_a_blank(line: str) -> None:
    assert {"id", "price"} <= set(dsl.labels(f"{FRAME}{line}"))


def test_literals_that_are_added_are_one_query() -> None:
    dsl.check_findings(
        FRAME
        + """\
duckdb.sql("select prize, id " + "from t")
                   ^^^^^ sql-unknown-column: Did you mean `price`?
duckdb.sql("select id, " +
           "prize " + # why
            ^^^^^ sql-unknown-column: Did you mean `price`?
           "from t")
duckdb.sql("select pri" + "ze from t")
duckdb.sql("select prize from t where id = " + str(3))
                   ^^^^^ sql-unknown-column: Did you mean `price`?
"""
    )
    assert {"id", "price"} <= set(dsl.labels(f'{FRAME}duckdb.sql("select <|> " + "from t")'))


def test_parameters_of_bigquery_s_magic() -> None:
    found = dsl.labels('# %%\n%%bigquery x --params {"low": 3, "name": "a"}\nselect * from d.t where n > @<|>')
    assert found[:2] == ["low", "name"]
