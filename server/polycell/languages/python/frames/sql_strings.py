"""SQL texts in Python: `duckdb.sql("…")`, `con.execute("…")`, `pd.read_sql("…", con)`, `spark.sql("…")`."""

from __future__ import annotations

from polycell.core.patterns import pattern
from polycell.core.types import (
    BOOL,
    FLOAT64,
    FLOATS,
    STRINGS,
    TEMPORAL,
    UNKNOWN,
    Certainty,
    Column,
    Connection,
    Flavour,
    Opaque,
    Record,
    Table,
    Type,
)
from polycell.core.values import replace
from polycell.languages.python.frames import fetched_rows
from polycell.languages.python.frames.catalogue import argument_name, defined, receiver_name
from polycell.languages.python.frames.columns import unknown_table
from polycell.languages.python.frames.connections import connection_of
from polycell.languages.python.frames.registry import Call, function, method
from polycell.tables.databases.catalogue import Database
from polycell.tables.databases.places import DatabaseRequest


def evaluated(call: Call, name: str, flavour: Flavour, connection: Connection | None = None) -> Table:
    """The table that the SQL text of an argument yields, of a flavour; open where nobody knows."""
    argument = call[name]
    if argument is None:
        return unknown_table(flavour)
    spoken = "spark" if flavour == "spark" and not call.run.view.host.name.startswith("databricks") else ""
    found = call.run.sql(call.text(name), node=argument.node, dialect=spoken, connection=connection)
    if found is None:
        return unknown_table(flavour)
    return replace(found, flavour=flavour, index=(), case_sensitive=flavour not in ("duckdb", "spark"))


_DUCKDB = Connection("duckdb")  # the module's own connection, in memory


@function(
    "duckdb.sql duckdb.query duckdb.execute duckdb.from_query",
    "query alias parameters **",
    gives=unknown_table("duckdb"),
)
def duckdb_sql(call: Call) -> Type:
    defined(call, "query", "duckdb", "duckdb")
    return evaluated(call, "query", "duckdb", _DUCKDB)


@method("connection", "sql query execute from_query", "query alias parameters **")
def connection_sql(call: Call) -> Type:
    connection = call.receiver
    if not isinstance(connection, Connection):
        return UNKNOWN
    plain, call = call, fetched_rows.written(call, "query")
    defined(call, "query", connection.dialect, receiver_name(call))
    if call is not plain:  # only SQLAlchemy takes such texts
        return fetched_rows.fetched(_from(call, "query", connection, "table"))
    return evaluated(call, "query", "duckdb", connection) if connection.dialect == "duckdb" else UNKNOWN


@function("duckdb.table duckdb.view", "name **", gives=unknown_table("duckdb"))
def duckdb_table(call: Call) -> Type:
    return _by_name(call, _DUCKDB)


@method("connection", "table view", "name")
def connection_table(call: Call) -> Type:
    connection = call.receiver
    duckdb = isinstance(connection, Connection) and connection.dialect == "duckdb"
    return _by_name(call, connection) if duckdb and isinstance(connection, Connection) else UNKNOWN


def _by_name(call: Call, connection: Connection) -> Table:
    """DuckDB's relation of a table or view."""
    name = call.text("name") or ""
    found = call.run.sql(f"SELECT * FROM {name}", connection=connection) if _PATH.match(name) else None
    if found is None:
        return unknown_table("duckdb")
    return replace(found, flavour="duckdb", index=(), case_sensitive=False)


_PATH = pattern(r"[^\W\d]\w*(?:\.[^\W\d]\w*){0,2}\Z")


@method("connection", "executescript", "sql_script")
def script(call: Call) -> Type:
    if isinstance(call.receiver, Connection):
        defined(call, "sql_script", call.receiver.dialect, receiver_name(call))
    return UNKNOWN


@function("pandas.read_sql pandas.read_sql_query", "sql con index_col **", gives=unknown_table("pandas"))
def read_sql(call: Call) -> Type:
    text = call.text("sql")
    if text is not None and _NAME.match(text):
        return read_sql_table(call, text)
    if set(call.extra or ()) & {"chunksize", "dtype", "dtype_backend"}:
        return unknown_table("pandas")
    made, keys = _queried(call, "sql", "con", "pandas"), call.texts("index_col")
    if call["index_col"] is None:
        return made
    if keys is None or not all(made.column(key) for key in keys):
        return unknown_table("pandas")
    index = tuple(column for key in keys if (column := made.column(key)) is not None)
    return replace(made, columns=tuple(c for c in made.columns if c.name not in keys), index=index)


@function("pandas.read_sql_table", "sql con schema index_col coerce_float parse_dates columns **",
          gives=unknown_table("pandas"))  # fmt: skip
def read_whole_table(call: Call) -> Type:
    return read_sql_table(call, call.text("sql"))


