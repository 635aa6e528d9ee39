"""Types that sqlglot gives and databases do not: corrected where one database's answer is known, else dropped."""

from __future__ import annotations

from typing import Any

from polycell.core.types import FLOAT64, INT32, DataType
from polycell.languages.sql.relations.spark_types import SPARKS, spark_type

_TEMPORAL = frozenset({"DATE", "DATE32", "DATETIME", "DATETIME2", "TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMPLTZ", "TIME"})
# Where `1.5` is a number of digits, and the mean of whole numbers is one (or a whole number).
_DECIMAL_LITERALS = frozenset(
    {"postgres", "redshift", "mysql", "tsql", "snowflake", "oracle", "spark", "databricks", "hive", "trino", "presto"}
)
_EXACT_MEANS = frozenset({"postgres", "redshift", "mysql", "tsql", "snowflake", "oracle"})
_FLOATING = frozenset({"DOUBLE", "FLOAT"})
DEEPEST = 20  # derived tables that are looked through
_ZONED = DataType("timestamp", ("us", "UTC"))


def corrected(node: Any, made: DataType, dialect: str) -> DataType | None:
    """The type of an item that sqlglot says is of type `made`; None where it may be another."""
    from sqlglot import exp

    inner = node.unnest()
    if dialect in SPARKS and (its := spark_type(inner, made)) != made:
        return its
    if isinstance(inner, (exp.Add, exp.Sub)) and made.name in ("date32", "timestamp", "time64"):
        return _shifted(inner, made, dialect)
    if isinstance(inner, exp.Extract) and dialect == "postgres":
        return None  # a numeric, or of `date_part` a double
    if isinstance(inner, exp.CurrentTimestamp) and dialect == "postgres":
        return _ZONED
    if isinstance(inner, exp.Sum) and dialect == "postgres" and _kind(inner.this) == "FLOAT":
        return DataType("float")
    if made.name == "float" and isinstance(inner, exp.Binary) and dialect == "postgres":
        return made if _kind(inner.this) == _kind(inner.expression) == "FLOAT" else FLOAT64
    if made.name != "double":
        return made
    if isinstance(inner, (exp.Avg, exp.Stddev, exp.StddevPop, exp.StddevSamp, exp.Variance, exp.VariancePop)):
        return made if dialect not in _EXACT_MEANS or _kind(inner.this) in _FLOATING else None
    if isinstance(inner, exp.Round) and dialect in _EXACT_MEANS and _kind(inner.this) not in _FLOATING:
        return None
    return None if dialect in _DECIMAL_LITERALS and has_decimals(inner) else made


def has_decimals(node: Any) -> bool:
    """Whether a number like `1.5` is written in it."""
    from sqlglot import exp

    return any(not n.is_string and not n.is_int for n in node.find_all(exp.Literal))


def one_type(query: Any, at: int) -> bool:
    """Whether all arms of a UNION, INTERSECT or EXCEPT give the same type at a place; elsewhere the wider one counts,
    by rules of each database."""
    from sqlglot import exp

    if not isinstance(query, exp.SetOperation):
        return True
    kinds, waiting = set(), [query.left, query.right]
    while waiting:
        arm = waiting.pop().unnest()
        if isinstance(arm, exp.SetOperation):
            waiting += [arm.left, arm.right]
            continue
        selects = getattr(arm, "selects", [])
        type_ = selects[at].type if at < len(selects) else None
        kinds.add(type_.sql() if type_ is not None else None)
    return len(kinds) == 1


def computed(node: Any, scope: Any) -> Any:
    """What a column of a derived table is made of, as far in as it is a column; `scope` is sqlglot's, of the query.
    None where arms of a set operation differ."""
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope

    for _ in range(DEEPEST):
        while scope is not None and scope.set_operation_scopes:
            scope = scope.set_operation_scopes[0]
        source = scope.sources.get(node.table) if scope is not None and isinstance(node, exp.Column) else None
        if not isinstance(source, Scope):
            break
        query: Any = source.expression
        made = {s.alias_or_name: s for s in query.selects}
        listed = _listed(query)
        names = listed or [s.alias_or_name for s in query.selects]
        if node.name in names and not one_type(query, names.index(node.name)):
            return None
        found = dict(zip(listed, made.values(), strict=False)).get(node.name) if listed else made.get(node.name)
        if found is None:
            break
        node, scope = found.unalias(), source
    return node


def _listed(query: Any) -> list[str]:
    """The names of `AS t(a, b)` and `WITH t(a, b)` around a query."""
    return [str(c) for c in getattr(query.parent, "alias_column_names", ())] if query.parent is not None else []


def _shifted(node: Any, made: DataType, dialect: str) -> DataType | None:
    """Dates and times added and subtracted: how far two are apart is no date, and a date with an interval perhaps
    none."""
    left, right = _kind(node.this), _kind(node.expression)
    if left in _TEMPORAL and right in _TEMPORAL:
        return INT32 if dialect == "postgres" and left == right == "DATE" else None
    if "INTERVAL" in (left, right):
        return made if made.name == "timestamp" else None
    return made if made.name == "date32" and {left, right} & {"INT", "BIGINT", "SMALLINT"} else None


def _kind(node: Any) -> str:
    type_ = getattr(node, "type", None)
    name = getattr(getattr(type_, "this", None), "name", None)
    return str(name or "")
