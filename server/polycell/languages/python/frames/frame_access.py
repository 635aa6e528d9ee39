"""Attributes, subscripts and assignments of tables."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

from polycell.core.types import (
    BOOL,
    FLOAT64,
    INT64,
    STRING,
    UNKNOWN,
    Collection,
    Column,
    DataType,
    GroupBy,
    Opaque,
    Record,
    Row,
    Scalar,
    Schema,
    Series,
    Table,
    Type,
)
from polycell.core.values import replace
from polycell.languages.python.frames import catalogue, column_index, holders, labels, row_labels
from polycell.languages.python.frames.columns import (
    LEVELS,
    UNKNOWN_INDEX,
    get,
    opened,
    pick,
    placed,
    put,
    retype,
    sure,
    unknown_table,
    untyped,
    with_columns,
    without_labels,
)
from polycell.languages.python.frames.duckdb_names import may_be_doubled
from polycell.languages.python.frames.registry import Evaluator
from polycell.languages.python.syntax.values import collection, known_texts, value_of

_ATTRIBUTES: dict[str, Type] = {
    "shape": Collection("tuple", Scalar(INT64)),
    "size": Scalar(INT64),
    "ndim": Scalar(INT64),
    "empty": Scalar(BOOL),
    "height": Scalar(INT64),
    "width": Scalar(INT64),
    "values": Opaque("numpy.ndarray"),
}


_OF_SPARK: Mapping[str, Callable[[Table], Type]] = {
    "write": catalogue.writer,
    "rdd": lambda table: Collection("rdd", Row(table, "spark row")),
    "na": lambda table: Record((("(frame)", table),), "pyspark.sql.DataFrameNaFunctions"),
    "schema": Schema,
}


def series(table: Table, name: str) -> Type:
    if not name and table.flavour == "pandas":
        return UNKNOWN  # as an index it would look like one without a name
    if table.library == "dask":
        return UNKNOWN  # its sums and means are no numbers yet
    if table.column(name) is None and not table.open and name not in {c.name for c in table.index}:
        return UNKNOWN
    if get(table, name).type == LEVELS:
        return unknown_table(table.flavour, table.index)
    return Series(get(table, name), table.flavour, table.index)


def attribute(table: Table, name: str) -> Type:
    if name == "columns":
        doubted = table.flavour == "duckdb" and may_be_doubled(table)
        return column_index.index_of(opened(table) if doubted else table)
    table = without_labels(table)
    if table.flavour == "pandas" and name == "T":
        return row_labels.turned(table)
    if name in _ATTRIBUTES:
        return _ATTRIBUTES[name]
    if table.flavour == "pandas" and name == "dtypes":
        labels = (replace(c, type=None) for c in table.columns)
        return Series(Column("", None), "pandas", row_labels.index_of(labels, table))
    if table.flavour == "pandas" and name == "style":
        return holders.holding(table, holders.STYLER)
    if table.flavour == "polars" and name == "style":
        return holders.holding(table, holders.PRINTED)
    if table.flavour == "pandas" and name in ("index", "plot", "loc", "iloc", "at", "iat"):
        return Opaque("pandas.Index") if name == "index" else UNKNOWN
    if table.flavour == "spark" and table.column(name) is None and (made := _OF_SPARK.get(name)) is not None:
        return made(table)
    return series(table, name) if table.flavour in ("pandas", "spark") and table.column(name) is not None else UNKNOWN


def subscript(run: Evaluator, table: Table, where: ast.expr) -> Type:
    if isinstance(where, ast.Slice):
        return table
    if table.flavour == "polars" and isinstance(where, ast.Tuple):
        rows, columns = _rows_and_columns(where)
        one = not isinstance(rows, (ast.Slice, ast.List)) and not isinstance(run.evaluate(rows), (Series, Collection))
        return UNKNOWN if one or columns is None else _polars_columns(run, table, columns)
    key = run.evaluate(where)
    value = value_of(key)
    if table.labelled:
        tuple_ = isinstance(key, Collection) and key.kind == "tuple"
        return labels.subscript(table, tuple(value) if tuple_ and isinstance(value, list) else value)
    if isinstance(key, Collection) and key.kind == "tuple" and table.flavour == "pandas":
        return UNKNOWN  # one name that is a tuple
    if isinstance(value, str):
        return series(table, value)
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return pick(table, value)
    if isinstance(value, list) and value and all(isinstance(v, bool) for v in value):
        return table
    if table.flavour == "polars" and (type(value) is int or (isinstance(value, list) and value)):
        picked = value if isinstance(value, list) else [value]
        return table if all(type(v) is int for v in picked) else UNKNOWN
    if table.flavour == "spark" and _is_spark_condition(where):
        return table
    if table.flavour == "pandas":
        if isinstance(key, Series) and key.column.type == BOOL:
            return table
        if isinstance(key, Table):  # df[df > 0]
            return untyped(table)
        if isinstance(where, (ast.Compare, ast.BoolOp)) or _is_mask(where):
            return table
        if isinstance(where, (ast.List, ast.ListComp)) or isinstance(key, Collection):
            return unknown_table("pandas", table.index)
    return UNKNOWN


def _polars_columns(run: Evaluator, table: Table, columns: ast.expr) -> Type:
    """`df[rows, columns]`."""
    if isinstance(columns, ast.Slice):
        return _sliced(run, table, "iloc", columns)
    found = _chosen(run, table, "loc", columns)
    return found if found != UNKNOWN else _chosen(run, table, "iloc", columns)


def _is_mask(node: ast.expr) -> bool:
    """Whether an expression can only be a mask of rows: comparisons put together."""
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.Invert)
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.BitAnd, ast.BitOr)):
        return _is_mask(node.left) or _is_mask(node.right)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in ("isin", "between", "isna", "isnull", "notna", "notnull", "duplicated")
    return isinstance(node, ast.Compare)


_SPARK_CONDITIONS = frozenset(
    {
        "isin",
        "between",
        "isNull",
        "isNotNull",
        "isNaN",
        "like",
        "rlike",
        "ilike",
        "contains",
        "startswith",
        "endswith",
        "eqNullSafe",
    }
)


def _is_spark_condition(node: ast.expr) -> bool:
    """Whether `df[…]` keeps rows: what stands there can only be a condition."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in _SPARK_CONDITIONS
    return _is_mask(node)


