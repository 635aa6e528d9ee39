"""The columns that `pandas.read_csv` makes of a text file.

The rules are those of its C parser (the documentation of `pandas.read_csv`; `_get_header` for implicit index columns
and columns of several levels): blank names become `Unnamed: n`, repeated ones `a.1`, rows longer than the header make
the first columns the index. Which of the columns are kept, and as what, says `pandas_frame`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from polycell.core.types import Column, Table
from polycell.core.values import replace
from polycell.tables.data_files import UnreadableError
from polycell.tables.readers.chosen import without_skipped
from polycell.tables.readers.delimited import MAX_ROWS, WHITE_SPACE, columns_of, rows_of
from polycell.tables.readers.pandas_frame import Fields, column_types, framed, is_date, texts
from polycell.tables.readers.text import Head

# Options that change no name and no type that is reported.
_HARMLESS = frozenset({
    "low_memory", "memory_map", "on_bad_lines", "error_bad_lines", "warn_bad_lines", "encoding_errors", "skipfooter",
    "cache_dates", "dayfirst", "infer_datetime_format", "date_parser", "date_format", "verbose", "float_precision",
    "compression", "encoding", "doublequote", "storage_options",
})  # fmt: skip
_READ = frozenset({
    "sep", "delimiter", "header", "names", "usecols", "index_col", "skiprows", "dtype", "parse_dates", "quotechar",
    "skipinitialspace", "delim_whitespace", "nrows", "comment", "thousands", "decimal", "na_values", "quoting",
    "keep_default_na", "na_filter", "true_values", "false_values", "converters", "dtype_backend", "engine", "prefix",
    "skip_blank_lines", "keep_date_col",
})  # fmt: skip


def pandas_table(head: Head, options: Mapping[str, Any]) -> Table:
    """What `pandas.read_csv` makes of the file. Raises UnreadableError where that is not known."""
    odd = sorted(options.keys() - _HARMLESS - _READ)
    if odd:
        raise UnreadableError(f"option {odd[0]}")
    if options.get("quoting", 0) not in (0, 1, 2):
        raise UnreadableError("fields without quotes")
    rows = _rows(head, options)
    header = options.get("header", "infer")
    if isinstance(header, list) and len(header) > 1:
        return _levels(head, rows, header, options)
    return framed(_flat(head, rows, header, options), options)


def _rows(head: Head, options: Mapping[str, Any]) -> list[list[str]]:
    """The records that are neither skipped nor blank."""
    quote, comment = options.get("quotechar", '"'), options.get("comment")
    if not isinstance(quote, str) or len(quote) != 1:
        raise UnreadableError("its quotes")
    if comment is not None:
        if not isinstance(comment, str) or len(comment) != 1 or quote in head.text:
            raise UnreadableError("comments beside quotes")
        lines = head.text.splitlines(keepends=True)
        # A line that is a comment alone counts as blank.
        head = replace(head, text="".join(_without(line, comment) for line in lines))
    rows = rows_of(
        head, _separator(options), quote=quote, skip_space=options.get("skipinitialspace") is True, strict=False
    )
    rows = without_skipped(rows, options.get("skiprows", 0) or 0)
    if options.get("skipinitialspace") is True and [""] in rows:
        raise UnreadableError("lines of blanks alone")
    # Blank lines do not count, not even for `header`.
    kept = [row for row in rows if row and (len(row) > 1 or row[0] == "" or row[0].strip(" \t"))]
    if len(kept) != len(rows) and options.get("skip_blank_lines", True) is not True:
        raise UnreadableError("blank lines that count")
    return kept


def _without(line: str, comment: str) -> str:
    kept, mark, _ = line.partition(comment)
    return f"{kept}\n" if mark else line


def _separator(options: Mapping[str, Any]) -> str:
    separator = options.get("delimiter") if options.get("delimiter") is not None else options.get("sep", ",")
    if options.get("delim_whitespace") is True or separator in (WHITE_SPACE, " +"):
        return WHITE_SPACE
    if not isinstance(separator, str) or len(separator) != 1:
        raise UnreadableError(f"separator {separator!r}")
    return separator


def _flat(head: Head, rows: list[list[str]], header: Any, options: Mapping[str, Any]) -> Fields:
    """Names of one level."""
    names = options.get("names")
    if names is not None and not texts(names):
        raise UnreadableError("names that are no texts")
    if isinstance(header, list) and len(header) == 1:
        header = header[0]
    if header == "infer":
        header = 0 if names is None else None
    if not (header is None or (isinstance(header, int) and not isinstance(header, bool) and header >= 0)):
        raise UnreadableError(f"header={header!r}")
    if header is None:
        found, data = _numbered(rows, options) if names is None else list(names), rows
    else:
        if header >= len(rows):
            raise UnreadableError("it ends before its header")
        found, data = mangled(rows[header]), rows[header + 1 :]
    at: Sequence[int] = range(len(found))
    if names is not None:
        found, at = _renamed(list(names), len(data[0]) if data else 0, options)
    if len(set(found)) != len(found):
        raise UnreadableError("columns of one name")
    usecols, index_col = options.get("usecols"), options.get("index_col")
    if not data and usecols is not None and index_col is not None and index_col is not False:
        raise UnreadableError("no rows")  # pandas drops more columns then than it indexes by
    width = len(data[0]) if data else len(found)
    leading = max(width - len(found), 0) if index_col is not False and at == range(len(found)) else 0
    if leading and (index_col is not None or usecols is not None):
        raise UnreadableError("rows longer than the header")
    if options.get("engine") == "pyarrow" and (leading or any(n.startswith("Unnamed: ") or "." in n for n in found)):
        raise UnreadableError("names that its engine reads otherwise")
    data = _counted(data, options, whole=head.whole)
    cells = [[row[i + leading] if i + leading < len(row) else "" for row in data] for i in at]
    columns = columns_of(head, found, column_types(found, cells, options))
    before = [[r[i] for r in data if i < len(r)] for i in range(leading)]
    index = tuple(Column("", type_) for type_ in column_types([""] * leading, before, options))
    return Fields(tuple(columns), index, frozenset(n for n, t in zip(found, cells, strict=True) if is_date(t)))


def _counted(data: list[list[str]], options: Mapping[str, Any], *, whole: bool) -> list[list[str]]:
    """The rows that types are told from."""
    footer, count = options.get("skipfooter", 0), options.get("nrows")
    if type(footer) is int and footer > 0 and whole:
        data = data[:-footer]
    return data[: count if type(count) is int else MAX_ROWS]


def _numbered(rows: list[list[str]], options: Mapping[str, Any]) -> list[str]:
    prefix = options.get("prefix")
    if not isinstance(prefix, str) or not rows:
        raise UnreadableError("its columns are numbered, not named")
    return [f"{prefix}{i}" for i in range(len(rows[0]))]


def _renamed(names: list[str], width: int, options: Mapping[str, Any]) -> tuple[list[str], Sequence[int]]:
    """The columns that `names` are given to, with their numbers in the file."""
    usecols = options.get("usecols")
    if usecols is None:
        return names, range(len(names))
    if isinstance(usecols, list) and any(type(u) is int and u >= width for u in usecols):
        raise UnreadableError("columns are wanted that it does not have")
    if len(names) == width:
        return names, range(len(names))
    if isinstance(usecols, list) and all(type(u) is int for u in usecols) and len(names) == len(set(usecols)):
        if options.get("index_col") is not None:
            raise UnreadableError("names of some columns beside an index")
        return names, sorted(set(usecols))
    raise UnreadableError("names of some columns")


def mangled(header: Sequence[str]) -> list[str]:
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


def _levels(head: Head, rows: list[list[str]], header: list[Any], options: Mapping[str, Any]) -> Table:
    """`header=[0, 1]`: columns of several levels. A row behind the header that has nothing but the index's names gives
    the index its names."""
    index_col = options.get("index_col")
    keys = index_col if isinstance(index_col, list) else [] if index_col is None else [index_col]
    if (
        not all(type(h) is int and 0 <= h < len(rows) for h in header)
        or sorted(set(header)) != header
        or not all(type(k) is int and k >= 0 for k in keys)
        or options.keys() & {"names", "usecols", "dtype", "converters", "parse_dates", "prefix"}
    ):
        raise UnreadableError("a header of several levels")
    lines = [rows[h] for h in header]
    width = len(lines[0])
    data = rows[header[-1] + 1 :]
    if any(len(line) != width for line in lines) or not data or len(data[0]) > width or any(k >= width for k in keys):
        raise UnreadableError("a header of several levels whose rows are not equally long")
    named: list[str] = [""] * width
    blanks = data[0].count("") + max(width - len(data[0]), 0)
    if keys and (blanks == width or width - len(keys) <= blanks):
        named, data = [*data[0], *[""] * (width - len(data[0]))], data[1:]
    data = _counted(data, options, whole=head.whole)
    labels = [tuple(line[i] or f"Unnamed: {i}_level_{level}" for level, line in enumerate(lines)) for i in range(width)]
    rest = [i for i in range(width) if i not in keys]
    if len({labels[i] for i in rest}) != len(rest) or not rest:
        raise UnreadableError("labels that come twice")
    cells = [[row[i] if i < len(row) else "" for row in data] for i in range(width)]
    types = column_types([""] * width, cells, options)
    last = columns_of(head, [labels[i][-1] for i in range(width)], types)
    index = tuple(replace(last[k], name=named[k], origin=None) for k in keys)
    return Table(open=True, index=index, labelled=tuple((labels[i], last[i]) for i in rest))
