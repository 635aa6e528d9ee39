"""SQL texts in Python: `duckdb.sql("…")`, `con.execute("…")`, `pd.read_sql("…", con)`, `spark.sql("…")`."""

from __future__ import annotations

from dataclasses import replace

from polycell.core.types import UNKNOWN, Connection, Flavour, Table, Type
from polycell.languages.python.frames.catalogue import defined, receiver_name
from polycell.languages.python.frames.columns import unknown_table
from polycell.languages.python.frames.registry import Call, function, method


def evaluated(call: Call, name: str, flavour: Flavour) -> Table:
    """The table that the SQL text of an argument yields, of a flavour; open where nobody knows."""
    text, argument = call.text(name), call[name]
    found = call.run.sql(text, node=argument.node) if text and argument is not None else None
    if found is None:
        return unknown_table(flavour)
    return replace(found, flavour=flavour, index=(), case_sensitive=flavour not in ("duckdb", "spark"))


@function(
    "duckdb.sql duckdb.query duckdb.execute duckdb.from_query",
    "query alias parameters **",
    gives=unknown_table("duckdb"),
)
def duckdb_sql(call: Call) -> Type:
    defined(call, "query", "duckdb", "duckdb")
    return evaluated(call, "query", "duckdb")


@method("connection", "sql query execute from_query", "query alias parameters **")
def connection_sql(call: Call) -> Type:
    connection = call.receiver
    if isinstance(connection, Connection):
        defined(call, "query", connection.dialect, receiver_name(call))
    if not isinstance(connection, Connection) or connection.dialect != "duckdb":
        return UNKNOWN
    return evaluated(call, "query", "duckdb")


@function("pandas.read_sql pandas.read_sql_query", "sql con index_col **", gives=unknown_table("pandas"))
def read_sql(call: Call) -> Type:
    if call["index_col"] is not None:
        return unknown_table("pandas")
    made = evaluated(call, "sql", "pandas")
    connection = call["con"]
    if connection is None or not isinstance(connection.type, Connection) or connection.type.dialect != "duckdb":
        # Tables of a database that nobody looked into; frames of the same names are others.
        return replace(made, open=True)
    return made


@function("polars.sql", "query eager")
def polars_sql(call: Call) -> Type:
    eager = call.value("eager", False)
    return evaluated(call, "query", "polars" if eager is True else "polars-lazy")


@method("pyspark.sql.SparkSession", "sql", "sqlQuery args **")
def spark_sql(call: Call) -> Type:
    defined(call, "sqlQuery", "spark")
    return evaluated(call, "sqlQuery", "spark")


@function("marimo.sql", "query output engine", gives=unknown_table("polars"))
def marimo_sql(call: Call) -> Type:
    """polars where it is installed, else pandas: marimo's default."""
    return replace(evaluated(call, "query", "polars"), case_sensitive=True)


@method("connection", "register", "view_name python_object")
def register(call: Call) -> Type:
    """`con.register("v", df)`: a table of that name."""
    name, frame = call.text("view_name"), call["python_object"]
    if name and frame is not None:
        call.run.register(name, frame.type, call.node, receiver_name(call))
    return call.receiver


@function("duckdb.register", "view_name python_object")
def register_default(call: Call) -> Type:
    return register(call)
