"""Data types by their printed names, in whichever library's spelling: `int64`, `i64`, `bigint`, `datetime64[ns, UTC]`,
`list<item: string>`, `decimal(10,2)`, `array<int>`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from polycell.core.patterns import pattern
from polycell.core.types import (
    BINARY,
    BOOL,
    CATEGORY,
    DATE,
    DURATION,
    FLOAT64,
    INT32,
    INT64,
    NULL,
    STRING,
    TIME,
    TIMESTAMP,
    DataType,
)

LONGEST = 500  # characters of a type that is read
_INTEGERS = {f"{sign}int{bits}": DataType(f"{sign}int{bits}") for sign in ("", "u") for bits in (8, 16, 32, 64)}
_SHORT = {f"{sign}{bits}": DataType(f"{'u' if sign == 'u' else ''}int{bits}") for sign in "iu" for bits in (8, 16, 32)}
_FLOAT32 = DataType("float")
# What means the same wherever it is printed.
_COMMON: Mapping[str, DataType] = {
    **_INTEGERS, **_SHORT, "i64": INT64, "u64": DataType("uint64"), "float64": FLOAT64, "double": FLOAT64,
    "f64": FLOAT64, "float32": _FLOAT32, "f32": _FLOAT32, "float16": DataType("halffloat"),
    "halffloat": DataType("halffloat"), "str": STRING, "string": STRING, "utf8": STRING, "large_string": STRING,
    "large_utf8": STRING, "string_view": STRING, "varchar": STRING, "text": STRING, "char": STRING,
    "bool": BOOL, "boolean": BOOL, "date": DATE, "date32": DATE, "date64": DataType("date64"), "time": TIME,
    "time64": TIME, "timestamp": TIMESTAMP, "timestamp_ntz": TIMESTAMP, "timestampntz": TIMESTAMP,
    "datetime": TIMESTAMP, "datetime64": TIMESTAMP, "timestamptz": DataType("timestamp", ("us", "UTC")),
    "duration": DURATION, "timedelta": DURATION, "timedelta64": DURATION, "category": CATEGORY,
    "categorical": CATEGORY, "cat": CATEGORY, "enum": CATEGORY, "dictionary": CATEGORY, "binary": BINARY,
    "bytes": BINARY, "blob": BINARY, "varbinary": BINARY, "large_binary": BINARY, "null": NULL, "uuid": STRING,
}  # fmt: skip
_PYTHON: Mapping[str, DataType] = {"int": INT64, "float": FLOAT64, "long": INT64, "integer": INT64}
_SQL: Mapping[str, DataType] = {
    "int": INT32, "integer": INT32, "bigint": INT64, "long": INT64, "smallint": DataType("int16"),
    "short": DataType("int16"), "tinyint": DataType("int8"), "byte": DataType("int8"), "float": _FLOAT32,
    "real": _FLOAT32, "ubigint": DataType("uint64"), "uinteger": DataType("uint32"), "hugeint": DataType(
        "decimal128", ("38", "0")
    ),
}  # fmt: skip
NAMES = ("int64", "double", "string", "bool", "date32", "timestamp[us]", "int32", "float32", "category", "binary",
         "duration[us]", "decimal128(10, 2)", "list<item: string>", "timestamp[us, tz=UTC]")  # fmt: skip
_SHAPE = pattern(r"\s*([^\W\d]\w*)\s*(?:([<(\[])(.*)([>)\]]))?\s*\Z", re.DOTALL)
_ITEM = pattern(r"\A\s*\w+\s*:")  # Arrow names what is in a list
_UNITS = {"s": "s", "ms": "ms", "us": "us", "μs": "us", "µs": "us", "ns": "ns"}


@lru_cache(maxsize=2048)
def parse_type(text: str, *, sql: bool = False) -> DataType | None:
    """The type that a text names; None for `object` and for what is not understood. With `sql`, `int` has 32 bits and
    `float` too, as in SQL and Spark; else they are Python's."""
    if len(text) > LONGEST or text.count("<") + text.count("[") + text.count("(") > 20:
        return None
    text = text.strip()
    if text.endswith("[]"):
        item = parse_type(text[:-2], sql=sql)
        return DataType("list", children=(("item", item),)) if item is not None else None
    lowered = " ".join(text.lower().split())
    if lowered in ("timestamp with time zone", "timestamp_tz"):
        return DataType("timestamp", ("us", "UTC"))
    found = _SHAPE.match(text)
    if found is None:
        return None
    name, inner = found[1].lower(), found[3]
    if inner is None:
        return _COMMON.get(name) or (_SQL if sql else _PYTHON).get(name)
    parts = [part.strip() for part in split(inner)]
    match name:
        case "timestamp" | "datetime" | "datetime64":
            unit = _UNITS.get(parts[0].strip("'\""), "")
            zone = parts[1].removeprefix("tz=").strip("'\"") if len(parts) > 1 else ""
            return DataType("timestamp", (unit, zone) if zone and zone != "None" else (unit,)) if unit else None
        case "duration" | "timedelta" | "timedelta64":
            unit = _UNITS.get(parts[0].strip("'\""), "")
            return DataType("duration", (unit,)) if unit else None
        case "decimal" | "decimal128" | "decimal256" | "numeric":
            if all(p.isdigit() for p in parts) and len(parts) <= 2:
                return DataType("decimal128", (parts[0], parts[1] if len(parts) > 1 else "0"))
            return None
        case "list" | "array" | "large_list":
            item = parse_type(_ITEM.sub("", parts[0]), sql=sql)
            return DataType("list", children=(("item", item),)) if item is not None else None
        case "struct":
            pairs = [p.partition(":") for p in parts]
            types = [parse_type(p[2], sql=sql) for p in pairs]
            if not all(p[1] for p in pairs) or None in types:
                return None
            fields = zip(pairs, types, strict=True)
            return DataType("struct", children=tuple((p[0].strip(), t) for p, t in fields if t is not None))
        case "map":
            key, value = (parse_type(p, sql=sql) for p in (*parts, "", "")[:2])
            return DataType("map", children=(("key", key), ("value", value))) if key and value else None
        case "string" | "varchar" | "char" | "str":
            return STRING
        case "category" | "categorical" | "enum" | "dictionary":
            return CATEGORY
        case "time64" | "time32":
            return DataType(name, tuple(parts))
    return None