def _rows_and_columns(where: ast.expr) -> tuple[ast.expr, ast.expr | None]:
    if isinstance(where, ast.Tuple) and len(where.elts) == 2:
        return where.elts[0], where.elts[1]
    return where, None


def _one_row(run: Evaluator, rows: ast.expr) -> bool | None:
    """Whether a row selector picks one row; None when it is not evident."""
    if isinstance(rows, (ast.Slice, ast.List, ast.ListComp, ast.Compare)) or _is_mask(rows):
        return False
    type_ = run.evaluate(rows)
    if isinstance(type_, (Series, Collection)) or (isinstance(type_, Opaque) and type_.name == "pandas.Index"):
        return False
    return True if isinstance(type_, Scalar) else None


def located(run: Evaluator, table: Table, how: str, where: ast.expr) -> Type:
    """`df.loc[rows, columns]`, `iloc`, `at`, `iat`."""
    rows, columns = _rows_and_columns(where)
    if table.flavour != "pandas" or how == "ix":
        return UNKNOWN
    table = without_labels(table)
    one = _one_row(run, rows)
    if how == "iat":
        chosen = _chosen(run, table, "iloc", columns)
        return value_in(chosen) if isinstance(chosen, Series) else UNKNOWN
    if how == "at":  # a label may stand at several rows, whose values are a series then
        return UNKNOWN
    chosen = _chosen(run, table, how, columns)
    if one is None:
        return UNKNOWN
    if one and columns is None and how == "iloc":
        return Row(table, "series")
    if one:  # by a label several rows may be meant
        if how == "iloc" and isinstance(chosen, Series):
            return value_in(chosen)
        return row_labels.row(table, value_of(run.evaluate(rows))) if columns is None else UNKNOWN
    return chosen


