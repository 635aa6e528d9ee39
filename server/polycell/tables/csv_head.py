"""The columns of a delimited text file from its first bytes, by the rules of the library that reads it.

pandas' rules are those of its C parser (`pandas.read_csv` documentation, and `_get_header` for implicit index
columns): blank names become `Unnamed: n`, repeated ones `a.1`, rows longer than the header make the first columns the
index, dates stay text unless asked for. An option that is not understood makes the table open: never wrong.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from polycell.core.types import (
    BOOL,
    CATEGORY,
    FLOAT64,
    INT64,
    STRING,
    TIMESTAMP,
    Anchor,
    Certainty,
    Column,
    DataType,
    Evidence,
    Table,
)
from polycell.tables.infer import type_of_texts

MAX_ROWS = 2000  # rows looked at for types
MAX_COLUMNS = 2000
OPEN = Table(open=True)

# Options of pandas' reader that change no name and no type that is reported.
_PANDAS_HARMLESS = frozenset({
    "nrows", "low_memory", "engine", "memory_map", "on_bad_lines", "error_bad_lines", "warn_bad_lines",
    "encoding_errors", "skipfooter", "cache_dates", "dayfirst", "infer_datetime_format", "date_parser", "date_format",
    "verbose", "float_precision", "compression", "encoding", "keep_date_col", "quoting", "doublequote",
})  # fmt: skip
# Those that change types only: the names are reported, the types of the columns are not.
_PANDAS_TYPES_ONLY = frozenset({
    "na_values", "keep_default_na", "na_filter", "thousands", "decimal", "true_values", "false_values", "converters",
    "dtype_backend",
})  # fmt: skip
_PANDAS_READ = frozenset({
    "sep", "delimiter", "header", "names", "usecols", "index_col", "skiprows", "dtype", "parse_dates", "quotechar",
    "skipinitialspace", "delim_whitespace",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Head:
    """The first characters of a file. `whole`: there is nothing more."""

    text: str
    whole: bool
    uri: str = ""
    label: str = ""


def pandas_table(head: Head, options: Mapping[str, Any]) -> Table:
    """What `pandas.read_csv` makes of the file."""
    if options.keys() - _PANDAS_HARMLESS - _PANDAS_TYPES_ONLY - _PANDAS_READ:
        return OPEN
    separator = _pandas_separator(options)
    rows = _rows(head, separator, options) if separator else None
    skip = options.get("skiprows", 0) or 0
    if rows is None or not isinstance(skip, (int, list)) or options.get("quoting", 0) not in (0, 1, 2):
        return OPEN
    rows = rows[skip:] if isinstance(skip, int) else [row for i, row in enumerate(rows) if i not in skip]
    # Blank lines do not count, not even for `header`.
    rows = [row for row in rows if row and (len(row) > 1 or row[0] == "" or row[0].strip(" \t"))]
    names = options.get("names")
    header = options.get("header", "infer")
    if header == "infer":
        header = 0 if names is None else None
    if not (header is None or (isinstance(header, int) and not isinstance(header, bool) and header >= 0)):
        return OPEN
    if names is not None and not _texts(names):
        return OPEN
    if header is None:
        if names is None:
            return OPEN  # names are numbers
        found, data = list(names), rows
        if len(set(found)) != len(found):
            return OPEN
    else:
        if header >= len(rows):
            return OPEN
        found, data = _pandas_names(rows[header]), rows[header + 1 :]
        if names is not None:
            found = list(names)
    width = len(data[0]) if data else len(found)
    if names is not None and options.get("usecols") is not None:
        return OPEN
    indexed = options.get("index_col") is not None and options.get("index_col") is not False
    if not data and indexed and options.get("usecols") is not None:
        return OPEN  # of a file without rows, pandas drops more columns than it indexes by
    leading = 0
    if options.get("index_col") is not False:
        leading = max(width - len(found), 0)
    if leading and options.get("index_col") is not None:
        return OPEN
    count = options.get("nrows")
    data = data[: count if isinstance(count, int) else MAX_ROWS]
    cells = [[row[i] if i < len(row) else "" for row in data] for i in range(leading, leading + len(found))]
    columns = [_column(head, name, type_of_texts(texts)) for name, texts in zip(found, cells, strict=True)]
    index = tuple(Column("", type_of_texts([r[i] for r in data if i < len(r)])) for i in range(leading))
    dated = {name for name, texts in zip(found, cells, strict=True) if _dates(texts)}
    if _PANDAS_TYPES_ONLY & options.keys():
        columns = [Column(c.name, None, c.nullable, c.evidence, c.certainty, c.origin, c.source) for c in columns]
    return _pandas_options(Table(tuple(columns), index=index), options, dated)


def plain_table(head: Head, separator: str, *, header: bool = True, unnamed: str = "", typed: bool = True) -> Table:
    """What other readers make of it: a header line as it stands, ISO dates recognised. `unnamed` is the pattern for
    files without a header (`column_{}` with the number from 1, `_c{0}`…). Repeated or blank names: open."""
    rows = _rows(head, separator, {})
    rows = [row for row in rows or [] if row]
    if not rows:
        return OPEN
    if header:
        names, data = rows[0], rows[1:]
    else:
        names, data = [unnamed.format(i, i + 1) for i in range(len(rows[0]))], rows
    if len(set(names)) != len(names) or not all(names):
        return OPEN
    columns = []
    for i, name in enumerate(names):
        type_ = type_of_texts([r[i] for r in data[:MAX_ROWS] if i < len(r)], missing=frozenset({""}), dates=True)
        columns.append(_column(head, name, type_ if typed else STRING))
    return Table(tuple(columns))


def header_is_evident(head: Head, separator: str) -> bool:
    """Whether a sniffer must take the first line as header: some column's data are no text while its head is."""
    rows = [row for row in _rows(head, separator, {}) or [] if row]
    if len(rows) < 2 or len(rows[0]) != len(rows[1]):
        return False
    for i, name in enumerate(rows[0]):
        texts = [r[i] for r in rows[1:MAX_ROWS] if i < len(r)]
        type_ = type_of_texts(texts, missing=frozenset({""}), dates=True)
        if type_ not in (None, STRING) and type_of_texts([name], dates=True) == STRING:
            return True
    return False


