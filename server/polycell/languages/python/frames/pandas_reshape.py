"""pandas frames: indexes and shapes."""

from __future__ import annotations

import ast
import re

from polycell.core.types import (
    BOOL,
    INT64,
    STRING,
    UNKNOWN,
    Collection,
    Column,
    Opaque,
    Series,
    Table,
    Type,
    is_numeric,
)
from polycell.core.values import replace
from polycell.languages.python.frames import labels
from polycell.languages.python.frames.columns import (
    UNKNOWN_INDEX,
    drop,
    get,
    index_known,
    placed,
    unknown_table,
    with_columns,
)
from polycell.languages.python.frames.registry import Call, function, method
from polycell.languages.python.syntax.values import known_texts

_PIVOT_TABLE = "values index columns aggfunc fill_value margins dropna margins_name observed sort"


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
    index = tuple(get(table, n) for n in names) if len(set(names)) == len(names) else UNKNOWN_INDEX
    dropped = call.value("drop", True)
    if dropped is True:
        return replace(drop(table, names), index=index)
    return replace(table, index=index if dropped is False else UNKNOWN_INDEX, open=table.open or dropped is not False)


@method("pandas", "reset_index", "level drop col_level col_fill allow_duplicates names", labels=True)
def reset_index(call: Call) -> Type:
    if call.table.labelled:
        if call.value("drop", False) is True and call["level"] is None:
            return replace(call.table, index=())
        return labels.index_to_labels(call.table) if not call.given else unknown_table("pandas")
    return index_to_columns(call, call.table)


def index_to_columns(call: Call, table: Table, *, dropped: bool | None = None) -> Type:
    """What `reset_index` makes of a table."""
    drop_ = call.value("drop", False) if dropped is None else dropped
    if call["level"] is not None:
        return _levels_to_columns(call, table, drop_)
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
            elif table.open and (table.column("index") is None or get(table, "index") != table.column("index")):
                others = (c for c in table.columns if c.name != "index")  # which `index` it is then, is not known
                return replace(table, index=(), columns=(Column("index", None, maybe=True), *others))
            else:
                name = "index" if table.column("index") is None else "level_0"
        made.append(column if column.name == name else column.named(name, call.place("names", name)))
    # A name that is not sure may be another one.
    unsure = any(c.maybe for c in made)
    return with_columns(replace(table, index=(), open=table.open or unsure), (*made, *table.columns))


def _levels_to_columns(call: Call, table: Table, dropped: object) -> Type:
    """`reset_index(level="k")` of an index of several named levels."""
    levels = call.value("level")
    levels = levels if isinstance(levels, list) else [levels]
    names = [c.name for c in table.index]
    known = index_known(table) and len(names) > 1 and all(names) and not any(c.maybe for c in table.index)
    if not known or not isinstance(dropped, bool) or call["names"] is not None:
        return replace(table, index=UNKNOWN_INDEX, open=True)
    chosen = [names[v] if type(v) is int and -len(names) <= v < len(names) else v for v in levels]
    if not all(c in names for c in chosen) or len(set(chosen)) != len(chosen):
        return replace(table, index=UNKNOWN_INDEX, open=True)
    left = tuple(c for c in table.index if c.name not in chosen)
    moved = [c for c in table.index if c.name in chosen] if not dropped else []
    return with_columns(replace(table, index=left), (*moved, *table.columns))


@function("pandas.melt", "frame id_vars value_vars var_name value_name col_level ignore_index")
@function("pandas.pivot", "data columns index values")
@function("pandas.pivot_table", f"data {_PIVOT_TABLE}")
def of_frame(call: Call) -> Type:
    """The same as the frame's own method."""
    frame = call["frame"] or call["data"]
    if frame is None or not isinstance(frame.type, Table) or not isinstance(call.node.func, ast.Attribute):
        return unknown_table("pandas")
    given = {n: a for n, a in call.given.items() if n not in ("frame", "data")}
    rule = {"melt": melt, "pivot": pivot, "pivot_table": pivot_table}.get(call.node.func.attr)
    return rule(replace(call, receiver=frame.type, given=given)) if rule is not None else unknown_table("pandas")


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
        Column(variable, None if table.open else STRING, maybe=unsure, origin=call.place("var_name", variable)),
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


@method("pandas", "swaplevel reorder_levels", "i j order axis", gives=unknown_table("pandas"))
def levels_moved(call: Call) -> Type:
    return replace(call.table, index=UNKNOWN_INDEX) if call["axis"] is None else unknown_table("pandas")


@method("pandas", "pivot", "columns index values", gives=unknown_table("pandas"))
def pivot(call: Call) -> Type:
    """The columns are values of the data; the index is known, where the columns have one level."""
    table, index, turned = call.table, call.texts("index"), call.texts("columns")
    if not index or not turned or "" in index:
        return unknown_table("pandas")
    keys = tuple(get(table, n) for n in index)
    if call.text("values") is not None:
        return unknown_table("pandas", keys) if len(turned) == 1 else unknown_table("pandas")
    values = call.texts("values") if call["values"] is not None else None
    if values is None and call["values"] is None and placed(table):
        values = [c.name for c in table.columns if c.name not in (*index, *turned)]
    return labels.by_data((get(table, n) for n in values), keys) if values else unknown_table("pandas", keys)


@method("pandas", "unstack", "level fill_value sort", gives=UNKNOWN)
@method("pandas", "stack", "**", gives=UNKNOWN)
@method("pandas", "transpose", "**", gives=unknown_table("pandas"))
@method("pandas", "to_frame", "**", gives=unknown_table("pandas"))
def by_data(call: Call) -> Type:
    """The columns are values of the data."""
    if isinstance(call.node.func, ast.Attribute) and call.node.func.attr in ("unstack", "stack"):
        return UNKNOWN
    return unknown_table("pandas")