def value_in(column: Series) -> Type:
    """One value of a column; of one with gaps it may be another type's."""
    one = column.column
    return Scalar(one.type) if one.type is not None and not one.nullable else UNKNOWN


def _chosen(run: Evaluator, table: Table, how: str, columns: ast.expr | None) -> Type:
    if columns is None:
        return table
    if isinstance(columns, ast.Slice):
        return _sliced(run, table, how, columns)
    type_ = run.apply(columns, [], [table]) if isinstance(columns, ast.Lambda) else run.evaluate(columns)
    value = value_of(type_)
    truths = column_index.truths_of(type_)
    if truths is not None and not placed(table):
        return unknown_table(table.flavour, table.index)
    if truths is not None:
        return pick(table, [c.name for c, kept in zip(table.columns, truths, strict=False) if kept])
    if how == "loc":
        if isinstance(value, str):
            return series(table, value)
        if isinstance(value, list) and all(isinstance(v, str) for v in value):
            return pick(table, value)
    elif not table.open and not any(c.maybe for c in table.columns):
        names = [c.name for c in table.columns]
        if type(value) is int and -len(names) <= value < len(names):
            return series(table, names[value])
        if isinstance(value, list) and all(type(v) is int and -len(names) <= v < len(names) for v in value):
            return pick(table, [names[v] for v in value])
    mask = isinstance(columns, ast.Compare) or _is_mask(columns)  # of which columns is not known
    return unknown_table(table.flavour, table.index) if mask or isinstance(type_, (Collection, Series)) else UNKNOWN


def _sliced(run: Evaluator, table: Table, how: str, columns: ast.Slice) -> Type:
    if columns.lower is None and columns.upper is None and columns.step is None:
        return table
    parts = (columns.lower, columns.upper, columns.step)
    bounds = [value_of(run.evaluate(b)) if b is not None else None for b in parts]
    names = [c.name for c in table.columns]
    unsure = table.open or any(c.maybe for c in table.columns)
    step = bounds[2]
    if not unsure and (step is None or (type(step) is int and step != 0)):
        if how == "iloc" and all(b is None or type(b) is int for b in bounds):
            return pick(table, names[slice(*bounds)])
        if how == "loc" and step in (None, 1) and all(b is None or b in names for b in bounds[:2]):
            start = names.index(bounds[0]) if bounds[0] is not None else 0
            end = names.index(bounds[1]) + 1 if bounds[1] is not None else len(names)
            return pick(table, names[start:end])
        if how == "loc" and bounds[0] is bounds[1] is None:
            return pick(table, names[::step])
    return unknown_table(table.flavour, table.index)


def column_from(run: Evaluator, name: str, type_: Type, node: ast.AST, value: ast.AST) -> Column:
    """The column that an assigned value makes."""
    origin = run.place(node, name)
    source = run.text_of(value)
    if isinstance(type_, Series):
        return replace(type_.column.named(name, origin), source=source, maybe=False, nullable=None)
    if isinstance(type_, Scalar) and type_.type.name not in ("null", "path"):
        return Column(name, type_.type, None, origin=origin, source=source)
    if isinstance(type_, Collection) and isinstance(type_.element, Scalar) and type_.kind in ("list", "array", "tuple"):
        return Column(name, _element(type_), None, origin=origin, source=source)
    return Column(name, None, origin=origin, source=source)


def _element(type_: Collection) -> DataType | None:
    element = type_.element
    return element.type if isinstance(element, Scalar) and element.type.name not in ("null", "path") else None


