"""pandas frames: indexes and shapes."""

from __future__ import annotations

import ast
from dataclasses import replace

from polycell.core.types import BOOL, INT64, STRING, UNKNOWN, Collection, Column, Opaque, Series, Table, Type
from polycell.languages.python.frames.columns import (
    UNKNOWN_INDEX,
    drop,
    get,
    index_known,
    unknown_table,
    with_columns,
)
from polycell.languages.python.frames.registry import Call, method
from polycell.languages.python.values import known_texts


@method("pandas", "set_index", "keys drop append verify_integrity")
def set_index(call: Call) -> Type:
    keys, table = call["keys"], call.table
    names = known_texts(keys.type) if keys is not None else None
    array = keys is not None and isinstance(keys.type, Collection) and keys.type.kind != "list"
    if names is not None and (array or "" in names):
        return unknown_table("pandas")  # an array is the index itself
    if call.value("append", False) is not False:
        table = replace(table, index=UNKNOWN_INDEX)
        names = names if names is not None and call.value("drop", True) is True else None
        return drop(table, names) if names is not None else call.unknown
    if names is None:
        if keys is not None and isinstance(keys.type, Series):
            return replace(table, index=(replace(keys.type.column, maybe=False),))
        return unknown_table("pandas")
    index = tuple(get(table, n) for n in names)
    dropped = call.value("drop", True)
    if dropped is True:
        return replace(drop(table, names), index=index)
    return replace(table, index=index if dropped is False else UNKNOWN_INDEX, open=table.open or dropped is not False)


@method("pandas", "reset_index", "level drop col_level col_fill allow_duplicates names")
def reset_index(call: Call) -> Type:
    return index_to_columns(call, call.table)


def index_to_columns(call: Call, table: Table, *, dropped: bool | None = None) -> Type:
    """What `reset_index` makes of a table."""
    drop_ = call.value("drop", False) if dropped is None else dropped
    if call["level"] is not None:
        return replace(table, index=UNKNOWN_INDEX, open=True)
    if drop_ is True:
        return replace(table, index=())
    if drop_ is not False or not index_known(table):
        return replace(table, index=(), open=True)
    index = table.index or (Column("", INT64),)
    names = call.texts("names")
    if call["names"] is not None and (names is None or len(names) != len(index) or "" in names):
        return replace(table, index=(), open=True)
    made = []
    for i, column in enumerate(index):
        name = names[i] if names else column.name
        if not name:
            if len(index) > 1:
                name = f"level_{i}"
            elif table.open:
                return replace(table, index=(), columns=(Column("index", column.type, maybe=True), *table.columns))
            else:
                name = "index" if table.column("index") is None else "level_0"
        made.append(column if column.name == name else column.named(name, call.place("names", name)))
    return with_columns(replace(table, index=()), (*made, *table.columns))


@method("pandas", "melt", "id_vars value_vars var_name value_name col_level ignore_index")
def melt(call: Call) -> Type:
    table = call.table
    if call["col_level"] is not None:
        return call.unknown
    ids = call.texts("id_vars") if call["id_vars"] is not None and call.value("id_vars") is not None else []
    variable, value = call.value("var_name", None), call.value("value_name", "value")
    # The default is the name of the columns' axis, where a table that nobody saw whole (a pivot) may have one.
    unsure = variable is None and (table.open or any(c.type is None and c.origin is None for c in table.columns))
    variable = "variable" if variable is None else variable
    if ids is None or not isinstance(variable, str) or not isinstance(value, str):
        return call.unknown
    melted = call.texts("value_vars")
    if call["value_vars"] is None:
        melted = [c.name for c in table.columns if c.name not in ids]
    types = {get(table, n).type for n in melted} if melted and not table.open else {None}
    index = () if call.value("ignore_index", True) is True else UNKNOWN_INDEX
    columns = (
        *(get(table, n) for n in ids),
        Column(variable, STRING, maybe=unsure, origin=call.place("var_name", variable)),
        Column(
            value,
            types.pop() if len(types) == 1 else None,
            origin=call.place("value_name", value),
            source=call.run.text_of(call.node),
        ),
    )
    return with_columns(Table(open=unsure, flavour="pandas", index=index), columns)


@method("pandas", "explode", "column ignore_index")
def explode(call: Call) -> Type:
    names = call.texts("column")
    if names is None:
        return call.unknown
    index = () if call.value("ignore_index", False) is True else call.table.index
    columns = (replace(c, type=None) if c.name in names else c for c in call.table.columns)
    return replace(call.table, columns=tuple(columns), index=index)


@method("pandas", "pivot", "columns index values", gives=unknown_table("pandas"))
@method("pandas", "unstack", "level fill_value sort", gives=UNKNOWN)
@method("pandas", "stack", "**", gives=UNKNOWN)
@method("pandas", "transpose", "**", gives=unknown_table("pandas"))
@method("pandas", "swaplevel reorder_levels droplevel", "**", gives=unknown_table("pandas"))
@method("pandas", "to_frame", "**", gives=unknown_table("pandas"))
def by_data(call: Call) -> Type:
    """The columns are values of the data."""
    if isinstance(call.node.func, ast.Attribute) and call.node.func.attr in ("unstack", "stack"):
        return UNKNOWN
    return unknown_table("pandas")


@method(
    "pandas", "pivot_table", "values index columns aggfunc fill_value margins dropna margins_name observed sort",
    gives=unknown_table("pandas"),
)  # fmt: skip
def pivot_table(call: Call) -> Type:
    """Without `columns`, one value column by one or several keys; else the data decide."""
    value, index, how = call.text("values"), call.texts("index"), call.value("aggfunc", "mean")
    table = call.table
    if value is None or not index or call["columns"] is not None or call["margins"] is not None:
        return unknown_table("pandas")
    names = {*index, value}
    known = len(names) == len(index) + 1 and all(table.column(n) is not None for n in names) and "" not in names
    if not known or how not in (
        "sum",
        "count",
        "min",
        "max",
        "first",
        "last",
        "mean",
        "median",
        "nunique",
        "std",
        "var",
    ):
        return unknown_table("pandas")
    counted = INT64 if how in ("count", "nunique") and call["fill_value"] is None else None
    column = replace(get(table, value), type=counted, nullable=None, source=call.run.text_of(call.node))
    return Table((column,), flavour="pandas", index=tuple(get(table, n) for n in index))


@method("pandas", "to_numpy", "**")
def to_numpy(call: Call) -> Type:
    return Opaque("numpy.ndarray")


@method("pandas", "duplicated", "subset keep")
def duplicated(call: Call) -> Type:
    return Series(Column("", BOOL), "pandas", call.table.index)
