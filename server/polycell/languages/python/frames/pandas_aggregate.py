"""pandas frames: reductions over rows."""

from __future__ import annotations

import ast

from polycell.core.types import (
    BOOL,
    FLOAT64,
    INT64,
    UNKNOWN,
    Collection,
    Column,
    DataType,
    Module,
    Scalar,
    Series,
    Table,
    Type,
)
from polycell.core.values import replace
from polycell.languages.python.frames import row_labels
from polycell.languages.python.frames.columns import get, numeric_only, sure, unknown_table, untyped, with_columns
from polycell.languages.python.frames.registry import Call, method

_RESULTS: dict[str, DataType | None] = {
    **dict.fromkeys(("count", "nunique"), INT64),
    **dict.fromkeys(("mean", "median", "std", "var", "sem", "skew", "kurt", "corr"), FLOAT64),
    **dict.fromkeys(("any", "all"), BOOL),
}


@method("pandas", "count nunique", "axis numeric_only dropna")
@method("pandas", "sum prod min max mean median std var sem skew kurt", "axis skipna numeric_only min_count ddof")
@method("pandas", "any all", "axis bool_only skipna")
@method("pandas", "idxmax idxmin", "axis skipna numeric_only")
def reduced(call: Call) -> Type:
    """A series: one value a column, or one a row."""
    name = call.node.func.attr if isinstance(call.node.func, ast.Attribute) else ""
    axis = call.value("axis", 0)
    if axis in (1, "columns"):
        return Series(Column("", _RESULTS.get(name)), "pandas", call.table.index)
    if axis not in (0, "index"):
        return UNKNOWN
    return _a_value_each(call, name, numeric=call.value("numeric_only", False))


def _a_value_each(call: Call, name: str, *, numeric: object = False) -> Series:
    """A value a column: their names are the labels."""
    kept = numeric_only(call.table) if numeric is True else call.table
    unsure = numeric not in (True, False)
    columns = [replace(c, type=_value_type(name, c), nullable=None, maybe=c.maybe or unsure) for c in kept.columns]
    types = {c.type for c in columns}
    if types == {INT64, FLOAT64}:
        columns = [replace(c, type=FLOAT64) for c in columns]
    whole = len(types) == 1 and not call.table.open and not any(c.maybe for c in columns)
    type_ = columns[0].type if whole else _RESULTS.get(name)
    return Series(Column("", type_), "pandas", row_labels.index_of(columns, call.table))


def _value_type(name: str, column: Column) -> DataType | None:
    """The type of what a reduction makes of a column."""
    if name in _RESULTS:
        return _RESULTS[name]
    if not sure(column) or name not in ("sum", "prod", "min", "max"):
        return None
    if name in ("sum", "prod") and column.type == BOOL:
        return INT64
    return column.type if column.type in (INT64, FLOAT64) else None


@method("pandas", "memory_usage", "index deep")
def memory_usage(call: Call) -> Type:
    columns = [replace(c, type=INT64, nullable=None) for c in call.table.columns]
    own = row_labels.named(["Index"], INT64) if call.value("index", True) is not False else ()
    return Series(Column("", INT64), "pandas", row_labels.index_of((*own, *columns), call.table))


@method("pandas", "mode", "axis numeric_only dropna")
def mode(call: Call) -> Type:
    """The most frequent values of each column, where several are equally frequent in several rows."""
    if call.value("axis", 0) not in (0, "index") or call.value("numeric_only", False) is not False:
        return unknown_table("pandas")
    return replace(untyped(call.table), index=())


@method("pandas", "quantile", "q axis numeric_only interpolation method")
def quantile(call: Call) -> Type:
    """Of one quantile a series, of a list a frame with a row each."""
    many, numeric = call["q"], call.value("numeric_only", False)
    one = many is None or isinstance(many.type, Scalar)
    if call.value("axis", 0) not in (0, "index") or not (one or isinstance(many.type, Collection)):  # type: ignore[union-attr]
        return UNKNOWN
    if one:
        return _a_value_each(call, "quantile", numeric=numeric)
    return replace(untyped(call.table), index=(Column("", FLOAT64),)) if numeric is False else unknown_table("pandas")


