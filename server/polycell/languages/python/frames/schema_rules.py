"""Schemas that calls make: `DataFrameSchema({…})`, `pa.schema([…])`, `StructType([…])`, `pl.Schema({…})`; and what
checking a frame against one tells of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from polycell.core.types import (
    UNKNOWN,
    Certainty,
    Class,
    Collection,
    Column,
    DataType,
    Evidence,
    Flavour,
    Module,
    Record,
    Schema,
    Table,
    Type,
)
from polycell.core.values import replace
from polycell.languages.python.frames.columns import UNKNOWN_INDEX, pick, unknown_table, with_columns
from polycell.languages.python.frames.registry import Argument, Call, Evaluator, function, method
from polycell.languages.python.frames.type_nodes import named_type, of_name
from polycell.languages.python.syntax.shapes import dotted
from polycell.languages.python.syntax.values import value_of
from polycell.tables.evidence import merge
from polycell.tables.type_names import parse_ddl

PANDERA = ("pandera", "pandera.pandas", "pandera.polars", "pandera.pyspark")


def declared_column(
    run: Evaluator, name: str, type_: DataType | None, node: ast.AST, *, nullable: bool | None = None,
    maybe: bool = False, certain: bool = True,
) -> Column:  # fmt: skip
    """A column that the code at `node` declares."""
    sure = Certainty.CERTAIN if certain else Certainty.LIKELY
    return Column(
        name, type_, nullable, Evidence.DECLARED, Certainty.CERTAIN, run.place(node, name), run.text_of(node), maybe,
        type_certainty=sure,
    )  # fmt: skip


def schema_of(type_: Type | None) -> Schema | None:
    """The schema that a value is, or that a class declares."""
    if isinstance(type_, Schema):
        return type_
    return type_.schema if isinstance(type_, Class) else None


# -- what a schema says of a frame


def conforming(schema: Schema, value: Type | None, flavour: Flavour | None = None, *, strict: bool = False) -> Table:
    """The frame behind a check: what the schema declares, and what else is known of the frame. With `strict` a frame
    with further columns does not pass."""
    declared = schema.table
    if strict and declared.open:
        declared = replace(declared, open=False)
    if isinstance(value, Table):
        made = merge(declared, value)
        return replace(made, flavour=value.flavour, index=value.index or declared.index)
    made = declared if flavour is None else replace(declared, flavour=flavour)
    return made if made.flavour != "table" else replace(made, flavour="pandas")


# -- pandera


@function(" ".join(f"{m}.DataFrameSchema" for m in PANDERA), "columns **")
def data_frame_schema(call: Call) -> Type:
    columns = call["columns"]
    if columns is None or not isinstance(columns.node, ast.Dict):
        return Schema(unknown_table("pandas"))
    made, regular = [], True
    for key, value in zip(columns.node.keys, columns.node.values, strict=True):
        name = value_of(call.run.evaluate(key)) if key is not None else None
        if not isinstance(name, str) or key is None:
            regular = False
            continue
        column = _pandera_column(call.run, name, key, value)
        if column is None:
            regular = False
        else:
            made.append(column)
    strict = (call.extra or {}).get("strict")
    closed = regular and strict is not None and strict.value in (True, "filter")
    polars = "polars" in dotted(call.node.func) or any("pl." in call.run.text_of(v) for v in columns.node.values)
    flavour: Flavour = "polars" if polars else "pandas"
    return Schema(with_columns(Table(open=not closed, flavour=flavour, index=UNKNOWN_INDEX), made))


def _pandera_column(run: Evaluator, name: str, key: ast.expr, value: ast.expr) -> Column | None:
    if not isinstance(value, ast.Call):
        return declared_column(run, name, None, key)
    given = {k.arg: k.value for k in value.keywords if k.arg}
    if _true(given.get("regex")):
        return None
    dtype = value.args[0] if value.args else given.get("dtype")
    optional = isinstance(given.get("required"), ast.Constant) and not _true(given.get("required"))
    found = declared_column(
        run, name, named_type(dtype).type if dtype is not None else None, key,
        nullable=_true(given.get("nullable")), maybe=optional,
    )  # fmt: skip
    return replace(found, source=run.text_of(value))


def _true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


@method("schema", "validate __call__", "check_obj **")
def validated(call: Call) -> Type:
    schema, given = schema_of(call.receiver), call["check_obj"]
    return conforming(schema, given.type if given is not None else None) if schema is not None else UNKNOWN


@method("schema", "example empty examples", "*args **")
def example(call: Call) -> Type:
    schema = schema_of(call.receiver)
    return conforming(schema, None) if schema is not None else UNKNOWN


@method("schema", "to_schema coerce_dtype", "**")
def to_schema(call: Call) -> Type:
    schema = schema_of(call.receiver)
    return schema if schema is not None else UNKNOWN


@method("schema", "remove_columns", "cols_to_remove")
@method("schema", "select_columns", "columns")
def chosen(call: Call) -> Type:
    schema = schema_of(call.receiver)
    removed, kept = call.texts("cols_to_remove"), call.texts("columns")
    if schema is None or (removed is None and kept is None):
        return Schema(unknown_table("pandas"))
    gone = removed or ()
    columns = (c for c in schema.table.columns if (c.name in kept if kept is not None else c.name not in gone))
    return replace(schema, table=replace(schema.table, columns=tuple(columns)))


@method("schema", "add_columns", "extra_schema_cols")
def extended(call: Call) -> Type:
    schema, extra = schema_of(call.receiver), call["extra_schema_cols"]
    if schema is None or extra is None or not isinstance(extra.node, ast.Dict):
        return Schema(unknown_table("pandas"))
    columns = list(schema.table.columns)
    for key, value in zip(extra.node.keys, extra.node.values, strict=True):
        name = value_of(call.run.evaluate(key)) if key is not None else None
        column = _pandera_column(call.run, name, key, value) if isinstance(name, str) and key is not None else None
        if column is None:
            return Schema(unknown_table("pandas"))
        columns = [c for c in columns if c.name != column.name] + [column]
    return replace(schema, table=with_columns(schema.table, columns))


# -- patito: `Model.DataFrame(…)`


@method("schema", "DataFrame LazyFrame", "data **")
def model_frame(call: Call) -> Type:
    schema = schema_of(call.receiver)
    lazy = isinstance(call.node.func, ast.Attribute) and call.node.func.attr == "LazyFrame"
    if schema is None:
        return UNKNOWN
    made = replace(schema.table, open=True)  # not checked before `validate()`
    return replace(made, flavour="polars-lazy" if lazy else "polars", index=())


# -- pyarrow, Spark, polars


def pairs_of(run: Evaluator, node: ast.expr | None) -> list[Column] | None:
    """The columns of a dictionary of types, or of a list of pairs and fields; None where they are not all known."""
    made: list[Column] = []
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            name = value_of(run.evaluate(key)) if key is not None else None
            if not isinstance(name, str) or key is None:
                return None
            made.append(replace(declared_column(run, name, named_type(value).type, key), source=run.text_of(value)))
        return made
    if not isinstance(node, (ast.List, ast.Tuple)):
        return None
    for element in node.elts:
        column = field(run, element)
        if column is None:
            return None
        made.append(column)
    return made


def _kept_pairs(run: Evaluator, argument: Argument) -> list[Column] | None:
    """The columns of a dictionary of types that a name stands for; None where they are not all known."""
    kept = argument.type
    if not isinstance(kept, Record) or kept.name != "dict" or kept.open:
        return None
    return [
        declared_column(run, name, of_name(type_.attribute) if isinstance(type_, Module) else None, argument.node)
        for name, type_ in kept.fields
    ]


def field(run: Evaluator, node: ast.expr) -> Column | None:
    """`("a", pa.int64())`, `pa.field("a", pa.int64(), nullable=False)`, `StructField("a", IntegerType(), True)`."""
    parts: Sequence[ast.expr] = ()
    given: dict[str | None, ast.expr] = {}
    if isinstance(node, (ast.Tuple, ast.List)):
        parts = node.elts
    elif isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in ("field", "StructField"):
        parts, given = node.args, {k.arg: k.value for k in node.keywords}
    named = parts[0] if parts else given.get("name")
    type_ = parts[1] if len(parts) > 1 else given.get("type") or given.get("dataType")
    name = value_of(run.evaluate(named)) if named is not None else None
    if not isinstance(name, str) or named is None:
        return None
    nullable = parts[2] if len(parts) > 2 else given.get("nullable")
    found = declared_column(
        run, name, named_type(type_).type if type_ is not None else None, named,
        nullable=nullable.value if isinstance(nullable, ast.Constant) and isinstance(nullable.value, bool) else None,
    )  # fmt: skip
    return replace(found, source=run.text_of(node))


def _made(columns: list[Column] | None, flavour: Flavour) -> Type:
    if columns is None:
        return Schema(unknown_table(flavour, ()))
    return Schema(with_columns(Table(flavour=flavour, case_sensitive=flavour != "spark"), columns))


@function("pyarrow.schema", "fields metadata")
def arrow_schema(call: Call) -> Type:
    fields = call["fields"]
    return _made(pairs_of(call.run, fields.node) if fields is not None else [], "arrow")


@function("pyspark.sql.types.StructType", "fields")
def struct_type(call: Call) -> Type:
    fields = call["fields"]
    return _made(pairs_of(call.run, fields.node) if fields is not None else [], "spark")


@function("polars.Schema", "schema **")
def polars_schema(call: Call) -> Type:
    fields = call["schema"]
    return _made(pairs_of(call.run, fields.node) if fields is not None else [], "polars")


@method("schema", "add", "field data_type nullable metadata")
def struct_add(call: Call) -> Type:
    """`StructType().add("a", "int")`: the receiver itself is changed too, which `Entry.changes` would say; chains are
    how it is written."""
    schema, named = schema_of(call.receiver), call["field"]
    if schema is None or named is None:
        return UNKNOWN
    name, type_ = named.value, call["data_type"]
    column: Column | None
    if isinstance(name, str):
        found = None
        if type_ is not None:
            text = type_.value
            ddl = parse_ddl(f"a {text}") if isinstance(text, str) else None
            found = ddl[0][1] if ddl else named_type(type_.node).type
        column = declared_column(call.run, name, found, named.node)
    else:
        column = field(call.run, named.node)
    if column is None:
        return Schema(unknown_table("spark", ()))
    return replace(schema, table=with_columns(schema.table, (*schema.table.columns, column)))


@method("schema", "to_table", "columns **")
def dataset_table(call: Call) -> Type:
    """What a pyarrow data set holds: its schema, or some of it."""
    schema, columns = schema_of(call.receiver), call.texts("columns")
    if schema is None or (call["columns"] is not None and columns is None):
        return unknown_table("arrow", ())
    return pick(schema.table, columns) if columns is not None else schema.table


@method("schema", "empty_table", "**")
def empty_table(call: Call) -> Type:
    schema = schema_of(call.receiver)
    return replace(schema.table, flavour="arrow") if schema is not None else UNKNOWN


def schema_argument(run: Evaluator, argument: Argument | None, flavour: Flavour) -> Table | None:
    """The table that a `schema=` declares: a schema, a dictionary of types, Spark's DDL; None where nobody knows."""
    if argument is None:
        return None
    schema = schema_of(argument.type)
    if schema is not None:
        return replace(schema.table, flavour=flavour)
    columns = pairs_of(run, argument.node)
    if columns is None:
        columns = _kept_pairs(run, argument)
    if columns is None and isinstance(argument.value, str):
        columns = [
            replace(declared_column(run, n, t, argument.node, nullable=null), source=f"{n} {t or ''}".strip())
            for n, t, null in parse_ddl(argument.value) or ()
        ] or None
    return with_columns(Table(flavour=flavour), columns) if columns is not None else None


# -- rows


def rows_table(data: Type, flavour: Flavour) -> Table | None:
    """The frame of a list of rows whose class declares the columns; open where nobody saw the rows. None for others."""
    if not isinstance(data, Collection):
        return None
    items = data.items or ()
    schemas = [*_row_schemas(items or ((data.element,) if data.element is not None else ()), flavour)]
    if not schemas or len(schemas) < len(items):
        return None
    first = schemas[0]
    if any(s.columns != first.columns for s in schemas):
        return None
    return replace(first, flavour=flavour, open=first.open or not items, index=())


def _row_schemas(rows: Sequence[Type], flavour: Flavour) -> Iterator[Table]:
    for row in rows:
        schema = row.schema if isinstance(row, Record) else None
        if schema is None or not schema.row or (schema.row == "model" and flavour == "pandas"):
            return  # pandas takes a model for a sequence of pairs
        yield schema.table