def set_item(run: Evaluator, table: Table, where: ast.expr, type_: Type, value: ast.AST) -> Table:
    """`df[where] = value`, which Spark refuses and polars for one name."""
    if table.flavour == "spark":
        return table
    if table.labelled:
        return unknown_table("pandas", table.index)
    if isinstance(where, ast.Slice):
        return untyped(table)
    key = run.evaluate(where)
    name = value_of(key)
    if isinstance(name, str):
        if table.flavour == "pandas" and not table.columns and not table.open:  # it takes the rows of its first column
            plain = isinstance(type_, (Scalar, Collection))
            table = replace(table, index=type_.index if isinstance(type_, Series) else () if plain else UNKNOWN_INDEX)
        return put(table, column_from(run, name, type_, where, value))
    if isinstance(key, Collection) and key.kind == "tuple":
        return opened(untyped(table))  # one name that is a tuple
    if isinstance(name, list) and name and all(isinstance(n, str) for n in name):
        for one in name:
            column = Column(one, None, origin=run.place(where, one), source=run.text_of(value))
            if isinstance(type_, Table) and len(type_.columns) == len(name) and not type_.open:
                column = replace(column, type=type_.columns[name.index(one)].type)
            elif isinstance(type_, Scalar) and type_.type.name not in ("null", "path"):
                column = replace(column, type=type_.type)
            table = put(table, column)
        return table
    if isinstance(key, (Series, Table)) or isinstance(where, ast.Compare) or _is_mask(where):
        return untyped(table)  # values under a mask
    return opened(untyped(table))


def set_located(run: Evaluator, table: Table, how: str, where: ast.expr, type_: Type, value: ast.AST) -> Table:
    """`df.loc[rows, columns] = value`: names that are new are added, types of the others may widen."""
    table = without_labels(table)
    rows, columns = _rows_and_columns(where)
    if not isinstance(rows, ast.Slice):
        row = run.evaluate(rows)
        if not _is_mask(rows) and not isinstance(row, (Series, Table)):
            table = _grown(table, number=isinstance(row, Scalar) and row.type == INT64)
    if columns is None or how in ("iloc", "iat"):
        return _widened(table, None)
    if isinstance(columns, ast.Slice):
        return _widened(table, None)
    names = value_of(run.evaluate(columns))
    names = [names] if isinstance(names, str) else names
    if not (isinstance(names, list) and all(isinstance(n, str) for n in names)):
        return opened(_widened(table, None))
    present = {c.name for c in table.columns}
    table = _widened(table, set(names))
    for name in names:
        if name in present:
            if any(c.name == name and c.maybe for c in table.columns):  # else it is new, and other rows are missing
                table = retype(table, {name: None})
            table = put(table, get(table, name).one_with(Column(name, origin=run.place(columns, name))))
        else:
            column = column_from(run, name, type_, columns, value)
            whole = isinstance(rows, ast.Slice) and rows.lower is rows.upper is None
            if not whole and column.type is not None and (column.type == BOOL or "int" in column.type.name):
                column = replace(column, type=None)  # the other rows are missing
            table = put(table, column)
    return table


def _grown(table: Table, *, number: bool) -> Table:
    """The table with perhaps a row more, of missing values: whole numbers and truth values are no longer sure.
    `number`: its label is one."""
    columns = (replace(c, type=None) if c.type is not None and (c.type == BOOL or "int" in c.type.name) else c
               for c in table.columns)  # fmt: skip
    labels = table.index if table.index or number else (Column("", None),)
    index = tuple(replace(c, type=None) for c in labels) if len(labels) < 2 else UNKNOWN_INDEX
    return replace(table, columns=tuple(columns), index=index)


def _widened(table: Table, names: set[str] | None) -> Table:
    columns = (
        replace(c, type=c.type if c.type in (STRING, FLOAT64) and names is not None else None, nullable=None)
        if names is None or c.name in names
        else c
        for c in table.columns
    )
    return replace(table, columns=tuple(replace(c, type=None) if names is None else c for c in columns))


