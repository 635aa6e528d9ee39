"""pandas frames: reductions over rows."""

from __future__ import annotations

import ast

from polycell.core.types import (
    BOOL,
    FLOAT64,
    INT64,
    STRING,
    UNKNOWN,
    Column,
    DataType,
    Module,
    Scalar,
    Series,
    Table,
    Type,
)
from polycell.core.values import replace
from polycell.languages.python.frames.columns import get, numeric_only, unknown_table, with_columns
from polycell.languages.python.frames.registry import Call, method

_RESULTS: dict[str, DataType | None] = {
    **dict.fromkeys(("count", "nunique"), INT64),
    **dict.fromkeys(("mean", "median", "std", "var", "sem", "skew", "kurt"), FLOAT64),
    **dict.fromkeys(("any", "all"), BOOL),
}


@method("pandas", "count nunique", "axis numeric_only dropna")
@method("pandas", "sum prod min max mean median std var sem skew kurt", "axis skipna numeric_only min_count ddof")
@method("pandas", "any all", "axis bool_only skipna")
@method("pandas", "idxmax idxmin", "axis skipna numeric_only")
@method("pandas", "mode quantile", "**")
def reduced(call: Call) -> Type:
    """A series: one value a column, or one a row."""
    name = call.node.func.attr if isinstance(call.node.func, ast.Attribute) else ""
    axis = call.value("axis", 0)
    if name in ("mode", "quantile"):
        return UNKNOWN
    if axis in (1, "columns"):
        return Series(Column("", _RESULTS.get(name)), "pandas", call.table.index)
    if axis in (0, "index"):
        return Series(Column("", _RESULTS.get(name)), "pandas", (Column("", STRING),))
    return UNKNOWN


@method("pandas", "value_counts", "subset normalize sort ascending dropna")
def value_counts(call: Call) -> Type:
    """Counts by the columns, which become the index; the series has a name from pandas 2 on."""
    names = call.texts("subset") if call["subset"] is not None else [c.name for c in call.table.columns]
    table = call.table
    if not names or (call["subset"] is None and (table.open or any(c.maybe for c in table.columns))):
        return UNKNOWN
    normalized = call.value("normalize", False)
    name = "count" if normalized is False else "proportion" if normalized is True else ""
    type_ = INT64 if normalized is False else FLOAT64 if normalized is True else None
    return Series(Column(name, type_, maybe=True), "pandas", tuple(get(table, n) for n in names))


@method("pandas", "describe", "percentiles include exclude")
def describe(call: Call) -> Type:
    """Numeric columns; all columns where there is none."""
    if call["include"] is not None or call["exclude"] is not None:
        return unknown_table("pandas", (Column("", STRING),))
    table = call.table
    # A column of unknown type may be one of times.
    kept = [replace(c, type=None if c.maybe else FLOAT64) for c in numeric_only(table, bools=False).columns]
    times = {c.name for c in table.columns if c.type is not None and c.type.name in ("timestamp", "duration")}
    certain = [c for c in kept if not c.maybe]
    if not certain or times or table.open:
        return replace(
            unknown_table("pandas", (Column("", STRING),)), columns=tuple(replace(c, type=None) for c in certain)
        )
    return replace(table, columns=tuple(kept), index=(Column("", STRING),))


@method("pandas", "corr cov", "method min_periods numeric_only ddof")
def matrix(call: Call) -> Type:
    columns = tuple(replace(c, type=FLOAT64) for c in numeric_only(call.table).columns)
    return replace(call.table, columns=columns, index=(Column("", STRING),))


@method("pandas", "agg aggregate", "func axis *args **")
def agg(call: Call) -> Type:
    function = call["func"]
    if function is None or call["axis"] is not None:
        return UNKNOWN
    value = function.value
    if isinstance(value, str):
        return Series(Column("", _RESULTS.get(value)), "pandas", (Column("", STRING),))
    if isinstance(value, list) and value:
        return replace(
            call.table, columns=tuple(replace(c, type=None) for c in call.table.columns), index=(Column("", None),)
        )
    return UNKNOWN


@method("pandas", "apply", "func axis raw result_type args by_row engine **")
def apply(call: Call) -> Type:
    """A function that is known to convert each column keeps them all; any other gives what it gives."""
    function, axis = call["func"], call.value("axis", 0)
    if function is not None and axis in (1, "columns") and set(call.given) == {"func", "axis"} and not call.extra:
        return _rows_made(call, function.node)
    if function is not None and isinstance(function.value, str) and set(call.given) == {"func"} and not call.extra:
        known = function.value in _RESULTS
        return Series(Column("", _RESULTS.get(function.value)), "pandas", (Column("", STRING),)) if known else UNKNOWN
    converts = function is not None and isinstance(function.type, Module) and function.type.qualified in _CONVERTING
    if not converts or axis not in (0, "index") or not set(call.given) <= {"func", "axis"}:
        return UNKNOWN
    return replace(call.table, columns=tuple(replace(c, type=None) for c in call.table.columns))


def _rows_made(call: Call, function: ast.expr) -> Type:
    """`df.apply(lambda row: pd.Series({"a": …, "b": …}), axis=1)`: a column a key."""
    made = function.body if isinstance(function, ast.Lambda) else None
    if not isinstance(made, ast.Call) or len(made.args) != 1 or made.keywords or not isinstance(made.args[0], ast.Dict):
        return UNKNOWN
    keys = made.args[0].keys
    names = [k.value for k in keys if isinstance(k, ast.Constant) and isinstance(k.value, str)]
    qualified = str(getattr(call.run.evaluate(made.func), "qualified", ""))
    if qualified != "pandas.Series" or not names or len(names) != len(keys):
        return UNKNOWN
    source = call.run.text_of(call.node)
    columns = [Column(n, None, origin=call.run.place(made.args[0], n), source=source) for n in dict.fromkeys(names)]
    return with_columns(Table(flavour="pandas", index=call.table.index), columns)


_CONVERTING = frozenset({"pandas.to_numeric", "pandas.to_datetime", "pandas.to_timedelta"})


@method("pandas", "equals", "other")
def equals(call: Call) -> Type:
    return Scalar(BOOL)
