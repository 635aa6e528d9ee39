"""What Vega-Lite's transforms make of a table: one small function a transform.

A transform is JSON as Python has it; `OPAQUE` stands for a value that only a run can tell. Source of the rules:
Vega-Lite's documentation of each transform, and its schema's defaults. A transform that nobody here knows leaves the
table open.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from polycell.core.patterns import pattern
from polycell.core.types import (
    BOOL,
    FLOAT64,
    INT64,
    STRING,
    TIMESTAMP,
    Anchor,
    Certainty,
    Column,
    DataType,
    Table,
    is_numeric,
)
from polycell.core.values import replace

Json: TypeAlias = Any
Transform: TypeAlias = Mapping[str, Json]
OPAQUE: Json = ...

# The table that a lookup takes fields from.
Foreign: TypeAlias = Callable[[], Table]

_COUNTS = frozenset({"count", "valid", "missing", "distinct"})
_SAME = frozenset({"min", "max", "mode", "lag", "lead", "first_value", "last_value", "nth_value", "first", "last"})
_RANKS = frozenset({"row_number", "rank", "dense_rank", "ntile"})
_WHOLE_DATUM = pattern(r"""\s*datum(?:\.([^\W\d]\w*)|\[\s*(?:'([^']*)'|"([^"]*)")\s*\])\s*\Z""")
_TEXT_CALL = pattern(
    r"\s*(?:format|timeFormat|utcFormat|upper|lower|substring|slice|replace|toString|trim|truncate|pad|join|monthFormat"
    r"|monthAbbrevFormat|dayFormat|dayAbbrevFormat|timeUnitSpecifier)\s*\([^()]*\)\s*\Z"
)
_TIME_CALL = pattern(r"\s*(?:datetime|toDate|timeParse|utcParse|timeOffset|utcOffset|now)\s*\([^()]*\)\s*\Z")
_NUMBER_CALL = pattern(
    r"\s*(?:abs|ceil|floor|round|sqrt|log|exp|pow|sin|cos|tan|atan2|random|length|year|month|quarter|date|day|hours"
    r"|minutes|seconds|milliseconds|time|toNumber|parseInt|parseFloat|min|max|clamp)\s*\([^()]*\)\s*\Z"
)
_ARITHMETIC = pattern(r"[\w\s.*/()-]*[*/][\w\s.*/()+-]*\Z")
_LITERAL_TEXT = pattern(r"""\s*(?:'[^'"]*'|"[^"']*")\s*\Z""")


def apply(table: Table, transform: Json, foreign: Foreign) -> Table:
    """The table behind one transform."""
    if not isinstance(transform, Mapping):
        return replace(table, open=True) if transform is OPAQUE else table
    for key, rule in _RULES.items():
        if key in transform:
            return rule(table, transform, transform[key], foreign)
    # Being written, or unknown: what it is to make cannot be told.
    return replace(table, open=True) if transform else table


def placed(before: Table, after: Table, place: Callable[[str], Anchor | None]) -> Table:
    """What a transform made of a table, each column with the place that gave it its name; one that it overwrote stays
    the same column."""
    columns = []
    for column in after.columns:
        old = before.column(column.name)
        if not column.origins:
            column = replace(column, origin=place(column.name))
        columns.append(column.one_with(old) if old is not None else column)
    return replace(after, columns=tuple(columns))


# -- helpers


def put(table: Table, *columns: Column) -> Table:
    """The table with columns added, or replaced where they are there already."""
    given = {c.name: c for c in columns}
    kept = tuple(given.pop(c.name, c) for c in table.columns)
    return replace(table, columns=(*kept, *given.values()))


def derived(name: str, type_: DataType | None, source: str) -> Column:
    """A column that a transform makes."""
    return Column(name, type_, certainty=Certainty.CERTAIN, source=source, type_certainty=Certainty.LIKELY)


def _strings(value: Json) -> list[str] | None:
    """The texts of a list, or of a single text; None where one of them is not known."""
    if value is None:
        return []
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        return None
    return value


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) else None


def _names(transform: Transform, default: list[str]) -> list[str] | None:
    given = _strings(transform.get("as"))
    return [*given, *default[len(given) :]] if given is not None else None


