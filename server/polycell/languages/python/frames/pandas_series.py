"""Methods of pandas' Series that need more than a table of results."""

from __future__ import annotations

from dataclasses import replace

from polycell.core.types import INT64, UNKNOWN, Column, GroupBy, Scalar, Series, Table, Type
from polycell.languages.python.frames.columns import unknown_table
from polycell.languages.python.frames.pandas_frame import dtype_node
from polycell.languages.python.frames.pandas_reshape import index_to_columns
from polycell.languages.python.frames.registry import Call, method
from polycell.languages.python.values import known_texts

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
    column = series.column.named(name, call.place("name", name)) if call["name"] is not None else series.column
    return Table((column,), flavour="pandas", index=series.index)


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
    column = series.column.named(name, call.place("name", name)) if call["name"] is not None else series.column
    return index_to_columns(call, Table((column,), flavour="pandas", index=series.index), dropped=False)


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
    """From pandas 2 on the result is named `count`; before, it keeps the column's name: so neither is said."""
    series = _series(call)
    index = (series.column,) if series.column.name else ()
    type_ = INT64 if call["normalize"] is None else None
    return Series(Column("", type_), "pandas", index)


@method(S, "groupby", "by **")
def groupby(call: Call) -> Type:
    series = _series(call)
    name = series.column.name
    if not name:
        return UNKNOWN
    return GroupBy(unknown_table("pandas"), (), (name,), single=True)


@method(S, "agg aggregate", "func **")
def agg(call: Call) -> Type:
    function = call["func"]
    if function is None or isinstance(function.type, Scalar) or known_texts(function.type) is None:
        return UNKNOWN
    return UNKNOWN
