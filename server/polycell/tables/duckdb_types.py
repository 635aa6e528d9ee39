"""Types as DuckDB writes them, to and from Arrow's spelling."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from polycell.core.patterns import pattern
from polycell.core.types import BINARY, BOOL, DATE, FLOAT64, INT32, INT64, STRING, TIME, TIMESTAMP, DataType

# What a column of DuckDB becomes when it is handed over as Arrow.
_FROM: Mapping[str, DataType] = {
    "TINYINT": DataType("int8"),
    "SMALLINT": DataType("int16"),
    "INTEGER": INT32,
    "BIGINT": INT64,
    "HUGEINT": DataType("decimal128", ("38", "0")),
    "UTINYINT": DataType("uint8"),
    "USMALLINT": DataType("uint16"),
    "UINTEGER": DataType("uint32"),
    "UBIGINT": DataType("uint64"),
    "FLOAT": DataType("float"),
    "DOUBLE": FLOAT64,
    "BOOLEAN": BOOL,
    "VARCHAR": STRING,
    "UUID": STRING,
    "JSON": STRING,
    "BLOB": BINARY,
    "DATE": DATE,
    "TIME": TIME,
    "TIMESTAMP": TIMESTAMP,
    "TIMESTAMP_S": DataType("timestamp", ("s",)),
    "TIMESTAMP_MS": DataType("timestamp", ("ms",)),
    "TIMESTAMP_NS": DataType("timestamp", ("ns",)),
    "TIMESTAMP WITH TIME ZONE": DataType("timestamp", ("us", "UTC")),
    "INTERVAL": DataType("month_day_nano_interval"),
}
_TO: Mapping[str, str] = {
    **{str(type_): name for name, type_ in _FROM.items() if name not in ("HUGEINT", "UUID", "JSON")},
    "halffloat": "FLOAT",
    "large_string": "VARCHAR",
    "string_view": "VARCHAR",
    "large_binary": "BLOB",
    "binary_view": "BLOB",
    "time64[ns]": "TIME",
    "time32[s]": "TIME",
    "time32[ms]": "TIME",
}
_DECIMAL = pattern(r"DECIMAL\((\d+),\s*(\d+)\)\Z")
_ARRAY = pattern(r"(.*)\[(\d*)\]\Z", re.S)
_FIELD = pattern(r'\s*(?:"((?:[^"]|"")*)"|([^\W\d]\w*))\s+', re.S)


def to_duckdb(type_: DataType | None) -> str | None:
    """DuckDB's spelling of the type that it gives to such a column; None for those it does not have."""
    if type_ is None:
        return None
    if type_.name == "timestamp":
        unit, *zone = type_.parameters or ("us",)
        if zone:
            return "TIMESTAMP WITH TIME ZONE"
        return "TIMESTAMP" if unit == "us" else f"TIMESTAMP_{unit.upper()}"
    if type_.name == "duration":
        return "INTERVAL"
    if type_.name == "decimal128" and len(type_.parameters) == 2:
        return f"DECIMAL({type_.parameters[0]},{type_.parameters[1]})"
    if type_.name in ("list", "large_list") and type_.children:
        inner = to_duckdb(type_.children[0][1])
        return f"{inner}[]" if inner else None
    if type_.name == "fixed_size_list" and type_.children:
        inner = to_duckdb(type_.children[0][1])
        return f"{inner}[{type_.parameters[0]}]" if inner and type_.parameters else None
    if type_.name == "struct" and type_.children:
        fields = [(name, to_duckdb(inner)) for name, inner in type_.children]
        if all(inner for _, inner in fields):
            return f"STRUCT({', '.join(f'{quote(name)} {inner}' for name, inner in fields)})"
        return None
    if type_.name == "map" and len(type_.children) == 2:
        key, value = (to_duckdb(inner) for _, inner in type_.children)
        return f"MAP({key}, {value})" if key and value else None
    return _TO.get(str(type_))


@lru_cache(maxsize=1024)
def from_duckdb(text: str) -> DataType | None:
    """The neutral type of what DESCRIBE prints; None for unions, enums and whatever a newer DuckDB has."""
    found = _FROM.get(text)
    if found is not None:
        return found
    decimal = _DECIMAL.match(text)
    if decimal is not None:
        return DataType("decimal128", (decimal[1], decimal[2]))
    array = _ARRAY.match(text)
    if array is not None:
        inner = from_duckdb(array[1])
        if inner is None:
            return None
        if array[2]:
            return DataType("fixed_size_list", (array[2],), (("item", inner),))
        return DataType("list", children=(("item", inner),))
    if text.startswith("STRUCT(") and text.endswith(")"):
        fields = [_field(part) for part in _split(text[7:-1])]
        known = tuple(f for f in fields if f is not None)
        return DataType("struct", children=known) if known and len(known) == len(fields) else None
    if text.startswith("MAP(") and text.endswith(")"):
        sides = [from_duckdb(part.strip()) for part in _split(text[4:-1])]
        if len(sides) == 2 and sides[0] is not None and sides[1] is not None:
            return DataType("map", children=(("key", sides[0]), ("value", sides[1])))
    return None


def _field(text: str) -> tuple[str, DataType] | None:
    name = _FIELD.match(text)
    type_ = from_duckdb(text[name.end() :].strip()) if name is not None else None
    if name is None or type_ is None:
        return None
    return (name[2] if name[1] is None else name[1].replace('""', '"')), type_


def _split(text: str) -> list[str]:
    """The parts between commas that stand in no parenthesis and no quotes."""
    parts: list[str] = []
    depth = start = 0
    quoted = False
    for at, c in enumerate(text):
        if c == '"':
            quoted = not quoted
        elif not quoted:
            depth += (c == "(") - (c == ")")
            if c == "," and not depth:
                parts.append(text[start:at])
                start = at + 1
    return [*parts, text[start:]]


def quote(name: str) -> str:
    """A name between quotes."""
    return '"' + name.replace('"', '""') + '"'
