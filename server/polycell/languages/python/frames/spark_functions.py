"""What PySpark calls with rows and columns: functions that users register (UDFs), and RDDs of rows."""

from __future__ import annotations

import ast

from polycell.core.types import (
    BOOL,
    FLOAT64,
    INT64,
    STRING,
    UNKNOWN,
    Collection,
    Column,
    Function,
    Module,
    Row,
    Series,
    Table,
    Type,
)
from polycell.core.values import replace
from polycell.languages.python.frames.registry import Call, Evaluator, function, method
from polycell.languages.python.frames.spark_expressions import type_of

RDD = "rdd"  # an RDD, as a Collection: its element is one row where they are rows
_MAKERS = frozenset({"pyspark.sql.functions.udf", "pyspark.sql.functions.pandas_udf"})


def of_columns(callee: Type) -> bool:
    """Whether a function takes columns and gives one."""
    return isinstance(callee, Function) and isinstance(callee.returns, Series) and callee.returns.flavour == "spark"


def _registered(run: Evaluator, returns: ast.expr | None, name: str = "") -> Function:
    """A function of columns; `returns` says of which type its column is."""
    type_ = STRING if returns is None else type_of(run, returns)
    return Function("(*columns)", Series(Column("", type_), "spark"), changes=())


@function("pyspark.sql.functions.udf", "f returnType useArrow")
@function("pyspark.sql.functions.pandas_udf", "f returnType functionType")
def udf(call: Call) -> Type:
    made = call["f"]
    returns = call["returnType"]
    if made is None or not isinstance(made.node, (ast.Lambda, ast.Name, ast.Attribute)) or made.value == made.node:
        return UNKNOWN
    return _registered(call.run, returns.node if returns is not None else None)


@method("pyspark.sql.SparkSession.udf", "register", "name f returnType")
def register(call: Call) -> Type:
    returns = call["returnType"]
    return _registered(call.run, returns.node if returns is not None else None)


def decorated(run: Evaluator, decorator: ast.expr, written: Function) -> Function | None:
    """The function behind `@udf`, `@udf("int")`, `@udf(returnType=IntegerType())`; None for another decorator."""
    maker = decorator.func if isinstance(decorator, ast.Call) else decorator
    type_ = run.evaluate(maker) if isinstance(maker, (ast.Name, ast.Attribute)) else None
    if not isinstance(type_, Module) or type_.qualified not in _MAKERS:
        return None
    given = [*decorator.args, *(k.value for k in decorator.keywords if k.arg == "returnType")] if isinstance(
        decorator, ast.Call) else []  # fmt: skip
    made = _registered(run, given[0] if given else None)
    return replace(written, returns=made.returns, changes=(), definition="", exact=False)


@method("spark", "foreach foreachPartition", "f")
def for_each(call: Call) -> Type:
    return UNKNOWN


@method("spark rdd", "filter", "f")
@method("spark rdd", "cache persist unpersist distinct repartition coalesce sample sortBy", "*args **")
def same(call: Call) -> Type:
    return call.receiver


def _element(call: Call) -> Type:
    assert isinstance(call.receiver, Collection)
    return call.receiver.element or UNKNOWN


@method("spark rdd", "collect", "")
@method("spark rdd", "take top takeOrdered takeSample", "*args **")
def several(call: Call) -> Type:
    return Collection("list", _element(call))


@method("spark rdd", "first", "")
def first(call: Call) -> Type:
    return _element(call)


@method("spark rdd", "map flatMap mapPartitions keyBy groupBy zipWithIndex", "*args **")
def mapped(call: Call) -> Type:
    return Collection(RDD)


@method("spark rdd", "toDF", "schema sampleRatio", gives=UNKNOWN)
def to_frame(call: Call) -> Type:
    """Names for the first columns; whether there are more, the rows decide."""
    names, element = call.texts("schema"), _element(call)
    if call["schema"] is None and isinstance(element, Row):  # of values of Python, whose types are others
        kept = (replace(c, type=c.type if c.type in (INT64, FLOAT64, STRING, BOOL) else None, nullable=None)
                   for c in element.table.columns)  # fmt: skip
        return replace(element.table, columns=tuple(kept))
    listed = call["schema"] is not None and isinstance(call["schema"].type, Collection)
    columns = tuple(Column(n, origin=call.place("schema", n)) for n in names or ()) if listed else ()
    return Table(columns, open=True, flavour="spark", case_sensitive=False)
