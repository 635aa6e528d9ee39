"""Neutral types as Python declarations, for an engine that cannot know where the values come from."""

from __future__ import annotations

import keyword
from collections.abc import Mapping

from polycell.core.types import Collection, GroupBy, Opaque, Row, Scalar, Series, Table, Type
from polycell.languages.python.engine.glue import MARK
from polycell.languages.python.engine.typed import ANY, Declared, by_name, variable
from polycell.languages.python.frames.figures import GRID
from polycell.languages.python.frames.relatives import CLASSES
from polycell.languages.python.frames.rules import flavour_of
from polycell.languages.python.known.members import MEMBERS

_SCALARS: Mapping[str, str] = {
    "bool": "bool",
    "int64": "int",
    "double": "float",
    "string": "str",
    "binary": "bytes",
}
_TABLES: Mapping[str, str] = {
    "pandas": "pandas.DataFrame",
    "polars": "polars.DataFrame",
    "polars-lazy": "polars.LazyFrame",
    "spark": "pyspark.sql.DataFrame",
    "duckdb": "duckdb.DuckDBPyRelation",
    "arrow": "pyarrow.Table",
    "result-set": "sql.run.resultset.ResultSet",
}
_SERIES: Mapping[str, str] = {"pandas": "pandas.Series", "polars": "polars.Series", "spark": "pyspark.sql.Column"}
_GROUPS: Mapping[str, str] = {
    "pandas": "pandas.core.groupby.DataFrameGroupBy",
    "polars": "polars.dataframe.group_by.GroupBy",
    "spark": "pyspark.sql.GroupedData",
}
_ROWS: Mapping[str, str] = {"series": "pandas.Series", "spark row": "pyspark.sql.Row", "result row": "sqlalchemy.Row"}
_NOT_COLUMNS = frozenset(name for name, _ in MEMBERS["pandas"])
# Attributes that are made when they are asked for, of which engines without stubs know nothing.
_ACCESSORS: Mapping[tuple[str, str], str] = {
    ("pandas series", "str"): "pandas.core.strings.accessor.StringMethods",
    ("pandas series", "dt"): "pandas.core.indexes.accessors.CombinedDatetimelikeProperties",
    ("pandas series", "cat"): "pandas.core.arrays.categorical.CategoricalAccessor",
    ("pandas series", "plot"): "pandas.plotting.PlotAccessor",
    ("pandas", "plot"): "pandas.plotting.PlotAccessor",
    ("pandas index", "str"): "pandas.core.strings.accessor.StringMethods",
    ("polars series", "str"): "polars.series.string.StringNameSpace",
    ("polars series", "dt"): "polars.series.datetime.DateTimeNameSpace",
    ("polars series", "list"): "polars.series.list.ListNameSpace",
}
WIDEST = 300  # columns that are declared


def declared(type_: Type | None) -> Declared | None:
    """The Python type of a value; None where it is not known well enough to be worth more than the code itself."""
    if isinstance(type_, Scalar):
        if type_.type.name == "path":
            return by_name("pathlib.Path")
        name = _SCALARS.get(type_.type.name)
        return Declared(name) if name else None
    if isinstance(type_, Table):
        return by_name(CLASSES[type_.library]) if type_.library in CLASSES else _class(_TABLES, type_.flavour)
    if isinstance(type_, Series):
        return _class(_SERIES, type_.flavour)
    if isinstance(type_, GroupBy):
        if type_.single and type_.table.flavour == "pandas":
            return by_name("pandas.core.groupby.SeriesGroupBy")
        return _class(_GROUPS, type_.table.flavour)
    if isinstance(type_, Row):
        return _row(type_)
    if isinstance(type_, Opaque):
        return by_name(type_.name)
    return _collection(type_) if isinstance(type_, Collection) else None


def accessor(owner: Type | str, name: str) -> Declared | None:
    """The type of `owner.name` where that is an accessor, of a value or of a flavour of values."""
    known = _ACCESSORS.get((owner if isinstance(owner, str) else flavour_of(owner), name))
    return by_name(known) if known is not None else None


def _class(classes: Mapping[str, str], flavour: str) -> Declared | None:
    name = classes.get(flavour)
    return by_name(name) if name else None


def _row(row: Row) -> Declared | None:
    """Of a named tuple our own members say more than a tuple's."""
    if row.kind == "dict":
        return Declared(f"dict[str, {ANY.text}]")
    return by_name(_ROWS[row.kind]) if row.kind in _ROWS else None


def _collection(type_: Collection) -> Declared | None:
    if type_.kind == GRID:
        return by_name("numpy.ndarray")
    if type_.kind not in ("list", "set", "dict", "tuple"):
        return None
    element = (declared(type_.element) if type_.element is not None else None) or ANY
    if type_.name and (class_ := by_name(type_.name)) is not None:
        # Where its module is not installed, its members are those of its kind.
        made = f"{MARK}_{type_.name.rpartition('.')[2]}_0"
        body = f"class {made}({class_.text}, {type_.kind}[{element.text}]):\n    pass\n"
        return Declared(made, class_.modules | element.modules, element.made | {body})
    if type_.kind == "dict":
        key = (declared(type_.key) if type_.key is not None else None) or ANY
        return Declared(f"dict[{key.text}, {element.text}]", key.modules | element.modules, key.made | element.made)
    more = ", ..." if type_.kind == "tuple" else ""
    return Declared(f"{type_.kind}[{element.text}{more}]", element.modules, element.made)


def frame(name: str, table: Table, number: int) -> tuple[str, Declared] | None:
    """A frame with a class of its own, which has the columns as attributes; None where the class is not known.

    A column called like a method does not hide it: pandas gives the method.
    """
    base = declared(table)
    if base is None:
        return None
    wanted = [
        column.name
        for column in table.columns[:WIDEST]
        if column.name.isidentifier() and not keyword.iskeyword(column.name) and column.name not in _NOT_COLUMNS
    ]
    one = _class(_SERIES, table.flavour)
    if table.flavour not in ("pandas", "spark") or not wanted or one is None:
        return variable(name, base), base
    made = f"{MARK}_{base.text.rpartition('.')[2]}_{number}"
    body = "".join(f"    {column}: {one.text}\n" for column in wanted)
    text = f"class {made}({base.text}):\n{body}{variable(name, Declared(made))}"
    return text, Declared(made, base.modules | one.modules)
