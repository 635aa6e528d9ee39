"""The oracle for transfer rules: the code runs in real Python with real libraries, and what we say is compared.

Nothing that we say may be wrong: a closed table has exactly the real columns (those that may be missing aside), an
open one has no column that is not there, a known type is the real one, a known index has the real names.
"""

from __future__ import annotations

import numbers
import re
import textwrap
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from polycell.core.types import Certainty, Column, DataType, Row, Scalar, Series, Table, Type
from polycell.core.values import replace
from polycell.languages.python.frames import rows
from polycell.languages.python.frames.columns import LEVELS, UNKNOWN_INDEX
from tests.dsl import load


def run(code: str, folder: Path | None = None) -> dict[str, Any]:
    names: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(code, "cell", "exec"), names)
    return names


def ours(code: str, folder: Path | None = None) -> dict[str, Type]:
    """The types of all names at the end of the code, of which `# %%` may make several cells."""
    case = load(code, folder)
    case.snapshot.analysis.settle()
    found: dict[str, Type] = {}
    for index in range(len(case.notebook.cells)):
        for binding in case.snapshot.analysis.exports(index).bindings:
            found[binding.name] = binding.type
            if binding.kind == "deleted":
                del found[binding.name]
    return found


def compare(code: str, folder: Path | None = None) -> dict[str, Type]:
    """Run the code both ways; raises AssertionError where something that we say is wrong. Returns what we say."""
    code = textwrap.dedent(code)
    real = run(code, folder)
    said = ours(code, folder)
    problems = []
    for name, type_ in said.items():
        if name not in real:
            continue
        problems += [f"{name}: {p}" for p in problems_of(type_, real[name])]
    assert not problems, "\n".join([code, *problems])
    return said


def problems_of(type_: Type, value: Any) -> list[str]:
    kind = f"{type(value).__module__.split('.')[0]}.{type(value).__name__}"
    if isinstance(type_, Table):
        flavour = _FLAVOURS.get(kind)
        if flavour != type_.flavour:
            return [f"said to be a {type_.flavour} table, is {kind}"]
        match flavour:
            case "pandas":
                return _pandas(type_, value)
            case "polars" | "polars-lazy":
                return _polars(type_, value)
            case "arrow":
                return _arrow(type_, value)
            case "spark":
                return _spark(type_, value)
        return _named(type_, value)
    if isinstance(type_, Series):
        if kind == "pyarrow.ChunkedArray" and type_.flavour == "arrow":
            return []
        if kind not in ("pandas.Series", "polars.Series"):
            return [f"said to be a series, is {kind}"]
        found = []
        if type_.column.name and value.name != type_.column.name:
            found.append(f"said to be named {type_.column.name}, is {value.name}")
        if kind == "pandas.Series":
            found += _type(type_.column, value.dtype, value) + _index(type_.index, value.index)
        return found
    if isinstance(type_, Row):
        return _row(type_, value)
    if isinstance(type_, Scalar):
        return _scalar(type_, value)
    return []


def _row(row: Row, value: Any) -> list[str]:
    """What the row gives by each name, and that it gives nothing by others where its table is closed."""
    held = value.asDict() if hasattr(value, "asDict") else value._asdict() if hasattr(value, "_asdict") else dict(value)
    found = (
        [] if row.table.open else [f"closed, but also {n}" for n in held if not row.table.column(n) and n != "Index"]
    )
    for column in row.table.columns:
        if column.name not in held and not column.maybe:
            found.append(f"not there: {column.name}")
        elif column.name in held:
            found += [f"{column.name}: {p}" for p in problems_of(rows.value(row, column.name), held[column.name])]
    return found


_PYTHON = {"int64": numbers.Integral, "double": (float, np.floating), "string": str, "bool": (bool, np.bool_)}


def _scalar(type_: Scalar, value: Any) -> list[str]:
    if type_.value is not None and value != type_.value:
        return [f"said to be {type_.value!r}, is {value!r}"]
    expected = _PYTHON.get(type_.type.name)
    fits = expected is None or isinstance(value, expected)
    return [] if fits else [f"said to be {type_.type}, is {type(value).__name__}"]


_FLAVOURS = {
    "pandas.DataFrame": "pandas", "polars.DataFrame": "polars", "polars.LazyFrame": "polars-lazy",
    "pyarrow.Table": "arrow", "pyarrow.RecordBatchReader": "arrow", "duckdb.DuckDBPyRelation": "duckdb",
    "_duckdb.DuckDBPyRelation": "duckdb",
    "pyspark.DataFrame": "spark",
}  # fmt: skip


