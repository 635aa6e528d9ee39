"""Functions that read data files. What they read is asked of `View.read`, by a `FileRequest`."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from polycell.core.types import UNKNOWN, Certainty, Flavour, Table, Type
from polycell.languages.python.frames.columns import unknown_table
from polycell.languages.python.frames.pandas_frame import dtype_node
from polycell.languages.python.frames.registry import Argument, Call, function
from polycell.languages.python.values import NOT_KNOWN, known_text, value_of
from polycell.tables.files import FileRequest


def read_file(call: Call, path: Argument | None, reader: str, flavour: Flavour, options: Mapping[str, Any]) -> Table:
    """The table in a file, of the flavour of the function that reads it; open while nothing is known."""
    text = known_text(path.type) if path is not None else None
    unknown = unknown_table(flavour)
    if text is None or NOT_KNOWN in options.values():
        return unknown
    if not _absolute(text) and call.run.remarked(MOVED):
        return unknown
    try:
        request = FileRequest.of(text, call.run.folder, reader, dict(options))
    except TypeError:
        return unknown
    found = call.run.view.read(request)
    if not isinstance(found, Table):
        return unknown
    if found.open and not found.columns:
        return unknown
    if call.run.remarked(WRITTEN + text.replace("\\", "/").rsplit("/", 1)[-1]):
        found = replace(found, columns=tuple(replace(c, certainty=Certainty.LIKELY) for c in found.columns))
    return replace(found, flavour=flavour)


# What a notebook says of its files, by name in the catalogue: its working folder is another one, or (followed by the
# name) a file is written by itself, so that the one on the disk may be of an older run.
MOVED = "(working folder)"
WRITTEN = "(written) "


def _absolute(path: str) -> bool:
    return path.startswith(("/", "\\", "~")) or "://" in path or path[1:2] == ":"


def _options(call: Call, drop: tuple[str, ...] = ()) -> dict[str, Any]:
    """Keyword options with their known values; functions and objects are NOT_KNOWN."""
    given = {**{n: a for n, a in call.given.items() if n not in drop}, **(call.extra or {})}
    made: dict[str, Any] = {}
    for name, argument in given.items():
        value = argument.value
        made[name] = {} if name in _UNREAD and value is NOT_KNOWN else value
    return made


# Options whose values do not matter to names: what they are may stay unknown.
_UNREAD = frozenset({"nrows", "na_values", "converters", "date_parser", "skipfooter", "date_format", "n_rows"})


@function("pandas.read_csv", "filepath_or_buffer **", gives=unknown_table("pandas"))
def read_csv(call: Call) -> Type:
    options = _options(call, ("filepath_or_buffer",))
    if options.get("chunksize") is not None or options.get("iterator"):
        return UNKNOWN
    return read_file(call, call["filepath_or_buffer"], "pandas.csv", "pandas", _pandas_dtypes(call, options))


@function("pandas.read_table", "filepath_or_buffer **", gives=unknown_table("pandas"))
def read_table(call: Call) -> Type:
    options = {"sep": "\t", **_options(call, ("filepath_or_buffer",))}
    return read_file(call, call["filepath_or_buffer"], "pandas.csv", "pandas", _pandas_dtypes(call, options))


def _pandas_dtypes(call: Call, options: dict[str, Any]) -> dict[str, Any]:
    """`dtype={"a": str, "b": np.float32}`: classes have no known value, so their names are taken from the text."""
    argument = (call.extra or {}).get("dtype")
    if argument is None or options.get("dtype") is not NOT_KNOWN:
        return options
    if isinstance(argument.node, ast.Dict):
        made = {}
        for key, value in zip(argument.node.keys, argument.node.values, strict=True):
            name = value_of(call.run.evaluate(key)) if key is not None else None
            if not isinstance(name, str):
                return options
            type_ = dtype_node(call, value)
            made[name] = _DTYPE_NAMES.get(str(type_), "object") if type_ is not None else "object"
        return {**options, "dtype": made}
    type_ = dtype_node(call, argument.node)
    return {**options, "dtype": _DTYPE_NAMES.get(str(type_), "object") if type_ is not None else "object"}


_DTYPE_NAMES = {"double": "float64", "float": "float32", "string": "str", "bool": "bool", "dictionary": "category"} | {
    f"{sign}int{bits}": f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)
}


@function("pandas.read_parquet", "path engine columns **", gives=unknown_table("pandas"))
def pandas_parquet(call: Call) -> Type:
    return read_file(call, call["path"], "pandas.parquet", "pandas", _options(call, ("path", "engine")))


@function("pandas.read_feather", "path columns **", gives=unknown_table("pandas"))
def pandas_feather(call: Call) -> Type:
    return read_file(call, call["path"], "arrow.ipc", "pandas", _options(call, ("path",)))


@function("pandas.read_json", "path_or_buf **", gives=unknown_table("pandas"))
def pandas_json(call: Call) -> Type:
    return read_file(call, call["path_or_buf"], "pandas.json", "pandas", _options(call, ("path_or_buf",)))


@function("polars.read_csv polars.scan_csv", "source **", gives=unknown_table("polars"))
def polars_csv(call: Call) -> Type:
    return read_file(call, call["source"], "polars.csv", _lazy(call), _options(call, ("source",)))


@function("polars.read_parquet polars.scan_parquet", "source **", gives=unknown_table("polars"))
def polars_parquet(call: Call) -> Type:
    return read_file(call, call["source"], "polars.parquet", _lazy(call), _options(call, ("source",)))


@function("polars.read_ipc polars.scan_ipc", "source **", gives=unknown_table("polars"))
def polars_ipc(call: Call) -> Type:
    return read_file(call, call["source"], "polars.ipc", _lazy(call), _options(call, ("source",)))


@function("polars.read_ndjson polars.scan_ndjson", "source **", gives=unknown_table("polars"))
def polars_ndjson(call: Call) -> Type:
    return read_file(call, call["source"], "polars.lines", _lazy(call), _options(call, ("source",)))


@function("polars.read_excel polars.read_json polars.read_avro polars.read_delta", "*args **")
def polars_other(call: Call) -> Type:
    return unknown_table("polars")


def _lazy(call: Call) -> Flavour:
    return (
        "polars-lazy"
        if isinstance(call.node.func, ast.Attribute) and call.node.func.attr.startswith("scan")
        else "polars"
    )


@function("pyarrow.csv.read_csv", "input_file **", gives=unknown_table("arrow"))
def arrow_csv(call: Call) -> Type:
    return read_file(call, call["input_file"], "arrow.csv", "arrow", _options(call, ("input_file",)))


@function("pyarrow.parquet.read_table", "source **", gives=unknown_table("arrow"))
def arrow_parquet(call: Call) -> Type:
    return read_file(call, call["source"], "arrow.parquet", "arrow", _options(call, ("source",)))


@function("pyarrow.feather.read_table", "source **", gives=unknown_table("arrow"))
def arrow_feather(call: Call) -> Type:
    return read_file(call, call["source"], "arrow.ipc", "arrow", _options(call, ("source",)))


@function("duckdb.read_csv duckdb.from_csv_auto", "path_or_buffer **", gives=unknown_table("duckdb"))
def duckdb_csv(call: Call) -> Type:
    return read_file(call, call["path_or_buffer"], "duckdb.csv", "duckdb", _options(call, ("path_or_buffer",)))


@function("duckdb.read_parquet duckdb.from_parquet", "file_glob **", gives=unknown_table("duckdb"))
def duckdb_parquet(call: Call) -> Type:
    return read_file(call, call["file_glob"], "duckdb.parquet", "duckdb", _options(call, ("file_glob",)))
