"""The columns that `polars.read_csv` and `scan_csv` make of a text file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from polycell.core.patterns import pattern
from polycell.core.types import BOOL, DATE, FLOAT64, INT64, STRING, TIMESTAMP, Certainty, DataType, Table
from polycell.core.values import replace
from polycell.tables.data_files import DataFiles, UnreadableError
from polycell.tables.readers.chosen import only, same_header, select, with_extras
from polycell.tables.readers.delimited import columns_of, rows_of, separator_of
from polycell.tables.readers.text import Head, read_text_head

INFERRED = 100  # rows that types are inferred from, unless told otherwise

_HARMLESS = frozenset({
    "n_rows", "ignore_errors", "low_memory", "rechunk", "n_threads", "batch_size", "use_pyarrow", "cache", "glob",
    "truncate_ragged_lines", "raise_if_empty", "storage_options", "retries", "file_cache_ttl", "credential_provider",
    "sample_size", "row_index_offset", "row_count_offset",
})  # fmt: skip
_READ = frozenset({
    "has_header", "separator", "columns", "new_columns", "try_parse_dates", "encoding", "infer_schema_length",
    "infer_schema", "null_values", "skip_rows", "skip_lines", "skip_rows_after_header", "comment_prefix", "quote_char",
    "eol_char", "decimal_comma", "missing_utf8_is_empty_string", "row_index_name", "row_count_name",
    "include_file_paths",
})  # fmt: skip
_INTEGER = pattern(r"-?\d{1,18}\Z")
_FLOAT = pattern(r"-?(?:\d+\.\d*|\.\d+|\d{1,18})(?:[eE][+-]?\d{1,3})?\Z")
_ISO_DATE = pattern(r"\d{4}-\d\d-\d\d\Z")
_ISO_TIME = pattern(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,9})?\Z")
_WORD = pattern(r"[^\W\d]")  # begins like no number and no date


def read(found: DataFiles, options: Mapping[str, Any]) -> Table:
    only(options, _HARMLESS | _READ)
    if options.get("glob", True) is not True or found.kind not in ("file", "pattern", "list"):
        raise UnreadableError("a path that is read otherwise")
    encoding = options.get("encoding") or "utf8"
    head = read_text_head(found.files[0], found.label, {
        "encoding": {"utf8-lossy": "utf8"}.get(encoding, encoding), "compression": "infer",
    })  # fmt: skip
    rows = _rows(head, options)
    if found.kind != "file":
        same_header(found, head)
        head = replace(head, uri="")
    names, data = _names(rows, options)
    data = data[_count(options, "skip_rows_after_header") :]
    names = _renamed(names, options)
    types = _types(data, len(names), options, names, whole=head.whole)
    made = Table(tuple(columns_of(head, names, types)))
    length = options.get("infer_schema_length", INFERRED)
    if head.whole or (type(length) is int and length < len(data)):
        # Types are those of the first rows, whatever follows.
        made = replace(made, columns=tuple(replace(c, type_certainty=Certainty.CERTAIN) for c in made.columns))
    wanted = options.get("columns")
    if isinstance(wanted, list) and all(type(n) is int for n in wanted) and sorted(wanted) != wanted:
        raise UnreadableError("columns by number, which only polars 2 puts into their order")
    return with_extras(select(made, wanted), options)


def _count(options: Mapping[str, Any], name: str) -> int:
    value = options.get(name) or 0
    if type(value) is not int or value < 0:
        raise UnreadableError(f"option {name}")
    return value


def _rows(head: Head, options: Mapping[str, Any]) -> list[list[str]]:
    comment, quote = options.get("comment_prefix"), options.get("quote_char", '"')
    if options.get("eol_char", "\n") != "\n" or not (quote is None or (isinstance(quote, str) and len(quote) == 1)):
        raise UnreadableError("its line ends or quotes")
    text = head.text
    if (quote is None or comment is not None) and '"' in text:
        raise UnreadableError("quotes that mean something else")
    if comment is not None:
        if not isinstance(comment, str) or not comment:
            raise UnreadableError("its comments")
        text = "".join(line for line in text.splitlines(keepends=True) if not line.startswith(comment))
    rows = rows_of(replace(head, text=text), separator_of(options, "separator"), quote=quote or '"')
    skipped = _count(options, "skip_rows") + _count(options, "skip_lines")
    if skipped and [] in rows:
        raise UnreadableError("blank lines where some are skipped")
    rows = rows[skipped:]
    while rows and not rows[0]:
        rows = rows[1:]
    if rows and len(rows[0]) == 1 and not rows[0][0].strip():
        raise UnreadableError("a blank line before its header")
    return rows


def _names(rows: list[list[str]], options: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    if not rows:
        raise UnreadableError("it has no rows")
    if options.get("has_header", True) is True:
        names: list[str] = []
        for name in rows[0]:
            number = 0
            fresh = name
            while fresh in names:
                fresh, number = f"{name}_duplicated_{number}", number + 1
            names.append(fresh)
        if not all(names) or any('"' in name for name in names):
            raise UnreadableError("columns without a plain name")
        return names, rows[1:]
    if options.get("has_header") is not False or not isinstance(options.get("new_columns"), list):
        raise UnreadableError("versions of polars number the columns from 1 or from 0")
    return [""] * len(rows[0]), rows


def _renamed(names: list[str], options: Mapping[str, Any]) -> list[str]:
    """`new_columns`: of all columns; before polars 2 also of the first ones."""
    given = options.get("new_columns")
    if given is None:
        return names
    if not isinstance(given, list) or not all(isinstance(n, str) for n in given) or options.get("columns") is not None:
        raise UnreadableError("new names that are not known")
    made = [*given, *names[len(given) :]]
    if len(given) > len(names) or not all(made) or len(set(made)) != len(made):
        raise UnreadableError("new names of other columns")
    return made


def _types(
    data: list[list[str]], width: int, options: Mapping[str, Any], names: Sequence[str], *, whole: bool
) -> list[DataType | None]:
    length = options.get("infer_schema_length", INFERRED)
    if options.get("infer_schema", True) is False or length == 0:
        return [STRING] * width
    nulls = options.get("null_values")
    untyped: set[str] = set(nulls) if isinstance(nulls, Mapping) else set()
    if nulls is not None and not untyped and not isinstance(nulls, (str, list)):
        return [None] * width
    missing = {"", *([nulls] if isinstance(nulls, str) else nulls if isinstance(nulls, list) else [])}
    rows = [row for row in (data[:length] if type(length) is int else data) if row]
    made: list[DataType | None] = []
    for at, name in enumerate(names):
        texts = {row[at] for row in rows if at < len(row)} - missing
        made.append(None if name in untyped else _type(texts, options))
    return made


def _type(texts: set[str], options: Mapping[str, Any]) -> DataType | None:
    if not texts:
        return None
    if texts <= {"true", "false"}:
        return BOOL
    if all(map(_INTEGER.match, texts)):
        return INT64
    if all(map(_FLOAT.match, texts)):
        return None if options.get("decimal_comma") else FLOAT64
    dates = options.get("try_parse_dates") is True
    if all(map(_ISO_DATE.match, texts)):
        return DATE if dates else STRING
    if all(map(_ISO_TIME.match, texts)):
        return TIMESTAMP if dates else STRING
    return STRING if any(_WORD.match(t) and t.lower() not in ("true", "false", "nan", "inf") for t in texts) else None