def _groups(table: Table, transform: Transform) -> tuple[Column, ...] | None:
    names = _strings(transform.get("groupby"))
    return None if names is None else tuple(table.column(name) or Column(name) for name in names)


def aggregate_type(table: Table, operation: str, name: str | None) -> DataType | None:
    """The type of what an aggregate or window operation makes of a field."""
    if operation in _COUNTS or operation in _RANKS:
        return INT64
    column = table.column(name) if name else None
    if operation in _SAME:
        return column.type if column is not None else None
    if operation in ("argmin", "argmax"):
        return DataType("struct", children=tuple((c.name, c.type or STRING) for c in table.columns))
    if operation == "values":
        return DataType("list")
    return FLOAT64


def _operations(table: Table, value: Json) -> list[Column] | None:
    """The columns of `[{op, field, as}, …]`; None where one of them is not known."""
    if not isinstance(value, list):
        return None
    columns = []
    for item in value:
        if not isinstance(item, Mapping):
            return None
        operation, name, made = _text(item.get("op")) or "", _text(item.get("field")), _text(item.get("as"))
        if "as" in item and made is None:
            return None
        if made is None:
            made = f"{operation}_{name}" if name else operation
        source = f"{operation}({name or ''})"
        columns.append(derived(made, aggregate_type(table, operation, name), source))
    return columns


# -- the transforms


def _same(table: Table, transform: Transform, value: Json, foreign: Foreign) -> Table:
    return table


def _calculate(table: Table, transform: Transform, value: Json, foreign: Foreign) -> Table:
    made = _text(transform.get("as"))
    if made is None:
        return replace(table, open=True)
    text = _text(value) or ""
    return put(table, derived(made, type_of_expression(text, table), f"calculate {text}"))


def type_of_expression(text: str, table: Table) -> DataType | None:
    """The type of a Vega expression where its form leaves no doubt; None elsewhere."""
    whole = _WHOLE_DATUM.match(text)
    if whole is not None:
        column = table.column(whole[1] or whole[2] or whole[3] or "")
        return column.type if column is not None else None
    for call, kind in ((_TEXT_CALL, STRING), (_TIME_CALL, TIMESTAMP), (_NUMBER_CALL, FLOAT64)):
        if call.match(text):
            return kind
    if _LITERAL_TEXT.match(text):
        return STRING
    if len(text) < 500 and _ARITHMETIC.match(text):
        return FLOAT64
    if "?" not in text and re.search(r"(?<![<>=!])(?:===?|!==?|[<>]=?)(?!=)", text) and "+" not in text:
        return BOOL
    return None


def _aggregate(table: Table, transform: Transform, value: Json, foreign: Foreign) -> Table:
    columns, groups = _operations(table, value), _groups(table, transform)
    if columns is None or groups is None:
        return replace(table, open=True)
    return put(replace(table, columns=groups, open=False), *columns)


def _join_aggregate(table: Table, transform: Transform, value: Json, foreign: Foreign) -> Table:
    columns = _operations(table, value)
    return replace(table, open=True) if columns is None else put(table, *columns)


def _pair(table: Table, transform: Transform, type_: DataType, source: str) -> Table:
    """`"as": "a"` also makes `a_end`; `"as": ["a", "b"]` names both."""
    names = _names(transform, [])
    if not names:
        return replace(table, open=True)
    if len(names) == 1:
        names = [names[0], f"{names[0]}_end"]
    return put(table, *(derived(name, type_, source) for name in names[:2]))


def _bin(table: Table, transform: Transform, value: Json, foreign: Foreign) -> Table:
    made = _pair(table, transform, FLOAT64, f"bin {_text(transform.get('field')) or ''}")
    names = _names(transform, []) or []
    return made if len(names) != 1 else put(made, derived(f"{names[0]}_range", STRING, "bin"))


def _time_unit(table: Table, transform: Transform, value: Json, foreign: Foreign) -> Table:
    unit = _text(value) or "timeUnit"
    return _pair(table, transform, TIMESTAMP, f"{unit}({_text(transform.get('field')) or ''})")


def _stack(table: Table, transform: Transform, value: Json, foreign: Foreign) -> Table:
    return _pair(table, transform, FLOAT64, f"stack {value}")


