"""Each way in which notebooks hold SQL, from end to end in one row: the cell is recognised, its dialect and the table
it asks are known, columns are offered in the SQL, a wrong one is reported where the table is certain, and the result is
a frame of the right kind with its columns in the Python below.

A row is a notebook, in the DSL or as a file. `SELECT` in it is the query under test.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass

import pytest

from polycell.compose import default_services
from polycell.core import features
from polycell.core.notebook import Notebook
from polycell.core.session import Session
from polycell.core.types import Table
from polycell.core.values import replace
from polycell.formats import read_document
from polycell.formats.cells import retext
from polycell.languages.sql import connection
from tests import dsl

QUERY = "select id, price from t where prise > 3"
FRAME = 'import pandas as pd\nt = pd.DataFrame({"id": [1], "price": [1.5], "name": ["x"]})'
DDL = "create table t (id int, price double, name varchar(20))"


@dataclass(frozen=True)
class Row:
    """`where`: a host of the DSL, or a file's name. `result` is the name in Python, `below` the code that reads it.
    `certain`: whether the wrong column is reported. `own`: the SQL is a literal in a Python cell."""

    where: str
    text: str
    dialect: str
    result: str = "x"
    kind: str = "pandas"
    below: str = '{result}["¦"]'
    certain: bool = True
    own: bool = False


def _cells(*cells: str) -> str:
    return "\n".join(f"# %%{'' if cell.startswith(' [') else chr(10)}{cell}" for cell in cells)


def _frame(magic: str, dialect: str, kind: str, *, result: str = "x", certain: bool = True, own: bool = False) -> Row:
    """A magic that reads frames of Python."""
    return Row("jupyter", _cells(FRAME, f"{magic}SELECT"), dialect, result, kind, certain=certain, own=own)


def _made(magic: str, named: str, dialect: str, kind: str, *, certain: bool = True, above: str = "") -> Row:
    """A magic over a database in which it made the table."""
    cells = (*([above] if above else []), f"{magic}\n{DDL}", f"{named}\nSELECT")
    return Row("jupyter", _cells(*cells), dialect, "x", kind, certain=certain)


def _ipynb(metadata: dict[str, object], *cells: tuple[dict[str, object], str]) -> str:
    made = [
        {"cell_type": "code", "id": f"c{at}", "metadata": said, "outputs": [], "execution_count": None, "source": text}
        for at, (said, text) in enumerate(cells)
    ]
    return json.dumps({"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}, ensure_ascii=False)


DEEPNOTE = {"deepnote_cell_type": "sql", "deepnote_variable_name": "x"}
POSTGRES = 'import sqlalchemy as sa\nengine = sa.create_engine("postgresql://host/db")'
SPARK_VIEW = (
    'df = spark.createDataFrame([(1, 1.5, "x")], "id int, price double, name string")\ndf.createOrReplaceTempView("t")'
)

ROWS = {
    # JupySQL and ipython-sql; with no connection named nobody knows whose tables are meant
    "%%sql <<": _frame("%%sql x <<\n", "", "result-set", certain=False),
    "%%sql url <<": _frame("%%sql duckdb:// x <<\n", "duckdb", "result-set"),
    "%%jupysql": _frame("%%jupysql duckdb:// x <<\n", "duckdb", "result-set"),
    "x = %sql": _frame("%sql duckdb://\nx = %sql ", "duckdb", "result-set", own=True),
    "%sql x <<": _frame("%sql duckdb://\n%sql x << ", "duckdb", "result-set", own=True),
    "%%sql engine": _made("%%sql engine", "%%sql engine x <<", "postgres", "result-set", above=POSTGRES),
    "%%sql [section]": _made("%%sql [shop]", "%%sql [shop] x <<", "", "result-set", certain=False),
    "%%sql --save, --with": Row(
        "jupyter",
        _cells(
            FRAME,
            "%%sql duckdb:// --save s --no-execute\nselect * from t",
            f"%%sql duckdb:// --with s x <<\n{QUERY.replace(' t ', ' s ')}",
        ),
        "duckdb",
        kind="result-set",
    ),
    "autopandas": _frame("%config SqlMagic.autopandas = True\n# %%\n%%sql duckdb:// x <<\n", "duckdb", "pandas"),
    # magic-duckdb
    "%%dql": _frame("%%dql -o x\n", "duckdb", "pandas"),
    "%%dql -t": _frame("%%dql -t arrow -o x\n", "duckdb", "arrow"),
    "x = %dql": _frame("x = %dql -t pl ", "duckdb", "polars", own=True),
    # Spark
    "sparkmagic": Row(
        "sparkmagic", _cells(f"%%sql\n{DDL}", "%%sql -o x -q\nSELECT"), "spark", below='%%local\nx["¦"]'
    ),
    "%%spark -c sql": _made("%%spark -c sql", "%%spark -c sql -o x", "spark", "pandas"),
    "%%sparksql": _made("%%sparksql", "%%sparksql x", "spark", "spark"),
    "%%sparksql -d": _made("%%sparksql", "%%sparksql --view v --dataframe x", "spark", "spark"),
    "Synapse and Fabric": Row("synapse", _cells(f"%%sql\n{DDL}", "%%sql\nSELECT"), "spark", "_sqldf", "spark"),
    "Fabric %%tsql": _made("%%tsql -artifact w", "%%tsql -artifact w -bind x", "tsql", "pandas"),
    "Databricks %sql": Row("databricks", _cells(f"%sql\n{DDL}", "%sql\nSELECT"), "databricks", "_sqldf", "spark"),
    "Databricks cells": Row("databricks", _cells(f" [sql]\n{DDL}", " [sql]\nSELECT"), "databricks", "_sqldf", "spark"),
    "Databricks .py": Row(
        "a.py",
        f"# Databricks notebook source\n{SPARK_VIEW}\n\n# COMMAND ----------\n\n# MAGIC %sql\n# MAGIC SELECT\n\n"
        '# COMMAND ----------\n\n_sqldf.select("¦")\n',
        "databricks",
        "_sqldf",
        "spark",
    ),
    "Databricks .sql": Row(
        "a.sql",
        f"-- Databricks notebook source\n{DDL}\n\n-- COMMAND ----------\n\nSELECT\n\n-- COMMAND ----------\n\n"
        '-- MAGIC %python\n-- MAGIC _sqldf.select("¦")\n',
        "databricks",
        "_sqldf",
        "spark",
    ),
    # Clouds
    "%%bigquery": _made("%%bigquery", '%%bigquery x --params {"a": 1}', "bigquery", "pandas"),
    "%%bqsql": _made("%%bqsql", "%%bqsql x", "bigquery", "pandas"),
    "%%sm_sql": _made(
        "%%sm_sql --connection-name c", "%%sm_sql --connection-name c -df x", "", "pandas", certain=False
    ),
    "%%sm_sql properties": _made(
        "%%sm_sql --connection-properties '{\"connection_type\": \"ATHENA\"}'",
        "%%sm_sql --dataframe x --connection-properties '{\"connection_type\": \"ATHENA\"}'",
        "trino",
        "pandas",
    ),
    "%%read_sql": _made("%%read_sql -c engine", "%%read_sql x -c engine", "postgres", "pandas", above=POSTGRES),
    **{
        f"%%{magic}": _made(f"%%{magic}", f"%%{magic} -o x", dialect, kind)
        for magic, dialect, kind in (
            ("athena", "trino", "pandas"), ("redshift", "redshift", "pandas"), ("trino", "trino", "result-set"),
            ("presto", "presto", "result-set"), ("clickhouse", "clickhouse", "result-set"),
            ("postgres", "postgres", "result-set"), ("mysql", "mysql", "result-set"),
            ("sqlite", "sqlite", "result-set"), ("hive", "hive", "result-set"), ("impala", "hive", "result-set"),
        )
    },
    # Products
    "Snowflake": Row(
        "a.ipynb",
        _ipynb(
            {"kernelspec": {"name": "streamlit", "display_name": "Streamlit Notebook"}},
            ({"language": "sql", "name": "make"}, DDL),
            ({"language": "sql", "name": "x"}, "SELECT"),
            ({"language": "python", "name": "y"}, 'x.to_pandas()["¦"]'),
        ),
        "snowflake",
    ),
    "Snowflake {{cell}}": Row(
        "snowflake",
        _cells(
            f" [sql]\n{DDL}",
            " [sql] -> cheap\nselect * from t",
            f" [sql] -> x\n{QUERY.replace(' t ', ' {{cheap}} ')}",
        ),
        "snowflake",
        below='x.to_pandas()["¦"]',
    ),
    "Deepnote frames": Row(
        "a.ipynb",
        _ipynb(
            {"deepnote_notebook_id": "n"},
            ({}, FRAME),
            ({**DEEPNOTE, "sql_integration_id": "deepnote-dataframe-sql"}, "SELECT"),
            ({}, 'x["¦"]'),
        ),
        "duckdb",
    ),
    "Deepnote integration": Row(
        "a.ipynb",
        _ipynb(
            {"deepnote_notebook_id": "n"},
            ({**DEEPNOTE, "sql_integration_id": "0a1b"}, DDL),
            ({**DEEPNOTE, "sql_integration_id": "0a1b"}, "SELECT"),
            ({}, 'x["¦"]'),
        ),
        "",
        certain=False,
    ),
    "Polynote": Row(
        "polynote",
        _cells(
            " [python]\nfrom pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\n"
            't = spark.createDataFrame([(1, 1.5, "x")], "id int, price double, name string")',
            " [sql] -> x\nSELECT",
        ),
        "spark",
        kind="spark",
        below='x.select("¦")',
    ),
    ".NET #!share": Row(
        "a.dib",
        f'#!csharp\n\n#!connect mssql --kernel-name shop "Server=x"\n\n#!sql-shop\n\n{DDL}\n\n'
        '#!sql-shop --name x\n\nSELECT\n\n#!pythonkernel\n\n#!share x --from sql-shop\nx["¦"]\n',
        "tsql",
    ),
    **{
        f".NET #!connect {kind}": Row(
            "a.dib",
            f'#!csharp\n\n#!connect {kind} --kernel-name shop "Host=x"\n\n#!sql-shop\n\n{DDL}\n\n'
            '#!sql-shop --name x\n\nSELECT\n\n#!pythonkernel\n\n#!share x --from sql-shop\nx["¦"]\n',
            dialect,
        )
        for kind, dialect in {"postgres": "postgres", "sqlite": "sqlite"}.items()
    },
    ".NET #!set": Row(
        "a.dib",
        f"#!sql-shop\n\n{DDL}\n\n#!sql-shop --name made\n\nSELECT\n\n"
        '#!pythonkernel\n\n#!set --name x --value @sql-shop:made\nx["¦"]\n',
        "tsql",
    ),
    "marimo": Row(
        "a.py",
        "import marimo\n\napp = marimo.App()\n\n\n@app.cell\ndef _():\n    import marimo as mo\n"
        + "".join(f"    {line}\n" for line in FRAME.split("\n"))
        + '    return mo, t\n\n\n@app.cell\ndef _(mo, t):\n    x = mo.sql(f"""SELECT""")\n    return (x,)\n\n\n'
        '@app.cell\ndef _(x):\n    x["¦"]\n    return\n',
        "duckdb",
        kind="polars",
        own=True,
    ),
    "marimo tables": Row(
        "marimo",
        _cells("import marimo as mo", f'_ = mo.sql(f"""{DDL}""")', 'x = mo.sql(f"""SELECT""", output=False)'),
        "duckdb",
        kind="polars",
        own=True,
    ),
    "marimo engine": Row(
        "marimo",
        _cells(
            f"import marimo as mo\n{POSTGRES}",
            f'_ = mo.sql(f"""{DDL}""", engine=engine)',
            'x = mo.sql(f"""SELECT""", engine=engine)',
        ),
        "postgres",
        kind="polars",
        own=True,
    ),
    "Azure Data Studio": Row(
        "a.ipynb",
        _ipynb({"kernelspec": {"name": "SQL", "language": "sql", "display_name": "SQL"}}, ({}, DDL), ({}, "SELECT")),
        "tsql",
        result="",
    ),
    # Texts
    "R Markdown": Row(
        "a.Rmd",
        f'```{{sql, connection=con}}\n{DDL}\n```\n\n```{{sql, connection=con, output.var="x"}}\nSELECT\n```\n',
        "",
        result="",
        certain=False,
    ),
    "Quarto": Row(
        "a.qmd",
        f"---\njupyter: python3\n---\n\n```{{python}}\n{FRAME}\n```\n\n"
        "```{python}\n%%sql duckdb:// x <<\nSELECT\n```\n\n"
        '```{python}\nx["¦"]\n```\n',
        "duckdb",
        kind="result-set",
    ),
    "percent": Row(
        "a.py",
        f'# %%\n{FRAME}\n\n# %%\n# %%sql duckdb:// x <<\n# SELECT\n\n# %%\nx["¦"]\n',
        "duckdb",
    ),
}  # fmt: skip


def _notebook(row: Row) -> tuple[Notebook, Session]:
    """The row's notebook and a session over it; the cursor in the Python below is left in as `¦`."""
    if "." in row.where:
        document = read_document(row.text.replace("SELECT", QUERY), "", row.where)
        return document.notebooks[0], Session(default_services())
    below = f"\n# %% [python]\n{row.below.format(result=row.result)}" if row.result else ""
    case = dsl.load(f"host: {row.where}\n{row.text.replace('SELECT', QUERY)}{below}")
    return case.notebook, case.session


