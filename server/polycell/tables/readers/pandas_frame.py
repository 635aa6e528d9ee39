"""What pandas' readers of text make of columns: their types, which are kept, which become the index."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from polycell.core.patterns import pattern
from polycell.core.types import BOOL, STRING, TIMESTAMP, Certainty, Column, DataType, Evidence, Table
from polycell.core.values import replace
from polycell.tables.data_files import UnreadableError
from polycell.tables.dtypes import dtype_of
from polycell.tables.infer import MISSING, type_of_texts

_DATE = pattern(r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}([ T]\d{1,2}:\d\d(:\d\d(\.\d+)?)?)?$|^\d{1,2}/\d{1,2}/\d{4}$")
_DIGIT = pattern(r"\d")


class Fields(Struct, frozen=True):
    """A file's columns. `index`: those in front that have no name. `dated`: names of those that hold nothing but
    dates."""

    columns: tuple[Column, ...]
    index: tuple[Column, ...] = ()
    dated: frozenset[str] = frozenset()


def texts(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(isinstance(v, str) for v in value)


def is_date(values: Sequence[str]) -> bool:
    """Whether all texts that are there are dates that pandas recognises for sure."""
    given = {t for t in values if t}
    return bool(given) and all(map(_DATE.match, given))


# -- types


def column_types(names: Sequence[str], cells: Sequence[Sequence[str]], options: Mapping[str, Any]) -> list[Any]:
    """The type of each column by its texts; None where an option makes it unknown."""
    missing, numbers = _missing(options)
    converters = options.get("converters")
    if missing is None or (converters is not None and not (isinstance(converters, Mapping) and converters)):
        return [None] * len(names)
    untyped = {names[k] if type(k) is int and k < len(names) else k for k in converters or ()}
    given = options.get("na_values")
    if isinstance(given, Mapping):
        untyped |= set(given)
    made = []
    for name, column in zip(names, cells, strict=True):
        type_ = None if name in untyped else _type(column, missing, numbers, options)
        made.append(type_)
    return made


def _missing(options: Mapping[str, Any]) -> tuple[frozenset[str] | None, frozenset[float]]:
    """The texts that mean "missing", and the numbers; None where they are not known."""
    if options.get("na_filter") is False:
        return frozenset(), frozenset()
    base = frozenset() if options.get("keep_default_na") is False else MISSING
    given = options.get("na_values")
    if given is None or (isinstance(given, Mapping) and given):
        return base, frozenset()
    values = given if isinstance(given, list) else [given]
    if not all(isinstance(v, (str, int, float)) for v in values):
        return None, frozenset()
    numbers = set()
    for value in values:
        try:
            numbers.add(float(value))
        except ValueError:
            continue
    return base | {str(v) for v in values}, frozenset(numbers)


def _type(
    column: Sequence[str], missing: frozenset[str], numbers: frozenset[float], options: Mapping[str, Any]
) -> DataType | None:
    if numbers:
        missing = missing | {t for t in column if _number(t) in numbers}
    values: Sequence[str] = column
    if options.get("thousands") is not None or options.get("decimal", ".") != ".":
        plain = _plain_numbers(column, missing, options)
        if plain is None:
            return None
        values = plain
    nullable = options.get("dtype_backend") in ("numpy_nullable", "pyarrow")
    type_ = type_of_texts(values, missing=missing, nullable=nullable)
    if options.get("engine") == "pyarrow":
        odd = any(_DIGIT.match(t.strip()) for t in column)
        return None if type_ == BOOL or (type_ == STRING and odd) else type_
    if type_ in (BOOL, STRING) and options.keys() & {"true_values", "false_values"}:
        return None
    return type_


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _plain_numbers(column: Sequence[str], missing: frozenset[str], options: Mapping[str, Any]) -> list[str] | None:
    """The texts with numbers as `float` reads them; None where it is not sure which of them are numbers."""
    thousands, decimal = options.get("thousands"), options.get("decimal", ".")
    if not isinstance(decimal, str) or not (thousands is None or isinstance(thousands, str)):
        return None
    between = f"(?:{re.escape(thousands)}\\d{{3}})*" if thousands else ""
    number = re.compile(rf"[+-]?\d+{between}(?:{re.escape(decimal)}\d*)?\Z")
    made = []
    for text in column:
        if text in missing or not _DIGIT.search(text):
            made.append(text)
        elif number.match(text):
            made.append((text.replace(thousands, "") if thousands else text).replace(decimal, "."))
        else:
            return None
    return made


# -- the frame


def framed(fields: Fields, options: Mapping[str, Any]) -> Table:
    """The columns that are kept, their declared types, and the index."""
    columns = {c.name: c for c in fields.columns}
    order = list(columns)
    kept = _kept(order, options)
    if fields.index and options.get("usecols") is not None:
        raise UnreadableError("some columns beside an index without a name")
    dtype = options.get("dtype")
    if fields.index and isinstance(dtype, Mapping) and any(type(k) is int for k in dtype):
        raise UnreadableError("types by number beside an index without a name")
    for name, type_ in _declared(dtype, order):
        columns[name] = replace(columns[name], type=type_, type_certainty=Certainty.CERTAIN)
    index = fields.index
    names = _index_names(options.get("index_col"), kept)
    if names:
        # A column without a name in the file makes an index without a name.
        index = tuple(replace(columns[n], name="") if n.startswith("Unnamed: ") else columns[n] for n in names)
        kept = [n for n in kept if n not in names]
    made = Table(tuple(columns[n] for n in kept), index=index)
    return _dated(made, order, fields.dated, options)


def _kept(order: list[str], options: Mapping[str, Any]) -> list[str]:
    usecols = options.get("usecols")
    if usecols is None:
        return order
    if not isinstance(usecols, list):
        raise UnreadableError("which columns are used")
    if texts(usecols):
        if not set(usecols) <= set(order):
            raise UnreadableError("columns are wanted that it does not have")
        return [n for n in order if n in usecols]
    names = options.get("names")
    if names is not None and len(order) == len(set(usecols)) and len(names) == len(order):
        return order
    if all(type(u) is int and 0 <= u < len(order) for u in usecols):
        return [n for i, n in enumerate(order) if i in usecols]
    raise UnreadableError("which columns are used")


def _declared(dtype: Any, order: list[str]) -> list[tuple[str, DataType | None]]:
    def named(value: Any) -> DataType | None:
        return dtype_of(value) if isinstance(value, str) else None

    if isinstance(dtype, Mapping):
        keys = {order[k] if type(k) is int and 0 <= k < len(order) else k: v for k, v in dtype.items()}
        return [(n, named(keys[n])) for n in order if n in keys]
    return [(n, named(dtype)) for n in order] if dtype is not None else []


def _index_names(index_col: Any, kept: list[str]) -> list[str]:
    if index_col is None or index_col is False:
        return []
    names = []
    for key in index_col if isinstance(index_col, list) else [index_col]:
        if type(key) is int and -len(kept) <= key < len(kept):
            names.append(kept[key])
        elif isinstance(key, str) and key in kept:
            names.append(key)
        else:
            raise UnreadableError("which columns are the index")
    return names


def _dated(table: Table, order: list[str], dated: frozenset[str], options: Mapping[str, Any]) -> Table:
    """`parse_dates`: columns that become dates; lists of columns, which become one (pandas before 3)."""
    dates = options.get("parse_dates")
    if dates is None or dates is False:
        return table
    if dates is True:
        return replace(table, index=tuple(replace(c, type=None) for c in table.index))
    if isinstance(dates, Mapping):
        return _combined(table, order, dates, options)
    if not isinstance(dates, list):
        raise UnreadableError("which columns are dates")
    if any(isinstance(key, list) for key in dates):
        if not all(isinstance(key, list) for key in dates):
            raise UnreadableError("which columns are dates")
        groups = [[_name(order, k) for k in key] for key in dates]
        return _combined(table, order, {"_".join(group): group for group in groups}, options)
    wanted = {_name(order, key) for key in dates}

    def parsed(column: Column) -> Column:
        if column.name not in wanted:
            return column
        type_ = TIMESTAMP if column.name in dated else None
        return replace(column, type=type_, type_certainty=Certainty.LIKELY)

    return replace(table, columns=tuple(map(parsed, table.columns)), index=tuple(map(parsed, table.index)))


def _combined(table: Table, order: list[str], groups: Mapping[str, Any], options: Mapping[str, Any]) -> Table:
    """One column in front for each group, in place of those that it is made of."""
    gone: set[str] = set()
    for group in groups.values():
        if not isinstance(group, list):
            raise UnreadableError("which columns are dates")
        gone |= {_name(order, key) for key in group}
    left = {c.name for c in table.columns}
    if table.index or not gone <= left or left & groups.keys() or not all(isinstance(n, str) for n in groups):
        raise UnreadableError("columns combined into dates")
    kept = tuple(c for c in table.columns if c.name not in gone)
    if options.get("keep_date_col") is True:  # as the texts that they were
        kept = tuple(replace(c, type=None) if c.name in gone else c for c in table.columns)
    made = tuple(Column(n, None, None, Evidence.FILE, source=table.columns[0].source) for n in groups)
    return replace(table, columns=(*made, *kept))


def _name(order: list[str], key: Any) -> str:
    name = order[key] if type(key) is int and 0 <= key < len(order) else key
    if not isinstance(name, str):
        raise UnreadableError("which columns are dates")
    return name