@method("pandas", "corrwith", "other axis drop method numeric_only min_periods", gives=UNKNOWN)
def corrwith(call: Call) -> Type:
    """With a column: a value for each of the others."""
    other = call["other"]
    if other is None or not isinstance(other.type, Series) or call.value("axis", 0) not in (0, "index"):
        return UNKNOWN
    return _a_value_each(call, "corr", numeric=call.value("numeric_only", False))


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
    table = call.table
    figures = row_labels.index_of(row_labels.named(row_labels.FIGURES))
    if call.value("include") == "all" and call["exclude"] is None:
        return replace(untyped(table), index=row_labels.index_of(row_labels.figures(Column(""))))
    if call["include"] is not None or call["exclude"] is not None:
        return unknown_table("pandas", row_labels.index_of(row_labels.figures(Column(""))))
    # A column of unknown type may be one of times.
    kept = [replace(c, type=None if c.maybe else FLOAT64) for c in numeric_only(table, bools=False).columns]
    times = {c.name for c in table.columns if c.type is not None and c.type.name in ("timestamp", "duration")}
    certain = [c for c in kept if not c.maybe]
    if not certain or times or table.open:
        return replace(unknown_table("pandas", figures), columns=tuple(replace(c, type=None) for c in certain))
    return replace(table, columns=tuple(kept), index=figures)


@method("pandas", "corr cov", "method min_periods numeric_only ddof")
def matrix(call: Call) -> Type:
    columns = tuple(replace(c, type=FLOAT64) for c in numeric_only(call.table).columns)
    return replace(call.table, columns=columns, index=row_labels.index_of(columns, call.table))


@method("pandas", "agg aggregate", "func axis *args **")
def agg(call: Call) -> Type:
    function = call["func"]
    if function is None or call["axis"] is not None:
        return UNKNOWN
    value = function.value
    if isinstance(value, str):
        return _a_value_each(call, value)
    if isinstance(value, list) and value:
        known = all(isinstance(v, str) for v in value)
        index = row_labels.index_of(row_labels.named(value)) if known else (Column("", None),)
        return replace(untyped(call.table), index=index)
    return _by_dict(call, value) if isinstance(value, dict) and not call.rest and not call.extra else UNKNOWN


def _by_dict(call: Call, given: dict[str, object]) -> Type:
    """`df.agg({"n": "sum"})`: a value a column; with a list of functions among them a column each, a row a function."""
    columns = [get(call.table, name) for name in given]
    lists = [how for how in given.values() if isinstance(how, list)]
    if not lists and all(isinstance(how, str) for how in given.values()):
        return Series(
            Column("", None), "pandas", row_labels.index_of((replace(c, type=None) for c in columns), call.table)
        )
    if len(lists) != len(given) or not all(isinstance(how, str) for each in lists for how in each):
        return UNKNOWN
    index = row_labels.index_of(row_labels.named(str(how) for each in lists for how in each))
    return with_columns(replace(untyped(call.table), open=False, index=index), (replace(c, type=None) for c in columns))


@method("pandas", "apply", "func axis raw result_type args by_row engine **")
def apply(call: Call) -> Type:
    """A function that is known to convert each column keeps them all; any other gives what it gives."""
    function, axis = call["func"], call.value("axis", 0)
    if function is not None and axis in (1, "columns") and set(call.given) == {"func", "axis"} and not call.extra:
        return _rows_made(call, function.node)
    if function is not None and isinstance(function.value, str) and set(call.given) == {"func"} and not call.extra:
        return _a_value_each(call, function.value) if function.value in _RESULTS else UNKNOWN
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
