"""CSV files as each library reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from polycell.core.types import Table
from polycell.core.values import replace
from polycell.tables.data_files import DataFiles, UnreadableError
from polycell.tables.readers.chosen import only
from polycell.tables.readers.delimited import header_is_evident, plain_table, separator_of, sniff_separator
from polycell.tables.readers.pandas_csv import pandas_table
from polycell.tables.readers.text import read_text_head


def pandas(found: DataFiles, options: Mapping[str, Any]) -> Table:
    return pandas_table(read_text_head(found.one(), found.label, options), options)


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
