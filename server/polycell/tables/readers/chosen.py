"""Columns chosen by name, and options that nobody knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from polycell.core.types import Table
from polycell.tables.data_files import UnreadableError


def only(options: Mapping[str, Any], names: frozenset[str]) -> None:
    """Raises UnreadableError for an option that is none of these."""
    odd = sorted(options.keys() - names)
    if odd:
        raise UnreadableError(f"option {odd[0]}")


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