def _names(table: Table, real: list[Any]) -> list[str]:
    # A name that is likely only may be spelled in another case where the library takes any.
    spelled = {n.casefold(): n for n in real if isinstance(n, str)} if not table.case_sensitive else {}
    likely = {c.name for c in table.columns if c.certainty is not Certainty.CERTAIN}
    table = replace(
        table,
        columns=tuple(
            replace(c, name=spelled.get(c.name.casefold(), c.name)) if c.name in likely else c for c in table.columns
        ),
    )
    said = [c.name for c in table.columns]
    sure = [c.name for c in table.columns if not c.maybe]
    missing = [n for n in sure if n not in real]
    found = [f"not there: {missing} (real {real})"] if missing else []
    if not table.open:
        extra = [n for n in real if n not in said]
        if extra:
            found.append(f"closed, but there is also {extra}")
        if sure == said and not found and said != list(dict.fromkeys(real)):
            found.append(f"order {said}, real {real}")
    return found


def _pandas(table: Table, value: Any) -> list[str]:
    real = list(value.columns)
    if table.labelled:
        said = [label for label, _ in table.labelled]
        return [] if said == real else [f"labels {said}, real {real}"]
    if any(c.type == LEVELS for c in table.columns):
        return _names(table, list(dict.fromkeys(label[0] for label in real))) + _index(table.index, value.index)
    if table.open and value.columns.nlevels > 1:  # of which the first can be asked for
        return _names(table, list(dict.fromkeys(label[0] for label in real)))
    if not real and not len(value):
        return []  # a pivoted frame keeps no column where no row has a key: nothing of it tells
    found = _names(table, real)
    if len(set(map(str, real))) == len(real):
        for column in table.columns:
            if column.name in real:
                found += _type(column, value[column.name].dtype, value[column.name])
    return found + _index(table.index, value.index)


def _index(said: tuple[Column, ...], real: Any) -> list[str]:
    if said == UNKNOWN_INDEX:
        return []
    names = [c.name or None for c in said] or [None]
    if any(c.maybe for c in said) and len(said) == len(real.names):
        names = [r if c.maybe else n for c, n, r in zip(said, names, real.names, strict=True)]
    return [] if names == list(real.names) else [f"index {names}, real {list(real.names)}"]


def _family(type_: DataType) -> str:
    name = type_.name
    return {"double": "float64", "float": "float32", "timestamp": "datetime", "dictionary": "category"}.get(name, name)


_OBJECTS = {
    "str": "string", "date": "date32", "bool": "bool", "Decimal": "decimal128", "list": "list", "ndarray": "list",
    "Row": "struct", "dict": "map", "bytearray": "binary", "bytes": "binary",
}  # fmt: skip


def _type(column: Column, dtype: Any, values: Any) -> list[str]:
    if column.type is None or column.type_certainty < Certainty.CERTAIN:
        return []
    said, real = _family(column.type), str(dtype).removesuffix("[pyarrow]").replace("double", "float64")
    real = "string" if real in ("str", "string") else "datetime" if real.startswith("datetime64") else real
    real = "duration" if real.startswith("timedelta64") else real.lower() if real[0] in "IFU" else real
    real = "bool" if real == "boolean" else real
    if real == "object":
        kinds = {type(v).__name__ for v in values if v is not None and not (isinstance(v, float) and v != v)}
        if not kinds:
            return []  # nothing but gaps
        kind = _OBJECTS.get(next(iter(kinds), ""), "object") if len(kinds) == 1 else real
        real = said if kind == "map" and said == "struct" else kind
    if real == "object" and said in ("list", "struct", "map"):
        return []  # NumPy arrays and dictionaries
    return [] if said == real or not len(values) else [f"column {column.name}: said {said}, real {real}"]


_POLARS = {
    "Int64": "int64", "Int32": "int32", "Int8": "int8", "Int16": "int16", "UInt32": "uint32", "UInt8": "uint8",
    "UInt64": "uint64", "UInt16": "uint16", "Float64": "float64", "Float32": "float32", "String": "string",
    "Boolean": "bool", "Date": "date32", "Categorical": "category",
}  # fmt: skip


_POLARS_STARTS = {
    "Datetime": "datetime", "Duration": "duration", "List": "list", "Struct": "struct", "Decimal": "decimal128",
}  # fmt: skip


