"""polars' eager and lazy frames. Oracle in the tests: polars itself."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace

from polycell.core.types import (
    FLOAT64,
    INT64,
    STRING,
    UNKNOWN,
    Collection,
    Column,
    DataType,
    GroupBy,
    Opaque,
    Scalar,
    Series,
    Table,
    Type,
)
from polycell.languages.python.frames.columns import drop, get, put, rename, unknown_table, with_columns
from polycell.languages.python.frames.expressions import POLARS, UINT32, columns_of
from polycell.languages.python.frames.registry import Argument, Call, Rule, method
from polycell.languages.python.values import known_texts


def both(names: str, parameters: str = "") -> Callable[[Rule], Rule]:
    """A rule for eager and lazy frames alike."""

    def register(rule: Rule) -> Rule:
        method("polars", names, parameters)(rule)
        return method("polars-lazy", names, parameters)(rule)

    return register


@both("filter", "*predicates **")
@both("head limit", "n")
@both("tail", "n")
@both("slice", "offset length")
@both("sort", "by *more_by descending nulls_last multithreaded maintain_order")
@both("unique", "subset keep maintain_order")
@both("drop_nulls drop_nans", "subset")
@both("clone clear rechunk reverse cache set_sorted", "**")
@both("sample", "n fraction with_replacement shuffle seed")
@both("top_k bottom_k", "k by reverse")
def same(call: Call) -> Type:
    return call.table


@both("collect", "**")
def collect(call: Call) -> Type:
    if call.extra:
        return unknown_table("polars")
    return call.table.with_flavour("polars")


@both("lazy")
def lazy(call: Call) -> Type:
    return call.table.with_flavour("polars-lazy")


def _made(call: Call) -> list[Column] | None:
    """Columns of positional and named expressions, in order."""
    found: list[Column] = []
    for argument in call.rest:
        columns = columns_of(call.run, argument.node, call.table, POLARS)
        if columns is None:
            return None
        found += columns
    for name, argument in (call.extra or {}).items():
        columns = _named(call, argument)
        if columns is None:
            columns = [Column(name, None)]
        keyword = next((k for k in call.node.keywords if k.arg == name), None)
        origin = call.run.place(keyword, name) if keyword is not None else None
        if len(columns) != 1:
            return None
        found.append(replace(columns[0].named(name, origin), source=call.run.text_of(argument.node)))
    return found


def _named(call: Call, argument: Argument) -> list[Column] | None:
    """A literal given by name is a literal; a text names a column."""
    if isinstance(argument.type, Scalar) and not isinstance(argument.value, str):
        return [Column("", None)]
    return columns_of(call.run, argument.node, call.table, POLARS)


@both("select", "*exprs **")
def select(call: Call) -> Type:
    columns = _made(call)
    if columns is None:
        return unknown_table(call.table.flavour)
    missing = not call.table.open and any(not c.source and call.table.column(c.name) is None for c in columns)
    return with_columns(replace(call.table, open=missing), columns)


@both("with_columns", "*exprs **")
def add_columns(call: Call) -> Type:
    """What is not understood leaves the columns that were there, whose types may change, and maybe others."""
    columns = _made(call)
    table = call.table
    if columns is None:
        return replace(table, columns=tuple(replace(c, type=None) for c in table.columns), open=True)
    for column in columns:
        table = put(table, column)
    return table


@both("with_row_index", "name offset")
def with_row_index(call: Call) -> Type:
    name = call.value("name", "index")
    if not isinstance(name, str) or call.table.column(name) is not None:
        return call.unknown
    return replace(call.table, columns=(Column(name, UINT32, origin=call.place("name", name)), *call.table.columns))


@both("drop", "*columns strict")
def dropped(call: Call) -> Type:
    names: list[str] = []
    for argument in call.rest:
        texts = known_texts(argument.type)
        if texts is None or any(t.startswith("^") for t in texts):
            return replace(call.table, columns=tuple(replace(c, maybe=True) for c in call.table.columns))
        names += texts
    return drop(call.table, names)


@both("rename", "mapping strict")
def renamed(call: Call) -> Type:
    mapping = call.value("mapping")
    if not isinstance(mapping, dict) or not all(isinstance(v, str) for v in mapping.values()):
        return call.unknown
    return rename(call.table, mapping, call.new_name(call["mapping"].node))  # type: ignore[union-attr]


@both("cast", "dtypes strict")
def cast(call: Call) -> Type:
    return replace(call.table, columns=tuple(replace(c, type=None) for c in call.table.columns))


@both("fill_null fill_nan interpolate shift", "**")
@both("sum mean median min max std var", "**")
def same_names(call: Call) -> Type:
    if isinstance(call.node.func, ast.Attribute) and call.node.func.attr in ("fill_null", "shift"):
        return replace(call.table, columns=tuple(replace(c, type=None) for c in call.table.columns))
    return replace(call.table, columns=tuple(replace(c, type=None) for c in call.table.columns))


@both("explode", "columns *more_columns **")
def explode(call: Call) -> Type:
    return replace(call.table, columns=tuple(replace(c, type=None) for c in call.table.columns))


@both("unpivot", "on index variable_name value_name streamable")
def unpivot(call: Call) -> Type:
    index = call.texts("index") if call["index"] is not None else []
    variable, value = call.value("variable_name", None) or "variable", call.value("value_name", None) or "value"
    if index is None or not isinstance(variable, str) or not isinstance(value, str):
        return call.unknown
    made = (
        *(get(call.table, n) for n in index),
        Column(variable, STRING, origin=call.place("variable_name", variable)),
        Column(value, None, origin=call.place("value_name", value)),
    )
    return with_columns(Table(flavour=call.table.flavour), made)


@both("join", "other on how left_on right_on suffix validate nulls_equal join_nulls coalesce maintain_order **")
def join(call: Call) -> Type:
    other, left = call["other"], call.table
    how, suffix = call.value("how", "inner"), call.value("suffix", "_right")
    on, left_on, right_on = call.texts("on"), call.texts("left_on"), call.texts("right_on")
    if other is None or not isinstance(other.type, Table) or not isinstance(suffix, str):
        return call.unknown
    right = other.type
    if how in ("semi", "anti"):
        return left
    if how not in ("inner", "left", "cross") or call["coalesce"] is not None or call.extra:
        return call.unknown
    keys = set(on or right_on or [])
    if how != "cross" and (not keys or (on is None and (left_on is None or len(left_on) != len(right_on or [])))):
        return call.unknown
    if on is None and how != "cross":
        keys = set(right_on or [])
    unsure = left.open or right.open
    taken = {c.name for c in left.columns}
    shared = {c.name: c for c in right.columns if c.name in (on or ())}
    columns = [c.one_with(shared[c.name]) if c.name in shared else c for c in left.columns]
    for column in right.columns:
        if column.name in keys:
            continue
        if column.name in taken:
            if left.column(column.name).maybe or column.maybe:  # type: ignore[union-attr]
                return unknown_table(left.flavour)
            column = replace(column, name=f"{column.name}{suffix}")
        elif left.open:
            column = replace(column, maybe=True)
        columns.append(replace(column, nullable=True) if how == "left" else column)
    return with_columns(Table(open=unsure, flavour=left.flavour), columns)


@both("group_by groupby", "*by maintain_order **")
def group_by(call: Call) -> Type:
    keys: list[str] = []
    for argument in call.rest:
        columns = columns_of(call.run, argument.node, call.table, POLARS)
        if columns is None:
            return GroupBy(unknown_table(call.table.flavour), ())
        for column in columns:
            if column.source and call.table.column(column.name) != column:
                # A computed key: it takes part as if it were a column of the table.
                call = replace(call, receiver=put(call.table, column))
            keys.append(column.name)
    if call.extra:
        return GroupBy(unknown_table(call.table.flavour), ())
    return GroupBy(call.table, tuple(keys), keyed=False)


def _groups(call: Call) -> GroupBy:
    assert isinstance(call.receiver, GroupBy)
    return call.receiver


def _result(groups: GroupBy, columns: list[Column]) -> Table:
    keys = [get(groups.table, k) for k in groups.keys]
    return with_columns(Table(flavour=groups.table.flavour), (*keys, *columns))


def agg(call: Call) -> Type:
    groups = _groups(call)
    if not groups.keys:
        return unknown_table(groups.table.flavour)
    columns = _made(replace(call, receiver=groups.table))
    if columns is None:
        keys = tuple(get(groups.table, k) for k in groups.keys)
        return replace(unknown_table(groups.table.flavour), columns=keys)
    # A column without a reduction becomes a list.
    return _result(groups, [c if _reduces(call, c) else replace(c, type=None) for c in columns])


def _reduces(call: Call, column: Column) -> bool:
    return (
        bool(column.source)
        and any(
            f".{name}(" in column.source
            for name in (
                "sum",
                "mean",
                "median",
                "min",
                "max",
                "first",
                "last",
                "count",
                "len",
                "n_unique",
                "std",
                "var",
            )
        )
        and column.source.count("(") <= 4
    ) or column.source.startswith(("pl.len(", "pl.sum(", "pl.mean(", "pl.max(", "pl.min("))


_COUNTS = frozenset({"n_unique"})


def reduced(call: Call) -> Type:
    groups = _groups(call)
    if not groups.keys:
        return unknown_table(groups.table.flavour)
    name = call.node.func.attr if isinstance(call.node.func, ast.Attribute) else ""
    if name in ("len", "count"):
        label = call.value("name", None) or name
        return (
            _result(groups, [Column(label, UINT32)]) if isinstance(label, str) else unknown_table(groups.table.flavour)
        )
    rest = [replace(c, type=_type(c.type, name)) for c in groups.table.columns if c.name not in groups.keys]
    made = _result(groups, rest)
    return replace(made, open=groups.table.open)


def _type(type_: DataType | None, name: str) -> DataType | None:
    if name in _COUNTS:
        return UINT32
    if name in ("min", "max", "first", "last"):
        return type_
    if name == "sum":
        return type_ if type_ in (INT64, FLOAT64) else None
    return FLOAT64 if name in ("mean", "median") and type_ in (INT64, FLOAT64) else None


def rows(call: Call) -> Type:
    """Keys first, then the other columns."""
    groups = _groups(call)
    if not groups.keys:
        return unknown_table(groups.table.flavour)
    rest = [c for c in groups.table.columns if c.name not in groups.keys]
    return replace(_result(groups, rest), open=groups.table.open)


for _flavour in ("polars groups", "polars-lazy groups"):
    method(_flavour, "agg", "*aggs **")(agg)
    method(_flavour, "sum mean median min max first last n_unique")(reduced)
    method(_flavour, "len count", "name")(reduced)
    method(_flavour, "head tail", "n")(rows)


@both("pipe", "function *args **")
def pipe(call: Call) -> Type:
    function = call["function"]
    if function is not None and isinstance(function.node, ast.Lambda):
        return call.run.apply(function.node, [], [call.receiver])
    return UNKNOWN


@both("pivot transpose to_dummies unnest upsample", "**")
@both("group_by_dynamic rolling join_asof join_where merge_sorted describe corr with_columns_seq select_seq", "**")
@both("hstack vstack extend partition_by", "*args **")
def by_data(call: Call) -> Type:
    name = call.node.func.attr if isinstance(call.node.func, ast.Attribute) else ""
    if name in ("partition_by", "rolling", "group_by_dynamic"):
        return UNKNOWN
    if name in ("vstack", "extend", "merge_sorted"):
        return call.table
    return unknown_table(call.table.flavour)


@method("polars", "to_pandas", "**")
def to_pandas(call: Call) -> Type:
    return replace(call.table, flavour="pandas", index=())


@method("polars", "to_arrow", "**")
def to_arrow(call: Call) -> Type:
    return replace(call.table, flavour="arrow")


@method("polars", "get_column", "name default")
def get_column(call: Call) -> Type:
    name = call.text("name")
    return Series(get(call.table, name), "polars") if name else UNKNOWN


@method("polars", "to_series", "index")
def to_series(call: Call) -> Type:
    index = call.value("index", 0)
    if call.table.open or not isinstance(index, int) or not 0 <= index < len(call.table.columns):
        return UNKNOWN
    return Series(call.table.columns[index], "polars")


@method("polars", "to_numpy", "**")
def to_numpy(call: Call) -> Type:
    return Opaque("numpy.ndarray")


@method("polars", "to_dicts rows iter_rows to_dict", "**")
def python_rows(call: Call) -> Type:
    return Collection("sequence") if call.node else UNKNOWN


@method("polars", "drop_in_place", "name", changes=True)
def drop_in_place(call: Call) -> Type:
    name = call.text("name")
    if name is None:
        return replace(call.table, columns=tuple(replace(c, maybe=True) for c in call.table.columns))
    return drop(call.table, [name])


@method("polars", "insert_column replace_column", "index column", changes=True)
def insert_column(call: Call) -> Type:
    return replace(call.table, open=True, columns=tuple(replace(c, maybe=True) for c in call.table.columns))


@both("sql", "query table_name eager")
def sql(call: Call) -> Type:
    text = call.text("query")
    argument = call["query"]
    node = argument.node if argument is not None else None
    found = call.run.sql(text, {call.text("table_name") or "self": call.table}, node) if text else None
    return replace(found, flavour=call.table.flavour, index=(), case_sensitive=True) if found else call.unknown
