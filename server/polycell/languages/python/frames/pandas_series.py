"""Methods of pandas' Series that need more than a table of results."""

from __future__ import annotations

from polycell.core.types import FLOAT64, INT64, UNKNOWN, Collection, Column, GroupBy, Series, Table, Type
from polycell.core.values import replace
from polycell.languages.python.frames import row_labels
from polycell.languages.python.frames.columns import UNKNOWN_INDEX, unknown_table
from polycell.languages.python.frames.pandas_frame import dtype_node
from polycell.languages.python.frames.pandas_reshape import index_to_columns
from polycell.languages.python.frames.registry import Call, method
from polycell.languages.python.syntax.values import known_texts

S = "pandas series"


def _series(call: Call) -> Series:
    assert isinstance(call.receiver, Series)
    return call.receiver


@method(S, "to_frame", "name")
def to_frame(call: Call) -> Type:
    series = _series(call)
    name = call.text("name") if call["name"] is not None else series.column.name
    if not name:
        return unknown_table("pandas", series.index)
    given = series.column
    if call["name"] is not None:
        given = replace(series.column.named(name, call.place("name", name)), maybe=False)
    return Table((given,), flavour="pandas", index=series.index, open=given.maybe)


@method(S, "reset_index", "level drop name names allow_duplicates", gives=UNKNOWN)
def reset_index(call: Call) -> Type:
    series = _series(call)
    drop = call.value("drop", False)
    if drop is True:
        return replace(series, index=())
    name = call.text("name") if call["name"] is not None else series.column.name
    if drop is not False or call["level"] is not None:
        return UNKNOWN
    if not name:
        return unknown_table("pandas", ())
    column = series.column
    if call["name"] is not None:
        column = replace(series.column.named(name, call.place("name", name)), maybe=False)
    return index_to_columns(call, Table((column,), column.maybe, "pandas", series.index), dropped=False)


@method(S, "rename_axis", "mapper index axis **")
def rename_axis(call: Call) -> Type:
    series = _series(call)
    name = call.text("mapper") or call.text("index")
    if name and len(series.index) <= 1 and series.index != UNKNOWN_INDEX and not call.extra:
        before = series.index[0] if series.index else Column("", None)
        return replace(series, index=(replace(before, name=name, maybe=False),))
    return replace(series, index=UNKNOWN_INDEX)


@method(S, "astype", "dtype copy errors")
def astype(call: Call) -> Type:
    dtype = call["dtype"]
    series = _series(call)
    type_ = dtype_node(call, dtype.node) if dtype is not None else None
    return replace(series, column=replace(series.column, type=type_, nullable=None))


@method(S, "rename", "index axis copy level errors")
def rename(call: Call) -> Type:
    series, name = _series(call), call.text("index")
    return replace(series, column=series.column.named(name, call.place("index", name))) if name else UNKNOWN


@method(S, "value_counts", "normalize sort ascending bins dropna")
def value_counts(call: Call) -> Type:
    """From pandas 2 on the result is named `count` and its index after the column; before, the result has the column's
    name and its index none: so neither is sure."""
    series = _series(call)
    index = (replace(series.column, maybe=True),) if series.column.name else UNKNOWN_INDEX
    if call["bins"] is not None:
        index = UNKNOWN_INDEX
    normalized = call.value("normalize", False)
    type_ = INT64 if normalized is False else FLOAT64 if normalized is True else None
    name = "count" if normalized is False else "proportion" if normalized is True else ""
    return Series(Column(name, type_, maybe=True), "pandas", index)


@method(S, "groupby", "by **")
def groupby(call: Call) -> Type:
    series = _series(call)
    name, by = series.column.name, call["by"]
    if not name or series.column.maybe:
        return UNKNOWN
    if by is not None and isinstance(by.type, Series) and by.type.column.name not in ("", name) and not call.extra:
        key = replace(by.type.column, maybe=False)
        return GroupBy(Table((key, series.column), flavour="pandas"), (key.name,), (name,), single=True)
    return GroupBy(unknown_table("pandas"), (), (name,), single=True)


@method(S, "unstack", "**")
def unstack(call: Call) -> Type:
    return unknown_table("pandas")


@method(S, "agg aggregate", "func **")
def agg(call: Call) -> Type:
    """A list of functions gives a value each, by their names."""
    function, series = call["func"], _series(call)
    names = known_texts(function.type) if function is not None and isinstance(function.type, Collection) else None
    if not names or call.extra:
        return UNKNOWN
    return Series(
        replace(series.column, type=None, nullable=None), "pandas", row_labels.index_of(row_labels.named(names))
    )


@method(S, "describe", "percentiles include exclude")
def describe(call: Call) -> Type:
    column = _series(call).column
    labels = row_labels.figures(column if call["percentiles"] is None else replace(column, type=None))
    return Series(replace(column, type=None, nullable=None), "pandas", row_labels.index_of(labels))
