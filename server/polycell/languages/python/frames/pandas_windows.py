"""pandas: moving windows (`rolling`, `expanding`, `ewm`) and groups of time (`resample`)."""

from __future__ import annotations

import ast

from polycell.core.types import FLOAT64, INT64, UNKNOWN, Column, GroupBy, Series, Table, Type
from polycell.core.values import replace
from polycell.languages.python.frames import labels
from polycell.languages.python.frames.columns import UNKNOWN_INDEX, get, numeric_only, sure, unknown_table, with_columns
from polycell.languages.python.frames.registry import Call, method

W = "pandas windows"


@method("pandas", "rolling expanding", "window min_periods center win_type on axis closed step method")
@method("pandas", "ewm", "com span halflife alpha **")
def windows(call: Call) -> Type:
    on = call.text("on")
    if on is not None and call["axis"] is None and call.table.column(on) is not None:
        return GroupBy(call.table, (on,), windows=True)
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
    """The same rows and numeric columns, as double; whether others fail or are left out depends on the version. The
    column that windows go by comes along, where several are chosen at their end."""
    groups = call.receiver
    assert isinstance(groups, GroupBy)
    table = groups.table
    if groups.keys and not groups.single:
        return unknown_table("pandas", table.index)
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


@method(W, "agg aggregate", "func *args **")
def agg(call: Call) -> Type:
    """A function a column, or several: then columns of two levels, or of one series a frame."""
    groups, function = call.receiver, call["func"]
    assert isinstance(groups, GroupBy)
    how = function.value if function is not None and not call.rest and not call.extra else None
    table = groups.table
    if groups.keys and not groups.single and not isinstance(how, dict):
        return UNKNOWN
    if isinstance(how, str) and how in _NAMED and groups.selected is None:
        return reduced(call)
    hows = how if isinstance(how, list) and how and all(isinstance(h, str) and h in _NAMED for h in how) else None
    if groups.single and groups.selected and hows is not None and function is not None:
        made = [Column(str(h), FLOAT64, origin=call.place("func", str(h))) for h in hows]
        return with_columns(replace(table, columns=(), open=False), made)
    named = isinstance(how, dict) and all(isinstance(h, str) and h in _NAMED for h in how.values())
    if isinstance(how, dict) and named and groups.selected is None:
        chosen = (replace(get(table, str(n)), type=FLOAT64, nullable=None) for n in how)
        return with_columns(replace(table, open=False), chosen)
    numbers = all(sure(c) and c.type in (INT64, FLOAT64) and not c.maybe for c in table.columns) and not table.open
    if hows is not None and groups.selected is None and numbers:
        typed = [((c.name, str(h)), replace(c, type=FLOAT64, nullable=None)) for c in table.columns for h in hows]
        return labels.table_of(typed, table.index)
    return UNKNOWN


_NAMED = frozenset({"mean", "sum", "std", "var", "min", "max", "median", "count", "sem", "skew", "kurt"})


@method(W, "corr cov rank", "**")
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
        return GroupBy(replace(table, index=UNKNOWN_INDEX), (on,)) if on and table.column(on) is not None else unknown
    key = table.index[0] if len(table.index) == 1 else None
    if key is None or key.maybe or not key.name or table.column(key.name) is not None or table.open:
        return unknown
    # Rows that are filled (`ffill`) have the moments of the groups for an index, other than those of `groupby`.
    return GroupBy(replace(table, columns=(key, *table.columns), index=UNKNOWN_INDEX), (key.name,))


@method("pandas groups", "resample", "rule on **")
def resample_groups(call: Call) -> Type:
    """Groups of time in each group. Before pandas 3 columns that are grouped by are aggregated too: of more than those
    that are chosen nobody knows all."""
    groups, on = call.receiver, call.text("on")
    assert isinstance(groups, GroupBy)
    known = groups.table.open or (on is not None and groups.table.column(on) is not None)
    if on is None or not known or not groups.keys or not groups.keyed or groups.selected is not None or call.extra:
        return UNKNOWN
    return GroupBy(replace(groups.table, open=True, index=UNKNOWN_INDEX), (*groups.keys, on))


@method("pandas series", "resample", "rule **")
def resample_series(call: Call) -> Type:
    series = call.receiver
    assert isinstance(series, Series)
    key = series.index[0] if len(series.index) == 1 else None
    if key is None or key.maybe or not key.name or key.name == series.column.name or not series.column.name:
        return UNKNOWN
    table = Table((key, series.column), flavour="pandas", index=UNKNOWN_INDEX)
    return GroupBy(table, (key.name,), (series.column.name,), single=True)
