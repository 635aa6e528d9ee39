"""Methods of polars' Series."""

from __future__ import annotations

import ast

from polycell.core.types import UNKNOWN, Collection, Column, Scalar, Series, Table, Type
from polycell.core.values import replace
from polycell.languages.python.frames import polars_words as words
from polycell.languages.python.frames.columns import unknown_table
from polycell.languages.python.frames.polars_expressions import type_of
from polycell.languages.python.frames.registry import Call, method

S = "polars series"


def _series(call: Call) -> Series:
    assert isinstance(call.receiver, Series)
    return call.receiver


def _called(call: Call) -> str:
    return call.node.func.attr if isinstance(call.node.func, ast.Attribute) else ""


@method(S, "to_frame", "name")
def to_frame(call: Call) -> Type:
    series = _series(call)
    name = call.text("name") if call["name"] is not None else series.column.name
    if name is None:
        return unknown_table("polars")
    return Table((replace(series.column, name=name),), flavour="polars") if name else unknown_table("polars")


@method(S, "alias rename", "name")
def renamed(call: Call) -> Type:
    name = call.text("name")
    return replace(_series(call), column=replace(_series(call).column, name=name)) if name else UNKNOWN


@method(S, "cast", "dtype **")
def cast(call: Call) -> Type:
    dtype, series = call["dtype"], _series(call)
    type_ = type_of(call.run, dtype.node) if dtype is not None else None
    return replace(series, column=words.cast(series.column, type_))


@method(S, " ".join(words.METHODS), "*args **")
def elements(call: Call) -> Type:
    series, change = _series(call), words.METHODS[_called(call)]
    if _called(call) == "value_counts":
        return value_counts(call)
    return replace(series, column=replace(series.column, type=change(series.column.type), nullable=None))


def value_counts(call: Call) -> Type:
    series, extra = _series(call), call.extra or {}
    if not series.column.name or extra.keys() & {"normalize", "name"}:
        return unknown_table("polars")
    return Table((series.column, Column("count", words.UINT32)), flavour="polars")


@method(S, " ".join(words.REDUCERS), "*args **")
def reduced(call: Call) -> Type:
    """A plain Python value; those that count are `int` here."""
    type_ = words.REDUCERS[_called(call)](_series(call).column.type)
    return Scalar(type_) if type_ is not None and type_ != words.UINT32 else UNKNOWN


@method(S, "to_list", "**")
def to_list(call: Call) -> Type:
    type_ = _series(call).column.type
    return Collection("list", Scalar(type_) if type_ is not None else None)


@method(S, "to_dummies", "*args **")
def to_dummies(call: Call) -> Type:
    return unknown_table("polars")