def split(text: str, separator: str = ",") -> Iterator[str]:
    """The parts between separators that stand in no brackets and no quotes."""
    depth, start, quote = 0, 0, ""
    for at, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"`":
            quote = char
        elif char in "<([{":
            depth += 1
        elif char in ">)]}":
            depth -= 1
        elif char == separator and depth <= 0:
            yield text[start:at]
            start = at + 1
    yield text[start:]


def parse_ddl(text: str) -> list[tuple[str, DataType | None, bool]] | None:
    """(name, type, whether it may be null) of each column of Spark's DDL, `a INT, b STRING NOT NULL` or
    `struct<a:int>`; None where it is none."""
    text = text.strip()
    if text.lower().startswith("struct<") and text.endswith(">"):
        text = text[7:-1]
    made = []
    for part in split(text):
        found = re.match(r"\s*(?:`([^`]+)`|([^\W\d]\w*))\s*(?::|\s)\s*(.+?)\s*\Z", part, re.DOTALL)
        if found is None:
            return None
        definition = re.split(r"\bcomment\b", found[3], maxsplit=1, flags=re.I)[0].strip()
        plain = re.sub(r"\s+not\s+null\b", "", definition, flags=re.I)
        type_ = parse_type(plain, sql=True)
        if type_ is None and not re.fullmatch(r"[\w<>(),:\s]+", plain):
            return None
        made.append((found[1] or found[2], type_, plain == definition))
    return made or None
