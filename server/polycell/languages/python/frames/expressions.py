"""Column expressions of polars and Spark (`pl.col("a").sum().alias("b")`): which columns they make of a table.

Expressions are read off the syntax, since their types depend on the table they are used with. What is not understood
gives None, and the operation around it an open table.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from polycell.core.types import (
    BOOL,
    FLOAT64,
    INT64,
    STRING,
    Column,
    DataType,
    Function,
    Module,
    Scalar,
    Table,
)
from polycell.languages.python.frames.columns import get
from polycell.languages.python.frames.registry import Evaluator
from polycell.languages.python.operators import arithmetic
from polycell.languages.python.values import NOT_KNOWN, known_texts, of_constant, value_of

UINT32 = DataType("uint32")
INT32 = DataType("int32")
INT8 = DataType("int8")


@dataclass(frozen=True, slots=True)
class Dialect:
    """A library's words: `module` holds the functions; `columns` name columns by text; `literals` wrap values."""

    module: str
    columns: frozenset[str]
    literals: frozenset[str]
    reducers: Mapping[str, Callable[[DataType | None], DataType | None]]
    methods: Mapping[str, Callable[[DataType | None], DataType | None]]
    accessors: Mapping[str, Mapping[str, DataType | None]]
    bare_names: bool  # a bare text names a column
    types: Mapping[str, DataType]


def _keep(type_: DataType | None) -> DataType | None:
    return type_


def _unknown(type_: DataType | None) -> DataType | None:
    return None


def _always(result: DataType) -> Callable[[DataType | None], DataType | None]:
    return lambda type_: result


def _sum(type_: DataType | None) -> DataType | None:
    return type_ if type_ in (INT64, FLOAT64) else None


def _mean(type_: DataType | None) -> DataType | None:
    return FLOAT64 if type_ in (INT64, FLOAT64) else None


_POLARS_TYPES = {
    "Int64": INT64, "Float64": FLOAT64, "String": STRING, "Utf8": STRING, "Boolean": BOOL, "Date": DataType("date32"),
    "Int32": INT32, "Float32": DataType("float"), "UInt32": UINT32, "Int8": INT8, "Int16": DataType("int16"),
    "UInt8": DataType("uint8"), "UInt16": DataType("uint16"), "UInt64": DataType("uint64"),
}  # fmt: skip

POLARS = Dialect(
    "polars",
    frozenset({"col"}),
    frozenset({"lit"}),
    {
        "sum": _sum, "mean": _mean, "median": _mean, "min": _keep, "max": _keep, "first": _keep, "last": _keep,
        "std": _mean, "var": _mean, "n_unique": _always(UINT32), "count": _always(UINT32), "len": _always(UINT32),
    },
    {
        **dict.fromkeys(
            ("sum", "min", "max", "first", "last", "sort", "reverse", "head", "tail", "unique", "shift", "forward_fill",
             "backward_fill", "drop_nulls", "filter", "sort_by", "set_sorted", "sample", "limit", "over"), _keep),
        **dict.fromkeys(("mean", "median", "std", "var"), _mean),
        **dict.fromkeys(("n_unique", "count", "len", "null_count"), _always(UINT32)),
        **dict.fromkeys(
            ("is_null", "is_not_null", "is_in", "is_between", "is_duplicated", "is_unique", "is_nan", "not_",
             "eq", "ne", "gt", "ge", "lt", "le", "any", "all", "is_first_distinct"), _always(BOOL)),
        **dict.fromkeys(
            ("round", "abs", "cum_sum", "cum_max", "cum_min", "cum_count", "rank", "diff", "clip", "quantile",
             "fill_null", "fill_nan", "replace", "map_elements", "pow", "sqrt", "log", "exp", "floor", "ceil",
             "implode",
             "rolling_mean", "pct_change", "add", "sub", "mul", "truediv", "mode", "replace_strict",
             "map_batches"), _unknown),
        "sum": _sum,
    },
    {
        "str": {
            **dict.fromkeys(("to_uppercase", "to_lowercase", "strip_chars", "replace", "replace_all", "slice",
                             "strip_prefix", "strip_suffix", "to_titlecase", "pad_start", "zfill", "extract", "head",
                             "tail", "strip_chars_start", "strip_chars_end"), STRING),
            **dict.fromkeys(("contains", "starts_with", "ends_with"), BOOL),
            **dict.fromkeys(("len_chars", "len_bytes", "count_matches"), UINT32),
            **dict.fromkeys(("to_date", "to_datetime", "strptime", "split", "to_integer"), None),
        },
        "dt": {
            "year": INT32, "month": INT8, "day": INT8, "hour": INT8, "minute": INT8, "second": INT8, "weekday": INT8,
            "quarter": INT8, "date": DataType("date32"), "strftime": STRING, "to_string": STRING, "truncate": None,
            "total_days": INT64, "total_seconds": INT64, "ordinal_day": DataType("int16"), "week": INT8,
        },
    },
    True,
    _POLARS_TYPES,
)  # fmt: skip

