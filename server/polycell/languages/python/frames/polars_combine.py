"""polars: joins. Oracle in the tests: polars itself."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from polycell.core.types import Column, Table, Type
from polycell.core.values import replace
from polycell.languages.python.frames import duplicates, key_types
from polycell.languages.python.frames.columns import get, unknown_table, with_columns
from polycell.languages.python.frames.key_types import Side
from polycell.languages.python.frames.polars_expressions import columns_of
from polycell.languages.python.frames.registry import Call, method

_JOIN = "other on how left_on right_on suffix validate nulls_equal join_nulls coalesce maintain_order **"


def _keys(call: Call, left: Table, right: Table) -> tuple[list[str], list[str]] | None:
    """Names of the keys on both sides."""

    def names(parameter: str, table: Table) -> list[str] | None:
        argument = call[parameter]
        made = columns_of(call.run, argument.node, table) if argument is not None else None
        plain = made is not None and all(table.column(c.name) == c or not c.source for c in made)
        return [c.name for c in made] if made is not None and plain else None

    if call["on"] is not None:
        both = names("on", left)
        return (both, both) if both else None
    mine, theirs = names("left_on", left), names("right_on", right)
    return (mine, theirs) if mine and theirs and len(mine) == len(theirs) else None


@method("polars", "join", _JOIN)
@method("polars-lazy", "join", _JOIN)
def join(call: Call) -> Type:
    other, left = call["other"], call.table
    how, suffix, coalesce = call.value("how", "inner"), call.value("suffix", "_right"), call.value("coalesce", None)
    unknown = unknown_table(left.flavour)
    if other is None or not isinstance(other.type, Table) or not isinstance(suffix, str) or call.extra:
        return unknown
    right = other.type
    keys = _keys(call, left, right)
    if keys is not None and how != "cross":
        owner = call.node.func.value if isinstance(call.node.func, ast.Attribute) else None
        key_types.judge(call, Side(left, owner), Side(right, other.node), zip(*keys, strict=True))
    if how in ("semi", "anti"):
        return left
    if how == "cross":
        return _beside(call, left, left.columns, right.columns, right, suffix)
    if keys is None or how not in ("inner", "left", "right", "full"):
        return unknown
    mine, theirs = keys
    if how == "full":
        kept = right.columns if coalesce is not True else [c for c in right.columns if c.name not in theirs]
        first = [replace(c, nullable=True) for c in left.columns]
        if coalesce is not True and right.open:
            return unknown
        return _beside(call, left, first, [replace(c, nullable=True) for c in kept], right, suffix)
    if coalesce is not None and coalesce is not True:
        return unknown
    if how == "right":
        first = [replace(c, nullable=True) for c in left.columns if c.name not in mine]
        return _beside(call, left, first, right.columns, right, suffix)
    added = [c for c in right.columns if c.name not in theirs]
    if how == "left":
        added = [replace(c, nullable=True) for c in added]
    missing = [Column(n, None) for n in mine if left.column(n) is None]
    if missing and not left.open:
        return unknown
    shared = {c.name: c for c in right.columns if c.name in theirs and c.name in mine}
    kept = [c.one_with(shared[c.name]) if c.name in shared else c for c in left.columns]
    return _beside(call, left, (*kept, *missing), added, right, suffix)


def _beside(
    call: Call, left: Table, mine: Iterable[Column], theirs: Iterable[Column], right: Table, suffix: str
) -> Table:
    """The columns of both, those of the right with the suffix where the left has the name."""
    first, second = tuple(mine), tuple(theirs)
    taken = {c.name: c for c in first}
    columns = list(first)
    for column in second:
        if column.name in taken:
            if taken[column.name].maybe or column.maybe:
                return unknown_table(left.flavour)
            column = replace(column, name=f"{column.name}{suffix}")
        elif left.open:
            column = replace(column, maybe=True, type=None)  # the left may have one of that name, which stays
        columns.append(column)
    duplicates.judge_result(call, columns, left, right, suffix)
    return with_columns(Table(open=left.open or right.open, flavour=left.flavour), columns)


_ASOF = "other left_on right_on on by_left by_right by strategy suffix tolerance **"


@method("polars", "join_asof", _ASOF)
@method("polars-lazy", "join_asof", _ASOF)
def join_asof(call: Call) -> Type:
    """A left join on the nearest key, which both name alike."""
    other, left, on = call["other"], call.table, call.text("on")
    by = call.texts("by") if call["by"] is not None else []
    suffix = call.value("suffix", "_right")
    plain = set(call.given) <= {"other", "on", "by", "strategy", "tolerance", "suffix"} and not call.extra
    if other is None or not isinstance(other.type, Table) or on is None or by is None or not isinstance(suffix, str):
        return unknown_table(left.flavour)
    if not plain:
        return unknown_table(left.flavour)
    keys = {on, *by}
    added = [replace(c, nullable=True) for c in other.type.columns if c.name not in keys]
    return _beside(call, left, [get(left, c.name) if c.name in keys else c for c in left.columns], added, other.type,
                   suffix)  # fmt: skip
