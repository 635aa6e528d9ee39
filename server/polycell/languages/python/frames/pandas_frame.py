"""pandas frames: operations that keep, choose, rename or add columns. Oracle in the tests: pandas itself."""

from __future__ import annotations

import ast
import re

from polycell.core.types import (
    BOOL,
    FLOAT64,
    INT64,
    STRING,
    UNKNOWN,
    Collection,
    Column,
    DataType,
    Function,
    Opaque,
    Record,
    Scalar,
    Series,
    Table,
    Type,
)
from polycell.core.values import replace
from polycell.languages.python.frames import column_index, duplicates, frame_access
from polycell.languages.python.frames.columns import (
    UNKNOWN_INDEX,
    axis_named,
    drop,
    get,
    index_known,
    of_kind,
    opened,
    pick,
    put,
    rename,
    retype,
    typed,
    unknown_table,
    untyped,
    with_columns,
    without_labels,
)
from polycell.languages.python.frames.registry import Argument, Call, method
from polycell.languages.python.syntax.values import NOT_KNOWN, known_texts, of_value, value_of
from polycell.tables.dtypes import dtype_of

COLUMNS_AXIS = (1, "columns")
ROWS_AXIS = (0, "index", "rows")


@method("pandas", "head tail", "n", labels=True)
@method("pandas", "copy", "deep", labels=True)
@method("pandas", "sample", "n frac replace weights random_state axis ignore_index")
@method("pandas", "query", "expr **")
@method("pandas", "nlargest nsmallest", "n columns keep")
@method("pandas", "drop_duplicates", "subset keep ignore_index")
@method("pandas", "truncate", "before after axis copy")
@method("pandas", "take", "indices axis")
@method("pandas", "first last", "offset")
@method("pandas", "infer_objects", "copy")
def same(call: Call) -> Type:
    table = call.table
    if call.value("axis", 0) not in (0, "index", None):
        return call.unknown
    if call.value("ignore_index", False) is not False:
        return replace(table, index=())
    return table


@method("pandas", "sort_values", "by axis ascending kind na_position ignore_index key", labels=True)
@method("pandas", "sort_index", "axis level ascending kind na_position sort_remaining ignore_index key", labels=True)
def sorted_rows(call: Call) -> Type:
    table = call.table
    if call.value("axis", 0) not in ROWS_AXIS:
        return opened(without_labels(table))
    return replace(table, index=()) if call.value("ignore_index", False) is not False else table


@method("pandas", "dropna", "axis how thresh subset ignore_index")
def dropna(call: Call) -> Type:
    table = call.table
    axis = call.value("axis", 0)
    if axis in COLUMNS_AXIS:
        return replace(table, columns=tuple(replace(c, maybe=True) for c in table.columns))
    if axis not in ROWS_AXIS:
        return call.unknown
    return replace(table, index=()) if call.value("ignore_index", False) is not False else table


@method("pandas", "fillna", "value method axis limit downcast")
def fillna(call: Call) -> Type:
    """A value of a column's own kind keeps its type; any other may widen it."""
    value = call["value"]
    if value is None:
        return call.table
    filler = value.type.type if isinstance(value.type, Scalar) else None
    kept = (c if _takes_value(c.type, filler) else replace(c, type=None) for c in call.table.columns)
    return replace(call.table, columns=tuple(kept))


def _takes_value(type_: DataType | None, filler: DataType | None) -> bool:
    return filler is not None and (filler == type_ or (type_ == FLOAT64 and filler == INT64))


@method("pandas", "ffill bfill pad backfill", "axis limit limit_area")
@method("pandas", "clip", "lower upper axis **")
@method("pandas", "replace", "to_replace value limit regex method")
@method("pandas", "where mask", "cond other axis level **")
@method("pandas", "interpolate", "method axis limit **")
@method("pandas", "convert_dtypes", "**")
@method("pandas", "shift diff", "periods axis **")
@method("pandas", "cumsum cumprod cummax cummin", "axis skipna numeric_only")
@method("pandas", "transform", "func")
@method("pandas", "map applymap", "func na_action **")
@method("pandas", "add sub mul div mod pow floordiv truediv radd rsub rmul rdiv", "other axis level fill_value")
def same_names(call: Call) -> Type:
    other = call["other"]
    function = call["func"]
    if function is not None and isinstance(function.type, (Collection, Record)):
        return call.unknown  # several functions make columns of two levels
    if other is not None and not isinstance(other.type, Scalar):
        return call.unknown if not isinstance(other.type, Series) else unknown_table("pandas", call.table.index)
    if call.value("numeric_only", False) is not False:
        return call.unknown
    return untyped(call.table)


