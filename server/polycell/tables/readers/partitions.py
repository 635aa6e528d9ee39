"""Columns that folders give (`year=2024/region=eu/…`), as each library types them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import PurePath
from urllib.parse import unquote

from polycell.core.patterns import pattern
from polycell.core.types import CATEGORY, DATE, INT32, INT64, STRING, Column, DataType, Evidence, Table
from polycell.core.values import replace
from polycell.tables.data_files import UnreadableError

_NULL = "__HIVE_DEFAULT_PARTITION__"
_INTEGER = pattern(r"-?\d{1,9}\Z")
_DATE = pattern(r"\d{4}-\d\d-\d\d\Z")
_WORDLIKE = pattern(r"[A-Za-z_][\w ]*\Z")

Typed = Callable[[Collection[str]], "DataType | None"]


def partition_values(paths: Iterable[PurePath]) -> Mapping[str, frozenset[str]]:
    """The keys of the folders of all paths, with the values that are not null. Raises UnreadableError where paths have
    different keys."""
    found: dict[str, set[str]] | None = None
    for path in paths:
        pairs = [part.split("=", 1) for part in path.parts[:-1] if "=" in part]
        keys = [unquote(key) for key, _ in pairs]
        if found is None:
            found = {key: set() for key in keys}
        if list(found) != keys or not all(keys):
            raise UnreadableError("folders of different keys")
        for key, (_, value) in zip(keys, pairs, strict=True):
            if value != _NULL:
                found[key].add(unquote(value))
    return {key: frozenset(values) for key, values in (found or {}).items()}


def with_partitions(table: Table, values: Mapping[str, frozenset[str]], typed: Typed, source: str) -> Table:
    """The table with the keys as columns behind its own. Raises UnreadableError where a file has a column so named."""
    if any(table.column(key) for key in values):
        raise UnreadableError("a column of a file is named like a folder's key")
    added = (Column(key, typed(v), None, Evidence.FILE, source=f"folders of {source}") for key, v in values.items())
    return replace(table, columns=(*table.columns, *added))


def as_category(values: Collection[str]) -> DataType | None:
    """pandas, which takes what pyarrow found for a dictionary."""
    return CATEGORY


def as_arrow(values: Collection[str]) -> DataType | None:
    """pyarrow: numbers of 32 bits or texts."""
    if values and all(map(_INTEGER.match, values)):
        return INT32
    return STRING if any(map(_WORDLIKE.match, values)) else None


def as_polars(values: Collection[str], *, dates: bool = True) -> DataType | None:
    if values and all(map(_INTEGER.match, values)):
        return INT64
    if values and all(map(_DATE.match, values)):
        return DATE if dates else STRING
    if any(map(_WORDLIKE.match, values)) and not {v.lower() for v in values} & {"true", "false", "nan", "inf"}:
        return STRING
    return None


def as_spark(values: Collection[str]) -> DataType | None:
    if values and all(map(_INTEGER.match, values)):
        return INT32
    if values and all(map(_DATE.match, values)):
        return DATE
    return STRING if any(map(_WORDLIKE.match, values)) else None
