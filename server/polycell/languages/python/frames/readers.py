"""Functions that read data files. What they read is asked of `View.read`, by a `FileRequest`."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from polycell.core.types import (
    UNKNOWN,
    Certainty,
    Collection,
    Column,
    Evidence,
    Flavour,
    Record,
    Schema,
    Table,
    Type,
)
from polycell.core.values import replace
from polycell.languages.python.frames.columns import unknown_table, with_columns
from polycell.languages.python.frames.pandas_frame import dtype_node
from polycell.languages.python.frames.registry import Argument, Call, function
from polycell.languages.python.frames.said_columns import said
from polycell.languages.python.frames.schema_rules import schema_argument
from polycell.languages.python.syntax.values import NOT_KNOWN, known_text, known_texts, value_of
from polycell.tables.data_files import UnreadableError
from polycell.tables.files import FileRequest
from polycell.tables.readers.pandas_csv import pandas_table
from polycell.tables.readers.text import Head


def read_file(call: Call, path: Argument | None, reader: str, flavour: Flavour, options: Mapping[str, Any]) -> Table:
    """The table in a file, of the flavour of the function that reads it; where nothing is known of the file, what the
    call says of it."""
    found = _looked_up(call, path, reader, flavour, options)
    unknown = found.open and not found.columns and not found.labelled
    return (said(call, reader, flavour, options) if unknown else None) or found


def _looked_up(call: Call, path: Argument | None, reader: str, flavour: Flavour, options: Mapping[str, Any]) -> Table:
    unknown = unknown_table(flavour)
    text = dict(path.type.fields).get("text") if path is not None and isinstance(path.type, Record) else None
    if path is not None and text is not None:
        return replace(_in_text(call, path, known_text(text), reader, options) or unknown, flavour=flavour)
    paths = paths_of(path)
    if not paths or NOT_KNOWN in options.values():
        return unknown
    if not all(map(_absolute, paths)) and call.run.remarked(MOVED):
        return unknown
    try:
        request = FileRequest.of(paths, call.run.folder, reader, dict(options))
    except TypeError:
        return unknown
    found = call.run.view.read(request)
    if not isinstance(found, Table):
        return unknown
    if found.open and not found.columns and not found.labelled:
        return unknown
    if any(call.run.remarked(WRITTEN + text.replace("\\", "/").rsplit("/", 1)[-1]) for text in paths):
        found = replace(found, columns=tuple(replace(c, certainty=Certainty.LIKELY) for c in found.columns))
    return replace(found, flavour=flavour)


def paths_of(path: Argument | None) -> list[str] | None:
    """The paths that an argument gives, one or a list; None where they are not known."""
    return known_texts(opened_path(path.type) or path.type) if path is not None else None


OPEN_FILE = "io.TextIOWrapper"  # a record of the `path` that was opened, or of the `text` that is read like a file


def opened_path(type_: Type) -> Type | None:
    """The path of a file that is open, and that nobody has read in yet."""
    opened = isinstance(type_, Record) and type_.name == OPEN_FILE and not type_.open
    return dict(type_.fields).get("path") if opened and isinstance(type_, Record) else None


def _in_text(call: Call, argument: Argument, text: str | None, reader: str, options: Mapping[str, Any]) -> Table | None:
    """What pandas makes of a text that the code holds."""
    if text is None or reader != "pandas.csv" or NOT_KNOWN in options.values():
        return None
    try:
        found = pandas_table(Head(text, whole=True), options)
    except (UnreadableError, LookupError, ValueError):
        return None
    columns = (
        replace(c, evidence=Evidence.DERIVED, origin=call.run.place(argument.node, c.name)) for c in found.columns
    )
    return replace(found, columns=tuple(columns))


# What a notebook says of its files, by name in the catalogue: its working folder is another one, or (followed by the
# name) a file is written by itself, so that the one on the disk may be of an older run.
MOVED = "(working folder)"
WRITTEN = "(written) "


def _absolute(path: str) -> bool:
    return path.startswith(("/", "\\", "~")) or "://" in path or path[1:2] == ":"


def options_of(call: Call, *drop: str) -> dict[str, Any]:
    """Keyword options with their known values; functions and objects are NOT_KNOWN. None is as good as not given,
    but for those of which it means something."""
    given = {**{n: a for n, a in call.given.items() if n not in drop}, **(call.extra or {})}
    made: dict[str, Any] = {}
    for name, argument in given.items():
        value = argument.value
        if value is None and name not in _NONE_COUNTS:
            continue
        made[name] = {} if name in _UNREAD and value is NOT_KNOWN else value
    return made


# Options whose values do not matter to names: what they are may stay unknown.
_UNREAD = frozenset({"nrows", "na_values", "date_parser", "skipfooter", "date_format", "n_rows", "null_values"})
_NONE_COUNTS = frozenset(
    {"header", "sheet_name", "sep", "infer_schema_length", "partitioning", "quote_char", "compression"}
)


# -- pandas


@function("pandas.read_csv", "filepath_or_buffer sep delimiter header names index_col usecols dtype **",
          gives=unknown_table("pandas"))  # fmt: skip
def read_csv(call: Call) -> Type:
    options = options_of(call, "filepath_or_buffer")
    by_parts = [options.pop("chunksize", None) is not None, options.pop("iterator", None) not in (None, False)]
    table = read_file(call, call["filepath_or_buffer"], "pandas.csv", "pandas", _pandas_dtypes(call, options))
    return Collection("sequence", table, name="pandas.io.parsers.TextFileReader") if any(by_parts) else table


@function("pandas.read_table", "filepath_or_buffer sep **", gives=unknown_table("pandas"))
def read_table(call: Call) -> Type:
    options = {"sep": "\t", **options_of(call, "filepath_or_buffer")}
    if options.pop("chunksize", None) is not None or options.pop("iterator", None):
        return UNKNOWN
    return read_file(call, call["filepath_or_buffer"], "pandas.csv", "pandas", _pandas_dtypes(call, options))


@function("pandas.read_fwf", "filepath_or_buffer colspecs widths infer_nrows **", gives=unknown_table("pandas"))
def read_fwf(call: Call) -> Type:
    """Where fields end is found from the data, unless all names are given."""
    given = call.extra or {}
    names = known_texts(given["names"].type) if "names" in given else None
    if names is None or given.keys() & {"usecols", "index_col", "chunksize", "iterator", "header"}:
        return unknown_table("pandas")
    if call["colspecs"] is None and call["widths"] is None:
        return unknown_table("pandas")  # more fields than names make an index
    place = call.run.place
    made = [Column(n, None, None, Evidence.DECLARED, origin=place(given["names"].node, n)) for n in names]
    table = with_columns(Table(flavour="pandas"), made)
    widths = call.value("widths") if call["widths"] is not None else call.value("colspecs")
    return table if isinstance(widths, list) and len(widths) == len(names) else unknown_table("pandas")


@function(
    "pandas.read_clipboard pandas.read_xml pandas.read_sas pandas.read_spss pandas.read_stata pandas.read_hdf"
    " pandas.read_iceberg",
    "*args **",
    gives=unknown_table("pandas"),
)
def not_followed(call: Call) -> Type:
    return unknown_table("pandas")


@function("pandas.read_html", "*args **")
def read_html(call: Call) -> Type:
    """As many frames as a page has tables."""
    return Collection("list", unknown_table("pandas"))


def _pandas_dtypes(call: Call, options: dict[str, Any]) -> dict[str, Any]:
    """`dtype={"a": str, "b": np.float32}`: classes have no known value, so their names are taken from the text; of
    `converters` only the names of columns are known."""
    given = {**call.given, **(call.extra or {})}
    if options.get("converters") is NOT_KNOWN:
        node = given["converters"].node
        keys = [value_of(call.run.evaluate(k)) if k is not None else NOT_KNOWN for k in getattr(node, "keys", ())]
        options = {**options, "converters": {} if NOT_KNOWN in keys else dict.fromkeys(keys, "")}
    argument = given.get("dtype")
    if argument is None or options.get("dtype") is not NOT_KNOWN:
        return options
    if isinstance(argument.node, ast.Dict):
        made = {}
        for key, value in zip(argument.node.keys, argument.node.values, strict=True):
            name = value_of(call.run.evaluate(key)) if key is not None else None
            if not isinstance(name, (str, int)):
                return options
            type_ = dtype_node(call, value)
            made[name] = _DTYPE_NAMES.get(str(type_), "object") if type_ is not None else "object"
        return {**options, "dtype": made}
    type_ = dtype_node(call, argument.node)
    return {**options, "dtype": _DTYPE_NAMES.get(str(type_), "object") if type_ is not None else "object"}


_DTYPE_NAMES = {"double": "float64", "float": "float32", "string": "str", "bool": "bool", "dictionary": "category"} | {
    f"{sign}int{bits}": f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)
}


@function("pandas.read_excel", "io sheet_name header names index_col usecols dtype engine **",
          gives=unknown_table("pandas"))  # fmt: skip
def read_excel(call: Call) -> Type:
    return sheets_of(call, call["io"])


def sheets_of(call: Call, workbook: Argument | None) -> Type:
    """One sheet of a file, or of a workbook that was opened; with several a dictionary of frames."""
    options = _pandas_dtypes(call, options_of(call, "io"))
    path = workbook
    if workbook is not None and isinstance(workbook.type, Record):
        path = next((Argument(workbook.node, type_) for name, type_ in workbook.type.fields if name == "io"), None)
    sheets = options.pop("sheet_name", 0)
    if isinstance(sheets, (str, int)) and not isinstance(sheets, bool):
        return read_file(call, path, "pandas.excel", "pandas", {**options, "sheet_name": sheets})
    if sheets is None:
        names = read_file(call, path, "excel.sheets", "pandas", {})
        sheets = [] if names.open else [c.name for c in names.columns]
    if not isinstance(sheets, list) or not sheets or not all(isinstance(s, str) for s in sheets):
        return UNKNOWN
    return Record(
        tuple((s, read_file(call, path, "pandas.excel", "pandas", {**options, "sheet_name": s})) for s in sheets),
        "dict",
    )


@function("pandas.read_parquet", "path engine columns **", gives=unknown_table("pandas"))
def pandas_parquet(call: Call) -> Type:
    return read_file(call, call["path"], "pandas.parquet", "pandas", options_of(call, "path", "engine"))


@function("pandas.read_orc", "path columns **", gives=unknown_table("pandas"))
def pandas_orc(call: Call) -> Type:
    return read_file(call, call["path"], "pandas.orc", "pandas", options_of(call, "path"))


@function("pandas.read_feather", "path columns **", gives=unknown_table("pandas"))
def pandas_feather(call: Call) -> Type:
    return read_file(call, call["path"], "arrow.ipc", "pandas", options_of(call, "path"))


@function("pandas.read_json", "path_or_buf **", gives=unknown_table("pandas"))
def pandas_json(call: Call) -> Type:
    options = options_of(call, "path_or_buf")
    if options.get("chunksize") is not None or options.get("typ", "frame") != "frame":
        return UNKNOWN
    options.pop("typ", None)
    return read_file(call, call["path_or_buf"], "pandas.json", "pandas", _pandas_dtypes(call, options))


# -- polars


@function("polars.read_csv polars.scan_csv", "source **", gives=unknown_table("polars"))
def polars_csv(call: Call) -> Type:
    given = call.extra or {}
    if "schema" in given and given["schema"].value is not None:
        return _polars_declared(call, given["schema"])
    typed = given.get("schema_overrides") or given.get("dtypes")
    options = options_of(call, "source")
    options = {n: v for n, v in options.items() if n not in ("schema", "schema_overrides", "dtypes")}
    if "with_column_names" in options:
        return unknown_table(_lazy(call))
    found = read_file(call, call["source"], "polars.csv", _lazy(call), options)
    return _overridden(call, found, typed)


def _polars_declared(call: Call, schema: Argument) -> Table:
    """All columns of the file by `schema`, and what else is asked for."""
    declared = schema_argument(call.run, schema, _lazy(call))
    if declared is None or (call.extra or {}).keys() & {
        "columns", "new_columns", "row_index_name", "row_count_name", "include_file_paths", "with_column_names",
        "schema_overrides", "dtypes",
    }:  # fmt: skip
        return unknown_table(_lazy(call))
    return declared


def _overridden(call: Call, table: Table, typed: Argument | None) -> Table:
    """The table with the types that `schema_overrides` gives to some of its columns."""
    if typed is None or typed.value is None:
        return table
    named = schema_argument(call.run, typed, table.flavour)
    types = {c.name: c.type for c in named.columns} if named is not None else None

    def column(c: Column) -> Column:
        if types is not None and c.name not in types:
            return c
        return replace(c, type=types[c.name] if types is not None else None, type_certainty=Certainty.CERTAIN)

    return replace(table, columns=tuple(map(column, table.columns)))


@function("polars.read_parquet polars.scan_parquet", "source **", gives=unknown_table("polars"))
def polars_parquet(call: Call) -> Type:
    return read_file(call, call["source"], "polars.parquet", _lazy(call), options_of(call, "source"))


@function("polars.read_ipc polars.scan_ipc", "source **", gives=unknown_table("polars"))
def polars_ipc(call: Call) -> Type:
    return read_file(call, call["source"], "polars.ipc", _lazy(call), options_of(call, "source"))


@function("polars.read_ipc_stream", "source **", gives=unknown_table("polars"))
def polars_stream(call: Call) -> Type:
    return read_file(call, call["source"], "arrow.stream", "polars", options_of(call, "source"))


@function("polars.read_ndjson polars.scan_ndjson", "source **", gives=unknown_table("polars"))
def polars_ndjson(call: Call) -> Type:
    return _polars_json(call, "polars.lines")


@function("polars.read_json", "source **", gives=unknown_table("polars"))
def polars_json(call: Call) -> Type:
    return _polars_json(call, "polars.json")


def _polars_json(call: Call, reader: str) -> Table:
    given = call.extra or {}
    if "schema" in given and given["schema"].value is not None:
        return _polars_declared(call, given["schema"])
    options = {n: v for n, v in options_of(call, "source").items() if n not in ("schema", "schema_overrides")}
    found = read_file(call, call["source"], reader, _lazy(call), options)
    typed = given.get("schema_overrides")
    return _overridden(call, found, typed)


@function("polars.read_excel", "source **", gives=unknown_table("polars"))
def polars_excel(call: Call) -> Type:
    options = {n: v for n, v in options_of(call, "source").items() if n != "schema_overrides"}
    several = options.get("sheet_id") == 0 or isinstance(options.get("sheet_id", options.get("sheet_name")), list)
    if several or options.get("sheet_name") is NOT_KNOWN or options.get("sheet_id") is NOT_KNOWN:
        return UNKNOWN
    found = read_file(call, call["source"], "polars.excel", "polars", options)
    return _overridden(call, found, (call.extra or {}).get("schema_overrides"))


@function("polars.read_avro polars.read_delta polars.scan_delta polars.read_ods polars.scan_iceberg", "*args **")
def polars_other(call: Call) -> Type:
    return unknown_table(_lazy(call))


def _lazy(call: Call) -> Flavour:
    return (
        "polars-lazy"
        if isinstance(call.node.func, ast.Attribute) and call.node.func.attr.startswith("scan")
        else "polars"
    )


# -- pyarrow


@function("pyarrow.csv.read_csv", "input_file **", gives=unknown_table("arrow"))
def arrow_csv(call: Call) -> Type:
    return read_file(call, call["input_file"], "arrow.csv", "arrow", options_of(call, "input_file"))


@function("pyarrow.parquet.read_table", "source **", gives=unknown_table("arrow"))
def arrow_parquet(call: Call) -> Type:
    return read_file(call, call["source"], "arrow.parquet", "arrow", options_of(call, "source"))


@function("pyarrow.orc.read_table", "source **", gives=unknown_table("arrow"))
def arrow_orc(call: Call) -> Type:
    return read_file(call, call["source"], "arrow.orc", "arrow", options_of(call, "source"))


@function("pyarrow.feather.read_table", "source **", gives=unknown_table("arrow"))
def arrow_feather(call: Call) -> Type:
    return read_file(call, call["source"], "arrow.feather", "arrow", options_of(call, "source"))


@function("pyarrow.feather.read_feather", "source columns **", gives=unknown_table("pandas"))
def arrow_feather_frame(call: Call) -> Type:
    return read_file(call, call["source"], "arrow.ipc", "pandas", options_of(call, "source"))


@function("pyarrow.dataset.dataset", "source schema format filesystem partitioning **")
def arrow_dataset(call: Call) -> Type:
    """A data set has a schema before anything of it is read; `to_table` gives what it declares."""
    options = options_of(call, "source")
    if options.keys() & {"schema", "filesystem"}:
        return UNKNOWN
    return Schema(read_file(call, call["source"], "arrow.dataset", "arrow", options))
