"""polars frames out of literals, and functions of several frames."""

from __future__ import annotations

import ast

from polycell.core.types import FLOAT64, INT64, UNKNOWN, Collection, Column, Evidence, Flavour, Series, Table, Type
from polycell.core.values import replace
from polycell.languages.python.frames import duplicates
from polycell.languages.python.frames.columns import unknown_table, with_columns
from polycell.languages.python.frames.pandas_make import column_type, literal_frame
from polycell.languages.python.frames.polars_expressions import columns_of, type_of
from polycell.languages.python.frames.registry import Call, function
from polycell.languages.python.frames.schema_rules import schema_argument
from polycell.languages.python.syntax.values import element_of, items_in_any_order, items_of

_PARAMETERS = "data schema schema_overrides strict orient infer_schema_length nan_to_null"


@function("polars.DataFrame polars.LazyFrame", _PARAMETERS, gives=unknown_table("polars"))
def data_frame(call: Call) -> Type:
    flavour: Flavour = (
        "polars-lazy" if isinstance(call.node.func, ast.Attribute) and call.node.func.attr == "LazyFrame" else "polars"
    )
    data, schema = call["data"], call["schema"]
    if schema is not None:
        return _from_schema(call, flavour)
    if data is None:
        return Table(flavour=flavour)
    series = _of_series(data.type)
    if series is not None:
        return with_columns(Table(flavour=flavour), series)
    made = literal_frame(call.run, data.type, data.node, flavour)
    made = replace(made, index=())
    if call["schema_overrides"] is None:
        return made
    overrides = schema_argument(call.run, call["schema_overrides"], flavour)
    if overrides is None:
        return replace(made, columns=tuple(replace(c, type=None) for c in made.columns))
    given = {c.name: c for c in overrides.columns}
    types = (
        replace(c, type=given[c.name].type, evidence=Evidence.DECLARED) if c.name in given else c for c in made.columns
    )
    return replace(made, columns=tuple(types))


def _of_series(data: Type) -> list[Column] | None:
    """`pl.DataFrame([pl.Series("a", …), …])`."""
    items = (data,) if isinstance(data, Series) else items_of(data) if isinstance(data, Collection) else None
    named = [i.column for i in items or () if isinstance(i, Series) and i.column.name and not i.column.maybe]
    return named if items and len(named) == len(items) else None


@function("polars.select", "*exprs **", gives=unknown_table("polars"))
def select(call: Call) -> Type:
    """Expressions over no table."""
    columns: list[Column] = []
    for argument in call.rest:
        made = columns_of(call.run, argument.node, Table(flavour="polars"))
        if made is None:
            return unknown_table("polars")
        columns += made
    columns += [Column(name, None) for name in call.extra or {} if name != "eager"]
    return with_columns(Table(flavour="polars"), columns)


@function("polars.Series", "name values dtype **", gives=UNKNOWN)
def make_series(call: Call) -> Type:
    name, values = call.text("name"), call["values"]
    if call["name"] is not None and name is None:
        return Series(Column("", None), "polars") if isinstance(call["name"].type, Collection) else UNKNOWN
    dtype = call["dtype"]
    type_ = type_of(call.run, dtype.node) if dtype is not None else None
    if values is not None and dtype is None and isinstance(values.type, Collection) and values.type.items:
        type_ = column_type(values.type.items, "polars")
    return Series(Column(name or "", type_, origin=call.place("name", name) if name else None), "polars")


def _from_schema(call: Call, flavour: Flavour) -> Type:
    schema = call["schema"]
    declared = schema_argument(call.run, schema, flavour)
    if declared is not None:
        return replace(declared, index=())
    names = call.texts("schema")
    if names is None or schema is None or isinstance(schema.value, str):
        return unknown_table(flavour)
    return with_columns(Table(flavour=flavour), [Column(n, None, origin=call.place("schema", n)) for n in names])


@function("polars.from_pandas", "data **", gives=unknown_table("polars"))
@function("polars.from_arrow", "data **", gives=unknown_table("polars"))
def from_other(call: Call) -> Type:
    data = call["data"]
    if data is not None and isinstance(data.type, Series) and not call.extra:
        return replace(data.type, flavour="polars", index=())
    if data is None or not isinstance(data.type, Table) or call.extra:
        return unknown_table("polars")
    return replace(data.type, flavour="polars", index=())


@function("polars.from_dicts polars.from_dict", "data **", gives=unknown_table("polars"))
def from_dicts(call: Call) -> Type:
    data = call["data"]
    if data is None or call.extra:
        return unknown_table("polars")
    made = literal_frame(call.run, data.type, data.node, "polars")
    return replace(
        made,
        index=(),
        columns=tuple(replace(c, type=None if c.type in (INT64, FLOAT64) else c.type) for c in made.columns),
    )


@function("polars.from_records", "data schema orient **", gives=unknown_table("polars"))
def from_records(call: Call) -> Type:
    return _from_schema(call, "polars") if call["schema"] is not None else unknown_table("polars")


@function("polars.concat", "items how rechunk parallel strict")
def concat(call: Call) -> Type:
    """Lazy of lazy frames, eager of eager ones."""
    argument = call["items"]
    items = items_in_any_order(argument.type) if argument is not None else None
    how = call.value("how", "vertical")
    tables = [i for i in items or () if isinstance(i, Table)]
    if not items or len(tables) < len(items):
        one = tables[0] if tables else element_of(argument.type) if argument is not None else UNKNOWN
        return unknown_table(one.flavour) if isinstance(one, Table) else UNKNOWN
    first = tables[0]
    if how in ("vertical", "vertical_relaxed"):
        closed = next((t for t in tables if not t.open), first)
        columns = (
            c.one_with(*(o for t in tables if (o := t.column(c.name)) is not None))
            if all((other := t.column(c.name)) is None or other.type == c.type for t in tables)
            else replace(c, type=None).one_with(*(o for t in tables if (o := t.column(c.name)) is not None))
            for c in closed.columns
        )
        return replace(closed, columns=tuple(columns))
    if how in ("diagonal", "diagonal_relaxed"):
        held: dict[str, list[Column]] = {}
        for table in tables:
            for column in table.columns:
                held.setdefault(column.name, []).append(column)
        found = [_of_all(same, typed=how == "diagonal") for same in held.values()]
        return Table(tuple(found), any(t.open for t in tables), first.flavour)
    if how == "horizontal":
        made = [c for t in tables for c in t.columns]
        duplicates.judge_named(call, [c.name for c in made], "items", *tables)
        return with_columns(Table(open=any(t.open for t in tables), flavour=first.flavour), made)
    return unknown_table(first.flavour)


def _of_all(same: list[Column], *, typed: bool) -> Column:
    """The columns of one name as one; `typed`: they have one type. One that may be missing may have had another."""
    there = [c for c in same if not c.maybe] or same
    types = {c.type for c in there}
    type_ = types.pop() if typed and len(types) == 1 else None
    return replace(there[0], nullable=None, type=type_).one_with(*(c for c in same if c is not there[0]))
