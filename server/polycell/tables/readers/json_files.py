"""JSON documents and JSON lines, as pandas, polars and Spark read them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from polycell.core.patterns import pattern
from polycell.core.types import BOOL, FLOAT64, INT64, STRING, Anchor, Column, DataType, Evidence, Table
from polycell.core.values import replace
from polycell.tables.data_files import DataFiles, UnreadableError
from polycell.tables.infer import common_type, table_of_records, type_of_value
from polycell.tables.readers.chosen import only
from polycell.tables.readers.text import MAX_JSON, Head, read_text_head

# Names by which pandas takes a column of numbers for dates (its documentation of `convert_dates`).
_DATELIKE = pattern(r"(?i)(?:.*_at|.*_time|timestamp.*|modified|date)\Z")
_PANDAS = frozenset({
    "lines", "encoding", "compression", "nrows", "convert_dates", "orient", "dtype", "keep_default_dates", "date_unit",
    "precise_float", "encoding_errors", "engine", "dtype_backend", "convert_axes", "storage_options",
})  # fmt: skip


def pandas(found: DataFiles, options: Mapping[str, Any]) -> Table:
    only(options, _PANDAS)
    orient = options.get("orient")
    if options.get("lines"):
        if orient not in (None, "records"):
            raise UnreadableError(f"lines of {orient}")
        head = read_text_head(found.one(), found.label, options)
        records = records_of(head)
        count = options.get("nrows")
        if count is not None and ("\n\n" in head.text or head.text.startswith("\n")):
            raise UnreadableError("blank lines, which count as rows")
        whole = head.whole or (type(count) is int and count <= len(records))
        made = table_of_records(records[:count] if type(count) is int else records, source=found.label)
        table = made if whole else replace(made, open=True)
    else:
        head = whole_document(found.one(), found.label, options)
        table = _oriented(json.loads(head.text), orient, found.label)
    if any(_number(c.name) for c in table.columns):
        raise UnreadableError("columns that are numbered")
    if options.keys() & {"dtype", "dtype_backend"}:
        table = replace(table, columns=tuple(replace(c, type=None) for c in table.columns))
    return replace(table, columns=tuple(located(_pandas_typed(c), head) for c in table.columns))


def text(found: DataFiles, options: Mapping[str, Any]) -> Table:
    """A whole document, told by the name of a column: for those who want its values and not its columns."""
    only(options, frozenset())
    return Table((Column(whole_document(found.one(), found.label, options).text, None, None, Evidence.FILE),))


def _oriented(content: Any, orient: Any, label: str) -> Table:
    """A document by its orientation: records, an object of columns, of rows (`index`), or parts (`split`, `table`)."""
    if orient == "split" and isinstance(content, dict):
        names = content.get("columns")
    elif orient == "table" and isinstance(content, dict):
        schema = content.get("schema")
        fields = schema.get("fields") if isinstance(schema, dict) else None
        keys = schema.get("primaryKey", []) if isinstance(schema, dict) else []
        names = [f.get("name") for f in fields if isinstance(f, dict)] if isinstance(fields, list) else None
        if not isinstance(keys, list) or not names:
            raise UnreadableError("a table schema that is not understood")
        index = tuple(Column("" if k == "index" else str(k), None, None, Evidence.FILE) for k in keys)
        return replace(_named([n for n in names if n not in keys], label), index=index)
    elif orient == "index" and isinstance(content, dict):
        rows = list(content.values())
        names = list(dict.fromkeys(n for row in rows if isinstance(row, dict) for n in row))
        if not all(isinstance(row, dict) for row in rows) or any(list(row) != names for row in rows):
            raise UnreadableError("rows of different columns")
    elif orient in (None, "records", "columns") and isinstance(content, list):
        return table_of_records(content, source=label)
    elif orient in (None, "columns") and isinstance(content, dict) and content:
        if not all(isinstance(v, (dict, list)) for v in content.values()):
            raise UnreadableError("an object that is no table")
        names = list(content)
    else:
        raise UnreadableError(f"a document that is no table of {orient or 'columns'}")
    return _named(names, label)


def _named(names: Any, label: str) -> Table:
    if not isinstance(names, list) or not all(isinstance(n, str) and not _number(n) for n in names):
        raise UnreadableError("columns that are numbered")
    if len(set(names)) != len(names):
        raise UnreadableError("columns of one name")
    return Table(tuple(Column(n, None, None, Evidence.FILE, source=label) for n in names))


def _number(name: str) -> bool:
    """Whether pandas turns a name into a number, or a date, when it converts the axes."""
    return bool(re.match(r"[\s+-]*[\d.]", name))


def _pandas_typed(column: Column) -> Column:
    """pandas turns texts that look like dates into dates, and by the names of columns numbers as well."""
    odd = column.type == STRING or _DATELIKE.match(column.name) or (column.type == BOOL and column.nullable)
    return replace(column, type=None if odd else _plain(column.type))


# -- polars and Spark


def polars_lines(found: DataFiles, options: Mapping[str, Any]) -> Table:
    """The columns of the first rows, 100 unless told otherwise."""
    only(options, frozenset({
        "infer_schema_length", "n_rows", "batch_size", "low_memory", "rechunk", "ignore_errors", "row_index_name",
    }))  # fmt: skip
    head = read_text_head(found.one(), found.label, {})
    records, count = records_of(head), options.get("infer_schema_length", 100)
    whole = head.whole
    if type(count) is int:
        whole = whole or count <= len(records)
        records = records[:count]
    table = _polars_table(records, head)
    return table if whole else replace(table, open=True)


def polars_document(found: DataFiles, options: Mapping[str, Any]) -> Table:
    only(options, frozenset({"infer_schema_length"}))
    head = whole_document(found.one(), found.label, {})
    content = json.loads(head.text)
    if not isinstance(content, list):
        raise UnreadableError("a document that is no list of records")
    count = options.get("infer_schema_length", 100)
    return _polars_table(content[:count] if type(count) is int else content, head)


def _polars_table(records: Sequence[Any], head: Head) -> Table:
    table = _of_records(records, head)
    return replace(table, columns=tuple(replace(c, type=_plain(c.type)) for c in table.columns))


def spark(found: DataFiles, options: Mapping[str, Any]) -> Table:
    """JSON lines, or with `multiLine` a document; columns in the order of their names."""
    options = {name.lower(): value for name, value in options.items()}
    only(options, frozenset({"multiline", "encoding", "primitivesasstring", "allowcomments", "mode"}))
    if str(options.get("multiline", False)).lower() == "true":
        head = whole_document(found.one(), found.label, options)
        content = json.loads(head.text)
        records = content if isinstance(content, list) else [content]
    else:
        head = read_text_head(found.one(), found.label, options)
        records = records_of(head)
    table = _of_records(records, head)
    text = str(options.get("primitivesasstring", False)).lower() == "true"
    columns = [replace(c, type=None if text else _plain(c.type)) for c in table.columns]
    columns = sorted(columns, key=lambda c: c.name)
    return Table(tuple(columns), open=not head.whole, case_sensitive=False)


def _plain(type_: DataType | None) -> DataType | None:
    """The types of single values that JSON has, which libraries agree on."""
    return type_ if type_ in (INT64, FLOAT64, STRING) or (type_ is not None and type_.name == "bool") else None


def any_records(found: DataFiles, options: Mapping[str, Any]) -> Table:
    """Names alone, of a list of records or of lines; there may be more of them."""
    only(options, frozenset())
    head = read_text_head(found.one(), found.label, {}, MAX_JSON)
    listed = head.text.lstrip().startswith("[")
    table = _of_records(json.loads(head.text) if listed else records_of(head), head)
    return Table(tuple(replace(c, type=None) for c in table.columns), open=True, case_sensitive=False)


# -- what they share


def _of_records(records: Sequence[Any], head: Head) -> Table:
    """Columns in the order of appearance, integers as they are where some are missing. Raises UnreadableError
    when a record is no object."""
    if not records or not all(isinstance(r, Mapping) for r in records):
        raise UnreadableError("records that are no objects")
    values: dict[str, list[Any]] = {}
    for record in records:
        for name, value in record.items():
            values.setdefault(name, []).append(type_of_value(value))
    columns = [Column(n, common_type(t), None, Evidence.FILE, source=head.label) for n, t in values.items()]
    return Table(tuple(located(c, head) for c in columns))


def records_of(head: Head) -> list[Any]:
    lines = head.text.split("\n")
    return [json.loads(line) for line in (lines if head.whole else lines[:-1]) if line.strip()]


def whole_document(path: Path, label: str, options: Mapping[str, Any]) -> Head:
    head = read_text_head(path, label, options, MAX_JSON)
    if not head.whole:
        raise UnreadableError(f"a document of more than {MAX_JSON} bytes")
    return head


def located(column: Column, head: Head) -> Column:
    at = head.text.find(f'"{column.name}"')
    if at < 0 or not head.uri:
        return column
    return replace(column, origin=Anchor.at(head.text, at + 1, column.name, uri=head.uri))
