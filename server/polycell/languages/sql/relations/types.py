"""SQL's type names as Arrow spells types, and sqlglot's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from polycell.core.patterns import pattern
from polycell.core.types import (
    BINARY,
    BOOL,
    DATE,
    FLOAT64,
    INT32,
    INT64,
    STRING,
    TIME,
    TIMESTAMP,
    DataType,
)
from polycell.languages.sql.syntax.dialects import Dialect

_ZONED = DataType("timestamp", ("us", "UTC"))
_NAMES: Mapping[str, DataType] = {
    "TINYINT": DataType("int8"),
    "SMALLINT": DataType("int16"),
    "INT": INT32,
    "MEDIUMINT": INT32,
    "BIGINT": INT64,
    "UTINYINT": DataType("uint8"),
    "USMALLINT": DataType("uint16"),
    "UINT": DataType("uint32"),
    "UBIGINT": DataType("uint64"),
    "FLOAT": DataType("float"),
    "DOUBLE": FLOAT64,
    "BOOLEAN": BOOL,
    "BIT": BOOL,
    "CHAR": STRING,
    "NCHAR": STRING,
    "VARCHAR": STRING,
    "NVARCHAR": STRING,
    "TEXT": STRING,
    "UUID": STRING,
    "ENUM": STRING,
    "ENUM8": STRING,
    "ENUM16": STRING,
    "SET": STRING,
    "TINYTEXT": STRING,
    "MEDIUMTEXT": STRING,
    "LONGTEXT": STRING,
    "FIXEDSTRING": STRING,
    "NAME": STRING,
    "XML": STRING,
    "SMALLSERIAL": DataType("int16"),
    "SERIAL": INT32,
    "BIGSERIAL": INT64,
    "MONEY": DataType("decimal128", ("19", "4")),
    "SMALLMONEY": DataType("decimal128", ("10", "4")),
    "BINARY": BINARY,
    "VARBINARY": BINARY,
    "BLOB": BINARY,
    "DATE": DATE,
    "DATE32": DATE,
    "TIME": TIME,
    "DATETIME": TIMESTAMP,
    "DATETIME2": TIMESTAMP,
    "SMALLDATETIME": TIMESTAMP,
    "DATETIME64": TIMESTAMP,
    "TIMESTAMP": TIMESTAMP,
    "TIMESTAMPNTZ": TIMESTAMP,
    "TIMESTAMPTZ": _ZONED,
    "TIMESTAMPLTZ": _ZONED,
    "INTERVAL": DataType("month_day_nano_interval"),
}
# Numbers without digits, as far as a dialect's manual fixes them (digits, digits behind the point).
_PLAIN_DECIMALS: Mapping[tuple[str, str], DataType] = {
    ("bigquery", "DECIMAL"): DataType("decimal128", ("38", "9")),
    ("bigquery", "BIGDECIMAL"): DataType("decimal256", ("76", "38")),
    ("mysql", "DECIMAL"): DataType("decimal128", ("10", "0")),
    ("spark", "DECIMAL"): DataType("decimal128", ("10", "0")),
    ("databricks", "DECIMAL"): DataType("decimal128", ("10", "0")),
    ("tsql", "DECIMAL"): DataType("decimal128", ("18", "0")),
}
# Here every whole number is 64 bits wide, whatever its type is called (Snowflake's has 38 digits).
_ONE_WIDTH = frozenset({"bigquery", "snowflake"})
_WHOLE = frozenset({"TINYINT", "SMALLINT", "INT", "MEDIUMINT", "BIGINT"})
# What sqlglot's schema shall know of an Arrow type.
_SQL: Mapping[str, str] = {
    "int8": "TINYINT",
    "int16": "SMALLINT",
    "int32": "INT",
    "int64": "BIGINT",
    "uint8": "UTINYINT",
    "uint16": "USMALLINT",
    "uint32": "UINT",
    "uint64": "UBIGINT",
    "float": "REAL",  # which is 32 bits wide in every dialect of sqlglot
    "double": "DOUBLE",
    "bool": "BOOLEAN",
    "string": "VARCHAR",
    "large_string": "VARCHAR",
    "string_view": "VARCHAR",
    "dictionary": "VARCHAR",
    "binary": "VARBINARY",
    "date32": "DATE",
    "time64": "TIME",
    "duration": "INTERVAL",
}
# Ends of a column definition that are no part of its type.
_TAIL = pattern(
    r"\b(?:NOT\s+NULL|NULL|PRIMARY|UNIQUE|DEFAULT|CHECK|REFERENCES|CONSTRAINT|COLLATE|GENERATED|AS|COMMENT|AUTO_INCREMENT"
    r"|AUTOINCREMENT|IDENTITY|ENCODE|OPTIONS|ENCODING|USING|MASKING|WITH\s+MASKING|AFTER|FIRST)\b[\s\S]*",
    re.I,
)


@lru_cache(maxsize=2048)
def parse_type(text: str, dialect: Dialect) -> DataType | None:
    """The type that begins a column definition (`decimal(10, 2) not null`); None when it is not understood."""
    plain = _TAIL.sub("", text).strip()
    if not plain or len(plain) > 2000:
        return None
    try:
        from sqlglot import exp

        return from_sqlglot(exp.DataType.build(plain, dialect=dialect.parser), dialect.name)
    except Exception:  # sqlglot raises several kinds on texts that are no types
        return None


def from_sqlglot(type_: Any, dialect: str = "") -> DataType | None:
    """sqlglot's DataType as a neutral type; None for unknown ones."""
    name = getattr(type_.this, "name", None) or str(type_.this)
    if name in _WHOLE and dialect in _ONE_WIDTH:
        return INT64
    found = _NAMES.get(name)
    if found is not None:
        return found
    inner = list(type_.expressions or ())
    if name in ("DECIMAL", "BIGDECIMAL", "DECIMAL64", "DECIMAL128"):
        numbers = tuple(e.name for e in inner if e.name.isdigit())
        if not numbers:
            return _PLAIN_DECIMALS.get((dialect, name))
        return DataType("decimal128", (numbers[0], numbers[1] if len(numbers) > 1 else "0"))
    if name in ("ARRAY", "LIST", "MAP", "LOWCARDINALITY", "NULLABLE"):
        parts = [from_sqlglot(e, dialect) if hasattr(e, "this") else None for e in inner]
        types = [t for t in parts if t is not None]
        if len(types) != len(parts) or len(types) != (2 if name == "MAP" else 1):
            return None
        if name == "MAP":
            return DataType("map", children=tuple(zip(("key", "value"), types, strict=True)))
        return DataType("list", children=(("item", types[0]),)) if name in ("ARRAY", "LIST") else types[0]
    if name == "STRUCT":
        fields = []
        for field in inner:
            kind = field.args.get("kind") if hasattr(field, "args") else None
            made = from_sqlglot(kind, dialect) if kind is not None else None
            if made is None:
                return None
            fields.append((field.name, made))
        return DataType("struct", children=tuple(fields)) if fields else None
    return None


def to_sql(type_: DataType | None) -> str | None:
    """A type's name in sqlglot's own dialect; None where there is none."""
    if type_ is None:
        return None
    if type_.name == "timestamp":
        return "TIMESTAMPTZ" if len(type_.parameters) > 1 else "TIMESTAMP"
    if type_.name.startswith("decimal") and type_.parameters:
        return f"DECIMAL({', '.join(type_.parameters)})"
    if type_.name == "list" and type_.children:
        inner = to_sql(type_.children[0][1])
        return f"ARRAY<{inner}>" if inner else None
    if type_.name == "map" and len(type_.children) == 2:
        key, value = (to_sql(t) for _, t in type_.children)
        return f"MAP<{key}, {value}>" if key and value else None
    if type_.name == "struct" and type_.children:
        fields = [(n, to_sql(t)) for n, t in type_.children]
        if all(t for _, t in fields):
            inner = ", ".join(f'"{n}" {t}' for n, t in fields)
            return f"STRUCT<{inner}>"
    return _SQL.get(type_.name)
