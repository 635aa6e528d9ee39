"""Types that Spark gives otherwise than sqlglot says; what was found by asking Spark 3.5 and 4.3."""

from __future__ import annotations

from typing import Any

from polycell.core.types import BOOL, DATE, INT32, INT64, TIMESTAMP, DataType

SPARKS = frozenset({"spark", "databricks"})
_INTEGERS = frozenset({"int8", "int16", "int32", "int64"})
_INT32 = 2**31
_WHOLE = frozenset({"TINYINT", "SMALLINT", "INT", "BIGINT"})
_TEXTS = frozenset({"VARCHAR", "TEXT", "CHAR", "NCHAR", "NVARCHAR"})
_NUMBERS = frozenset({*_WHOLE, "FLOAT", "DOUBLE"})


def spark_type(node: Any, made: DataType) -> DataType | None:
    """What Spark says of an expression that sqlglot takes for one of type `made`; None where nobody knows."""
    from sqlglot import exp

    if isinstance(node, (exp.Column, exp.Cast)):
        return made if made.name != "timestamp" else TIMESTAMP
    if any(not _unambiguous(literal) for literal in node.find_all(exp.Literal)):
        return None
    if any(_widened(s) for s in node.find_all(exp.Struct)) or made.name == "month_day_nano_interval":
        return None
    if isinstance(node, exp.Sub) and made.name == "timestamp" and _kind(node.expression) != "INTERVAL":
        return None  # how far two are apart
    if isinstance(node, exp.Binary) and made != BOOL and {_kind(node.this), _kind(node.expression)} & _TEXTS:
        return made if isinstance(node, exp.DPipe) else None  # settings decide
    if isinstance(node, exp.Avg):
        return made if _kind(node.this) in _NUMBERS else None
    if isinstance(node, exp.Round):
        return made if _kind(node.this) == "DOUBLE" else None
    if isinstance(node, exp.If):
        sides = (_kind(node.args.get("true")), _kind(node.args.get("false")))
        return _of(node.args["true"]) if len(set(sides)) == 1 else None
    if isinstance(node, (exp.ArrayPosition, exp.TimestampDiff)):
        return INT64
    if isinstance(node, exp.DateTrunc):
        return DATE
    if made.children and any(not n.is_string and not n.is_int for n in node.find_all(exp.Literal)):
        return None  # decimals
    if isinstance(node, exp.Array) and len({_kind(e) for e in node.expressions}) > 1:
        return None
    if made.name == "float" and isinstance(node, exp.Binary):
        both = _kind(node.this) == _kind(node.expression) == "FLOAT"
        return made if both and not isinstance(node, exp.Div) else None
    if made.name in _INTEGERS and any(type(n).__name__ in _PARTS for n in node.find_all(exp.Func)):
        chosen = isinstance(node, (exp.Coalesce, exp.Case, exp.Greatest, exp.Least))
        return INT32 if made.name in ("int8", "int16") else None if chosen else made
    return TIMESTAMP if made.name == "timestamp" else made


# Parts of dates.
_PARTS = frozenset({
    "Year", "Month", "Day", "DayOfMonth", "DayOfWeek", "DayOfWeekIso", "DayOfYear", "Week", "WeekOfYear", "Quarter",
    "Hour", "Minute", "Second", "Extract",
})  # fmt: skip


def _unambiguous(literal: Any) -> bool:
    """Whether a whole number is one of 32 bits, as sqlglot takes it."""
    return literal.is_string or not literal.is_int or abs(int(literal.this)) < _INT32


def _widened(struct: Any) -> bool:
    """Whether a field has no name that sqlglot's type tells."""
    from sqlglot import exp

    return any(not isinstance(e, (exp.PropertyEQ, exp.Alias)) for e in struct.expressions)


def _kind(node: Any) -> str:
    type_ = getattr(node, "type", None)
    return str(getattr(getattr(type_, "this", None), "name", None) or "")


def _of(node: Any) -> DataType | None:
    from polycell.languages.sql.relations.types import from_sqlglot

    return from_sqlglot(node.type, "spark") if node is not None and node.type is not None else None
