"""Spark's groups: what `groupBy`, `cube`, `rollup` and `pivot` make, and the aggregations behind them."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from polycell.core.types import INT64, Column, GroupBy, Table, Type, is_numeric
from polycell.core.values import replace
from polycell.languages.python.frames.columns import get, put, sure, unknown_table, with_columns
from polycell.languages.python.frames.expressions import UNNAMED
from polycell.languages.python.frames.registry import Call, method
from polycell.languages.python.frames.spark_expressions import NAMED, columns_of, made_of
from polycell.languages.python.frames.spark_frame import replaced, sparkly
from polycell.languages.python.syntax.values import known_texts


@method("spark", "groupBy groupby cube rollup", "*cols")
def group_by(call: Call) -> Type:
    table, keys = call.table, []
    for argument in call.rest:
        made = made_of(call.run, argument.node, table)
        if made is None or any(m.column.name == UNNAMED for m in made):
            return GroupBy(Table(open=True, flavour="spark"), ())
        for one in made:
            found = table.column(one.column.name)
            if found is None:
                table = put(table, one.column)
            elif one.plain:
                table = replaced(table, found, replace(found, name=one.column.name))
            else:  # what is aggregated is the older one
                table = replaced(table, found, replace(one.column, type=None, nullable=None))
            keys.append(one.column.name)
    over = call.node.func.attr if isinstance(call.node.func, ast.Attribute) else ""
    if over in ("cube", "rollup"):  # where a key is left out it is null
        table = replace(table, columns=tuple(replace(c, nullable=None) for c in table.columns))
    return GroupBy(table, tuple(keys), tuple(c.name for c in call.table.columns), keyed=False)


def _groups(call: Call) -> GroupBy:
    """Groups, or a whole frame as one group (`df.agg(…)`)."""
    if isinstance(call.receiver, GroupBy):
        return call.receiver
    return GroupBy(call.table, (), keyed=False)


def _grouped(call: Call, columns: Sequence[Column]) -> Type:
    """The keys, and what was made of each group: of a pivot, for each of its values."""
    groups = _groups(call)
    keys = [get(groups.table, k) for k in groups.keys]
    if groups.pivoted:
        if groups.values is None or (groups.keys == () and groups.table.open):
            return replace(unknown_table("spark"), columns=tuple(keys))
        columns = [
            replace(c, name=value if len(columns) == 1 else f"{value}_{c.name}", nullable=None, origin=None, also=())
            for value in groups.values for c in columns
        ]  # fmt: skip
    elif isinstance(call.receiver, GroupBy) and not keys and groups.table.open:
        return unknown_table("spark")
    return sparkly(with_columns(Table(flavour="spark"), (*keys, *columns)))


@method("spark groups", "agg", "*exprs")
@method("spark", "agg", "*exprs")
def agg(call: Call) -> Type:
    groups = _groups(call)
    keys = tuple(get(groups.table, k) for k in groups.keys)
    by_name = call.rest[0].value if len(call.rest) == 1 else None
    if isinstance(by_name, dict):
        return _by_name(call, groups, by_name)
    columns: list[Column] = []
    for argument in call.rest:
        made = columns_of(call.run, argument.node, groups.table)
        if made is None:
            return replace(unknown_table("spark"), columns=keys)
        columns += made
    return _grouped(call, columns)


def _by_name(call: Call, groups: GroupBy, functions: dict[str, object]) -> Type:
    """`agg({"n": "sum"})` makes `sum(n)`. Of several the order is not known."""
    made = [_named_by(groups.table, column, str(function).casefold()) for column, function in functions.items()]
    known = [column for column in made if column is not None]
    if len(known) == len(made) == 1:
        return _grouped(call, known)
    keys = tuple(get(groups.table, k) for k in groups.keys)
    return replace(unknown_table("spark"), columns=keys if groups.pivoted else (*keys, *known))


def _named_by(table: Table, name: str, function: str) -> Column | None:
    found = NAMED.get(function)
    if found is None or function not in ("sum", "avg", "mean", "min", "max", "count") or "." in name or "`" in name:
        return None
    if name == "*":
        return Column("count(1)", INT64) if function == "count" else None
    return Column(f"{found[0]}({name})", found[1](get(table, name).type))


@method("spark groups", "count")
def count(call: Call) -> Type:
    return _grouped(call, [Column("count", INT64)])


@method("spark groups", "sum avg mean min max", "*cols")
def reduced(call: Call) -> Type:
    """Of the columns named, or of all that are numbers."""
    groups = _groups(call)
    name = call.node.func.attr if isinstance(call.node.func, ast.Attribute) else ""
    names = [t for a in call.rest for t in known_texts(a.type) or [""]]
    if "" in names:
        return unknown_table("spark")
    if not names:
        over = set(groups.selected) if groups.selected is not None else None
        rest = [c for c in groups.table.columns if over is None or c.name in over]
        if groups.table.open or not all(sure(c) for c in rest):
            return unknown_table("spark")
        names = [c.name for c in rest if c.type is not None and is_numeric(c.type)]
    word, change = NAMED[name]
    return _grouped(call, [Column(f"{word}({n})", change(get(groups.table, n).type)) for n in names])


@method("spark groups", "pivot", "pivot_col values")
def pivot(call: Call) -> Type:
    """What follows is about the columns of the frame; which it makes, the code or the data decide."""
    values = call.value("values")
    known = isinstance(values, list) and all(isinstance(v, (str, bool, int)) for v in values)
    names = tuple(str(v).lower() if isinstance(v, bool) else str(v) for v in values) if known else None
    return replace(_groups(call), pivoted=True, values=names)
