"""Excel workbooks, as pandas and polars read their sheets. openpyxl is optional (`pip install polycell[excel]`)."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from polycell.core.patterns import pattern
from polycell.core.types import BOOL, STRING, TIMESTAMP, Certainty, Column, DataType, Evidence, Table
from polycell.core.values import replace
from polycell.tables.data_files import DataFiles, UnreadableError
from polycell.tables.infer import MISSING
from polycell.tables.readers.chosen import only, select, without_skipped
from polycell.tables.readers.pandas_csv import mangled
from polycell.tables.readers.pandas_frame import Fields, column_types, framed, texts

MAX_ROWS = 1000
MAX_COLUMNS = 2000
LARGEST = 16 * 1024 * 1024  # bytes: all texts of a workbook are read before its first row

_PANDAS = frozenset({
    "sheet_name", "header", "names", "usecols", "skiprows", "index_col", "dtype", "nrows", "engine", "na_values",
    "keep_default_na", "na_filter", "converters", "true_values", "false_values", "parse_dates", "thousands", "decimal",
    "dtype_backend", "storage_options", "verbose", "engine_kwargs", "date_format", "date_parser", "skipfooter",
    "convert_float",
})  # fmt: skip
_LETTERS = pattern(r"[A-Za-z]{1,3}\Z")
_MODERN = frozenset({".xlsx", ".xlsm", ".xltx", ".xltm"})


class Sheet(Struct, frozen=True):
    """The first rows of a sheet, all of one width. `whole`: there are no more rows; `sure`: no more columns."""

    rows: tuple[tuple[Any, ...], ...]
    whole: bool
    sure: bool


def pandas(found: DataFiles, options: Mapping[str, Any]) -> Table:
    only(options, _PANDAS)
    sheet = _sheet(found.one(), options.get("sheet_name", 0))
    rows = without_skipped(list(sheet.rows), options.get("skiprows", 0))
    if options.get("nrows") is not None:
        rows = _first_rows(rows, options)
    names, data = _pandas_names(rows, options)
    if options.get("skipfooter"):
        data = []
    cells = [[row[i] for row in data] for i in range(len(names))]
    types = [_pandas_type(names[i], column, options) for i, column in enumerate(cells)]
    columns = tuple(
        Column(n, t, None, Evidence.FILE, source=found.label, type_certainty=_certainty(sheet, t))
        for n, t in zip(names, types, strict=True)
    )
    table = framed(Fields(columns), {**options, "usecols": _numbers_of(options.get("usecols"))})
    return table if sheet.sure else replace(table, open=True)


def _first_rows(rows: list[tuple[Any, ...]], options: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """With `nrows`, columns that begin further below are not seen."""
    header, count = options.get("header", 0), options["nrows"]
    plain = header is None or type(header) is int
    if type(count) is not int or not plain or isinstance(options.get("skiprows"), list):
        raise UnreadableError("how many rows are read")
    rows = rows[: (1 if header is None else header + 1) + count]
    width = max(map(_used, rows), default=0)
    return [row[:width] for row in rows]


def _certainty(sheet: Sheet, type_: DataType | None) -> Certainty:
    return Certainty.CERTAIN if sheet.whole and type_ is not None else Certainty.LIKELY


def _pandas_names(rows: list[tuple[Any, ...]], options: Mapping[str, Any]) -> tuple[list[str], list[tuple[Any, ...]]]:
    given, header = options.get("names"), options.get("header", 0)
    if given is not None and not texts(given):
        raise UnreadableError("names that are no texts")
    if header is None:
        width = len(rows[0]) if rows else 0
        if given is None or len(given) != width:
            raise UnreadableError("its columns are numbered, not named")
        return list(given), rows
    if type(header) is not int or not 0 <= header < len(rows):
        raise UnreadableError(f"header={header!r}")
    words = rows[header]
    if any(word is not None and not isinstance(word, str) for word in words):
        raise UnreadableError("names that are no texts")
    found = mangled(["" if word is None else word for word in words])
    if given is not None:
        if len(given) != len(found):
            raise UnreadableError("names of some columns")
        found = list(given)
    if len(set(found)) != len(found):
        raise UnreadableError("columns of one name")
    return found, rows[header + 1 :]


def _numbers_of(usecols: Any) -> Any:
    """`"A:C,F"` as the numbers of columns."""
    if not isinstance(usecols, str):
        return usecols
    numbers: list[int] = []
    for part in usecols.split(","):
        ends = [end.strip() for end in part.split(":")]
        if len(ends) > 2 or not all(map(_LETTERS.match, ends)):
            raise UnreadableError("which columns are used")
        first, last = _number(ends[0]), _number(ends[-1])
        numbers += range(first, last + 1)
    return numbers


def _number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def _pandas_type(name: str, cells: Sequence[Any], options: Mapping[str, Any]) -> DataType | None:
    """Texts are read as in CSV; numbers without a fraction are integers."""
    if None in cells and (options.get("keep_default_na") is False or options.get("na_filter") is False):
        return None
    given = [c for c in cells if c is not None and c not in MISSING]
    if not given:
        return None
    if all(isinstance(c, bool) for c in given):
        return BOOL if len(given) == len(cells) else None
    if all(isinstance(c, datetime.datetime) for c in given):
        return TIMESTAMP if not options.keys() & {"dtype_backend", "converters"} else None
    if all(isinstance(c, (int, float)) and not isinstance(c, bool) for c in given) or all(
        isinstance(c, str) for c in given
    ):
        return column_types([name], [["" if c is None else _text(c) for c in cells]], options)[0]  # type: ignore[no-any-return]
    return None


def _text(cell: Any) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def polars(found: DataFiles, options: Mapping[str, Any]) -> Table:
    """What its engines agree on: a sheet that begins in its first cell, under names that are texts."""
    only(options, frozenset({"sheet_id", "sheet_name", "engine", "columns", "infer_schema_length", "has_header"}))
    if options.get("has_header", True) is not True:
        raise UnreadableError("its columns are numbered, not named")
    number = options.get("sheet_id", 1)
    sheet = _sheet(found.one(), options.get("sheet_name", number - 1 if type(number) is int else None))
    if not sheet.rows or not sheet.whole:
        raise UnreadableError("an empty sheet, or a long one" if sheet.rows else "an empty sheet")
    names, data = sheet.rows[0], sheet.rows[1:]
    if not all(isinstance(n, str) and n and n == n.strip() for n in names) or len(set(names)) != len(names):
        raise UnreadableError("columns without a name of their own")
    cells = [[row[i] for row in data] for i in range(len(names))]
    if not data or any(all(c is None for c in column) for column in cells):
        raise UnreadableError("columns without values")
    columns = tuple(
        Column(n, STRING if all(isinstance(c, str) for c in column) else None, None, Evidence.FILE, source=found.label)
        for n, column in zip(names, cells, strict=True)
    )
    return select(Table(columns), options.get("columns"))


def sheets(found: DataFiles, options: Mapping[str, Any]) -> Table:
    """A column for each sheet, by its name."""
    workbook = _workbook(found.one())
    try:
        return Table(tuple(Column(str(n), None, None, Evidence.FILE) for n in workbook.sheetnames))
    finally:
        workbook.close()


def _sheet(path: Path, wanted: Any) -> Sheet:
    workbook = _workbook(path)
    try:
        names = workbook.sheetnames
        if type(wanted) is int and 0 <= wanted < len(names):
            wanted = names[wanted]
        if not isinstance(wanted, str) or wanted not in names:
            raise UnreadableError(f"it has no sheet {wanted!r}")
        sheet = workbook[wanted]
        if not hasattr(sheet, "iter_rows"):
            raise UnreadableError("a sheet that is a chart")
        declared = sheet.max_column
        sheet.reset_dimensions()  # as pandas does: some programs write wrong ones
        rows, whole = [], True
        for number, row in enumerate(sheet.iter_rows(values_only=True)):
            if number >= MAX_ROWS:
                whole = False
                break
            if len(row) > MAX_COLUMNS:
                raise UnreadableError(f"more than {MAX_COLUMNS} columns")
            rows.append(row)
    finally:
        workbook.close()
    rows = [row[: _used(row)] for row in rows]
    while rows and whole and not rows[-1]:
        rows.pop()
    width = max(map(len, rows), default=0)
    sure = whole or declared == width
    return Sheet(tuple((*row, *[None] * (width - len(row))) for row in rows), whole, sure)


def _used(row: Sequence[Any]) -> int:
    return max((i + 1 for i, cell in enumerate(row) if cell is not None and cell != ""), default=0)


def _workbook(path: Path) -> Any:
    if path.suffix.lower() not in _MODERN:
        raise UnreadableError(f"a workbook of the kind {path.suffix or 'without suffix'}; .xlsx and .xlsm are read")
    if path.stat().st_size > LARGEST:
        raise UnreadableError(f"a workbook of more than {LARGEST} bytes")
    try:
        import openpyxl
    except ImportError:
        raise UnreadableError("needs openpyxl: pip install polycell[excel]") from None
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