@method("pandas", "abs")
@method("pandas", "round", "decimals", labels=True)
def rounded(call: Call) -> Type:
    return call.table


@method("pandas", "isin", "values")
@method("pandas", "isna isnull notna notnull")
def missing(call: Call) -> Type:
    return typed(call.table, BOOL)


@method("pandas", "eq ne lt gt le ge", "other axis level")
def compared(call: Call) -> Type:
    return typed(call.table, BOOL)


@method("pandas", "pct_change", "periods **")
def pct_change(call: Call) -> Type:
    return typed(call.table, None)


@method("pandas", "rank", "axis method numeric_only na_option ascending pct")
def rank(call: Call) -> Type:
    return typed(call.table, FLOAT64) if call.value("numeric_only", False) is False else call.unknown


@method("pandas", "drop", "labels axis index columns level errors")
def dropped(call: Call) -> Type:
    if call["level"] is not None:
        return call.unknown
    table = call.table
    columns = call["columns"]
    if call["labels"] is not None:
        axis = call.value("axis", 0)
        if axis in COLUMNS_AXIS:
            columns = call["labels"]
        elif axis not in ROWS_AXIS:
            return call.unknown
    if columns is None:
        return table
    names = known_texts(columns.type)
    if names is None:
        # Which ones go is not known: each may.
        return replace(table, columns=tuple(replace(c, maybe=True) for c in table.columns))
    return drop(table, names)


@method("pandas", "rename", "mapper index columns axis copy level errors")
def renamed(call: Call) -> Type:
    columns = call["columns"]
    if columns is None and call["mapper"] is not None:
        axis = call.value("axis", 0)
        if axis in COLUMNS_AXIS:
            columns = call["mapper"]
        elif axis not in ROWS_AXIS:
            return call.unknown
    if call["level"] is not None:
        return call.unknown
    if columns is None:
        return call.table
    if isinstance(columns.type, Function) or not isinstance(columns.value, dict):
        return _renamed_by(call, columns)
    names = columns.value
    if not all(isinstance(v, str) for v in names.values()):
        return unknown_table("pandas", call.table.index)
    return rename(call.table, names, call.new_name(columns.node))


def _renamed_by(call: Call, function: Argument) -> Table:
    """`columns=str.lower`, `columns=lambda c: …`: computed for each name; unknown names otherwise."""
    table = call.table
    made = []
    for column in table.columns:
        name = value_of(call.run.apply(function.node, [], [of_value(column.name)]))
        if not isinstance(name, str):
            return unknown_table("pandas", table.index)
        made.append(replace(column, name=name))  # made out of the old name: known by where that was given
    return with_columns(table, made)


@method("pandas", "add_prefix", "prefix axis")
@method("pandas", "add_suffix", "suffix axis")
def affixed(call: Call) -> Type:
    prefix, suffix = call.value("prefix", ""), call.value("suffix", "")
    axis = call.value("axis")
    if not isinstance(prefix, str) or not isinstance(suffix, str) or axis not in (None, *COLUMNS_AXIS):
        return unknown_table("pandas", call.table.index)
    return with_columns(call.table, (replace(c, name=f"{prefix}{c.name}{suffix}") for c in call.table.columns))


@method("pandas", "set_axis", "labels axis copy")
def set_axis(call: Call) -> Type:
    labels = call["labels"]
    if labels is None or call.value("axis", 0) not in COLUMNS_AXIS:
        return replace(call.table, index=UNKNOWN_INDEX) if call.value("axis", 0) in ROWS_AXIS else call.unknown
    return frame_access.renamed(call.run, call.table, labels.type, labels.node)


@method("pandas", "rename_axis", "mapper index columns axis copy")
def rename_axis(call: Call) -> Type:
    name = call.text("mapper") or call.text("index")
    if name and len(call.table.index) <= 1 and index_known(call.table) and call.value("axis", 0) in ROWS_AXIS:
        before = call.table.index[0] if call.table.index else Column("", None)
        named = call["mapper"] or call["index"]
        origin = call.run.place(named.node, name) if named is not None else None
        return replace(call.table, index=(before.named(name, origin),))
    of_columns = call["columns"] or (call["mapper"] if call.value("axis", 0) in COLUMNS_AXIS else None)
    if of_columns is None:
        return replace(call.table, index=UNKNOWN_INDEX)
    return call.table if value_of(of_columns.type) is None else axis_named(call.table)


