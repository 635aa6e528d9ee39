"""pandas: moving windows (`rolling`, `expanding`, `ewm`) and groups of time (`resample`)."""

from __future__ import annotations

import ast

from polycell.core.types import FLOAT64, UNKNOWN, GroupBy, Series, Table, Type
from polycell.core.values import replace
from polycell.languages.python.frames.columns import get, numeric_only, unknown_table
from polycell.languages.python.frames.registry import Call, method

W = "pandas windows"


@method("pandas", "rolling expanding", "window min_periods center win_type on axis closed step method")
@method("pandas", "ewm", "com span halflife alpha **")
def windows(call: Call) -> Type:
    if call["axis"] is not None or call["on"] is not None:
        return GroupBy(unknown_table("pandas"), windows=True)
    return GroupBy(call.table, windows=True)


@method("pandas series", "rolling expanding ewm", "*args **")
def series_windows(call: Call) -> Type:
    series = call.receiver
    assert isinstance(series, Series)
    table = Table((series.column,), flavour="pandas", index=series.index)
    return GroupBy(table, (), (series.column.name,), single=True, windows=True)


@method(W, "mean sum std var min max median count sem skew kurt quantile apply", "**")
def reduced(call: Call) -> Type:
    """The same rows and numeric columns, as double; whether others fail or are left out depends on the version."""
    groups = call.receiver
    assert isinstance(groups, GroupBy)
    table = groups.table
    if groups.selected is not None:
        chosen = [replace(get(table, n), type=FLOAT64, nullable=None) for n in groups.selected]
        if groups.single:
            return Series(chosen[0], "pandas", table.index)
        return replace(table, columns=tuple(chosen), open=False)
    counts = isinstance(call.node.func, ast.Attribute) and call.node.func.attr == "count"
    kept = {c.name for c in numeric_only(table, bools=False).columns if not c.maybe}
    columns = (
        replace(c, type=FLOAT64, nullable=None, maybe=c.maybe or c.name not in kept)
        for c in (table if counts else numeric_only(table)).columns
    )
    return replace(table, columns=tuple(columns))


@method(W, "agg aggregate corr cov rank", "**")
def other(call: Call) -> Type:
    return UNKNOWN


@method("pandas", "resample", "rule axis closed label convention kind on level **")
def resample(call: Call) -> Type:
    """Groups by a column, or by the index, which stays the index."""
    table = call.table
    unknown = GroupBy(unknown_table("pandas"), ())
    if call["axis"] is not None or call["level"] is not None:
        return unknown
    if call["on"] is not None:
        on = call.text("on")
        return GroupBy(table, (on,)) if on and table.column(on) is not None else unknown
    key = table.index[0] if len(table.index) == 1 else None
    if key is None or key.maybe or not key.name or table.column(key.name) is not None or table.open:
        return unknown
    return GroupBy(replace(table, columns=(key, *table.columns), index=()), (key.name,))


@method("pandas series", "resample", "rule **")
def resample_series(call: Call) -> Type:
    series = call.receiver
    assert isinstance(series, Series)
    key = series.index[0] if len(series.index) == 1 else None
    if key is None or key.maybe or not key.name or key.name == series.column.name or not series.column.name:
        return UNKNOWN
    table = Table((key, series.column), flavour="pandas")
    return GroupBy(table, (key.name,), (series.column.name,), single=True)
