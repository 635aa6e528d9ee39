"""DuckDB's readers of files in Python: `duckdb.read_csv(…)` and the same of a connection."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from polycell.core.types import UNKNOWN, Connection, Table, Type
from polycell.core.values import replace
from polycell.languages.python.frames.columns import unknown_table
from polycell.languages.python.frames.readers import options_of, read_file
from polycell.languages.python.frames.registry import Call, function, method

# Names that options have in Python, and those of SQL.
_NAMES: Mapping[str, str] = {
    "sep": "delim", "delimiter": "delim", "dtype": "types", "na_values": "nullstr", "skiprows": "skip",
    "quotechar": "quote", "escapechar": "escape", "date_format": "dateformat", "timestamp_format": "timestampformat",
    "lineterminator": "new_line",
}  # fmt: skip
_CSV = "path_or_buffer **"
_FILES = "file_glob **"


def _read(call: Call, argument: str, reader: str, without: Collection[str] = (), **defaults: Any) -> Table:
    """`defaults`: options that Python sets where SQL would find them out."""
    passed_over = {"connection", "parallel", *without}
    given = {_NAMES.get(n, n): v for n, v in options_of(call, argument).items() if n not in passed_over}
    options = {**defaults, **given}
    return read_file(call, call[argument], reader, "duckdb", options)


@function("duckdb.read_csv duckdb.from_csv_auto", _CSV, gives=unknown_table("duckdb"))
def read_csv(call: Call) -> Type:
    options = options_of(call, "path_or_buffer")
    found = _read(call, "path_or_buffer", "duckdb.csv", without=("filename",))
    # DuckDB 1 does not heed it here, as it does in SQL.
    return replace(found, open=True) if options.get("filename", False) is not False else found


@function("duckdb.read_parquet duckdb.from_parquet", _FILES, gives=unknown_table("duckdb"))
def read_parquet(call: Call) -> Type:
    return _read(call, "file_glob", "duckdb.parquet", hive_partitioning=False)


@function("duckdb.read_json", "path_or_buffer **", gives=unknown_table("duckdb"))
def read_json(call: Call) -> Type:
    return _read(call, "path_or_buffer", "duckdb.json")


def _is_duckdb(call: Call) -> bool:
    return isinstance(call.receiver, Connection) and call.receiver.dialect == "duckdb"


@method("connection", "read_csv from_csv_auto", _CSV)
def connection_csv(call: Call) -> Type:
    return read_csv(call) if _is_duckdb(call) else UNKNOWN


@method("connection", "read_parquet from_parquet", _FILES)
def connection_parquet(call: Call) -> Type:
    return read_parquet(call) if _is_duckdb(call) else UNKNOWN


@method("connection", "read_json", "path_or_buffer **")
def connection_json(call: Call) -> Type:
    return read_json(call) if _is_duckdb(call) else UNKNOWN
