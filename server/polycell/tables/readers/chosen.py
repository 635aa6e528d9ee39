"""What readers share: options that nobody knows, columns chosen or added by name, files of one header."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from polycell.core.types import STRING, Column, DataType, Evidence, Table
from polycell.core.values import replace
from polycell.tables.data_files import DataFiles, UnreadableError
from polycell.tables.readers.text import Head, read_text_head

T = TypeVar("T")

COMPARED = 20  # files whose first lines are compared


def only(options: Mapping[str, Any], names: frozenset[str]) -> None:
    """Raises UnreadableError for an option that is none of these."""
    odd = sorted(options.keys() - names)
    if odd:
        raise UnreadableError(f"option {odd[0]}")


def without_skipped(rows: list[T], skip: Any) -> list[T]:
    """The rows that pandas' `skiprows` leaves: a number of them at the head, or the ones listed. Raises
    UnreadableError where it is something else."""
    if isinstance(skip, int):
        return rows[skip:]
    if isinstance(skip, list):
        return [row for i, row in enumerate(rows) if i not in skip]
    raise UnreadableError("which rows are skipped")


def select(table: Table, columns: Any) -> Table:
    """The table with the columns asked for, by name or by number, in that order. Raises UnreadableError where that is
    not understood."""
    if columns is None:
        return table
    if not isinstance(columns, (list, tuple)):
        raise UnreadableError("which columns are wanted")
    found = []
    for key in columns:
        number = type(key) is int and 0 <= key < len(table.columns)
        column = table.columns[key] if number else table.column(key) if isinstance(key, str) else None
        if column is None:
            raise UnreadableError("columns are wanted that it does not have")
        found.append(column)
    return replace(table, columns=tuple(found))


def with_extras(table: Table, options: Mapping[str, Any]) -> Table:
    """polars' number of the row in front, and path of the file behind."""
    for name in ("row_index_name", "row_count_name"):
        if options.get(name) is not None:
            table = replace(table, columns=(_given(options[name], DataType("uint32")), *table.columns))
    if options.get("include_file_paths") is not None:
        table = replace(table, columns=(*table.columns, _given(options["include_file_paths"], STRING)))
    if len({c.name for c in table.columns}) != len(table.columns):
        raise UnreadableError("columns of one name")
    return table


def _given(name: Any, type_: DataType) -> Column:
    if not isinstance(name, str):
        raise UnreadableError("the name of a column")
    return Column(name, type_, False, Evidence.FILE)


def same_header(found: DataFiles, head: Head) -> None:
    """Raises UnreadableError where files have other first lines than the first of them, whose text `head` is."""
    first = head.text.split("\n", 1)[0]
    for file in found.files[1:COMPARED]:
        if read_text_head(file, found.label, {}, 4096).text.split("\n", 1)[0] != first:
            raise UnreadableError("its files have different first lines")
