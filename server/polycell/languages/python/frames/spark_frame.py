"""PySpark frames: names mostly, since Spark's own types come from where the data are."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence

from polycell.core.types import (
    INTEGERS,
    STRING,
    UNKNOWN,
    Certainty,
    Column,
    Record,
    Table,
    Type,
    is_numeric,
)
from polycell.core.values import replace
from polycell.languages.python.frames.columns import drop, get, put, rename, sure, unknown_table, with_columns
from polycell.languages.python.frames.expressions import UNNAMED
from polycell.languages.python.frames.refusals import certain
from polycell.languages.python.frames.registry import Call, function, method
from polycell.languages.python.frames.schema_rules import schema_argument
from polycell.languages.python.frames.spark_expressions import columns_of, expression, made_of, of_sql
from polycell.languages.python.syntax.values import known_text, known_texts
from polycell.tables.unseen import TEMPORARY

SESSION = "pyspark.sql.SparkSession"
MISSING = "pyspark.sql.DataFrameNaFunctions"  # `df.na`, a record of the frame


def missing_of(receiver: Type) -> Table:
    """The frame that nulls are looked for in."""
    frame = receiver.fields[0][1] if isinstance(receiver, Record) and receiver.fields else receiver
    return frame if isinstance(frame, Table) else unknown_table("spark")


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
@method("spark", "withWatermark", "*args **")
@method("spark", "observe", "*args **")
def same(call: Call) -> Type:
    return call.table


@method("spark", "union unionAll intersect intersectAll subtract exceptAll", "other")
def stacked(call: Call) -> Type:
    """The names of the first; types may widen."""
    return replace(call.table, columns=tuple(replace(c, type=None, nullable=None) for c in call.table.columns))


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
    return sparkly(with_columns(table, (replace(c, type=None, nullable=None) for c in columns)))


@method("spark", "fillna", "value subset")
@method("spark", "replace", "*args **")
@method(MISSING, "fill", "value subset")
@method(MISSING, "replace", "*args **")
def fillna(call: Call) -> Type:
    """Other values; whether there are nulls left is another matter."""
    table = missing_of(call.receiver)
    return replace(table, columns=tuple(replace(c, nullable=None) for c in table.columns))


@method(MISSING, "drop", "how thresh subset")
def drop_missing(call: Call) -> Type:
    return missing_of(call.receiver)


@function("pyspark.sql.functions.broadcast", "df")
def broadcast(call: Call) -> Type:
    frame = call["df"]
    return frame.type if frame is not None else UNKNOWN


@method("spark", "mapInPandas mapInArrow", "func schema barrier profile")
@method("spark", "to", "schema")
@method("spark groups", "applyInPandas applyInArrow", "func schema")
def declared(call: Call) -> Type:
    """What a function of the notebook makes of the rows is told by a schema."""
    made = schema_argument(call.run, call["schema"], "spark")
    return sparkly(made) if made is not None else unknown_table("spark")


@method("spark", "select", "*cols")
def select(call: Call) -> Type:
    columns: list[Column] = []
    for argument in call.rest:
        made = columns_of(call.run, argument.node, call.table)
        if made is None:
            return unknown_table("spark")
        columns += made
    missing = not call.table.open and any(not c.source and call.table.column(c.name) is None for c in columns)
    return sparkly(with_columns(Table(open=missing, flavour="spark"), columns))


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
    return sparkly(with_columns(Table(flavour="spark"), columns))


def sparkly(table: Table) -> Table:
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
        else replaced(call.table, found, replace(column, name=name))
    )


def replaced(table: Table, old: Column, new: Column) -> Table:
    if _twice(table, old):
        return _without(table, old)
    return replace(table, columns=tuple(new.one_with(old) if c is old else c for c in table.columns))


def _twice(table: Table, column: Column) -> bool:
    """Whether names that differ in case only stand for two columns, which Spark then changes both."""
    return sum(c.name.casefold() == column.name.casefold() for c in table.columns) > 1


def _without(table: Table, column: Column) -> Table:
    """What is known of a table whose columns of that name, in whatever case, were changed."""
    kept = tuple(c for c in table.columns if c.name.casefold() != column.name.casefold())
    return replace(table, columns=kept, open=True)


@method("spark", "withColumnRenamed", "existing new")
def renamed(call: Call) -> Type:
    old, new = call.text("existing"), call.text("new")
    if old is None or new is None:
        return unknown_table("spark")
    found = call.table.column(old)
    if found is None:
        origin = call.place("new", new)
        return call.table if not call.table.open else rename(call.table, {old: new}, lambda a, b: origin)
    if _twice(call.table, found):
        return _without(call.table, found)
    renamed = found.named(new, call.place("new", new))
    return with_columns(call.table, (renamed if c is found else c for c in call.table.columns))


@method("spark", "drop", "*cols")
def dropped(call: Call) -> Type:
    table = call.table
    for argument in call.rest:
        texts = known_texts(argument.type)
        if texts is not None:
            folded = {n.casefold() for n in texts}
            table = drop(table, {c.name for c in table.columns if c.name.casefold() in folded})
            continue
        made = made_of(call.run, argument.node, table)
        named = made[0].column.name if made is not None and len(made) == 1 and made[0].plain else None
        # A column of a frame that takes no part in this one is dropped without effect; of several it leaves the rest.
        columns = (
            c
            if named is not None and c.name.casefold() != named.casefold()
            else replace(c, maybe=True)
            if not c.ambiguous
            else replace(c, type=None, nullable=None, ambiguous=False)  # which one is left is not known
            for c in table.columns
        )
        table = replace(table, columns=tuple(columns))
    return table


@method("spark", "toDF", "*cols")
def to_df(call: Call) -> Type:
    if not call.rest:
        return call.table
    given = [(t, a.node) for a in call.rest for t in known_texts(a.type) or [""]]
    names = [name for name, _ in given]
    if "" in names:
        return unknown_table("spark")
    old = call.table.columns if len(call.table.columns) == len(names) and not call.table.open else ()
    places = [call.run.place(node, name) for name, node in given]
    columns = (old[i].named(n, places[i]) if old else Column(n, None, origin=places[i]) for i, n in enumerate(names))
    return sparkly(with_columns(Table(flavour="spark"), columns))


@method("spark", "withColumns", "colsMap")
def with_many(call: Call) -> Type:
    argument, table = call["colsMap"], call.table
    pairs = _pairs(call, argument.node) if argument is not None else None
    if pairs is None:
        return replace(table, open=True, columns=tuple(replace(c, type=None, nullable=None) for c in table.columns))
    for column in pairs:
        found = table.column(column.name)
        table = replaced(table, found, column) if found is not None else put(table, column)
    return table


def _pairs(call: Call, node: ast.expr) -> list[Column] | None:
    """The columns of `{"a": …, "b": …}` and `{f(c): … for c in names}`; None where their names are not known."""
    made: list[Column] = []

    def add(key: ast.expr | None, value: ast.expr) -> None:
        name = known_text(call.run.evaluate(key)) if key is not None else None
        found = made_of(call.run, value, call.table)
        type_ = found[0].column.type if found is not None and len(found) == 1 else None
        origin = call.place("colsMap", name or "")
        made.append(Column(name or "", type_, origin=origin, source=call.run.text_of(value)))

    if isinstance(node, ast.DictComp):
        if not call.run.each(node.generators, lambda: add(node.key, node.value)):
            return None
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            add(key, value)
    else:
        return None
    return made if all(c.name for c in made) else None


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
    return sparkly(with_columns(Table(flavour="spark"), made))


@method("spark", "join", "other on how")
def join(call: Call) -> Type:
    """By names of columns, which come once, first, and as the left side spells them; by a condition, all of both."""
    other, left, how = call["other"], call.table, call.value("how", "inner")
    if other is None or not isinstance(other.type, Table) or not isinstance(how, str):
        return unknown_table("spark")
    kind = how.lower().replace("_", "")
    right, keys = other.type, _keys(call, left)
    if kind not in (*_HOWS, *_FILTERS) or keys is None:
        return unknown_table("spark")
    if not keys and kind in _FILTERS:
        return left
    if left.open or right.open or any(left.column(k) is None or right.column(k) is None for k in keys):
        return unknown_table("spark")
    folded = {k.casefold() for k in keys}
    first = [_key(get(left, k), get(right, k), kind) for k in keys]
    mine = [c for c in left.columns if c.name.casefold() not in folded]
    if kind in _FILTERS:
        return replace(left, columns=(*(get(left, k) for k in keys), *mine))
    theirs = [c for c in right.columns if c.name.casefold() not in folded]
    if kind in ("left", "leftouter", "outer", "full", "fullouter"):
        theirs = [replace(c, nullable=True) for c in theirs]
    if kind in ("right", "rightouter", "outer", "full", "fullouter"):
        mine = [replace(c, nullable=True) for c in mine]
    return _beside(left, right, (*first, *mine, *theirs))


def _keys(call: Call, left: Table) -> list[str] | None:
    """The columns that a join is by; none where it is by a condition, or all with all. None where nobody knows."""
    if call["on"] is None:
        return []
    names, by = call.texts("on"), call["on"].node
    if names is not None:
        return names
    conditions = by.elts if isinstance(by, (ast.List, ast.Tuple)) else [by]
    return [] if all(expression(call.run, c, left) is not None for c in conditions) else None


def _key(mine: Column, theirs: Column, kind: str) -> Column:
    """The one column of a key: that of the side whose rows are all there, or of both."""
    if kind in ("right", "rightouter"):
        return replace(theirs.one_with(mine), nullable=None)
    type_ = mine.type if mine.type == theirs.type or kind not in ("outer", "full", "fullouter") else None
    return replace(mine, type=type_, nullable=None)


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


_HOWS = frozenset({"inner", "cross", "left", "leftouter", "right", "rightouter", "outer", "full", "fullouter"})
_FILTERS = frozenset({"semi", "leftsemi", "anti", "leftanti"})  # keep rows of the left


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
    """Whole numbers and truth values among which there are nulls become other types in pandas."""
    columns = (
        c if c.nullable is False or c.type is None or c.type.name not in (*INTEGERS, "bool")
        else replace(c, type_certainty=min(c.type_certainty, Certainty.LIKELY))
        for c in call.table.columns
    )  # fmt: skip
    return replace(call.table, columns=tuple(columns), flavour="pandas", index=(), case_sensitive=True)


@method("spark", "describe", "*cols")
@method("spark", "summary", "*statistics")
def described(call: Call) -> Type:
    """Texts, of the columns named, or of those that are numbers or texts."""
    table = call.table
    names = [t for a in call.rest for t in known_texts(a.type) or [""]]
    if getattr(call.node.func, "attr", "") != "describe":
        names = []
    if "" in names or (not names and (table.open or not all(sure(c) for c in table.columns))):
        return unknown_table("spark")
    columns = [get(table, n) for n in names] if names else table.columns
    if not all(sure(c) for c in columns):
        return unknown_table("spark")
    texts = (
        replace(c, type=STRING, nullable=None)
        for c in columns
        if c.type is not None and (is_numeric(c.type) or c.type == STRING)
    )
    return sparkly(with_columns(Table(flavour="spark"), (Column("summary", STRING), *texts)))


@method("spark", "crosstab freqItems", "*args **")
def counted(call: Call) -> Type:
    return unknown_table("spark")


@method("spark", "createOrReplaceTempView createTempView createOrReplaceGlobalTempView registerTempTable", "name")
def temp_view(call: Call) -> Type:
    name = call.text("name")
    if name:
        call.run.register(name, call.table, call.node)
        call.run.remark(f"{TEMPORARY}{name.casefold()}")
    return UNKNOWN
