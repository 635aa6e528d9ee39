"""PySpark frames: names mostly, since Spark's own types come from where the data are."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence

from polycell.core.types import (
    BOOL,
    FLOAT64,
    INT64,
    NULL,
    STRING,
    UNKNOWN,
    Collection,
    Column,
    DataType,
    GroupBy,
    Scalar,
    Table,
    Type,
    is_numeric,
)
from polycell.core.values import replace
from polycell.languages.python.frames.columns import drop, get, put, rename, sure, unknown_table, with_columns
from polycell.languages.python.frames.expressions import UNNAMED
from polycell.languages.python.frames.refusals import certain
from polycell.languages.python.frames.registry import Call, method
from polycell.languages.python.frames.schema_rules import rows_table, schema_argument
from polycell.languages.python.frames.spark_expressions import NAMED, columns_of, made_of, of_sql
from polycell.languages.python.syntax.values import items_of, known_text, known_texts
from polycell.tables.unseen import TEMPORARY

SESSION = "pyspark.sql.SparkSession"


@method("spark", "filter where", "condition")
@method("spark", "limit", "num")
@method("spark", "offset", "num")
@method("spark", "distinct cache persist unpersist checkpoint localCheckpoint alias hint", "*args")
@method("spark", "dropDuplicates drop_duplicates", "subset")
@method("spark", "orderBy sort sortWithinPartitions", "*cols ascending")
@method("spark", "repartition coalesce repartitionByRange", "*args")
@method("spark", "dropna", "how thresh subset")
@method("spark", "sample", "*args **")
@method("spark", "sampleBy", "*args **")
@method("spark", "replace", "*args **")
@method("spark", "withWatermark", "*args **")
@method("spark", "observe", "*args **")
def same(call: Call) -> Type:
    return call.table


@method("spark", "union unionAll intersect intersectAll subtract exceptAll", "other")
def stacked(call: Call) -> Type:
    """The names of the first; types may widen."""
    return replace(call.table, columns=tuple(replace(c, type=None) for c in call.table.columns))


@method("spark", "unionByName", "other allowMissingColumns")
def union_by_name(call: Call) -> Type:
    other, table = call["other"], call.table
    if other is None or not isinstance(other.type, Table):
        return unknown_table("spark")
    missing = call.value("allowMissingColumns", False)
    if missing is False:
        return stacked(call)
    if missing is not True or table.open or other.type.open:
        return unknown_table("spark")
    added = [c for c in other.type.columns if table.column(c.name) is None]
    columns = (*table.columns, *added)
    return _sparkly(with_columns(table, (replace(c, type=None, nullable=None) for c in columns)))


@method("spark", "fillna", "value subset")
def fillna(call: Call) -> Type:
    return call.table


@method("spark", "select", "*cols")
def select(call: Call) -> Type:
    columns: list[Column] = []
    for argument in call.rest:
        made = columns_of(call.run, argument.node, call.table)
        if made is None:
            return unknown_table("spark")
        columns += made
    missing = not call.table.open and any(not c.source and call.table.column(c.name) is None for c in columns)
    return _sparkly(with_columns(Table(open=missing, flavour="spark"), columns))


@method("spark", "selectExpr", "*expr")
def select_expr(call: Call) -> Type:
    columns: list[Column] = []
    for text in [t for a in call.rest for t in known_texts(a.type) or [""]]:
        if text.strip() == "*" and not call.table.open:
            columns += call.table.columns
            continue
        made = of_sql(call.run, text, call.table) if text else None
        if made is None or made[0].column.name == UNNAMED:
            return unknown_table("spark")
        columns.append(made[0].column)
    return _sparkly(with_columns(Table(flavour="spark"), columns))


def _sparkly(table: Table) -> Table:
    """Spark folds case: names that differ in case only are one, or an error."""
    return replace(table, case_sensitive=False)


@method("spark", "withColumn", "colName col")
def with_column(call: Call) -> Type:
    name, value = call.text("colName"), call["col"]
    if name is None or value is None:
        return replace(call.table, open=True)
    found_ = made_of(call.run, value.node, call.table)
    made = [m.column for m in found_] if found_ is not None else None
    type_ = made[0].type if made and len(made) == 1 else None
    found = call.table.column(name)
    column = Column(
        found.name if found is not None and found.name.casefold() == name.casefold() else name,
        type_,
        origin=call.place("colName", name),
        source=call.run.text_of(value.node),
    )
    return (
        put(call.table, replace(column, name=name))
        if found is None
        else _replaced(call.table, found, replace(column, name=name))
    )


def _replaced(table: Table, old: Column, new: Column) -> Table:
    return replace(table, columns=tuple(new.one_with(old) if c is old else c for c in table.columns))


@method("spark", "withColumnRenamed", "existing new")
def renamed(call: Call) -> Type:
    old, new = call.text("existing"), call.text("new")
    if old is None or new is None:
        return unknown_table("spark")
    found = call.table.column(old)
    if found is None:
        origin = call.place("new", new)
        return call.table if not call.table.open else rename(call.table, {old: new}, lambda a, b: origin)
    renamed = found.named(new, call.place("new", new))
    return with_columns(call.table, (renamed if c is found else c for c in call.table.columns))


@method("spark", "drop", "*cols")
def dropped(call: Call) -> Type:
    table = call.table
    for argument in call.rest:
        texts = known_texts(argument.type)
        if texts is not None:
            table = drop(table, {c.name for n in texts if (c := table.column(n)) is not None})
            continue
        made = made_of(call.run, argument.node, table)
        named = made[0].column.name if made is not None and len(made) == 1 and made[0].plain else None
        # A column of a frame that takes no part in this one is dropped without effect; of several it leaves the rest.
        columns = (
            c
            if named is not None and c.name.casefold() != named.casefold()
            else replace(c, maybe=c.maybe or not c.ambiguous, ambiguous=False)
            for c in table.columns
        )
        table = replace(table, columns=tuple(columns))
    return table


@method("spark", "toDF", "*cols")
def to_df(call: Call) -> Type:
    names = [a.value for a in call.rest]
    if not names:
        return call.table
    if not all(isinstance(n, str) for n in names):
        return unknown_table("spark")
    old = call.table.columns if len(call.table.columns) == len(names) and not call.table.open else ()
    places = [call.run.place(a.node, str(a.value)) for a in call.rest]
    columns = (old[i].named(n, places[i]) if old else Column(n, None, origin=places[i]) for i, n in enumerate(names))
    return _sparkly(with_columns(Table(flavour="spark"), columns))


@method("spark", "withColumns", "colsMap")
def with_many(call: Call) -> Type:
    argument, table = call["colsMap"], call.table
    if argument is None or not isinstance(argument.node, ast.Dict):
        return replace(table, open=True, columns=tuple(replace(c, type=None) for c in table.columns))
    for key, value in zip(argument.node.keys, argument.node.values, strict=True):
        name = known_text(call.run.evaluate(key)) if key is not None else None
        if name is None:
            return replace(table, open=True, columns=tuple(replace(c, type=None) for c in table.columns))
        made = made_of(call.run, value, call.table)
        type_ = made[0].column.type if made is not None and len(made) == 1 else None
        column = Column(name, type_, origin=call.place("colsMap", name), source=call.run.text_of(value))
        found = table.column(name)
        table = _replaced(table, found, column) if found is not None else put(table, column)
    return table


@method("spark", "withColumnsRenamed", "colsMap")
def renamed_many(call: Call) -> Type:
    names = call.value("colsMap")
    if not isinstance(names, dict) or not all(isinstance(v, str) for v in names.values()):
        return unknown_table("spark")
    if call.table.open:
        return unknown_table("spark")
    given = {old.casefold(): (old, new) for old, new in names.items()}
    place = call.new_name(call["colsMap"].node)  # type: ignore[union-attr]
    return with_columns(
        call.table,
        (
            c.named(pair[1], place(*pair)) if (pair := given.get(c.name.casefold())) is not None else c
            for c in call.table.columns
        ),
    )


_UNPIVOT = "ids values variableColumnName valueColumnName"


@method("spark", "unpivot melt", _UNPIVOT)
def unpivot(call: Call) -> Type:
    ids = call.texts("ids")
    variable, value = call.text("variableColumnName"), call.text("valueColumnName")
    if ids is None or not variable or not value:
        return unknown_table("spark")
    made = (*(get(call.table, n) for n in ids), Column(variable, STRING), Column(value, None))
    return _sparkly(with_columns(Table(flavour="spark"), made))


@method("spark", "join", "other on how")
def join(call: Call) -> Type:
    """By names of columns, which come once, first, and as the left side spells them; by a condition, all of both."""
    other, left, how = call["other"], call.table, call.value("how", "inner")
    if other is None or not isinstance(other.type, Table) or not isinstance(how, str):
        return unknown_table("spark")
    kind = how.lower().replace("_", "")
    if kind in ("semi", "leftsemi", "anti", "leftanti"):
        return left
    if kind not in _HOWS or call["on"] is None:
        return unknown_table("spark")
    right, keys = other.type, call.texts("on")
    if keys is None:
        by = call["on"].node if call["on"] is not None else None
        if not isinstance(by, (ast.Compare, ast.BinOp)):
            return unknown_table("spark")
        keys = []
    if left.open or right.open or any(left.column(k) is None or right.column(k) is None for k in keys):
        return unknown_table("spark")
    folded = {k.casefold() for k in keys}
    first = [replace(get(left, k), nullable=None) for k in keys]
    mine = [c for c in left.columns if c.name.casefold() not in folded]
    theirs = [c for c in right.columns if c.name.casefold() not in folded]
    if kind in ("left", "leftouter", "outer", "full", "fullouter"):
        theirs = [replace(c, nullable=True) for c in theirs]
    if kind in ("right", "rightouter", "outer", "full", "fullouter"):
        mine = [replace(c, nullable=True) for c in mine]
    return _beside(left, right, (*first, *mine, *theirs))


def _beside(left: Table, right: Table, columns: Sequence[Column]) -> Table:
    """The columns of both sides of a join. Of several that have one name, which Spark keeps, the first stands for all:
    by the name alone none of them can be meant."""
    twice = {name for name, count in Counter(c.name.casefold() for c in columns).items() if count > 1}
    if not twice:
        return Table(tuple(columns), flavour="spark", case_sensitive=False)
    first: dict[str, Column] = {}
    for column in columns:
        first.setdefault(column.name.casefold(), column)
    sure = certain(left, right)
    made = (replace(c, ambiguous=c.ambiguous or (sure and key in twice)) for key, c in first.items())
    return Table(tuple(made), open=True, flavour="spark", case_sensitive=False)


_HOWS = frozenset({"inner", "left", "leftouter", "right", "rightouter", "outer", "full", "fullouter"})


@method("spark", "crossJoin", "other")
def cross_join(call: Call) -> Type:
    other = call["other"]
    if other is None or not isinstance(other.type, Table) or other.type.open or call.table.open:
        return unknown_table("spark")
    return _beside(call.table, other.type, (*call.table.columns, *other.type.columns))


@method("spark", "transform", "func *args **")
def transform(call: Call) -> Type:
    function = call["func"]
    if function is None or call.rest or call.extra:
        return UNKNOWN
    return call.run.apply(function.node, [], [call.receiver])


@method("spark", "toPandas")
def to_pandas(call: Call) -> Type:
    return replace(call.table, flavour="pandas", index=(), case_sensitive=True)


@method("spark", "groupBy groupby", "*cols")
def group_by(call: Call) -> Type:
    table, keys = call.table, []
    for argument in call.rest:
        made = made_of(call.run, argument.node, table)
        if made is None or any(m.column.name == UNNAMED for m in made):
            return GroupBy(Table(open=True, flavour="spark"), ())
        for one in made:
            if table.column(one.column.name) != one.column:
                found = table.column(one.column.name)
                table = _replaced(table, found, one.column) if found is not None else put(table, one.column)
            keys.append(one.column.name)
    return GroupBy(table, tuple(keys), keyed=False)


def _groups(call: Call) -> GroupBy:
    """Groups, or a whole frame as one group (`df.agg(…)`)."""
    if isinstance(call.receiver, GroupBy):
        return call.receiver
    return GroupBy(call.table, (), keyed=False)


def _grouped(call: Call, columns: list[Column]) -> Type:
    groups = _groups(call)
    keys = [get(groups.table, k) for k in groups.keys]
    if groups.pivoted:
        return replace(unknown_table("spark"), columns=tuple(keys))
    if isinstance(call.receiver, GroupBy) and not keys and groups.table.open:
        return unknown_table("spark")
    return _sparkly(with_columns(Table(flavour="spark"), (*keys, *columns)))


@method("spark groups", "agg", "*exprs")
@method("spark", "agg", "*exprs")
def agg(call: Call) -> Type:
    groups = _groups(call)
    keys = tuple(get(groups.table, k) for k in groups.keys)
    by_name = call.rest[0].value if len(call.rest) == 1 else None
    if isinstance(by_name, dict):
        return _by_name(call, groups, by_name)
    columns: list[Column] = []
    for argument in call.rest:
        made = columns_of(call.run, argument.node, groups.table)
        if made is None or groups.pivoted:
            return replace(unknown_table("spark"), columns=keys)
        columns += made
    return _grouped(call, columns)


def _by_name(call: Call, groups: GroupBy, functions: dict[str, object]) -> Type:
    """`agg({"n": "sum"})` makes `sum(n)`. Of several the order is not known."""
    made = [_named_by(groups.table, column, str(function).casefold()) for column, function in functions.items()]
    known = [column for column in made if column is not None]
    if len(known) == len(made) == 1 and not groups.pivoted:
        return _grouped(call, known)
    keys = tuple(get(groups.table, k) for k in groups.keys)
    return replace(unknown_table("spark"), columns=keys if groups.pivoted else (*keys, *known))


def _named_by(table: Table, name: str, function: str) -> Column | None:
    found = NAMED.get(function)
    if found is None or function not in ("sum", "avg", "mean", "min", "max", "count") or "." in name or "`" in name:
        return None
    if name == "*":
        return Column("count(1)", INT64) if function == "count" else None
    return Column(f"{found[0]}({name})", found[1](get(table, name).type))


@method("spark groups", "count")
def count(call: Call) -> Type:
    return _grouped(call, [Column("count", INT64)])


@method("spark groups", "sum avg mean min max", "*cols")
def reduced(call: Call) -> Type:
    """Of the columns named, or of all that are numbers."""
    groups = _groups(call)
    name = call.node.func.attr if isinstance(call.node.func, ast.Attribute) else ""
    names = [t for a in call.rest for t in known_texts(a.type) or [""]]
    if "" in names:
        return unknown_table("spark")
    if not names:
        rest = [c for c in groups.table.columns if c.name not in groups.keys]
        if groups.table.open or not all(sure(c) for c in rest):
            return unknown_table("spark")
        names = [c.name for c in rest if c.type is not None and is_numeric(c.type)]
    word = "avg" if name == "mean" else name
    return _grouped(call, [Column(f"{word}({n})", FLOAT64 if word == "avg" else None) for n in names])


@method("spark groups", "pivot", "pivot_col values")
def pivot(call: Call) -> Type:
    """What follows is about the columns of the frame; which columns it makes, the data decide."""
    return replace(_groups(call), pivoted=True)


@method("spark", "describe summary crosstab freqItems cube rollup", "*args **")
def other(call: Call) -> Type:
    name = call.node.func.attr if isinstance(call.node.func, ast.Attribute) else ""
    return GroupBy(unknown_table("spark"), ()) if name in ("cube", "rollup") else unknown_table("spark")


@method("spark", "createOrReplaceTempView createTempView createOrReplaceGlobalTempView registerTempTable", "name")
def temp_view(call: Call) -> Type:
    name = call.text("name")
    if name:
        call.run.register(name, call.table, call.node)
        call.run.remark(f"{TEMPORARY}{name.casefold()}")
    return UNKNOWN


@method("pyspark.sql.SparkSession", "createDataFrame", "data schema samplingRatio verifySchema")
def create(call: Call) -> Type:
    """A declared schema, columns by their names, rows of a class, or the columns of a frame."""
    data, schema, names = call["data"], call["schema"], call.texts("schema")
    declared = schema_argument(call.run, schema, "spark")
    if declared is not None:
        return _sparkly(declared)
    if isinstance(call.value("schema"), list) and names is not None:
        types = _inferred(data.type if data is not None else UNKNOWN, len(names))
        columns = [Column(n, t, origin=call.place("schema", n)) for n, t in zip(names, types, strict=True)]
        return _sparkly(with_columns(Table(flavour="spark"), columns))
    if schema is None and data is not None and (rows := rows_table(data.type, "spark")) is not None:
        return _sparkly(rows)
    frame = data.type if data is not None and schema is None else None
    if isinstance(frame, Table) and frame.flavour in ("pandas", "arrow"):
        return _sparkly(replace(frame, flavour="spark", index=(), labelled=()))
    return unknown_table("spark")


def _inferred(data: Type, width: int) -> list[DataType | None]:
    """The types that Spark infers from rows written as tuples or lists: one a column, or it fails."""
    rows = items_of(data) if isinstance(data, Collection) else None
    cells = [row.items if isinstance(row, Collection) and row.items is not None else () for row in rows or ()]
    if not cells or any(len(row) != width for row in cells):
        return [None] * width
    found: list[DataType | None] = []
    for column in zip(*cells, strict=True):
        types = {c.type if isinstance(c, Scalar) else None for c in column} - {NULL}
        one = next(iter(types)) if len(types) == 1 else None
        found.append(one if one in (INT64, FLOAT64, STRING, BOOL) else None)
    return found


@method("pyspark.sql.SparkSession", "range", "start end step numPartitions")
def numbers(call: Call) -> Type:
    return _sparkly(Table((Column("id", INT64),), flavour="spark"))
