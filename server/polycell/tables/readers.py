"""Readers: from a data file's first bytes to its columns. One small function a format, one registry.

Each takes the file's resolved path, a label for people and the reader's options, and gives a `Table`; what it cannot
understand is open. pyarrow is imported by those that need it.
"""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias
from zipfile import ZipFile

from polycell.core.types import STRING, Anchor, Column, Evidence, Table
from polycell.tables import csv_head
from polycell.tables.csv_head import OPEN, Head
from polycell.tables.infer import table_of_records
from polycell.tables.outputs import read_output

HEAD = 64 * 1024  # bytes looked at, before decompression has its say
MAX_JSON = 1024 * 1024  # a JSON document that is no JSON lines is read whole up to this size

_POLARS_CSV = frozenset({
    "has_header", "separator", "columns", "try_parse_dates", "encoding", "n_rows", "infer_schema_length",
    "ignore_errors", "low_memory", "rechunk", "null_values", "n_threads", "batch_size", "use_pyarrow",
})  # fmt: skip

Options: TypeAlias = Mapping[str, Any]
Reader: TypeAlias = Callable[[Path, str, Options], Table]


def read_text_head(path: Path, label: str, options: Options, limit: int = HEAD) -> Head:
    """The first characters, decompressed and decoded. Raises OSError, LookupError or UnicodeError for what is not
    there or not text."""
    compression = options.get("compression", "infer")
    if isinstance(compression, Mapping):
        compression = compression.get("method", "infer")
    if compression == "infer":
        known = {".gz": "gzip", ".bz2": "bz2", ".xz": "xz", ".zip": "zip", ".zst": "zstd", ".tar": "tar"}
        compression = known.get(path.suffix.lower())
    if compression is None:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    elif compression == "gzip":
        with gzip.open(path) as file:
            data = file.read(limit + 1)
    elif compression == "bz2":
        with bz2.open(path) as file:
            data = file.read(limit + 1)
    elif compression == "xz":
        with lzma.open(path) as file:
            data = file.read(limit + 1)
    elif compression == "zip":
        with ZipFile(path) as archive:
            names = archive.namelist()
            if len(names) != 1:
                raise OSError("a zip archive of several files")
            with archive.open(names[0]) as file:
                data = file.read(limit + 1)
    else:
        raise OSError(f"compression {compression!r} is not read")
    whole = len(data) <= limit
    if not whole:
        cut = data.rfind(b"\n", 0, limit)
        data = data[: cut + 1] if cut >= 0 else data[:limit]
    encoding = options.get("encoding") or "utf-8"
    if not isinstance(encoding, str):
        raise LookupError(str(encoding))
    if encoding.lower().replace("_", "-") in ("utf-8", "utf8"):
        encoding = "utf-8-sig"
    text = data.decode(encoding, "strict" if whole else "replace")
    # A cut at a newline loses the record that may go on behind it; readers drop the last one when not `whole`.
    return Head(text if whole else text + "\n", whole, path.as_uri() if path.is_absolute() else "", label)


def read_pandas_csv(path: Path, label: str, options: Options) -> Table:
    return csv_head.pandas_table(read_text_head(path, label, options), options)


def read_polars_csv(path: Path, label: str, options: Options) -> Table:
    if options.keys() - _POLARS_CSV or options.get("encoding", "utf8") not in ("utf8", "utf8-lossy"):
        return OPEN
    head = read_text_head(path, label, {})
    separator = options.get("separator", ",")
    if not isinstance(separator, str) or len(separator) != 1:
        return OPEN
    if options.get("has_header", True) is not True:
        return OPEN  # versions number the columns from 1 or from 0
    table = csv_head.plain_table(head, separator)
    if not options.get("try_parse_dates"):
        table = replace(table, columns=tuple(_dates_as_text(c) for c in table.columns))
    if "null_values" in options:
        table = _untyped(table)
    return select(table, options.get("columns"))


def read_plain_csv(path: Path, label: str, options: Options) -> Table:
    """pyarrow.csv without options."""
    if options:
        return OPEN
    return csv_head.plain_table(read_text_head(path, label, {}), ",")


def read_sniffed_csv(path: Path, label: str, options: Options) -> Table:
    """DuckDB: separator and header are found out, and believed only where no sniffer could doubt."""
    if options.keys() - {"header", "sep", "delimiter", "delim"}:
        return OPEN
    head = read_text_head(path, label, {})
    given = options.get("sep") or options.get("delimiter") or options.get("delim")
    separator = given if isinstance(given, str) else csv_head.sniff_separator(head)
    if len(separator) != 1:
        return OPEN
    table = csv_head.plain_table(head, separator)
    sure = options.get("header") is True or csv_head.header_is_evident(head, separator)
    return table if sure else replace(table, open=True)


