"""pyarrow's tables. Oracle in the tests: pyarrow itself."""

from __future__ import annotations

import ast

from polycell.core.types import (
    FLOAT64,
    INT64,
    UNKNOWN,
    Collection,
    Column,
    DataType,
    GroupBy,
    Record,
    Scalar,
    Table,
    Type,
)
from polycell.core.values import replace
from polycell.languages.python.frames.columns import (
    UNKNOWN_INDEX,
    drop,
    for_pandas,
    get,
    opened,
    pick,
    placed,
    unknown_table,
    untyped,
    with_columns,
)
from polycell.languages.python.frames.pandas_make import column_type, literal_frame
from polycell.languages.python.frames.registry import Call, function, method
from polycell.languages.python.frames.schema_rules import field, schema_argument
from polycell.languages.python.syntax.values import items_of, value_of


@function("pyarrow.table", "data names schema metadata nthreads", gives=unknown_table("arrow"))
@function("pyarrow.Table.from_pydict", "mapping schema metadata", gives=unknown_table("arrow"))
@function("pyarrow.Table.from_pylist", "mapping schema metadata", gives=unknown_table("arrow"))
def table(call: Call) -> Type:
    data, names = call["data"] or call["mapping"], call.texts("names")
    declared = schema_argument(call.run, call["schema"], "arrow")
    if declared is not None:
        return replace(declared, index=())
    if call["schema"] is not None or data is None:
        return unknown_table("arrow")
    if isinstance(data.type, Collection) and names is not None:
        return with_columns(Table(flavour="arrow"), (Column(n, None, origin=call.place("names", n)) for n in names))
    if isinstance(data.type, Table) and data.type.flavour == "pandas":
        return _with_index(data.type, data.node, None)
    made = literal_frame(call.run, data.type, data.node, "arrow")
    records = items_of(data.type) if isinstance(data.type, Collection) else None
    if records and isinstance(records[0], Record):  # the first names the columns
        first = {name for name, _ in records[0].fields}
        made = replace(made, columns=tuple(c for c in made.columns if c.name in first), open=records[0].open)
    # Numbers beside None stay whole here, as pandas' do not.
    columns = (replace(c, type=None if c.type == FLOAT64 and not isinstance(data.type, Table) else c.type)
               for c in made.columns)  # fmt: skip
    return replace(made, columns=tuple(columns), index=(), flavour="arrow", labelled=())


@function("pyarrow.Table.from_arrays", "arrays names schema metadata", gives=unknown_table("arrow"))
def from_arrays(call: Call) -> Type:
    declared = schema_argument(call.run, call["schema"], "arrow")
    names = call.texts("names")
    if declared is not None:
        return replace(declared, index=())
    if names is None:
        return unknown_table("arrow")
    return with_columns(Table(flavour="arrow"), (Column(n, None, origin=call.place("names", n)) for n in names))


@function("pyarrow.Table.from_pandas", "df schema preserve_index nthreads columns safe", gives=unknown_table("arrow"))
def from_pandas(call: Call) -> Type:
    """An index with a name, and one that is no plain range, become columns."""
    frame, keep = call["df"], call.value("preserve_index")
    if frame is None or not isinstance(frame.type, Table) or call["schema"] is not None or call["columns"] is not None:
        return unknown_table("arrow")
    return _with_index(frame.type, frame.node, keep)


def _with_index(frame: Table, node: ast.expr, keep: object) -> Table:
    """Rows that were sorted or left out bring `__index_level_0__` along, and nobody counts those of a frame."""
    made = replace(frame, flavour="arrow", index=(), labelled=())
    left = keep is False or (keep is None and frame.index == () and _counted(node))
    return made if left else replace(made, open=True)


# Calls whose rows are numbered from the first to the last, where none of these arguments is given; and those that keep
# the rows of the frame before the dot.
_COUNTED = {"DataFrame": {"index"}, "reset_index": {"level"}, "to_pandas": set(), "read_csv": {"index_col"},
            "merge": {"left_index", "right_index"}}  # fmt: skip