def _fold(table: Table, transform: Transform, value: Json, foreign: Foreign) -> Table:
    folded, names = _strings(value), _names(transform, ["key", "value"])
    if names is None:
        return replace(table, open=True)
    found = [table.column(name) for name in folded or ()]
    types = {c.type for c in found if c is not None}
    number = bool(types) and None not in found and all(t is not None and is_numeric(t) for t in types)
    kind = types.pop() if len(types) == 1 and None not in found else FLOAT64 if number else None
    what = ", ".join(folded or ())
    return put(table, derived(names[0], STRING, f"names of {what}"), derived(names[1], kind, f"values of {what}"))


def _flatten(table: Table, transform: Transform, value: Json, foreign: Foreign) -> Table:
    flattened = _strings(value)
    if flattened is None:
        return replace(table, open=True)
    names = _names(transform, flattened) or flattened
    columns = []
    for name, made in zip(flattened, names, strict=False):
        column = table.column(name)
        inner = column.type.children[0][1] if column is not None and column.type and column.type.children else None
        columns.append(derived(made, inner, f"flatten {name}"))
    return put(table, *columns)


def _pivot(table: Table, transform: Transform, value: Json, foreign: Foreign) -> Table:
    groups = _groups(table, transform)
    return Table(groups or (), open=True)


def _lookup(table: Table, transform: Transform, value: Json, foreign: Foreign) -> Table:
    origin = transform.get("from")
    fields = _strings(origin.get("fields")) if isinstance(origin, Mapping) else None
    names = _names(transform, fields or [])
    if names is None or fields is None or origin is None or "data" not in origin:
        return replace(table, open=True)
    other = foreign()
    if not fields:
        # Without `fields` the whole foreign row is put under `as`.
        struct = DataType("struct", children=tuple((c.name, c.type or STRING) for c in other.columns))
        return put(table, *(derived(name, struct, "lookup") for name in names))
    found = [other.column(name) for name in fields]
    return put(
        table,
        *(
            replace(column if made == name else column.named(made, None), maybe=False, source=column.source or name)
            if column is not None
            else derived(made, None, f"lookup {name}")
            for made, name, column in zip(names, fields, found, strict=False)
        ),
    )


def _density(table: Table, transform: Transform, value: Json, foreign: Foreign) -> Table:
    return _distribution(table, transform, ["value", "density"], f"density of {value}")


def _quantile(table: Table, transform: Transform, value: Json, foreign: Foreign) -> Table:
    return _distribution(table, transform, ["prob", "value"], f"quantiles of {value}")


def _distribution(table: Table, transform: Transform, default: list[str], source: str) -> Table:
    names, groups = _names(transform, default), _groups(table, transform)
    if names is None or groups is None:
        return replace(table, open=True)
    return put(Table(groups), *(derived(name, FLOAT64, source) for name in names[:2]))


def _regression(table: Table, transform: Transform, value: Json, foreign: Foreign) -> Table:
    on, dependent = _text(transform.get("on")), _text(value)
    names, groups = _names(transform, [on or "", dependent or ""]), _groups(table, transform)
    if names is None or groups is None or on is None or dependent is None:
        return replace(table, open=True)
    if transform.get("params") not in (None, False):
        columns = [derived("coef", DataType("list"), "regression"), derived("rSquared", FLOAT64, "regression")]
        return put(Table(groups), *columns)
    return put(Table(groups), *(derived(name, FLOAT64, f"fit of {dependent} on {on}") for name in names[:2]))


# In the order in which Vega-Lite tells transforms apart.
_RULES: Mapping[str, Callable[[Table, Transform, Json, Foreign], Table]] = {
    "lookup": _lookup,
    "pivot": _pivot,
    "density": _density,
    "quantile": _quantile,
    "regression": _regression,
    "loess": _regression,
    "fold": _fold,
    "flatten": _flatten,
    "impute": _same,
    "stack": _stack,
    "window": _join_aggregate,
    "joinaggregate": _join_aggregate,
    "aggregate": _aggregate,
    "timeUnit": _time_unit,
    "bin": _bin,
    "calculate": _calculate,
    "filter": _same,
    "sample": _same,
    "extent": _same,
}