SPARK = Dialect(
    "pyspark.sql.functions",
    frozenset({"col", "column"}),
    frozenset({"lit"}),
    {},
    {
        **dict.fromkeys(("isNull", "isNotNull", "isin", "between", "contains", "startswith", "endswith", "like",
                         "rlike", "eqNullSafe"), _always(BOOL)),
        **dict.fromkeys(("asc", "desc", "asc_nulls_last", "desc_nulls_last"), _keep),
    },
    {},
    True,
    {"int": INT32, "integer": INT32, "long": INT64, "bigint": INT64, "double": FLOAT64, "string": STRING,
     "boolean": BOOL, "float": DataType("float"), "date": DataType("date32"),
     "timestamp": DataType("timestamp", ("us",))},
)  # fmt: skip


def columns_of(run: Evaluator, node: ast.expr, table: Table, dialect: Dialect) -> list[Column] | None:
    """The columns that an argument of `select` makes; None when it is not understood."""
    if isinstance(node, (ast.List, ast.Tuple)):
        found: list[Column] = []
        for element in node.elts:
            one = columns_of(run, element, table, dialect)
            if one is None:
                return None
            found += one
        return found
    if not isinstance(node, (ast.Call, ast.BinOp, ast.Compare, ast.UnaryOp, ast.Attribute, ast.Subscript)) or (
        known_texts(run.evaluate(node)) is not None and not isinstance(node, ast.Call)
    ):
        names = known_texts(run.evaluate(node))
        if names is None or not dialect.bare_names or any(_pattern(n) for n in names):
            return None
        return [_read(table, n) for n in names]
    made = expression(run, node, table, dialect)
    if made is None:
        return None
    source = run.text_of(node)
    plain = isinstance(node, ast.Call) and _plain_column(run, node, dialect)
    return [c if plain else replace(c, source=source, maybe=False) for c in made]


def _plain_column(run: Evaluator, node: ast.Call, dialect: Dialect) -> bool:
    return _function(run, node.func, dialect) in dialect.columns


def _pattern(name: str) -> bool:
    """`*` and regular expressions stand for several columns."""
    return name == "*" or (name.startswith("^") and name.endswith("$"))


def _read(table: Table, name: str) -> Column:
    return get(table, name)


def _function(run: Evaluator, node: ast.expr, dialect: Dialect) -> str:
    """The name of a function of the dialect's module."""
    type_ = run.evaluate(node) if isinstance(node, (ast.Name, ast.Attribute)) else None
    if isinstance(type_, Module):
        module, _, name = type_.qualified.rpartition(".")
        return name if module == dialect.module else ""
    return ""


