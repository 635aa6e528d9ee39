"""Types of values: of texts as they stand in a CSV file, and of plain Python values as JSON gives them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from polycell.core.patterns import pattern
from polycell.core.types import (
    BOOL,
    DATE,
    FLOAT64,
    INT64,
    NULL,
    STRING,
    TIMESTAMP,
    Column,
    DataType,
    Evidence,
    Table,
)

# What pandas reads as missing by default (its documentation of `na_values`).
MISSING = frozenset({
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA",
    "NULL", "NaN", "None", "n/a", "nan", "null",
})  # fmt: skip

_INTEGER = pattern(r"^\s*[+-]?\d{1,18}\s*$")
_FLOAT = pattern(r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$|^\s*[+-]?(inf|infinity)\s*$", re.IGNORECASE)
_HUGE = pattern(r"^\s*[+-]?\d{19,}\s*$")
_BOOLS = frozenset({"True", "False", "TRUE", "FALSE", "true", "false"})
_DATE = pattern(r"^\d{4}-\d\d-\d\d$")
_TIMESTAMP = pattern(r"^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?Z?$")


def type_of_texts(
    texts: Iterable[str], *, missing: frozenset[str] = MISSING, dates: bool = False, nullable: bool = False
) -> DataType | None:
    """The narrowest type that holds all texts, as pandas infers it; None where every text is missing.

    Integers beside missing values are double, as in pandas, unless `nullable`. `dates`: ISO dates become date or
    timestamp, as pyarrow and DuckDB do and pandas does not; integers stay what they are.
    """
    seen = set(texts)
    values = seen - missing
    if not values:
        return None
    if values <= _BOOLS:
        return BOOL
    if all(map(_INTEGER.match, values)):
        return FLOAT64 if seen & missing and not dates and not nullable else INT64
    if any(_HUGE.match(v) for v in values):
        return None  # too large for int64: uint64, double or object
    if all(_FLOAT.match(v) for v in values):
        return FLOAT64
    if dates and all(map(_DATE.match, values)):
        return DATE
    if dates and all(map(_TIMESTAMP.match, values)):
        return TIMESTAMP
    return STRING


def type_of_value(value: Any) -> DataType | None:
    """The type of one plain Python value; None when there is no good name for it."""
    if value is None:
        return NULL
    if isinstance(value, bool):
        return BOOL
    if isinstance(value, int):
        return INT64
    if isinstance(value, float):
        return FLOAT64
    if isinstance(value, str):
        return STRING
    if isinstance(value, Mapping):
        children = tuple((str(k), type_of_value(v) or NULL) for k, v in value.items())
        return DataType("struct", children=children)
    if isinstance(value, (list, tuple)):
        return DataType("list", children=(("item", common_type(map(type_of_value, value)) or NULL),))
    return None


def common_type(types: Iterable[DataType | None]) -> DataType | None:
    """The type that values of all `types` have together in a column; None when there is no such one. `null` gives way,
    integers widen to double."""
    found: DataType | None = NULL
    for type_ in types:
        if found is None or type_ is None:
            return None
        # Most values of a column are alike, and plain types are one object each: comparing those costs nothing.
        if found is type_ or type_ is NULL or found == type_:
            continue
        if found is NULL:
            found = type_
        elif {found, type_} == {INT64, FLOAT64}:
            found = FLOAT64
        else:
            return None
    return found


def table_of_records(
    records: Sequence[Any], *, evidence: Evidence = Evidence.FILE, source: str = "", limit: int = 2000
) -> Table:
    """The table that a list of JSON objects makes: columns in order of appearance. Open when some are no objects."""
    values: dict[str, list[DataType | None]] = {}
    odd = False
    for record in records[:limit]:
        if not isinstance(record, Mapping):
            odd = True
            continue
        for name, value in record.items():
            values.setdefault(str(name), []).append(type_of_value(value))
    columns = []
    seen = min(len(records), limit)
    for name, types in values.items():
        type_ = common_type(types)
        nullable = len(types) < seen or any(one is NULL for one in types)
        if type_ is INT64 and nullable:
            type_ = FLOAT64
        columns.append(Column(name, None if type_ is NULL else type_, nullable, evidence, source=source))
    return Table(tuple(columns), open=odd or len(records) > limit)
