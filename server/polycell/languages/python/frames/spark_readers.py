"""Spark's reader of files: `spark.read.option(…).schema(…).csv(path)`, `spark.read.load(path, format=…)`.

A reader is a record of what it was told: its options by their lower-case names, as Spark compares them, its format and
its schema. Oracle: PySpark.
"""

from __future__ import annotations

from collections.abc import Mapping

from polycell.core.types import BINARY, STRING, TIMESTAMP, Column, DataType, Evidence, Record, Schema, Table, Type
from polycell.core.values import replace
from polycell.languages.python.frames.columns import unknown_table
from polycell.languages.python.frames.readers import paths_of, read_file
from polycell.languages.python.frames.registry import Argument, Call, method
from polycell.languages.python.frames.schema_rules import schema_argument
from polycell.languages.python.syntax.values import NOT_KNOWN, known_text, value_of

READ = "pyspark.sql.SparkSession.read"  # one that was told nothing yet
READER = "pyspark.sql.DataFrameReader"
BUILDERS = frozenset({READ, READER})  # their methods change the reader itself, and give it back

_FORMAT, _SCHEMA, _UNKNOWN = "(format)", "(schema)", "(unknown)"
_FORMATS: Mapping[str, str] = {f: f"spark.{f}" for f in ("csv", "json", "parquet", "orc")}
_CSV = "path schema sep encoding quote escape comment header inferSchema **"


def _told(call: Call) -> dict[str, Type]:
    return dict(call.receiver.fields) if isinstance(call.receiver, Record) else {}


def _reader(call: Call, **more: Type) -> Type:
    return Record(tuple(sorted({**_told(call), **more}.items(), key=lambda pair: pair[0])), READER)


@method(READ, "option", "key value")
@method(READER, "option", "key value")
def option(call: Call) -> Type:
    name, value = call.text("key"), call["value"]
    if name is None or value is None:
        return _reader(call, **{_UNKNOWN: Record(())})
    return _reader(call, **{name.lower(): value.type})


@method(READ, "options", "**")
@method(READER, "options", "**")
def options(call: Call) -> Type:
    return _reader(call, **{name.lower(): a.type for name, a in (call.extra or {}).items()})


@method(READ, "format", "source")
@method(READER, "format", "source")
def format_(call: Call) -> Type:
    source = call["source"]
    return _reader(call, **{_FORMAT: source.type if source is not None else Record(())})


@method(READ, "schema", "schema")
@method(READER, "schema", "schema")
def schema(call: Call) -> Type:
    declared = schema_argument(call.run, call["schema"], "spark")
    return _reader(call, **{_SCHEMA: Schema(declared if declared is not None else unknown_table("spark"))})


@method(READ, "csv", _CSV)
@method(READER, "csv", _CSV)
def csv(call: Call) -> Type:
    return _read(call, call["path"], "csv")


@method(READ, "json", "path schema **")
@method(READER, "json", "path schema **")
def json(call: Call) -> Type:
    return _read(call, call["path"], "json")


@method(READ, "parquet orc", "*paths **")
@method(READER, "parquet orc", "*paths **")
def columnar(call: Call) -> Type:
    named = (call.extra or {}).get("path")
    if len(call.rest) + (named is not None) != 1:
        return unknown_table("spark")
    name = getattr(call.node.func, "attr", "")
    return _read(call, named or call.rest[0], name)


@method(READ, "text", "paths wholetext lineSep **")
@method(READER, "text", "paths wholetext lineSep **")
def text(call: Call) -> Type:
    column = Column("value", STRING, None, Evidence.DECLARED, source="spark.read.text")
    return _with_folders(call, call["paths"], Table((column,)))


@method(READ, "load", "path format schema **")
@method(READER, "load", "path format schema **")
def load(call: Call) -> Type:
    given = call["format"].type if call["format"] is not None else _told(call).get(_FORMAT)
    name = known_text(given) if given is not None else "parquet"
    if name == "text":
        return text(replace(call, given={"paths": call.given["path"]} if "path" in call.given else {}))
    return _read(call, call["path"], (name or "").lower())


@method(READ, "jdbc xml", "*args **")
@method(READER, "jdbc xml", "*args **")
def other(call: Call) -> Type:
    return unknown_table("spark")


def _read(call: Call, path: Argument | None, format_name: str) -> Table:
    told = _told(call)
    declared = schema_argument(call.run, call["schema"], "spark")
    if declared is None and isinstance(known := told.get(_SCHEMA), Schema):
        declared = known.table
    if declared is not None:
        return _with_folders(call, path, declared)
    named = {n.lower(): a for n, a in {**call.given, **(call.extra or {})}.items()}
    given = {n: value_of(t) for n, t in told.items() if not n.startswith("(")}
    given |= {n: a.value for n, a in named.items() if n not in ("path", "paths", "format") and a.value is not None}
    if "schema" in given or _UNKNOWN in told or format_name not in _FORMATS or NOT_KNOWN in given.values():
        return unknown_table("spark")
    # Options of files that no reader of a format needs to know.
    found = read_file(call, path, _FORMATS[format_name], "spark", given)
    sampled = "samplingratio" in given  # the types of some of the rows
    columns = (replace(c, type=None if sampled else _of_file(c.type)) for c in found.columns)
    return replace(found, columns=tuple(columns), case_sensitive=False)


_STORED: Mapping[str, DataType | None] = {
    **dict.fromkeys(("string", "large_string", "string_view"), STRING), "large_binary": BINARY,
    "timestamp": TIMESTAMP, "uint8": DataType("int16"), "uint16": DataType("int32"), "uint32": DataType("int64"),
    "uint64": DataType("decimal128", ("20", "0")),
    **dict.fromkeys(("dictionary", "duration", "time32", "time64", "null", "halffloat", "large_list"), None),
}  # fmt: skip


def _of_file(type_: DataType | None) -> DataType | None:
    """Spark's type of what a file holds; None where it has another for it, or none."""
    if type_ is None or not type_.children:
        return _STORED.get(type_.name, type_) if type_ is not None else None
    parts = [(name, part) for name, child in type_.children if (part := _of_file(child)) is not None]
    return replace(type_, children=tuple(parts)) if len(parts) == len(type_.children) else None


def _with_folders(call: Call, path: Argument | None, declared: Table) -> Table:
    """What was declared, and the columns of folders, which Spark adds to any schema."""
    made = replace(declared, flavour="spark", index=(), case_sensitive=False)
    folders = read_file(call, path, "spark.folders", "spark", {})
    if folders.open:
        paths = paths_of(path)
        file = paths is not None and all("." in p.replace("\\", "/").rsplit("/", 1)[-1] for p in paths)
        # A file alone has none, wherever it is.
        return made if file and not any("=" in p for p in paths or ()) else replace(made, open=True)
    more = tuple(c for c in folders.columns if made.column(c.name) is None)
    return replace(made, columns=(*made.columns, *more))


@method(READ, "table", "tableName")
@method(READER, "table", "tableName")
@method("pyspark.sql.SparkSession", "table", "tableName")
def table(call: Call) -> Type:
    name = call.text("tableName")
    found = call.run.sql(f"SELECT * FROM {name}") if name and name.replace(".", "").replace("_", "").isalnum() else None
    return (
        replace(found, flavour="spark", index=(), case_sensitive=False) if found is not None else unknown_table("spark")
    )