@pytest.mark.parametrize("name", ROWS)
def test_whole(name: str) -> None:
    row = ROWS[name]
    notebook, session = _notebook(row)
    marked = (
        next((cell.id, cell.text.index("¦")) for cell in notebook.cells if "¦" in cell.text) if row.result else None
    )
    cells = tuple(retext(c, c.text.replace("¦", ""), notebook) if "¦" in c.text else c for c in notebook.cells)
    notebook = replace(notebook, cells=cells)
    snapshot = session.update(notebook)
    snapshot.analysis.settle()
    at = next(i for i, cell in enumerate(cells) if "prise" in cell.text)
    cell, context = cells[at], snapshot.analysis.context(at)
    # recognised, with its dialect
    assert cell.language == ("python" if row.own else "sql")
    if not row.own:
        assert connection.resolve(cell, notebook, context.view)[0].name == row.dialect
    # completion
    place = cell.text.index("prise")
    offered = asyncio.run(features.complete(snapshot, session.services, cell.id, place)).items
    assert {"id", "price", "name"} <= {item.label.lower() for item in offered}
    # findings: the wrong column and nothing else
    found = [(f.code, f.span.of(cells[i].text)) for i in range(len(cells)) for f in features.findings(snapshot, i)]
    assert found == [("sql-unknown-column", "prise")] * row.certain
    # the result
    if marked is not None:
        above = snapshot.analysis.context(len(cells) - 1).view.lookup(row.result)
        own = [b for b in snapshot.analysis.exports(len(cells) - 1).bindings if b.name == row.result]  # `#!share x`
        table = above.type if above is not None else own[0].type
        assert isinstance(table, Table)
        assert table.flavour == row.kind
        assert [c.name.lower() for c in table.columns] == ["id", "price"]
        assert str(table.columns[1].type) == "double"
        below = asyncio.run(features.complete(snapshot, session.services, *marked)).items
        assert [item.label.lower() for item in sorted(below, key=lambda i: i.rank)][:2] == ["id", "price"]