@method("pandas", "assign", "**")
def assign(call: Call) -> Type:
    """Each value may be a function of the frame as it is then."""
    table = call.table
    for name, argument in (call.extra or {}).items():
        type_: Type = argument.type
        if isinstance(argument.node, ast.Lambda):
            type_ = call.run.apply(argument.node, [], [table])
        column = frame_access.column_from(call.run, name, type_, argument.node, argument.node)
        span_name = next((k for k in call.node.keywords if k.arg == name), None)
        if span_name is not None:
            column = replace(column, origin=call.run.place(span_name, name))
        table = put(table, column)
    return table


@method("pandas", "insert", "loc column value allow_duplicates", changes=True)
def insert(call: Call) -> Type:
    table, name, at = call.table, call.text("column"), call.value("loc")
    value = call["value"]
    duplicates.judge_insert(call, name)
    if name is None or value is None or call["allow_duplicates"] is not None:
        return opened(untyped(table))
    if table.column(name) is not None:  # else pandas refuses: it was not there
        return opened(retype(table, {name: None}))
    made = frame_access.column_from(call.run, name, value.type, call["column"].node, value.node)  # type: ignore[union-attr]
    if type(at) is not int or table.open or at < 0:
        where = call["loc"]
        last = where is not None and call.run.text_of(where.node).startswith("len(")
        return put(table, made) if last else opened(put(table, made))
    return replace(table, columns=(*table.columns[:at], made, *table.columns[at:]))


def _column(call: Call) -> Type:
    name = call.text("item")
    return frame_access.series(call.table, name) if name is not None else UNKNOWN


@method("pandas", "pop", "item", changes=True, value=_column)
def pop(call: Call) -> Type:
    name = call.text("item")
    table = call.table
    if name is None:
        return opened(replace(table, columns=tuple(replace(c, maybe=True) for c in table.columns)))
    return drop(table, [name])


@method("pandas", "update", "other **", changes=True)
def update(call: Call) -> Type:
    return untyped(call.table)


@method("pandas", "astype", "dtype copy errors")
def astype(call: Call) -> Type:
    dtype = call["dtype"]
    if dtype is None:
        return call.unknown
    if isinstance(dtype.node, ast.Dict):
        types: dict[str, DataType | None] = {}
        for key, value in zip(dtype.node.keys, dtype.node.values, strict=True):
            name = value_of(call.run.evaluate(key)) if key is not None else NOT_KNOWN
            if not isinstance(name, str):
                return untyped(call.table)
            types[name] = dtype_node(call, value)
        return retype(call.table, types)
    if isinstance(dtype.value, dict):
        known = {k: dtype_of(v) if isinstance(v, str) else None for k, v in dtype.value.items()}
        return retype(call.table, known)
    return typed(call.table, dtype_node(call, dtype.node))


def dtype_node(call: Call, node: ast.expr) -> DataType | None:
    """The type that a dtype argument names: `"int64"`, `float`, `np.float32`, `pd.Int64Dtype()`."""
    value = value_of(call.run.evaluate(node))
    if isinstance(value, str):
        return dtype_of(value)
    if isinstance(node, ast.Name):
        return dtype_of(node.id) if node.id in ("int", "float", "str", "bool") else None
    if isinstance(node, ast.Attribute):
        name = node.attr.rstrip("_")
        return dtype_of(name) if re.fullmatch(r"(u?int|float)\d+|bool", name) else None
    return None


@method("pandas", "select_dtypes", "include exclude")
def select_dtypes(call: Call) -> Type:
    include, exclude = call.texts("include"), call.texts("exclude")
    table = call.table
    words = include if include is not None else exclude
    if words is None or (include is not None and call["exclude"] is not None):
        return replace(table, columns=tuple(replace(c, maybe=True) for c in table.columns))
    # What a string's dtype is called depends on pandas' version, and bytes and dates are objects.
    kept, understood = of_kind(table, set(words))
    if not understood:
        return replace(table, columns=tuple(replace(c, maybe=True) for c in table.columns))
    if include is not None:
        return replace(table, columns=tuple(kept))
    certain = {c.name for c in kept if not c.maybe}
    unsure = {c.name for c in kept if c.maybe}
    return replace(
        table,
        columns=tuple(replace(c, maybe=c.maybe or c.name in unsure) for c in table.columns if c.name not in certain),
    )