_KEEP_ROWS = frozenset({"assign", "rename", "copy", "astype", "fillna", "add_prefix", "add_suffix"})


def _counted(node: ast.expr) -> bool:
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.List):
        return _counted(node.value)
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    if node.func.attr in _KEEP_ROWS:
        return _counted(node.func.value)
    unless = _COUNTED.get(node.func.attr)
    given = {keyword.arg for keyword in node.keywords}
    return unless is not None and None not in given and not given & unless and len(node.args) < 2


@method("arrow", "to_pandas read_pandas", "**")
def to_pandas(call: Call) -> Type:
    """A table that was a frame before remembers its index, which may be among the columns that nobody knows."""
    made = for_pandas(call.table)
    return replace(made, index=UNKNOWN_INDEX) if made.open else made


@method("arrow", "slice", "offset length")
@method("arrow", "filter", "mask **")
@method("arrow", "sort_by", "sorting **")
@method("arrow", "take", "indices")
@method("arrow", "drop_null")
@method("arrow", "read_all to_reader", "max_chunksize")
@method("arrow", "combine_chunks unify_dictionaries replace_schema_metadata", "*args **")
def same(call: Call) -> Type:
    return call.table


@method("arrow", "select", "columns")
def select(call: Call) -> Type:
    names, places = call.texts("columns"), call.value("columns")
    if names is not None:
        return pick(call.table, names)
    known = [c.name for c in call.table.columns]
    if not placed(call.table) or not isinstance(places, list):
        return unknown_table("arrow")
    if not all(type(p) is int and -len(known) <= p < len(known) for p in places):
        return unknown_table("arrow")
    return pick(call.table, [known[p] for p in places])


@method("arrow", "drop drop_columns", "columns")
def dropped(call: Call) -> Type:
    names = call.texts("columns")
    if names is None:
        return replace(call.table, columns=tuple(replace(c, maybe=True) for c in call.table.columns))
    return drop(call.table, names)


@method("arrow", "append_column", "field_ column")
def append_column(call: Call) -> Type:
    made = _new_column(call)
    if made is None:
        return opened(untyped(call.table))  # it may have the name of one that may be missing
    return with_columns(call.table, (*call.table.columns, made))


def _new_column(call: Call) -> Column | None:
    """The column that a name gives, or a field."""
    argument, name = call["field_"], call.text("field_")
    if name is not None:
        return Column(name, None, origin=call.place("field_", name))
    return field(call.run, argument.node) if argument is not None and isinstance(argument.node, ast.Call) else None


@method("arrow", "add_column", "i field_ column")
@method("arrow", "set_column", "i field_ column")
def put_column(call: Call) -> Type:
    made, at, table = _new_column(call), call.value("i"), call.table
    if made is None or type(at) is not int or not 0 <= at <= len(table.columns) or not placed(table):
        return unknown_table("arrow")
    after = at + ("set_column" in call.run.text_of(call.node.func).rpartition(".")[2])
    return with_columns(table, (*table.columns[:at], made, *table.columns[after:]))


@method("arrow", "remove_column", "i")
def remove_column(call: Call) -> Type:
    at, table = call.value("i"), call.table
    if type(at) is not int or not 0 <= at < len(table.columns) or not placed(table):
        return unknown_table("arrow")
    return replace(table, columns=(*table.columns[:at], *table.columns[at + 1 :]))


@method("arrow", "rename_columns", "names")
def renamed(call: Call) -> Type:
    names, table = call.value("names"), call.table
    if isinstance(names, dict) and all(isinstance(v, str) for v in names.values()) and not table.open:
        found = [(c, names.get(c.name, c.name)) for c in table.columns]
    elif isinstance(names, list) and placed(table) and len(names) == len(table.columns):
        found = list(zip(table.columns, names, strict=True))
    else:
        return unknown_table("arrow")
    if not all(isinstance(n, str) for _, n in found):
        return unknown_table("arrow")
    return with_columns(table, (c if n == c.name else c.named(n, call.place("names", n)) for c, n in found))


