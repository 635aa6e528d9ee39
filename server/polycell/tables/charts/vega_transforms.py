"""What Vega's own transforms make of a table: Vega-Lite's are compiled to these.

A transform is JSON as Python has it, as in `transforms`. Source of the rules: Vega's documentation of each transform
and its schema's defaults. What a signal steers leaves the table open; of a transform that is not here nothing is known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from polycell.core.types import FLOAT64, INT64, STRING, TIMESTAMP, Column, DataType, Table
from polycell.core.values import replace
from polycell.tables.charts.transforms import (
    Foreign,
    Json,
    Transform,
    aggregate_type,
    derived,
    put,
    type_of_expression,
)

_Rule: TypeAlias = Callable[[Table, Transform, Foreign], "Table | None"]

# Transforms that only add fields: the names that these have unless `as` says others, and their type.
_ADDING: Mapping[str, tuple[tuple[str, ...], DataType | None]] = {
    "bin": (("bin0", "bin1"), FLOAT64),
    "dotbin": (("bin",), FLOAT64),
    "force": (("x", "y", "vx", "vy"), FLOAT64),
    "geopath": (("path",), STRING),
    "geopoint": (("x", "y"), FLOAT64),
    "geoshape": (("shape",), None),
    "heatmap": (("image",), None),
    "identifier": ((), INT64),
    "linkpath": (("path",), STRING),
    "pack": (("x", "y", "r", "depth", "children"), FLOAT64),
    "partition": (("x0", "y0", "x1", "y1", "depth", "children"), FLOAT64),
    "pie": (("startAngle", "endAngle"), FLOAT64),
    "stack": (("y0", "y1"), FLOAT64),
    "timeunit": (("unit0", "unit1"), TIMESTAMP),
    "tree": (("x", "y", "depth", "children"), FLOAT64),
    "treemap": (("x0", "y0", "x1", "y1", "depth", "children"), FLOAT64),
    "voronoi": (("path",), STRING),
    "wordcloud": (("x", "y", "font", "fontSize", "fontStyle", "fontWeight", "angle"), None),
}
_KEEPING = frozenset({"collect", "crossfilter", "extent", "filter", "impute", "resolvefilter", "sample", "stratify"})


def apply(table: Table, transform: Json, foreign: Foreign) -> Table:
    """The table behind one transform; `foreign` is the one that a lookup names."""
    kind = str(transform.get("type")) if isinstance(transform, Mapping) else ""
    if kind in _KEEPING:
        return table
    found: Table | None = None
    if kind in _ADDING:
        found = _added(table, transform, *_ADDING[kind])
    elif kind in _RULES:
        found = _RULES[kind](table, transform, foreign)
    else:
        return Table(open=True)
    return replace(table, open=True) if found is None else found


def _names(value: Json) -> list[str] | None:
    """The names of fields in a list, or of one alone; None where an expression or a signal decides."""
    listed = value if isinstance(value, list) else [] if value is None else [value]
    names = []
    for item in listed:
        name = item.get("as") or item.get("field") if isinstance(item, Mapping) else item
        if not isinstance(name, str):
            return None
        names.append(name)
    return names


def _as(transform: Transform, default: tuple[str, ...] | list[str]) -> list[str] | None:
    given = _names(transform.get("as"))
    return None if given is None else [*given, *default[len(given) :]]


def _columns(table: Table, value: Json) -> tuple[Column, ...] | None:
    names = _names(value)
    return None if names is None else tuple(table.column(name) or Column(name) for name in names)


def _added(table: Table, transform: Transform, default: tuple[str, ...], type_: DataType | None) -> Table | None:
    names = _as(transform, default)
    if names is None:
        return None
    if transform.get("interval") is False:
        names = names[:1]
    return put(table, *(derived(name, type_, str(transform["type"])) for name in names))


def _measures(table: Table, transform: Transform) -> list[Column] | None:
    """The fields that the operations make: `as`, or `sum_price`, or the operation's name where it has no field."""
    fields, ops, named = transform.get("fields", [None]), transform.get("ops", ["count"]), transform.get("as") or []
    if not isinstance(fields, list) or not isinstance(ops, list) or not isinstance(named, list):
        return None
    columns = []
    for at, op in enumerate(ops):
        given = fields[at] if at < len(fields) else None
        field = given.get("as") or given.get("field") if isinstance(given, Mapping) else given
        name = named[at] if at < len(named) and named[at] is not None else None
        if not isinstance(op, str) or not isinstance(field, str | None) or not isinstance(name, str | None):
            return None
        if isinstance(given, Mapping) and field is None:
            return None
        type_ = aggregate_type(table, op, field)
        columns.append(derived(name or (f"{op}_{field}" if field else op), type_, f"{op}({field or ''})"))
    return columns


