"""pandas' groupby and its aggregations."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import replace

from polycell.core.types import BOOL, FLOAT64, INT64, UNKNOWN, Column, DataType, GroupBy, Series, Table, Type
from polycell.languages.python.frames.columns import UNKNOWN_INDEX, get, numeric_only, sure, unknown_table, with_columns
from polycell.languages.python.frames.registry import Argument, Call, method
from polycell.languages.python.values import known_texts, value_of

G = "pandas groups"


@method("pandas", "groupby", "by axis level as_index sort group_keys observed dropna squeeze")
def groupby(call: Call) -> Type:
    by = call["by"]
    names = known_texts(by.type) if by is not None else None
    keyed = call.value("as_index", True)
    if call["axis"] is not None and call.value("axis") not in (0, "index"):
        return UNKNOWN
    if not isinstance(keyed, bool):
        return UNKNOWN
    unknown = GroupBy(unknown_table("pandas"), (), keyed=keyed)
    if names is None or call["level"] is not None or len(set(names)) != len(names) or "" in names:
        return unknown
    if any(call.table.column(n) is None for n in names) and (not call.table.open or call.table.index):
        return unknown  # the name of an index level
    return GroupBy(call.table, tuple(names), keyed=keyed)


def _groups(call: Call) -> GroupBy:
    assert isinstance(call.receiver, GroupBy)
    return call.receiver


def _keys(groups: GroupBy) -> tuple[Column, ...]:
    if not groups.keys:
        return UNKNOWN_INDEX
    return tuple(get(groups.table, k) for k in groups.keys)


def _values(groups: GroupBy) -> Table:
    """The columns that are aggregated, as a table."""
    table = groups.table
    if groups.selected is not None:
        chosen = (get(table, n) for n in groups.selected)
        return with_columns(replace(table, open=not groups.keys), chosen)
    return replace(table, columns=tuple(c for c in table.columns if c.name not in groups.keys))


def _assemble(groups: GroupBy, columns: Iterable[Column], *, open_: bool) -> Table:
    made = tuple(columns)
    if not groups.keys:
        return replace(unknown_table("pandas"), columns=made if groups.selected else ())
    if groups.keyed:
        return with_columns(Table(open=open_, flavour="pandas", index=_keys(groups)), made)
    names = {c.name for c in made}
    keys = tuple(k for k in _keys(groups) if k.name not in names)
    return with_columns(Table(open=open_, flavour="pandas"), (*keys, *made))


def _type(column: Column, how: str) -> DataType | None:
    if how in ("count", "nunique", "size"):
        return INT64
    if how in ("mean", "median", "std", "var", "sem"):
        return FLOAT64 if column.type in (INT64, FLOAT64, BOOL) and sure(column) else None
    if how in ("sum", "prod"):
        return column.type if column.type in (INT64, FLOAT64) else None
    if how in ("min", "max", "first", "last"):
        return column.type
    if how in ("any", "all"):
        return BOOL
    return None


_NUMERIC = frozenset({"mean", "median", "std", "var", "sem", "prod"})


def _derived(call: Call, column: Column, type_: DataType | None) -> Column:
    return replace(column, type=type_, nullable=None, source=call.run.text_of(call.node), maybe=column.maybe)


@method(G, "sum prod mean median min max first last", "numeric_only min_count engine **")
@method(G, "std var sem", "ddof numeric_only **")
@method(G, "count")
@method(G, "nunique", "dropna")
@method(G, "any all", "skipna")
def reduced(call: Call) -> Type:
    name = call.node.func.attr if isinstance(call.node.func, ast.Attribute) else ""
    return _reduced(call, _groups(call), name, call.value("numeric_only", False))


def _reduced(call: Call, groups: GroupBy, how: str, numeric: object) -> Type:
    values = _values(groups)
    if groups.single and groups.selected:
        column = _derived(call, values.columns[0], _type(values.columns[0], how))
        if groups.keyed:
            return Series(column, "pandas", _keys(groups))
        return _assemble(groups, [column], open_=False)
    if numeric is True:
        columns = numeric_only(values).columns
    elif numeric is not False or how in _NUMERIC:
        # Newer pandas fails on texts, older leaves them out.
        columns = tuple(c if _is_number(c) else replace(c, maybe=True) for c in values.columns)
    elif how == "sum":
        columns = tuple(c if _is_number(c) or c.type is None else replace(c, maybe=True) for c in values.columns)
    else:
        columns = values.columns
    return _assemble(groups, (_derived(call, c, _type(c, how)) for c in columns), open_=values.open)


def _is_number(column: Column) -> bool:
    return sure(column) and column.type in (INT64, FLOAT64, BOOL)


@method(G, "size")
def size(call: Call) -> Type:
    groups = _groups(call)
    column = Column("size", INT64, False, source=call.run.text_of(call.node))
    if groups.keyed:
        return Series(replace(column, name=""), "pandas", _keys(groups))
    return _assemble(groups, [column], open_=False) if groups.selected is None else UNKNOWN


@method(G, "agg aggregate", "func *args **")
def agg(call: Call) -> Type:
    groups, function = _groups(call), call["func"]
    if call.rest:
        return UNKNOWN
    if function is None:
        return _named(call, groups)
    if call.extra:
        return UNKNOWN
    value = function.value
    if isinstance(value, str):
        return _reduced(call, groups, value, False) if value in _KNOWN else UNKNOWN
    if isinstance(function.node, ast.Dict):
        return _by_dict(call, groups, function)
    if isinstance(value, dict) and all(isinstance(v, str) for v in value.values()):
        table = groups.table
        columns = (_derived(call, get(table, n), _type(get(table, n), how)) for n, how in value.items())
        return _assemble(groups, columns, open_=False)
    if isinstance(value, list) and groups.single and groups.selected and all(isinstance(v, str) for v in value):
        source = get(groups.table, groups.selected[0])
        columns = (
            _derived(call, source.named(how, call.run.place(function.node, how)), _type(source, how)) for how in value
        )
        return _assemble(groups, columns, open_=False) if groups.keyed else unknown_table("pandas")
    return UNKNOWN


_KNOWN = frozenset({
    "sum", "prod", "mean", "median", "min", "max", "first", "last", "std", "var", "sem", "count", "nunique", "any",
    "all",
})  # fmt: skip


def _named(call: Call, groups: GroupBy) -> Type:
    """`agg(total=("v", "sum"))`, and for one column `agg(total="sum")`."""
    columns = []
    for name, argument in (call.extra or {}).items():
        column_name, how = _pair(call, argument, groups)
        if column_name is None:
            return unknown_table("pandas", _keys(groups))
        source = get(groups.table, column_name)
        keyword = next((k for k in call.node.keywords if k.arg == name), None)
        origin = call.run.place(keyword, name) if keyword is not None else None
        type_ = _type(source, how) if how in _KNOWN or how == "size" else None
        columns.append(Column(name, type_, None, origin=origin, source=call.run.text_of(argument.node)))
    return _assemble(groups, columns, open_=False) if columns else UNKNOWN


def _pair(call: Call, argument: Argument, groups: GroupBy) -> tuple[str | None, str]:
    node = argument.node
    if groups.single and groups.selected and not isinstance(node, ast.Tuple):
        return groups.selected[0], value_of(argument.type) if isinstance(argument.value, str) else ""
    parts = node.elts if isinstance(node, ast.Tuple) else []
    if isinstance(node, ast.Call):  # pd.NamedAgg(column=…, aggfunc=…)
        given = {k.arg: k.value for k in node.keywords}
        parts = [given[n] for n in ("column", "aggfunc") if n in given] or list(node.args)
    if len(parts) != 2:
        return None, ""
    name = value_of(call.run.evaluate(parts[0]))
    how = value_of(call.run.evaluate(parts[1]))
    return (name if isinstance(name, str) else None), how if isinstance(how, str) else ""


def _by_dict(call: Call, groups: GroupBy, function: Argument) -> Type:
    assert isinstance(function.node, ast.Dict)
    columns = []
    for key, value in zip(function.node.keys, function.node.values, strict=True):
        name = value_of(call.run.evaluate(key)) if key is not None else None
        how = value_of(call.run.evaluate(value))
        if not isinstance(name, str) or isinstance(value, (ast.List, ast.Tuple, ast.Dict)) or isinstance(how, list):
            return unknown_table("pandas", _keys(groups))
        source = get(groups.table, name)
        columns.append(_derived(call, source, _type(source, how) if isinstance(how, str) and how in _KNOWN else None))
    return _assemble(groups, columns, open_=False)


@method(G, "head tail nth", "n dropna")
def rows(call: Call) -> Type:
    groups = _groups(call)
    if groups.selected is not None:
        return UNKNOWN
    return groups.table


@method(G, "cumsum cumprod cummax cummin rank shift diff ffill bfill pct_change", "**")
@method(G, "transform", "func **")
def transformed(call: Call) -> Type:
    groups = _groups(call)
    values = _values(groups)
    if groups.single and groups.selected:
        return Series(replace(values.columns[0], type=None), "pandas", groups.table.index)
    if not groups.keys:
        return UNKNOWN
    columns = tuple(replace(c, type=None, maybe=True) for c in values.columns)
    return replace(values, columns=columns, index=groups.table.index)


@method(G, "value_counts", "**")
@method(G, "apply pipe describe corr quantile ohlc resample rolling expanding", "**")
def by_data(call: Call) -> Type:
    return UNKNOWN


@method(G, "get_group", "name obj")
def get_group(call: Call) -> Type:
    return _groups(call).table if _groups(call).selected is None else UNKNOWN


@method(G, "filter", "func dropna **")
def filtered(call: Call) -> Type:
    return _groups(call).table if _groups(call).selected is None else UNKNOWN
