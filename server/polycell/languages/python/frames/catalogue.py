"""Frames that become tables of a catalogue, and what SQL in strings does to it."""

from __future__ import annotations

import ast
import re

from polycell.core.patterns import pattern
from polycell.core.types import UNKNOWN, Column, Record, Table, Type
from polycell.core.values import replace
from polycell.languages.python.frames.registry import Argument, Call, method
from polycell.languages.python.syntax.values import known_text
from polycell.tables.unseen import UNSEEN

# Spark's writer is the frame that it writes; no name of Python is spelled so.
WRITER, _FRAME, _TARGET = "pyspark.sql.DataFrameWriter", "(frame)", "(target)"
_VERBS = pattern(
    r"(?i)\b(?:create|drop|alter|cache|use|attach|detach|call|exec(?:ute)?|import|begin|declare|rollback"
    r"|set\s+(?:\w+\s+)?(?:catalog|search_path|schema))\b"
)


# How statements begin that leave the columns of tables alone.
_HARMLESS = pattern(
    r"\s*(?:select|with|from|insert|update|delete|merge|describe|show|explain"
    r"|set(?!\s+(?:\w+\s+)?(?:catalog|search_path|schema)))\b",
    re.I,
)


def defined(call: Call, name: str, dialect: str, connection: str = "") -> None:
    """Note the tables that the SQL text of an argument makes, alters and drops; of a text that nobody knows, that it
    may do so."""
    text, argument = call.text(name), call[name]
    if text is None and argument is not None:
        built = call.run.built(argument.node)
        if not _HARMLESS.match(built.text if built is not None else _beginning(argument.node)):
            call.run.remark(UNSEEN)
    if text and _VERBS.search(text, 0, 10_000):
        call.run.define(text, dialect, call.node, connection)


def _beginning(node: ast.expr) -> str:
    """What an f-string begins with."""
    first = node.values[0] if isinstance(node, ast.JoinedStr) and node.values else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""


def receiver_name(call: Call) -> str:
    """The variable that a method is called on; "" for anything else."""
    function = call.node.func
    owner = function.value if isinstance(function, ast.Attribute) else None
    return owner.id if isinstance(owner, ast.Name) else ""


def argument_name(argument: Argument | None) -> str:
    return argument.node.id if argument is not None and isinstance(argument.node, ast.Name) else ""


@method("pandas", "to_sql", "name con schema if_exists index index_label chunksize dtype method")
def to_sql(call: Call) -> Type:
    """The index goes along as a column, unless told otherwise; what it is called depends on the index."""
    name, table = call.text("name"), call.table
    index = call.value("index", True)
    if not name or call["schema"] is not None or not isinstance(index, bool):
        return UNKNOWN
    if index:
        label = call.text("index_label")
        if (call["index_label"] is not None and label is None) or (label is None and table.index):
            table = replace(table, open=True)
        else:
            table = replace(table, columns=(Column(label or "index"), *table.columns))
    if call.value("if_exists", "fail") == "append":
        table = replace(table, open=True)  # the table may have been there before, with more columns
    _enter(call, name, table, argument_name(call["con"]))
    return UNKNOWN


@method("polars", "write_database", "table_name connection if_table_exists **")
def write_database(call: Call) -> Type:
    name = call.text("table_name")
    if name:
        table = call.table if call.value("if_table_exists", "fail") != "append" else replace(call.table, open=True)
        _enter(call, name, table, argument_name(call["connection"]))
    return UNKNOWN


@method("duckdb", "create to_table", "table_name")
@method("duckdb", "create_view to_view", "view_name replace")
def relation(call: Call) -> Type:
    name = call.text("table_name") or call.text("view_name")
    if name:
        _enter(call, name, call.table)
    return call.table


@method("connection", "unregister", "view_name")
def unregister(call: Call) -> Type:
    name = call.text("view_name")
    if name:
        call.run.unregister(name)
    return call.receiver


@method("pyspark.sql.SparkSession.catalog", "dropTempView dropGlobalTempView", "viewName")
def drop_view(call: Call) -> Type:
    name = call.text("viewName")
    if name:
        call.run.unregister(name)
    return UNKNOWN


@method("pyspark.sql.SparkSession.catalog", "setCurrentDatabase", "dbName")
def use_database(call: Call) -> Type:
    return _use(call, "dbName", "use")


@method("pyspark.sql.SparkSession.catalog", "setCurrentCatalog", "catalogName")
def use_catalog(call: Call) -> Type:
    return _use(call, "catalogName", "set catalog")


def _use(call: Call, argument: str, words: str) -> Type:
    name = call.text(argument)
    if name and re.fullmatch(r"\w+", name):
        call.run.define(f"{words} {name}", "spark", call.node, "")
    else:
        call.run.remark(UNSEEN)
    return UNKNOWN


def writer(table: Table, target: Type = UNKNOWN) -> Record:
    """`df.write` of Spark, and `df.writeTo(target)`."""
    return Record(((_FRAME, table), (_TARGET, target)), WRITER)


def _written(call: Call) -> tuple[Table | None, Type]:
    fields = dict(call.receiver.fields) if isinstance(call.receiver, Record) else {}
    table = fields.get(_FRAME)
    return (table if isinstance(table, Table) else None), fields.get(_TARGET, UNKNOWN)


@method(WRITER, "mode format option options partitionBy bucketBy sortBy using tableProperty partitionedBy", "*args **")
def configured(call: Call) -> Type:
    """`mode("append")` keeps what is there, so that the table may have more columns."""
    table, target = _written(call)
    words = [known_text(a.type) for a in call.rest]
    if table is not None and ("append" in words or None in words or call.extra):
        return writer(replace(table, open=True), target)
    return call.receiver


@method(WRITER, "saveAsTable", "name format mode **")
def save_as_table(call: Call) -> Type:
    name, (table, _) = call.text("name"), _written(call)
    if name and table is not None:
        mode = call.value("mode", "error")
        _enter(call, name, replace(table, open=True) if mode == "append" or not isinstance(mode, str) else table)
    return UNKNOWN


@method("spark", "writeTo", "table")
def write_to(call: Call) -> Type:
    target = call["table"]
    return writer(call.table, target.type if target is not None else UNKNOWN)


@method(WRITER, "create createOrReplace replace", "")
def create(call: Call) -> Type:
    table, target = _written(call)
    name = known_text(target)
    if name and table is not None:
        _enter(call, name, table)
    return UNKNOWN


def _enter(call: Call, name: str, table: Table, connection: str = "") -> None:
    """Databases compare names without case."""
    call.run.register(name, replace(table, index=(), case_sensitive=False, flavour="table"), call.node, connection)