def sniff_separator(head: Head) -> str:
    """The separator that cuts the first lines into equally many fields, more than one; "" when none does."""
    lines = [line for line in head.text.splitlines()[:20] if line.strip()]
    if not head.whole:
        lines = lines[:-1]
    best, most = "", 1
    for separator in (",", "\t", ";", "|"):
        widths = {len(row) for row in csv.reader(lines, delimiter=separator)} if lines else {0}
        if len(widths) == 1 and next(iter(widths)) > most:
            best, most = separator, next(iter(widths))
    return best


def _pandas_separator(options: Mapping[str, Any]) -> str:
    separator = options.get("delimiter") if options.get("delimiter") is not None else options.get("sep", ",")
    if options.get("delim_whitespace") is True or separator in (r"\s+", " +"):
        return r"\s+"
    return separator if isinstance(separator, str) and len(separator) == 1 else ""


def _rows(head: Head, separator: str, options: Mapping[str, Any]) -> list[list[str]] | None:
    quote = options.get("quotechar", '"')
    text = head.text
    # A lone carriage return ends lines for some readers, in some places.
    if _LONE_RETURN.search(text) or "\0" in text or "\ufffd" in text or not isinstance(quote, str) or len(quote) != 1:
        return None
    if separator == r"\s+":
        if quote in text:
            return None
        lines = text.splitlines()
        return [line.split() for line in (lines if head.whole else lines[:-1])]
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=separator,
        quotechar=quote,
        skipinitialspace=options.get("skipinitialspace") is True,
    )
    rows: list[list[str]] = []
    try:
        for row in reader:
            rows.append(row)
            if len(rows) > MAX_ROWS + 100:
                return rows
    except csv.Error:
        return None
    return rows if head.whole else rows[:-1]


def _pandas_names(header: Sequence[str]) -> list[str]:
    names: list[str] = []
    counts: dict[str, int] = {}
    taken = {name or f"Unnamed: {i}" for i, name in enumerate(header)}
    for i, raw in enumerate(header):
        name = raw or f"Unnamed: {i}"
        if name in counts:
            number = counts[name]
            while f"{name}.{number}" in taken:
                number += 1
            counts[name] = number + 1
            name = f"{name}.{number}"
            taken.add(name)
        counts.setdefault(name, 1)
        names.append(name)
    return names


def _place_of(text: str, name: str) -> re.Match[str] | None:
    """The first field that is the name; failing that, the first word."""
    field = rf"(?:^|(?<=[,;|\t\"'])){re.escape(name)}(?=[,;|\t\"'\r\n]|\Z)"
    word = rf"(?<![^\s,;|\"']){re.escape(name)}(?![^\s,;|\"'])"
    return re.search(field, text, re.MULTILINE) or re.search(word, text)


def _column(head: Head, name: str, type_: DataType | None) -> Column:
    certainty = Certainty.CERTAIN if head.whole or type_ is STRING else Certainty.LIKELY
    line = _place_of(head.text[:20_000], name) if name else None
    at = line.start() if line else -1
    origin = Anchor.at(head.text, at, name, uri=head.uri) if at >= 0 and head.uri else None
    return Column(name, type_, None, Evidence.FILE, Certainty.CERTAIN, origin, head.label, type_certainty=certainty)