@method("arrow", "group_by", "keys use_threads")
def group_by(call: Call) -> Type:
    keys = call.texts("keys")
    return GroupBy(call.table, tuple(keys or ()), keyed=False) if keys else UNKNOWN


_COUNTS = frozenset({"count", "count_distinct", "count_all"})


@method("arrow groups", "aggregate", "aggregations")
def aggregate(call: Call) -> Type:
    """Keys first, then `column_function` for each pair."""
    groups, given = call.receiver, call.value("aggregations")
    assert isinstance(groups, GroupBy)
    if not isinstance(given, list):
        return unknown_table("arrow")
    made = [get(groups.table, k) for k in groups.keys]
    for pair in given:
        if not isinstance(pair, list) or len(pair) < 2 or not isinstance(pair[1], str):
            return unknown_table("arrow")
        name, how = pair[0], pair[1].removeprefix("hash_")
        if name == [] and how == "count_all":
            made.append(Column(how, INT64))
        elif isinstance(name, str):
            made.append(Column(f"{name}_{how}", _type(get(groups.table, name).type, how)))
        else:
            return unknown_table("arrow")
    return with_columns(Table(flavour="arrow"), made)


def _type(type_: DataType | None, how: str) -> DataType | None:
    if how in _COUNTS:
        return INT64
    if how == "mean":
        return FLOAT64 if type_ in (INT64, FLOAT64) else None
    if how in ("min", "max", "first", "last"):
        return type_
    return type_ if how == "sum" and type_ in (INT64, FLOAT64) else None


@method("arrow", "join", "right_table keys right_keys join_type left_suffix right_suffix coalesce_keys use_threads")
def join(call: Call) -> Type:
    right, left, how = call["right_table"], call.table, call.value("join_type", "left outer")
    keys, theirs = (
        call.texts("keys"),
        call.texts("right_keys") if call["right_keys"] is not None else call.texts("keys"),
    )
    ls, rs = call.value("left_suffix") or "", call.value("right_suffix") or ""
    known = right is not None and isinstance(right.type, Table) and not right.type.open and not left.open
    if not known or right is None or not isinstance(right.type, Table) or not keys or not theirs:
        return unknown_table("arrow")
    if how in ("left semi", "left anti"):
        return left
    plain = how in ("inner", "left outer", "full outer") and call["coalesce_keys"] is None
    if not plain or not isinstance(ls, str) or not isinstance(rs, str):
        return unknown_table("arrow")
    if any(c.maybe for c in (*left.columns, *right.type.columns)):
        return unknown_table("arrow")  # a name that may be in both may get a suffix
    added = [c for c in right.type.columns if c.name not in theirs]
    if how != "inner":
        added = [replace(c, nullable=True) for c in added]
    both = {c.name for c in left.columns if c.name not in keys} & {c.name for c in added}
    columns = [replace(c, name=f"{c.name}{ls}") if c.name in both else c for c in left.columns]
    columns += [replace(c, name=f"{c.name}{rs}") if c.name in both else c for c in added]
    return with_columns(Table(flavour="arrow"), columns)


@function("pyarrow.concat_tables", "tables **", gives=unknown_table("arrow"))
def concat(call: Call) -> Type:
    argument = call["tables"]
    items = argument.type.items if argument is not None and isinstance(argument.type, Collection) else None
    first = items[0] if items else None
    return first if isinstance(first, Table) and not call.extra else unknown_table("arrow")


@method("arrow", "to_pydict to_pylist to_batches", "**")
def python_values(call: Call) -> Type:
    return UNKNOWN


@function("pyarrow.array", "obj type **")
def array(call: Call) -> Type:
    data = call["obj"]
    if data is not None and isinstance(data.type, Collection) and data.type.items and call["type"] is None:
        type_ = column_type(data.type.items)
        return Collection("array", Scalar(type_) if type_ is not None and value_of(data.type) else None)
    return Collection("array")
