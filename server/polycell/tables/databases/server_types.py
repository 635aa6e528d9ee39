"""SQLAlchemy's types as neutral types, with the text that people read."""

from __future__ import annotations

from typing import Any

from polycell.core.types import BINARY, BOOL, DATE, FLOAT64, INT32, INT64, STRING, TIME, TIMESTAMP, DataType


def neutral(type_: Any) -> tuple[DataType | None, str]:
    """(type, what the database calls it); the type is None where there is no good name for it."""
    return _type(type_), _text(type_)


# Integers of MySQL, which alone may be without a sign.
_MYSQL_BITS = {"TINYINT": 8, "SMALLINT": 16, "MEDIUMINT": 32, "INTEGER": 32, "BIGINT": 64}


def _type(type_: Any) -> DataType | None:
    from sqlalchemy import types as t

    plain: list[tuple[type, DataType]] = [
        (t.SmallInteger, DataType("int16")), (t.BigInteger, INT64), (t.Integer, INT32), (t.Boolean, BOOL),
        (t.Enum, STRING), (t.Uuid, STRING), (t.String, STRING), (t.LargeBinary, BINARY),
        (t.Date, DATE), (t.Time, TIME), (t.Interval, DataType("month_day_nano_interval")),
    ]  # fmt: skip
    name = type(type_).__name__
    if name in _MYSQL_BITS and isinstance(type_, t.Integer) and hasattr(type_, "unsigned"):
        return DataType(f"{'u' if type_.unsigned else ''}int{_MYSQL_BITS[name]}")
    if name == "DOMAIN":  # PostgreSQL: a type with a constraint
        return _type(type_.data_type)
    if isinstance(type_, t.ARRAY):
        item = _type(type_.item_type)
        for _ in range(type_.dimensions or 1):
            item = DataType("list", children=(("item", item),)) if item is not None else None
        return item
    if isinstance(type_, t.Float):
        return DataType("float") if name == "REAL" else FLOAT64
    if isinstance(type_, t.Numeric):
        if type_.precision is None:
            return DataType("decimal128")
        return DataType("decimal128", (str(type_.precision), str(type_.scale or 0)))
    if isinstance(type_, t.DateTime):
        return DataType("timestamp", ("us", "UTC")) if type_.timezone else TIMESTAMP
    for kind, made in plain:
        if isinstance(type_, kind):
            return made
    return {"INTERVAL": DataType("month_day_nano_interval"), "INET": STRING, "CIDR": STRING, "MACADDR": STRING,
            "TINYINT": DataType("int8"), "YEAR": INT32, "BIT": None}.get(name)  # fmt: skip


def _text(type_: Any) -> str:
    name = type(type_).__name__
    if name in ("ENUM", "Enum") and getattr(type_, "enums", None):
        shown = ", ".join(f"'{value}'" for value in type_.enums[:6])
        more = ", …" if len(type_.enums) > 6 else ""
        return f"{getattr(type_, 'name', None) or 'enum'} ({shown}{more})"
    if name == "DOMAIN":
        return str(type_.name)
    if name == "ARRAY":
        return _text(type_.item_type) + "[]" * (type_.dimensions or 1)
    try:
        text = str(type_).lower()
    except Exception:  # a type that only its own dialect can spell
        return name.lower()
    if getattr(type_, "timezone", False) and text in ("timestamp", "time"):
        text += " with time zone"
    if getattr(type_, "unsigned", False):
        text += " unsigned"
    return text if len(text) <= 60 else text[:59] + "…"