def read_sql_table(call: Call, name: str | None) -> Table:
    """pandas' reader of a table by its name, with all its columns or some."""
    schema, columns = call.text("schema"), call.texts("columns")
    odd = call["index_col"] is not None or (call["schema"] is not None and not schema) or call.extra
    if name is None or odd or (call["columns"] is not None and columns is None):
        return unknown_table("pandas")
    connection = connection_of(call, call["con"])
    database = call.run.view.read(DatabaseRequest.of(connection)) if connection is not None else None
    parts = [schema, name] if schema else [name]
    found = database.find(parts) if isinstance(database, Database) else None
    if connection is None or found is None or (columns and not all(found.table.column(c) for c in columns)):
        return unknown_table("pandas")
    named = [c for c in found.table.columns if columns is None or c.name in columns]
    return _fetched(replace(found.table, columns=tuple(named), flavour="pandas"), connection, "pandas")


@function("polars.read_database polars.read_database_uri", "query connection **", gives=unknown_table("polars"))
def polars_database(call: Call) -> Type:
    if set(call.extra or ()) - {"uri"}:
        return unknown_table("polars")
    return _queried(call, "query", "connection" if call["connection"] is not None else "uri", "polars")


_NAME = pattern(r"[^\W\d]\w*\Z")


def _queried(call: Call, name: str, connected: str, flavour: Flavour) -> Table:
    """What a query yields in the connection's database."""
    connection = connection_of(call, call[connected] or (call.extra or {}).get(connected))
    return _from(fetched_rows.written(call, name), name, connection, flavour)


def _from(call: Call, name: str, connection: Connection | None, flavour: Flavour) -> Table:
    made = evaluated(call, name, flavour, connection or Connection())
    if connection is None:
        # Tables of a database that nobody looked into; frames of the same names are others.
        return replace(made, open=True)
    if connection.dialect == "duckdb":
        return made
    database = call.run.view.read(DatabaseRequest.of(connection))
    known = isinstance(database, Database) and not database.problem
    return _fetched(made, connection, flavour) if known else replace(made, open=True)


def _fetched(table: Table, connection: Connection, flavour: Flavour) -> Table:
    """What a driver and the frame library make of a database's types: numbers of a fixed scale become double in pandas,
    integers that may be missing as well, and SQLite's driver hands out what is stored."""

    def fetched(column: Column) -> Column:
        type_ = column.type
        if type_ is None:
            return column
        if connection.dialect == "sqlite" and (type_.name in TEMPORAL or type_ == BOOL):
            return replace(column, type=None)
        if flavour == "pandas" and type_.name.startswith("decimal"):
            type_ = FLOAT64
        sure = flavour == "pandas" and (column.nullable is False or type_.name in FLOATS or type_.name in STRINGS)
        return replace(column, type=type_, type_certainty=column.type_certainty if sure else Certainty.LIKELY)

    return replace(table, columns=tuple(map(fetched, table.columns)), case_sensitive=True, flavour=flavour)


@function("polars.sql", "query eager")
def polars_sql(call: Call) -> Type:
    eager = call.value("eager", False)
    return evaluated(call, "query", "polars" if eager is True else "polars-lazy")


@method("result-set", "DataFrame")
def result_frame(call: Call) -> Type:
    """JupySQL's result as a frame of pandas."""
    return replace(call.table, flavour="pandas", index=(), case_sensitive=True)


@method("result-set", "PolarsDataFrame")
def polars_result(call: Call) -> Type:
    return replace(call.table, flavour="polars", index=(), case_sensitive=True)


CONTEXT = "polars.SQLContext"


@function(CONTEXT, "frames register_globals eager **", gives=Opaque(CONTEXT))
def sql_context(call: Call) -> Type:
    """The frames that it was given, by the names that they have in it."""
    frames = call["frames"]
    if set(call.given) - {"frames"} or (frames is not None and not isinstance(frames.type, Record)):
        return Opaque(CONTEXT)
    listed = frames.type.fields if frames is not None and isinstance(frames.type, Record) else ()
    return Record((*listed, *((name, given.type) for name, given in (call.extra or {}).items())), CONTEXT)


@method(CONTEXT, "register register_many register_globals unregister", "*args **", changes=True)
def changed_context(call: Call) -> Type:
    return Opaque(CONTEXT)


@method(CONTEXT, "execute", "query eager")
def context_sql(call: Call) -> Type:
    flavour: Flavour = "polars" if call.value("eager", False) is True else "polars-lazy"
    text, query, context = call.text("query"), call["query"], call.receiver
    if text is None or query is None or not isinstance(context, Record):
        return unknown_table(flavour)
    found = call.run.sql(text, dict(context.fields), query.node)
    if found is None:
        return unknown_table(flavour)
    return replace(found, flavour=flavour, index=(), case_sensitive=True)


@method("pyspark.sql.SparkSession", "sql", "sqlQuery args **")
def spark_sql(call: Call) -> Type:
    defined(call, "sqlQuery", "spark")
    return evaluated(call, "sqlQuery", "spark")


@function("marimo.sql", "query output engine", gives=unknown_table("polars"))
def marimo_sql(call: Call) -> Type:
    """polars where it is installed, else pandas: marimo's default. Without an engine DuckDB is asked, which keeps the
    tables that were made."""
    if call["engine"] is None:
        defined(call, "query", "duckdb")
        return replace(evaluated(call, "query", "polars"), case_sensitive=True)
    connection = connection_of(call, call["engine"])
    if connection is not None:
        defined(call, "query", connection.dialect, argument_name(call["engine"]))
    return _queried(call, "query", "engine", "polars")


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