def read_spark_csv(path: Path, label: str, options: Options) -> Table:
    if options.keys() - {"header", "inferSchema", "sep", "delimiter"}:
        return OPEN
    separator = options.get("sep") or options.get("delimiter") or ","
    if path.is_dir() or not isinstance(separator, str) or len(separator) != 1:
        return OPEN
    header = str(options.get("header", False)).lower() == "true"
    typed = str(options.get("inferSchema", False)).lower() == "true"
    head = read_text_head(path, label, {})
    table = csv_head.plain_table(head, separator, header=header, unnamed="_c{0}", typed=typed)
    return replace(table, case_sensitive=False)


def read_parquet(path: Path, label: str, options: Options) -> Table:
    """A file, or a folder of files with hive partitions (then open, since partition keys are guessed)."""
    if options.keys() - {"columns", "engine", "dtype_backend", "use_threads", "memory_map", "n_rows"}:
        return OPEN
    import pyarrow.parquet as pq

    folder = path.is_dir()
    file = next(iter(sorted(path.rglob("*.parquet"))), None) if folder else path
    if file is None:
        return OPEN
    schema = pq.read_schema(file)
    table = _arrow_table(schema, path, label, pandas=options.get("engine") != "plain")
    table = select(table, options.get("columns"))
    return replace(table, open=True) if folder else table


def read_arrow(path: Path, label: str, options: Options) -> Table:
    """Arrow's file format, which is Feather version 2."""
    if options.keys() - {"columns", "use_threads", "memory_map", "dtype_backend"}:
        return OPEN
    import pyarrow as pa

    with pa.OSFile(str(path)) as file:
        schema = pa.ipc.open_file(file).schema
    return select(_arrow_table(schema, path, label), options.get("columns"))


def read_json(path: Path, label: str, options: Options) -> Table:
    """JSON lines, or one array of objects, or pandas' default of an object of columns."""
    if options.keys() - {"lines", "encoding", "compression", "nrows", "convert_dates", "orient", "dtype"}:
        return OPEN
    orient = options.get("orient")
    if options.get("lines"):
        head = read_text_head(path, label, options)
        lines = [line for line in head.text.splitlines() if line.strip()]
        records = [json.loads(line) for line in (lines if head.whole else lines[:-1])]
        table = table_of_records(records, source=label)
        table = table if head.whole else replace(table, open=True)
    elif orient in (None, "records"):
        head = read_text_head(path, label, options, MAX_JSON)
        if not head.whole:
            return OPEN
        content = json.loads(head.text)
        if isinstance(content, list):
            table = table_of_records(content, source=label)
        elif orient is None and isinstance(content, dict) and content:
            if not all(isinstance(v, (dict, list)) for v in content.values()):
                return OPEN
            table = Table(tuple(Column(n, None, None, Evidence.FILE, source=label) for n in content))
        else:
            return OPEN
    else:
        return OPEN
    # pandas turns texts that look like dates into dates, by the names of their columns.
    columns = (replace(c, type=None) if c.type == STRING else c for c in table.columns)
    return replace(table, columns=tuple(_located(c, head) for c in columns))


def select(table: Table, columns: Any) -> Table:
    """The table with the columns asked for by name, in that order; open where the wish is not understood."""
    if columns is None:
        return table
    if not isinstance(columns, (list, tuple)) or not all(isinstance(c, str) for c in columns):
        return OPEN
    found = [table.column(name) for name in columns]
    if not all(found):
        return OPEN
    return replace(table, columns=tuple(c for c in found if c is not None))


def _arrow_table(schema: Any, path: Path, label: str, *, pandas: bool = True) -> Table:
    from polycell.tables.arrow import from_schema

    uri = path.as_uri() if path.is_absolute() else ""
    if len(set(schema.names)) != len(schema.names):
        return OPEN
    table = from_schema(
        schema, evidence=Evidence.FILE, source=label, origin=lambda name: Anchor(name, uri=uri) if uri else None
    )
    metadata = (schema.metadata or {}).get(b"pandas")
    if metadata is None or not pandas:
        return table
    try:
        stored = [c for c in json.loads(metadata).get("index_columns", ()) if isinstance(c, str)]
    except (ValueError, AttributeError):
        return OPEN
    index = tuple(
        replace(c, name="") if c.name.startswith("__index_level_") else c for c in table.columns if c.name in stored
    )
    return replace(table, columns=tuple(c for c in table.columns if c.name not in stored), index=index)


def _located(column: Column, head: Head) -> Column:
    at = head.text.find(f'"{column.name}"')
    if at < 0 or not head.uri:
        return column
    return replace(column, origin=Anchor.at(head.text, at + 1, column.name, uri=head.uri))


def _dates_as_text(column: Column) -> Column:
    return replace(column, type=STRING) if column.type and column.type.name in ("date32", "timestamp") else column


def _untyped(table: Table) -> Table:
    return replace(table, columns=tuple(replace(c, type=None) for c in table.columns))


READERS: Mapping[str, Reader] = {
    "pandas.csv": read_pandas_csv,
    "polars.csv": read_polars_csv,
    "arrow.csv": read_plain_csv,
    "duckdb.csv": read_sniffed_csv,
    "spark.csv": read_spark_csv,
    "parquet": read_parquet,
    "arrow": read_arrow,
    "json": read_json,
    "notebook.output": read_output,
}
