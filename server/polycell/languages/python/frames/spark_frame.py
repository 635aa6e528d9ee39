"""PySpark frames: names mostly, since Spark's own types come from where the data are."""

from __future__ import annotations

from dataclasses import replace

from polycell.core.types import INT64, UNKNOWN, Column, GroupBy, Table, Type
from polycell.languages.python.frames.columns import drop, get, put, rename, unknown_table, with_columns
from polycell.languages.python.frames.expressions import SPARK, columns_of
from polycell.languages.python.frames.readers import read_file
from polycell.languages.python.frames.registry import Call, method
from polycell.languages.python.frames.schema_rules import rows_table, schema_argument
from polycell.languages.python.values import NOT_KNOWN, known_texts

SESSION = "pyspark.sql.SparkSession"


@method("spark", "filter where", "condition")
@method("spark", "limit", "num")
@method("spark", "distinct cache persist unpersist checkpoint alias hint", "*args")
@method("spark", "dropDuplicates drop_duplicates", "subset")
@method("spark", "orderBy sort", "*cols ascending")
@method("spark", "repartition coalesce", "*args")
@method("spark", "dropna", "how thresh subset")
@method("spark", "sample", "*args **")
@method("spark", "union unionAll intersect subtract exceptAll", "other")
@method("spark", "fillna", "value subset")
def same(call: Call) -> Type:
    return call.table


@method("spark", "select", "*cols")
def select(call: Call) -> Type:
    columns: list[Column] = []
    for argument in call.rest:
        texts = known_texts(argument.type)
        if texts == ["*"] and not call.table.open:
            columns += call.table.columns
            continue
        if texts and any("*" in t or "." in t or "`" in t for t in texts):
            return unknown_table("spark")
        made = columns_of(call.run, argument.node, call.table, SPARK)
        if made is None:
            return unknown_table("spark")
        columns += made
    return _sparkly(with_columns(replace(call.table, open=False), columns))


def _sparkly(table: Table) -> Table:
    """Spark folds case: names that differ in case only are one, or an error."""
    return replace(table, case_sensitive=False)


@method("spark", "withColumn", "colName col")
def with_column(call: Call) -> Type:
    name, value = call.text("colName"), call["col"]
    if name is None or value is None:
        return replace(call.table, open=True)
    made = columns_of(call.run, value.node, call.table, SPARK)
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
    names: set[str] = set()
    for argument in call.rest:
        texts = known_texts(argument.type)
        if texts is None:
            return replace(call.table, columns=tuple(replace(c, maybe=True) for c in call.table.columns))
        names |= set(texts)
    found = {c.name for n in names if (c := call.table.column(n)) is not None}
    return drop(call.table, found)


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


@method("spark", "toPandas")
def to_pandas(call: Call) -> Type:
    return replace(call.table, flavour="pandas", index=(), case_sensitive=True)


@method("spark", "groupBy groupby", "*cols")
def group_by(call: Call) -> Type:
    keys: list[str] = []
    for argument in call.rest:
        made = columns_of(call.run, argument.node, call.table, SPARK)
        if made is None:
            return GroupBy(unknown_table("spark"), ())
        keys += [c.name for c in made]
    return GroupBy(call.table, tuple(keys), keyed=False)


@method("spark groups", "agg", "*exprs")
def agg(call: Call) -> Type:
    groups = call.receiver
    assert isinstance(groups, GroupBy)
    keys = [get(groups.table, k) for k in groups.keys]
    columns = []
    for argument in call.rest:
        made = columns_of(call.run, argument.node, groups.table, SPARK)
        if made is None:
            return replace(unknown_table("spark"), columns=tuple(keys))
        columns += made
    return _sparkly(with_columns(Table(flavour="spark"), (*keys, *columns)))


@method("spark groups", "count")
def count(call: Call) -> Type:
    groups = call.receiver
    assert isinstance(groups, GroupBy)
    keys = [get(groups.table, k) for k in groups.keys]
    return _sparkly(with_columns(Table(flavour="spark"), (*keys, Column("count", INT64))))


@method("spark groups", "sum avg mean min max pivot", "**")
@method("spark", "join crossJoin selectExpr withColumns unionByName describe summary crosstab", "**")
def other(call: Call) -> Type:
    return unknown_table("spark")


@method("spark", "createOrReplaceTempView createTempView createOrReplaceGlobalTempView registerTempTable", "name")
def temp_view(call: Call) -> Type:
    name = call.text("name")
    if name:
        call.run.register(name, call.table, call.node)
    return UNKNOWN


@method("pyspark.sql.SparkSession", "table", "tableName")
def table(call: Call) -> Type:
    name = call.text("tableName")
    found = call.run.sql(f"SELECT * FROM {name}") if name and name.replace(".", "").replace("_", "").isalnum() else None
    return (
        replace(found, flavour="spark", index=(), case_sensitive=False) if found is not None else unknown_table("spark")
    )


@method("pyspark.sql.SparkSession.read", "parquet", "*paths **")
def read_parquet(call: Call) -> Type:
    if len(call.rest) != 1 or call.extra:
        return unknown_table("spark")
    return _sparkly(read_file(call, call.rest[0], "parquet", "spark", {"engine": "plain"}))


@method("pyspark.sql.SparkSession.read", "csv", "path schema sep **")
def read_csv(call: Call) -> Type:
    declared = schema_argument(call.run, call["schema"], "spark")
    if declared is not None:
        return _sparkly(declared)
    options = {n: a.value for n, a in {**call.given, **(call.extra or {})}.items() if n != "path"}
    if NOT_KNOWN in options.values():
        return unknown_table("spark")
    return _sparkly(read_file(call, call["path"], "spark.csv", "spark", options))


@method("pyspark.sql.SparkSession", "createDataFrame", "data schema samplingRatio verifySchema")
def create(call: Call) -> Type:
    data, names = call["data"], call.texts("schema")
    if isinstance(call.value("schema"), list) and names is not None:
        return _sparkly(
            with_columns(Table(flavour="spark"), (Column(n, None, origin=call.place("schema", n)) for n in names))
        )
    declared = schema_argument(call.run, call["schema"], "spark")
    if declared is not None:
        return _sparkly(declared)
    if call["schema"] is None and data is not None and (rows := rows_table(data.type, "spark")) is not None:
        return _sparkly(rows)
    if call["schema"] is None and data is not None and isinstance(data.type, Table) and data.type.flavour == "pandas":
        return _sparkly(replace(data.type, flavour="spark", index=()))
    return unknown_table("spark")