_LONE_RETURN = re.compile(r"\r(?!\n)")
_DATE = re.compile(r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}([ T]\d{1,2}:\d\d(:\d\d(\.\d+)?)?)?$|^\d{1,2}/\d{1,2}/\d{4}$")


def _dates(texts: Sequence[str]) -> bool:
    """Whether all texts that are there are dates that pandas recognises for sure."""
    given = {t for t in texts if t}
    return bool(given) and all(map(_DATE.match, given))


def _pandas_options(table: Table, options: Mapping[str, Any], dated: set[str]) -> Table:
    columns = {c.name: c for c in table.columns}
    order = list(columns)
    usecols = options.get("usecols")
    kept = order
    if usecols is not None:
        if not isinstance(usecols, (list, tuple)):
            return OPEN
        if _texts(usecols):
            if not set(usecols) <= set(order):
                return OPEN
            kept = [n for n in order if n in usecols]
        elif all(isinstance(u, int) and not isinstance(u, bool) and 0 <= u < len(order) for u in usecols):
            kept = [n for i, n in enumerate(order) if i in usecols]
        else:
            return OPEN
        if table.index:
            return OPEN
    dtype = options.get("dtype")
    if isinstance(dtype, Mapping):
        for name, value in dtype.items():
            if name in columns:
                columns[name] = replace(columns[name], type=_pandas_dtype(value), type_certainty=Certainty.CERTAIN)
    elif dtype is not None:
        columns = {n: replace(c, type=_pandas_dtype(dtype)) for n, c in columns.items()}
    index = table.index
    index_col = options.get("index_col")
    if index_col is None or index_col is False:
        wanted: Sequence[Any] = ()
    else:
        wanted = index_col if isinstance(index_col, (list, tuple)) else (index_col,)
    names: list[str] = []
    for key in wanted:
        if isinstance(key, int) and not isinstance(key, bool) and -len(kept) <= key < len(kept):
            names.append(kept[key])
        elif isinstance(key, str) and key in kept:
            names.append(key)
        else:
            return OPEN
    if names:
        # A column without a name in the file makes an index without a name.
        index = tuple(replace(columns[n], name="") if n.startswith("Unnamed: ") else columns[n] for n in names)
        kept = [n for n in kept if n not in names]
    dates = options.get("parse_dates")
    if isinstance(dates, (list, tuple)):
        for key in dates:
            name = order[key] if isinstance(key, int) and not isinstance(key, bool) and key < len(order) else key
            if not isinstance(name, str):
                return OPEN  # columns combined into one
            if name in columns:
                parsed = replace(columns[name], type=TIMESTAMP if name in dated else None)
                columns[name] = replace(parsed, type_certainty=Certainty.LIKELY)
                index = tuple(columns[name] if c.name == name else c for c in index)
    elif dates is True:
        index = tuple(replace(c, type=None) for c in index)
    elif dates is not None and dates is not False:
        return OPEN
    return Table(tuple(columns[n] for n in kept), index=index)


def _texts(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(isinstance(v, str) for v in value)


_DTYPES = {"str": STRING, "string": STRING, "int": INT64, "float": FLOAT64, "bool": BOOL, "boolean": BOOL}


def _pandas_dtype(value: Any) -> DataType | None:
    return dtype_of(value) if isinstance(value, str) else None


def dtype_of(name: str) -> DataType | None:
    """The type behind a numpy or pandas dtype's name; None for `object` and for what is not known."""
    if name in _DTYPES:
        return _DTYPES[name]
    if name == "category":
        return CATEGORY
    plain = re.fullmatch(r"(u?int(?:8|16|32|64))(?:\[pyarrow\])?", name.lower())
    if plain:
        return DataType(plain[1])
    sized = re.fullmatch(r"float(16|32|64)(?:\[pyarrow\])?", name.lower())
    if sized:
        return {"16": DataType("halffloat"), "32": DataType("float"), "64": FLOAT64}[sized[1]]
    moment = re.fullmatch(r"datetime64\[(s|ms|us|ns)(?:, ?([^\]]+))?\]", name)
    if moment:
        return DataType("timestamp", (moment[1], moment[2]) if moment[2] else (moment[1],))
    if re.fullmatch(r"timedelta64\[(s|ms|us|ns)\]", name):
        return DataType("duration", (name[12:-1],))
    if re.fullmatch(r"string(\[\w+\])?", name):
        return STRING
    return None