def _polars(table: Table, value: Any) -> list[str]:
    schema = dict(value.collect_schema()) if hasattr(value, "collect_schema") else dict(value.schema)
    found = _names(table, list(schema))
    for column in table.columns:
        if column.name in schema and column.type is not None and column.type_certainty is Certainty.CERTAIN:
            real = str(schema[column.name])
            real = next((name for start, name in _POLARS_STARTS.items() if real.startswith(start)), real)
            if _family(column.type) != _POLARS.get(real, real):
                found.append(f"column {column.name}: said {_family(column.type)}, real {real}")
    return found


def _arrow(table: Table, value: Any) -> list[str]:
    found = _names(table, value.schema.names)
    for column in table.columns:
        sure = column.type is not None and column.type_certainty is Certainty.CERTAIN
        if value.schema.names.count(column.name) == 1 and sure:
            real = str(value.schema.field(column.name).type).removesuffix("[day]")
            real = re.sub(r"list<\w+: ", "list<item: ", real)  # what DuckDB calls what is in it
            same = str(column.type) == real or (real.endswith("string_view") and str(column.type) == "string")
            same = (
                same
                or real == f"{column.type}[day]"
                or (column.type.name == "dictionary" and real.startswith("dictionary"))
            )
            if not same and not (real.startswith("large_") and str(column.type) == real.removeprefix("large_")):
                found.append(f"column {column.name}: said {column.type}, real {real}")
    return found


_ENGINES = {
    "BIGINT": "int64", "INTEGER": "int32", "DOUBLE": "float64", "VARCHAR": "string", "BOOLEAN": "bool",
    "DATE": "date32",
    "FLOAT": "float32", "bigint": "int64", "int": "int32", "double": "float64", "string": "string", "date": "date32",
    "boolean": "bool", "float": "float32", "timestamp": "datetime", "TIMESTAMP": "datetime", "smallint": "int16",
    "tinyint": "int8",
}  # fmt: skip


def _named(table: Table, value: Any) -> list[str]:
    """DuckDB's relations; types that are not in the list above are not compared. A name that a
    relation has twice is called as it hands it out."""
    names = list(value.columns)
    if len({n.casefold() for n in names}) < len(names) and hasattr(value, "df"):
        names = list(value.df())
    found = _names(table, names)
    for name, real in zip(names, [str(t) for t in value.types], strict=True):
        column = table.column(name)
        if column is not None and column.type is not None and column.type_certainty is Certainty.CERTAIN:
            said = _family(column.type)
            if real in _ENGINES and said != _ENGINES[real]:
                found.append(f"column {name}: said {said}, real {real}")
    return found


_SPARK = {
    "byte": "int8", "short": "int16", "integer": "int32", "long": "int64", "float": "float", "double": "double",
    "string": "string", "boolean": "bool", "date": "date32", "binary": "binary", "void": "null",
}  # fmt: skip


def _spark_type(real: Any) -> DataType | None:
    """Spark's type as one of ours; None for what we have none for."""
    kind = real.typeName()
    if kind in _SPARK:
        return DataType(_SPARK[kind])
    if kind in ("timestamp", "timestamp_ntz"):
        return DataType("timestamp", ("us",))
    if kind == "decimal":
        return DataType("decimal128", (str(real.precision), str(real.scale)))
    if kind == "array":
        held = _spark_type(real.elementType)
        return DataType("list", children=(("item", held),)) if held is not None else None
    if kind == "map":
        key, held = _spark_type(real.keyType), _spark_type(real.valueType)
        return DataType("map", children=(("key", key), ("value", held))) if key and held else None
    if kind == "struct":
        fields = [(f.name, _spark_type(f.dataType)) for f in real.fields]
        return DataType("struct", children=tuple((n, t) for n, t in fields if t is not None))
    return None


def _spark(table: Table, value: Any) -> list[str]:
    """Names in order, types, and whether there may be nulls where we say so."""
    fields = value.schema.fields
    found = _names(table, [f.name for f in fields])
    names = [f.name for f in fields]
    if not table.open and len(set(names)) < len(names):
        found.append(f"closed, but real {names}")
    for field in fields:
        column = next((c for c in table.columns if c.name == field.name), None)
        if column is None or names.count(field.name) > 1:
            continue
        real = _spark_type(field.dataType)
        if column.type is not None and column.type_certainty is Certainty.CERTAIN and column.type != real:
            found.append(f"column {field.name}: said {column.type}, real {field.dataType.simpleString()}")
        if column.nullable not in (None, field.nullable):
            found.append(f"column {field.name}: nullable {column.nullable}, real {field.nullable}")
    return found