@method("pandas", "filter", "items like regex axis")
def filtered(call: Call) -> Type:
    table = call.table
    if call.value("axis", 1) not in (None, *COLUMNS_AXIS):
        return call.unknown
    items, like, regex = call.texts("items"), call.text("like"), call.text("regex")
    if items is not None:
        kept = [n for n in items if table.column(n) is not None]
        return with_columns(table, (get(table, n) for n in kept)) if not table.open else opened(pick(table, kept))
    if like is not None:
        return replace(table, columns=tuple(c for c in table.columns if like in c.name))
    if regex is not None and len(regex) < 200 and not re.search(r"[*+}]\)?[*+{]", regex):
        try:
            pattern = re.compile(regex)
        except re.error:
            return call.unknown
        return replace(table, columns=tuple(c for c in table.columns if pattern.search(c.name)))
    return replace(table, columns=tuple(replace(c, maybe=True) for c in table.columns))


@method("pandas", "reindex", "labels index columns axis **")
def reindexed(call: Call) -> Type:
    by_axis = call["labels"] is not None and call.value("axis", 0) in (1, "columns") and call["columns"] is None
    names = call.texts("labels" if by_axis else "columns")
    if names is not None and call["index"] is None and (call["labels"] is None or by_axis):
        return with_columns(
            replace(call.table, open=False),
            (
                replace(get(call.table, n), type=None) if call.table.column(n) is None else get(call.table, n)
                for n in names
            ),
        )
    if call["columns"] is not None or call.value("axis", 0) not in ROWS_AXIS:
        return call.unknown
    return replace(untyped(call.table), index=UNKNOWN_INDEX)


@method("pandas", "asfreq", "freq **")
def asfreq(call: Call) -> Type:
    return untyped(call.table)


@method("pandas", "combine_first", "other")
def combine_first(call: Call) -> Type:
    """The columns of both (older versions sort them)."""
    other, table = call["other"], call.table
    if other is None or not isinstance(other.type, Table):
        return unknown_table("pandas")
    mine = {c.name for c in table.columns}
    added = [replace(c, type=None) for c in other.type.columns if c.name not in mine]
    made = replace(untyped(table), index=UNKNOWN_INDEX, open=table.open or other.type.open)
    return with_columns(made, (*made.columns, *added))


@method("pandas", "eval", "expr **")
def evaluated(call: Call) -> Type:
    """`df.eval("c = a + b")` sets columns; an expression alone gives a series, or a frame's mask."""
    text = call.text("expr")
    if text is None or call.extra:
        return UNKNOWN
    table, seen = call.table, False
    for line in filter(None, (line.strip() for line in text.splitlines())):
        found = re.match(r"([A-Za-z_]\w*)\s*=(?!=)", line)
        if found is None:
            return UNKNOWN if not seen else call.unknown
        seen = True
        origin = call.place("expr", found[1])
        table = put(table, Column(found[1], None, origin=origin, source=line))
    return table if seen else UNKNOWN


@method("pandas", "pipe", "func *args **")
def pipe(call: Call) -> Type:
    function = call["func"]
    if function is None:
        return call.unknown
    owner = call.node.func
    receiver = [owner.value] if isinstance(owner, ast.Attribute) else []
    return call.run.apply(function.node, [*receiver, *(a.node for a in call.rest)], [call.receiver])


@method("pandas", "keys")
def keys(call: Call) -> Type:
    return column_index.index_of(call.table)


@method("pandas", "get", "key default")
def get_column(call: Call) -> Type:
    name = call.text("key")
    return Series(get(call.table, name), "pandas", call.table.index) if name else UNKNOWN


@method("pandas", "to_records", "**")
def record_array(call: Call) -> Type:
    return Opaque("numpy.recarray")


@method("pandas", "to_csv to_json", "path_or_buf **")
def written(call: Call) -> Type:
    return UNKNOWN if call["path_or_buf"] is not None else Scalar(STRING)