def expression(run: Evaluator, node: ast.expr, table: Table, dialect: Dialect) -> list[Column] | None:
    """The columns that an expression makes."""
    if isinstance(node, ast.Call):
        return _call(run, node, table, dialect)
    if isinstance(node, ast.BinOp):
        left = expression(run, node.left, table, dialect)
        if left is None:
            literal = _literal(run, node.left, dialect)
            right = expression(run, node.right, table, dialect) if literal is not None else None
            if right is None or literal is None or dialect is SPARK:
                return None
            return [replace(c.named("literal", None), type=arithmetic(node.op, literal, c.type)) for c in right[:1]]
        right_columns = expression(run, node.right, table, dialect)
        other = right_columns[0].type if right_columns else _literal(run, node.right, dialect)
        if dialect is SPARK:
            return None
        keep = isinstance(node.op, (ast.Add, ast.Sub, ast.Mult, ast.Div))
        whole = {c.type for c in left} <= {INT64, FLOAT64} and other in (INT64, FLOAT64)
        text = {c.type for c in left} == {STRING} and other == STRING
        return [replace(c, type=arithmetic(node.op, c.type, other) if keep and (whole or text) else None) for c in left]
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        left = expression(run, node.left, table, dialect)
        return [replace(c, type=BOOL) for c in left] if left is not None and dialect is not SPARK else None
    if isinstance(node, ast.UnaryOp):
        inner = expression(run, node.operand, table, dialect)
        if inner is None or dialect is SPARK:
            return None
        return [replace(c, type=BOOL if isinstance(node.op, ast.Invert) and c.type == BOOL else None) for c in inner]
    if isinstance(node, ast.Attribute):  # pl.col.a
        if isinstance(node.value, ast.Attribute) and _function(run, node.value, dialect) in dialect.columns:
            return [_read(table, node.attr)]
        if dialect is SPARK and isinstance(node.value, ast.Name) and table.column(node.attr) is not None:
            return [_read(table, node.attr)] if isinstance(run.evaluate(node.value), Table) else None
    if isinstance(node, ast.Subscript) and dialect is SPARK and isinstance(run.evaluate(node.value), Table):
        name = value_of(run.evaluate(node.slice))
        return [_read(table, name)] if isinstance(name, str) else None
    return None


def _literal(run: Evaluator, node: ast.expr, dialect: Dialect) -> DataType | None:
    if isinstance(node, ast.Call) and _function(run, node.func, dialect) in dialect.literals and node.args:
        node = node.args[0]
    type_ = run.evaluate(node)
    return type_.type if isinstance(type_, Scalar) else None


def _call(run: Evaluator, node: ast.Call, table: Table, dialect: Dialect) -> list[Column] | None:
    name = _function(run, node.func, dialect)
    if name in dialect.columns:
        if node.keywords or not node.args:
            return None
        names: list[str] = []
        for argument in node.args:
            texts = known_texts(run.evaluate(argument))
            if texts is None:
                return None
            names += texts
        if names == ["*"] and not table.open:
            return list(table.columns)
        if any(_pattern(n) for n in names):
            return None
        return [_read(table, n) for n in names]
    if name in dialect.literals:
        type_ = _literal(run, node, dialect) if node.args and not node.keywords else None
        # The width of a literal integer depends on its value.
        return [Column("literal", type_ if type_ != INT64 else None)] if dialect is POLARS else None
    if name in dialect.reducers and node.args and not node.keywords:
        texts = [t for a in node.args for t in known_texts(run.evaluate(a)) or [""]]
        if any(not t or _pattern(t) for t in texts):
            return None
        return [_typed(_read(table, t), dialect.reducers[name]) for t in texts]
    if name in ("len", "count") and dialect is POLARS and not node.args:
        return [Column("len" if name == "len" else "count", UINT32)] if name == "len" else None
    if name == "all" and dialect is POLARS and not node.args and not table.open:
        return list(table.columns)
    if name:
        return None
    if not isinstance(node.func, ast.Attribute):
        return None
    return _method(run, node, node.func, table, dialect)