def _aggregate(table: Table, transform: Transform, foreign: Foreign) -> Table | None:
    groups, columns = _columns(table, transform.get("groupby")), _measures(table, transform)
    if groups is None or columns is None:
        return None
    return put(replace(table, columns=groups, open=False), *columns)


def _joined(table: Table, transform: Transform, foreign: Foreign) -> Table | None:
    columns = _measures(table, transform)
    return None if columns is None else put(table, *columns)


def _formula(table: Table, transform: Transform, foreign: Foreign) -> Table | None:
    name, text = transform.get("as"), transform.get("expr")
    if not isinstance(name, str) or not isinstance(text, str):
        return None
    return put(table, derived(name, type_of_expression(text, table), f"formula {text}"))


def _fold(table: Table, transform: Transform, foreign: Foreign) -> Table | None:
    names, folded = _as(transform, ("key", "value")), _columns(table, transform.get("fields"))
    if names is None:
        return None
    types = {column.type for column in folded or ()}
    return put(
        table, derived(names[0], STRING, "fold"), derived(names[1], types.pop() if len(types) == 1 else None, "fold")
    )


def _flatten(table: Table, transform: Transform, foreign: Foreign) -> Table | None:
    fields = _names(transform.get("fields"))
    names, index = _as(transform, fields or []), transform.get("index")
    if fields is None or names is None or not isinstance(index, str | None):
        return None
    return put(table, *(derived(name, None, "flatten") for name in [*names, *([index] if index else [])]))


def _project(table: Table, transform: Transform, foreign: Foreign) -> Table | None:
    fields = _names(transform.get("fields"))
    if not fields:
        return table if fields is not None and "fields" not in transform else None
    if "as" not in transform:
        return replace(table, columns=_columns(table, fields) or (), open=False)
    names = _as(transform, fields)
    return None if names is None else Table(tuple(Column(name) for name in names))


def _lookup(table: Table, transform: Transform, foreign: Foreign) -> Table | None:
    values = _names(transform.get("values"))
    names = _as(transform, values or [])
    if values is None or names is None:
        return None
    other = foreign()
    found = dict(zip(names, map(other.column, values), strict=False))
    types = {name: column.type for name, column in found.items() if column is not None}
    return put(table, *(derived(name, types.get(name), "lookup") for name in names))


def _new(*default: str) -> _Rule:
    """Transforms whose rows are new ones, with the fields of `groupby` beside those that they make."""

    def rule(table: Table, transform: Transform, foreign: Foreign) -> Table | None:
        groups, names = _columns(table, transform.get("groupby")), _as(transform, default)
        if groups is None or names is None:
            return None
        return put(Table(groups), *(derived(name, FLOAT64, str(transform["type"])) for name in names))

    return rule


def _fit(table: Table, transform: Transform, foreign: Foreign) -> Table | None:
    fields = [_names(transform.get(axis)) for axis in ("x", "y")]
    if not all(names is not None and len(names) == 1 for names in fields):
        return None
    if transform.get("params"):
        return None
    return _new(*(names[0] for names in fields if names))(table, transform, foreign)


_RULES: Mapping[str, _Rule] = {
    "aggregate": _aggregate,
    "countpattern": _new("text", "count"),
    "density": _new("value", "density"),
    "flatten": _flatten,
    "fold": _fold,
    "formula": _formula,
    "joinaggregate": _joined,
    "kde": _new("value", "density"),
    "loess": _fit,
    "lookup": _lookup,
    "project": _project,
    "quantile": _new("prob", "value"),
    "regression": _fit,
    "sequence": _new("data"),
    "window": _joined,
}
