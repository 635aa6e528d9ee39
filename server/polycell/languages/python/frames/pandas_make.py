"""pandas frames and series out of literals and arrays."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from polycell.core.types import (
    BOOL,
    CATEGORY,
    FLOAT64,
    INT64,
    NULL,
    STRING,
    TIMESTAMP,
    UNKNOWN,
    Certainty,
    Collection,
    Column,
    DataType,
    Flavour,
    Opaque,
    Record,
    Row,
    Scalar,
    Series,
    Table,
    Type,
    is_numeric,
)
from polycell.core.values import replace
from polycell.languages.python.frames import row_labels
from polycell.languages.python.frames.columns import (
    UNKNOWN_INDEX,
    drop,
    get,
    sure,
    unknown_table,
    untyped,
    with_columns,
)
from polycell.languages.python.frames.pandas_frame import dtype_node
from polycell.languages.python.frames.registry import Argument, Call, Evaluator, function
from polycell.languages.python.frames.schema_rules import rows_table
from polycell.languages.python.syntax.values import NOT_KNOWN, collection, items_of, of_value
from polycell.tables.infer import common_type


@function("pandas.DataFrame", "data index columns dtype copy", gives=unknown_table("pandas"))
def data_frame(call: Call) -> Type:
    data, index = call["data"], call["index"]
    names = call.texts("columns")
    if call["columns"] is not None and names is None:
        return unknown_table("pandas")
    made = literal_frame(call.run, data.type, data.node, "pandas") if data is not None else Table(flavour="pandas")
    if names is not None:
        made = _named(call, made, names, data.type if data is not None else UNKNOWN)
    dtype = call["dtype"]
    if dtype is not None:
        type_ = dtype_node(call, dtype.node)
        made = replace(made, columns=tuple(replace(c, type=type_) for c in made.columns))
    if index is not None:
        if data is not None and not isinstance(data.type, (Collection, Record)):
            made = untyped(made)
        made = replace(made, index=_given_index(index))
    return made


def _given_index(argument: Argument) -> tuple[Column, ...]:
    """The index that `index=` makes: a series gives it its name, as an index may (`pd.RangeIndex(3, name="x")`)."""
    given = argument.type
    if isinstance(given, Series) and given.column.name and not given.column.maybe:
        return (given.column,)
    nameless = isinstance(given, Collection) or (isinstance(given, Opaque) and not _may_be_named(given, argument.node))
    return (Column("", None),) if nameless else UNKNOWN_INDEX


def _may_be_named(given: Opaque, node: ast.expr) -> bool:
    """Whether an index of pandas may have a name: one of numbers alone has it from its own call."""
    if given.name == "pandas.RangeIndex" and isinstance(node, ast.Call):
        return any(keyword.arg in ("name", None) for keyword in node.keywords)
    return given.name.startswith("pandas")


def _named(call: Call, made: Table, names: list[str], data: Type) -> Table:
    """`columns=`: chooses from a dictionary or frame, names everything else."""
    chooses = isinstance(data, (Table, Series, Record))
    if isinstance(data, Collection) and data.items and all(isinstance(i, Record) for i in data.items):
        chooses = True
    rows = data.items if isinstance(data, Collection) and data.kind in ("list", "tuple") else None
    columns = []
    for i, name in enumerate(names):
        origin = call.place("columns", name)
        if chooses and made.column(name) is not None:
            columns.append(get(made, name))
        elif not chooses and rows:
            cells = [r.items[i] if isinstance(r, Collection) and r.items and i < len(r.items) else None for r in rows]
            columns.append(Column(name, column_type(cells), None, origin=origin))
        else:
            columns.append(Column(name, None, origin=origin))
    return with_columns(Table(flavour="pandas", index=made.index), columns)


def literal_frame(run: Evaluator, data: Type, node: ast.expr, flavour: Flavour) -> Table:
    """The frame made of a value: a dictionary of columns, a list of dictionaries, another frame."""
    if isinstance(data, Table):
        return data.with_flavour(flavour)
    if isinstance(data, Series) and data.column.name:
        return Table((data.column,), flavour=flavour, index=data.index)
    if isinstance(data, Record) and data.name == "dict":
        columns = []
        for name, type_ in data.fields:
            origin = run.place(node, name) if isinstance(node, (ast.Dict, ast.Call, ast.Name)) else None
            columns.append(Column(name, _column_type(type_, flavour), None, origin=origin))
        return with_columns(Table(open=data.open, flavour=flavour, index=_dict_index(data)), columns)
    rows = rows_table(data, flavour)
    if rows is not None:
        return rows
    if isinstance(data, Collection) and isinstance(data.element, Row):
        return _of_rows(data.element, flavour)
    items = items_of(data) if isinstance(data, Collection) else None
    if items is not None and items and all(isinstance(i, Record) and i.name == "dict" for i in items):
        return _records(run, [i for i in items if isinstance(i, Record)], node, flavour)
    if items == () and isinstance(data, Collection):
        return Table(flavour=flavour)
    plain = isinstance(data, (Collection, Opaque)) and getattr(data, "kind", "") != "dict"  # which may hold series
    return unknown_table(flavour, () if plain else UNKNOWN_INDEX)


def _of_rows(row: Row, flavour: Flavour) -> Table:
    """A list of rows, of which there may be none: then there are no columns either."""
    if row.kind != "dict" and (flavour != "pandas" or row.kind not in ("named tuple", "result row")):
        return unknown_table(flavour)
    columns = (replace(c, type_certainty=Certainty.LIKELY, nullable=None, maybe=True) for c in row.table.columns)
    return with_columns(Table(open=True, flavour=flavour), columns)


def _dict_index(data: Record) -> tuple[Column, ...]:
    """Lists make a plain index; series bring their own."""
    if all(isinstance(t, (Collection, Scalar)) for _, t in data.fields):
        return ()
    return UNKNOWN_INDEX if any(not isinstance(t, (Collection, Scalar, Opaque)) for _, t in data.fields) else ()


def _records(run: Evaluator, records: Sequence[Record], node: ast.expr, flavour: Flavour) -> Table:
    fields: dict[str, list[Type]] = {}
    for record in records:
        for name, type_ in record.fields:
            fields.setdefault(name, []).append(type_)
    columns = []
    for name, types in fields.items():
        made = column_type(types, flavour)
        if len(types) < len(records) and made == INT64:
            made = FLOAT64 if flavour == "pandas" else INT64
        elif len(types) < len(records) and made == BOOL and flavour == "pandas":
            made = None
        origin = run.place(node, name) if isinstance(node, (ast.List, ast.Tuple)) else None
        columns.append(Column(name, made, len(types) < len(records) or None, origin=origin))
    return Table(tuple(columns), any(r.open for r in records), flavour)


def column_type(cells: Sequence[Type | None], flavour: Flavour = "pandas") -> DataType | None:
    """The type of a column of these values: integers beside None become double in pandas, and stay in polars."""
    types = [c.type if isinstance(c, Scalar) else None for c in cells]
    if None in types:
        return None
    type_ = common_type(types)
    if NULL in types and flavour == "pandas":
        return FLOAT64 if type_ == INT64 else type_ if type_ in (STRING, FLOAT64) else None
    return type_ if type_ not in (NULL, None) and type_ is not None and type_.name != "path" else None


def _column_type(type_: Type, flavour: Flavour = "pandas") -> DataType | None:
    if isinstance(type_, Collection):
        if type_.items is not None and type_.kind in ("list", "tuple", "array"):
            return column_type(type_.items, flavour)
        if isinstance(type_.element, Scalar):
            return column_type([type_.element])
        return None
    if isinstance(type_, Series):
        return type_.column.type
    if isinstance(type_, Scalar):
        short = type_.type == INT64 and flavour != "pandas"  # polars takes one integer for as short a one as holds it
        return type_.type if type_.type != NULL and type_.type.name != "path" and not short else None
    return None


@function("pandas.Series", "data index dtype name copy")
def make_series(call: Call) -> Type:
    data = call["data"]
    name = call.text("name") or ""
    if call["name"] is not None and not name:
        return UNKNOWN
    type_ = _column_type(data.type) if data is not None else None
    if data is not None and isinstance(data.type, Record):
        type_ = None
    if call["dtype"] is not None:
        dtype = call["dtype"]
        type_ = dtype_node(call, dtype.node) if dtype is not None else None
    if data is not None and isinstance(data.type, Series) and call["index"] is not None:
        return Series(Column(name or data.type.column.name, None), "pandas", UNKNOWN_INDEX)
    index = () if call["index"] is None and not (data is not None and isinstance(data.type, Record)) else UNKNOWN_INDEX
    if data is not None and isinstance(data.type, Series):
        name, index = name or data.type.column.name, data.type.index
    if data is not None and isinstance(data.type, Record) and data.type.name == "dict" and call["index"] is None:
        labels = (Column(n, origin=call.place("data", n)) for n, _ in data.type.fields)
        index = row_labels.index_of(labels) if not data.type.open else UNKNOWN_INDEX
    # Put into a frame whose rows have other labels, whole numbers and truth values become something else.
    whole = type_ is not None and (type_ == BOOL or "int" in type_.name)
    certainty = Certainty.LIKELY if whole else Certainty.CERTAIN
    origin = call.place("name", name) if name else None
    return Series(Column(name, type_, origin=origin, type_certainty=certainty), "pandas", index)


@function("pandas.date_range pandas.bdate_range", "**")
def date_range(call: Call) -> Type:
    return Collection("array", Scalar(TIMESTAMP))


@function("pandas.to_datetime", "arg **", gives=UNKNOWN)
def to_datetime(call: Call) -> Type:
    argument = call["arg"]
    if argument is not None and isinstance(argument.type, Collection) and not call.extra:
        return Collection("array", Scalar(TIMESTAMP))
    if argument is not None and isinstance(argument.type, Scalar) and argument.type.type == STRING and not call.extra:
        return Scalar(TIMESTAMP)
    return _converted(call, TIMESTAMP if call.extra is None or "utc" not in call.extra else None)


@function("pandas.to_numeric", "arg **", gives=UNKNOWN)
def to_numeric(call: Call) -> Type:
    argument = call["arg"]
    series = argument.type if argument is not None else UNKNOWN
    if isinstance(series, Series) and series.column.type in (INT64, FLOAT64) and not call.extra:
        return series
    return _converted(call, None)


@function("pandas.to_timedelta", "arg **", gives=UNKNOWN)
def to_timedelta(call: Call) -> Type:
    return _converted(call, DataType("duration", ("us",)))


def _converted(call: Call, type_: DataType | None) -> Type:
    argument = call["arg"]
    if argument is None or not isinstance(argument.type, Series):
        return UNKNOWN
    return replace(argument.type, column=replace(argument.type.column, type=type_, nullable=None))


@function("pandas.isna pandas.isnull pandas.notna pandas.notnull", "obj")
def is_missing(call: Call) -> Type:
    argument = call["obj"]
    if argument is not None and isinstance(argument.type, Series):
        return replace(argument.type, column=replace(argument.type.column, type=BOOL))
    return UNKNOWN


@function("pandas.cut", "x bins right labels retbins precision include_lowest duplicates ordered")
@function("pandas.qcut", "x q labels retbins precision duplicates")
def cut(call: Call) -> Type:
    """The column in classes, and with `retbins` where these begin."""
    argument, both = call["x"], call.value("retbins", False)
    if argument is None or not isinstance(argument.type, Series) or not isinstance(both, bool):
        return UNKNOWN
    numbers = call["labels"] is not None and call.value("labels") in (False, NOT_KNOWN)
    column = replace(argument.type.column, type=None if numbers else CATEGORY, nullable=None)
    made = replace(argument.type, column=column)
    return collection("tuple", (made, Opaque("numpy.ndarray"))) if both else made


@function("pandas.get_dummies", "data prefix prefix_sep dummy_na columns sparse drop_first dtype",
          gives=unknown_table("pandas"))  # fmt: skip
def get_dummies(call: Call) -> Type:
    """Columns for values of the data, behind those that stay."""
    data, chosen = call["data"], call.texts("columns")
    if data is None or not isinstance(data.type, Table):
        given = data.type if data is not None else UNKNOWN
        listed = () if isinstance(given, Collection) else UNKNOWN_INDEX
        return unknown_table("pandas", given.index if isinstance(given, Series) else listed)
    table = data.type
    if call["columns"] is not None:
        stay = [c for c in table.columns if c.name not in chosen] if chosen is not None else []
    else:
        stay = [c for c in table.columns if sure(c) and c.type is not None and (is_numeric(c.type) or c.type == BOOL)]
    return replace(table, columns=tuple(stay), open=True)


@function("pandas.crosstab", "index columns values rownames colnames aggfunc margins margins_name dropna normalize",
          gives=unknown_table("pandas"))  # fmt: skip
def crosstab(call: Call) -> Type:
    index = call["index"]
    named = index is not None and isinstance(index.type, Series) and index.type.column.name and not call["rownames"]
    if not named or index is None or not isinstance(index.type, Series):
        return unknown_table("pandas")
    made = replace(index.type.column, maybe=False)
    return unknown_table("pandas", (replace(made, type=None) if call["margins"] is not None else made,))


@function("pandas.Grouper", "key level freq **")
def grouper(call: Call) -> Type:
    key = call.text("key")
    return Record((("key", of_value(key)),), "pandas.Grouper") if key and call["level"] is None else UNKNOWN


@function("pandas.DataFrame.from_dict", "data orient dtype columns", gives=unknown_table("pandas"))
def from_dict(call: Call) -> Type:
    if call.value("orient", "columns") == "columns" and call["columns"] is None:
        return data_frame(call)
    names, data = call.texts("columns"), call["data"]
    if call.value("orient") != "index" or data is None:
        return unknown_table("pandas")
    rows = data.type if isinstance(data.type, Record) and data.type.name == "dict" and not data.type.open else None
    labels = row_labels.named(name for name, _ in rows.fields) if rows is not None else ()
    index = row_labels.index_of(labels) if rows is not None else UNKNOWN_INDEX
    if names is not None:
        columns = [Column(n, origin=call.place("columns", n)) for n in names]
        return with_columns(Table(flavour="pandas", index=index), columns)
    inner = [type_ for _, type_ in rows.fields if isinstance(type_, Record)] if rows is not None else []
    known = rows is not None and inner and len(inner) == len(rows.fields) and call["columns"] is None
    if not known or any(one.open or one.name != "dict" for one in inner):
        return unknown_table("pandas", index)
    found = dict.fromkeys(name for one in inner for name, _ in one.fields)
    return with_columns(Table(flavour="pandas", index=index), (Column(n, origin=call.place("data", n)) for n in found))


@function("pandas.DataFrame.from_records", "data index exclude columns coerce_float nrows",
          gives=unknown_table("pandas"))  # fmt: skip
def from_records(call: Call) -> Type:
    left, index = call.texts("exclude") if call["exclude"] is not None else [], call.text("index")
    given = {name: argument for name, argument in call.given.items() if name in ("data", "columns")}
    made = data_frame(replace(call, given=given))
    if not isinstance(made, Table) or left is None or (call["index"] is not None and not index):
        return unknown_table("pandas")
    made = drop(made, left)
    if not index:
        return made
    if made.open or made.column(index) is None:
        return unknown_table("pandas")
    return replace(drop(made, [index]), index=(get(made, index),))


@function("numpy.arange", "*args **")
def arange(call: Call) -> Type:
    types = {a.type.type if isinstance(a.type, Scalar) else None for a in call.rest}
    if call.extra:
        return Collection("array")
    return (
        Collection("array", Scalar(INT64 if types == {INT64} else FLOAT64))
        if None not in types
        else Collection("array")
    )


@function("numpy.linspace numpy.random.rand numpy.random.randn numpy.random.random numpy.random.normal", "*args **")
@function("numpy.random.standard_normal numpy.random.uniform", "*args **")
def doubles(call: Call) -> Type:
    """One-dimensional only where that is evident; of more dimensions the element is no column's type."""
    several = (
        len(call.rest) > 1 and call.node.func.attr in ("rand", "randn")
        if isinstance(call.node.func, ast.Attribute)
        else True
    )
    shaped = any(isinstance(a.type, Collection) for a in (*call.rest, *(call.extra or {}).values()))
    return Collection("array", None if several or shaped else Scalar(FLOAT64))


@function("numpy.array", "object **")
def array(call: Call) -> Type:
    argument = call["object"]
    if argument is not None and isinstance(argument.type, Collection) and not call.extra:
        items = argument.type.items
        if items is None or not any(isinstance(i, (Collection, Record)) for i in items):
            return replace(argument.type, kind="array")
    return Collection("array")


@function("numpy.where", "condition x y")
def where(call: Call) -> Type:
    first, second = call["x"], call["y"]
    if first is None or second is None:
        return UNKNOWN
    types = [t.type.type if isinstance(t.type, Scalar) else None for t in (first, second)]
    type_ = column_type([Scalar(t) for t in types if t is not None]) if None not in types else None
    return Collection("array", Scalar(type_) if type_ is not None and NULL not in types else None)