def _typed(column: Column, change: Callable[[DataType | None], DataType | None]) -> Column:
    return replace(column, type=change(column.type), nullable=None)


def _method(
    run: Evaluator, node: ast.Call, function: ast.Attribute, table: Table, dialect: Dialect
) -> list[Column] | None:
    method = function.attr
    if isinstance(function.value, ast.Attribute) and function.value.attr in dialect.accessors:
        inner = expression(run, function.value.value, table, dialect)
        types = dialect.accessors[function.value.attr]
        if inner is None or method not in types:
            return None
        return [replace(c, type=types[method], nullable=None) for c in inner]
    if method in ("then", "otherwise", "when"):
        return _when(run, node, table, dialect)
    if isinstance(function.value, ast.Attribute) and function.value.attr == "name" and dialect is POLARS:
        return _renamed(run, node, function.value.value, method, table, dialect)
    inner = expression(run, function.value, table, dialect)
    if method in ("alias", "name"):
        if inner is None and dialect is POLARS:
            return None
        name = value_of(run.evaluate(node.args[0])) if len(node.args) == 1 else NOT_KNOWN
        if not isinstance(name, str):
            return None
        origin = run.place(node.args[0], name)
        return [inner[0].named(name, origin) if inner and len(inner) == 1 else Column(name, None, origin=origin)]
    if inner is None:
        return None
    if method == "cast" and node.args:
        return [replace(c, type=_cast(run, node.args[0], dialect), nullable=None) for c in inner]
    change = dialect.methods.get(method)
    return [_typed(c, change) for c in inner] if change is not None else None


def _cast(run: Evaluator, node: ast.expr, dialect: Dialect) -> DataType | None:
    if isinstance(node, ast.Constant):
        return dialect.types.get(str(value_of(of_constant(node.value))))
    type_ = run.evaluate(node) if isinstance(node, (ast.Name, ast.Attribute)) else None
    if isinstance(type_, Module) and type_.qualified.startswith("polars."):
        return dialect.types.get(type_.qualified.removeprefix("polars."))
    if isinstance(node, ast.Name) and dialect is POLARS and not isinstance(type_, (Function, Module)):
        return {"int": INT64, "float": FLOAT64, "str": STRING, "bool": BOOL}.get(node.id)
    return None


def _when(run: Evaluator, node: ast.Call, table: Table, dialect: Dialect) -> list[Column] | None:
    """`pl.when(…).then(x).otherwise(y)`: named as the first `then`."""
    if dialect is SPARK:
        return None
    part: ast.expr = node
    first: ast.Call | None = None
    while isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute):
        if part.func.attr == "then":
            first = part
        part = part.func.value
    if first is None or not first.args:
        return None
    inner = expression(run, first.args[0], table, dialect)
    if inner is not None:
        return [replace(c, type=None, nullable=None) for c in inner[:1]]
    text = value_of(run.evaluate(first.args[0]))
    if isinstance(text, str):  # a bare text is a column here
        return [replace(_read(table, text), type=None)]
    return [Column("literal", None)] if text is not NOT_KNOWN else None


def _renamed(
    run: Evaluator, node: ast.Call, owner: ast.expr, method: str, table: Table, dialect: Dialect
) -> list[Column] | None:
    inner = expression(run, owner, table, dialect)
    text = value_of(run.evaluate(node.args[0])) if node.args else ""
    if inner is None or not isinstance(text, str):
        return None
    match method:
        case "suffix":
            return [replace(c, name=c.name + text) for c in inner]
        case "prefix":
            return [replace(c, name=text + c.name) for c in inner]
        case "keep":
            return (
                inner
                if len(inner) == 1 and not isinstance(owner, ast.BinOp) and "alias" not in ast.dump(owner)
                else None
            )
        case "to_uppercase" | "to_lowercase":
            return [replace(c, name=c.name.upper() if method == "to_uppercase" else c.name.lower()) for c in inner]
    return None
