"""The columns that Spark's CSV reader makes of a text file.

Rules from Spark's documentation of its CSV data source: without `header` columns are `_c0`…, without `inferSchema`
all are strings; names that are blank or come twice, in any case, get their number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from polycell.core.patterns import pattern
from polycell.core.types import BOOL, FLOAT64, INT32, INT64, STRING, Certainty, DataType, Table
from polycell.core.values import replace
from polycell.tables.data_files import DataFiles, UnreadableError
from polycell.tables.readers.arrow_files import data_of, spark_partitions
from polycell.tables.readers.chosen import only, same_header
from polycell.tables.readers.delimited import columns_of, rows_of, separator_of
from polycell.tables.readers.text import Head, read_text_head

# As Spark compares them: without regard to case.
_HARMLESS = frozenset({
    "mode", "nullvalue", "dateformat", "timestampformat", "timestampntzformat", "samplingratio", "enforceschema",
    "maxcolumns", "maxcharspercolumn", "emptyvalue", "nanvalue", "positiveinf", "negativeinf", "locale", "preferdate",
    "inferdate", "columnnameofcorruptrecord", "escape", "chartoescapequoteescaping", "compression", "codec",
    "unescapedquotehandling", "multiline",
})  # fmt: skip
_READ = frozenset({
    "header", "inferschema", "sep", "delimiter", "quote", "comment", "encoding", "charset", "linesep",
    "ignoreleadingwhitespace", "ignoretrailingwhitespace",
})  # fmt: skip
_SHORT = pattern(r"[+-]?\d{1,9}\Z")
_LONG = pattern(r"[+-]?\d{1,18}\Z")
_FLOAT = pattern(r"[+-]?(?:\d+\.\d*|\.\d+|\d{1,18})(?:[eE][+-]?\d{1,3})?\Z")
_WORD = pattern(r"[^\W\d]")
_SPECIAL = frozenset({"nan", "inf", "infinity", "true", "false"})


def read(found: DataFiles, options: Mapping[str, Any]) -> Table:
    given = {name.lower(): value for name, value in options.items()}
    only(given, _HARMLESS | _READ)
    files = data_of(found)
    encoding = given.get("encoding") or given.get("charset") or "utf-8"
    if files[0].suffix.lower() in (".zip", ".xz"):
        raise UnreadableError("a compression that Spark does not know")
    head = read_text_head(files[0], found.label, {"encoding": encoding})
    if found.kind != "file":
        same_header(replace(found, files=tuple(files)), head)
        head = replace(head, uri="")
    rows = _rows(head, given)
    if _is_true(given, "header"):
        names, data = _safe(rows[0]), rows[1:]
    else:
        names, data = [f"_c{i}" for i in range(len(rows[0]))], rows
    if len({n.casefold() for n in names}) != len(names):
        raise UnreadableError("columns of one name")
    types: list[DataType | None] = [STRING] * len(names)
    if _is_true(given, "inferschema"):
        null = given.get("nullvalue", "")
        types = [_type({row[i] for row in data if i < len(row)} - {"", null}) for i in range(len(names))]
    columns = columns_of(head, names, types)
    if found.kind != "file":
        columns = [replace(c, type_certainty=min(c.type_certainty, Certainty.LIKELY)) for c in columns]
    return spark_partitions(Table(tuple(columns), case_sensitive=False), found)


def _is_true(options: Mapping[str, Any], name: str) -> bool:
    value = options.get(name, False)
    if str(value).lower() not in ("true", "false"):
        raise UnreadableError(f"option {name}")
    return str(value).lower() == "true"


def _rows(head: Head, options: Mapping[str, Any]) -> list[list[str]]:
    quote, comment = options.get("quote", '"'), options.get("comment")
    if not isinstance(quote, str) or len(quote) != 1 or options.get("linesep", "\n") != "\n":
        raise UnreadableError("its quotes or line ends")
    if (comment is not None and not isinstance(comment, str)) or (quote != '"' and '"' in head.text):
        raise UnreadableError("its comments or quotes")
    if f"\\{quote}" in head.text or "\r" in head.text.replace("\r\n", ""):
        raise UnreadableError("quotes that are escaped")
    rows = rows_of(head, separator_of(options, "sep", "delimiter"), quote=quote)
    rows = [row for row in rows if row and not (len(row) == 1 and not row[0].strip())]
    if comment:
        rows = [row for row in rows if not row[0].startswith(comment)]
    if not rows:
        raise UnreadableError("it has no rows")
    if any("\n" in field for row in rows for field in row):
        raise UnreadableError("line ends in fields")
    before, behind = _is_true(options, "ignoreleadingwhitespace"), _is_true(options, "ignoretrailingwhitespace")
    if before or behind:
        rows = [[(f.lstrip() if before else f).rstrip() if behind else f.lstrip() for f in row] for row in rows]
    return rows


def _safe(header: Sequence[str]) -> list[str]:
    counts = Counter(name.casefold() for name in header)
    return [
        f"_c{i}" if not name else f"{name}{i}" if counts[name.casefold()] > 1 else name for i, name in enumerate(header)
    ]


def _type(texts: set[str]) -> DataType | None:
    if not texts:
        return None
    if {t.lower() for t in texts} <= {"true", "false"}:
        return BOOL
    if all(map(_SHORT.match, texts)):
        return INT32
    if all(map(_LONG.match, texts)):
        return INT64 if any(len(t.lstrip("+-").lstrip("0")) > 10 for t in texts) else None
    if all(map(_FLOAT.match, texts)):
        return FLOAT64
    return STRING if any(_WORD.match(t) and t.lower() not in _SPECIAL for t in texts) else None
