"""CSV files as each library reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from polycell.core.types import STRING, Column, Table
from polycell.tables.data_files import DataFiles, UnreadableError
from polycell.tables.readers.chosen import only, select
from polycell.tables.readers.delimited import header_is_evident, plain_table, separator_of, sniff_separator
from polycell.tables.readers.pandas_csv import pandas_table
from polycell.tables.readers.text import read_text_head

_POLARS = frozenset({
    "has_header", "separator", "columns", "try_parse_dates", "encoding", "n_rows", "infer_schema_length",
    "ignore_errors", "low_memory", "rechunk", "null_values", "n_threads", "batch_size", "use_pyarrow",
})  # fmt: skip


def pandas(found: DataFiles, options: Mapping[str, Any]) -> Table:
    return pandas_table(read_text_head(found.one(), found.label, options), options)


def polars(found: DataFiles, options: Mapping[str, Any]) -> Table:
    only(options, _POLARS)
    if options.get("encoding", "utf8") not in ("utf8", "utf8-lossy"):
        raise UnreadableError("its encoding")
    head = read_text_head(found.one(), found.label, {})
    if options.get("has_header", True) is not True:
        raise UnreadableError("versions number the columns from 1 or from 0")
    table = plain_table(head, separator_of(options, "separator"))
    if not options.get("try_parse_dates"):
        table = replace(table, columns=tuple(_dates_as_text(c) for c in table.columns))
    if "null_values" in options:
        table = replace(table, columns=tuple(replace(c, type=None) for c in table.columns))
    return select(table, options.get("columns"))


def arrow(found: DataFiles, options: Mapping[str, Any]) -> Table:
    """pyarrow.csv without options but the separator."""
    only(options, frozenset({"delimiter"}))
    return plain_table(read_text_head(found.one(), found.label, {}), separator_of(options, "delimiter"))


def duckdb(found: DataFiles, options: Mapping[str, Any]) -> Table:
    """Separator and header are found out, and believed only where no sniffer could doubt."""
    only(options, frozenset({"header", "sep", "delimiter", "delim"}))
    head = read_text_head(found.one(), found.label, {})
    given = options.get("sep") or options.get("delimiter") or options.get("delim")
    separator = given if isinstance(given, str) else sniff_separator(head)
    if len(separator) != 1:
        raise UnreadableError(f"separator {separator!r}")
    table = plain_table(head, separator)
    sure = options.get("header") is True or header_is_evident(head, separator)
    return table if sure else replace(table, open=True)


def spark(found: DataFiles, options: Mapping[str, Any]) -> Table:
    only(options, frozenset({"header", "inferSchema", "sep", "delimiter"}))
    separator = separator_of(options, "sep", "delimiter")
    header = str(options.get("header", False)).lower() == "true"
    typed = str(options.get("inferSchema", False)).lower() == "true"
    head = read_text_head(found.one(), found.label, {})
    table = plain_table(head, separator, header=header, unnamed="_c{0}", typed=typed)
    return replace(table, case_sensitive=False)


def _dates_as_text(column: Column) -> Column:
    return replace(column, type=STRING) if column.type and column.type.name in ("date32", "timestamp") else column