def set_attribute(run: Evaluator, table: Table, target: ast.Attribute, type_: Type, value: ast.AST) -> Table:
    """`df.columns = […]`, `df.index = …`, `df.x = …` (which sets a column only when there is one)."""
    name = target.attr
    if name == "columns":
        return renamed(run, table, type_, value)
    if name == "index":
        if isinstance(type_, Series):
            return replace(table, index=(Column(type_.column.name, type_.column.type).with_origins(type_.column),))
        if isinstance(type_, Collection) and column_index.labels_of(type_) is None:
            return replace(table, index=(Column("", None),))
        return replace(table, index=UNKNOWN_INDEX)
    if table.flavour == "pandas" and table.column(name) is not None:
        return put(table, column_from(run, name, type_, target, value))
    return table


def renamed(run: Evaluator, table: Table, type_: Type, value: ast.AST) -> Table:
    """All columns named anew."""
    names = value_of(type_)
    if not (isinstance(names, list) and all(isinstance(n, str) for n in names)):
        found = column_index.labels_of(type_)
        if found is not None and len(found) == len(table.labelled):
            return replace(table, labelled=tuple(zip(found, (c for _, c in table.labelled), strict=True)))
        if found is None or table.flavour != "pandas":
            return unknown_table(table.flavour, table.index)
        same = len(found) == len(table.columns) and placed(table)
        kept = [replace(c, name=label[-1]) for c, label in zip(table.columns, found, strict=True)] if same else []
        return labels.table_of(zip(found, kept or [Column(label[-1]) for label in found], strict=True), table.index)
    if table.labelled:
        table = labels.plain(table) if len(names) == len(table.labelled) else unknown_table("pandas", table.index)
    same = len(names) == len(table.columns) and not table.open and not any(c.maybe for c in table.columns)
    old = table.columns if same else ()
    columns = []
    for i, name in enumerate(names):
        before = old[i] if same else Column(name, None)
        given = Column(name, origin=run.place(value, name))
        before = before.one_with(given) if before.name == name and before.origin else before.named(name, given.origin)
        columns.append(before)
    return with_columns(replace(table, open=False), columns)


def index_renamed(index: tuple[Column, ...], attribute: str, type_: Type) -> tuple[Column, ...]:
    """The index after `….index.name = …` or `….index.names = […]`, which names all of its levels."""
    if attribute == "names":
        names = known_texts(type_) if isinstance(type_, Collection) else None
        if not names or (index != UNKNOWN_INDEX and len(names) != max(len(index), 1)):
            return UNKNOWN_INDEX
        levels = index if index and index != UNKNOWN_INDEX else tuple(Column("", None) for _ in names)
        return tuple(level.named(name, None) for level, name in zip(levels, names, strict=True))
    name = value_of(type_)
    if index == UNKNOWN_INDEX or len(index) > 1 or not isinstance(name, str):
        return UNKNOWN_INDEX
    return (index[0].named(name, None),) if index else (Column(name, None),)


def group_element(type_: Type) -> Type | None:
    """What a loop over groups binds: the key and the rows of one group."""
    if not isinstance(type_, GroupBy):
        return None
    table, key = type_.table, _group_key(type_)
    if type_.single:
        return collection("tuple", (key, UNKNOWN))
    if type_.selected is not None:
        return collection("tuple", (key, unknown_table(table.flavour)))
    return collection("tuple", (key, table))


_KEYS = (INT64, FLOAT64, STRING, BOOL)


def _group_key(groups: GroupBy) -> Type:
    """The values by which a group is named: one by itself where pandas was given no list."""
    found = (groups.table.column(name) for name in groups.keys)
    values = [Scalar(c.type) if c is not None and sure(c) and not c.nullable and c.type in _KEYS and c.type else UNKNOWN
              for c in found]  # fmt: skip
    if groups.table.flavour == "pandas" and len(values) == 1 and not groups.listed:
        return values[0]
    return collection("tuple", tuple(values)) if values else UNKNOWN