@method(
    "pandas", "pivot_table", _PIVOT_TABLE,
    gives=unknown_table("pandas"),
)  # fmt: skip
def pivot_table(call: Call) -> Type:
    """Without `columns`, one value column by one or several keys; else the data decide."""
    values, index, how = call.texts("values"), call.texts("index"), call.value("aggfunc", "mean")
    table = call.table
    return pivoted(call, table, values, index, how)


def pivoted(call: Call, table: Table, values: list[str] | None, index: list[str] | None, how: object) -> Type:
    if not values or not index or call["margins"] is not None:
        return unknown_table("pandas")
    names = {*index, *values}
    known = len(names) == len(index) + len(values) and all(table.column(n) is not None for n in names)
    known = known and "" not in names
    if call["columns"] is not None:
        if not known or not isinstance(how, str):
            return unknown_table("pandas") if call.text("values") is not None else UNKNOWN  # of several levels
        if call.text("values") is None:
            return labels.by_data((get(table, n) for n in sorted(values)), tuple(get(table, n) for n in index))
        return unknown_table("pandas", tuple(get(table, n) for n in index))
    if known and isinstance(how, (list, dict)):
        return _pivoted_by_several(table, values, index, how)
    if not known or how not in _AGGREGATIONS:
        return unknown_table("pandas")
    counted = INT64 if how in ("count", "nunique") and call["fill_value"] is None else None
    source = call.run.text_of(call.node)
    # Columns of other types than numbers are left out by some versions and fail in others; the order is by name.
    columns = [replace(get(table, n), type=counted, nullable=None, source=source) for n in sorted(values)]
    if how in ("mean", "median", "std", "var") and len(values) > 1:
        columns = [c if is_numeric(get(table, c.name).type or STRING) else replace(c, maybe=True) for c in columns]
    return Table(tuple(columns), flavour="pandas", index=tuple(get(table, n) for n in index))


_AGGREGATIONS = frozenset({"sum", "count", "min", "max", "first", "last", "mean", "median", "nunique", "std", "var"})


def _pivoted_by_several(
    table: Table, values: list[str], index: list[str], how: list[object] | dict[str, object]
) -> Table:
    """Functions in a list make the first level of labels, lists of them in a dictionary the second; in order."""
    keys = tuple(get(table, n) for n in index)
    columns = {n: replace(get(table, n), type=None, nullable=None) for n in sorted(values)}
    if isinstance(how, list):
        if not how or not all(isinstance(h, str) and h in _AGGREGATIONS for h in how):
            return unknown_table("pandas", keys)
        return labels.table_of([((str(h), n), c) for h in dict.fromkeys(how) for n, c in columns.items()], keys)
    listed = {n: h for n, h in how.items() if isinstance(h, list)}
    flat = [h for each in how.values() for h in (each if isinstance(each, list) else [each])]
    if set(how) != set(values) or not all(isinstance(h, str) and h in _AGGREGATIONS for h in flat):
        return unknown_table("pandas", keys)
    if not listed:
        return Table(tuple(columns.values()), flavour="pandas", index=keys)
    if len(listed) != len(how):
        return unknown_table("pandas", keys)
    return labels.table_of([((n, h), c) for n, c in columns.items() for h in sorted(map(str, listed[n]))], keys)


@function("pandas.wide_to_long", "df stubnames i j sep suffix", gives=unknown_table("pandas"))
def wide_to_long(call: Call) -> Type:
    """Columns `price2023`, `price2024` become one, `price`, and a level of the index."""
    frame, stubs, ids, level = call["df"], call.texts("stubnames"), call.texts("i"), call.text("j")
    sep, suffix = call.value("sep", ""), call.value("suffix", r"\d+")
    table = frame.type if frame is not None else None
    if not isinstance(table, Table) or table.open or any(c.maybe for c in table.columns):
        return unknown_table("pandas")
    if not stubs or not ids or not level or not isinstance(sep, str) or suffix not in (r"\d+", r"\w+", r"\D+"):
        return unknown_table("pandas")
    wide = {stub: re.compile(rf"{re.escape(stub)}{re.escape(sep)}{suffix}\Z") for stub in stubs}
    found = {stub: [c for c in table.columns if form.match(c.name)] for stub, form in wide.items()}
    turned = {c.name for columns in found.values() for c in columns}
    others = [c for c in table.columns if c.name not in turned and c.name not in ids]
    known = all(found.values()) and all(table.column(n) is not None for n in ids)
    if not known or {c.name for c in others} & set(stubs) or len(turned) != sum(map(len, found.values())):
        return unknown_table("pandas")
    source = call.run.text_of(call.node)
    made = [Column(stub, None, origin=call.place("stubnames", stub), source=source) for stub in stubs]
    last = Column(level, INT64 if suffix == r"\d+" else None, origin=call.place("j", level))
    index = (*(get(table, n) for n in ids), last)
    kept = sorted(others, key=lambda column: column.name)  # pandas takes them by `Index.difference`
    return with_columns(Table(flavour="pandas", index=index), (*kept, *made))


@method("pandas", "to_numpy", "**")
def to_numpy(call: Call) -> Type:
    return Opaque("numpy.ndarray")


@method("pandas", "duplicated", "subset keep")
def duplicated(call: Call) -> Type:
    return Series(Column("", BOOL), "pandas", call.table.index)
